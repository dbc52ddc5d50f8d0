"""Eigenvalues and loadings of resampled rows, whose covariances come from one product."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from skparams._runtime import in_threads, n_threads
from skparams.decomposition._pca import SHARED, FittedPCA, eigh, product, units

# Resamples of a batch, which one thread takes, and maximum size of its counts of rows. Batches do
# not depend on the number of threads.
BATCH = 32
MAX_COUNTS = 2**22
# Up to so many features NumPy decomposes a stack of covariances, without the GIL and without the
# threads of BLAS.
STACKED = 25
# Share of a feature's sum of squares that rounding leaves of a constant feature in a resample.
ROUNDING = 1e-13
# Maximum size of the covariances of a batch.
MAX_COVARIANCES = 2**24
# Maximum size of the products of pairs of features at a time, and the number of features from which
# on each resample has a product of its own.
MAX_PRODUCTS = 2**20
WIDE = 256
# Multiply-adds of a product of a resample, or of some eigendecompositions, between which an
# interrupt is seen.
STEP = 2**28


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

    def fill(part: int) -> Iterator[None]:
        chosen = slice(starts[part], min(starts[part] + batch, n_resamples))
        size = chosen.stop - chosen.start
        counts = _counts(len(z), weight, size, np.random.RandomState(seeds[part]))
        yield
        covariances = np.zeros((size, p, p))
        yield from _add_products(z, counts, covariances)
        _to_covariances(covariances, z, counts)
        if pca._is_scaled:
            _to_correlations(covariances)
        total = np.trace(covariances, axis1=1, axis2=2)[:, np.newaxis]
        step = max(1, STEP // (8 * p**3))
        for i in range(0, size, step):
            some = slice(i, min(i + step, size))
            rows = slice(chosen.start + some.start, chosen.start + some.stop)
            values, vectors = _eigh(covariances[some])
            values = np.maximum(values[:, ::-1][:, :k], 0)
            vectors = vectors[:, :, ::-1][:, :, :k]
            found.eigenvalues[rows] = values
            found.ratios[rows] = values / np.where(total[some] > 0, total[some], 1.0)
            found.loadings[rows] = align(vectors * np.sqrt(values)[:, np.newaxis], reference)
            yield
        progress(size)

    # Two threads in the pool of BLAS wait for each other: 30 features took ten times as long.
    in_threads(fill, len(starts), n_threads() if p < SHARED else 1)
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


def _eigh(covariances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues and eigenvectors, with equal bits for any number of threads up to SHARED."""
    if STACKED < covariances.shape[1] < SHARED:
        values, vectors = zip(*map(eigh, covariances), strict=True)
        return np.array(values), np.array(vectors)
    return np.linalg.eigh(covariances)


def _add_products(z: np.ndarray, counts: np.ndarray, out: np.ndarray) -> Iterator[None]:
    """Add the outer products of the rows of each resample."""
    n, p = z.shape
    if p >= WIDE:
        step = max(1, STEP // p**2)
        for count, products in zip(counts, out, strict=True):
            drawn = np.flatnonzero(count)
            for start in range(0, len(drawn), step):
                some = drawn[start : start + step]
                rows = z[some] * np.sqrt(count[some])[:, np.newaxis]
                products += rows.T @ rows
                yield
        return
    i, j = np.triu_indices(p)
    sums = np.zeros((len(i), len(counts)))
    step = max(1, MAX_PRODUCTS // len(i))
    for start in range(0, n, step):
        rows = z[start : start + step]
        sums += product((rows[:, i] * rows[:, j]).T, counts[:, start : start + step].T)
        yield
    out[:, i, j] = out[:, j, i] = sums.T


def _to_covariances(products: np.ndarray, z: np.ndarray, counts: np.ndarray) -> None:
    """Center the products of the resamples in place, and divide them by their size minus 1."""
    sums, size = product(z.T, counts.T).T, counts[0].sum()
    squares = np.einsum("bii->bi", products).copy()
    products -= sums[:, :, np.newaxis] * (sums[:, np.newaxis] / size)
    # A feature that is constant in a resample has no variance, not that of rounding errors.
    constant = np.einsum("bii->bi", products) <= ROUNDING * squares
    products[constant] = 0.0
    products.transpose(0, 2, 1)[constant] = 0.0
    products /= size - 1


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
