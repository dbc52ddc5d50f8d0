"""Copies of estimators: with the arrays shared, or with each copied and attributes left out.

Pickle walks through the objects, as it reaches what no list of attributes names: trees written in
C, objects in lists, estimators in any of them. Arrays are not pickled but handed over beside it.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Mapping, Sequence
from copyreg import __newobj__  # type: ignore[attr-defined]
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import numpy as np

from skparams._walk.slimmed import Dropped, Slimmed, restored

__all__ = ["Walker", "changed", "copied", "reduced", "twin"]

# Handed over as they are, so that functions without a name to find them by can be copied too.
_FUNCTIONS = (FunctionType, BuiltinFunctionType, ModuleType, type, np.ufunc)
# These too where a copy is made: pickled anew, a text that is held twice would become two.
_SHARED = (*_FUNCTIONS, str, np.dtype)


class Walker(pickle.Pickler):
    """A pickler that hands over arrays, functions and classes instead of writing them.

    Parameters
    ----------
    file : file
        Where to write.
    take : callable
        Gets each array that holds no objects. Returns the one to hand over.
    reduce : callable
        Gets each other object. Returns what ``__reduce_ex__`` does, or NotImplemented.
    by_reference : tuple of type
        What to hand over beside arrays.

    Attributes
    ----------
    handed : list
        What a reader takes from here.
    """

    def __init__(
        self,
        file: Any,
        take: Callable[[np.ndarray], Any],
        reduce: Callable[[Any], Any],
        by_reference: tuple[type, ...] = _FUNCTIONS,
    ) -> None:
        super().__init__(file, protocol=5)
        self.handed: list[Any] = []
        self._by_reference = by_reference
        self._take = take
        self._reduce = reduce

    def persistent_id(self, obj: Any) -> int | None:
        if type(obj) in (np.ndarray, np.memmap) and not obj.dtype.hasobject:
            self.handed.append(self._take(obj))
        elif isinstance(obj, self._by_reference):
            self.handed.append(obj)
        else:
            return None
        return len(self.handed) - 1

    def reducer_override(self, obj: Any) -> Any:
        return self._reduce(obj)


def reduced(obj: Any) -> tuple[type, Dropped, dict[str, Any]] | None:
    """Return an object's class, what was dropped from it before, and its attributes.

    None where its class has a way of its own to be pickled.
    """
    if not hasattr(obj, "__dict__"):
        return None
    make, arguments, state, *rest = (*obj.__reduce_ex__(5), None)[:5]
    if not isinstance(state, dict) or any(rest):
        return None
    if make is restored:
        return *arguments, state
    return (arguments[0], (), state) if make is __newobj__ and len(arguments) == 1 else None


def twin(estimator: Any, *, one_thread: bool = False) -> Any:
    """Return a copy that shares the arrays, and nothing else that may change.

    Parameters
    ----------
    estimator : estimator
        Any.
    one_thread : bool, default=False
        Whether all that have ``n_jobs`` get one: the order in which threads add up their results
        decides their last digits.

    Returns
    -------
    estimator
        One that can be used without any change to the given one.
    """

    def reduce(obj: Any) -> Any:
        if not one_thread or "n_jobs" not in getattr(obj, "__dict__", ()):
            return NotImplemented
        found = obj.__reduce_ex__(5)
        # A class may have its own way to be pickled: a state that is none, or under other names.
        if len(found) < 3 or not isinstance(found[2], dict) or "n_jobs" not in found[2]:
            return NotImplemented
        make, arguments, state, *rest = found
        return make, arguments, {**state, "n_jobs": 1}, *rest

    return _through_pickle(estimator, lambda array: array, reduce)


def copied(
    estimator: Any, dropped: Mapping[int, Dropped], instead: Mapping[int, Any], *, marked: bool
) -> Any:
    """Return a copy without some attributes of estimators in it.

    Arrays become as large as what they show, in the same order in memory; those that share all
    their memory still do.

    Parameters
    ----------
    estimator : estimator
        Any.
    dropped : mapping of int to Dropped
        By the identity of an estimator, what the copy of it goes without.
    instead : mapping of int to object
        By the identity of an object, what is copied in its place.
    marked : bool
        Whether the classes of the copies say what was dropped.

    Returns
    -------
    estimator
        The copy.
    """
    arrays: dict[tuple, np.ndarray] = {}
    met = []  # kept, so that no address is used twice

    def copy(array: np.ndarray) -> np.ndarray:
        met.append(array)
        address = array.ctypes.data if array.size else id(array)
        key = (address, array.shape, array.strides, str(array.dtype))
        if key not in arrays:
            arrays[key] = np.array(array, order="K")
        return arrays[key]

    def reduce(obj: Any) -> Any:
        return changed(obj, dropped, instead, marked)

    return _through_pickle(estimator, copy, reduce)


def changed(
    obj: Any, dropped: Mapping[int, Dropped], instead: Mapping[int, Any], marked: bool
) -> Any:
    """Return what ``__reduce_ex__`` does, for an object that lacks attributes or is replaced."""
    if id(obj) in instead:
        return _itself, (instead[id(obj)],)
    going = dropped.get(id(obj), ())
    if not going and (marked or not isinstance(obj, Slimmed)):
        return NotImplemented
    found = reduced(obj)
    assert found is not None  # or nothing of it would be dropped
    cls, gone, state = found
    names = dict(going)
    left = {name: value for name, value in state.items() if name not in names}
    return (restored, (cls, (*gone, *going)), left) if marked else (__newobj__, (cls,), left)


def _itself(value: Any) -> Any:
    return value


def _through_pickle(
    estimator: Any, take: Callable[[np.ndarray], np.ndarray], reduce: Callable[[Any], Any]
) -> Any:
    out = io.BytesIO()
    walker = Walker(out, take, reduce, _SHARED)
    walker.dump(estimator)
    out.seek(0)
    return _Reader(out, walker.handed).load()


class _Reader(pickle.Unpickler):
    """An unpickler that takes what the walker handed over."""

    def __init__(self, file: Any, handed: Sequence[Any]) -> None:
        super().__init__(file)
        self._handed = handed

    def persistent_load(self, key: int) -> Any:
        return self._handed[key]
