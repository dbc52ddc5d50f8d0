"""Which attributes a slimmed copy lacks: by the roles in Specs, less what the caller keeps."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from skparams._walk import Walk, infers, join, pickled_state
from skparams.specs import COMMON, Context, EstimatorView, is_number

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


def drop_plan(walk: Walk, keep: Collection[str]) -> list[Droppable]:
    """Return what predictions do not need, in an estimator and those in it, without ``keep``."""
    found = [attribute for each in walk.fitted for attribute in _droppable(each)]
    names = {name for each in walk.fitted for name in each.values}
    names |= {join(each.path, name) for each in walk.fitted for name in each.values}
    if unknown := set(keep) - names - _DROPPED_ROLES:
        raise ValueError(
            f"slim: keep must name attributes, or roles out of "
            f"{', '.join(sorted(_DROPPED_ROLES))}, and {walk.root.class_name} has no "
            f"{min(unknown)!r}. Without keep, these are dropped: "
            f"{', '.join(each.path for each in found) or 'none'}."
        )
    return [each for each in found if not {each.name, each.path, each.role} & set(keep)]


def _droppable(each: EstimatorView) -> Iterator[Droppable]:
    if each.guessed:
        return
    ctx = each.context()
    roles, stored = _roles_dropped(each.estimator), pickled_state(each.estimator)
    for name, value in each.values.items():
        role = _role(each, ctx, name)
        small = value is None or isinstance(value, bool | str) or is_number(value)
        kept = small or name in each.params or name in _KEPT_FOR_TRAINING
        if role in roles and name in stored and not kept:
            yield Droppable(each.estimator, join(each.path, name), name, role, value)


def _roles_dropped(estimator: Any) -> set[str]:
    """Return the roles of what predictions do not need.

    If there are no predictions for new rows, the results for the training rows are what the model
    is for; and if no method takes new rows, none needs the old ones.
    """
    if infers(estimator, but=_NEIGHBORS):
        return _DROPPED_ROLES
    return (_DROPPED_ROLES - {"output"}) | (set() if infers(estimator) else {"data"})


def _role(each: EstimatorView, ctx: Context, name: str) -> str:
    """Return an attribute's role if it is known; it is not guessed."""
    rule = each.spec.rules.get(name)
    if rule is None:
        return COMMON.get(name, "")
    return rule.role if rule.holds(ctx) else rule.otherwise
