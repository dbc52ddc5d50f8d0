"""Run work in threads of our own, as many as BLAS may use; no limit of BLAS is ever set."""

import functools
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue

import joblib
from joblib.parallel import get_active_backend
from threadpoolctl import ThreadpoolController

# Seconds after which a thread that waits for others looks for an interrupt. Windows does not
# interrupt the wait.
PATIENCE = 0.05


@functools.cache  # it takes milliseconds
def _pools() -> ThreadpoolController:
    """The thread pools of BLAS, or those of OpenMP where BLAS has none that is known."""
    import scipy.linalg.cython_blas  # noqa: F401 - loads SciPy's

    pools = ThreadpoolController()
    blas = pools.select(user_api="blas")
    return blas if blas.lib_controllers else pools.select(user_api="openmp")


def _in_worker_thread() -> bool:
    """Whether this runs in a worker thread of joblib, which does not limit BLAS there."""
    in_worker = get_active_backend()[0].nesting_level
    return bool(in_worker and threading.current_thread() is not threading.main_thread())


_alone = threading.local()


@contextmanager
def one_thread() -> Iterator[None]:
    """Let work in this thread take no others, where these have work of the same kind."""
    before = getattr(_alone, "is_set", False)
    _alone.is_set = True
    try:
        yield
    finally:
        _alone.is_set = before


def n_threads() -> int:
    """Number of threads for our own work: as many as BLAS may use, so that its limits hold.

    Where no pool is known, it is the number of cores that this process may use.
    """
    if getattr(_alone, "is_set", False) or _in_worker_thread():
        return 1
    allowed = [pool.num_threads for pool in _pools().lib_controllers]
    return max(1, min(allowed) if allowed else joblib.cpu_count())


class _Shared:
    """Parts of a work, of which each thread takes the next one when it has finished one."""

    def __init__(self, work: Callable[[int], Iterable[None]], n_parts: int) -> None:
        self.work = work
        self.parts = deque(range(n_parts))
        self.stopped = False
        self.helpers: set[int] = set()  # threads that may be at a part
        self.finished: SimpleQueue[None] = SimpleQueue()
        self.errors: list[BaseException] = []

    def take(self) -> None:
        """Work until no part is left, or until it is stopped."""
        while True:
            try:
                part = self.parts.popleft()
            except IndexError:
                return
            for _ in self.work(part):
                if self.stopped:
                    return

    def help(self) -> None:
        """Work in a thread of the pool; errors are raised where the work was shared."""
        helper = threading.get_ident()
        self.helpers.add(helper)
        try:
            self.take()
        except BaseException as error:
            self.errors.append(error)
            self.stop()
        finally:
            self.helpers.discard(helper)
            self.finished.put(None)

    def stop(self) -> None:
        """Let no part start, and those that have started end after their next step."""
        self.stopped = True
        self.parts.clear()

    def wait(self) -> None:
        """Wait until no helper is at a part; one that comes later finds none."""
        while self.helpers:
            with suppress(Empty):
                self.finished.get(timeout=PATIENCE)


class _Pool:
    """Threads that wait for work: to start one takes as long as a small fit.

    They are daemons: a program may end while they wait.
    """

    def __init__(self) -> None:
        self.queue: SimpleQueue[_Shared] = SimpleQueue()
        self.threads: set[int] = set()

    def ask(self, shared: _Shared, n_helpers: int) -> None:
        """Let helpers take parts as soon as they are free, or fewer where none can be started.

        There is no lock, which an interrupt could leave locked. Two callers at once may start more
        threads than they need.
        """
        n_started = len(self.threads)
        while n_started < n_helpers:
            try:
                threading.Thread(target=self._serve, name="skparams", daemon=True).start()
            except RuntimeError:  # as many run as may, or the program ends
                break
            n_started += 1
        for _ in range(min(n_helpers, n_started)):
            self.queue.put(shared)

    def _serve(self) -> None:
        self.threads.add(threading.get_ident())
        while True:
            self.queue.get().help()


_pool = _Pool()


def _reset_in_child() -> None:
    """Begin with no threads in a forked child, which has none of its parent's."""
    global _pool
    _pool = _Pool()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_reset_in_child)


def in_threads(work: Callable[[int], Iterable[None]], n_parts: int, threads: int) -> None:
    """Do the steps of ``work(part)`` for each part of range(n_parts).

    A step should release the GIL and take at most some 50 ms: after an error or an interrupt, all
    threads stop when they have finished their step.
    """
    n_helpers = min(threads, n_parts) - 1
    if not n_helpers:
        for part in range(n_parts):
            deque(work(part), maxlen=0)
        return
    shared = _Shared(work, n_parts)
    try:
        _pool.ask(shared, n_helpers)
        shared.take()
        shared.wait()
    except BaseException:
        shared.stop()
        shared.wait()
        raise
    if shared.errors:
        raise shared.errors.pop()
