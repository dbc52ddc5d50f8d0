"""How large an estimator is: as pickled, and in memory with all that its arrays keep alive."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from typing import Any

import numpy as np

from skparams._walk.copying import Walker, changed
from skparams._walk.leaf import owner_of
from skparams._walk.slimmed import Dropped

__all__ = ["Meter", "pickled_size"]


class Meter:
    """Add up the bytes of objects one after the other; what was met before adds nothing.

    Parameters
    ----------
    dropped : mapping of int to Dropped, default={}
        By the identity of an estimator, the attributes of it that are not counted.
    instead : mapping of int to object, default={}
        By the identity of an object, what is counted in its place.

    Attributes
    ----------
    memory : int
        Bytes of the arrays met, the memory that several share once and whole, and of all else as
        it is pickled.
    pickled : int
        The same with arrays as they are pickled, each with its own numbers.
    """

    def __init__(
        self, dropped: Mapping[int, Dropped] | None = None, instead: Mapping[int, Any] | None = None
    ) -> None:
        self._dropped, self._instead = dropped or {}, instead or {}
        self._arrays: dict[int, np.ndarray] = {}  # kept, so that no identity is used twice
        self._owners: set[tuple[int, int]] = set()
        self._of_arrays = self._of_owners = 0
        self._written = _Counter()
        self._walker = Walker(self._written, self._take, self._reduce)

    def add(self, value: Any) -> None:
        """Take in an object.

        Parameters
        ----------
        value : object
            Any that can be pickled, functions and classes included.
        """
        self._walker.dump(value)

    @property
    def memory(self) -> int:
        return self._written.bytes + self._of_owners

    @property
    def pickled(self) -> int:
        return self._written.bytes + self._of_arrays

    def _take(self, array: np.ndarray) -> None:
        if id(array) not in self._arrays:
            self._arrays[id(array)] = array
            self._of_arrays += array.nbytes
            owner = owner_of(array)
            key = (owner.ctypes.data, owner.nbytes)
            if key not in self._owners:
                self._owners.add(key)
                self._of_owners += owner.nbytes

    def _reduce(self, obj: Any) -> Any:
        return changed(obj, self._dropped, self._instead, marked=True)


def pickled_size(value: Any) -> int | None:
    """Return how many bytes ``pickle.dumps`` gives, None where it raises.

    Parameters
    ----------
    value : object
        Any.

    Returns
    -------
    int or None
        Without that the bytes are all in memory at once.
    """
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
