"""Effective degrees of freedom, where predictions are a linear function of y.

The predictions for the training rows are then S y, with a matrix S that depends on X and on the
hyperparameters alone, and the effective degrees of freedom are the trace of S: the sum over rows
of how much a prediction moves with its own target. With several targets it is the sum over them.
Hyperparameters that fit chose, as ``alpha_`` of RidgeCV, are taken as given, and rows
as unweighted. A lasso is linear in y as long as the same coefficients are zero: for a fixed alpha
the trace of that S is an unbiased estimate.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import scipy.linalg
from scipy.sparse import csc_array, csr_array, issparse

from skparams._records import NotKnown
from skparams.specs.context import Context
from skparams.specs.convergence import iterations

MAX_ROWS = 2_000  # of which each pair is looked at: 20,000 neighbors took 6.6 s
# Metrics that are zero for equal rows only.
_SEPARATING = ("euclidean", "manhattan", "chebyshev", "minkowski")
TUNED = "the penalty was tuned on the same rows"


def linear_regression(ctx: Context) -> float:
    """Return the rank of X, and 1 for the intercept, for each target."""
    estimator, X = ctx.estimator, ctx.X
    if estimator.positive:
        raise NotKnown("with positive=True predictions are not a linear function of y")
    # Fit tells the rank of dense X only, and does not forget that of a fit before.
    rank = None if issparse(X) else getattr(estimator, "rank_", None)
    if rank is None:
        rank = np.count_nonzero(_squared_singular_values(X, estimator.fit_intercept))
    return float(_n_targets(estimator.coef_) * (rank + bool(estimator.fit_intercept)))


def ridge(ctx: Context) -> float:
    """Return the sum of d² / (d² + alpha) over the singular values d of X, and the intercepts."""
    estimator, X = ctx.estimator, ctx.X
    if getattr(estimator, "positive", False):
        raise NotKnown("with positive=True predictions are not a linear function of y")
    n_targets = _n_targets(estimator.coef_)
    chosen = estimator.alpha_ if hasattr(estimator, "alpha_") else estimator.alpha
    alphas = np.broadcast_to(np.ravel(chosen), n_targets)
    squares = _squared_singular_values(X, estimator.fit_intercept)
    slopes = sum(_effective_rank(squares, alpha) for alpha in alphas)
    return float(slopes + n_targets * bool(estimator.fit_intercept))


def lasso(ctx: Context) -> float:
    """Return what ridge regression on the active columns has: for a lasso their rank.

    Zou, Hastie and Tibshirani (2007), On the "degrees of freedom" of the lasso, Annals of
    Statistics 35(5).
    """
    estimator, X = ctx.estimator, ctx.X
    unsettled = iterations(ctx)
    if unsettled:
        raise NotKnown(f"which coefficients are zero is not settled: fit {unsettled}")
    ridge_part = np.shape(X)[0] * ctx.params["alpha"] * (1 - ctx.params.get("l1_ratio", 1.0))
    coefs = np.atleast_2d(estimator.coef_)
    intercept = bool(estimator.fit_intercept)
    traces = (
        _effective_rank(_squared_singular_values(_columns(X, coef != 0), intercept), ridge_part)
        for coef in coefs
    )
    return float(sum(traces) + len(coefs) * intercept)


def lasso_lars(ctx: Context) -> float:
    """Return that of a lasso, which the path does not reach for every y with ``positive=True``."""
    if ctx.estimator.positive:
        raise NotKnown("with positive=True the path does not end at a lasso for every y")
    return lasso(ctx)


def tuned_lasso(ctx: Context) -> float:
    """Raise NotKnown: which coefficients are zero depends on y in one more way."""
    raise NotKnown(TUNED)


def bayesian(ctx: Context) -> float:
    """Return the sum of alpha s / (alpha s + lambda) over the eigenvalues s, and the intercept.

    For a lambda of each column, s are those of columns divided by its root. ``alpha_`` and
    ``lambda_`` are taken as given.
    """
    estimator = ctx.estimator
    precisions = np.broadcast_to(estimator.lambda_, estimator.coef_.shape)
    kept = precisions < ctx.params.get("threshold_lambda", np.inf)
    X = _columns(ctx.X, kept) / np.sqrt(precisions[kept])
    squares = _squared_singular_values(X, estimator.fit_intercept)
    return _effective_rank(squares, 1 / estimator.alpha_) + bool(estimator.fit_intercept)


def kernel_ridge(ctx: Context) -> float:
    """Return the sum of w / (w + alpha) over the eigenvalues w of the kernel matrix."""
    estimator, X = ctx.estimator, ctx.X
    from sklearn.metrics.pairwise import pairwise_kernels

    _check_rows(X, estimator.X_fit_)
    check_pairs(X)
    if callable(estimator.kernel):
        params = estimator.kernel_params or {}
    else:
        params = {name: getattr(estimator, name) for name in ("gamma", "degree", "coef0")}
    kernel = pairwise_kernels(
        estimator.X_fit_, metric=estimator.kernel, filter_params=True, **params
    )
    n_targets = _n_targets(estimator.dual_coef_.T)
    alphas = np.broadcast_to(np.ravel(estimator.alpha), n_targets)
    eigenvalues = _zero_small_values(scipy.linalg.eigvalsh(kernel), len(kernel))
    return float(sum(_effective_rank(eigenvalues, alpha) for alpha in alphas))


def gaussian_process(ctx: Context) -> float:
    """Return the trace of K (K + noise)⁻¹, where the noise has no part in predictions.

    With ``normalize_y`` the mean of y is predicted beside it, from what S leaves of a constant.
    """
    estimator, X = ctx.estimator, ctx.X
    rows = estimator.X_train_
    _check_rows(X, rows)
    check_pairs(X)
    # With both arguments given, a WhiteKernel adds nothing.
    kernel = estimator.kernel_(rows, rows)
    smoother = scipy.linalg.cho_solve((estimator.L_, True), kernel).T
    trace = np.trace(smoother)
    if estimator.normalize_y:
        trace += 1 - smoother.sum() / len(smoother)
    return float(_n_targets(estimator.alpha_.T) * trace)


def nearest_neighbors(ctx: Context) -> float:
    """Return the sum over rows of the weight that a row has in its own prediction."""
    estimator, X = ctx.estimator, ctx.X
    _check_rows(X, estimator._fit_X)
    if _is_known_beforehand(estimator):
        return _n_targets(estimator._y.T) * _shares_of_equal_rows(estimator)
    check_pairs(X)
    distances, neighbors = estimator.kneighbors(X)
    if callable(estimator.weights):
        weights = estimator.weights(distances)
    elif estimator.weights == "distance":
        same = distances == 0
        with np.errstate(divide="ignore"):
            weights = np.where(same.any(axis=1, keepdims=True), same, 1 / distances)
    else:
        weights = np.ones_like(distances)
    own = neighbors == np.arange(len(neighbors))[:, np.newaxis]
    with np.errstate(invalid="ignore"):
        trace = ((own * weights).sum(axis=1) / weights.sum(axis=1)).sum()
    if not np.isfinite(trace):
        raise NotKnown("the weights of a row's neighbors sum to zero")
    return float(_n_targets(estimator._y.T) * trace)


def _is_known_beforehand(estimator: Any) -> bool:
    """Whether equal rows, and only these, are nearer to a row than all others."""
    metric, params = estimator.effective_metric_, estimator.effective_metric_params_
    separates = metric in _SEPARATING and "w" not in (params or {})
    dense = isinstance(estimator._fit_X, np.ndarray)
    return separates and dense and not callable(estimator.weights)


def _shares_of_equal_rows(estimator: Any) -> float:
    """Return the sum of a row's own weights, where each of m equal rows is as near as itself.

    Of these, min(m, k) are neighbors; they share the weight 1 by distance, and otherwise have 1/k.
    """
    rows = np.ascontiguousarray(estimator._fit_X) + 0.0  # which makes -0.0 equal to 0.0
    as_bytes = rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1]))).ravel()
    counts = Counter(as_bytes.tolist()).values()
    if estimator.weights == "distance":
        return float(len(counts))
    return sum(min(m, estimator.n_neighbors) for m in counts) / estimator.n_neighbors


def _n_targets(values: np.ndarray) -> int:
    """Return the length of the first of two axes, or 1 for a single target without one."""
    return len(values) if values.ndim > 1 else 1


def _columns(X: Any, chosen: np.ndarray) -> Any:
    """Return the chosen columns of X."""
    return (csc_array(X) if issparse(X) else np.asarray(X, dtype=float))[:, chosen]


def _squared_singular_values(X: Any, centered: bool) -> np.ndarray:
    """Return the squared singular values of X, its columns centered where there is an intercept."""
    n, p = np.shape(X)
    if min(n, p) > MAX_ROWS:
        raise NotKnown(f"X has {n:,} rows and {p:,} columns, too many for its singular values")
    if not p:
        return np.zeros(0)
    if not issparse(X):
        X = np.asarray(X, dtype=float)
        values = scipy.linalg.svdvals(X - X.mean(axis=0) if centered else X)
        return _zero_small_values(values, max(X.shape)) ** 2
    # The products of X with itself, on its shorter side, are dense in any case.
    X = X.astype(float)
    wide = X.shape[0] < X.shape[1]
    products = (X @ X.T if wide else X.T @ X).toarray()
    if centered and wide:
        products -= products.mean(axis=0)
        products -= products.mean(axis=1, keepdims=True)
    elif centered:
        mean = np.asarray(X.mean(axis=0)).ravel()
        products -= X.shape[0] * np.outer(mean, mean)
    return _zero_small_values(scipy.linalg.eigvalsh(products), max(X.shape))


def _zero_small_values(values: np.ndarray, n: int) -> np.ndarray:
    """Set eigenvalues at the level of rounding error to zero: without penalty others count as 1."""
    largest = np.abs(values).max(initial=0.0)
    return np.where(np.abs(values) > largest * n * np.finfo(float).eps, values, 0.0)


def _effective_rank(values: np.ndarray, alpha: float) -> float:
    """The sum of w / (w + alpha); the rank if alpha is 0."""
    if alpha == 0:
        return float(np.count_nonzero(values))
    return float((values / (values + alpha)).sum())


def _check_rows(X: Any, kept: Any) -> None:
    """Raise NotKnown if X is not what the estimator keeps of its training rows."""
    given = X if issparse(X) else np.asarray(X)
    if given.shape != kept.shape or not _same(given, kept):
        raise NotKnown("X has other rows than those that it was fitted on")


def check_pairs(X: Any) -> None:
    """Raise NotKnown if X has too many rows to look at each pair of them."""
    n = X.shape[0] if hasattr(X, "shape") else len(X)
    if n > MAX_ROWS:
        reason = f"each pair of more than {MAX_ROWS:,} would take long"
        raise NotKnown(f"X has {n:,} rows, and {reason}")


def _same(given: Any, kept: Any) -> bool:
    """Whether two matrices of one shape are the same but for rounding.

    By that much differs what a decomposition puts out for its training rows when it is fitted
    and when it transforms them.
    """
    if kept.dtype.kind != "f" and not issparse(kept):
        return np.array_equal(given, kept)
    tolerance = np.sqrt(np.finfo(kept.dtype).eps) if kept.dtype.kind == "f" else 0.0
    if issparse(given) or issparse(kept):
        difference = (csr_array(given) - csr_array(kept)).data
        largest = np.abs(csr_array(kept).data).max(initial=0.0)
        return bool(np.abs(difference).max(initial=0.0) <= tolerance * largest)
    atol = tolerance * np.nanmax(np.abs(kept), initial=0.0)
    return np.allclose(given.astype(kept.dtype), kept, rtol=0, atol=atol, equal_nan=True)
