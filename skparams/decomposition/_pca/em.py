"""Missing values: their expected values and moments, given the observed ones."""

import warnings
from collections.abc import Iterator

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from skparams.decomposition._pca.moments import Moments, moments_of
from skparams.decomposition._pca.rows import not_finite

# The change of the covariance, over its largest entry, at which the iteration ends.
TOLERANCE = 1e-9
MAX_ITER = 1000
# Minimum noise over the largest eigenvalue, so that a covariance can be inverted.
MIN_NOISE = 1e-12
# Numbers in the covariances of the patterns that are solved at a time.
BATCH = 2**20


def em_moments(X: np.ndarray, weight: np.ndarray | None, k: int, scaled: bool) -> Moments:
    """Expected moments of rows with NaN under a probabilistic PCA of k components, by EM.

    With k components or more for as many features, any covariance may be the model (Tipping and
    Bishop, 1999). The expected scatter includes the uncertainty of the missing values, so that
    variances are not too small, as they are with imputed means or projections.
    """
    if weight is not None:
        X, weight = X[weight > 0], weight[weight > 0]
    X = X.astype(np.float64)
    empty = np.flatnonzero(np.isnan(X).all(axis=0))
    if empty.size:
        raise ValueError(
            f"PCA: missing='em' needs a value of each feature, but feature {empty[0]} of "
            f"{X.shape[1]} has none."
        )
    first, unit = _observed(X, weight)
    if not np.isfinite(unit).all():
        raise not_finite(np.nan_to_num(X), "PCA")
    constant = unit == 0
    # Units matter only to the minimum noise if any covariance may be the model.
    plain = constant if scaled or k >= X.shape[1] else np.ones_like(constant)
    unit = np.where(plain, 1.0, unit)
    rows = (X - first) / unit
    found = moments_of(np.nan_to_num(rows), weight)
    model = _model(found.scatter / found.n, k)
    for _ in range(MAX_ITER):
        filled, uncertain = expected(rows, found.mean, model, weight)
        found = moments_of(filled, weight)
        found = Moments(found.n, found.shift, found.offset, found.scatter + uncertain)
        before, model = model, _model(found.scatter / found.n, k)
        if np.abs(model - before).max() <= TOLERANCE * np.abs(model).max():
            break
    else:
        warnings.warn(
            f"PCA: the expected missing values still changed after {MAX_ITER} "
            "iterations. Fewer components, or leaving out features that are mostly missing, "
            "may help.",
            ConvergenceWarning,
            stacklevel=7,
        )
    scatter = found.scatter * np.multiply.outer(unit, unit)
    scatter[constant] = scatter[:, constant] = 0.0  # which are known exactly
    return Moments(found.n, first, np.where(constant, 0.0, found.mean * unit), scatter)


def _observed(X: np.ndarray, weight: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Means and deviations of the observed values; deviations of constants are exactly 0."""
    seen = ~np.isnan(X)
    start = X[seen.argmax(axis=0), np.arange(X.shape[1])]
    weights = seen * (1.0 if weight is None else weight[:, np.newaxis])
    weights /= weights.sum(axis=0)
    offset = np.nansum(weights * (X - start), axis=0)
    deviations = np.sqrt(np.nansum(weights * (X - start - offset) ** 2, axis=0))
    return start + offset, deviations


def _model(covariance: np.ndarray, k: int) -> np.ndarray:
    """Covariance of the best probabilistic PCA of k components."""
    values, vectors = np.linalg.eigh(covariance)
    min_noise = max(MIN_NOISE * values[-1], np.finfo(np.float64).tiny)
    rest = values[: max(0, len(values) - k)]
    noise = max(min_noise, rest.mean() if rest.size else 0.0)
    values[: rest.size] = noise
    return (vectors * np.maximum(values, min_noise)) @ vectors.T


def expected(
    rows: np.ndarray, mean: np.ndarray, covariance: np.ndarray, weight: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Rows with missing values filled, and the weighted sum of what covariance these keep."""
    filled, missing, p = rows.copy(), np.isnan(rows), rows.shape[1]
    uncertain = np.zeros((p, p))
    for pattern, members, which in _patterns(missing):
        seen = ~pattern
        both = seen[:, :, np.newaxis] & seen[:, np.newaxis]
        # the covariance of observed values, and an identity for missing ones
        inverse = np.linalg.inv(np.where(both, covariance, np.eye(p)))
        inverse *= both
        slopes = pattern[:, :, np.newaxis] * (covariance @ inverse)
        centered = np.where(missing[members], 0.0, rows[members] - mean)
        guess = np.einsum("ijk,ik->ij", slopes[which], centered) + mean
        filled[members] = np.where(missing[members], guess, rows[members])
        kept = covariance - slopes @ covariance
        kept *= pattern[:, :, np.newaxis] & pattern[:, np.newaxis]
        counts = np.bincount(which, None if weight is None else weight[members], len(pattern))
        uncertain += np.tensordot(counts, kept, axes=1)
    return filled, uncertain


def _patterns(missing: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield patterns of missing values, the rows with one of them, and which pattern each has."""
    some = np.flatnonzero(missing.any(axis=1))
    if not some.size:
        return
    patterns, which = np.unique(missing[some], axis=0, return_inverse=True)
    which = which.ravel()  # NumPy 2.0 alone gives it another shape
    step = max(1, BATCH // missing.shape[1] ** 2)
    for start in range(0, len(patterns), step):
        chosen = (which >= start) & (which < start + step)
        yield patterns[start : start + step], some[chosen], which[chosen] - start
