"""The changes of each estimator in a model, and of its attributes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from skparams._diff.align import aligned
from skparams._diff.arrays import Tolerance
from skparams._diff.contents import Attribute, Contents, Model
from skparams._diff.hyperparameters import MAX_WRITTEN, comparable, rounded_repr
from skparams._diff.record import AttributeChange, Change, Facts, NodeChange
from skparams._diff.texts import distinct_texts
from skparams._diff.trees import tree_change
from skparams._diff.values import Manner, compare, dtype_of, is_array, same_dtype
from skparams._records import Node
from skparams._walk import join
from skparams.specs import same

_NOTHING = Contents()
_PLAIN = (str, int, float, type(None))


class Comparison(NamedTuple):
    """How two models are compared.

    ``changed`` are the names of hyperparameters that differ.
    """

    before: Model
    after: Model
    align: bool
    tolerance: Tolerance
    changed: Collection[str] = ()

    def node(self, before: Node | None, after: Node | None) -> NodeChange:
        """The change of an estimator; one that only one model has is not looked into."""
        either = after or before
        assert either is not None
        change = NodeChange(
            either.name,
            either.path,
            before=self.before.class_of(before.path) if before else None,
            after=self.after.class_of(after.path) if after else None,
            fitted=(bool(before and before.fitted), bool(after and after.fitted)),
            stored=(before.totals.stored if before else 0, after.totals.stored if after else 0),
        )
        if not (before and after):
            return change
        one, two = self.before.children(before), self.after.children(after)
        children = [self.node(one.get(n), two.get(n)) for n in dict.fromkeys([*one, *two])]
        return replace(change, children=tuple(children), **self._contents(either.path))

    def _contents(self, path: str) -> dict[str, Any]:
        """The fields of a NodeChange for the estimator's own attributes."""
        one, two = (model.contents.get(path, _NOTHING) for model in (self.before, self.after))
        arrays, alignments = aligned(one, two) if self.align else ({}, ())
        fields: dict[str, list[Any]] = {"parameters": [], "others": [], "trees": []}
        for name in dict.fromkeys([*one.attributes, *two.attributes]):
            pair = one.attributes.get(name), two.attributes.get(name)
            roles = [each.role for each in pair if each]
            if "tree" in roles:
                old, new = (each.value if each and each.role == "tree" else None for each in pair)
                fields["trees"].append(tree_change(name, old, new, self.tolerance))
            elif not (_is_alias(name, one, two) or _is_cache(pair, one, two)):
                row = self._attribute(name, *pair, arrays)
                in_old_order = alignments and row.role == "derived"
                if not (in_old_order or (row.same and row.role == "estimator")):
                    fields["parameters" if row.role == "parameter" else "others"].append(row)
        fields["others"] += self._arguments(path)
        return {name: tuple(rows) for name, rows in fields.items()} | {"aligned": alignments}

    def _arguments(self, path: str) -> Iterator[AttributeChange]:
        """Yield the constructor arguments that differ, of estimators that fit has made.

        Those of others are among the hyperparameters, which name an argument that differs too.
        """
        one, two = (model.walk.views[path].params for model in (self.before, self.after))
        for name, value in one.items():
            if name in self.changed or name == "random_state" or name not in two:
                continue
            if isinstance(value, _PLAIN) and same(value, two[name]):
                continue
            place, known = join(path, name), self.before.hyperparameters
            if place in known or place in self.before.ignored:
                continue
            old, new = (
                Attribute(each, each, "hyperparameter", name)
                for each in (comparable(value), comparable(two[name]))
            )
            row = self._attribute(place, old, new, {})
            if not row.same:
                yield row

    def _attribute(
        self,
        path: str,
        before: Attribute | None,
        after: Attribute | None,
        arrays: Mapping[str, np.ndarray],
    ) -> AttributeChange:
        one, two = (_facts(each.value) if each else None for each in (before, after))
        either = after or before
        assert either is not None
        change: Change | None = None
        is_same = False
        if before and after and one and two and one.shape == two.shape:
            used = before.used, arrays.get(path, after.used)
            if not is_array(used[0]) or used[0].shape == used[1].shape:
                change = compare(*used, self._manner(either.guessed))
                is_same = not (change.n_changed or change.opaque)
                is_same &= not self.tolerance.exact or same_dtype(one.dtype, two.dtype)
            if one.shape is None and not is_same:
                texts = distinct_texts([before.value, after.value], rounded_repr)
                one, two = (replace(f, text=t) for f, t in zip((one, two), texts, strict=True))
        return AttributeChange(path, either.role, either.dims or None, one, two, change, is_same)

    def _manner(self, ordered: bool) -> Manner:
        return Manner(self.tolerance, (self.before.nodes, self.after.nodes), ordered=ordered)


def _is_alias(path: str, before: Contents, after: Contents) -> bool:
    """Whether an array is one and the same as another in both models, which is compared."""
    first = before.aliases.get(path)
    return first == after.aliases.get(path) and first in before.attributes


def _is_cache(
    pair: tuple[Attribute | None, Attribute | None], before: Contents, after: Contents
) -> bool:
    """Whether only one model has computed what it computes when it is first read."""
    names = {each.name for each in pair if each}
    return None in pair and not names.isdisjoint({*before.caches, *after.caches})


def _facts(value: Any) -> Facts:
    if not is_array(value):
        return Facts(None, type(value).__name__, rounded_repr(value))
    written = isinstance(value, np.ndarray) and value.size <= MAX_WRITTEN
    return Facts(value.shape, dtype_of(value), rounded_repr(value) if written else None)
