"""Products of a layer by tiles, by BLAS, and by pieces of rows that BLAS computes in one thread."""

import time
from collections.abc import Callable

import numba
import numpy as np

from benchmarks._machine import THREADS, blas_threads
from benchmarks._tables import Column, Table, time_text
from benchmarks._task import Task
from benchmarks.mlp.works import DTYPES
from skparams._runtime.tiles import multiply
from skparams.neural_network.network import WIDE

_SHAPES = (
    (200, 20, 32),
    (32, 20, 32),
    (200, 100, 10),
    (200, 64, 100),
    (200, 100, 100),
    (200, 256, 128),
    (200, 784, 256),
)
# Multiply-adds up to which OpenBLAS does not start its threads, in the versions tried.
_ONE_THREAD = 65_536 * 4


@numba.njit(nogil=True)
def _by_blas(a, b, out):
    np.dot(a, b, out)


@numba.njit(nogil=True)
def _by_pieces(a, b, out, step):
    for i in range(0, a.shape[0], step):
        np.dot(a[i : i + step], b, out[i : i + step])


@numba.njit(nogil=True)
def _by_tiles(a, b, out, shape, zeros):
    m, n_sum, n = shape
    multiply(a, 0, n_sum, 1, b, 0, n, out, 0, n, m, n, n_sum, zeros, 0, False)


def _best(call: Callable, *arguments: object, seconds: float) -> float:
    call(*arguments)
    best, until = np.inf, time.perf_counter() + seconds
    while time.perf_counter() < until:
        start = time.perf_counter()
        for _ in range(10):
            call(*arguments)
        best = min(best, (time.perf_counter() - start) / 10)
    return best


def products(task: Task) -> Table:
    """Return the time of a layer's forward product, each way."""
    table = Table(
        "products",
        "product of a batch and a layer's weights",
        [
            Column("shape", "rows × in × out", left=True),
            Column("dtype", "", lambda dtype: dtype.replace("float", "f"), left=True),
            Column("tiles", "tiles", time_text),
            *(Column(f"blas_{n}", f"BLAS, {n}", time_text) for n in THREADS),
            Column("pieces", "BLAS, pieces", time_text),
            Column("chosen", "chosen"),
        ],
        on_page=False,
        note="Best of many calls in a loop, so no other pool of threads is at work. Pieces are the "
        "largest sets of rows whose product OpenBLAS computes in one thread.",
    )
    seconds, rng = 0.03 if task.quick else 0.15, np.random.default_rng(0)
    for dtype in DTYPES:
        for shape in _SHAPES:
            m, n_sum, n = shape
            a, b = (rng.standard_normal(s).astype(dtype) for s in ((m, n_sum), (n_sum, n)))
            out, zeros = np.empty((m, n), dtype), np.zeros(n, dtype)
            flat = a.reshape(-1), b.reshape(-1), out.reshape(-1), shape, zeros
            row = {"shape": " × ".join(map(str, shape)), "dtype": dtype}
            row["tiles"] = _best(_by_tiles, *flat, seconds=seconds)
            for threads in THREADS:
                with blas_threads(threads):
                    row[f"blas_{threads}"] = _best(_by_blas, a, b, out, seconds=seconds)
            step = max(1, _ONE_THREAD // (n_sum * n))
            with blas_threads(THREADS[-1]):
                row["pieces"] = _best(_by_pieces, a, b, out, step, seconds=seconds)
            row["chosen"] = "BLAS" if n_sum * n > WIDE else "tiles"
            table.rows.append(row)
    return table
