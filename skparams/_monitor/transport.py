"""How copies of a callback in worker processes reach the one in the process of the fit."""

from __future__ import annotations

import os
from multiprocessing.connection import Client, Connection
from threading import Lock
from typing import Any, NamedTuple
from uuid import UUID


class Remote(NamedTuple):
    """Where the callback is that a copy was made of, and the runs that it had at that time."""

    address: Any
    authkey: bytes
    process: int
    runs: frozenset[UUID]

    def takes(self, run: UUID) -> bool:
        """Whether the records of a run go there: it is its run, and another process."""
        return run in self.runs and self.process != os.getpid()

    def send(self, message: Any) -> None:
        """Send a message, and return after it has arrived."""
        key = os.getpid(), self.address  # a fork must not use the connection of its parent
        try:
            with _lock:
                if key not in _connections:
                    _connections[key] = Client(self.address, authkey=self.authkey)
                _connections[key].send(message)
                _connections[key].recv()
        except (EOFError, OSError) as error:
            raise ConnectionError(
                f"the process {self.process} that the fit was started in cannot be reached at "
                f"{self.address!r}. Records are sent between processes of one machine only."
            ) from error


# Kept, as a worker fits again and again, in threads too. scikit-learn's own are shared by threads
# without a lock, and in a fork its `send` does not reach the parent.
_connections: dict[tuple[int, Any], Connection] = {}
_lock = Lock()
