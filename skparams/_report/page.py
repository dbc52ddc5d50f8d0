"""A report: a line that says what it is about, tables, and notes; as text and as HTML.

What a record shows is decided by a function that makes a ``Report`` of it, in text that is safe
on a terminal; how that looks is decided here, for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.padding import Padding

from skparams._report.layout import Column
from skparams._report.terminal import Row, Terminal

__all__ = ["Report", "Section", "to_html", "to_text"]


@dataclass(frozen=True, slots=True)
class Section:
    """A table, and what is to be said below it.

    Parameters
    ----------
    columns : sequence of Column
        The first one's heading is the table's title.
    rows : sequence of (sequence of str, str)
        The cells of each row and its style: "" for most, "bold", or "dim" for what is left out.
        A row with text in its first cell only is as wide as the table in HTML.
    notes : sequence of str, default=()
        Short sentences.
    fold : str, default=""
        Where it is not empty, HTML shows it as a line that opens to the table, and text leaves
        the table out.
    """

    columns: Sequence[Column]
    rows: Sequence[Row]
    notes: Sequence[str] = ()
    fold: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What is shown of a record.

    Parameters
    ----------
    about : sequence of str
        What it is about, in a few words each, the name first.
    sections : sequence of Section
        The tables.
    notes : sequence of str, default=()
        What is to be said of all of it.
    """

    about: Sequence[str]
    sections: Sequence[Section]
    notes: Sequence[str] = ()


def to_text(report: Report, width: int | None = None, color: bool | None = None) -> str:
    """Return a report as text; width and colours are as for ``Terminal``."""
    terminal = Terminal(width, color)
    return terminal.page(_blocks(report, terminal))


def _blocks(report: Report, terminal: Terminal) -> Iterator[RenderableType]:
    name, *words = report.about
    said = terminal.said(name, "bold")
    yield said + terminal.said(f" · {' · '.join(words)}") if words else said
    for section in report.sections:
        if section.fold:
            continue
        rows = [([f"  {first}", *rest], style) for (first, *rest), style in section.rows]
        yield Group(terminal.table(section.columns, rows), *_notes(section.notes, terminal))
    if report.notes:
        yield Group(*_notes(report.notes, terminal))


def _notes(notes: Sequence[str], terminal: Terminal) -> Iterator[RenderableType]:
    for note in notes:
        yield Padding(terminal.said(note, "dim"), (0, 0, 0, 2))


def to_html(report: Report) -> str:
    """Return a report as a piece of HTML that needs nothing else, in the style of a summary."""
    from skparams._summary import rendered

    return rendered("report.html", report=report)
