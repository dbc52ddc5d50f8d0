"""Whether an array holds rows of the training data as they were given."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["rows_of", "shares_memory"]


def shares_memory(value: Any, X: Any) -> bool:
    """Whether a value is X itself, or an array in the same memory."""
    arrays = [
        getattr(each, "data", each) if hasattr(each, "tocsr") else each for each in (value, X)
    ]
    both = all(isinstance(each, np.ndarray) for each in arrays)
    return value is X or (both and np.may_share_memory(*arrays))


def rows_of(value: Any, X: Any) -> int | None:
    """Return how many rows of an array are rows of X; None if they cannot be compared."""
    if hasattr(value, "tocsr") or hasattr(X, "tocsr"):
        return None
    held, given = np.asarray(value), np.asarray(X)
    if held.ndim not in (1, 2) or given.ndim != 2 or held.shape[-1] != given.shape[1]:
        return None
    if held.dtype.kind not in "fiu" or given.dtype.kind not in "fiub":
        return None
    known = {row.tobytes() for row in given.astype(held.dtype)}
    return sum(row.tobytes() in known for row in np.atleast_2d(held))
