"""Ctrl-C ends a comparison, whatever a fit makes of it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stopped(BaseException):
    """Ctrl-C. Networks take a KeyboardInterrupt as the end of their training only."""


@contextmanager
def stopped_by_interrupt() -> Iterator[Callable[[], bool]]:
    """Raise Stopped at Ctrl-C, unless a caller handles it, and yield whether it came.

    A fit may catch all there is, so that the block goes on.
    """
    came = False

    def stop(*_: object) -> None:
        nonlocal came
        came = True
        # Here, and not only at the end of the block, where it may come too.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        raise Stopped

    ours = _in_main_thread() and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if ours:
        signal.signal(signal.SIGINT, stop)
    try:
        yield lambda: came
    finally:
        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def ignore_in_worker(process: int) -> None:
    """Ignore Ctrl-C, which a terminal sends to all processes, in all but one, which stops them.

    From now on, as between two folds it would be an error that the worker prints.
    """
    if os.getpid() != process and _in_main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
