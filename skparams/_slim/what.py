"""What a slimmed copy goes without: by the roles that Specs give, less what the caller keeps."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from skparams._walk import MAX_DEPTH, Dropped, infers, join, reduced
from skparams.specs import (
    COMMON,
    Context,
    Spec,
    attributes_of,
    estimators_in,
    is_number,
    spec_of,
    view_of,
)

__all__ = ["Loss", "Losses", "losses_in"]

_GO = {"state", "diagnostic", "output"}
_NEIGHBOURS = ("kneighbors", "radius_neighbors")


class Loss(NamedTuple):
    """An attribute that the copy goes without."""

    owner: Any
    path: str
    name: str
    role: str
    value: Any


class Search(NamedTuple):
    """A search that its best estimator takes the place of."""

    owner: Any
    path: str
    best: Any


class Losses(NamedTuple):
    """All that the copy goes without."""

    attributes: list[Loss]
    searches: list[Search]

    def dropped(self) -> dict[int, Dropped]:
        """Return names and roles by the identity of the estimator."""
        found: dict[int, Dropped] = {}
        for loss in self.attributes:
            found[id(loss.owner)] = (*found.get(id(loss.owner), ()), (loss.name, loss.role))
        return found

    def instead(self) -> dict[int, Any]:
        """Return the best estimators by the identity of their search."""
        return {id(search.owner): search.best for search in self.searches}


def losses_in(estimator: Any, keep: Collection[str]) -> Losses:
    """Return what predictions do not need, in an estimator and those in it.

    Parameters
    ----------
    estimator : estimator
        A fitted one.
    keep : collection of str
        As for ``slim``.

    Returns
    -------
    Losses
        What may go.

    Raises
    ------
    ValueError
        If ``keep`` names what no estimator has.
    """
    found = Losses([], [])
    unknown = set(keep) - _GO
    going: list[str] = []
    left, met = deque([(estimator, "", 0)]), set[int]()
    while left:
        owner, path, depth = left.popleft()
        if id(owner) in met or depth > MAX_DEPTH:
            continue
        met.add(id(owner))
        values = attributes_of(owner)
        kept = {name for name in values if name in keep or join(path, name) in keep}
        unknown -= kept | {join(path, name) for name in kept}
        spec = spec_of(owner)
        if spec and spec.winner in kept:
            best = values[spec.winner]
            found.searches.append(Search(owner, path, best))
            left.append((best, join(path, spec.winner), depth + 1))
            continue
        for loss in _attributes(owner, path, values, spec):
            going.append(loss.path)
            if loss.name not in kept and loss.role not in keep:
                found.attributes.append(loss)
        for name, value in values.items():
            for local, inner in estimators_in(name, value):
                left.append((inner, join(path, local), depth + 1))
    if unknown:
        raise ValueError(
            f"slim: keep must name attributes, or roles out of {', '.join(sorted(_GO))}, and "
            f"{type(estimator).__name__} has no {sorted(unknown)[0]!r}. "
            f"Without keep these go: {', '.join(going) or 'none'}."
        )
    return found


def _attributes(owner: Any, path: str, values: Mapping[str, Any], spec: Spec | None) -> list[Loss]:
    if spec is None or reduced(owner) is None:
        return []
    view = view_of(owner)
    params, ctx = view.params, view.context()
    goes = _roles_that_go(owner)
    return [
        Loss(owner, join(path, name), name, role, value)
        for name, value in values.items()
        if name not in params
        and (role := _role(spec, name, ctx)) in goes
        and not _costs_nothing(value)
    ]


def _roles_that_go(estimator: Any) -> set[str]:
    """Return the roles of what predictions do not need.

    Where no new rows can be predicted, results for the training rows are all that there is. And
    where no method takes new rows, none needs the old ones.
    """
    if infers(estimator, but=_NEIGHBOURS):
        return _GO
    return _GO - {"output"} if infers(estimator) else (_GO - {"output"}) | {"data"}


def _role(spec: Spec, name: str, ctx: Context) -> str:
    """Return an attribute's role where it is known; it is not guessed."""
    rule = spec.rules.get(name)
    if rule is None:
        return COMMON.get(name, "")
    return rule.role if rule.holds(ctx) else rule.otherwise


def _costs_nothing(value: Any) -> bool:
    return value is None or isinstance(value, bool | str) or is_number(value)
