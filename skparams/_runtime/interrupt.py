"""Ctrl-C ends what it interrupts, whatever a fit makes of it."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class _Stopped(BaseException):
    """Ctrl-C. Networks take a KeyboardInterrupt as the end of their training only."""


@contextmanager
def uncaught_interrupt() -> Iterator[None]:
    """Raise KeyboardInterrupt at the end of the block if Ctrl-C came in it.

    Networks catch a KeyboardInterrupt and return, and an import may end in another error. What
    handles Ctrl-C in a way of its own stays in charge.
    """
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler or not _in_main_thread():
        yield
        return
    came = False

    def stop(*_: object) -> None:
        nonlocal came
        came = True
        # Not only at the end of the block, where it may come too.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        raise _Stopped

    signal.signal(signal.SIGINT, stop)
    try:
        yield
    except BaseException as error:
        if came:
            raise KeyboardInterrupt from error
        raise
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if came:
        raise KeyboardInterrupt


def in_worker(main_process: int, function: Callable[..., Any], call: tuple) -> Any:
    """Call a function; a process of joblib's ignores Ctrl-C, which a terminal sends to all.

    It does so from now on: between two calls it would be an error that the process prints.
    """
    if os.getpid() != main_process and _in_main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    return function(*call)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
