"""How large an estimator is: pickled, and in memory with all that its arrays keep alive."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np

from skparams._walk.copying import NOTHING, Dropped, Walker
from skparams._walk.leaf import owner_of

__all__ = ["Meter", "pickled_size"]


class Meter:
    """Count the bytes that objects take in memory; what was added before adds nothing.

    An array counts with the whole memory that it keeps alive, all else as it is pickled.
    """

    def __init__(self, dropped: Dropped = NOTHING) -> None:
        self._arrays: dict[int, np.ndarray] = {}  # kept, so that no identity is used twice
        self._owners: dict[tuple[int, int], int] = {}
        self._written = _Counter()
        self._walker = Walker(self._written, self._take, dropped)

    def add(self, value: Any) -> int:
        """Return the bytes that a value adds."""
        before = self.bytes
        self._walker.dump(value)
        return self.bytes - before

    @property
    def bytes(self) -> int:
        """Bytes of all that was added."""
        return self._written.bytes + sum(self._owners.values())

    def _take(self, array: np.ndarray) -> None:
        if id(array) not in self._arrays:
            self._arrays[id(array)] = array
            owner = owner_of(array)
            self._owners[owner.ctypes.data, owner.nbytes] = owner.nbytes


def pickled_size(value: Any) -> int | None:
    """Return how many bytes ``pickle.dumps`` gives, None where it raises."""
    out = _Counter()
    try:
        pickle.Pickler(out).dump(value)
    except Exception:  # of any class's own __reduce__
        return None
    return out.bytes


class _Counter:
    """A file that counts what is written."""

    def __init__(self) -> None:
        self.bytes = 0

    def write(self, data: Any) -> int:
        n = memoryview(data).nbytes
        self.bytes += n
        return n
