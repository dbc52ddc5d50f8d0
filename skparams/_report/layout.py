"""Tables for a terminal: which columns there is room for, and how wide each may be."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

__all__ = ["Column", "cut", "table"]

_GAP = 2
_LONGEST_PART = 30  # of what a column that wraps keeps in one line: a class name


@dataclass(frozen=True, slots=True)
class Column:
    """A column: it can shrink to ``least``, or be left out where ``drop`` says in which order.

    What a column that ``wraps`` has no room for goes on in the next line, after a comma and the
    like; it shrinks before the others do. Other text is cut, and so is a part that fills more than
    a line where a column wraps by "cut" rather than by "fold". Numbers, which stand at the right,
    are cut only where nothing else helps. Names and values are ``code`` where there is a typeface
    for it.
    """

    heading: str
    right: bool = False
    least: int = 8
    drop: int = 0
    wraps: Literal["", "cut", "fold"] = ""
    code: bool = False


def table(
    columns: Sequence[Column],
    rows: Sequence[tuple[Sequence[str], str]],
    width: int,
    written: Callable[[str], str],
) -> Table:
    """Return a table without lines that is no wider than ``width``.

    Parameters
    ----------
    columns : sequence of Column
        The first one's heading is the table's title.
    rows : sequence of (sequence of str, str)
        The cells of each row, and its style.
    width : int
        Number of columns of the terminal.
    written : callable
        From a text to one in signs that can be shown.

    Returns
    -------
    Table
        Without the columns that are empty, and without some of those that may be dropped.
    """
    sign = written("…")
    cells = [[written(cell) for cell in row] for row, _ in rows]
    heads = [written(column.heading) for column in columns]
    shown = [i for i in range(len(columns)) if i == 0 or any(row[i] for row in cells)]
    natural = {i: max(map(cell_len, [heads[i], *(row[i] for row in cells)])) for i in shown}
    least = {i: min(natural[i], max(columns[i].least, cell_len(heads[i]))) for i in shown}
    for i in shown:
        if columns[i].wraps:
            parts = (cell_len(part) for row in cells for part in _parts(row[i]))
            least[i] = min(natural[i], max(least[i], min(max(parts, default=0), _LONGEST_PART)))
        elif columns[i].right:
            least[i] = natural[i]
    for i in sorted((i for i in shown if columns[i].drop), key=lambda i: columns[i].drop):
        if sum(least[j] + _GAP for j in shown) - _GAP > width:
            shown.remove(i)
    able = [i for i in shown if columns[i].wraps]
    floors = [
        natural | {i: least[i] for i in able if columns[i].drop},
        natural | {i: least[i] for i in able},
        least,
        dict.fromkeys(shown, 1),
    ]
    widths = _shared(natural, floors, shown, width)
    # Gaps are columns of their own: releases of rich differ in where they put a padding.
    grid = Table(box=None, padding=0, pad_edge=False)
    for i in shown:
        if i != shown[0]:
            grid.add_column(width=_GAP)
        grid.add_column(
            Text(cut(heads[i], widths[i], sign), "bold" if i == 0 else "dim"),
            justify="right" if columns[i].right else "left",
            width=widths[i],
            overflow="fold",
        )
    for row, (_, style) in zip(cells, rows, strict=True):
        found = [Text(_fitted(row[i], columns[i].wraps, widths[i], sign), style) for i in shown]
        grid.add_row(*[part for cell in found for part in ("", cell)][1:])
    return grid


def _shared(
    natural: dict[int, int], floors: Sequence[dict[int, int]], shown: Sequence[int], width: int
) -> dict[int, int]:
    """Return the widths: what is missing is taken from the widest, to one floor after another."""
    widths = {i: natural[i] for i in shown}
    for floor in floors:
        while sum(widths.values()) + _GAP * (len(widths) - 1) > width:
            able = [i for i in widths if widths[i] > floor[i]]
            if not able:
                break
            widths[max(able, key=lambda i: widths[i])] -= 1
    return widths


def _parts(text: str) -> list[str]:
    return re.split(r"(?<=[×,:]) ", text)


def _fitted(text: str, wraps: str, width: int, sign: str) -> str:
    """Return a cell's text in lines as wide as the column, but for parts that are to be folded."""
    if not wraps:
        return cut(text, width, sign)
    lines: list[str] = []
    for part in _parts(text):
        piece = cut(part, width, sign) if wraps == "cut" else part
        if lines and cell_len(f"{lines[-1]} {piece}") <= width:
            lines[-1] += f" {piece}"
        else:
            lines.append(piece)
    return "\n".join(lines)


def cut(text: str, width: int, sign: str = "…") -> str:
    """Return text that takes at most ``width`` cells, the middle left out where it is longer."""
    if cell_len(text) <= width:
        return text
    room = max(width - len(sign), 0)
    left = _start(text, room - room // 2)
    right = _start(text[::-1], room // 2)[::-1]
    return f"{left}{sign[:width]}{right}"


def _start(text: str, width: int) -> str:
    """Return as much of the start of a text as ``width`` cells hold."""
    for end, sign in enumerate(text):
        width -= cell_len(sign)
        if width < 0:
            return text[:end]
    return text
