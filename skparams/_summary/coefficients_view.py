"""The tables of coefficients, on a page of their own or of a summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from skparams._records import CoefficientTable
from skparams._report import Column, Page, Row, Section, clean, cut, left_out, plural, value

if TYPE_CHECKING:
    from skparams._summary.coefficients import Coefficients

_MAX_TABLES = 3
_MAX_ROWS = 40
_MAX_COLUMNS = 6
_LONGEST_LABEL = 16


def page(found: Coefficients) -> Page:
    """The page of coefficients."""
    return Page([clean(found.class_name), "coefficients"], list(sections(found.tables, _MAX_ROWS)))


def sections(tables: Sequence[CoefficientTable], max_rows: int) -> Iterator[Section]:
    """Yield a table for each of the first estimators; the last one says how many more there are."""
    left = len(tables) - _MAX_TABLES
    for i, table in enumerate(tables[:_MAX_TABLES]):
        last = i == _MAX_TABLES - 1 and left > 0
        more = [f"those of {plural(left, 'more estimator')} are not shown"] if last else []
        yield _section(table, max_rows, more)


def _section(table: CoefficientTable, max_rows: int, more: Sequence[str]) -> Section:
    title = clean(f"{table.attribute} of {table.path}" if table.path else table.attribute)
    labels = [
        "" if label == table.attribute else cut(clean(str(label)), _LONGEST_LABEL)
        for label in table.columns
    ]
    n = len(labels) if len(labels) <= _MAX_COLUMNS + 1 else _MAX_COLUMNS
    # The last ones go first where there is no room.
    columns = [Column(title, least=16, code=True)]
    columns += [Column(label, right=True, drop=i and n - i) for i, label in enumerate(labels[:n])]
    p = len(table.features)
    n_rows = p if p <= max_rows + 1 else max_rows
    rows = [
        Row((clean(name), *map(value, numbers[:n])))
        for name, numbers in zip(table.features, table.values[:n_rows].tolist(), strict=False)
    ]
    if table.intercepts is not None:
        first = (clean(table.intercept_attribute), *map(value, table.intercepts[:n].tolist()))
        rows.insert(0, Row(first))
    return Section(columns, [*rows, *left_out(p - n_rows, columns)], [*_notes(table, n), *more])


def _notes(table: CoefficientTable, n: int) -> Iterator[str]:
    """Yield what is left out, what is zero, and what the table itself says."""
    if left := len(table.columns) - n:
        yield f"{plural(left, 'more column')}: to_frame() has all"
    n_zero = len(table.features) - int(np.count_nonzero(table.values.any(axis=1)))
    if n_zero:
        yield f"{n_zero:,} of {plural(len(table.features), 'feature')} at zero"
    yield from map(clean, table.notes)
