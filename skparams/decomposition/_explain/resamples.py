"""Eigenvalues and loadings of resampled rows, whose covariances come from one product."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from skparams._runtime import in_threads, n_threads, one_blas_thread
from skparams.decomposition._pca import FittedPCA, units

# Resamples of a batch, which one thread takes, and maximum size of its counts of rows. Batches, and
# so results, do not depend on the number of threads.
BATCH = 32
MAX_COUNTS = 2**22
# Share of a feature's sum of squares that rounding leaves of a constant feature in a resample.
ROUNDING = 1e-13
# Maximum size of the covariances of a batch.
MAX_COVARIANCES = 2**24
# Maximum size of the products of pairs of features at a time, and the number of features from which
# on each resample has a product of its own.
MAX_PRODUCTS = 2**20
WIDE = 256


class Resamples(NamedTuple):
    """Numbers of each resample.

    Parameters
    ----------
    eigenvalues, ratios : ndarray of shape (n_resamples, n_components)
        Explained variances and explained-variance ratios.
    loadings : ndarray of shape (n_resamples, n_features, n_components)
        Loadings, aligned with those of the model.
    """

    eigenvalues: np.ndarray
    ratios: np.ndarray
    loadings: np.ndarray


def resample(
    z: np.ndarray,
    weight: np.ndarray | None,
    pca: FittedPCA,
    align: Callable[[np.ndarray, np.ndarray], np.ndarray],
    n_resamples: int,
    random_state: np.random.RandomState,
    progress: Callable[[int], None],
) -> Resamples:
    """Eigenvalues, ratios and loadings of resamples of centered rows.

    A resample is how often it has each row. The moments of a batch of resamples are these counts
    times the products of pairs of features: one BLAS product unless there are many features.
    ``progress`` is called with how many more resamples are done.
    """
    reference = pca._loadings()
    p, k = reference.shape
    shapes = (n_resamples, k), (n_resamples, k), (n_resamples, p, k)
    found = Resamples(*map(np.empty, shapes))
    batch = max(1, min(BATCH, MAX_COUNTS // len(z), MAX_COVARIANCES // p**2))
    starts = range(0, n_resamples, batch)
    seeds = random_state.randint(np.iinfo(np.int32).max, size=len(starts))

    def fill(part: int) -> None:
        chosen = slice(starts[part], min(starts[part] + batch, n_resamples))
        size = chosen.stop - chosen.start
        counts = _counts(len(z), weight, size, np.random.RandomState(seeds[part]))
        covariances = _covariances(z, counts)
        if pca._is_scaled:
            _to_correlations(covariances)
        values, vectors = np.linalg.eigh(covariances)
        values = np.maximum(values[:, ::-1][:, :k], 0)
        vectors = vectors[:, :, ::-1][:, :, :k]
        total = np.trace(covariances, axis1=1, axis2=2)[:, np.newaxis]
        found.eigenvalues[chosen] = values
        found.ratios[chosen] = values / np.where(total > 0, total, 1.0)
        found.loadings[chosen] = align(vectors * np.sqrt(values)[:, np.newaxis], reference)
        progress(size)

    threads = n_threads()  # read before BLAS is limited
    with one_blas_thread():
        in_threads(fill, len(starts), threads)
    return found


def _counts(
    n: int, weight: np.ndarray | None, n_resamples: int, draw: np.random.RandomState
) -> np.ndarray:
    """How often each row is in each resample."""
    counts = np.empty((n_resamples, n))
    for row in counts:
        if weight is None:
            drawn = draw.randint(n, size=n)
        else:
            drawn = draw.choice(n, size=round(weight.sum()), p=weight / weight.sum())
        row[:] = np.bincount(drawn, minlength=n)
    return counts


def _covariances(z: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Covariances of the resamples, of shape (n_resamples, n_features, n_features)."""
    sums, size = counts @ z, counts[0].sum()
    found = _products(z, counts)
    squares = np.einsum("bii->bi", found).copy()
    found -= sums[:, :, np.newaxis] * (sums[:, np.newaxis] / size)
    # A feature that is constant in a resample has no variance, not that of rounding errors.
    constant = np.einsum("bii->bi", found) <= ROUNDING * squares
    found[constant] = 0.0
    found.transpose(0, 2, 1)[constant] = 0.0
    found /= size - 1
    return found


def _products(z: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Sums of the outer products of the rows of the resamples."""
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
    step = max(1, MAX_PRODUCTS // len(i))
    for start in range(0, n, step):
        rows = z[start : start + step]
        products += counts[:, start : start + step] @ (rows[:, i] * rows[:, j])
    found[:, i, j] = found[:, j, i] = products
    return found


def _to_correlations(covariances: np.ndarray) -> None:
    """Divide by deviations in place; constant features are divided by 1."""
    unit = units(np.sqrt(np.maximum(np.diagonal(covariances, axis1=1, axis2=2), 0)))
    covariances /= unit[:, :, np.newaxis]
    covariances /= unit[:, np.newaxis]


def reflected(loadings: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Loadings with the signs of the reference."""
    products = np.einsum("bij,ij->bj", loadings, reference)
    return loadings * np.where(products < 0, -1.0, 1.0)[:, np.newaxis]


def rotated(loadings: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Loadings rotated to be as near as possible to the reference (Schönemann, 1966)."""
    left, _, right = np.linalg.svd(loadings.transpose(0, 2, 1) @ reference)
    return loadings @ (left @ right)
