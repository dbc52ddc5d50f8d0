"""Whether two values of any kind are the same, and how many of the values in them are not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import numpy as np
from scipy.sparse import issparse

from skparams._diff.arrays import Tolerance, change_of
from skparams._diff.record import Change
from skparams.specs import attributes_of

__all__ = ["comparable", "compare", "is_function", "items_of"]

_PLAIN = (str, bytes, bool, int, float, complex, type(None), type, range, slice, ModuleType)
_FUNCTION = (FunctionType, BuiltinFunctionType, np.ufunc)
_RANDOM = (np.random.RandomState, np.random.Generator, np.random.BitGenerator)
_SET = (set, frozenset)
# Levels of containers and objects, within what Python can recurse.
_DEEPEST = 50
_SAME, _OTHER = Change(1, 0), Change(1, 1)


def compare(before: Any, after: Any, tolerance: Tolerance) -> Change:
    """Return how many of the values in two values differ.

    Arrays are compared number by number, containers and objects item by item. Generators of
    random numbers are the same where their kind is: fit moves them on. An object that shows
    nothing of itself is asked for what ``pickle`` would keep.

    Parameters
    ----------
    before, after : object
        Any.
    tolerance : Tolerance
        For numbers.

    Returns
    -------
    Change
        What is in one only counts as one value that moved.
    """
    return Change.merged(_changes(before, after, tolerance, frozenset(), 0))


def comparable(value: Any) -> bool:
    """Say whether a value is an array or a sparse matrix, of which shape and dtype are told."""
    return isinstance(value, np.ndarray) or issparse(value)


def is_function(value: Any) -> bool:
    """Say whether a value is a function, of which the name, the module and the code are told."""
    return isinstance(value, _FUNCTION)


def _changes(
    before: Any, after: Any, tolerance: Tolerance, within: frozenset[int], depth: int
) -> Iterator[Change]:
    if before is after and not comparable(before):
        yield _SAME
        return
    if comparable(before) and comparable(after):
        if before.shape != after.shape:
            yield _OTHER
            return
        if not (before.dtype.kind == "O" and isinstance(before, np.ndarray)):
            yield change_of(before, after, tolerance)
            return
    if _is_scalar(before) and _is_scalar(after):
        yield _of_scalars(before, after, tolerance)
        return
    if isinstance(before, _RANDOM):
        yield _SAME if type(before) is type(after) else _OTHER
        return
    if type(before) is not type(after):
        yield _OTHER
        return
    if is_function(before):
        yield _SAME if _function(before) == _function(after) else _OTHER
        return
    if isinstance(before, _SET):
        apart = len(before ^ after)
        yield Change(len(before | after), apart)
        return
    if id(before) in within or depth > _DEEPEST:  # a value that holds itself
        return
    within |= {id(before)}
    one, two = items_of(before), items_of(after)
    if one is None or two is None:
        yield _SAME if one is two and _equal(before, after) else _OTHER
        return
    for key, item in one.items():
        if key in two:
            yield from _changes(item, two[key], tolerance, within, depth + 1)
        else:
            yield _OTHER
    yield Change(n := len(two.keys() - one.keys()), n)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, (*_PLAIN, np.generic))


def _of_scalars(before: Any, after: Any, tolerance: Tolerance) -> Change:
    numbers = (int, float, complex, np.number, np.bool)
    if isinstance(before, numbers) and isinstance(after, numbers):
        try:
            return change_of(np.asarray(before), np.asarray(after), tolerance)
        except (OverflowError, TypeError):  # integers of any length
            pass
    if before != before and after != after:  # not a number, not a time
        return _SAME
    return _SAME if type(before) is type(after) and before == after else _OTHER


def _function(function: Any) -> tuple[Any, ...]:
    code = getattr(function, "__code__", None)
    return getattr(function, "__module__", None), function.__name__, code


def items_of(value: Any) -> Mapping[Any, Any] | None:
    """Return what is in a container or an object, None where that cannot be seen."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list | tuple):
        return dict(enumerate(value))
    if isinstance(value, np.ndarray):
        return dict(enumerate(value.ravel().tolist()))
    # Classes written in C tell how they are laid out, too, which says nothing of their values.
    held = {name: item for name, item in attributes_of(value).items() if name[:2] != "__"}
    if held:
        return held
    try:
        kept = value.__reduce_ex__(4)
    except Exception:  # any class's own code, which says so in its own way
        return None
    return {0: kept} if isinstance(kept, str) else dict(enumerate(kept[1:]))


def _equal(before: Any, after: Any) -> bool:
    try:
        return bool(before == after)
    except Exception:  # as for items_of
        return False
