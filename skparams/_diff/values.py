"""How many of the values in two objects of any kind differ, and what cannot be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import issparse

from skparams._diff.arrays import EXACT, Tolerance, change_of
from skparams._diff.record import Change
from skparams._diff.states import Opaque, caches_of, items_of

_NUMBER = (int, float, complex, np.number, np.bool)
_SCALAR = (
    *(str, bytes, bytearray, *_NUMBER, np.generic, np.dtype),
    *(type(None), type, range, slice, CodeType, ModuleType),
)
_FUNCTION = (FunctionType, BuiltinFunctionType, np.ufunc)
_RANDOM = (np.random.RandomState, np.random.Generator, np.random.BitGenerator)
_MAX_DEPTH = 1000  # an object may make a new one each time that its state is read
_SAME, _CHANGED, _OPAQUE = Change(1, 0), Change(1, 1), Change(1, 0, opaque="")
ABSENT = object()  # stands for an item that only the other object has


class Manner(NamedTuple):
    """How values are compared.

    ``nodes`` are the paths of estimators that are compared elsewhere, by identity, on each side.
    ``any_generator`` says that random generators of one kind are the same, as those of
    hyperparameters, which fit advances. ``ordered`` says that the order of a dict counts.
    """

    tolerance: Tolerance = EXACT
    nodes: tuple[Mapping[int, str], Mapping[int, str]] = ({}, {})
    any_generator: bool = False
    ordered: bool = False


ATTRIBUTE = Manner()
HYPERPARAMETER = Manner(any_generator=True)


def compare(before: Any, after: Any, manner: Manner = ATTRIBUTE) -> Change:
    """How many of the values in two objects differ; the dtypes of two arrays are not compared."""
    change = _change(before, after, manner)
    if change is not None and change is not _OPAQUE:  # most values are one part
        return change
    return Change.merged(change for *_, change in parts_of(before, after, manner))


def is_array(value: Any) -> bool:
    """Whether a value is an array or a sparse matrix."""
    return isinstance(value, np.ndarray) or issparse(value)


def is_function(value: Any) -> bool:
    """Whether a value is a function, which is compared by its module, name, code and values."""
    return isinstance(value, _FUNCTION)


def dtype_of(array: Any) -> str:
    """The dtype of an array, and the format of a sparse one."""
    dtype = "record" if array.dtype.names else str(array.dtype)
    return f"{array.format} {dtype}" if issparse(array) else dtype


def same_dtype(before: str | None, after: str | None) -> bool:
    """Whether two dtypes are the same, as far as that matters: text may be longer."""
    one, two = before or "", after or ""
    return one == two or one[:2] == two[:2] in ("<U", ">U", "|S")


def same_kind(before: Any, after: Any) -> bool:
    """Whether two arrays have the same dtype and are both sparse, in one format, or not."""
    same = before.dtype == after.dtype and not (issparse(before) or issparse(after))
    return same or same_dtype(dtype_of(before), dtype_of(after))


def parts_of(
    before: Any, after: Any, manner: Manner = ATTRIBUTE
) -> Iterator[tuple[str, Any, Any, Change]]:
    """Yield the path, both sides and the change of each part of two objects.

    Arrays are compared element by element, containers item by item, other objects by the state
    that they show; an item that only one has is one value that changed. Two objects that are met
    again are compared once, as an object may hold itself.
    """
    compared: dict[tuple[int, int], Any] = {}  # which keeps alive what it knows by identity
    left: list[tuple[str, Any, Any, int]] = [("", before, after, 0)]
    while left:
        path, one, two, depth = left.pop()
        change = _change(one, two, manner)
        key = id(one), id(two)
        if change is None and key not in compared:
            compared[key] = one, two
            items = _items(one), _items(two)
            if depth == _MAX_DEPTH or items[0] is None or items[1] is None:
                change = _OPAQUE
            else:
                inner = _pairs(path, one, items[0], items[1], manner)
                left += [(*pair, depth + 1) for pair in reversed(list(inner))]
        elif change and not change.n_changed and manner.tolerance.exact and is_array(one):
            change = change if same_kind(one, two) else _CHANGED
        if change is _OPAQUE:
            change = replace(change, opaque=_place(path, one))
        if change is not None:
            yield path, one, two, change


def _pairs(
    path: str, value: Any, one: Mapping[Any, Any], two: Mapping[Any, Any], manner: Manner
) -> Iterator[tuple[str, Any, Any]]:
    """Yield the path and both sides of each item."""
    if manner.ordered and type(value) is dict and [*one] != [*two]:
        yield f"{path}.keys()", [*one], [*two]
    is_container = isinstance(value, dict | list | tuple | np.ndarray)
    cls: type = type(value)
    caches = caches_of(cls) if one.keys() != two.keys() else ()
    for key in dict.fromkeys([*one, *two]):
        if not (key in caches and (key not in one or key not in two)):
            inner = f"{path}[{_written(key)}]" if is_container else f"{path}.{key}"
            yield inner, one.get(key, ABSENT), two.get(key, ABSENT)


def _change(before: Any, after: Any, manner: Manner) -> Change | None:
    """The change of two objects, None if they are to be compared item by item."""
    if is_array(before) and is_array(after):
        if before.shape != after.shape:
            return _CHANGED
        if isinstance(before, np.ndarray) and before.dtype.hasobject and after.dtype.hasobject:
            return _SAME if before is after else None
        return change_of(before, after, manner.tolerance)
    if isinstance(before, Opaque):
        return _OPAQUE
    if before is after:
        return _SAME
    if isinstance(before, _SCALAR) and isinstance(after, _SCALAR):
        return _scalar_change(before, after, manner.tolerance)
    if type(before) is not type(after):
        return _CHANGED
    if type(before) is list and _same_kind_of_numbers(before, after):
        return change_of(np.asarray(before), np.asarray(after), manner.tolerance)
    if manner.nodes[0].get(id(before), 0) == manner.nodes[1].get(id(after), 1):
        return _SAME
    if manner.any_generator and isinstance(before, _RANDOM):
        return _SAME
    if isinstance(before, set | frozenset):
        if all(isinstance(item, _SCALAR) for item in before ^ after):
            return Change(len(before | after), len(before ^ after))
        return _OPAQUE
    return None


def _same_kind_of_numbers(before: list[Any], after: list[Any]) -> bool:
    """Whether two lists have equally many numbers of one type, and nothing else."""
    kinds = {*map(type, before), *map(type, after)}
    return len(before) == len(after) and kinds in ({float}, {bool})


def _scalar_change(before: Any, after: Any, tolerance: Tolerance) -> Change:
    if isinstance(before, _NUMBER) and isinstance(after, _NUMBER):
        one, two = np.asarray(before), np.asarray(after)
        if tolerance.exact and one.dtype != two.dtype:
            return _CHANGED
        try:
            return change_of(one, two, tolerance)
        except (OverflowError, TypeError):  # integers of any length
            pass
    if before != before and after != after:  # neither is a number, or a time
        return _SAME
    return _SAME if type(before) is type(after) and before == after else _CHANGED


def _place(path: str, value: Any) -> str:
    """The class of what cannot be compared, and where it is."""
    kind = value.kind if isinstance(value, Opaque) else type(value)
    name = f"{kind.__module__}.{kind.__qualname__}"
    return f"{name} in {path}" if path else name


def _items(value: Any) -> Mapping[Any, Any] | None:
    """The items of a container or the state of an object, None if it does not show one."""
    if type(value) is dict:
        return dict(map(_item, value, value.values(), range(len(value))))
    if type(value) in (list, tuple):
        return dict(enumerate(value))
    if isinstance(value, np.ndarray):
        return dict(enumerate(np.ravel(value).tolist()))
    return items_of(value)


class _Key(NamedTuple):
    """A key of a dict by its kind: 1 and 1.0 are two, NaN and NaN are one."""

    kind: type
    key: Any


def _item(key: Any, item: Any, place: int) -> tuple[_Key, Any]:
    """A key and its item; an object that equals no other is known by its place."""
    kind: type = type(key)
    if kind.__hash__ is object.__hash__:
        return _Key(kind, place), (key, item)
    missing = isinstance(key, float | np.floating) and key != key
    return _Key(kind, "nan" if missing else key), item


def _written(key: Any) -> str:
    return repr(key.key if isinstance(key, _Key) else key)
