"""What an estimator's methods return for samples."""

from __future__ import annotations

import copy
import inspect
import random
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import joblib
import numpy as np

from skparams.specs import final_estimator_of, overridden

METHODS = (
    "predict",
    "predict_proba",
    "predict_log_proba",
    "predict_joint_log_proba",
    "decision_function",
    "transform",
    "score_samples",
    "kneighbors",
    "radius_neighbors",
    "apply",
    "decision_path",
    "mahalanobis",
)
_OPTIONS = ("return_std", "return_cov")


def predicts_its_own_way(estimator: Any) -> bool:
    """Whether a class from elsewhere has its own method for predictions, on top of a known class.

    It may read what the known class keeps for training only.
    """
    cls: type = type(estimator)
    return not {*METHODS, "inverse_transform"}.isdisjoint(overridden(cls))


def method_of(estimator: Any, name: str) -> Callable[..., Any] | None:
    """A method, or None if the estimator does not have it or raises for whatever reason."""
    try:
        method = getattr(estimator, name)
    except Exception:  # a property, or available_if, may raise anything
        return None
    return method if callable(method) else None


def calls_of(estimator: Any) -> list[str]:
    """The calls that take samples: ``METHODS``, their options, and ``inverse_transform``."""
    calls = [name for name in METHODS if method_of(estimator, name)]
    if "predict" in calls:
        accepted = _arguments_of_predict(estimator)
        calls += [f"predict({name}=True)" for name in _OPTIONS if name in accepted]
    if "transform" in calls and method_of(estimator, "inverse_transform"):
        calls.append("inverse_transform")
    return calls


def _arguments_of_predict(estimator: Any) -> set[str]:
    """The names of the arguments; a pipeline passes those on that its last step has."""
    try:
        parameters = inspect.signature(estimator.predict).parameters
    except (TypeError, ValueError):  # compiled code may have none
        return set()
    last = final_estimator_of(estimator).estimator
    passes_on = any(each.kind is each.VAR_KEYWORD for each in parameters.values())
    if last is estimator or not passes_on or not method_of(last, "predict"):
        return {*parameters}
    return {*parameters, *_arguments_of_predict(last)}


def results_of(
    estimator: Any,
    X: Any,
    calls: Sequence[str],
    seed: int = 0,
    reset: Callable[[], object] = lambda: None,
) -> dict[str, Any]:
    """What each call returns for a copy of X, or the error that it raises.

    ``reset`` runs before each call, and the global generators are seeded. X is copied because some
    estimators write into it, and because scikit-learn takes shortcuts for the very array that an
    estimator holds.
    """
    results: dict[str, Any] = {}
    with _isolated():
        for call in calls:
            np.random.seed(seed)
            random.seed(seed)
            reset()
            try:
                results[call] = _call(estimator, call, copy.deepcopy(X))
            except Exception as error:  # a method that refuses X must refuse it afterwards too
                results[call] = error
    return results


def _call(estimator: Any, call: str, X: Any) -> Any:
    name, _, option = call.partition("(")
    if name == "inverse_transform":
        X = estimator.transform(X)
    return getattr(estimator, name)(X, **({option.partition("=")[0]: True} if option else {}))


@contextmanager
def _isolated() -> Iterator[None]:
    """Run in one thread and without warnings, and restore the global random generators.

    With several threads, the order of additions decides the last digits of a sum.
    """
    numpy_state, python_state = np.random.get_state(), random.getstate()
    try:
        with (
            joblib.parallel_config("sequential"),
            warnings.catch_warnings(action="ignore"),
            np.errstate(all="ignore"),
        ):
            yield
    finally:
        np.random.set_state(numpy_state)
        random.setstate(python_state)
