"""Ctrl-C stops a command in one line, whatever it does at that moment."""

import signal
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
