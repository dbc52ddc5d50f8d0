"""Centered rows in blocks that fit in cache, computed in threads, and their products."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import scipy.sparse as sp

from skparams._runtime import in_threads, n_threads

# Numbers of a block of rows, so that it stays in cache.
BLOCK = 2**16
# Minimum blocks of a part, which one thread takes, and maximum parts. Less than two parts are done
# before another thread has started.
PART = 4
MAX_PARTS = 16
# OpenBLAS gives a product of at most so many multiply-adds one thread (tried in 0.3.26 to 0.3.31),
# so that it is the same to the bit for any number of threads, and our threads do not wait for each
# other in its pool: that takes 2 to 30 times as long. Pieces of such products have so many rows at
# least, and so many columns at most: they cost up to a fifth.
ALONE = 2**18
PIECE_ROWS = 64
PIECE_COLUMNS = 64


def product(rows: np.ndarray, matrix: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """``rows @ matrix`` by products that BLAS takes in one thread."""
    (n, p), k = rows.shape, matrix.shape[1]
    if out is None:
        out = np.empty((n, k), rows.dtype)
    if k == 1:  # a product of another kind, which BLAS shares sooner
        np.einsum("ij,j->i", rows, matrix[:, 0], out=out[:, 0])
        return out
    for left in _evenly(k, PIECE_COLUMNS):
        width = max(1, left.stop - left.start)
        for inner in _evenly(p, ALONE // PIECE_ROWS // width):
            step = ALONE // (width * max(1, inner.stop - inner.start))
            arguments = rows[:, inner], matrix[inner, left], step
            if inner.start == 0:
                _stacked(*arguments, out[:, left])
            else:
                out[:, left] += _stacked(*arguments)
    return out


def _evenly(n: int, max_size: int) -> Iterator[slice]:
    """Slices of about the same size, at most ``max_size``."""
    n_slices = max(1, -(-n // max_size))
    bounds = [n * i // n_slices for i in range(n_slices + 1)]
    return (slice(*pair) for pair in itertools.pairwise(bounds))


def _stacked(
    rows: np.ndarray, matrix: np.ndarray, step: int, out: np.ndarray | None = None
) -> np.ndarray:
    """``rows @ matrix``, by one product for each ``step`` rows."""
    n = len(rows)
    if n <= step:
        return np.matmul(rows, matrix, out=out)
    if out is None:
        out = np.empty((n, matrix.shape[1]), rows.dtype)
    whole = n // step * step
    # Views: the first axis becomes two.
    stacks = (x[:whole].reshape(n // step, step, x.shape[1]) for x in (rows, out))
    np.matmul(next(stacks), matrix, out=next(stacks))
    np.matmul(rows[whole:], matrix, out=out[whole:])
    return out


def over_blocks(
    X: Any, mean: np.ndarray, dtype: Any, work: Callable[[slice, np.ndarray], None]
) -> None:
    """Call ``work(rows, block)`` with each slice of rows and these centered, from several threads.

    The block is scratch that ``work`` may overwrite. Blocks, and so results, do not depend on the
    number of threads. ``work`` should multiply by ``product``.
    """
    n_rows, p = X.shape
    step = max(1, BLOCK // p)

    def take(first: int, last: int) -> Iterator[None]:
        buffer = np.empty((min(step, last - first), p), dtype)
        for start in range(first, last, step):
            rows = slice(start, min(start + step, last))
            block = buffer[: rows.stop - start]
            values = X[rows].toarray() if sp.issparse(X) else X[rows]
            np.subtract(values, mean, out=block, casting="same_kind")
            work(rows, block)
            yield

    n_blocks = -(-n_rows // step)
    n_parts = min(MAX_PARTS, n_blocks // PART) if n_blocks >= 2 * PART else 1
    bounds = [min(n_rows, step * (n_blocks * part // n_parts)) for part in range(n_parts + 1)]
    threads = n_threads() if n_parts > 1 else 1
    in_threads(lambda part: take(bounds[part], bounds[part + 1]), n_parts, threads)
