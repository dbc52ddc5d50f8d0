"""Which attributes a slimmed copy lacks: by the roles in Specs, less what the caller keeps."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from skparams._walk import (
    Walk,
    calls_of,
    join,
    pickled_state,
    predicts_its_own_way,
    rules_of,
)
from skparams.specs import EstimatorView, Guess, is_number

_DROPPED_ROLES = {"state", "diagnostic", "output"}
_KEEPABLE = _DROPPED_ROLES | {"auxiliary"}  # of which only whole estimators are dropped
_NEIGHBORS = {"kneighbors", "radius_neighbors"}
# Without these, partial_fit starts anew and raises nothing: Birch, BernoulliRBM.
_KEPT_FOR_TRAINING = {"root_", "dummy_leaf_", "h_samples_"}


class Droppable(NamedTuple):
    """An attribute that predictions do not use."""

    owner: Any
    path: str
    name: str
    role: str
    value: Any


def names_by_owner(plan: Collection[Droppable]) -> dict[int, set[str]]:
    """The names of the attributes, by the identity of their estimator."""
    names: dict[int, set[str]] = {}
    for each in plan:
        names.setdefault(id(each.owner), set()).add(each.name)
    return names


def drop_plan(walk: Walk, keep: Collection[str]) -> list[Droppable]:
    """The attributes that predictions do not use, in all nested estimators, without ``keep``."""
    found = [
        attribute
        for each in walk.fitted
        for attribute in (*_unused_estimators(each), *droppable(each))
    ]
    unused = tuple(join(each.path, "") for each in found if each.role == "auxiliary")
    found = [each for each in found if not (unused and each.path.startswith(unused))]
    names = {name for each in walk.fitted for name in each.values}
    names |= {join(each.path, name) for each in walk.fitted for name in each.values}
    if unknown := set(keep) - names - _KEEPABLE:
        raise ValueError(
            f"slim: keep must name attributes, or roles out of "
            f"{', '.join(sorted(_KEEPABLE))}, and {walk.root.class_name} has no "
            f"{min(unknown)!r}. Without keep, these are dropped: "
            f"{', '.join(each.path for each in found) or 'none'}."
        )
    return [each for each in found if not {each.name, each.path, each.role} & set(keep)]


def _unused_estimators(each: EstimatorView) -> Iterator[Droppable]:
    """The estimators that are in a place where nothing calls them."""
    for name, rule in each.spec.rules.items():
        unused = rule.role == "estimator" and rule.otherwise == "auxiliary" and name in each.values
        if unused and name not in each.params and not rule.holds(each.context()):
            value = each.values[name]
            yield Droppable(each.estimator, join(each.path, name), name, "auxiliary", value)


def is_kept_whole(each: EstimatorView) -> bool:
    """Whether it is not known what the predictions of an estimator read."""
    return each.guessed or predicts_its_own_way(each.estimator)


def droppable(each: EstimatorView, roles: Collection[str] = ()) -> Iterator[Droppable]:
    """The attributes of some roles that can be left out, by default of those that go."""
    if is_kept_whole(each):
        return
    roles, stored = roles or _roles_dropped(each.estimator), pickled_state(each.estimator)
    for name, rule in rules_of(each, each.context()).items():
        value = each.values[name]
        small = value is None or isinstance(value, bool | str) or is_number(value)
        may_go = not (small or isinstance(rule, Guess) or name in each.params)
        if may_go and rule.role in roles and name in stored and name not in _KEPT_FOR_TRAINING:
            yield Droppable(each.estimator, join(each.path, name), name, rule.role, value)


def _roles_dropped(estimator: Any) -> set[str]:
    """The roles that predictions do not use.

    If an estimator cannot predict new samples, the results for the training samples are its
    purpose; and if no method takes new samples, none uses the training samples.
    """
    methods = set(calls_of(estimator))
    if methods - _NEIGHBORS:
        return _DROPPED_ROLES
    return (_DROPPED_ROLES - {"output"}) | (set() if methods else {"data"})
