"""The estimators that are fitted in place."""

from __future__ import annotations

from typing import Any

from skparams._walk.leaf import join
from skparams.specs import EstimatorView, estimators_in, view_of


def owners_of(
    estimator: Any, deep: bool = True, path: str = "", within: frozenset[int] = frozenset()
) -> dict[str, EstimatorView]:
    """An estimator and the fitted ones among its arguments, as steps, by path."""
    view = view_of(estimator, path)
    found = {path: view}
    within |= {id(estimator)}
    for name, rule in view.spec.rules.items() if deep else ():
        if rule.role == "estimator" and name in view.params and name in view.values:
            for local, inner in estimators_in(name, view.values[name]):
                if id(inner) not in within:
                    found |= owners_of(inner, deep, join(path, local), within)
    return found
