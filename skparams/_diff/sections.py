"""The parts of a page that differences and spreads have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from skparams._diff.record import HyperparameterChange
from skparams._report import UNKNOWN, Column, Row, Section, clean, few, plural

__all__ = ["hidden_hyperparameters", "hyperparameters", "limited", "written"]

_MAX_ROWS = 40


def limited(rows: Sequence[Row], limit: int, rest: str = "more") -> list[Row]:
    """Return the first rows, and one that counts the rest."""
    if len(rows) <= limit:
        return list(rows)
    empty = [""] * (len(rows[0].cells) - 1)
    return [*rows[:limit], Row((f"… {len(rows) - limit:,} {rest}", *empty), "dim")]


def written(text: str | None) -> str:
    """Return text that is safe on a terminal, a dash if there is none."""
    return UNKNOWN if text is None else clean(text)


def hyperparameters(
    changes: Sequence[HyperparameterChange], title: str, *sides: str
) -> Iterator[Section]:
    """Yield the table of hyperparameters that differ, with a column for each side if named."""
    shown = [change for change in changes if _is_shown(change)]
    if not shown:
        return
    rows: list[Row] = []
    for change in shown:
        values = [written(value) for value in change.values]
        rows.append(Row((clean(change.path), *(values if sides else [few(values, 6)]))))
    least = 12 if sides else 8
    columns = [Column(side, least=least, wraps="fold", code=True) for side in sides or ("",)]
    yield Section([Column(title, least=16, code=True), *columns], limited(rows, _MAX_ROWS))


def hidden_hyperparameters(changes: Sequence[HyperparameterChange]) -> Iterator[str]:
    """Yield how many default values the table leaves out."""
    if n := sum(not _is_shown(change) for change in changes):
        yield f"{plural(n, 'hyperparameter')} at default, not in all models"


def _is_shown(change: HyperparameterChange) -> bool:
    """Whether it is more than a default value that only some models have."""
    return change.chosen or None not in change.values
