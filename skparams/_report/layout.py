"""Columns of text: how wide a text is on a terminal, how wide columns get, what is cut."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from skparams._report.page import Column

GAP = 2
_BREAK = re.compile(r" (?![kMGTPE]?B\b)")
_LONGEST_PART = 30  # of what a column that wraps keeps in one line, rather than others: a class
_NAMES_SHARE = 0.6  # of the page: longer names are cut rather than all other columns left out


@lru_cache(maxsize=4096)
def width_of(text: str) -> int:
    """How many cells of a terminal a text takes."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def _cells(sign: str) -> int:
    if unicodedata.category(sign) in ("Mn", "Me"):  # written over the sign before
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def padded(text: str, width: int, right: bool = False) -> str:
    """A text with spaces after it, or before it, up to a width."""
    spaces = " " * (width - width_of(text))
    return spaces + text if right else text + spaces


def widths_of(
    columns: Sequence[Column], cells: Sequence[Sequence[str]], room: int
) -> dict[int, int]:
    """The widths of the columns that there is room for, by their place.

    ``cells`` are rows, the headings first. Names stay whole as long as others can give way: text
    wraps first, then columns that may be dropped go, then names are cut.
    """
    natural = {i: max(width_of(row[i]) for row in cells) for i in range(len(columns))}
    least = {
        i: min(natural[i], max(column.least, width_of(cells[0][i])))
        for i, column in enumerate(columns)
    }
    needed = {}
    for i, column in enumerate(columns):
        if column.wraps:
            parts = (part for row in cells[1:] for part in _parts(row[i], column.wraps))
            longest = min(max(map(width_of, parts), default=0), _LONGEST_PART)
            needed[i] = least[i] = min(natural[i], max(least[i], longest))
        elif column.right:
            needed[i] = least[i] = natural[i]
        else:
            needed[i] = min(natural[i], max(least[i], int(_NAMES_SHARE * room)))
    shown = list(natural)
    good = needed | {
        i: max(needed[i], min(natural[i], _LONGEST_PART))
        for i, column in enumerate(columns)
        if column.wraps and not column.drop
    }
    for i in sorted((i for i in shown if columns[i].drop), key=lambda i: columns[i].drop):
        if sum(good[j] + GAP for j in shown) - GAP > room:
            shown.remove(i)
    wrap = [i for i in shown if columns[i].wraps]
    floors = [
        natural | {i: needed[i] for i in wrap if columns[i].drop},
        natural | {i: needed[i] for i in wrap},
        needed,
        least,
        dict.fromkeys(shown, 1),
    ]
    widths = {i: natural[i] for i in shown}
    for floor in floors:  # what is missing is taken from the widest, to one floor after another
        while sum(widths.values()) + GAP * (len(widths) - 1) > room:
            able = [i for i in widths if widths[i] > floor[i]]
            if not able:
                break
            widths[max(able, key=lambda i: widths[i])] -= 1
    return widths


def _parts(text: str, wraps: str) -> list[str]:
    """What stays together where a text goes on in the next line."""
    return text.split(" ") if wraps == "words" else re.split(r"(?<=[×,:]) ", text)


def fitted(text: str, column: Column, width: int, sign: str) -> list[str]:
    """A cell's text in lines that are no wider than the column."""
    if not column.wraps:
        return [cut(text, width, sign)]
    if column.wraps == "words":
        return folded(text, width)
    parts = _parts(text, column.wraps)
    if column.wraps == "cut":
        return _filled([cut(part, width, sign) for part in parts], width)
    words = ([part] if width_of(part) <= width else part.split(" ") for part in parts)
    return _filled([word for each in words for word in each], width)


def folded(text: str, width: int) -> list[str]:
    """A sentence in lines, broken between words, but not between a number and its unit."""
    return _filled(_BREAK.split(text), width)


def _filled(parts: Sequence[str], width: int) -> list[str]:
    lines = [""]
    for i, part in enumerate(parts):
        longer = f"{lines[-1]} {part}" if i else part
        if width_of(longer) <= width:
            lines[-1] = longer
            continue
        if lines != [""]:
            lines.append("")
        while width_of(part) > width:
            start = _start(part, width) or part[0]
            lines[-1], part = start, part[len(start) :]
            lines.append("")
        lines[-1] = part
    return lines


def cut(text: str, width: int, sign: str = "…") -> str:
    """Text that takes at most ``width`` cells, the middle left out where it is longer."""
    room = max(width - len(sign), 0)
    return text if width_of(text) <= width else _cut_at(text, room - room // 2, room, sign[:width])


def _cut_at(text: str, head: int, room: int, sign: str) -> str:
    return f"{_start(text, head)}{sign}{_start(text[::-1], room - head)[::-1]}"


def _start(text: str, width: int) -> str:
    """As much of the start of a text as ``width`` cells hold."""
    for end, sign in enumerate(text):
        width -= _cells(sign)
        if width < 0:
            return text[:end]
    return text


def cut_distinct(names: Sequence[str], width: int, sign: str = "…") -> list[str]:
    """The names cut to a width, so that names that differ still differ."""
    shown = [cut(name, width, sign) for name in names]
    room = max(width - len(sign), 0)
    for text in {text for text in shown if shown.count(text) > 1}:
        places = [i for i, each in enumerate(shown) if each == text]
        whole = [names[i] for i in places]
        if len(set(whole)) == 1:
            continue
        ways = ([_cut_at(name, head, room, sign) for name in whole] for head in range(room + 1))
        ends = [f"{sign}{whole.index(name) + 1}"[-width:] for name in whole]
        numbered = [_start(n, width - len(end)) + end for n, end in zip(whole, ends, strict=True)]
        found = next((way for way in ways if len(set(way)) == len(set(whole))), numbered)
        for i, each in zip(places, found, strict=True):
            shown[i] = each
    return shown
