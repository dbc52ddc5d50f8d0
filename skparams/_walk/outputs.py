"""Whether two results of an estimator's methods are the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy.sparse import issparse

__all__ = ["method_of", "same", "same_bits", "same_numbers"]

Compare = Callable[[np.ndarray, np.ndarray], bool]


def method_of(estimator: Any, name: str) -> Callable[..., Any] | None:
    """Return a method, or None if it cannot be had, whatever the reason."""
    try:
        method = getattr(estimator, name)
    except Exception:  # a property, or available_if, raises what the class wants to say
        return None
    return method if callable(method) else None


def same_bits(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether arrays of one shape and dtype have the same bits, NaN and -0.0 included."""
    one, two = (np.ascontiguousarray(x).reshape(-1).view(np.uint8) for x in (a, b))
    return np.array_equal(one, two)


def same_numbers(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether arrays of one shape and dtype are equal; NaN equals NaN, and -0.0 equals 0.0."""
    return bool(np.array_equal(a, b, equal_nan=a.dtype.kind in "fc"))


def same(a: Any, b: Any, arrays: Compare = same_bits) -> bool:
    """Whether two results are the same in type, shape and values; ``arrays`` compares arrays.

    They may be arrays, sparse matrices, tables, numbers, containers of them, or errors, which are
    the same if their messages are.
    """
    if type(a) is not type(b):
        return False
    if isinstance(a, BaseException):
        return str(a) == str(b)
    if isinstance(a, Mapping):
        return a.keys() == b.keys() and all(same(a[key], b[key], arrays) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(same(x, y, arrays) for x, y in zip(a, b, strict=True))
    if issparse(a):
        alike = a.format == b.format and a.shape == b.shape
        return alike and same(_buffers(a), _buffers(b), arrays)
    if hasattr(a, "columns"):  # a table of pandas or polars
        return list(a.columns) == list(b.columns) and all(
            same(np.asarray(a[name]), np.asarray(b[name]), arrays) for name in a.columns
        )
    x, y = np.asarray(a), np.asarray(b)
    if x.dtype != y.dtype or x.shape != y.shape:
        return False
    if x.dtype.hasobject:
        return all(_same_object(v, w, arrays) for v, w in zip(x.ravel(), y.ravel(), strict=True))
    return arrays(x, y)


def _same_object(a: Any, b: Any, arrays: Compare) -> bool:
    if isinstance(a, np.ndarray | list | tuple | Mapping):  # radius_neighbors gives such arrays
        return same(a, b, arrays)
    try:
        return type(a) is type(b) and bool(a == b or (a != a and b != b))
    except Exception:  # any class's own __eq__
        return False


def _buffers(matrix: Any) -> list[np.ndarray]:
    names = ("data", "indices", "indptr", "row", "col", "offsets")
    held = [getattr(matrix, name, None) for name in names]
    return [each for each in held if isinstance(each, np.ndarray)]
