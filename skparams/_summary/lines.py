"""What was learned, as a tree of lines: which are shown, in which order, and what is summed up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeVar

from skparams._records import Bounds, Count, FittedAttribute, Layer, Node, Unknown, add, multiply
from skparams._report import clean, number, shape
from skparams._summary.record import Summary

__all__ = ["Line", "flow", "largest", "layers", "learned", "weight"]

_MOST_ARRAYS = 12  # of one estimator: a screen's worth
_MOST_CHILDREN = 30  # of one estimator, runs of them counted as one
_MOST_ALIKE = 3  # siblings of one class that are not yet a run

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: an array, an estimator, several estimators alike, or the rest of either.

    ``what`` is an array's shape or an estimator's class, ``words`` its dims or whatever else is to
    be said of it. The counts of an alias are not ``counted``: they stand where it points.
    """

    kind: str
    name: str
    what: str = ""
    words: str = ""
    count: Count = 0
    free: Count = 0
    bytes: Count = 0
    counted: bool = True
    lines: tuple[Line, ...] = ()


def learned(summary: Summary, members: int, most: int, opened: bool) -> tuple[Line, ...]:
    """Return the lines below the root.

    Parameters
    ----------
    summary : Summary
        Any.
    members : int
        How many of a run of estimators alike to show.
    most : int
        How many lines to make, about: when they are used up, all that is left is summed up.
    opened : bool
        Whether runs are opened where ``depth`` does not ask for it.

    Returns
    -------
    tuple of Line
        With the lines inside them.
    """
    return tuple(_Lines(members, most, opened, summary.depth).inside(summary.root, 0))


class _Lines:
    def __init__(self, members: int, most: int, opened: bool, depth: int | None) -> None:
        self._members = members
        self._left = most
        self._opened = opened or depth is not None
        self._unfolds = opened
        self._depth = depth

    def inside(self, node: Node, level: int) -> Iterator[Line]:
        """Yield a node's own parameters and the estimators in it."""
        rows, rest = largest(node.parameters, _MOST_ARRAYS, lambda row: row.count)
        for row in rows:
            yield self._array(row, node)
        if rest:
            yield self._rest_of_arrays(rest, node)
        if self._depth is not None and level >= self._depth:
            return
        runs, more = largest(list(_runs(node.children)), _MOST_CHILDREN, _weight_of_run)
        for run in runs:
            yield self._estimator(run[0], level) if len(run) == 1 else self._run(run, level)
        if more:
            left = [child for run in more for child in run]
            yield self._rest("estimators ", [_totals(child) for child in left], left)

    def _array(self, row: FittedAttribute, node: Node) -> Line:
        self._left -= 1
        name = clean(row.path.removeprefix(f"{node.path}__"))
        if row.alias_of is not None:
            same = f"the same as {clean(row.alias_of)}"
            return Line("array", name, shape(row.shape), same, counted=False)
        dims = clean(" × ".join(row.dims or ()))
        return Line("array", name, shape(row.shape), dims, *_counts(row))

    def _estimator(self, node: Node, level: int) -> Line:
        self._left -= 1
        what, words = clean(node.class_name), flow(layers(node))
        if node.times != 1:
            what = f"{number(node.times)} × {what}"
            stored = node.totals.stored
            words = "" if isinstance(stored, Unknown) else f"each {number(stored)}"
        lines = tuple(self.inside(node, level + 1)) if self._left > 0 else ()
        return Line("estimator", clean(node.name), what, words, *_totals(node), lines=lines)

    def _run(self, run: Sequence[Node], level: int) -> Line:
        """Return the line of several alike, with the largest of them inside it."""
        self._left -= 1
        lines: list[Line] = []
        if self._opened:
            ordered = sorted(run, key=lambda node: -weight(node.totals.stored))
            for member in ordered[: self._members]:
                if self._left <= 0:
                    break
                lines.append(self._estimator(member, level + 1))
            if left := ordered[len(lines) :]:
                lines.append(self._rest("", [_totals(node) for node in left], left))
        what = f"{len(run):,} × {clean(run[0].class_name)}"
        totals = _sum(_totals(node) for node in run)
        return Line("several", _name_of_run(run), what, "", *totals, lines=tuple(lines))

    def _rest_of_arrays(self, rows: Sequence[FittedAttribute], node: Node) -> Line:
        totals = [_counts(row) for row in rows if row.alias_of is None]
        if not self._unfolds or self._left <= 0:
            return self._rest("", totals, rows)
        shown, left = rows[: self._members], rows[self._members :]
        lines = [self._array(row, node) for row in shown]
        if left:
            own = [_counts(row) for row in left if row.alias_of is None]
            lines.append(self._rest("", own, left))
        return replace(self._rest("", totals, rows), lines=tuple(lines))

    def _rest(
        self,
        what: str,
        totals: Sequence[tuple[Count, Count, Count]],
        left: Sequence[object],
    ) -> Line:
        return Line("rest", f"… {len(left):,} more {what}".rstrip(), "", "", *_sum(totals))


def largest(
    items: Sequence[T], most: int, count: Callable[[T], Count]
) -> tuple[Sequence[T], Sequence[T]]:
    """Return the items, or if there are many the largest of them first, and those left out."""
    if len(items) <= most:
        return items, ()
    ordered = sorted(items, key=lambda item: -weight(count(item)))
    return ordered[: most - 2], ordered[most - 2 :]


def weight(count: Count) -> float:
    """Return what to sort a count by: what is not known may be the largest."""
    if isinstance(count, Unknown):
        return float("inf")
    most = count.high if isinstance(count, Bounds) else count
    return float(min(most, 10**300))


def layers(node: Node) -> tuple[Layer, ...]:
    """Return the layers of a network, none where candidates differ: one's are not the others'."""
    return () if isinstance(node.totals.stored, Bounds) else node.layers


def flow(layers: Sequence[Layer]) -> str:
    """Return the numbers of neurons, layer by layer; the middle of a deep network is left out."""
    units = [f"{layer.neurons:,}" for layer in layers]
    if len(units) > 6:
        units[3:-2] = ["…"]
    return " → ".join(units)


def _runs(children: Sequence[Node]) -> Iterator[list[Node]]:
    """Yield long runs of siblings of one class together, and all others on their own."""
    for _, group in groupby(children, key=lambda node: (node.class_name, _stem(node.name))):
        siblings = list(group)
        if len(siblings) > _MOST_ALIKE:
            yield siblings
        else:
            yield from ([node] for node in siblings)


def _stem(name: str) -> str:
    """Return what siblings of one list have in common; a named step is on its own."""
    return name.partition("[")[0] if name.endswith("]") else name


def _name_of_run(run: Sequence[Node]) -> str:
    first, last = run[0].name, run[-1].name
    if first.endswith("]") and last.endswith("]"):
        return clean(f"{first[:-1]} … {last[last.rindex('[') + 1 :]}")
    return clean(f"{first} … {last}")


def _counts(row: FittedAttribute) -> tuple[Count, Count, Count]:
    return row.count, 0 if row.free is None else row.free, row.bytes


def _totals(node: Node) -> tuple[Count, Count, Count]:
    """Return the counts of a node, of all of them if it stands for several."""
    own = (node.totals.stored, node.totals.free, node.totals.bytes)
    if node.times == 1:
        return own
    stored, free, held = (multiply(node.times, count) for count in own)
    return stored, free, held


def _sum(totals: Iterable[tuple[Count, Count, Count]]) -> tuple[Count, Count, Count]:
    each = list(totals)
    stored, free, held = (add(counts) for counts in zip(*each, strict=True)) if each else (0, 0, 0)
    return stored, free, held


def _weight_of_run(run: Sequence[Node]) -> Count:
    return add(_totals(node)[0] for node in run)
