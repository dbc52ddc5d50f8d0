"""Ctrl-C stops a command in one line, whatever it does at that moment."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Stopped(BaseException):
    """Ctrl-C. A KeyboardInterrupt only ends a network's training, and the search would go on."""


class _Stop:
    """A handler of Ctrl-C that raises Stopped."""

    came = False

    def __call__(self, *_: object) -> None:
        self.came = True
        raise Stopped


@contextmanager
def stopped_by_interrupt() -> Iterator[None]:
    """Raise Stopped at Ctrl-C, unless it is ignored or handled by a caller."""
    default = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not default or threading.current_thread() is not threading.main_thread():
        yield
        return
    stop = _Stop()
    signal.signal(signal.SIGINT, stop)
    try:
        yield
    except BaseException as error:
        # An import that Stopped ends may end in another error.
        if stop.came:
            raise Stopped from error
        raise
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def left_to_python() -> Iterator[None]:
    """Handle Ctrl-C in the block as Python does, for a function that returns what there is."""
    stop = signal.getsignal(signal.SIGINT)
    if not isinstance(stop, _Stop):
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, stop)
