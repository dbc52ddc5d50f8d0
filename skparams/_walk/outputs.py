"""Whether two results of an estimator's methods are equal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy.sparse import issparse

__all__ = ["equal_bits", "equal_values", "results_equal"]

Compare = Callable[[np.ndarray, np.ndarray], bool]


def equal_bits(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether arrays of one shape and dtype have the same bits, NaN and -0.0 included."""
    one, two = (np.ascontiguousarray(x).reshape(-1).view(np.uint8) for x in (a, b))
    return np.array_equal(one, two)


def equal_values(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether arrays of one shape and dtype are equal; NaN equals NaN, and -0.0 equals 0.0."""
    return bool(np.array_equal(a, b, equal_nan=a.dtype.kind in "fc"))


def results_equal(a: Any, b: Any, arrays: Compare = equal_bits) -> bool:
    """Whether two results are equal in type, shape and values; ``arrays`` compares arrays.

    They may be arrays, sparse matrices, tables, numbers, containers of them, or errors, which are
    equal if their messages are.
    """
    if type(a) is not type(b):
        return False
    if isinstance(a, BaseException):
        return str(a) == str(b)
    if isinstance(a, Mapping):
        return results_equal([*a.items()], [*b.items()], arrays)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(
            results_equal(x, y, arrays) for x, y in zip(a, b, strict=True)
        )
    if issparse(a):
        return a.format == b.format and results_equal(_entries(a), _entries(b), arrays)
    if hasattr(a, "columns"):  # a table of pandas or polars
        one, two = ([(name, np.asarray(table[name])) for name in table.columns] for table in (a, b))
        return results_equal(one, two, arrays)
    x, y = np.asarray(a), np.asarray(b)
    if x.dtype != y.dtype or x.shape != y.shape:
        return False
    if not x.dtype.hasobject:
        return arrays(x, y)
    if x.ndim:  # radius_neighbors returns arrays of arrays
        return results_equal(x.ravel().tolist(), y.ravel().tolist(), arrays)
    try:
        return bool(a == b or (a != a and b != b))
    except Exception:  # any class's own __eq__ may raise anything
        return False


def _entries(matrix: Any) -> tuple:
    coo = matrix.tocoo()
    return coo.shape, coo.data, coo.row, coo.col
