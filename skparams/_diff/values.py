"""How many of the values in two objects of any kind differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import numpy as np
from scipy.sparse import issparse

from skparams._diff.arrays import EXACT, Tolerance, change_of
from skparams._diff.record import Change
from skparams.specs import attributes_of

_NUMBER = (int, float, complex, np.number, np.bool)
_SCALAR = (str, bytes, *_NUMBER, np.generic, type(None), type, range, slice, ModuleType)
_FUNCTION = (FunctionType, BuiltinFunctionType, np.ufunc)
_RANDOM = (np.random.RandomState, np.random.Generator, np.random.BitGenerator)
_MAX_DEPTH = 50  # within Python's recursion limit
_SAME, _CHANGED = Change(1, 0), Change(1, 1)
ABSENT = object()  # stands for an item that only the other object has


def compare(before: Any, after: Any, tolerance: Tolerance = EXACT) -> Change:
    """How many of the values in two objects differ."""
    return Change.merged(change for *_, change in parts_of(before, after, tolerance))


def is_array(value: Any) -> bool:
    """Whether a value is an array or a sparse matrix."""
    return isinstance(value, np.ndarray) or issparse(value)


def is_function(value: Any) -> bool:
    """Whether a value is a function, which is compared by its module, name and code."""
    return isinstance(value, _FUNCTION)


def parts_of(
    before: Any,
    after: Any,
    tolerance: Tolerance = EXACT,
    path: str = "",
    within: frozenset[int] = frozenset(),
) -> Iterator[tuple[str, Any, Any, Change]]:
    """Yield the path, both sides and the change of each part of two objects.

    Arrays are compared element by element, containers and objects item by item; an item that only
    one has is one value that changed. An object without attributes is compared by its pickled
    state. Random generators of one kind are the same, as fit advances them.
    """
    change = _change(before, after, tolerance)
    if change is not None:
        yield path, before, after, change
    elif id(before) not in within and len(within) < _MAX_DEPTH:  # an object may hold itself
        within |= {id(before)}
        one, two = _items(before), _items(after)
        if one is None or two is None:
            same = one is two and _equal(before, after)
            yield path, before, after, _SAME if same else _CHANGED
            return
        is_container = isinstance(before, dict | list | tuple | np.ndarray)
        for key in dict.fromkeys([*one, *two]):
            inner = f"{path}[{key!r}]" if is_container else f"{path}.{key}"
            if key in one and key in two:
                yield from parts_of(one[key], two[key], tolerance, inner, within)
            else:
                yield inner, one.get(key, ABSENT), two.get(key, ABSENT), _CHANGED


def _change(before: Any, after: Any, tolerance: Tolerance) -> Change | None:
    """The change of two objects, None if they are to be compared item by item."""
    if is_array(before) and is_array(after):
        if before.shape != after.shape:
            return _CHANGED
        of_objects = before.dtype.kind == "O" and isinstance(before, np.ndarray)
        return None if of_objects else change_of(before, after, tolerance)
    if before is after:
        return _SAME
    if isinstance(before, _SCALAR) and isinstance(after, _SCALAR):
        return _scalar_change(before, after, tolerance)
    if type(before) is not type(after):
        return _CHANGED
    if isinstance(before, _RANDOM):
        return _SAME
    if is_function(before):
        return _SAME if _identity(before) == _identity(after) else _CHANGED
    if isinstance(before, set | frozenset):
        return Change(len(before | after), len(before ^ after))
    return None


def _scalar_change(before: Any, after: Any, tolerance: Tolerance) -> Change:
    if isinstance(before, _NUMBER) and isinstance(after, _NUMBER):
        try:
            return change_of(np.asarray(before), np.asarray(after), tolerance)
        except (OverflowError, TypeError):  # integers of any length
            pass
    if before != before and after != after:  # neither is a number, or a time
        return _SAME
    return _SAME if type(before) is type(after) and before == after else _CHANGED


def _identity(function: Any) -> tuple[Any, ...]:
    code = getattr(function, "__code__", None)
    return getattr(function, "__module__", None), function.__name__, code


def _items(value: Any) -> Mapping[Any, Any] | None:
    """The items of a container or an object, None if it does not show them."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list | tuple | np.ndarray):
        return dict(enumerate(np.ravel(value).tolist() if is_array(value) else value))
    # Classes written in C have attributes that describe their layout, not their values.
    attributes = {name: item for name, item in attributes_of(value).items() if name[:2] != "__"}
    if attributes:
        return attributes
    try:
        state = value.__reduce_ex__(4)
    except Exception:  # raised by a class's own code
        return None
    return dict(enumerate([state] if isinstance(state, str) else state[1:]))


def _equal(before: Any, after: Any) -> bool:
    try:
        return bool(before == after)
    except Exception:  # raised by a class's own code
        return False
