"""What an attribute holds that no Spec describes, by path: all of it, once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.sparse import issparse

from skparams._diff.states import attributes_in
from skparams.specs import holds_no_numbers, is_estimator, is_number

_MAX_DEPTH = 6
_KEYS = (str, bytes, int, float, tuple, np.generic)


def pieces(
    path: str, value: Any, visited: dict[int, Any], depth: int = 0
) -> Iterator[tuple[str, Any]]:
    """Yield all that a value holds, by path.

    A list of numbers is one piece, as is a container in which no number is, and what was met
    before or is deep inside other values.
    """
    if value is None and not depth:  # an attribute that is None is one that is not there
        return
    items = {} if id(value) in visited or depth == _MAX_DEPTH else _items(path, value)
    if all(map(holds_no_numbers, items.values())):
        yield path, value
        if is_list(value):  # of which the numbers are compared as those of an array
            yield f"{path}.__class__", type(value)
        return
    visited[id(value)] = value
    for inner, item in items.items():
        yield from pieces(inner, item, visited, depth + 1)


def _items(path: str, value: Any) -> dict[str, Any]:
    """What a container or an object of Python holds and is, by path; nothing of other values."""
    if isinstance(value, np.ndarray):
        items = np.ndenumerate(value) if _is_container(value) else ()
        return {f"{path}[{', '.join(map(str, at))}]": item for at, item in items}
    if type(value) is dict:
        if not all(isinstance(key, _KEYS) for key in value):
            return {}
        inner = {f"{path}[{key!r}]": item for key, item in value.items()}
        return {f"{path}.keys()": [*map(repr, value)], **inner} if value else {}
    if isinstance(value, list | tuple):
        shown = _is_container(value) and not is_list(value)
        return {f"{path}[{i}]": item for i, item in enumerate(value)} if shown else {}
    if is_number(value) or holds_no_numbers(value) or issparse(value) or is_estimator(value):
        return {}
    attributes = attributes_in(value) or {}
    inner = {f"{path}.{name}": item for name, item in attributes.items()}
    return {f"{path}.__class__": type(value), **inner} if inner else {}


def _is_container(value: Any) -> bool:
    """Whether a value holds items and nothing else, unlike a ``defaultdict``."""
    return holds_items(value) and type(value) in (list, tuple, dict, np.ndarray)


def holds_items(value: Any) -> bool:
    of_objects = isinstance(value, np.ndarray) and value.dtype.kind == "O"
    return isinstance(value, list | tuple | dict) or (of_objects and value.ndim > 0)


def is_list(value: Any) -> bool:
    """Whether a value is a list of numbers."""
    return isinstance(value, list | tuple) and bool(value) and all(map(is_number, value))
