"""A page as HTML, through jinja2 with autoescape.

Its tables are HTML's own, so that what a notebook that drops style sheets leaves is still a table.
With the style sheet, each row is a grid.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from skparams._report.layout import width_of
from skparams._report.page import Page, Row, Section, shown_columns

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
        self._classes = [self._class(i) for i in range(len(self._columns))]
        self._starts = [self._start(i) for i in range(len(self._columns))]
        headings = ["", *(escape(column.heading) for column in self._columns[1:])]
        self._named = [f' data-name="{heading}"' if heading else "" for heading in headings]

    def _all(self, rows: Sequence[Row], level: int = 1, opened: bool = True) -> Iterator[list[str]]:
        """Yield the cells of all rows, the names that are shown with room for their levels."""
        for row in rows:
            name = "  " * level + row.cells[0] if opened else ""
            yield [name, *(row.cells[i] for i in self._at[1:])]
            yield from self._all(row.rows, level + 1, opened and row.opened)

    def _class(self, i: int) -> str:
        names = ["skp-name" if i == 0 else "skp-n" if self._columns[i].right else ""]
        names += ["skp-words"] * (i > 0 and self._columns[i].wraps == "words")
        return " ".join(filter(None, names + ["skp-main"] * (i == self._main)))

    def _align(self, i: int) -> str:
        # Inline, as JupyterLab's own style aligns all cells right and its sanitizer keeps this.
        return f"text-align:{'right' if self._columns[i].right else 'left'}"

    def _start(self, i: int) -> str:
        """The opening tag of the cells of a column but for its bar, its heading and its end."""
        return f'<td class="{self._classes[i]}" style="{self._align(i)}'

    @property
    def head(self) -> Markup:
        """The line of headings, empty where there is none."""
        return self._head("")

    def _head(self, names: str) -> Markup:
        if not any(column.heading for column in self._columns):
            return Markup()
        cells = (
            f'<th class="{self._classes[i]}" style="{self._align(i)}">{escape(column.heading)}</th>'
            for i, column in enumerate(self._columns)
        )
        row = f'<tr class="skp-row skp-head">{"".join(cells)}</tr>'
        return Markup(f"<thead{names}>{row}</thead>")

    @property
    def body(self) -> Markup:
        """The rows, those that are folded below others in details that open."""
        return Markup("\n".join(self._lines(self.section.rows, 0, 0)))

    def _lines(self, rows: Sequence[Row], level: int, base: int) -> Iterator[str]:
        """Yield the rows of a level; ``base`` is that of the first rows of their HTML table."""
        for row in rows:
            attributes = f'class="skp-row{_STYLES[row.style]}" style="--skp-level:{level}"'
            if row.rows and not row.opened:
                cell = f'<td colspan="{len(self._at)}" style="{self._align(0)}">'
                yield f'<tr class="skp-fold">{cell}<details>'
                yield f"<summary {attributes}>{self._labeled(row)}</summary>"
                head = self._head(' class="skp-again"')  # for pages without the style
                yield f"<table>{head}<tbody>"
                yield from self._lines(row.rows, level + 1, level + 1)
                yield "</tbody></table></details></td></tr>"
            else:
                yield f"<tr {attributes}>{self._cells(row, level - base)}</tr>"
                yield from self._lines(row.rows, level + 1, base)

    def _cells(self, row: Row, level: int) -> str:
        """The cells of a table's row; the guides of its level are for pages without the style."""
        guide = f'<span class="skp-guide">{"│ " * level}</span>' if level else ""
        texts = self._texts(row)
        if len(texts) == 1:
            span = f' colspan="{len(self._at)}"' if len(self._at) > 1 else ""
            return f'{self._starts[0]}"{span}>{guide}{texts[0]}</td>'
        cells = []
        for i, (start, named, text) in enumerate(
            zip(self._starts, self._named, texts, strict=True)
        ):
            cells.append(f'{start}{self._bar(row, i)}"{named}>{"" if i else guide}{text}</td>')
        return "".join(cells)

    def _labeled(self, row: Row) -> str:
        """The cells of a row that opens, each with its heading, which the style shows on phones."""
        cells = []
        for i, text in enumerate(self._texts(row)):
            heading = self._columns[i].heading if i and text else ""
            label = '<span class="skp-guide">· </span>' if i and text else ""
            label += f'<span class="skp-label">{escape(heading)} </span>' if heading else ""
            bar = self._bar(row, i)
            share = f' style="{bar[1:]}"' if bar else ""
            cells.append(f'<span class="{self._classes[i]}"{share}>{label}{text}</span>')
        return " ".join(cells)

    def _bar(self, row: Row, i: int) -> str:
        return f";--skp-share:{row.share}%" if row.share >= _MIN_SHARE and i == self._main else ""

    def _texts(self, row: Row) -> list[Markup]:
        """The texts of the cells, of a row with its first only that one."""
        texts = [row.cells[i] for i in self._at]
        alone = not any(texts[1:])  # takes the whole width
        found = []
        for i, (raw, column) in enumerate(zip(texts, self._columns, strict=True)):
            text = escape(raw)
            if column.code and text and not (alone and row.style == "dim"):
                text = Markup(f"<code>{text}</code>")
            if i == 0 and row.link:
                where = f'href="{escape(row.link)}" target="_blank" rel="noopener noreferrer"'
                text = Markup(f"<a {where}>{text}</a>")
            found.append(text)
        return found[:1] if alone else found


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
