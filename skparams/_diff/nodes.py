"""What became of each estimator in a model, and of what it holds."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from skparams._diff.align import aligned
from skparams._diff.arrays import Tolerance, change_of
from skparams._diff.describe import told_apart
from skparams._diff.held import Held, held_by, units_of
from skparams._diff.record import (
    Alignment,
    AttributeChange,
    Facts,
    NodeChange,
    TreeChange,
)
from skparams._diff.trees import tree_change
from skparams._diff.values import comparable, compare
from skparams._records import Node
from skparams._walk import Walk, class_path
from skparams.specs import short_repr

__all__ = ["model_change"]

_MOST_WRITTEN = 6  # numbers of an array that are written out


def model_change(
    before: Any, after: Any, align: bool, tolerance: Tolerance, ignore: Collection[str]
) -> NodeChange:
    """Return what became of a model; arguments are as for ``diff``."""
    sides = _Side(Walk(before)), _Side(Walk(after))
    return _Comparison(*sides, align, tolerance, ignore).node(sides[0].root, sides[1].root)


class _Side:
    def __init__(self, walk: Walk) -> None:
        self.root = walk.root
        self.classes = walk.classes
        self.fitted = {each.path: each for each in walk.fitted}
        self.met = {id(each.estimator) for each in walk.fitted}

    def held(self, path: str, ignore: Collection[str]) -> Held:
        """Return what an estimator holds, nothing where there is none that is fitted."""
        found = self.fitted.get(path)
        return held_by(found, ignore, self.met) if found else Held()


class _Comparison(NamedTuple):
    before: _Side
    after: _Side
    align: bool
    tolerance: Tolerance
    ignore: Collection[str]

    def node(self, before: Node | None, after: Node | None) -> NodeChange:
        """Return what became of an estimator; one that is on one side only is not looked into."""
        both = [before, after]
        some = after or before
        assert some is not None
        parts: tuple[Any, ...] = ((), (), (), ())
        children: list[NodeChange] = []
        if before and after:
            parts = self._attributes(some.path)
            one, two = ({child.name: child for child in node.children} for node in (before, after))
            children = [self.node(one.get(n), two.get(n)) for n in dict.fromkeys([*one, *two])]
        sides = zip((self.before, self.after), both, strict=True)
        names = [class_path(side.classes[node.path]) if node else None for side, node in sides]
        stored = [node.totals.stored if node else 0 for node in both]
        return NodeChange(
            name=some.name,
            path=some.path,
            before=names[0],
            after=names[1],
            fitted=(bool(before and before.fitted), bool(after and after.fitted)),
            stored=(stored[0], stored[1]),
            parameters=parts[0],
            others=parts[1],
            trees=parts[2],
            aligned=parts[3],
            children=tuple(children),
        )

    def _attributes(self, path: str) -> tuple[Any, ...]:
        """Return the changes of parameters, of other attributes, of trees, and the alignments."""
        sides = [side.fitted.get(path) for side in (self.before, self.after)]
        one, two = (side.held(path, self.ignore) for side in (self.before, self.after))
        arrays: Mapping[str, np.ndarray] = {}
        alignments: tuple[Alignment, ...] = ()
        if self.align and sides[0] and sides[1]:
            units = units_of(sides[1])
            if units and units == {dim: units_of(sides[0]).get(dim) for dim in units}:
                arrays, alignments = aligned(one.named(), two.named(), units)
        parameters: list[AttributeChange] = []
        others: list[AttributeChange] = []
        for name in dict.fromkeys([*one.arrays, *two.arrays]):
            if name in one.aliases & two.aliases:
                continue
            row = self._array(name, one, two, arrays.get(name))
            (parameters if row.role == "parameter" else others).append(row)
        for name in dict.fromkeys([*one.whole, *two.whole]):
            row = self._whole(name, one.whole.get(name), two.whole.get(name))
            if not (alignments and row.role == "derived"):  # which follow the order of units
                (parameters if row.role == "parameter" else others).append(row)
        return tuple(parameters), tuple(others), tuple(self._trees(one, two)), alignments

    def _array(
        self, path: str, before: Held, after: Held, aligned: np.ndarray | None
    ) -> AttributeChange:
        found = [side.arrays.get(path) for side in (before, after)]
        facts = [_facts(each[0].numbers) if each else None for each in found]
        role, dims = next((each[1], each[2]) for each in reversed(found) if each)
        change, same = None, False
        one, two = found
        if one and two and one[0].numbers.shape == two[0].numbers.shape:
            first, second = one[0].used, two[0].used if aligned is None else aligned
            if first.shape == second.shape:
                change = change_of(first, second, self.tolerance)
                same = not change.moved and self._one_dtype(*facts)
        return AttributeChange(path, role, dims, facts[0], facts[1], change, same)

    def _whole(
        self, path: str, before: tuple[Any, str] | None, after: tuple[Any, str] | None
    ) -> AttributeChange:
        facts = [_facts(each[0]) if each else None for each in (before, after)]
        role = (after or before or (None, ""))[1]
        change, same = None, False
        if before and after and _one_shape(before[0], after[0]):
            change = compare(before[0], after[0], self.tolerance)
            same = not change.moved and self._one_dtype(*facts)
        one, two = facts
        if before and after and one and two and one.shape is two.shape is None and not same:
            texts = told_apart(before[0], after[0])
            one, two = (Facts(None, f.dtype, t) for f, t in zip((one, two), texts, strict=True))
        return AttributeChange(path, role, None, one, two, change, same)

    def _one_dtype(self, before: Facts | None, after: Facts | None) -> bool:
        """Say whether two sides have one dtype, as far as that matters: text may be longer."""
        if not self.tolerance.exact or before is None or after is None:
            return True
        one, two = before.dtype or "", after.dtype or ""
        return one == two or one[:2] == two[:2] in ("<U", ">U", "|S")

    def _trees(self, before: Held, after: Held) -> Iterator[TreeChange]:
        for path in dict.fromkeys([*before.trees, *after.trees]):
            yield tree_change(path, before.trees.get(path), after.trees.get(path), self.tolerance)


def _one_shape(before: Any, after: Any) -> bool:
    if comparable(before) and comparable(after):
        return before.shape == after.shape
    return comparable(before) == comparable(after)


def _facts(value: Any) -> Facts:
    if not comparable(value):
        return Facts(None, type(value).__name__, short_repr(value))
    dtype = "record" if value.dtype.names else str(value.dtype)
    written = isinstance(value, np.ndarray) and value.size <= _MOST_WRITTEN
    return Facts(value.shape, dtype, short_repr(value) if written else None)
