"""The fitted parameters of any estimator, and how many they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, get_args, overload

import numpy as np

from skparams._records import Bounds, Count, Unknown
from skparams._walk import Walk, check_estimator, check_fitted, effective, stored_in

Kind = Literal["stored", "free", "nonzero", "effective"]
KINDS: tuple[Kind, ...] = get_args(Kind)


def fitted_params(estimator: Any, *, deep: bool = True) -> dict[str, Any]:
    """Return the arrays that an estimator learned and needs in order to predict.

    Parameters
    ----------
    estimator : estimator
        Fitted. It is only read.
    deep : bool, default=True
        Whether to include nested estimators. Of a search, only ``best_estimator_`` is included.

    Returns
    -------
    dict of str to ndarray
        The estimator's own arrays, not copies; a number becomes a 0-d array, and a sparse matrix
        stays sparse. Keys are paths: ``coefs_[0]``, ``pca__components_``,
        ``estimators_[3]__coef_``.

    Raises
    ------
    TypeError
        If ``estimator`` is not an estimator, or is a class.
    NotFittedError
        If it is not fitted.

    See Also
    --------
    count_params : Counts the numbers in them.
    save_params : Writes them to a file.

    Examples
    --------
    >>> from sklearn.preprocessing import StandardScaler
    >>> from skparams import fitted_params
    >>> fitted_params(StandardScaler().fit([[0.0], [2.0]]))
    {'mean_': array([1.]), 'scale_': array([1.])}
    """
    check_estimator("fitted_params", estimator)
    walk = Walk(estimator)
    check_fitted("fitted_params", walk)
    return {
        leaf.path: leaf.numbers
        for leaf in walk.leaves
        if leaf.numbers is not None and (deep or leaf.estimator is estimator)
    }


@overload
def count_params(
    estimator: Any, *, kind: Literal["stored", "free", "nonzero"] = ..., X: Any = ...
) -> int | None: ...
@overload
def count_params(estimator: Any, *, kind: Literal["effective"], X: Any = ...) -> float | None: ...
def count_params(
    estimator: Any,
    *,
    kind: Kind = "stored",
    X: Any = None,
) -> int | float | None:
    """Count the numbers that an estimator learned and needs in order to predict.

    Parameters
    ----------
    estimator : estimator
        Fitted or not; nested estimators are included. It is only read.
    kind : {"stored", "free", "nonzero", "effective"}, default="stored"
        The numbers that are stored, those minus their constraints, those that are not zero, or
        the effective degrees of freedom. Each buffer counts once. The effective degrees of
        freedom are the trace of the matrix that maps y to the predictions for the training rows.
        They are known for linear regression, ridge and kernel ridge regression, Gaussian
        processes and nearest neighbors, also in pipelines and searches. With several targets
        they are the sum over the targets.
    X : array-like, default=None
        The training rows, for ``kind="effective"`` only. Their weights are taken as equal.

    Returns
    -------
    int, float or None
        None if it is not known: before fit, and if no Spec describes what an estimator holds; for
        ``kind="effective"`` also if X has other rows than those it was fitted on.
        ``summary(estimator).totals.stored`` and ``summary(estimator, X).effective`` give the
        reason.

    Raises
    ------
    TypeError
        If ``estimator`` is not an estimator, or is a class.
    ValueError
        If ``kind`` is not one of those listed, or X has other columns than the estimator was
        fitted on.

    See Also
    --------
    summary : Shows the counts of each array.
    fitted_params : Returns the arrays.
    plan : Counts them before fit.

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
    check_kind("count_params", kind)
    walk = Walk(estimator)
    if kind == "effective" and not walk.root.fitted:
        return None
    count = counted("count_params", walk, estimator, kind, X)
    return None if isinstance(count, Bounds | Unknown) else count


def check_kind(function: str, kind: Any, allowed: Sequence[str] = KINDS) -> None:
    """Raise ValueError if a kind of count is none of those that are allowed."""
    if not isinstance(kind, str) or kind not in allowed:
        raise ValueError(f"{function}: kind must be one of {', '.join(allowed)}, got {kind!r}.")


def counted(function: str, walk: Walk, estimator: Any, kind: str, X: Any = None) -> Count | float:
    """The count of a kind of an estimator that was walked, or why it is not known."""
    if kind == "effective":
        return effective(function, estimator, X)
    totals = walk.root.totals
    count = totals.free if kind == "free" else totals.stored
    if kind == "nonzero" and isinstance(count, int):
        return sum(int(np.count_nonzero(stored_in(leaf.used))) for leaf in walk.unique)
    return count
