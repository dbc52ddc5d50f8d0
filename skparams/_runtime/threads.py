"""Limit the threads of BLAS while a kernel runs, and run work in threads of our own."""

import functools
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from joblib.parallel import get_active_backend
from threadpoolctl import ThreadpoolController

# Multiply-adds of the largest product of a batch from which on BLAS gets more than one thread: of
# the works in docs/benchmarks ("fit, fixed epochs") the two with 784 features, 256 and 1,024 units.
MIN_PARALLEL_PRODUCT = 2_000_000

_lock = threading.Lock()
_n_fits = 0
_limit: Any = None


@functools.cache  # it takes milliseconds
def _blas() -> ThreadpoolController:
    """All BLAS libraries of this process: NumPy's, and SciPy's, which np.dot in a kernel calls."""
    import scipy.linalg.cython_blas  # noqa: F401 - loads SciPy's

    return ThreadpoolController().select(user_api="blas")


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Limit BLAS to one thread; of simultaneous fits, the first limits and the last restores."""
    global _n_fits, _limit
    counted = False
    try:
        with _lock:
            if _n_fits == 0:
                _limit = _blas().limit(limits=1)
            _n_fits += 1
            counted = True
        yield
    finally:
        if counted:
            with _lock:
                _n_fits -= 1
                if _n_fits == 0:
                    _limit.restore_original_limits()
                    _limit = None


def _reset_in_child() -> None:
    """Restore the limits in a forked child, which has none of the threads that fit."""
    global _lock, _n_fits
    _lock = threading.Lock()
    _pool.cache_clear()
    if _n_fits:
        _limit.restore_original_limits()
        _n_fits = 0


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_reset_in_child)


def _in_worker_thread() -> bool:
    """Whether this runs in a worker thread of joblib, which does not limit BLAS there."""
    in_worker = get_active_backend()[0].nesting_level
    return bool(in_worker and threading.current_thread() is not threading.main_thread())


def n_threads() -> int:
    """Number of threads for our own work: as many as BLAS may use, so that its limits hold."""
    if _in_worker_thread():
        return 1
    return max(1, min((blas.num_threads for blas in _blas().lib_controllers), default=1))


@functools.cache
def _pool() -> ThreadPoolExecutor:
    """Waiting threads; to start one takes as long as a small fit."""
    return ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="skparams")


def in_threads(work: Callable[[int], None], n_parts: int, threads: int) -> None:
    """Call ``work(part)``, which should release the GIL, for each part of range(n_parts).

    Each thread takes the next part when it has finished one, because they differ in speed while
    threads of another library still spin.
    """
    if threads == 1 or n_parts == 1:
        for part in range(n_parts):
            work(part)
        return
    parts = deque(range(n_parts))

    def share() -> None:
        while True:
            try:
                part = parts.popleft()
            except IndexError:
                return
            work(part)

    others = [_pool().submit(share) for _ in range(min(threads, n_parts) - 1)]
    try:
        share()
    finally:
        parts.clear()  # after an error, no further part starts
        started = [other for other in others if not other.cancel()]
        wait(started)
        for other in started:
            other.result()


def blas_threads_for(largest_product: int) -> AbstractContextManager[None]:
    """Context in which products of at most that many multiply-adds run best.

    Small ones get one thread: waiting for a second costs more than it saves.
    """
    if largest_product >= MIN_PARALLEL_PRODUCT and not _in_worker_thread():
        return nullcontext()
    return one_blas_thread()
