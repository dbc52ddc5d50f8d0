"""How copies of a callback in worker processes reach the one in the process of the fit."""

from __future__ import annotations

import os
from multiprocessing.connection import Client, Connection
from threading import Lock
from typing import Any, NamedTuple
from uuid import UUID

# Messages that may be on their way before the next one waits for them.
MAX_OPEN = 32


class Remote(NamedTuple):
    """Where the callback is that a copy was made of, and the runs that it had at that time."""

    address: Any
    authkey: bytes
    process: int
    runs: frozenset[UUID]

    def takes(self, run: UUID) -> bool:
        """Whether the records of a run go there: it is its run, and another process."""
        return run in self.runs and self.process != os.getpid()

    def send(self, message: Any, *, wait: bool) -> None:
        """Send a message; with `wait` return after it and all before it have arrived."""
        try:
            _sender(self).send(message, wait)
        except (EOFError, OSError) as error:
            raise ConnectionError(
                f"the process {self.process} that the fit was started in cannot be reached at "
                f"{self.address!r}. Records are sent between processes of one machine only."
            ) from error


class _Sender:
    """A connection, and how many of its messages have not been acknowledged."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._n_open, self._lock = connection, 0, Lock()

    def send(self, message: Any, wait: bool) -> None:
        with self._lock:
            self._connection.send(message)
            self._n_open += 1
            # All are taken at once, as waiting for each would take 0.1 ms.
            while self._n_open and (wait or self._n_open > MAX_OPEN):
                self._connection.recv()
                self._n_open -= 1


_senders: dict[tuple[int, Any], _Sender] = {}
_lock = Lock()


def _sender(remote: Remote) -> _Sender:
    """The connection of this process, which is kept: a worker fits again and again."""
    key = os.getpid(), remote.address  # a fork must not use that of its parent
    with _lock:
        if key not in _senders:
            _senders[key] = _Sender(Client(remote.address, authkey=remote.authkey))
        return _senders[key]
