"""A summary as text, through rich."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Iterator

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from skparams.inspection._record import Node, Summary
from skparams.rendering._view import (
    chosen,
    clean,
    collapsed,
    flow,
    header,
    notes,
    number,
    shape,
    shortened,
    shown_layers,
    size,
)

__all__ = ["to_text"]

_WIDEST = 120
_NARROWEST = 40
# What stands in where the output's encoding lacks the signs on the left.
_ASCII = {"×": "x", "→": "->", "│": "|", "·": "-", "…": "...", "–": "-"}


def to_text(summary: Summary, width: int | None = None, color: bool | None = None) -> str:
    """Return a summary as text.

    Parameters
    ----------
    summary : Summary
        Any.
    width : int, default=None
        Number of columns; by default the terminal's, at most 120.
    color : bool, default=None
        Whether to use colours; by default on a terminal only, and not if NO_COLOR is set.

    Returns
    -------
    str
        Without spaces at the ends of lines.
    """
    terminal = sys.stdout is not None and sys.stdout.isatty()
    if color is None:
        color = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    if width is None:
        width = shutil.get_terminal_size().columns if terminal else _WIDEST
        width = min(max(width, _NARROWEST), _WIDEST)
    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=color,
        color_system="standard" if color else None,
        highlight=False,
        emoji=False,
        legacy_windows=False,
        _environ={},  # the environment's say is above
    )
    page = _Page(getattr(sys.stdout, "encoding", None) or "utf-8", width)
    for i, block in enumerate(page.blocks(summary)):
        if i:
            console.print()
        console.print(block)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


class _Page:
    """The blocks of a page, in characters that an encoding has.

    Names are cut to a share of the width, so that what is beside them stays.
    """

    def __init__(self, encoding: str, width: int) -> None:
        self._encoding = encoding
        self._longest = int(0.42 * width)
        try:
            "".join(_ASCII).encode(encoding)
        except UnicodeEncodeError:
            self._signs = str.maketrans(_ASCII)
        else:
            self._signs = {}

    def blocks(self, summary: Summary) -> Iterator[Text | Table | Group]:
        """Yield what stands between empty lines."""
        name, *words = header(summary)
        yield self._cell(f"{name} · ", "bold") + self._cell(" · ".join(words))
        if block := self._choices(summary):
            yield block
        if found := self._outcomes(summary):
            yield found
        said = [Padding(self._cell(note, "dim"), (0, 0, 0, 2)) for note in notes(summary)]
        yield Group(*([self._learned(summary)] if summary.root.fitted else []), *said)
        for node in summary.root.walk():
            if node.layers:
                yield self._layers(node)

    def _choices(self, summary: Summary) -> Group | None:
        shown, n_hidden = chosen(summary)
        if not shown and not n_hidden:
            return None
        table = self._table("you chose<", "", "default", "decides")
        section = ""
        for choice in shown:
            if choice.section != section:
                section = choice.section
                self._row(table, f"  {section}")
            self._row(
                table,
                f"  {'  ' if section else ''}{choice.path}",
                choice.value,
                choice.default,
                choice.decides,
                style="" if choice.changed else "dim",
            )
        more = f"  {n_hidden:,} {'more ' if shown else ''}at their defaults"
        return Group(table, *([self._cell(more, "dim")] if n_hidden else []))

    def _outcomes(self, summary: Summary) -> Table | None:
        table = self._table("fit found", "")
        for node in summary.root.walk():
            for outcome in node.outcomes:
                self._row(table, f"  {clean(outcome.path)}", clean(outcome.value))
        return table if table.row_count else None

    def _learned(self, summary: Summary) -> Table:
        table = self._table("it learned<", "shape", "", "count>", "free>", "bytes>")
        self._inside(table, summary.root, 0, summary.depth)
        totals = summary.totals
        self._row(
            table,
            "  total",
            "",
            "",
            number(totals.stored),
            number(totals.free),
            size(totals.bytes),
            style="bold",
        )
        return table

    def _inside(self, table: Table, node: Node, level: int, depth: int | None) -> None:
        """Add a node's own parameters and its children."""
        guide = "  " + "│ " * level
        rows, rest, n_rest = shortened(node.parameters)
        for row in rows:
            name = guide + clean(row.path.removeprefix(f"{node.path}__"))
            if row.alias_of is not None:
                self._row(table, name, shape(row), f"the same as {clean(row.alias_of)}")
                continue
            dims = " × ".join(row.dims or ())
            self._row(
                table, name, shape(row), dims, number(row.count), number(row.free), size(row.bytes)
            )
        if rest:
            self._row(
                table,
                f"{guide}… {n_rest:,} more",
                "",
                "",
                number(rest.stored),
                number(rest.free),
                size(rest.bytes),
            )
        if depth == level:
            return
        for child, n in collapsed(node.children):
            totals = child.totals
            times = f"{n:,} × " if n > 1 else ""
            self._row(
                table,
                guide + clean(child.name),
                times + clean(child.class_name),
                flow(child.layers),
                number(totals.stored),
                number(totals.free),
                size(totals.bytes),
                style="bold",
            )
            if n == 1:
                self._inside(table, child, level + 1, depth)

    def _layers(self, node: Node) -> Table:
        title = f"layers of {clean(node.name)}" if node.path else "layers"
        table = self._table(
            title, "neurons>", "activation", "weights>", "biases>", "connections>", "parameters>"
        )
        for layer in shown_layers(node.layers):
            if layer is None:
                self._row(table, "  …")
                continue
            weights = f"{layer.inputs:,} × {layer.neurons:,}" if layer.inputs else ""
            self._row(
                table,
                f"  {layer.name}",
                number(layer.neurons),
                layer.activation or "",
                weights,
                *(
                    number(n) if n else ""
                    for n in (layer.biases, layer.connections, layer.parameters)
                ),
            )
        return table

    def _table(self, *headings: str) -> Table:
        """Return a table without lines; > after a heading aligns right, < and > do not wrap."""
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
        for heading in headings:
            table.add_column(
                self._cell(heading.rstrip("<>"), "bold" if heading == headings[0] else "dim"),
                justify="right" if heading.endswith(">") else "left",
                no_wrap=heading.endswith(("<", ">")),
                overflow="fold",
            )
        return table

    def _row(self, table: Table, name: str, *cells: str, style: str = "") -> None:
        if len(name) > self._longest:
            half = self._longest // 2 - 2
            name = f"{name[:half]}…{name[-half:]}"
        table.add_row(*(self._cell(cell, style) for cell in (name, *cells)))

    def _cell(self, text: str, style: str = "") -> Text:
        encoded = text.translate(self._signs).encode(self._encoding, "backslashreplace")
        return Text(encoded.decode(self._encoding), style)
