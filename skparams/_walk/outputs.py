"""An estimator's methods, and whether two results of one are the same, whatever they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy.sparse import issparse

__all__ = ["method_of", "same", "same_bits", "same_numbers"]

Compare = Callable[[np.ndarray, np.ndarray], bool]


def method_of(estimator: Any, name: str) -> Callable[..., Any] | None:
    """Return a method, None where there is none, for whatever reason."""
    try:
        method = getattr(estimator, name)
    except Exception:  # a property, or available_if, raises what the class wants to say
        return None
    return method if callable(method) else None


def same_bits(a: np.ndarray, b: np.ndarray) -> bool:
    """Say whether arrays of one shape and dtype are the same in each bit, NaN and -0.0 too."""
    one, two = (np.ascontiguousarray(x).reshape(-1).view(np.uint8) for x in (a, b))
    return np.array_equal(one, two)


def same_numbers(a: np.ndarray, b: np.ndarray) -> bool:
    """Say whether arrays of one shape and dtype are equal; NaN is NaN, and -0.0 is 0.0."""
    return bool(np.array_equal(a, b, equal_nan=a.dtype.kind in "fc"))


def same(a: Any, b: Any, arrays: Compare = same_bits) -> bool:
    """Say whether two results are the same, in type, shape and values.

    Parameters
    ----------
    a, b : object
        What methods return: arrays, sparse matrices, tables, numbers, lists, tuples and
        dictionaries of them; or errors, which are the same where they say the same.
    arrays : callable, default=same_bits
        Compares two arrays of one shape and dtype that hold no objects.

    Returns
    -------
    bool
        Whether nothing differs.
    """
    if type(a) is not type(b):
        return False
    if isinstance(a, BaseException):
        return str(a) == str(b)
    if isinstance(a, Mapping):
        return a.keys() == b.keys() and all(same(a[key], b[key], arrays) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(lambda x, y: same(x, y, arrays), a, b))
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
        return all(map(lambda x, y: _same_object(x, y, arrays), x.ravel(), y.ravel()))
    return arrays(x, y)


def _same_object(a: Any, b: Any, arrays: Compare) -> bool:
    if isinstance(a, np.ndarray | list | tuple | Mapping):  # radius_neighbors gives such arrays
        return same(a, b, arrays)
    try:
        return type(a) is type(b) and bool(a == b or (a != a and b != b))
    except Exception:  # any class's own code: one that cannot say is not the same
        return False


def _buffers(matrix: Any) -> list[np.ndarray]:
    names = ("data", "indices", "indptr", "row", "col", "offsets")
    held = [getattr(matrix, name, None) for name in names]
    return [each for each in held if isinstance(each, np.ndarray)]
