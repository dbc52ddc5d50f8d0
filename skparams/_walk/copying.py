"""Copies of estimators: with all arrays shared, or each copied and some attributes left out.

Pickle walks through the objects, as it reaches what no list of attributes names: trees written in
C, objects in lists, estimators in any of them. Arrays are not pickled but handed over beside it.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Collection, Mapping, Sequence
from copyreg import __newobj__  # type: ignore[attr-defined]
from types import BuiltinFunctionType, FunctionType, MappingProxyType, ModuleType
from typing import Any

import numpy as np

from skparams._walk.leaf import join, owner_of
from skparams.specs import attributes_of, estimators_in

__all__ = ["Dropped", "Walker", "compact_copy", "copy_or_raise", "pickled_state", "sharing_copy"]

# Names of attributes by the identity of the estimator that has them.
Dropped = Mapping[int, Collection[str]]
NOTHING: Dropped = MappingProxyType({})
# Handed over as they are, so that functions without a name to find them by can be copied too.
_FUNCTIONS = (FunctionType, BuiltinFunctionType, ModuleType, type, np.ufunc)
# These too where a copy is made: pickled anew, a text that is held twice would become two.
_SHARED = (*_FUNCTIONS, str, np.dtype)


class Walker(pickle.Pickler):
    """A pickler that leaves attributes out, and keeps arrays and functions in ``handed``."""

    def __init__(
        self,
        file: Any,
        take: Callable[[np.ndarray], Any],
        dropped: Dropped = NOTHING,
        by_reference: tuple[type, ...] = _FUNCTIONS,
    ) -> None:
        super().__init__(file, protocol=5)
        self.handed: list[Any] = []
        self._take = take
        self._dropped = dropped
        self._by_reference = by_reference

    def persistent_id(self, obj: Any) -> int | None:
        if type(obj) in (np.ndarray, np.memmap) and not obj.dtype.hasobject:
            self.handed.append(self._take(obj))
        elif isinstance(obj, self._by_reference):
            self.handed.append(obj)
        else:
            return None
        return len(self.handed) - 1

    def reducer_override(self, obj: Any) -> Any:
        names = self._dropped.get(id(obj))
        if not names:
            return NotImplemented
        left = {name: value for name, value in pickled_state(obj).items() if name not in names}
        return __newobj__, (type(obj),), left


def pickled_state(obj: Any) -> dict[str, Any]:
    """Return the attributes that pickle stores; none if the class has its own way to pickle."""
    make, arguments, state, *rest = (*obj.__reduce_ex__(5), None)[:5]
    plain = make is __newobj__ and len(arguments) == 1 and isinstance(state, dict)
    return state if plain and not any(rest) else {}


def sharing_copy(estimator: Any) -> Any:
    """Return a copy that shares the arrays, and nothing else that may change."""
    return _copy(estimator, lambda array: array, NOTHING)


def compact_copy(estimator: Any, dropped: Dropped = NOTHING) -> Any:
    """Return a copy without some attributes; no array of it keeps a larger one alive.

    Arrays that show the same memory still do, views of an array copied before are views of its
    copy, and the order of axes in memory stays.
    """
    arrays: dict[tuple, np.ndarray] = {}
    taken = []  # kept, so that no address is used twice

    def copy(array: np.ndarray) -> np.ndarray:
        taken.append(array)
        key, owner = _shown(array), owner_of(array)
        if key not in arrays:
            base = arrays.get(_shown(owner))
            if base is None or not (owner.flags.c_contiguous and array.size):
                arrays[key] = np.array(array, order="K")
            else:
                start = array.ctypes.data - owner.ctypes.data
                arrays[key] = np.ndarray(array.shape, array.dtype, base, start, array.strides)
        return arrays[key]

    return _copy(estimator, copy, dropped)


def _shown(array: np.ndarray) -> tuple:
    address = array.ctypes.data if array.size else id(array)
    return address, array.shape, array.strides, str(array.dtype)


def copy_or_raise(function: str, estimator: Any, copy: Callable[[Any], Any]) -> Any:
    """Return ``copy(estimator)``, or raise a TypeError that names what cannot be copied."""
    try:
        return copy(estimator)
    except Exception as error:  # of any class's own __reduce__
        path, value = _not_copied(estimator, "", copy)
        kind = f"{type(value).__module__}.{type(value).__qualname__}"
        of = f" in {path} of {type(estimator).__name__}" if path else ""
        raise TypeError(f"{function}: the {kind}{of} cannot be copied: {error}") from error


def _not_copied(estimator: Any, path: str, copy: Callable[[Any], Any]) -> tuple[str, Any]:
    """Return the path and the value of the innermost attribute that cannot be copied."""
    for name, value in attributes_of(estimator).items():
        try:
            copy(value)
        except Exception:  # as above
            for local, inner in estimators_in(name, value):
                found = _not_copied(inner, join(path, local), copy)
                if found[1] is not inner:
                    return found
            return join(path, name), value
    return path, estimator


def _copy(estimator: Any, take: Callable[[np.ndarray], np.ndarray], dropped: Dropped) -> Any:
    out = io.BytesIO()
    walker = Walker(out, take, dropped, _SHARED)
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
