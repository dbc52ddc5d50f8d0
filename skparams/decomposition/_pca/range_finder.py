"""The first components of many features in blocks of rows, without their covariance.

A randomized range finder and subspace iterations (Halko, Martinsson and Tropp, 2011): each pass
over the blocks multiplies some vectors by the covariance, and no worker holds more than these.
"""

import operator
from collections.abc import Iterator
from typing import Any, NamedTuple, Self

import numpy as np
import scipy.sparse as sp
from sklearn.utils import check_random_state

from skparams._blocks import RowBlocks
from skparams.decomposition._pca.blocks import product
from skparams.decomposition._pca.moments import EPS, FAR, shifted, typical_row
from skparams.decomposition._pca.rows import not_finite
from skparams.decomposition._pca.solvers import (
    GRADED,
    Spectrum,
    eigh,
    signed,
    sparse_squares,
    units,
)

# Numbers of the rows that are centered at a time, and how many rows they are at least, so that
# adding to the products pays.
PIECE = 2**18
MIN_ROWS = 64


class FirstMoments(NamedTuple):
    """Weight, mean and squared deviations of rows; the mean is that of `Moments`."""

    n: float  # sum of the weights
    shift: np.ndarray
    offset: np.ndarray
    squares: np.ndarray  # weighted sums of the squares of the centered features

    @property
    def mean(self) -> np.ndarray:
        return self.shift + self.offset

    @property
    def finite(self) -> bool:
        return bool(np.isfinite(self.offset).all() and np.isfinite(self.squares).all())

    def scaled_to(self, n: float) -> Self:
        """Moments of the same rows, whose weights sum to n."""
        return self._replace(n=n, squares=self.squares * (n / self.n))

    def merged(self, other: Self) -> Self:
        """Moments of both sets of rows."""
        n = self.n + other.n
        difference = (other.shift - self.shift) + (other.offset - self.offset)
        squares = self.squares + other.squares + difference**2 * (self.n * other.n / n)
        return type(self)(n, self.shift, self.offset + difference * (other.n / n), squares)


def first_moments(X: Any, weight: np.ndarray | None, name: str) -> FirstMoments:
    """Finite first moments of the rows of a block; errors name the estimator."""
    with np.errstate(invalid="ignore", over="ignore"):  # the sums show what is not finite
        if sp.issparse(X):
            found = _of_sparse(X, weight)
        else:
            found = _about(X, weight, typical_row(X, weight, np.dtype(np.float64)))
            if (found.offset**2 * found.n > FAR**2 * found.squares).any():
                found = _about(X, weight, found.mean)  # as the sums lost digits
    if not found.finite:
        raise not_finite(X, name)
    return found


def _of_sparse(X: Any, weight: np.ndarray | None) -> FirstMoments:
    weight = np.ones(X.shape[0]) if weight is None else weight
    X, shift = shifted(X, weight)
    n = float(weight.sum())
    offset = X.T @ weight / n
    squares = sparse_squares(X, weight) - n * offset**2
    return FirstMoments(n, shift, offset, np.maximum(squares, 0.0))


def _about(X: np.ndarray, weight: np.ndarray | None, shift: np.ndarray) -> FirstMoments:
    """First moments of dense rows by sums about the shift."""
    sums, squares = np.zeros(len(shift)), np.zeros(len(shift))
    for rows, z in _pieces(X, shift):
        counts = np.ones(len(z)) if weight is None else weight[rows]
        sums += np.einsum("i,ij->j", counts, z)
        squares += np.einsum("i,ij,ij->j", counts, z, z)
    n = float(X.shape[0] if weight is None else weight.sum())
    offset = sums / n
    return FirstMoments(n, shift, offset, np.maximum(squares - offset * sums, 0.0))


def _pieces(X: np.ndarray, mean: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
    """Slices of dense rows, and these centered, in float64; the next overwrites it."""
    n_rows, p = X.shape
    step = max(MIN_ROWS, PIECE // p)
    buffer = np.empty((min(step, n_rows), p))
    for start in range(0, n_rows, step):
        rows = slice(start, min(start + step, n_rows))
        yield rows, np.subtract(X[rows], mean, out=buffer[: rows.stop - start])


class Directions(NamedTuple):
    """What a block needs to multiply vectors by its share of the covariance."""

    mean: np.ndarray
    unit: np.ndarray  # divisors of the features
    vectors: np.ndarray  # as columns

    def times(self, X: Any, weight: np.ndarray | None) -> np.ndarray:
        """Weighted sum over the rows of the products of each with its scores."""
        if sp.issparse(X):
            return self._times_sparse(X, weight)
        found = np.zeros(self.vectors.shape)
        for rows, z in _pieces(X, self.mean):
            z /= self.unit
            scores = product(z, self.vectors)
            if weight is not None:
                scores *= weight[rows, np.newaxis]
            found += product(z.T, scores)
        return found

    def _times_sparse(self, X: Any, weight: np.ndarray | None) -> np.ndarray:
        X, shift = shifted(X, weight)
        axes, offset = self.vectors / self.unit[:, np.newaxis], self.mean - shift
        scores = X @ axes
        scores -= product(offset[np.newaxis], axes)
        if weight is not None:
            scores *= weight[:, np.newaxis]
        found = X.T @ scores
        found -= offset[:, np.newaxis] * scores.sum(axis=0)
        found /= self.unit[:, np.newaxis]
        return found


def _times_block(
    number: int, X: Any, weight: np.ndarray | None, directions: Directions
) -> np.ndarray | None:
    if weight is not None and not weight.any():
        return None
    return directions.times(X, weight)


def leading(
    blocks: RowBlocks, moments: FirstMoments, n: float, k: int, size: int, params: dict[str, Any]
) -> tuple[Spectrum, np.ndarray]:
    """The first k of ``size`` eigenvalues and components, and how far off each may be.

    Weights count as if they summed to n. An eigenvalue of the covariance is at most the norm of the
    residual away (Parlett, "The symmetric eigenvalue problem", 1998, section 4.5).
    """
    p, found = blocks.n_features, moments.scaled_to(n)
    deviations = np.sqrt(found.squares / (n - 1))
    unit = units(deviations) if params["scale"] else np.ones(p)
    spreads, factor = deviations / unit, n / moments.n / (n - 1)

    def times(vectors: np.ndarray) -> np.ndarray:
        directions = Directions(found.mean, unit, vectors)
        return blocks.reduce(_times_block, operator.add, directions) * factor

    n_iterations = params["iterated_power"]
    if n_iterations == "auto":  # as scikit-learn
        n_iterations = 7 if k < 0.1 * size else 4
    draw = check_random_state(params["random_state"])
    vectors = _orthonormal(draw.normal(size=(p, min(k + params["n_oversamples"], p))))
    for _ in range(n_iterations):
        vectors = _orthonormal(times(vectors))
    images = times(vectors)
    projected = product(vectors.T, images)
    values, turn = eigh((projected + projected.T) / 2)
    turn = turn[:, ::-1][:, :k]
    values, vectors, images = np.maximum(values[::-1][:k], 0), vectors @ turn, images @ turn
    errors = np.linalg.norm(images - vectors * values, axis=0)
    errors += p * EPS * values.max(initial=0.0)  # of rounding
    small = (spreads > 0) & (spreads < GRADED * spreads.max(initial=0.0))
    if small.any():  # their entries lost digits, which the images have
        vectors[small] = images[small] / np.maximum(values, np.finfo(np.float64).tiny)
        vectors /= np.linalg.norm(vectors, axis=0)
    total = float((spreads**2).sum())
    rest = deviations, n, found.mean, bool(params["scale"]), size
    return Spectrum(values, signed(vectors.T), total, *rest), errors


def _orthonormal(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(np.linalg.qr(vectors)[0])
