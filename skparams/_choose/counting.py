"""How many parameters a candidate of a search has: by its plan, or counted on one fit."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sklearn.base import clone

from skparams._choose.ranking import AnyCount
from skparams._escape import clean
from skparams._folds import routed
from skparams._params import counted as count_of
from skparams._plan import plan
from skparams._records import Bounds, Totals, Unknown
from skparams._report import few, guessed_classes, number
from skparams._walk import Walk


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts of one candidate; ``ranked`` is of the kind that candidates are compared by."""

    stored: AnyCount
    free: AnyCount
    bytes: AnyCount
    ranked: AnyCount

    @classmethod
    def unknown(cls, reason: str) -> Counts:
        """Return counts none of which is known."""
        return cls(*4 * (Unknown(reason),))


def candidate(function: str, estimator: Any, i: int, params: Mapping[str, Any]) -> Any:
    """Return an unfitted copy of an estimator with a candidate's hyperparameters."""
    try:
        return clone(estimator).set_params(**clone(dict(params), safe=False))
    except Exception as error:  # as of another estimator's hyperparameters
        raise ValueError(
            f"{function}: the estimator must be the same as in the search, and the "
            f"{type(estimator).__name__} given here cannot be set to {named(i, params)}."
        ) from error


def planned(estimator: Any, kind: str, X: Any, y: Any, **sizes: int) -> Counts:
    """Return the counts before fit, from the data or from their sizes."""
    totals = plan(estimator, X, y, **sizes).totals
    return _of(totals, _before_fit(kind, totals))


def _before_fit(kind: str, totals: Totals) -> AnyCount:
    if kind == "free":
        return totals.free
    if kind == "effective":
        return Unknown("effective degrees of freedom are known after fit")
    if kind == "nonzero" and isinstance(totals.stored, int | Bounds):  # any of them may be zero
        high = totals.stored.high if isinstance(totals.stored, Bounds) else totals.stored
        return Bounds(0, high) if high else 0
    return totals.stored


def counted(function: str, estimator: Any, kind: str, X: Any) -> Counts:
    """Return the counts of a fitted estimator; what is guessed is not known."""
    walk = Walk(estimator)
    root, totals = walk.root, walk.root.totals
    if totals.guessed is not None:
        classes = few(guessed_classes(root)) or "all of its attributes"
        return Counts.unknown(f"no Spec describes {classes}")
    return _of(totals, count_of(function, walk, estimator, kind, X))


def _of(totals: Totals, ranked: AnyCount) -> Counts:
    return Counts(totals.stored, totals.free, totals.bytes, ranked)


def fitted(estimator: Any, X: Any, y: Any, params: Mapping[str, Any]) -> Any:
    """Fit an estimator as a search does."""
    return estimator.fit(X, **params) if y is None else estimator.fit(X, y, **params)


def counted_on_a_fit(
    function: str, estimator: Any, kind: str, X: Any, y: Any, params: Mapping[str, Any] | None
) -> Counts:
    """Return the counts of an estimator after a fit; unknown with the error if that fails."""
    try:
        found = routed(function, {"estimator": (estimator, "fit")}, params, None)
        model = fitted(estimator, X, y, found["estimator"])
    except Exception as error:  # whatever the estimator raises
        hint = "" if params else " (what fit needs beside X and y goes to params=)"
        text = clean(str(error))
        hint = hint if isinstance(error, TypeError) and "required" in text else ""
        return Counts.unknown(f"fit raised {type(error).__name__}: {text}{hint}")
    return counted(function, model, kind, X)


def is_exact(count: AnyCount) -> bool:
    """Whether a count is one number."""
    return not isinstance(count, Bounds | Unknown)


def reason_of(count: AnyCount) -> str | None:
    """Why a count is not one number, or None."""
    if isinstance(count, Unknown):
        return count.reason
    return f"fit decides: {number(count)}" if isinstance(count, Bounds) else None


def named(i: int, params: Mapping[str, Any]) -> str:
    """A candidate's number and its hyperparameters, for a message."""
    return f"candidate {i} ({clean(reprlib.repr(dict(params)))})"
