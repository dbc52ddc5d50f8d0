"""A summary as text, through rich."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table

from skparams._records import Candidate, Count, FittedAttribute, Node, Unknown
from skparams._report import Column, Row, Terminal, clean, number, shape, size, value
from skparams._summary.lines import Line, learned
from skparams._summary.record import Summary
from skparams._summary.view import (
    Choice,
    candidates,
    chosen,
    decompositions,
    findings,
    header,
    leading_rows,
    networks,
    notes,
    outcomes,
    shown_layers,
    with_stats,
)

__all__ = ["to_text"]

_MOST_MEMBERS = 10  # of a run of estimators that is opened
_MOST_LINES = 400


def to_text(summary: Summary, width: int | None = None, color: bool | None = None) -> str:
    """Return a summary as text.

    Parameters
    ----------
    summary : Summary
        Any.
    width : int, default=None
        Number of columns, at least 20; by default the terminal's, at most 120.
    color : bool, default=None
        Whether to use colours; by default on a terminal only, and not if NO_COLOR is set.

    Returns
    -------
    str
        Without spaces at the ends of lines.

    Raises
    ------
    ValueError
        If ``width`` is not an int of at least 20.
    """
    page = _Page(Terminal(width, color))
    return page.terminal.page(page.blocks(summary))


class _Page:
    """The blocks of a page."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self._said = terminal.said
        self._table = terminal.table

    def blocks(self, summary: Summary) -> Iterator[RenderableType]:
        """Yield what stands between empty lines."""
        name, *words = header(summary)
        yield self._said(f"{name} · ", "bold") + self._said(" · ".join(words))
        shown, _, more = chosen(summary)
        if shown or more:
            yield self._choices(shown, more)
        if outcomes(summary)[0]:
            yield self._outcomes(summary)
        below = [Padding(self._said(note, "dim"), (0, 0, 0, 2)) for note in notes(summary)]
        if summary.root.fitted or summary.planned:
            yield Group(self._learned(summary), *below)
        else:
            yield Group(*below)
        if summary.candidates:
            yield self._candidates(summary)
        if stats := self._stats(summary):
            yield stats
        shown_networks, n_left = networks(summary)
        for node in shown_networks:
            yield self._layers(node)
        if n_left:
            yield self._said(f"layers of {n_left:,} more are not shown", "dim")
        shown_decompositions, n_left = decompositions(summary)
        for node in shown_decompositions:
            yield self._leading(node)
        if n_left:
            yield self._said(f"components of {n_left:,} more are not shown", "dim")
        if summary.findings:
            yield self._findings(summary)

    def _choices(self, shown: Sequence[Choice], more: str) -> RenderableType:
        if not shown:
            return self._said("you chose", "bold") + self._said(f"  {more}", "dim")
        columns = [
            Column("you chose", least=16),
            Column("", least=12, wraps="fold"),
            Column("default", least=8, drop=1, wraps="fold"),
            Column("decides", least=12, wraps="cut"),
        ]
        rows: list[Row] = []
        section = ""
        for choice in shown:
            if choice.section != section:
                section = choice.section
                rows.append(((f"  {section}", "", "", ""), ""))
            name = f"  {'  ' if section else ''}{choice.path}"
            cells = (name, choice.value, choice.default, choice.decides)
            rows.append((cells, "" if choice.changed else "dim"))
        said = [self._said(f"  {more}", "dim")] if more else []
        return Group(self._table(columns, rows), *said)

    def _outcomes(self, summary: Summary) -> Table:
        found, n_left = outcomes(summary)
        rows: list[Row] = [((f"  {path}", said), "") for path, said in found]
        if n_left:
            rows.append(((f"  … {n_left:,} more", ""), "dim"))
        return self._table([Column("fit found", least=16), Column("", wraps="fold")], rows)

    def _learned(self, summary: Summary) -> Table:
        columns = [
            Column("will learn" if summary.planned else "it learned", least=18),
            Column("shape", wraps="cut"),
            Column("", drop=1, wraps="cut"),
            Column("count", right=True),
            Column("free", right=True, drop=3),
            Column("bytes", right=True, drop=2),
        ]
        rows: list[Row] = []
        for line in learned(summary, _MOST_MEMBERS, _MOST_LINES, opened=False):
            rows += _with_inner(line, "  ", summary.planned)
        totals = summary.totals
        total = _counts(totals.stored, totals.free, totals.bytes, summary.planned)
        rows.append((("  total", "", "", *total), "bold"))
        return self._table(columns, rows)

    def _candidates(self, summary: Summary) -> Table:
        names, found = candidates(summary)
        columns = [
            Column("candidates", least=12),
            *(Column(name, least=8, wraps="fold") for name in names),
            Column("count", right=True),
            Column("free", right=True, drop=2),
            Column("bytes", right=True, drop=1),
        ]
        rows: list[Row] = []
        for i, (values, each) in enumerate(found):
            if isinstance(each, Candidate):
                totals = each.totals
                counts = _counts(totals.stored, totals.free, totals.bytes, True)
                label = ""
                if len(found) < len(summary.candidates):
                    label = "smallest" if i == 0 else "largest" if i == len(found) - 1 else ""
                rows.append(((f"  {label}", *values, *counts), ""))
            else:
                rows.append(((f"  … {each:,} between", *values, "", "", ""), "dim"))
        return self._table(columns, rows)

    def _stats(self, summary: Summary) -> Table | None:
        shown, n_left = with_stats(summary)
        if not shown:
            return None
        columns = [
            Column("their values", least=16),
            Column("shape", least=8, drop=1),
            Column("min", right=True),
            Column("mean ± std", right=True, least=12),
            Column("max", right=True),
            Column("L2 norm", right=True, drop=2),
            Column("zeros", right=True, drop=3),
            Column("not finite", right=True),
        ]
        rows: list[Row] = [(_values_of(row), "") for row in shown]
        if n_left:
            rows.append(((f"  … {n_left:,} more", *[""] * 7), "dim"))
        return self._table(columns, rows)

    def _layers(self, node: Node) -> Table:
        columns = [
            Column(f"layers of {clean(node.name)}" if node.path else "layers"),
            Column("neurons", right=True),
            Column("activation", drop=4),
            Column("weights", right=True, drop=1),
            Column("biases", right=True, drop=3),
            Column("connections", right=True, drop=2),
            Column("parameters", right=True),
        ]
        rows: list[Row] = []
        for layer in shown_layers(node.layers):
            if layer is None:
                rows.append((("  …", *[""] * 6), ""))
                continue
            sums = (layer.biases, layer.connections, layer.parameters)
            cells = (
                f"  {layer.name}",
                number(layer.neurons),
                clean(layer.activation or ""),
                f"{layer.inputs:,} × {layer.neurons:,}" if layer.inputs else "",
                *(number(n) if layer.inputs else "" for n in sums),
            )
            rows.append((cells, ""))
        return self._table(columns, rows)

    def _leading(self, node: Node) -> Table:
        columns = [
            Column(f"components of {clean(node.name)}" if node.path else "components"),
            Column("variance", right=True, drop=1),
            Column("leading features", least=12, wraps="cut"),
        ]
        shown, n_left = leading_rows(node)
        rows: list[Row] = [((f"  {name}", share, said), "") for name, share, said in shown]
        if n_left:
            rows.append(((f"  … {n_left:,} more", "", ""), "dim"))
        return self._table(columns, rows)

    def _findings(self, summary: Summary) -> Group:
        grid = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        for code, message in findings(summary):
            grid.add_row(self._said(f"  {code}", "bold"), self._said(message))
        return Group(grid, self._said("  what to do: docs/findings", "dim"))


def _with_inner(line: Line, guide: str, planned: bool) -> Iterator[Row]:
    """Yield a line and those inside it, each below a guide for its level."""
    counts: Sequence[str] = ("", "", "")
    if line.counted:
        counts = _counts(line.count, line.free, line.bytes, planned)
    style = {"estimator": "bold", "several": "bold", "rest": "dim"}.get(line.kind, "")
    yield (f"{guide}{line.name}", line.what, line.words, *counts), style
    for inner in line.lines:
        yield from _with_inner(inner, f"{guide}│ ", planned)


def _counts(count: Count, free: Count, held: Count, planned: bool) -> tuple[str, str, str]:
    if planned and isinstance(count, Unknown):
        return "after fit", number(free), size(held)
    return number(count), number(free), size(held)


def _values_of(row: FittedAttribute) -> Sequence[str]:
    stats = row.stats
    assert stats is not None
    return (
        f"  {clean(row.path)}",
        shape(row.shape),
        value(stats.min),
        f"{value(stats.mean)} ± {value(stats.std)}",
        value(stats.max),
        value(stats.norm),
        number(stats.zeros) if stats.zeros else "",
        number(stats.nonfinite) if stats.nonfinite else "",
    )
