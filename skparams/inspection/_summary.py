"""The functions that take any estimator: summary, fitted_params and count_params."""

from __future__ import annotations

import reprlib
from typing import Any, Literal

import numpy as np
from sklearn.exceptions import NotFittedError

from skparams.inspection._collect import Walk
from skparams.inspection._leaf import Leaf, stored_in
from skparams.inspection._record import Summary
from skparams.inspection._specs._values import is_estimator

__all__ = ["count_params", "fitted_leaves", "fitted_params", "summary"]

_KINDS = ("stored", "free", "nonzero")


def summary(
    estimator: Any, X: Any = None, *, n_samples: int | None = None, depth: int | None = None
) -> Summary:
    """Return what was chosen and what was learned, for an estimator and those in it.

    Parameters
    ----------
    estimator : estimator
        Any, fitted or not. It is only looked at.
    X : array-like, default=None
        The training rows, for the number of parameters a row. Only their number is used.
    n_samples : int, default=None
        The number of training rows, instead of X.
    depth : int, default=None
        Levels of nested estimators to show, all by default. It changes no total.

    Returns
    -------
    Summary
        Shown as text by ``print`` and as HTML in notebooks.

    Raises
    ------
    TypeError
        If ``estimator`` is not an estimator, or is a class.
    ValueError
        If both X and n_samples are given, or n_samples or depth is out of range.

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> from skparams import summary
    >>> print(summary(LinearRegression().fit([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [1, 2, 3])))
    LinearRegression · fitted · 2 features
    ...
    """
    _check_estimator("summary", estimator)
    for name, value, least in (("n_samples", n_samples, 1), ("depth", depth, 0)):
        if value is not None and (not isinstance(value, int | np.integer) or value < least):
            raise ValueError(f"summary: {name} must be an int of at least {least}, got {value!r}.")
    if X is not None and n_samples is not None:
        raise ValueError(f"summary: give X or n_samples, not both; got n_samples={n_samples}.")
    if X is not None:
        n_samples = X.shape[0] if hasattr(X, "shape") else len(X)
    return Summary(Walk(estimator).root, n_samples, depth)


def fitted_params(estimator: Any, *, deep: bool = True) -> dict[str, Any]:
    """Return the arrays that an estimator learned and needs in order to predict.

    Parameters
    ----------
    estimator : estimator
        A fitted one. It is only looked at.
    deep : bool, default=True
        Whether to include the estimators in it. Of a search, only ``best_estimator_`` is.

    Returns
    -------
    dict of str to ndarray
        The estimator's own arrays, not copies; a number becomes a 0-d array, and a sparse matrix
        stays one. Keys are paths: ``coefs_[0]``, ``pca__components_``, ``estimators_[3]__coef_``.

    Raises
    ------
    TypeError
        If ``estimator`` is not an estimator, or is a class.
    NotFittedError
        If it is not fitted.

    Examples
    --------
    >>> from sklearn.preprocessing import StandardScaler
    >>> from skparams import fitted_params
    >>> fitted_params(StandardScaler().fit([[0.0], [2.0]]))
    {'mean_': array([1.]), 'scale_': array([1.])}
    """
    return {leaf.path: leaf.numbers for leaf in fitted_leaves("fitted_params", estimator, deep)}


def count_params(
    estimator: Any, *, kind: Literal["stored", "free", "nonzero"] = "stored"
) -> int | None:
    """Count the numbers that an estimator learned and needs in order to predict.

    Parameters
    ----------
    estimator : estimator
        Any, the estimators in it included. It is only looked at.
    kind : {"stored", "free", "nonzero"}, default="stored"
        The numbers that are kept, those minus their constraints, or those that are not zero.
        Each buffer counts once.

    Returns
    -------
    int or None
        None where it is not known: before fit, and where no Spec says what an estimator holds.
        ``summary(estimator).totals.reason`` says why.

    Raises
    ------
    TypeError
        If ``estimator`` is not an estimator, or is a class.
    ValueError
        If ``kind`` is not one of those listed.

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> from skparams import count_params
    >>> count_params(LinearRegression().fit([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [1, 2, 3]))
    3
    """
    _check_estimator("count_params", estimator)
    if kind not in _KINDS:
        raise ValueError(f"count_params: kind must be one of {', '.join(_KINDS)}, got {kind!r}.")
    walk = Walk(estimator)
    totals = walk.root.totals
    if kind == "free":
        return totals.free
    if kind == "stored" or totals.stored is None:
        return totals.stored
    buffers = {leaf.buffer: leaf.numbers for leaf in walk.leaves}
    return sum(int(np.count_nonzero(stored_in(array))) for array in buffers.values())


def fitted_leaves(function: str, estimator: Any, deep: bool) -> list[Leaf]:
    """Return the leaves of a fitted estimator's parameters.

    Parameters
    ----------
    function : str
        The name that errors begin with.
    estimator : estimator
        Any.
    deep : bool
        Whether to include the estimators in it.

    Returns
    -------
    list of Leaf
        Without the objects that no Spec describes.
    """
    _check_estimator(function, estimator)
    walk = Walk(estimator)
    if not walk.root.fitted:
        raise NotFittedError(
            f"{function}: this {type(estimator).__name__} is not fitted, so it has learned "
            "nothing yet. Call fit first."
        )
    return [
        leaf
        for leaf in walk.leaves
        if leaf.numbers is not None and (deep or leaf.estimator is estimator)
    ]


def _check_estimator(function: str, value: Any) -> None:
    if isinstance(value, type):
        raise TypeError(
            f"{function}: estimator must be an instance, got the class {value.__name__}. "
            f"Make one: {value.__name__}()."
        )
    if not is_estimator(value):
        raise TypeError(
            f"{function}: estimator must have fit and get_params, "
            f"got {type(value).__name__}: {reprlib.repr(value)}."
        )
