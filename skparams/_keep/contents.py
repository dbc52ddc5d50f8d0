"""What of an estimator is kept, and what cannot be."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from skparams._compat import requests_in, routing_with
from skparams._walk import predicts_its_own_way
from skparams.specs import EstimatorView, Rule, spec_of, view_of

# Roles of what predictions do not need; a diagnostic that is a single value is kept.
_UNUSED = {"output", "diagnostic", "state"}
_PLAIN = (np.ndarray, np.generic, float, int, str, type(None))
# The attribute in which scikit-learn keeps which metadata an estimator requests.
ROUTING = "_metadata_request"
_PICKLING = ("__reduce__", "__reduce_ex__", "__getstate__", "__setstate__", "__getnewargs_ex__")


class _Derived:
    """Stands for an object that follows from other attributes."""


DERIVED = _Derived()


class Refused(Exception):
    """Something that a file cannot hold: where it is, and what it is."""

    def __init__(self, path: str, what: str) -> None:
        super().__init__(f"{path or 'the estimator'} {what}")


def kept_attributes(view: EstimatorView, state: bool) -> dict[str, Any]:
    """The attributes that predictions may need, and what was found once; with ``state``, all."""
    rules = view.spec.rules
    known = not (state or view.guessed or predicts_its_own_way(view.estimator))
    unused = {name for name in rules if known and rules[name].role in _UNUSED}
    return {
        name: _as_kept(name, value, rules.get(name))
        for name, value in view.values.items()
        if name not in view.params
        and (name not in unused or (rules[name].role == "diagnostic" and _is_single(value)))
    }


def _is_single(value: Any) -> bool:
    return isinstance(value, _PLAIN) and getattr(value, "ndim", 0) == 0


def _as_kept(name: str, value: Any, rule: Rule | None) -> Any:
    if name == ROUTING:
        return requests_in(value)
    is_object = not isinstance(value, _PLAIN)
    return DERIVED if is_object and rule is not None and rule.derive is not None else value


def complete(estimator: Any) -> None:
    """Put the objects into an estimator for which something else was kept."""
    held = vars(estimator)
    for name in [name for name, value in held.items() if value is DERIVED]:
        view = view_of(estimator)  # with those before
        derive = view.spec.rules[name].derive
        if derive is None:
            raise ValueError(f"{name} is derived from nothing")
        held[name] = derive(view.context())
    if ROUTING in held:
        held[ROUTING] = routing_with(estimator, held[ROUTING])


def winner_of(estimator: Any) -> Any:
    """The estimator that a fitted search predicts with, None if it is no search."""
    spec = spec_of(estimator) if hasattr(type(estimator), "fit") else None
    search = spec is not None and spec.winner == "best_estimator_"
    return getattr(estimator, "best_estimator_", None) if search else None


def pickles_its_own_way(cls: type) -> bool:
    """Whether a class from elsewhere says what pickle stores, so that attributes may not be all."""
    theirs = [
        base
        for base in cls.__mro__[:-1]
        if base is not BaseEstimator
        and base.__module__.partition(".")[0] not in ("sklearn", "skparams")
    ]
    return any(name in vars(base) for base in theirs for name in _PICKLING)
