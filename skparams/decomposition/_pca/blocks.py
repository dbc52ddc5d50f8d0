"""Centered rows in blocks that fit in cache, computed in threads."""

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.sparse as sp

from skparams._runtime import in_threads, n_threads, one_blas_thread

# Numbers of a block of rows, so that it stays in cache.
BLOCK = 2**16
# Minimum blocks of a part, which one thread takes, and maximum parts. Less than two parts are done
# before another thread has started.
PART = 4
MAX_PARTS = 16


def over_blocks(
    X: Any, mean: np.ndarray, dtype: Any, work: Callable[[slice, np.ndarray], None]
) -> None:
    """Call ``work(rows, block)`` with each slice of rows and these centered, from several threads.

    The block is scratch that ``work`` may overwrite. Blocks, and so results, do not depend on the
    number of threads.
    """
    n_rows, p = X.shape
    step = max(1, BLOCK // p)

    def take(first: int, last: int) -> None:
        buffer = np.empty((min(step, last - first), p), dtype)
        for start in range(first, last, step):
            rows = slice(start, min(start + step, last))
            block = buffer[: rows.stop - start]
            values = X[rows].toarray() if sp.issparse(X) else X[rows]
            np.subtract(values, mean, out=block, casting="same_kind")
            work(rows, block)

    if n_rows < 2 * PART * step:
        take(0, n_rows)
        return
    n_blocks = -(-n_rows // step)
    n_parts = min(MAX_PARTS, n_blocks // PART)
    bounds = [min(n_rows, step * (n_blocks * part // n_parts)) for part in range(n_parts + 1)]
    threads = n_threads()  # as many as BLAS may use, which is then limited
    with one_blas_thread():
        in_threads(lambda part: take(bounds[part], bounds[part + 1]), n_parts, threads)
