"""What of a fitted estimator is compared with another's: all that its predictions may need."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from skparams._diff.align import Named
from skparams._diff.trees import Tree, trees_in
from skparams._walk import Leaf, join, leaves_of, rules_of
from skparams.specs import (
    Context,
    EstimatorView,
    Rule,
    dims_of,
    estimators_in,
    is_number,
    texts_in,
)

__all__ = ["COMPARED", "Held", "held_by", "units_of"]

# What predictions may need. Derived attributes are among them where they do use these.
COMPARED = ("parameter", "tuned", "structure", "data", "random", "metadata")
# Of a class that no Spec describes, roles are guessed: what may be needed is more.
_NEVER = ("output", "diagnostic", "state")


@dataclass(frozen=True, slots=True)
class Held:
    """An estimator's arrays one by one, its trees, and its other attributes as they are.

    Of an array, the role and the dims are kept beside it; of any other attribute, the role.
    ``aliases`` are arrays that stand at an earlier path too.
    """

    aliases: set[str] = field(default_factory=set)
    arrays: dict[str, tuple[Leaf, str, tuple[str, ...] | None]] = field(default_factory=dict)
    trees: dict[str, Tree] = field(default_factory=dict)
    whole: dict[str, tuple[Any, str]] = field(default_factory=dict)

    def named(self) -> dict[str, Named]:
        """Return the dense arrays whose axes have names, by path."""
        return {
            path: Named(leaf.attribute, dims, np.asarray(leaf.value))
            for path, (leaf, _, dims) in self.arrays.items()
            if dims and isinstance(leaf.value, np.ndarray) and leaf.value.dtype.kind in "fiu"
        }


def held_by(fitted: EstimatorView, ignore: Collection[str], met: Collection[int]) -> Held:
    """Return what an estimator holds that its predictions may need.

    Parameters
    ----------
    fitted : EstimatorView
        As a walk met it.
    ignore : collection of str
        Names of attributes to leave out.
    met : collection of int
        The identities of the estimators that are compared on their own.

    Returns
    -------
    Held
        The estimator's own arrays, not copies.
    """
    held = Held()
    buffers: set[tuple] = set()
    ctx = fitted.context()
    rules = rules_of(fitted, ctx)
    for name, rule in sorted(rules.items(), key=lambda item: item[1].role != "parameter"):
        value = fitted.values[name]
        # What was chosen is compared with all that was; some Specs name it too.
        if name in ignore or name in fitted.params or not _needed(rule, fitted, value):
            continue
        trees = dict(trees_in(join(fitted.path, name), value))
        if trees:
            held.trees.update(trees)
        elif rule.parts or rule.role == "parameter":
            for leaf, role, dims in _leaves(fitted, ctx, name, rule):
                if leaf.numbers is None:
                    held.whole[leaf.path] = leaf.value, role
                else:
                    held.arrays[leaf.path] = leaf, role, dims
                    if leaf.buffer in buffers:
                        held.aliases.add(leaf.path)
                    buffers.add(leaf.buffer)
            if not rule.parts:
                for path, found in texts_in(join(fitted.path, name), value):
                    held.whole[path] = found, "metadata"
        elif not _are_all(met, name, value):
            held.whole[join(fitted.path, name)] = value, rule.role
    return held


def _are_all(met: Collection[int], name: str, value: Any) -> bool:
    """Say whether a value is other estimators by name, as ``named_estimators_`` is."""
    inner = [id(each) for _, each in estimators_in(name, value)] if isinstance(value, dict) else []
    return bool(inner) and all(each in met for each in inner)


def units_of(fitted: EstimatorView) -> dict[str, tuple[str, ...]]:
    """Return the dims whose units have no order of their own."""
    units = fitted.spec.extras.get("units")
    return units(fitted.context()) if units else {}


def _needed(rule: Rule, fitted: EstimatorView, value: Any) -> bool:
    if rule.role == "random" and is_number(value):  # a seed, which no prediction reads
        return False
    if rule.role == "derived":
        return rule.derive is not None
    return rule.role in COMPARED or (fitted.guessed and rule.role not in _NEVER)


def _leaves(
    fitted: EstimatorView, ctx: Context, name: str, rule: Rule
) -> Iterator[tuple[Leaf, str, tuple[str, ...] | None]]:
    leaves = leaves_of(fitted, ctx, name, rule)
    for i, leaf in enumerate(leaves):
        role = leaf.part.role if leaf.part else rule.role
        if role not in COMPARED:
            continue
        dims = leaf.part.dims if leaf.part and leaf.part.dims else None
        dims = dims or dims_of(rule, ctx, i, len(leaves))
        n_axes = len(getattr(leaf.numbers, "shape", ()))
        known = dims is not None and len(dims) >= n_axes
        yield leaf, role, dims[len(dims) - n_axes :] if known and dims else None
