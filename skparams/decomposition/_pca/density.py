"""The normal model of a fitted PCA: its precision, and log-likelihoods of rows."""

from typing import Any

import numpy as np

from skparams.decomposition._pca.blocks import over_blocks, product
from skparams.decomposition._pca.holes import BATCH

# Minimum noise of a precision where nothing varies: squares over it must not overflow.
MIN_NOISE = 1e-150


def has_density(pca: Any) -> bool:
    """Whether the model's covariance has an inverse that is not made of rounding errors."""
    values = pca.explained_variance_
    last = values[-1] if len(values) == pca.components_.shape[1] else pca.noise_variance_
    return bool(last > pca._rounding * values.max(initial=0.0))


def matrix(components: np.ndarray, along: np.ndarray, across: float) -> np.ndarray:
    """The matrix with these eigenvalues along the components and in all other directions."""
    components = components.astype(np.float64)
    found = (components.T * (along - across)) @ components
    found.flat[:: len(found) + 1] += across
    return found


def precision_of(pca: Any, min_noise: float) -> np.ndarray:
    """The inverse of the model's covariance in float64, in the units of the components."""
    values, noise = _variances(pca, min_noise)
    rest = 1.0 / noise if len(values) < pca.components_.shape[1] else 0.0
    return matrix(pca.components_, 1.0 / values, rest)


def _variances(pca: Any, min_noise: float) -> tuple[np.ndarray, float]:
    """Variances along the components and the noise, at least a share of the largest."""
    values = pca.explained_variance_.astype(np.float64)
    noise = float(pca.noise_variance_)
    noise = max(noise, min_noise * max(values.max(initial=0.0), noise), MIN_NOISE)
    return np.maximum(values, noise), noise


def log_density(pca: Any, X: np.ndarray) -> np.ndarray:
    """Log-likelihoods of rows, of their observed values where others are missing."""
    if not pca._has_holes(X):
        return _of_complete(pca, X)
    missing = np.isnan(X).any(axis=1)
    found = np.empty(len(X))
    found[~missing] = _of_complete(pca, X[~missing])
    found[missing] = given_observed(pca, X[missing])[1]
    return found


def _log_det(pca: Any) -> float:
    """Log-determinant of the covariance, in the units of the components."""
    values, noise = _variances(pca, 0.0)
    k, p = pca.components_.shape
    return float(np.log(values).sum() + (p - k) * np.log(noise))


def _of_complete(pca: Any, X: np.ndarray) -> np.ndarray:
    values, noise = _variances(pca, 0.0)
    components, units = pca.components_.astype(np.float64), pca._units()
    k, p = components.shape
    log_det = _log_det(pca) + 2.0 * np.log(units).sum()
    found = np.full(len(X), -0.5 * (p * np.log(2.0 * np.pi) + log_det))

    def add(rows: slice, centered: np.ndarray) -> None:
        centered /= units
        scores = product(centered, components.T)
        found[rows] -= 0.5 * np.einsum("ij,ij,j->i", scores, scores, 1.0 / values)
        if k < p:
            centered -= product(scores, components)
            found[rows] -= 0.5 / noise * np.einsum("ij,ij->i", centered, centered)

    over_blocks(X, pca.mean_, np.float64, add)
    return found


def given_observed(pca: Any, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows with expected values where some are missing, and log-likelihoods of the others.

    The part of the loadings that belongs to the observed features is decomposed for each pattern,
    which keeps its digits also where noise is small.
    """
    values, noise = _variances(pca, 0.0)
    loadings = pca.components_.T.astype(np.float64) * np.sqrt(values - noise)
    noise = noise if len(values) < len(loadings) else 0.0
    missing, units = np.isnan(X), pca._units()
    deviations = np.where(missing, 0.0, (X - pca.mean_) / units)
    found = -0.5 * ((~missing) @ (np.log(2.0 * np.pi) + 2.0 * np.log(units)))
    patterns, which = np.unique(missing, axis=0, return_inverse=True)
    order, step = np.argsort(which.ravel(), kind="stable"), max(1, BATCH // max(1, loadings.size))
    for start in range(0, len(X), step):
        rows = order[start : start + step]
        chosen, of_rows = np.unique(which.ravel()[rows], return_inverse=True)
        observed = _Observed(loadings, ~patterns[chosen], noise)
        fitted, log_density = observed(deviations[rows], of_rows)
        deviations[rows] = np.where(missing[rows], fitted, deviations[rows])
        found[rows] += log_density
    return np.where(missing, deviations * units + pca.mean_, X), found


class _Observed:
    """The model of the observed features of some patterns."""

    def __init__(self, loadings: np.ndarray, seen: np.ndarray, noise: float) -> None:
        self.loadings, self.noise = loadings, noise
        self.left, singular, self.right = np.linalg.svd(
            loadings * seen[:, :, np.newaxis], full_matrices=False
        )
        n_seen, k = seen.sum(axis=1), loadings.shape[1]
        rounding = (np.finfo(np.float64).eps * singular.max(axis=1, initial=0.0)) ** 2
        variances = singular**2 + np.maximum(noise, rounding)[:, np.newaxis]
        used = (np.arange(k) < n_seen[:, np.newaxis]) & (variances > 0)
        self.inverse = np.divide(used, variances, out=np.zeros_like(variances), where=used)
        self.slopes = singular * self.inverse
        self.log_det = np.log(variances, out=np.zeros_like(variances), where=used).sum(axis=1)
        if noise > 0:
            self.log_det += np.maximum(n_seen - k, 0) * np.log(noise)

    def __call__(self, deviations: np.ndarray, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Expected deviations of all features, and log-densities without their constants."""
        left = self.left[which]
        scores = np.einsum("ijk,ij->ik", left, deviations)
        fitted = np.einsum("ikl,ik->il", self.right[which], scores * self.slopes[which])
        distances = (scores**2 * self.inverse[which]).sum(axis=1)
        if self.noise > 0:
            rest = deviations - np.einsum("ijk,ik->ij", left, scores * (self.inverse[which] > 0))
            distances += (rest**2).sum(axis=1) / self.noise
        return fitted @ self.loadings.T, -0.5 * (self.log_det[which] + distances)
