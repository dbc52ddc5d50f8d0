"""Eigenvalues and loadings of resampled rows, whose covariances come from one product."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from skparams._runtime import in_threads, n_threads, one_blas_thread

# Resamples of a batch, which one thread takes, and numbers of its counts of rows. Batches never
# depend on how many threads there are, so neither do the results.
BATCH = 32
MOST_COUNTS = 2**22
# The share of a feature's squares, about the mean of all rows, that is left of it by rounding where
# a resample has but one value of it.
ROUNDING = 1e-13
# Numbers of the covariances of a batch.
MOST_COVARIANCES = 2**24
# Numbers of the products of pairs of features that are held at a time, and the number of features
# from which on each resample has a product of its own.
MOST_PRODUCTS = 2**20
WIDE = 256


class Resamples(NamedTuple):
    """What was found in each resample.

    Parameters
    ----------
    eigenvalues, ratios : ndarray of shape (n_resamples, n_components)
        Variances along the components, and their shares.
    loadings : ndarray of shape (n_resamples, n_features, n_components)
        Aligned with the model's.
    """

    eigenvalues: np.ndarray
    ratios: np.ndarray
    loadings: np.ndarray


def resample(
    z: np.ndarray,
    weight: np.ndarray | None,
    scaled: bool,
    reference: np.ndarray,
    align: Callable[[np.ndarray, np.ndarray], np.ndarray],
    n_resamples: int,
    random_state: np.random.RandomState,
    progress: Callable[[int], None],
) -> Resamples:
    """Return eigenvalues, shares and loadings of resampled rows.

    A resample counts each row so many times. So the moments of a batch of them are its counts
    times the products of pairs of features, one BLAS product where there are not many features.

    Parameters
    ----------
    z : float64 ndarray of shape (n_samples, n_features)
        The rows, centered.
    weight : ndarray of shape (n_samples,) or None
        Their weights: how many rows each stands for.
    scaled : bool
        Whether the features are scaled anew in each resample.
    reference : ndarray of shape (n_features, n_components)
        The model's loadings.
    align : callable
        Turns loadings to the reference.
    n_resamples : int
        How many.
    random_state : RandomState
        Draws a seed for each batch.
    progress : callable
        Called with the number of resamples that were done.
    """
    p, k = reference.shape
    shapes = (n_resamples, k), (n_resamples, k), (n_resamples, p, k)
    found = Resamples(*map(np.empty, shapes))
    batch = max(1, min(BATCH, MOST_COUNTS // len(z), MOST_COVARIANCES // p**2))
    starts = range(0, n_resamples, batch)
    seeds = random_state.randint(np.iinfo(np.int32).max, size=len(starts))

    def fill(part: int) -> None:
        chosen = slice(starts[part], min(starts[part] + batch, n_resamples))
        size = chosen.stop - chosen.start
        counts = _counts(len(z), weight, size, np.random.RandomState(seeds[part]))
        covariances = _covariances(z, counts)
        if scaled:
            _to_correlations(covariances)
        values, vectors = np.linalg.eigh(covariances)
        values = np.maximum(values[:, ::-1][:, :k], 0)
        vectors = vectors[:, :, ::-1][:, :, :k]
        total = np.trace(covariances, axis1=1, axis2=2)[:, np.newaxis]
        found.eigenvalues[chosen] = values
        found.ratios[chosen] = values / np.where(total > 0, total, 1.0)
        found.loadings[chosen] = align(vectors * np.sqrt(values)[:, np.newaxis], reference)
        progress(size)

    threads = n_threads()  # as many as BLAS may use, which is then limited
    with one_blas_thread():
        in_threads(fill, len(starts), threads)
    return found


def _counts(
    n: int, weight: np.ndarray | None, n_resamples: int, draw: np.random.RandomState
) -> np.ndarray:
    """Return how often each row is in each resample."""
    counts = np.empty((n_resamples, n))
    for row in counts:
        if weight is None:
            drawn = draw.randint(n, size=n)
        else:
            drawn = draw.choice(n, size=round(weight.sum()), p=weight / weight.sum())
        row[:] = np.bincount(drawn, minlength=n)
    return counts


def _covariances(z: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the covariance of each resample, of shape (n_resamples, n_features, n_features)."""
    sums, size = counts @ z, counts[0].sum()
    found = _products(z, counts)
    squares = np.einsum("bii->bi", found).copy()
    found -= sums[:, :, np.newaxis] * (sums[:, np.newaxis] / size)
    # A feature that a resample leaves constant has no variance, rather than a rounding error.
    constant = np.einsum("bii->bi", found) <= ROUNDING * squares
    found[constant] = 0.0
    found.transpose(0, 2, 1)[constant] = 0.0
    found /= size - 1
    return found


def _products(z: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the sum of the outer products of the rows of each resample."""
    n, p = z.shape
    found = np.empty((len(counts), p, p))
    if p >= WIDE:
        for count, product in zip(counts, found, strict=True):
            drawn = np.flatnonzero(count)
            rows = z[drawn] * np.sqrt(count[drawn])[:, np.newaxis]
            np.dot(rows.T, rows, out=product)
        return found
    i, j = np.triu_indices(p)
    products = np.zeros((len(counts), len(i)))
    step = max(1, MOST_PRODUCTS // len(i))
    for start in range(0, n, step):
        rows = z[start : start + step]
        products += counts[:, start : start + step] @ (rows[:, i] * rows[:, j])
    found[:, i, j] = found[:, j, i] = products
    return found


def _to_correlations(covariances: np.ndarray) -> None:
    """Divide by deviations in place; a feature that is constant in a resample by 1."""
    deviations = np.sqrt(np.maximum(np.diagonal(covariances, axis1=1, axis2=2), 0))
    unit = np.where(deviations > 0, deviations, 1.0)
    covariances /= unit[:, :, np.newaxis]
    covariances /= unit[:, np.newaxis]


def reflected(loadings: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Return loadings with the signs of the reference."""
    products = np.einsum("bij,ij->bj", loadings, reference)
    return loadings * np.where(products < 0, -1.0, 1.0)[:, np.newaxis]


def rotated(loadings: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Return loadings rotated as near to the reference as they get (Schönemann, 1966)."""
    left, _, right = np.linalg.svd(loadings.transpose(0, 2, 1) @ reference)
    return loadings @ (left @ right)
