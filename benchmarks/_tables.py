"""Tables of measurements: plain rows of numbers, drawn for a terminal or a docs page."""

from collections.abc import Callable
from dataclasses import dataclass, field

from rich import box
from rich.table import Table as RichTable
from rich.text import Text


@dataclass(frozen=True)
class Column:
    """One column: the rows' key, its heading, and how a value is written.

    What is not ``on_page`` is printed and in JSON, and left out of the docs page.
    """

    key: str
    heading: str
    write: Callable[[object], str] = str
    left: bool = False
    on_page: bool = True


@dataclass
class Table:
    """Rows of measurements under a title; ``rows`` hold the raw numbers, for JSON.

    ``details`` are more rows for JSON, which are not shown. A table that is not ``on_page`` is
    printed and in JSON, and left out of the docs page.
    """

    name: str
    title: str
    columns: list[Column]
    rows: list[dict] = field(default_factory=list)
    note: str = ""
    details: list[dict] = field(default_factory=list)
    on_page: bool = True

    def cells(self, row: dict, columns: list[Column] | None = None) -> list[str]:
        """Return a row as text, or some columns of it; what was not measured is a dash."""
        columns = self.columns if columns is None else columns
        values = [row.get(column.key) for column in columns]
        return [
            "–" if value is None else c.write(value)
            for c, value in zip(columns, values, strict=True)
        ]

    def as_dict(self) -> dict:
        """Return what JSON keeps: everything that was measured, not only what is shown."""
        content = {"name": self.name, "title": self.title, "rows": self.rows, "note": self.note}
        return content | ({"details": self.details} if self.details else {})


def number(digits: int, unit: str = "") -> Callable[[object], str]:
    """Return a writer of numbers with so many digits after the point."""
    return lambda value: f"{value:,.{digits}f}{unit}"


# The note of each table that has ratios.
RATIOS = (
    "A ratio is the median of those of pairs of runs, with the lower and upper quartile in "
    "brackets; the times are medians of the same runs."
)


def ratio_text(digits: int) -> Callable[[object], str]:
    """Return a writer of what `compare` returns: the median ratio and its quartiles."""
    return lambda value: (
        f"{value['median']:.{digits}f} ({value['lower']:.{digits}f}–{value['upper']:.{digits}f})"
    )


def time_text(seconds: object) -> str:
    """Write a time in the unit that leaves three figures."""
    scale, unit = next(
        u for u in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")) if seconds >= u[0]
    )
    value = seconds / scale
    return f"{value:.{2 if value < 10 else 1 if value < 100 else 0}f} {unit}"


def yes_no(value: object) -> str:
    """Write whether a bar is met."""
    return "yes" if value else "no"


def to_rich(table: Table) -> RichTable:
    """Return the table for a terminal."""
    drawn = RichTable(
        title=table.title,
        caption=table.note or None,
        title_justify="left",
        caption_justify="left",
        title_style="bold",
        caption_style="dim",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    for column in table.columns:
        drawn.add_column(
            column.heading,
            justify="left" if column.left else "right",
            vertical="bottom",
            no_wrap=True,
        )
    for row in table.rows:
        style = "bold red" if row.get("met") is False else ""
        drawn.add_row(*(Text(cell) for cell in table.cells(row)), style=style)
    return drawn


def to_markdown(table: Table) -> str:
    """Return the table for a docs page."""
    columns = [column for column in table.columns if column.on_page]
    headings = [column.heading.replace("\n", " ") for column in columns]
    rules = [":--" if column.left else "--:" for column in columns]
    lines = [headings, rules, *(table.cells(row, columns) for row in table.rows)]
    text = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    note = table.note.removeprefix(RATIOS).strip()  # that is said once, on the pages' first one
    return "\n\n".join([f"### {table.title}", text, *([note] if note else [])])
