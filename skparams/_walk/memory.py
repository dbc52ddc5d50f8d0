"""The size of an estimator: pickled, and in memory with everything that its arrays keep alive."""

from __future__ import annotations

import pickle
from collections.abc import Collection
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

    def __init__(self, dropped: Dropped = NOTHING, apart: Collection[Any] = ()) -> None:
        self._owners: dict[tuple[int, int], np.ndarray] = {}  # kept, so that no address recurs
        self._written, self._in_arrays, self._in_claims = _Counter(), 0, 0
        self._walker = Walker(self._written, self._take, dropped)
        self._claimed: set[tuple[int, int]] = set()
        self._claims = Walker(_Counter(), self._claim, NOTHING, apart=apart)

    @property
    def total(self) -> int:
        """All bytes counted so far."""
        return self._written.bytes + self._in_arrays

    def add(self, value: Any) -> int:
        """Add an object and return the bytes that were not counted before."""
        before = self.total
        self._walker.dump(value)
        return self.total - before

    def claim(self, value: Any) -> int:
        """The bytes of the arrays in a value that were added, and that no value claimed before.

        Those in estimators that stand ``apart`` are not among them.
        """
        before = self._in_claims
        self._claims.dump(value)
        return self._in_claims - before

    def _take(self, array: np.ndarray) -> None:
        owner, key = _owner_and_key(array)
        if key not in self._owners:
            self._owners[key] = owner
            self._in_arrays += owner.nbytes

    def _claim(self, array: np.ndarray) -> None:
        owner, key = _owner_and_key(array)
        # Some objects make their arrays anew each time: these are part of the rest.
        if key in self._owners and key not in self._claimed:
            self._claimed.add(key)
            self._in_claims += owner.nbytes


def _owner_and_key(array: np.ndarray) -> tuple[np.ndarray, tuple[int, int]]:
    owner = owner_of(array)
    return owner, (owner.ctypes.data, owner.nbytes)


def pickled_size(value: Any) -> int | None:
    """Number of bytes that ``pickle.dumps`` gives, or None if it raises."""
    out = _Counter()
    try:
        pickle.Pickler(out).dump(value)
    except Exception:  # any class's own __reduce__ may raise anything
        return None
    return out.bytes
