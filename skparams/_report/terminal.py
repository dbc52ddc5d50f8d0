"""A terminal, or what stands in for one: its width, its colours and the signs it has."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Iterable, Sequence

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from skparams._report.layout import Column, table

__all__ = ["Row", "Terminal"]

_WIDEST = 120
_NARROWEST = 20
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
}
Row = tuple[Sequence[str], str]  # the cells, and a style of rich


class Terminal:
    """What pages are written for.

    Parameters
    ----------
    width : int, default=None
        Number of columns, at least 20; by default the terminal's, at most 120.
    color : bool, default=None
        Whether to use colours; by default on a terminal only, and not if NO_COLOR is set.

    Raises
    ------
    ValueError
        If ``width`` is not an int of at least 20.
    """

    def __init__(self, width: int | None = None, color: bool | None = None) -> None:
        terminal = sys.stdout is not None and sys.stdout.isatty()
        if color is None:
            color = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        if width is None:
            width = shutil.get_terminal_size().columns if terminal else _WIDEST
            width = min(max(width, _NARROWEST), _WIDEST)
        elif not isinstance(width, int) or width < _NARROWEST:
            raise ValueError(
                f"to_text: width must be an int of at least {_NARROWEST}, got {width!r}."
            )
        self._width = width
        self._color = color
        self._encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        try:
            "".join(_ASCII).encode(self._encoding)
        except UnicodeEncodeError:
            self._signs = str.maketrans(_ASCII)
        else:
            self._signs = {}

    def page(self, blocks: Iterable[RenderableType]) -> str:
        """Return blocks as text, an empty line between them, without spaces at lines' ends."""
        out = io.StringIO()
        console = Console(
            file=out,
            width=self._width,
            force_terminal=self._color,
            color_system="standard" if self._color else None,
            highlight=False,
            emoji=False,
            legacy_windows=False,
            _environ={},  # the environment's say is above
        )
        for i, block in enumerate(blocks):
            if i:
                console.print()
            console.print(block)
        return "\n".join(line.rstrip() for line in out.getvalue().splitlines())

    def table(self, columns: Sequence[Column], rows: Sequence[Row]) -> Table:
        """Return a table that is as wide as there is room for."""
        return table(columns, rows, self._width, self._written)

    def said(self, text: str, style: str = "") -> Text:
        """Return a text that is folded where it is too long."""
        return Text(self._written(text), style, overflow="fold")

    def _written(self, text: str) -> str:
        encoded = text.translate(self._signs).encode(self._encoding, "backslashreplace")
        return encoded.decode(self._encoding)
