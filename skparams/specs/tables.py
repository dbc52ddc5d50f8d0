"""Tables and columns of pandas, polars and pyarrow, as arrays; none of them is imported."""

from __future__ import annotations

from typing import Any

import numpy as np

_PACKAGES = frozenset(["pandas", "polars", "pyarrow"])


def columns_of(value: Any) -> dict[Any, np.ndarray] | None:
    """Return the columns of a table by name, of a single column under ``""``; else None.

    The index of pandas is not among them, see ``index_of``.
    """
    package = type(value).__module__.partition(".")[0]
    if package not in _PACKAGES:
        return None
    try:
        if package == "pandas":
            return _pandas(value)
        if hasattr(value, "column_names"):  # a table of pyarrow
            return {n: _array(value.column(n)) for n in value.column_names}
        if hasattr(value, "columns"):
            return {name: _array(value.get_column(name)) for name in value.columns}
        return {"": _array(value)} if hasattr(value, "to_numpy") else None
    except Exception:  # another package's code: what it cannot show is no table
        return None


def index_of(value: Any) -> np.ndarray | None:
    """Return the index of a table or a column of pandas, None where there is none."""
    index = getattr(value, "index", None)
    if type(value).__module__.partition(".")[0] != "pandas" or not hasattr(index, "to_numpy"):
        return None
    return _array(index)


def _pandas(value: Any) -> dict[Any, np.ndarray] | None:
    if hasattr(value, "iterrows"):
        return {name: _array(value.iloc[:, i]) for i, name in enumerate(value.columns)}
    return {"": _array(value)} if getattr(value, "ndim", 0) == 1 else None


def _array(column: Any) -> np.ndarray:
    """Return a column's values, a view where there is one; missing numbers are NaN."""
    array = np.asarray(column.to_numpy())
    if array.dtype.kind != "O":
        return array
    items = [None if _is_missing(item) else item for item in array.tolist()]
    numbers = [item for item in items if item is not None]
    if not numbers or not all(isinstance(item, int | float) for item in numbers):
        return _objects(items)
    if any(isinstance(item, int) and abs(item) > 1 << 53 for item in numbers):
        return _objects(items)  # a float would round them
    return np.array([np.nan if item is None else item for item in items])


def _is_missing(item: Any) -> bool:
    return type(item).__name__ in ("NAType", "NaTType")


def _objects(items: list[Any]) -> np.ndarray:
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array
