"""Copies of estimators: with all arrays shared, or each copied and some attributes left out.

Pickle finds the objects, because it also reaches those that no list of attributes names: trees
written in C, objects in lists, estimators in any of them. Arrays are passed on without pickling.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Collection, Iterator, Mapping
from copyreg import __newobj__  # type: ignore[attr-defined]
from types import BuiltinFunctionType, FunctionType, MappingProxyType, ModuleType
from typing import Any

import numpy as np

from skparams._walk.leaf import join, owner_of
from skparams.specs import HOOKS, attributes_of, estimators_in

# Names of attributes by the identity of the estimator that has them.
Dropped = Mapping[int, Collection[str]]
NOTHING: Dropped = MappingProxyType({})
# Passed on as they are, because pickle cannot copy functions without an importable name.
_FUNCTIONS = (FunctionType, BuiltinFunctionType, ModuleType, type, np.ufunc)
# Passed on too in a copy: pickle would make two strings of one that two attributes share.
_SHARED = (*_FUNCTIONS, str, np.dtype)


class Walker(pickle.Pickler):
    """A pickler that leaves attributes out, and collects arrays and functions in ``kept``."""

    def __init__(
        self,
        file: Any,
        take: Callable[[np.ndarray], Any],
        dropped: Dropped,
        by_reference: tuple[type, ...] = _FUNCTIONS,
        apart: Collection[Any] = (),
    ) -> None:
        super().__init__(file, protocol=5)
        self.kept: list[Any] = []
        self._take, self._dropped, self._by_reference = take, dropped, by_reference
        self._apart = {id(each) for each in apart}

    def persistent_id(self, obj: Any) -> int | None:
        if type(obj) in (np.ndarray, np.memmap) and not obj.dtype.hasobject:
            self.kept.append(self._take(obj))
        elif isinstance(obj, self._by_reference) or id(obj) in self._apart:
            self.kept.append(obj)
        else:
            return None
        return len(self.kept) - 1

    def reducer_override(self, obj: Any) -> Any:
        names = self._dropped.get(id(obj), ())
        # No copy has the callbacks of training, which may hold what no pickle can.
        hooked = not HOOKS.isdisjoint(getattr(obj, "__dict__", ()))
        if not (names or hooked) or not (state := pickled_state(obj)):
            return NotImplemented
        left = {name: item for name, item in state.items() if name not in (*names, *HOOKS)}
        return __newobj__, (type(obj),), left


def pickled_state(obj: Any) -> dict[str, Any]:
    """The attributes that pickle stores; none if the class has its own way to pickle."""
    make, arguments, state, *rest = (*obj.__reduce_ex__(5), None)[:5]
    plain = make is __newobj__ and len(arguments) == 1 and isinstance(state, dict)
    return state if plain and not any(rest) else {}


def hooks_in(
    estimator: Any, path: str = "", visited: set[int] | None = None
) -> Iterator[tuple[str, Any, Any]]:
    """The path, the estimator and the value of each callback of training."""
    visited = set() if visited is None else visited
    if id(estimator) in visited:
        return
    visited.add(id(estimator))
    held = getattr(estimator, "__dict__", {})
    yield from ((join(path, name), estimator, held[name]) for name in held if name in HOOKS)
    for name, value in attributes_of(estimator).items():
        for local, inner in estimators_in(name, value):
            yield from hooks_in(inner, join(path, local), visited)


def sharing_copy(estimator: Any) -> Any:
    """A copy that shares the arrays, and nothing else that can change."""
    return _copy(estimator, lambda array: array, NOTHING)


def compact_copy(estimator: Any, dropped: Dropped = NOTHING) -> Any:
    """A copy without the dropped attributes, in which no array keeps a larger one alive.

    Arrays that share all their memory still do, views of an array copied before are views of its
    copy, and the order of axes in memory stays.
    """
    copies: dict[tuple, np.ndarray] = {}
    originals = []  # kept, so that no address recurs

    def copy(array: np.ndarray) -> np.ndarray:
        originals.append(array)
        key, owner = _memory_of(array), owner_of(array)
        if key not in copies:
            base = copies.get(_memory_of(owner))
            if base is None or not (owner.flags.c_contiguous and array.size):
                copies[key] = np.array(array, order="K")
            else:
                start = array.ctypes.data - owner.ctypes.data
                copies[key] = np.ndarray(array.shape, array.dtype, base, start, array.strides)
        return copies[key]

    return _copy(estimator, copy, dropped)


def working_copy(estimator: Any) -> Any:
    """A copy to call methods of, which may write into its arrays.

    Arrays keep their strides, as others may make matrix products differ in the last bits.
    """
    copies: dict[tuple[int, int], np.ndarray] = {}
    originals = []  # kept, so that no address recurs

    def copy(array: np.ndarray) -> np.ndarray:
        owner = owner_of(array)
        if not (array.size and (owner.flags.c_contiguous or owner.flags.f_contiguous)):
            return np.array(array, order="K")
        originals.append(owner)
        key = owner.ctypes.data, owner.nbytes
        if key not in copies:
            copies[key] = np.array(owner, order="K").ravel(order="K")
        start = array.ctypes.data - owner.ctypes.data
        return np.ndarray(array.shape, array.dtype, copies[key], start, array.strides)

    return _copy(estimator, copy, NOTHING)


def _memory_of(array: np.ndarray) -> tuple:
    address = array.ctypes.data if array.size else id(array)
    return address, array.shape, array.strides, str(array.dtype)


def copy_or_raise(function: str, estimator: Any, copy: Callable[[Any], Any]) -> Any:
    """``copy(estimator)``; raise TypeError with the path of what cannot be copied."""
    try:
        return copy(estimator)
    except Exception as error:  # any class's own __reduce__ may raise anything
        path, value = _not_copied(estimator, "", copy) or ("", estimator)
        kind = f"{type(value).__module__}.{type(value).__qualname__}"
        of = f" in {path} of {type(estimator).__name__}" if path else ""
        raise TypeError(f"{function}: the {kind}{of} cannot be copied: {error}") from error


def _not_copied(estimator: Any, path: str, copy: Callable[[Any], Any]) -> tuple[str, Any] | None:
    """The path and the value of the innermost attribute that cannot be copied."""
    for name, value in attributes_of(estimator).items():
        try:
            copy(value)
        except Exception:  # as above
            for local, inner in estimators_in(name, value):
                if found := _not_copied(inner, join(path, local), copy):
                    return found
            return join(path, name), value
    return None


def _copy(estimator: Any, take: Callable[[np.ndarray], np.ndarray], dropped: Dropped) -> Any:
    out = io.BytesIO()
    walker = Walker(out, take, dropped, _SHARED)
    walker.dump(estimator)
    out.seek(0)
    reader = _Reader(out)
    reader.kept = walker.kept
    return reader.load()


class _Reader(pickle.Unpickler):
    """An unpickler that takes what the walker has kept."""

    kept: list[Any]

    def persistent_load(self, key: int) -> Any:
        return self.kept[key]
