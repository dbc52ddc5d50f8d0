"""Whether two estimators predict the same, bit for bit, by every method that takes rows."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np

from skparams._walk.copying import copied, twin
from skparams._walk.outputs import method_of, same

__all__ = ["METHODS", "Outputs", "infers", "results_of"]

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
_MORE = ("return_std", "return_cov")  # what some can be asked for beside their predictions


def infers(estimator: Any, *, but: tuple[str, ...] = ()) -> bool:
    """Say whether an estimator has a method that takes new rows.

    Parameters
    ----------
    estimator : estimator
        Any.
    but : tuple of str, default=()
        Methods that do not count.

    Returns
    -------
    bool
        Whether it has one of ``METHODS``.
    """
    return any(name not in but and method_of(estimator, name) for name in METHODS)


Outputs = dict[str, Any]


def results_of(estimator: Any, X: Any) -> tuple[Outputs, list[str]]:
    """Return what every method gives for X, or the error that it raises.

    Parameters
    ----------
    estimator : estimator
        A fitted one; it does not change.
    X : array-like
        Rows.

    Returns
    -------
    outputs : dict
        By the method, with what it was asked for.
    unsteady : list of str
        Those of which a second call gives something else. NumPy's own generator is seeded before
        each first call, and is afterwards as it was.
    """
    used = twin(estimator, one_thread=True)
    # scikit-learn takes shortcuts where it is given the very rows that it holds.
    X = copied(X, {}, {}, marked=False)
    outputs: Outputs = {}
    unsteady = []
    with _undisturbed():
        for label, call in _calls(used, X):
            np.random.seed(0)
            outputs[label] = _outcome(call)
            if not same(outputs[label], _outcome(call)):
                unsteady.append(label)
    return outputs, unsteady


def _calls(estimator: Any, X: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    for name in METHODS:
        method = method_of(estimator, name)
        if method is None:
            continue
        yield name, partial(method, X)
        for option in _MORE if name == "predict" else ():
            if option in inspect.signature(method).parameters:
                yield f"{name}({option}=True)", partial(method, X, **{option: True})
        if name == "transform" and method_of(estimator, "inverse_transform"):
            yield "inverse_transform", lambda: estimator.inverse_transform(estimator.transform(X))


def _outcome(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except Exception as error:  # a method that refuses X must refuse it afterwards too
        return error


@contextmanager
def _undisturbed() -> Iterator[None]:
    state = np.random.get_state()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        np.random.set_state(state)
