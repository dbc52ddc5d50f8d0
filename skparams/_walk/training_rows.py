"""Whether a value holds rows of the training data unchanged: their memory, or their numbers."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from scipy.sparse import csr_array, issparse

from skparams._compat import safe_indexing
from skparams._lazy import is_lazy
from skparams._walk.checks import n_rows
from skparams.specs import MAX_ROWS, columns_of

_NUMERIC = "fiubc"
# Objects that are equal only if they are the same text, number or date.
_PLAIN = (str, bytes, int, float, complex, type(None), np.generic, np.datetime64)
_DATE_KINDS = "mM"
_MAX_AXES = 4  # of lists in lists


def shares_memory(value: Any, X: Any) -> bool:
    """Whether a value is X itself, or an array with some of its elements.

    Columns of one table have none in common. Where it would take long to know, it is False.
    """
    a, b = (getattr(each, "data", each) if issparse(each) else each for each in (value, X))
    if value is X or not (isinstance(a, np.ndarray) and isinstance(b, np.ndarray)):
        return value is X
    try:
        return np.shares_memory(a, b, max_work=1000)  # type: ignore[arg-type]
    except np.exceptions.TooHardError:
        return False


def evenly_spaced(X: Any) -> Any:
    """X, or as many of its rows as what takes long looks at, evenly spaced."""
    n = n_rows("X", X)
    if n <= MAX_ROWS:
        return X
    return safe_indexing(X, np.linspace(0, n - 1, MAX_ROWS).astype(int))


def n_training_rows(value: Any, X: Any) -> int | None:
    """How many rows of a value are rows of X, or None if they cannot be compared."""
    return TrainingRows(X).count_in(value)


def table_of(value: Any) -> Any:
    """A value as an array or a sparse matrix with an axis of rows; None if it is neither.

    What is not in memory is not read.
    """
    if is_lazy(value):
        return None
    if issparse(value):
        return value if value.ndim == 2 else None
    columns = columns_of(value)
    if columns is not None:
        return _side_by_side(list(columns.values()))
    if isinstance(value, set | frozenset):
        value = list(value)
    if not (_is_nested(value) if isinstance(value, list | tuple) else hasattr(value, "__array__")):
        return None  # NumPy would look into estimators that have a length
    try:
        array = np.asarray(value)
        if array.dtype.kind in "US":  # numbers beside text have become text
            array = np.asarray(value, dtype=object)
    except Exception:  # rows of several lengths, or another package's object
        return None
    return _plain(array) if array.ndim and array.size else None


def _is_nested(value: Any, depth: int = 0) -> bool:
    """Whether a list holds nothing but plain objects and arrays, at a few levels."""
    return depth < _MAX_AXES and all(
        isinstance(each, (*_PLAIN, np.ndarray))
        or (isinstance(each, list | tuple) and _is_nested(each, depth + 1))
        for each in value
    )


def _side_by_side(columns: list[np.ndarray]) -> np.ndarray | None:
    if not columns:
        return None
    if not all(each.dtype.kind in _NUMERIC for each in columns):
        columns = [each.astype(object) for each in columns]
    return _plain(np.column_stack(columns))


def _plain(array: np.ndarray) -> np.ndarray | None:
    """An array of numbers, or of objects that can be compared; None if it is neither."""
    array = array.reshape(len(array), -1) if array.ndim > 2 else array
    if array.dtype.kind in _NUMERIC:
        return array
    if array.dtype.kind in _DATE_KINDS:
        return array.astype(object)
    if array.dtype.kind != "O" or not all(isinstance(each, _PLAIN) for each in array.flat):
        return None
    try:
        return array.astype(float)
    except (TypeError, ValueError):
        return array


class TrainingRows:
    """Rows of X, to be found in other tables by value, whatever their order and dtype."""

    def __init__(self, X: Any) -> None:
        table = table_of(X)
        self.table = table.reshape(-1, 1) if table is not None and table.ndim == 1 else table
        self.width = 0 if self.table is None else self.table.shape[1]
        self._keys: dict[tuple[str, bool], set[Any]] = {}

    def count_in(self, value: Any) -> int | None:
        """How many rows of a value are rows of X, or None if they cannot be compared."""
        table = table_of(value)
        if table is None or not self.width:
            return None
        width = self.width
        if table.ndim == 1:
            table = table.reshape((-1, 1) if width == 1 else (1, -1))
        # Rows may stand in columns.
        counts = [self._count(each) for each in (table, table.T) if each.shape[1] == width]
        return max(counts) if counts else None

    def _count(self, table: Any) -> int:
        sparse = issparse(table) or issparse(self.table)
        dtypes = [table.dtype, self.table.dtype]
        if any(each.kind == "O" for each in dtypes):
            tries = [] if sparse else [np.dtype(object)]
        elif any(each.kind == "f" for each in dtypes):
            floats = [each for each in dtypes[:1] if each.kind == "f" and each.itemsize <= 8]
            # Rows that were float32 for a while are equal in float32.
            tries = [*(floats or [np.dtype(float)]), np.dtype(np.float32)]
        else:
            tries = [np.dtype(complex if "c" in {each.kind for each in dtypes} else float)]
            tries = [np.dtype(np.int64)] if {each.kind for each in dtypes} <= {*"iub"} else tries
        for dtype in tries:
            kind = (dtype.str, sparse)
            if kind not in self._keys:
                self._keys[kind] = set(_keys(self.table, dtype, sparse))
            known = self._keys[kind]
            if n := sum(key in known for key in _keys(table, dtype, sparse)):
                return n
        return 0


def _keys(table: Any, dtype: np.dtype, sparse: bool) -> list[Any]:
    """One hashable object for each row, the same for rows that are equal."""
    with np.errstate(all="ignore"):
        if sparse:
            return _sparse_keys(csr_array(table, dtype=dtype, copy=True))
        table = np.ascontiguousarray(table.astype(dtype))
        if dtype.kind == "O":
            return [tuple(None if item != item else item for item in row) for row in table.tolist()]
        table += 0  # which makes -0.0 a 0.0
        if dtype.kind in "fc":
            table[np.isnan(table)] = np.nan
    return table.view(np.dtype((np.void, dtype.itemsize * table.shape[1]))).ravel().tolist()


def _sparse_keys(table: csr_array) -> list[Any]:
    table.sum_duplicates()
    table.eliminate_zeros()
    ends = table.indptr.tolist()
    indices = table.indices.astype(np.int64)
    return [
        (indices[start:end].tobytes(), table.data[start:end].tobytes())
        for start, end in pairwise(ends)
    ]
