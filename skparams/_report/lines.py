"""What an estimator learned, as a tree of lines: which are shown, and what is summed up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Protocol, TypeVar

from skparams._escape import clean
from skparams._records import (
    Bounds,
    Count,
    FittedAttribute,
    Layer,
    Node,
    Totals,
    Unknown,
    sum_of,
)
from skparams._report.page import Column, Row, Section
from skparams._report.trees import array_name, boosted, described, names_on_page, trees_in
from skparams._report.words import GUESS, number, shape, size, tree_size

_MAX_ARRAYS = 12  # of one estimator: a screen's worth
_MAX_CHILDREN = 30  # of one estimator, runs of them counted as one
_MAX_ALIKE = 3  # siblings of one class that are not yet a run
_MAX_MEMBERS = 10  # of a run that is opened
_MAX_FOLDED = 40  # more of them: what one wants to scroll through
_MAX_LINES = 500  # keeps the page below half a megabyte
_STYLES = {"estimator": "bold", "several": "bold", "rest": "dim"}

_totals = attrgetter("all_totals")
_own = attrgetter("totals")

T = TypeVar("T")
N = TypeVar("N", bound="_Named")


class _Named(Protocol):
    """A node of any tree of estimators."""

    @property
    def name(self) -> str: ...
    @property
    def class_name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Line:
    """One line: an array, an estimator, several estimators alike, or the rest of either.

    ``what`` is an array's shape or an estimator's class, ``words`` its dims or whatever else there
    is to say. An alias has no counts: they stand where it points.
    """

    kind: str
    name: str
    what: str = ""
    words: str = ""
    counts: Totals | None = None
    lines: Sequence[Line] = ()
    opened: bool = True

    @property
    def count(self) -> Count:
        return 0 if self.counts is None else self.counts.stored

    def row(self, total: int, planned: bool) -> Row:
        """The row of a table, with those below it."""
        counts = ("", "", "") if self.counts is None else _written(self.counts, planned)
        share = round(100 * upper(self.count) / total, 1) if total else 0.0
        below = [line.row(total, planned) for line in self.lines]
        cells = (self.name, self.what, self.words, *counts)
        return Row(cells, _STYLES.get(self.kind, ""), below, self.opened, share)


def learned(
    root: Node, depth: int | None = None, *, planned: bool, notes: Sequence[str]
) -> Section:
    """The table of what an estimator learned, or will learn."""
    columns = [
        Column("will learn" if planned else "it learned", least=18, code=True),
        Column("shape", wraps="cut", code=True),
        Column("", drop=1, wraps="cut", code=True),
        Column("count", right=True),
        Column("free", right=True, drop=3),
        Column("bytes", right=True, drop=2),
    ]
    rows = [line.row(upper(root.totals.stored), planned) for line in lines_of(root, depth)]
    total = Row(("total", "", "", *_written(root.totals, planned)), "bold")
    return Section(columns, [*rows, total], notes)


def _written(counts: Totals, planned: bool) -> tuple[str, str, str]:
    unknown = planned and isinstance(counts.stored, Unknown)
    first = "after fit" if unknown else number(counts.stored)
    guess = GUESS if counts.guessed is not None and not isinstance(counts.stored, Unknown) else ""
    return guess + first, number(counts.free), guess + size(counts.bytes)


def lines_of(root: Node, depth: int | None = None, limit: int = _MAX_LINES) -> tuple[Line, ...]:
    """The lines below the root, about ``limit`` of them: all others are summed up.

    Runs of estimators alike are opened where ``depth`` is given.
    """
    return tuple(_Lines(limit, depth, names_on_page(root)).inside(root, 0))


class _Lines:
    def __init__(self, limit: int, depth: int | None, names: Mapping[str, str]) -> None:
        self._left = limit
        self._depth = depth
        self._names = names

    def inside(self, node: Node, level: int) -> Iterator[Line]:
        """Yield a node's own parameters and the estimators in it."""
        groups = boosted(node)
        arrays = [row for row in node.parameters if not (groups and row.trees)]
        rows, rest = largest(arrays, _MAX_ARRAYS, lambda row: row.count)
        yield from self._listed([*rows, *rest], len(rows), lambda row: self._array(row, node), _own)
        if groups:
            yield self._trees(node, groups)
        if self._depth is not None and level >= self._depth:
            return
        shown, more = largest(
            list(runs(node.children)), _MAX_CHILDREN, lambda run: sum_of(map(_totals, run)).stored
        )
        for run in shown:
            yield self._estimator(run[0], level) if len(run) == 1 else self._run(run, level)
        if more:
            left = [child for run in more for child in run]
            yield _rest(len(left), map(_totals, left), "more estimators")

    def _listed(
        self,
        items: Sequence[T],
        shown: int,
        make: Callable[[T], Line],
        counts: Callable[[T], Totals],
    ) -> Iterator[Line]:
        """Yield the lines of the first of many, and one that opens to some of those left out."""
        made = list(self._made(items[:shown], make))
        yield from made
        if left := items[len(made) :]:
            folded = list(self._made(left[:_MAX_FOLDED], make))
            if out := left[len(folded) :]:
                folded = [*folded, _rest(len(out), map(counts, out))] if folded else []
            yield _rest(len(left), map(counts, left), lines=folded)

    def _made(self, items: Sequence[T], make: Callable[[T], Line]) -> Iterator[Line]:
        for item in items:
            if self._left <= 0:
                return
            self._left -= 1
            yield make(item)

    def _estimator(self, node: Node, level: int) -> Line:
        what, words = clean(node.class_name), layer_sizes(layers_of(node))
        trees = trees_in([node])
        if trees and trees.n == 1 and not boosted(node):
            words = tree_size(trees)
        if node.role != "parameter":
            return Line("estimator", clean(node.name), what, node.role, _totals(node))
        if node.times != 1:
            what = f"{number(node.times)} × {what}"
            stored = node.totals.stored
            words = "" if isinstance(stored, Unknown) else f"each {number(stored)}"
        lines = tuple(self.inside(node, level + 1)) if self._left > 0 else ()
        return Line("estimator", clean(node.name), what, words, _totals(node), lines=lines)

    def _run(self, run: Sequence[Node], level: int) -> Line:
        """The line of several alike, with the largest of them inside it."""
        ordered = sorted(run, key=lambda node: -sort_key(node.totals.stored))
        lines = list(
            self._listed(
                ordered, _MAX_MEMBERS, lambda node: self._estimator(node, level + 1), _totals
            )
        )
        trees = trees_in(run)
        what = f"{len(run):,} × {clean(run[0].class_name)}"
        if trees and trees.n == len(run):
            what = described(trees, f"{number(trees.nodes)} nodes")
        counts = sum_of(map(_totals, run))
        return Line("several", run_name(run), what, "", counts, lines, self._depth is not None)

    def _trees(self, node: Node, groups: Sequence[Sequence[FittedAttribute]]) -> Line:
        """The line of trees that are no estimators, with each of them inside it."""
        rows, trees = [row for group in groups for row in group], trees_in([node])
        assert trees is not None
        if len(groups) == 1:
            lines = [
                Line("array", array_name(row), shape(row.shape), "", row.totals) for row in rows
            ]
        else:
            lines = list(
                self._listed(
                    range(len(groups)),
                    _MAX_MEMBERS,
                    lambda i: _tree(i, groups[i]),
                    lambda i: sum_of(map(_own, groups[i])),
                )
            )
        counts, opened = sum_of(map(_own, rows)), self._depth is not None
        return Line("several", "trees", described(trees), "", counts, lines, opened)

    def _array(self, row: FittedAttribute, node: Node) -> Line:
        name = clean(self._names.get(row.path, row.path).removeprefix(f"{node.path}__"))
        if row.alias_of is not None:
            same = f"the same as {clean(row.alias_of)}"
            return Line("array", name, shape(row.shape), same)
        dims = clean(" × ".join(row.dims or ()))
        return Line("array", name, shape(row.shape), dims, row.totals)


def _tree(place: int, rows: Sequence[FittedAttribute]) -> Line:
    trees = rows[0].trees
    assert trees is not None
    return Line("estimator", f"trees[{place}]", tree_size(trees), "", sum_of(map(_own, rows)))


def _rest(n: int, counts: Iterable[Totals], what: str = "more", lines: Sequence[Line] = ()) -> Line:
    return Line("rest", f"… {n:,} {what}", "", "", sum_of(counts), lines=lines, opened=False)


def largest(
    items: Sequence[T], limit: int, count: Callable[[T], Count]
) -> tuple[Sequence[T], Sequence[T]]:
    """The items, or if there are many the largest of them first, and those left out."""
    if len(items) <= limit:
        return items, ()
    ordered = sorted(items, key=lambda item: -sort_key(count(item)))
    return ordered[: limit - 2], ordered[limit - 2 :]


def upper(count: Count) -> int:
    """The upper bound of a count, 0 if it is unknown."""
    if isinstance(count, Unknown):
        return 0
    return count.high if isinstance(count, Bounds) else count


def sort_key(count: Count) -> float:
    """Sort key of a count: an unknown one may be the largest."""
    return float("inf") if isinstance(count, Unknown) else float(min(upper(count), 10**300))


def layers_of(node: Node) -> tuple[Layer, ...]:
    """The layers of a network; none before fit if candidates have different ones."""
    return () if isinstance(node.totals.stored, Bounds) else node.layers


def layer_sizes(layers: Sequence[Layer]) -> str:
    """The numbers of neurons, layer by layer; the middle of a deep network is left out."""
    units = [f"{layer.neurons:,}" for layer in layers]
    if len(units) > 6:
        units[3:-2] = ["…"]
    return " → ".join(units)


def runs(children: Sequence[N]) -> Iterator[list[N]]:
    """Yield long runs of siblings of one class together, and all others on their own."""
    for siblings in alike(children):
        yield from [siblings] if len(siblings) > _MAX_ALIKE else ([node] for node in siblings)


def alike(
    children: Sequence[N], also: Callable[[N], object] = lambda node: None
) -> Iterator[list[N]]:
    """Yield siblings of one class that are in one list, and alike in something else, together."""
    for _, group in groupby(
        children, key=lambda node: (node.class_name, _common_prefix(node.name), also(node))
    ):
        yield list(group)


def _common_prefix(name: str) -> str:
    """What the names of siblings in one list have in common."""
    return name.partition("[")[0] if name.endswith("]") else name


def run_name(run: Sequence[_Named]) -> str:
    """The name of a run: its first and its last index, or its first and its last name."""
    first, last = run[0].name, run[-1].name
    if first.endswith("]") and first.rpartition("[")[0] == last.rpartition("[")[0]:
        return clean(f"{first[:-1]} … {last[last.rindex('[') + 1 :]}")
    return clean(f"{first} … {last}")
