"""Whether an array holds samples of the training data unchanged."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import issparse


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


def n_training_rows(value: Any, X: Any) -> int | None:
    """How many rows of an array are rows of X, or None if they cannot be compared."""
    if issparse(value) or issparse(X):
        return None
    array, rows = np.asarray(value), np.asarray(X)
    if array.ndim not in (1, 2) or rows.ndim != 2 or array.shape[-1] != rows.shape[1]:
        return None
    if array.dtype.kind not in "fiu" or rows.dtype.kind not in "fiub":
        return None
    known = {row.tobytes() for row in rows.astype(array.dtype)}
    return sum(row.tobytes() in known for row in np.atleast_2d(array))
