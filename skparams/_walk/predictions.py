"""What an estimator's methods return for rows of data."""

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

from skparams._walk.outputs import method_of

__all__ = ["METHODS", "calls_of", "infers", "results_of", "seed_global", "undisturbed"]

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


def infers(estimator: Any, *, but: Sequence[str] = ()) -> bool:
    """Whether an estimator has one of ``METHODS``, apart from those in ``but``."""
    return any(name not in but and method_of(estimator, name) for name in METHODS)


def seed_global(seed: int) -> None:
    """Seed the generators that belong to the process."""
    np.random.seed(seed)
    random.seed(seed)


def calls_of(estimator: Any) -> list[str]:
    """Return what can be called with rows: ``METHODS``, their options, ``inverse_transform``."""
    calls = [name for name in METHODS if method_of(estimator, name)]
    if "predict" in calls:
        accepted = inspect.signature(estimator.predict).parameters
        calls += [f"predict({name}=True)" for name in _OPTIONS if name in accepted]
    if "transform" in calls and method_of(estimator, "inverse_transform"):
        calls.append("inverse_transform")
    return calls


def results_of(
    estimator: Any, X: Any, calls: Sequence[str], reset: Callable[[], None]
) -> dict[str, Any]:
    """Return what each call gives for a copy of X, or the error that it raises.

    ``reset`` runs before each. A copy because some write into X, and because scikit-learn takes
    shortcuts for the very array that an estimator holds.
    """
    found: dict[str, Any] = {}
    for each in calls:
        reset()
        try:
            result = _call(estimator, each, copy.deepcopy(X))
            found[each] = list(result) if isinstance(result, Iterator) else result
        except Exception as error:  # a method that refuses X must refuse it afterwards too
            found[each] = error
    return found


def _call(estimator: Any, call: str, X: Any) -> Any:
    name, _, option = call.partition("(")
    if name == "inverse_transform":
        X = estimator.transform(X)
    return getattr(estimator, name)(X, **({option.partition("=")[0]: True} if option else {}))


@contextmanager
def undisturbed() -> Iterator[None]:
    """Call methods in one thread and without warnings; then the process is as it was.

    In several threads the order in which results are added up decides their last digits.
    """
    numpys, pythons = np.random.get_state(), random.getstate()
    try:
        with (
            joblib.parallel_config("sequential"),
            warnings.catch_warnings(),
            np.errstate(all="ignore"),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        np.random.set_state(numpys)
        random.setstate(pythons)
