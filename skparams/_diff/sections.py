"""The parts of a page that differences and spreads have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from skparams._diff.record import HyperparameterChange
from skparams._report import UNKNOWN, Column, Row, Section, clean, few, number, plural

__all__ = ["hyperparameter_notes", "hyperparameters", "limited", "written"]

_MAX_ROWS = 40


def limited(rows: Sequence[Row], limit: int, rest: str = "more") -> list[Row]:
    """Return the first rows, and one that counts the rest."""
    if len(rows) <= limit:
        return list(rows)
    empty = [""] * (len(rows[0][0]) - 1)
    return [*rows[:limit], ((f"… {len(rows) - limit:,} {rest}", *empty), "dim")]


def written(text: str | None) -> str:
    """Return text that is safe on a terminal, a dash if there is none."""
    return UNKNOWN if text is None else clean(text)


def hyperparameters(
    changes: Sequence[HyperparameterChange], title: str, *, n_same: int = 0, pair: bool = False
) -> Iterator[Section]:
    """Yield the table of hyperparameters that differ, if there is one to show."""
    shown = [change for change in changes if _is_shown(change)]
    if not shown:
        return
    columns = [Column(title, least=16, code=True)]
    if pair:
        columns += [Column(side, least=12, wraps="fold", code=True) for side in ("before", "after")]
    else:
        columns += [Column("", wraps="fold", code=True)]
    rows: list[Row] = []
    for change in shown:
        values = [written(value) for value in change.values]
        rows.append(((clean(change.path), *(values if pair else [few(values, 6)])), ""))
    notes = [f"{number(n_same)} more are the same"] if n_same else []
    if n_hidden := len(changes) - len(shown):
        notes.append(f"{number(n_hidden)} at their defaults come or go with a class")
    yield Section(columns, limited(rows, _MAX_ROWS), notes)


def hyperparameter_notes(changes: Sequence[HyperparameterChange], n_same: int = 0) -> Iterator[str]:
    """Yield what the table's notes would say, if there is no table."""
    if any(map(_is_shown, changes)):
        return
    if n_same:
        yield f"{plural(n_same, 'hyperparameter')} the same"
    if changes:
        yield plural(
            len(changes),
            "hyperparameter at its default comes or goes with a class",
            "hyperparameters at their defaults come or go with a class",
        )


def _is_shown(change: HyperparameterChange) -> bool:
    """Whether it is more than the default of a class that only some models have."""
    return change.chosen or None not in change.values
