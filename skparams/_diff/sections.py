"""The parts of a page that differences and spreads have in common."""

from __future__ import annotations

from collections.abc import Sequence

from skparams._diff.record import HyperparameterChange
from skparams._report import UNKNOWN, Column, Row, Section, clean, few, left_out, plural

_MAX_ROWS = 40


def written(text: str | None) -> str:
    """Text that is safe on a terminal, a dash if there is none."""
    return UNKNOWN if text is None else clean(text)


def hyperparameters(
    changes: Sequence[HyperparameterChange], title: str, *sides: str
) -> tuple[list[Section], list[str]]:
    """The table of hyperparameters that differ, if any, and how many default values it leaves out.

    It has a column for each side if they are named.
    """
    shown = [change for change in changes if change.chosen or None not in change.values]
    rows = []
    for change in shown:
        values = [written(value) for value in change.values]
        rows.append(Row((clean(change.path), *(values if sides else [few(values, 6)]))))
    least = 12 if sides else 8
    columns = [Column(title, least=16, code=True)]
    columns += [Column(side, least=least, wraps="fold", code=True) for side in sides or ("",)]
    rows = [*rows[:_MAX_ROWS], *left_out(len(rows[_MAX_ROWS:]), columns)]
    n_hidden = len(changes) - len(shown)
    notes = [f"{plural(n_hidden, 'hyperparameter')} at default, not in all models"]
    return [Section(columns, rows)] if rows else [], notes if n_hidden else []
