"""A page as HTML, through jinja2 with autoescape."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from skparams._report.layout import width_of
from skparams._report.page import Column, Page, Row, Section, shown_columns

_HERE = Path(__file__).parent
_STYLES = {"": "", "dim": " skp-quiet", "bold": " skp-strong", "accent": " skp-accent"}
_WIDEST = 44  # of a column of names or values, before it wraps
_WIDEST_TEXT = 90
_MIN_SHARE = 2  # percent: a shorter bar looks like a speck


def to_html(page: Page) -> str:
    """A page as a piece of HTML that needs nothing else."""
    sections = [_Table(section) for section in page.sections]
    return _template().render(style=_style(), page=page, sections=sections)


class _Table:
    """What the template needs of a section: widths, headings, and rows.

    The rows are put together here, as Jinja's macros take four times as long. All text in them goes
    through ``escape``.
    """

    def __init__(self, section: Section) -> None:
        self.section = section
        self._at = shown_columns(section.columns, section.rows)
        self._columns = [section.columns[i] for i in self._at]
        cells = [row for row in self._all(section.rows) if any(row[1:])]
        cells.append([column.heading for column in self._columns])
        widths = [
            min(max(map(width_of, each)), _WIDEST_TEXT if column.wraps == "words" else _WIDEST)
            for column, each in zip(self._columns, zip(*cells, strict=True), strict=True)
        ]
        # Names stay in one line as long as others can give way.
        least = [f"min({widths[0] + 2}ch, 40%)", *["0"] * len(widths[1:])]
        self.grid = " ".join(
            f"calc({width}ch + 0.6em)" if column.right else f"minmax({low}, {width + 2}fr)"
            for column, width, low in zip(self._columns, widths, least, strict=True)
        )
        self.width = sum(width + 3 for width in widths)
        numbers = (i for i, column in enumerate(self._columns) if column.right and not column.drop)
        self._main = next(numbers, 1)
        self._starts = [self._start(i) for i in range(len(self._columns))]

    def _all(self, rows: Sequence[Row], level: int = 1, opened: bool = True) -> Iterator[list[str]]:
        """Yield the cells of all rows, the names that are shown with room for their levels."""
        for row in rows:
            name = "  " * level + row.cells[0] if opened else ""
            yield [name, *(row.cells[i] for i in self._at[1:])]
            yield from self._all(row.rows, level + 1, opened and row.opened)

    def _start(self, i: int) -> str:
        """The opening tag of the cells of a column, without its end."""
        names = ["skp-name" if i == 0 else "skp-n" if self._columns[i].right else ""]
        names += ["skp-main"] * (i == self._main)
        heading = self._columns[i].heading
        named = f' data-name="{escape(heading)}"' if heading and i else ""
        return f'<span class="{" ".join(filter(None, names))}"{named}'

    @property
    def head(self) -> Markup:
        """The line of headings, empty where there is none."""
        if not any(column.heading for column in self._columns):
            return Markup()
        cells = (f"{start}>{escape(column.heading)}</span>" for start, column in self._each())
        return Markup(f'<div class="skp-row skp-head">{"".join(cells)}</div>')

    def _each(self) -> Iterator[tuple[str, Column]]:
        return zip(self._starts, self._columns, strict=True)

    @property
    def body(self) -> Markup:
        """The rows, those with others below them as details that open."""
        return Markup("\n".join(self._lines(self.section.rows, 0)))

    def _lines(self, rows: Sequence[Row], level: int) -> Iterator[str]:
        for row in rows:
            attributes = f'class="skp-row{_STYLES[row.style]}" style="--skp-level:{level}"'
            if row.rows:
                opened = " open" if row.opened else ""
                yield f"<details{opened}><summary {attributes}>{self._cells(row)}</summary>"
                yield from self._lines(row.rows, level + 1)
                yield "</details>"
            else:
                yield f"<div {attributes}>{self._cells(row)}</div>"

    def _cells(self, row: Row) -> str:
        texts = [row.cells[i] for i in self._at]
        alone = not any(texts[1:])  # takes the whole width
        cells = []
        for i, (start, column) in enumerate(self._each()):
            text = escape(texts[i])
            if column.code and text and not (alone and row.style == "dim"):
                text = Markup(f"<code>{text}</code>")
            bar = row.share >= _MIN_SHARE and i == self._main
            share = f' style="--skp-share:{row.share}%"' if bar else ""
            cells.append(f"{start}{share}>{text}</span>")
        return "".join(cells[:1] if alone else cells)


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
