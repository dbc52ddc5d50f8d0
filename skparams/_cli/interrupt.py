"""Ctrl-C stops the demo in one line, whatever it does at that moment."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Stopped(BaseException):
    """Ctrl-C. A KeyboardInterrupt only ends a network's training, and the search would go on."""


@contextmanager
def stopped_by_interrupt() -> Iterator[None]:
    """Raise Stopped at Ctrl-C, unless it is ignored or handled by a caller."""
    default = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not default or threading.current_thread() is not threading.main_thread():
        yield
        return
    stopped = False

    def stop(*_: object) -> None:
        nonlocal stopped
        stopped = True
        raise Stopped

    signal.signal(signal.SIGINT, stop)
    try:
        yield
    except BaseException as error:
        # An import that Stopped ends may end in another error.
        if stopped:
            raise Stopped from error
        raise
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def start_workers(n_jobs: int) -> None:
    """Start joblib's processes so that Ctrl-C, which a terminal sends to all, prints nothing there.

    A process never sees a signal that was blocked where it started. Windows has no such way.
    """
    from multiprocessing import resource_tracker

    from joblib import Parallel, delayed
    from joblib.externals.loky.backend import resource_tracker as loky_tracker

    if n_jobs == 1 or not hasattr(signal, "pthread_sigmask"):
        return
    # They unblock the signal when they start, and warn of what stopped workers leave.
    sys.warnoptions.append("ignore:resource_tracker")
    try:
        for tracker in (resource_tracker, loky_tracker):
            tracker.ensure_running()
    finally:
        sys.warnoptions.pop()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        Parallel(n_jobs)([delayed(abs)(0)])
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
