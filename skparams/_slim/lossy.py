"""What a copy may lose beside what no prediction needs, if the caller asks for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np

from skparams._slim.compare import Predictions
from skparams._slim.drop import Droppable, droppable, names_by_owner
from skparams._slim.record import PredictionChange
from skparams._walk import Leaf, Walk, compact_copy, join, leaves_of, rules_of
from skparams.specs import EstimatorView, Guess, leaves_in, rebuilt

LOSSY = {
    "derived": "drop what is computed from parameters and read by no call without options",
    "float32": "store float64 parameters as float32",
}


def check_lossy(lossy: Collection[str], X: Any) -> None:
    """Raise ValueError for a way that does not exist, or without X."""
    if unknown := sorted(set(lossy) - LOSSY.keys()):
        raise ValueError(f"slim: lossy must be of {', '.join(LOSSY)}, got {unknown[0]!r}.")
    if lossy and X is None:
        raise ValueError(
            f"slim: lossy={tuple(lossy)!r} changes what the copy does, which is measured on X: "
            "give rows to predict as X."
        )


def derived_plan(
    walk: Walk, plan: Sequence[Droppable], keep: Collection[str], expected: Predictions
) -> list[Droppable]:
    """The derived attributes that no call without options reads, as calling shows."""
    candidates = [
        each
        for view in walk.fitted
        for each in droppable(view, {"derived"})
        if not {each.name, each.path} & set(keep)
    ]
    found: list[Droppable] = []
    # Those of one name and class are tried together, as an ensemble has thousands.
    for _, group in groupby(sorted(candidates, key=_kind), _kind):
        tried = [*found, *group]
        copy = compact_copy(walk.fitted[0].estimator, names_by_owner([*plan, *tried]))
        if expected.first_difference(copy, options_may_raise=True) is None:
            found = tried
    return found


def _kind(each: Droppable) -> tuple[str, str, str]:
    cls: type = type(each.owner)
    return cls.__module__, cls.__qualname__, each.name


class Narrowed(NamedTuple):
    """Which arrays became float32, which stayed float64, and how much predictions change."""

    float32: tuple[str, ...] = ()
    float64: tuple[str, ...] = ()
    changes: tuple[PredictionChange, ...] = ()


class _Conversion(NamedTuple):
    """An attribute as it is, and with its float64 arrays as float32."""

    owner: Any
    name: str
    before: Any
    after: Any
    paths: tuple[str, ...]

    def put(self, value: Any) -> None:
        vars(self.owner)[self.name] = value


def narrow(
    slimmed: Any, keep: Collection[str], expected: Predictions, failing: Collection[str]
) -> Narrowed:
    """Store the parameters of a copy as float32, class by class where not all can be.

    A class whose predictions raise with float32, or are no longer finite, stays as it is.
    """
    calls = [call for call in expected.calls if call not in failing]
    left: list[str] = []
    conversions: list[_Conversion] = []
    for view in Walk(slimmed).fitted:
        own, others = _conversions(view, keep)
        conversions += own
        left += others

    def try_out(chosen: Sequence[_Conversion]) -> tuple[PredictionChange, ...] | None:
        for each in chosen:
            each.put(each.after)
        changes = expected.changes(slimmed, calls)
        if changes is None:
            for each in chosen:
                each.put(each.before)
        return changes

    done, changes = conversions, try_out(conversions)
    if changes is None:
        done, changes = [], ()
        by_class = sorted(conversions, key=lambda each: str(type(each.owner)))
        for _, group in groupby(by_class, lambda each: type(each.owner)):
            tried = list(group)
            if (found := try_out(tried)) is None:
                left += [path for each in tried for path in each.paths]
            else:
                done, changes = [*done, *tried], found
    return Narrowed(tuple(path for each in done for path in each.paths), tuple(left), changes)


def _conversions(view: EstimatorView, keep: Collection[str]) -> tuple[list[_Conversion], list[str]]:
    """The attributes of an estimator to convert, and the paths of float64 arrays that cannot be."""
    found, left = [], []
    ctx, stored = view.context(), getattr(view.estimator, "__dict__", {})
    for name, rule in rules_of(view, ctx).items():
        known = not isinstance(rule, Guess) and name in stored and name not in view.params
        if rule.role != "parameter" or not known:
            continue
        value = view.values[name]
        reached = {local for local, _ in leaves_in(name, value)}
        new = {}
        for leaf in filter(_holds_float64, leaves_of(view, ctx, name, rule)):
            kept = {name, join(view.path, name), leaf.path} & set(keep)
            converted = _as_float32(leaf.value) if leaf.local in reached and not kept else None
            if converted is None:
                left.append(leaf.path)
            else:
                new[leaf.local] = converted
        if new:
            paths = tuple(join(view.path, local) for local in new)
            found.append(_Conversion(view.estimator, name, value, rebuilt(name, value, new), paths))
    return found, left


def _holds_float64(leaf: Leaf) -> bool:
    """Whether a leaf of an attribute with parameters is an array of float64 parameters."""
    is_parameter = leaf.part is None or leaf.part.role == "parameter"
    array = leaf.value
    return is_parameter and isinstance(array, np.ndarray) and array.dtype == np.float64


def _as_float32(array: np.ndarray) -> np.ndarray | None:
    """An array as float32, None if it has a number that is too large."""
    with np.errstate(over="ignore"):
        converted = array.astype(np.float32)
    return converted if np.array_equal(np.isfinite(converted), np.isfinite(array)) else None
