"""A page as text, for a terminal or what stands in for one."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from skparams._escape import can_show, showable
from skparams._report.layout import (
    GAP,
    cut,
    cut_distinct,
    fitted,
    folded,
    padded,
    width_of,
    widths_of,
)
from skparams._report.page import Page, Row, Section, shown_columns

_WIDEST = 120
_NARROWEST = 20
# Of a pipe nobody knows where it ends: a file, a log, a mail. 80 columns fit everywhere.
_IN_A_PIPE = 80
# The guide before a name, the cells, the style, and the place of the row above.
_Line = tuple[str, list[str], str, tuple[int, ...]]
_CODES = {"bold": "\x1b[1m", "dim": "\x1b[2m"}
# What stands in where the output's encoding lacks the signs on the left.
_ASCII = {
    "×": "x",
    "→": "->",
    "│": "|",
    "·": "-",
    "…": "...",
    "–": "-",
    "≤": "<=",
    "±": "+-",
    "≈": "~",
    "²": "^2",
}


def to_text(page: Page, width: int | None = None, color: bool | None = None) -> str:
    """A page as text, without spaces at the ends of lines.

    ``width`` is at least 20; by default the terminal's, at most 120, and 80 in a pipe. ``color`` is
    by default used on a terminal only, and not if NO_COLOR is set.
    """
    terminal = sys.stdout is not None and sys.stdout.isatty()
    if color is None:
        color = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    if width is None:
        width = shutil.get_terminal_size().columns if terminal else _IN_A_PIPE
        width = min(max(width, _NARROWEST), _WIDEST)
    elif not isinstance(width, int) or width < _NARROWEST:
        raise ValueError(f"to_text: width must be an int of at least {_NARROWEST}, got {width!r}.")
    return "\n".join(line.rstrip() for line in _Writer(width, color).lines(page))


class _Writer:
    def __init__(self, width: int, color: bool) -> None:
        self._width = width
        self._color = color
        self._signs = {
            ord(sign): text for sign, text in _ASCII.items() if not can_show(sign, sys.stdout)
        }
        self._sign = self._written("…")

    def lines(self, page: Page) -> Iterator[str]:
        """Yield the lines of a page, an empty one between its blocks."""
        name = self._written(page.about[0])
        about = " · ".join(page.about)
        for i, line in enumerate(folded(self._written(about), self._width)):
            start = line[: len(name)] if i == 0 else ""
            yield self._styled(start, "bold") + line[len(start) :]
        for section in page.sections:
            yield ""
            yield from self._section(section)
        if page.notes:
            yield ""
            yield from self._notes(page.notes)

    def _notes(self, notes: Sequence[str]) -> Iterator[str]:
        for note in notes:
            for line in folded(self._written(note), self._width - GAP):
                yield self._styled(" " * GAP + line, "dim")

    def _section(self, section: Section) -> Iterator[str]:
        at = shown_columns(section.columns, section.rows)
        columns = [section.columns[i] for i in at]
        heads = [self._written(column.heading) for column in columns]
        flat = list(self._flat(section.rows, at, " " * GAP))
        tables = [[guide + name, *rest] for guide, (name, *rest), _, _ in flat if any(rest)]
        widths = widths_of(columns, [heads, *tables], self._width)

        def joined(cells: Mapping[int, str]) -> list[str]:
            return [padded(cells[i], widths[i], columns[i].right) for i in widths]

        if any(heads):
            shown = {i: cut(heads[i], widths[i], self._sign) for i in widths}
            first, *rest = joined(shown)
            after = (" " * GAP).join(rest).rstrip()
            yield self._styled(first, "bold") + " " * GAP + self._styled(after, "dim")
        names = self._names(flat, widths[0])
        for (guide, (_, *rest), style, _), name in zip(flat, names, strict=True):
            if not any(rest):
                for line in folded(name, self._width - width_of(guide)):
                    yield self._styled(guide + line, style)
                continue
            cells = [name, *rest]
            wrapped = [fitted(cells[i], columns[i], widths[i], self._sign) for i in widths if i]
            for parts in zip_longest([name], *wrapped, fillvalue=""):
                line = (" " * GAP).join(joined(dict(zip(widths, parts, strict=True))))
                yield self._styled(line.rstrip(), style)
        yield from self._notes(section.notes)

    def _flat(
        self, rows: Sequence[Row], at: Sequence[int], guide: str, parent: tuple[int, ...] = ()
    ) -> Iterator[_Line]:
        """Yield the guide, the cells, the style and the parent of each row that is shown."""
        for place, row in enumerate(rows):
            start = self._written(guide)[: self._width // 2]
            yield start, [self._written(row.cells[i]) for i in at], row.style, parent
            if row.opened:
                yield from self._flat(row.rows, at, f"{guide}│ ", (*parent, place))

    def _names(self, flat: Sequence[_Line], width: int) -> list[str]:
        """The names with their guides, cut to the width of their column.

        Siblings that differ still differ where they are cut.
        """
        names = [cells[0] for _, cells, _, _ in flat]
        siblings: dict[tuple[int, ...], list[int]] = {}
        for i, (_, (_, *rest), _, parent) in enumerate(flat):
            if any(rest):
                siblings.setdefault(parent, []).append(i)
        for places in siblings.values():
            guide = flat[places[0]][0][: width // 2]
            cuts = cut_distinct([names[i] for i in places], width - len(guide), self._sign)
            for i, name in zip(places, cuts, strict=True):
                names[i] = guide + name
        return names

    def _styled(self, text: str, style: str) -> str:
        code = _CODES.get(style) if self._color else None
        return f"{code}{text}\x1b[0m" if code and text else text

    def _written(self, text: str) -> str:
        return showable(text.translate(self._signs), sys.stdout)
