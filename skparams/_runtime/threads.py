"""How many threads BLAS may use while a kernel runs, and how many of our own may work."""

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

# Multiply-adds in the largest product of a batch from which on a second thread pays, also right
# after another library's threads worked (docs/benchmarks).
MIN_SIZE_OF_PARALLEL_PRODUCT = 2_000_000

_lock = threading.Lock()
_n_holders = 0
_limit: Any = None


@functools.cache
def _blas() -> ThreadpoolController:
    """All BLAS libraries of this process; made once, as that takes milliseconds.

    NumPy and SciPy load a library each, and np.dot in a kernel is SciPy's.
    """
    import scipy.linalg.cython_blas  # noqa: F401 - loads SciPy's, which must be among them

    return ThreadpoolController().select(user_api="blas")


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Limit BLAS to one thread; the first of several fits at once limits, the last restores."""
    global _n_holders, _limit
    held = False
    try:
        with _lock:
            if _n_holders == 0:
                _limit = _blas().limit(limits=1)
            _n_holders += 1
            held = True
        yield
    finally:
        if held:
            with _lock:
                _n_holders -= 1
                if _n_holders == 0:
                    _limit.restore_original_limits()
                    _limit = None


def _forget_holders() -> None:
    """Begin anew in a forked child, which has none of the threads that hold the limit."""
    global _lock, _n_holders
    _lock = threading.Lock()
    _pool.cache_clear()
    if _n_holders:
        _limit.restore_original_limits()
        _n_holders = 0


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_holders)


def _in_worker_thread() -> bool:
    """Say whether joblib runs this beside others in threads.

    joblib itself limits the BLAS of its worker processes, but not that of its worker threads.
    """
    in_worker = get_active_backend()[0].nesting_level
    return bool(in_worker and threading.current_thread() is not threading.main_thread())


def n_threads() -> int:
    """Return how many threads may work: as many as BLAS may use.

    So the environment, joblib's workers and threadpoolctl limit them too.
    """
    if _in_worker_thread():
        return 1
    return max(1, min((blas.num_threads for blas in _blas().lib_controllers), default=1))


@functools.cache
def _pool() -> ThreadPoolExecutor:
    """Threads that wait for work: to start one anew takes as long as a small fit."""
    return ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="skparams")


def in_threads(work: Callable[[int], None], n_parts: int, threads: int) -> None:
    """Call ``work(part)`` for each part, which must not depend on one another.

    Each thread takes the next part when it is done with one, as a thread beside which those of
    another library still spin is slower than the others.

    Parameters
    ----------
    work : callable
        Does one part; it should spend its time without the GIL.
    n_parts : int
        The number of parts.
    threads : int
        How many threads share them out, this one included.
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
            except IndexError:  # none is left
                return
            work(part)

    others = [_pool().submit(share) for _ in range(min(threads, n_parts) - 1)]
    try:
        share()
    finally:
        parts.clear()  # after an error nothing more begins, and what has begun is waited for
        begun = [other for other in others if not other.cancel()]
        wait(begun)
        for other in begun:
            other.result()


def blas_threads_for(largest_product: int) -> AbstractContextManager[None]:
    """Return the context in which products of at most that many multiply-adds run best.

    Small products get one thread: waiting for a second one costs more than it saves, and far more
    where the threads of NumPy's own BLAS still spin. So do fits that joblib runs side by side in
    threads. Larger ones get the threads that BLAS has, which the environment, joblib's workers and
    threadpoolctl limit.

    Parameters
    ----------
    largest_product : int
        Multiply-adds of the largest matrix product of one batch.
    """
    if largest_product >= MIN_SIZE_OF_PARALLEL_PRODUCT and not _in_worker_thread():
        return nullcontext()
    return one_blas_thread()
