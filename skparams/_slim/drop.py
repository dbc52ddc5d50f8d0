"""Which attributes a slimmed copy lacks: by the roles in Specs, less what the caller keeps."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from skparams._walk import DEEPEST, infers, join, pickled_state
from skparams.specs import (
    COMMON,
    Spec,
    attributes_of,
    estimators_in,
    hyperparameters_of,
    is_number,
    registered,
    with_fixed,
)

__all__ = ["Droppable", "drop_plan", "names_by_owner"]

_DROPPED_ROLES = {"state", "diagnostic", "output"}
_NEIGHBORS = ("kneighbors", "radius_neighbors")
# Without these partial_fit begins anew and raises nothing: Birch, BernoulliRBM.
_KEPT_FOR_TRAINING = {"root_", "dummy_leaf_", "h_samples_"}


class Droppable(NamedTuple):
    """An attribute that predictions do not need."""

    owner: Any
    path: str
    name: str
    role: str
    value: Any


def names_by_owner(plan: Collection[Droppable]) -> dict[int, set[str]]:
    """Return the names of the attributes by the identity of their estimator."""
    names: dict[int, set[str]] = {}
    for each in plan:
        names.setdefault(id(each.owner), set()).add(each.name)
    return names


def drop_plan(estimator: Any, keep: Collection[str]) -> list[Droppable]:
    """Return what predictions do not need, in an estimator and those in it, without ``keep``."""
    found: list[Droppable] = []
    unknown = set(keep) - _DROPPED_ROLES
    left, reached = deque([(estimator, "", 0)]), set[int]()
    while left:
        owner, path, depth = left.popleft()
        if id(owner) in reached or depth > DEEPEST:
            continue
        reached.add(id(owner))
        values = attributes_of(owner)
        unknown -= {*values, *(join(path, name) for name in values)}
        found += _droppable(owner, path, values, registered(owner))
        for name, value in values.items():
            for local, inner in estimators_in(name, value):
                left.append((inner, join(path, local), depth + 1))
    if unknown:
        raise ValueError(
            f"slim: keep must name attributes, or roles out of "
            f"{', '.join(sorted(_DROPPED_ROLES))}, and {type(estimator).__name__} has no "
            f"{sorted(unknown)[0]!r}. Without keep, these are dropped: "
            f"{', '.join(each.path for each in found) or 'none'}."
        )
    return [each for each in found if not {each.name, each.path, each.role} & set(keep)]


def _droppable(
    owner: Any, path: str, values: Mapping[str, Any], spec: Spec | None
) -> Iterator[Droppable]:
    if spec is None:
        return
    params = hyperparameters_of(owner, values)
    known = with_fixed(params, values)
    roles, stored = _roles_dropped(owner), pickled_state(owner)
    for name, value in values.items():
        role = _role(spec, name, known)
        if role not in roles or name in params or name not in stored or _is_small(value):
            continue
        if name not in _KEPT_FOR_TRAINING:
            yield Droppable(owner, join(path, name), name, role, value)


def _roles_dropped(estimator: Any) -> set[str]:
    """Return the roles of what predictions do not need.

    If there are no predictions for new rows, the results for the training rows are what the model
    is for; and if no method takes new rows, none needs the old ones.
    """
    if infers(estimator, but=_NEIGHBORS):
        return _DROPPED_ROLES
    return (_DROPPED_ROLES - {"output"}) | (set() if infers(estimator) else {"data"})


def _role(spec: Spec, name: str, params: Mapping[str, Any]) -> str:
    """Return an attribute's role if it is known; it is not guessed."""
    rule = spec.rules.get(name)
    if rule is None:
        return COMMON.get(name, "")
    return rule.role if rule.holds(params) else rule.otherwise


def _is_small(value: Any) -> bool:
    return value is None or isinstance(value, bool | str) or is_number(value)
