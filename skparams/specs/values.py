"""Read attributes without running properties, and values without calling ``bool()``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache, partial
from logging import Logger
from pathlib import PurePath
from re import Pattern
from threading import Lock, RLock
from types import BuiltinFunctionType, FunctionType, MemberDescriptorType, MethodType, ModuleType
from typing import Any, NamedTuple
from weakref import ProxyTypes, ref

import numpy as np
from joblib import Memory
from scipy.sparse import issparse

from skparams._lazy import is_lazy
from skparams.specs.registry import has_spec
from skparams.specs.tables import columns_of

_NUMBER = (int, float, complex, np.number)
_ARRAY = (np.ndarray, np.generic)
_CONTAINER = (list, tuple, dict, np.ndarray)
_PLAIN = frozenset(_CONTAINER)  # and no class derived from these
_TEXT_OR_FLAG = (str, bytes, bool, type, set, frozenset, range, slice, ModuleType)
_RANDOM = (np.random.RandomState, np.random.Generator)
_FUNCTION = (FunctionType, BuiltinFunctionType, MethodType, np.ufunc, type(np.sum))
_TOOLS = (type(Lock()), type(RLock()), Logger, Memory, Pattern, PurePath, date, timedelta, ref)
_NO_NUMBERS = (*_TEXT_OR_FLAG, *_RANDOM, *_FUNCTION, *_TOOLS, np.bool, np.str_, np.bytes_)

_PROXIES = frozenset(ProxyTypes)
# Values passed to a training hook, which scikit-learn copies with an estimator: its callbacks.
HOOKS = frozenset(
    ["_skl_callbacks", "_skl_callbacks_to_teardown", "_parent_callback_ctx", "_callback_fit_ctx"]
)

_HEAP_TYPE = 1 << 9  # of type.__flags__: a class written in Python, as most are

_MAX_DEPTH = 50  # levels of containers, within what Python can recurse


def is_estimator(value: Any) -> bool:
    """Whether a value is an instance with ``fit`` and ``get_params``, or has a Spec."""
    cls: type = type(value)
    return not isinstance(value, type) and _makes_estimators(cls)


@lru_cache(maxsize=4096)
def _makes_estimators(cls: type) -> bool:
    return (hasattr(cls, "fit") and hasattr(cls, "get_params")) or has_spec(cls)


def attributes_of(value: Any) -> dict[str, Any]:
    """Return what an object holds, in ``__dict__`` and in ``__slots__``, without ``HOOKS``.

    A class whose attributes are only there once they have been read has ``__skparams_ready__``,
    which returns an object that has them.
    """
    cls: type = type(value)
    if hasattr(cls, "__skparams_ready__"):
        value = cls.__skparams_ready__(value)
        cls = type(value)
    held = dict(getattr(value, "__dict__", ()))
    if not _PROXIES.isdisjoint(map(type, held.values())):  # a dead one raises on any access
        held = {name: item for name, item in held.items() if type(item) not in _PROXIES}
    if not HOOKS.isdisjoint(held):
        held = {name: item for name, item in held.items() if name not in HOOKS}
    for name, member in _slots_of(cls):
        try:
            held[name] = member.__get__(value)
        except AttributeError:  # a slot without a value
            continue
    return held


@lru_cache(maxsize=1024)
def _slots_of(cls: type) -> tuple[tuple[str, MemberDescriptorType], ...]:
    return tuple(
        (name, member)
        for base in cls.__mro__
        for name, member in vars(base).items()
        if isinstance(member, MemberDescriptorType)
    )


def templates_in(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the path and the estimator for those that a constructor argument holds.

    As in scikit-learn, an estimator, a list of estimators, or a list of (name, estimator).
    """
    if is_estimator(value):
        yield path, value
    elif isinstance(value, list | tuple):
        for i, item in enumerate(value):
            if is_estimator(item):
                yield f"{path}[{i}]", item
            elif _is_named(item):
                yield item[0], item[1]


class _Inside(NamedTuple):
    """Where a search is: how many containers it is in, and which ones it has looked into."""

    depth: int
    visited: dict[int, Any]  # the values by their identities, which no other value gets meanwhile

    def items(self, path: str, value: Any) -> Iterable[tuple[str, Any]]:
        """The path and the value of each item, nothing the second time or too deep."""
        if id(value) in self.visited or self.depth >= _MAX_DEPTH:
            return ()
        self.visited[id(value)] = value
        return items_of(path, value)

    def deeper(self) -> _Inside:
        """The place in the items."""
        return _Inside(self.depth + 1, self.visited)


def estimators_in(
    path: str, value: Any, *, objects: bool = False, inside: _Inside | None = None
) -> Iterator[tuple[str, Any]]:
    """Yield the path and the estimator for those in lists, arrays and dicts, at any depth.

    With ``objects``, unknown objects are looked into too.
    """
    if is_estimator(value):
        yield path, value
    elif _is_named(value):
        yield value[0], value[1]
    elif isinstance(value, _CONTAINER) or (objects and not holds_no_numbers(value)):
        inside = inside or _Inside(0, {})
        for name, item in inside.items(path, value):
            yield from estimators_in(name, item, objects=objects, inside=inside.deeper())


def leaves_in(
    path: str, value: Any, *, objects: bool = False, inside: _Inside | None = None
) -> Iterator[tuple[str, Any]]:
    """Yield the path and the value of each array and number, and of each unknown object.

    A list of numbers is one leaf, and so is each column of numbers in a table. With ``objects``,
    unknown objects are looked into, and stay unknown where they hide something. A container that is
    held twice is looked into once, as objects may hold each other in very many ways.
    """
    if _is_numeric(value) or (isinstance(value, list | tuple) and _all_numbers(value)):
        yield path, value
        return
    if type(value) not in _PLAIN:  # which nearly all are that a search keeps of its candidates
        if is_estimator(value) or (holds_no_numbers(value) and not (objects and _is_blob(value))):
            return
        if (columns := columns_of(value)) is not None:
            for name, column in columns.items():
                yield from leaves_in(path if name == "" else f"{path}[{name!r}]", column)
            return
        if not (isinstance(value, _CONTAINER) or (objects and not _hides_state(value))):
            yield path, value
            return
    inside = inside or _Inside(0, {})
    if inside.depth >= _MAX_DEPTH:
        yield path, _TooDeep()
    for name, item in inside.items(path, value):
        yield from leaves_in(name, item, objects=objects, inside=inside.deeper())


def texts_in(path: str, value: Any, inside: _Inside | None = None) -> Iterator[tuple[str, Any]]:
    """Yield the path and the value of what ``leaves_in`` leaves out: text, flags, functions.

    A container that holds nothing else is one value.
    """
    if holds_no_numbers(value):
        if value is not None or inside:  # an attribute that is None is one that is not there
            yield path, value
    elif isinstance(value, _CONTAINER) and not (
        isinstance(value, list | tuple) and _all_numbers(value)
    ):
        inside = inside or _Inside(0, {})
        items = list(inside.items(path, value))
        if items and all(holds_no_numbers(item) for _, item in items):
            yield path, value
            return
        for name, item in items:
            yield from texts_in(name, item, inside.deeper())


def rebuilt(path: str, value: Any, new: Mapping[str, Any]) -> Any:
    """Return a value with the leaves at some paths replaced; containers are new ones."""
    if path in new:
        return _like(value, new[path])
    if isinstance(value, dict):
        return {key: rebuilt(f"{path}[{key!r}]", item, new) for key, item in value.items()}
    if isinstance(value, list | tuple):
        items = [rebuilt(f"{path}[{i}]", item, new) for i, item in enumerate(value)]
        return items if isinstance(value, list) else tuple(items)
    if isinstance(value, np.ndarray) and value.dtype.kind == "O":
        copy = np.empty_like(value)
        for index, item in np.ndenumerate(value):
            copy[index] = rebuilt(f"{path}[{', '.join(map(str, index))}]", item, new)
        return copy
    return value


def holds_no_numbers(value: Any) -> bool:
    """Whether a value is None, text, a flag, a class, a function or a generator of numbers."""
    return (
        value is None
        or isinstance(value, _NO_NUMBERS)
        or (isinstance(value, np.ndarray) and value.dtype.kind in "SUV" and not value.dtype.names)
    )


class _TooDeep:
    """Stands for what is nested too deep to be looked at."""


def _is_blob(value: Any) -> bool:
    """Whether a value is bytes, in which a library may keep a whole model."""
    return isinstance(value, bytes) and len(value) > 0


def _hides_state(value: Any) -> bool:
    """Whether an object holds more than its attributes show, or all of it, as compiled ones do."""
    if is_lazy(value):
        return True
    cls: type = type(value)
    shown = attributes_of(value).keys()
    compiled = any(not base.__flags__ & _HEAP_TYPE for base in cls.__mro__[:-1])
    if cls is partial or (shown and not compiled):
        return False
    try:  # what pickle would store beside the attributes
        _, arguments, state, *items = value.__reduce_ex__(4)
    except Exception:  # it has no state, is written in C++, or holds such an object
        return True
    more = state is not None and not (isinstance(state, dict) and state.keys() <= shown)
    return more or any(each is not cls for each in arguments) or any(items)


def _is_named(value: Any) -> bool:
    """Whether a value is a (name, estimator, …) tuple, as pipelines have."""
    return (
        isinstance(value, tuple)
        and len(value) >= 2
        and isinstance(value[0], str)
        and is_estimator(value[1])
    )


def is_number(value: Any) -> bool:
    """Whether a value is a single number."""
    return isinstance(value, _NUMBER) and not isinstance(value, bool)


def _is_numeric(value: Any) -> bool:
    if is_number(value):
        return True
    if isinstance(value, _ARRAY) or issparse(value):
        return value.dtype.kind in "biufcmM" or value.dtype.names is not None
    return False


def _all_numbers(values: list[Any] | tuple[Any, ...]) -> bool:
    return len(values) > 0 and all(isinstance(item, _NUMBER) for item in values)


def items_of(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the path and the value of each item of a container, or of each attribute."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield f"{path}[{key!r}]", item
    elif isinstance(value, list | tuple):
        for i, item in enumerate(value):
            yield f"{path}[{i}]", item
    elif isinstance(value, np.ndarray):
        for index, item in np.ndenumerate(value) if value.dtype.kind == "O" else ():
            yield f"{path}[{', '.join(map(str, index))}]", item
    else:
        for name, item in attributes_of(value).items():
            yield f"{path}.{name}", item


def _like(old: Any, new: Any) -> Any:
    """Return an array as the kind of value that it replaces: array, scalar, list or tuple."""
    if isinstance(old, np.ndarray) or issparse(old):
        return new
    if isinstance(old, list | tuple):
        return type(old)(new.tolist())
    return new.dtype.type(new) if isinstance(old, np.generic) else type(old)(new)
