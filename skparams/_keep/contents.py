"""What of an estimator is kept, and what cannot be."""

from __future__ import annotations

from typing import Any

from sklearn.base import BaseEstimator

from skparams.specs import EstimatorView, overridden, spec_of

# What predictions need no attribute of.
_UNUSED = {"output", "diagnostic", "state"}
_PICKLING = ("__reduce__", "__reduce_ex__", "__getstate__", "__setstate__", "__getnewargs_ex__")


class Refused(Exception):
    """Something that a file cannot hold: where it is, and what it is."""

    def __init__(self, path: str, what: str) -> None:
        super().__init__(f"{path or 'the estimator'} {what}")


def kept_attributes(view: EstimatorView, state: bool) -> dict[str, Any]:
    """The attributes that predictions may need; with ``state``, all."""
    drop = not (state or view.guessed or overridden(type(view.estimator)))
    rules = view.spec.rules
    return {
        name: value
        for name, value in view.values.items()
        if name not in view.params
        and not (drop and name in rules and rules[name].role in _UNUSED)
    }


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
        if base is not BaseEstimator and base.__module__.partition(".")[0] not in ("sklearn", "skparams")
    ]
    return any(name in vars(base) for base in theirs for name in _PICKLING)
