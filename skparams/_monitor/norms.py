"""Numbers of arrays that lie one after another in a flat one: norms, histograms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from scipy.linalg.blas import dnrm2

from skparams._walk import stored_in


def flatten(arrays: Iterable[Any]) -> np.ndarray:
    """The stored numbers of arrays and sparse matrices as floats, complex ones as two each."""
    return np.concatenate([_real(array) for array in arrays], dtype=np.float64, casting="unsafe")


def _real(array: Any) -> np.ndarray:
    numbers = stored_in(array).ravel()
    if numbers.dtype.kind != "c":
        return numbers
    return numbers.astype(np.complex128).view(np.float64)


def n_floats(array: Any) -> int:
    """How many floats `flatten` makes of an array."""
    stored = stored_in(array)
    return int(stored.size) * (2 if stored.dtype.kind == "c" else 1)


def norms_of(numbers: np.ndarray, starts: np.ndarray) -> list[float]:
    """The Euclidean norm of each piece of an array; squares that overflow do not matter."""
    return [float(dnrm2(piece)) for piece in np.split(numbers, starts[1:])]


def histograms_of(flat: np.ndarray, starts: np.ndarray, bins: int) -> tuple[Any, Any]:
    """Counts in bins of equal width, and the ends, of the finite numbers of each piece."""
    counts = np.zeros((len(starts), bins), np.int64)
    ends = np.full((len(starts), 2), np.nan)
    for i, piece in enumerate(np.split(flat, starts[1:])):
        finite = piece[np.isfinite(piece)]
        if finite.size:
            ends[i] = finite.min(), finite.max()
            counts[i] = _counts(finite, ends[i, 0], ends[i, 1], bins)
    return counts, ends


def _counts(numbers: np.ndarray, low: float, high: float, bins: int) -> np.ndarray:
    if low == high:  # all in the middle bin
        return np.where(np.arange(bins) == bins // 2, numbers.size, 0)
    # Halves, as the whole range may overflow.
    share = (numbers / 2 - low / 2) / (high / 2 - low / 2)
    return np.bincount(np.minimum((share * bins).astype(np.int64), bins - 1), minlength=bins)
