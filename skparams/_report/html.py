"""A page as HTML, through jinja2 with autoescape."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from skparams._report.layout import width_of
from skparams._report.page import Page, Row, Section, shown_columns

__all__ = ["to_html"]

_HERE = Path(__file__).parent
_WIDEST = 44  # of a column of names or values, before it wraps
_WIDEST_TEXT = 90


def to_html(page: Page) -> str:
    """Return a page as a piece of HTML that needs nothing else."""
    sections = [_prepared(section) for section in page.sections]
    return _template().render(style=_style(), page=page, sections=sections)


def _prepared(section: Section) -> dict[str, Any]:
    """Return what the template needs of a section: columns that are not empty, and widths."""
    at = shown_columns(section.columns, section.rows)
    columns = [section.columns[i] for i in at]
    cells = [list(row) for row in _all(section.rows, at) if any(row[1:])]
    cells.append([column.heading for column in columns])
    widths = [
        min(max(map(width_of, each)), _WIDEST_TEXT if column.wraps == "words" else _WIDEST)
        for column, each in zip(columns, zip(*cells, strict=True), strict=True)
    ]
    grid = [
        f"calc({width}ch + 0.6em)" if column.right else f"minmax(0, {width + 2}fr)"
        for column, width in zip(columns, widths, strict=True)
    ]
    numbers = (i for i, column in enumerate(columns) if column.right and not column.drop)
    return {
        "columns": columns,
        "rows": [_trimmed(row, at) for row in section.rows],
        "main": next(numbers, 1),
        "grid": " ".join(grid),
        "width": sum(width + 3 for width in widths),
        "heads": any(column.heading for column in columns),
        "notes": section.notes,
        "fold": section.fold,
    }


def _all(rows: Sequence[Row], at: Sequence[int], level: int = 1) -> Iterator[list[str]]:
    """Yield the cells of all rows, the names with room for their levels."""
    for row in rows:
        yield ["  " * level + row.cells[0], *(row.cells[i] for i in at[1:])]
        yield from _all(row.rows, at, level + 1)


def _trimmed(row: Row, at: Sequence[int]) -> Row:
    """Return a row with the cells of some columns; one that is alone takes the whole width."""
    cells = [row.cells[i] for i in at] if any(row.cells[1:]) else row.cells[:1]
    return row._replace(cells=cells, rows=[_trimmed(each, at) for each in row.rows])


@lru_cache(maxsize=1)
def _style() -> Markup:
    return Markup((_HERE / "page.css").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html")
