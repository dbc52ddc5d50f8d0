"""The size of an estimator: pickled, and in memory with everything that its arrays keep alive."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np

from skparams._walk.copying import NOTHING, Dropped, Walker
from skparams._walk.leaf import owner_of


class _Counter:
    """A file that counts the bytes written to it."""

    bytes = 0

    def write(self, data: Any) -> None:
        self.bytes += memoryview(data).nbytes


class ByteCounter:
    """Bytes that objects take in memory, each buffer once.

    An array counts with the whole memory that it keeps alive, anything else as it is pickled.
    """

    def __init__(self, dropped: Dropped = NOTHING) -> None:
        self._owners: dict[tuple[int, int], np.ndarray] = {}  # kept, so that no address recurs
        self._written = _Counter()
        self._walker = Walker(self._written, self._take, dropped)

    def add(self, value: Any) -> int:
        """Add an object and return the bytes that were not counted before."""
        before = self._total()
        self._walker.dump(value)
        return self._total() - before

    def _total(self) -> int:
        return self._written.bytes + sum(owner.nbytes for owner in self._owners.values())

    def _take(self, array: np.ndarray) -> None:
        owner = owner_of(array)
        self._owners[owner.ctypes.data, owner.nbytes] = owner


def pickled_size(value: Any) -> int | None:
    """Number of bytes that ``pickle.dumps`` gives, or None if it raises."""
    out = _Counter()
    try:
        pickle.Pickler(out).dump(value)
    except Exception:  # any class's own __reduce__ may raise anything
        return None
    return out.bytes
