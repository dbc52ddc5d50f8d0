"""A page: a line that says what it is about, sections with tables, and notes.

Each record makes its page, in text that is safe on a terminal. How a page looks is decided in
``text`` and ``html``, for all records.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Parameters
    ----------
    heading : str
        Of the first column, the title of the table.
    right : bool, default=False
        Whether it holds numbers, which are aligned right and never cut.
    least : int, default=8
        How narrow it may get, where nothing else helps.
    drop : int, default=0
        In which order text leaves columns out where there is no room; 0 is never.
    wraps : {"", "cut", "fold", "words"}, default=""
        Whether text goes on in the next line: after a comma and the like, where a part that is
        longer than a line is cut or folded, or after any word. Such columns shrink before others.
    code : bool, default=False
        Whether it holds names and values, which have a typeface of their own.
    """

    heading: str
    right: bool = False
    least: int = 8
    drop: int = 0
    wraps: Literal["", "cut", "fold", "words"] = ""
    code: bool = False


class Row(NamedTuple):
    """A row of a table, and the rows below it.

    Parameters
    ----------
    cells : sequence of str
        One for each column. A row with text in its first cell only is as wide as the table.
    style : {"", "bold", "dim", "accent"}, default=""
        ``"dim"`` for what is left out or at its default, ``"accent"`` for what to look at first.
    rows : sequence of Row, default=()
        What stands below it, one level deeper.
    opened : bool, default=True
        Whether the rows below are shown. Else HTML folds them, and text leaves them out.
    share : float, default=0
        Of its first number in all, in percent: HTML draws a bar.
    link : str, default=""
        An address that HTML and Markdown link the first cell to.
    """

    cells: Sequence[str]
    style: str = ""
    rows: Sequence[Row] = ()
    opened: bool = True
    share: float = 0.0
    link: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A table, and notes below it.

    Parameters
    ----------
    columns : sequence of Column
        The first one's heading is the title. Without any heading there is no line of headings.
    rows : sequence of Row
    notes : sequence of str, default=()
        Short sentences.
    title : str, default=""
        Where no column has a heading; only Markdown, which has headings, shows it.
    """

    columns: Sequence[Column]
    rows: Sequence[Row]
    notes: Sequence[str] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What is shown of a record.

    Parameters
    ----------
    about : sequence of str
        What it is about, in a few words each, the name first.
    sections : sequence of Section
        The tables.
    notes : sequence of str, default=()
        Short sentences on all of it.
    """

    about: Sequence[str]
    sections: Sequence[Section]
    notes: Sequence[str] = ()


def left_out(n: int, columns: Sequence[Column], what: str = "more", **more: object) -> list[Row]:
    """A row that says how many rows are left out, or no row if none are."""
    cells = [f"… {n:,} {what}", *[""] * (len(columns) - 1)]
    return [Row(cells, "dim", **more)] if n else []  # type: ignore[arg-type]


def shown_columns(columns: Sequence[Column], rows: Sequence[Row]) -> list[int]:
    """The indices of the first column and of all that are not empty."""

    def filled(rows: Sequence[Row], i: int) -> bool:
        return any(row.cells[i] or filled(row.rows, i) for row in rows)

    return [i for i in range(len(columns)) if i == 0 or filled(rows, i)]
