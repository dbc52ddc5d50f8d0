"""The functions that take any estimator: summary, fitted_params and count_params."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal

import numpy as np

from skparams._records import Bounds, Unknown
from skparams._summary.findings import check_codes, findings
from skparams._summary.record import Summary
from skparams._summary.refine import sharpened
from skparams._summary.stats import measure
from skparams._walk import Leaf, Walk, check_estimator, check_fitted, effective, n_rows, stored_in

__all__ = ["count_params", "fitted_leaves", "fitted_params", "summary"]

_KINDS = ("stored", "free", "nonzero", "effective")


def summary(
    estimator: Any,
    X: Any = None,
    *,
    n_samples: int | None = None,
    depth: int | None = None,
    stats: bool = False,
    ignore: Collection[str] = (),
) -> Summary:
    """Return what was chosen and what was learned, for an estimator and those in it.

    Parameters
    ----------
    estimator : estimator
        Any, fitted or not. It is only looked at.
    X : array-like, default=None
        The training rows, for the number of parameters a row, for the effective number of
        parameters, and for what can be found with them only. Where no Spec describes a class,
        ``probe`` sees for a second, on a copy, which attributes are used with them.
    n_samples : int, default=None
        The number of training rows, instead of X.
    depth : int, default=None
        Levels of nested estimators to show, all by default. It changes no total.
    stats : bool, default=False
        Whether to take statistics of the parameters.
    ignore : collection of str, default=()
        Codes of findings to leave out, such as ``("SKP001",)``.

    Returns
    -------
    Summary
        Shown as text by ``print`` and as HTML in notebooks.

    Raises
    ------
    TypeError
        If ``estimator`` is not an estimator, or is a class, or ignore is no collection.
    ValueError
        If both X and n_samples are given, n_samples or depth is out of range, X is not what the
        estimator was fitted on, as far as it keeps that, or ignore has a code that is none.

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> from skparams import summary
    >>> print(summary(LinearRegression().fit([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [1, 2, 3])))
    LinearRegression · fitted · 2 features
    ...
    """
    check_estimator("summary", estimator)
    for name, value, least in (("n_samples", n_samples, 1), ("depth", depth, 0)):
        if value is not None and (not isinstance(value, int | np.integer) or value < least):
            raise ValueError(f"summary: {name} must be an int of at least {least}, got {value!r}.")
    if X is not None and n_samples is not None:
        raise ValueError(f"summary: give X or n_samples, not both; got n_samples={n_samples}.")
    check_codes("summary", ignore)
    if X is not None:
        n_samples = n_rows("summary", X)
    measured = measure if stats else None
    walk = Walk(estimator, measured)
    if not walk.root.fitted:
        return Summary(walk.root, n_samples, depth, effective_reason="not fitted")
    number, reason = effective("summary", estimator, X)
    probed = None if X is None else sharpened(walk, estimator, X)
    if probed and probed.roles:
        walk = Walk(estimator, measured, {each.path: each.role for each in probed.roles})
    found = findings(walk, estimator, X=X, n_samples=n_samples, effective=number, ignore=ignore)
    return Summary(
        walk.root,
        n_samples,
        depth,
        effective=number,
        effective_reason=reason,
        findings=found,
        probed=probed,
    )


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
    estimator: Any,
    *,
    kind: Literal["stored", "free", "nonzero", "effective"] = "stored",
    X: Any = None,
) -> int | float | None:
    """Count the numbers that an estimator learned and needs in order to predict.

    Parameters
    ----------
    estimator : estimator
        Any, the estimators in it included. It is only looked at.
    kind : {"stored", "free", "nonzero", "effective"}, default="stored"
        The numbers that are kept, those minus their constraints, or those that are not zero.
        Each buffer counts once. The effective number is the trace of the matrix that takes y to
        the predictions for the training rows, where there is one: for linear regression, ridge
        and kernel ridge regression, Gaussian processes and nearest neighbors, also in pipelines
        and searches. With several targets it is the sum over them.
    X : array-like, default=None
        The training rows, for the effective number only. Their weights are taken as equal.

    Returns
    -------
    int, float or None
        None where it is not known: before fit, and where no Spec says what an estimator holds.
        ``summary(estimator).totals.stored`` says why; ``summary(estimator, X).effective_reason``
        why the effective number is not.

    Raises
    ------
    TypeError
        If ``estimator`` is not an estimator, or is a class.
    ValueError
        If ``kind`` is not one of those listed, or X is not what the estimator was fitted on, as
        far as it keeps that.

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> from skparams import count_params
    >>> count_params(LinearRegression().fit([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [1, 2, 3]))
    3
    >>> from sklearn.linear_model import Ridge
    >>> X, y = [[-1.0], [0.0], [1.0]], [1, 2, 4]
    >>> count_params(Ridge(alpha=2.0).fit(X, y), kind="effective", X=X)
    1.5
    """
    check_estimator("count_params", estimator)
    if kind not in _KINDS:
        raise ValueError(f"count_params: kind must be one of {', '.join(_KINDS)}, got {kind!r}.")
    walk = Walk(estimator)
    totals = walk.root.totals
    assert not isinstance(totals.stored, Bounds)  # there are none after fit
    assert not isinstance(totals.free, Bounds)
    if kind == "effective":
        return effective("count_params", estimator, X)[0] if walk.root.fitted else None
    if kind == "free":
        return None if isinstance(totals.free, Unknown) else totals.free
    if isinstance(totals.stored, Unknown):
        return None
    if kind == "stored":
        return totals.stored
    return sum(int(np.count_nonzero(stored_in(leaf.used))) for leaf in walk.unique)


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
    check_estimator(function, estimator)
    walk = Walk(estimator)
    check_fitted(function, walk)
    return [
        leaf
        for leaf in walk.leaves
        if leaf.numbers is not None and (deep or leaf.estimator is estimator)
    ]
