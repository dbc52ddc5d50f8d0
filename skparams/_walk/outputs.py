"""Whether two results of an estimator's methods are equal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.sparse import issparse


def results_equal(a: Any, b: Any, *, bits: bool = True) -> bool:
    """Whether two results are equal in type, shape and values.

    They may be arrays, sparse matrices, tables, numbers, containers of them, or errors, which are
    equal if their messages are. NaN equals NaN; -0.0 equals 0.0 only without ``bits``.
    """
    if type(a) is not type(b):
        return False
    if isinstance(a, BaseException):
        return str(a) == str(b)
    if isinstance(a, Mapping):
        return results_equal([*a.items()], [*b.items()], bits=bits)
    if isinstance(a, list | tuple):
        pairs = zip(a, b, strict=False)
        return len(a) == len(b) and all(results_equal(x, y, bits=bits) for x, y in pairs)
    if issparse(a):
        return a.format == b.format and results_equal(_entries(a), _entries(b), bits=bits)
    if hasattr(a, "columns"):  # a table of pandas or polars
        one, two = ([(name, np.asarray(table[name])) for name in table.columns] for table in (a, b))
        return results_equal(one, two, bits=bits)
    x, y = np.asarray(a), np.asarray(b)
    if x.dtype != y.dtype or x.shape != y.shape:
        return False
    if x.dtype.hasobject and x.ndim:  # radius_neighbors returns arrays of arrays
        return results_equal(x.ravel().tolist(), y.ravel().tolist(), bits=bits)
    if not x.dtype.hasobject:
        if bits:
            return x.tobytes() == y.tobytes()
        return np.array_equal(x, y, equal_nan=x.dtype.kind in "fc")
    try:
        return bool(a == b or (a != a and b != b))
    except Exception:  # any class's own __eq__ may raise anything
        return False


def _entries(matrix: Any) -> tuple:
    coo = matrix.tocoo()
    return coo.shape, coo.data, *coo.coords
