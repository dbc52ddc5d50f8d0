"""Singular values of a Jacobian that is never held as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from scipy.linalg.lapack import dtpqrt

from skparams._identify.jacobian import Cause, Jacobian
from skparams._records import NotKnown
from skparams._runtime import Progress

EPS = float(np.finfo(np.float64).eps)
_MIN_ROWS = 512  # of a block
# Sine of the angle to some columns, below which a vector is within them but for rounding.
_PARALLEL = 1e-8
_WIDTH = 32  # columns whose reflections are applied together


def rows_per_block(jacobian: Jacobian) -> int:
    """The number of samples in a block, which has about half as many rows as columns."""
    return max(1, max(jacobian.n_columns // 2, _MIN_ROWS) // max(jacobian.n_outputs, 1))


def bytes_needed(jacobian: Jacobian, n_samples: int) -> int:
    """The memory at work: the triangle, a block, and copies of both or vectors of causes."""
    rows = n_samples * jacobian.n_outputs
    in_block = max(min(rows, rows_per_block(jacobian) * jacobian.n_outputs), _MIN_ROWS)
    return 8 * jacobian.n_columns * 2 * (min(rows, jacobian.n_columns) + in_block)


def triangle_of(jacobian: Jacobian, n_samples: int) -> np.ndarray:
    """A matrix with at most as many rows as columns, and the singular values of all blocks.

    Householder reflections merge each block into a triangle. Unlike the product of the Jacobian
    with itself, this loses no digits.
    """
    n_columns = jacobian.n_columns
    blocks = _blocks(jacobian, n_samples)
    if n_samples * jacobian.n_outputs <= n_columns or not n_columns:
        return np.vstack([*blocks])
    triangle = np.zeros((n_columns, n_columns), order="F")
    for block in blocks:
        width = min(_WIDTH, n_columns)
        triangle, _, _, info = dtpqrt(0, width, triangle, block, overwrite_a=1, overwrite_b=1)
        assert info == 0
    return triangle


def _blocks(jacobian: Jacobian, n_samples: int) -> Iterator[np.ndarray]:
    """Yield the scaled derivatives at some rows, column by column in memory."""
    step = rows_per_block(jacobian)
    progress = Progress("identifiable", n_samples, after=1.0)
    for start in range(0, n_samples, step):
        stop = min(start + step, n_samples)
        with np.errstate(all="ignore"):
            block = np.asfortranarray(jacobian.block(slice(start, stop)))
            block *= jacobian.scales
        if not np.isfinite(block).all():
            raise NotKnown("the derivatives overflow float64, or parameters are not finite")
        yield block
        progress(stop - start)


def singular_values(matrix: np.ndarray, jacobian: Jacobian) -> np.ndarray:
    """Singular values of the whole Jacobian, or of some of its columns, in descending order."""
    found = np.linalg.svd(matrix, compute_uv=False) if matrix.size else np.empty(0)
    return np.repeat(found, jacobian.n_repeats)


def explained(
    causes: Iterable[Cause], jacobian: Jacobian, zero: np.ndarray
) -> list[tuple[str, int]]:
    """How many directions each cause adds to those before it.

    Causes of columns that are zero come first. They are left out of the vectors that follow.
    """
    found: list[tuple[str, int]] = []
    known, vectors = np.zeros_like(zero), np.empty((0, len(zero)))
    for cause in causes:
        n = cause.n
        if cause.mask is not None:
            new = cause.mask & zero & ~known
            known |= new
            n = int(new.sum()) * jacobian.n_repeats
        elif cause.vectors is not None:
            before = len(vectors)
            scaled = np.where(known, 0, cause.vectors / jacobian.scales)
            vectors = _independent(np.vstack([vectors, scaled]))
            n = (len(vectors) - before) * jacobian.n_repeats
        found.append((cause.text, n))
    rest = zero & ~known
    # The columns that are left, without the directions in them that the vectors span.
    if rest.any():
        sines = np.linalg.svd(np.where(rest, 0, vectors), compute_uv=False)
        n_more = rest.sum() - (len(vectors) - np.sum(sines > _PARALLEL))
        text = "numbers that change no prediction for these rows"
        found.append((text, n_more * jacobian.n_repeats))
    return [(text, int(n)) for text, n in found if n]


def _independent(vectors: np.ndarray) -> np.ndarray:
    """Orthonormal rows that span the same, whatever their lengths."""
    lengths = np.linalg.norm(vectors, axis=1)
    vectors = vectors[lengths > 0] / lengths[lengths > 0, np.newaxis]
    if not vectors.size:
        return vectors
    _, sizes, rows = np.linalg.svd(vectors, full_matrices=False)
    return rows[sizes > sizes[0] * max(vectors.shape) * EPS]
