"""Statistics of arrays of any size, in one pass over blocks that stay in the processor's cache."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import Any

import numpy as np

from skparams._records import Stats
from skparams._walk import BLOCK, blocks, buffer, dot, exponent_of, in_range, scaled


def measure(numbers: Any) -> Stats | None:
    """The statistics of an array or a sparse matrix, None if it is not numeric.

    Sums are float64, or longdouble for longdouble. Statistics of complex numbers are those of
    their absolute values. The zeros that a sparse matrix does not store count as others do.
    """
    array, n_implied = _stored(numbers)
    if array.dtype.kind not in "biufc":
        return None
    with np.errstate(all="ignore"):
        sums = _sums(array, 0)
        largest = max(abs(sums.min), abs(sums.max)) if sums.n else 0
        if largest and not in_range(float(largest) * float(largest)):
            sums = _sums(array, exponent_of(largest))
        if n_implied:
            sums.add_zeros(n_implied)
        return sums.stats()


def count_nonfinite(numbers: Any) -> tuple[int, int]:
    """Count the numbers that are NaN and those that are infinite."""
    array, _ = _stored(numbers)
    n_nan = n_infinite = 0
    if array.dtype.kind in "fc":
        for (block,) in blocks(array):
            n_nan += int(np.count_nonzero(np.isnan(block)))
            n_infinite += int(np.count_nonzero(np.isinf(block)))
    return n_nan, n_infinite


def may_be_nonfinite(arrays: Iterable[Any]) -> list[bool]:
    """Whether each array may hold NaN or infinity, judged by its sum.

    A sum of finite numbers may overflow, but no other number makes a finite sum.
    """
    with np.errstate(all="ignore"):
        return [not _has_finite_sum(_stored(numbers)[0]) for numbers in arrays]


def _has_finite_sum(array: np.ndarray) -> bool:
    if array.dtype.kind not in "fc":
        return True
    if array.size <= BLOCK:
        return bool(np.isfinite(np.add.reduce(array, axis=None)))
    return all(np.isfinite(np.add.reduce(block)) for (block,) in blocks(array))


def _sums(array: np.ndarray, exponent: int) -> _Sums:
    sums = _Sums(array, exponent)
    for (block,) in blocks(array):
        sums.add(block)
    return sums


def _stored(numbers: Any) -> tuple[np.ndarray, int]:
    """The stored numbers, and how many zeros are not stored."""
    if isinstance(numbers, np.ndarray):
        return np.asarray(numbers), 0
    if numbers.format not in ("csr", "csc", "bsr"):  # duplicates, padding or Python objects
        numbers = numbers.tocsr()
    return numbers.data, prod(numbers.shape) - numbers.data.size


class _Sums:
    """Running count, mean and sum of squared deviations, extremes, zeros and non-finite numbers.

    The deviations in a block are taken from the mean of those before it, and the blocks are merged
    as by Chan, Golub and LeVeque. ``mean`` is relative to ``origin``, the first block's mean, so
    that a large offset costs no digits. All but the extremes are of the numbers over
    ``2**exponent``.
    """

    def __init__(self, array: np.ndarray, exponent: int) -> None:
        self.n = self.zeros = self.nonfinite = 0
        self.min: Any = np.inf
        self.max: Any = -np.inf
        self.origin: Any = 0.0
        self.mean: Any = 0.0
        self.squares: Any = 0.0
        self._exponent = exponent
        self._floating = array.dtype.kind in "fc"
        dtype = array.real.dtype if self._floating else np.float64
        self._deviations = buffer(array, np.result_type(dtype, np.float64))
        self._flags = buffer(array, np.bool)

    def add(self, block: np.ndarray) -> None:
        if block.dtype.kind == "c":
            block = np.abs(block, dtype=self._deviations.dtype)
        low, high = np.minimum.reduce(block), np.maximum.reduce(block)
        # Both are NaN if any number is.
        if self._floating and not (np.isfinite(low) and np.isfinite(high)):
            finite = block[np.isfinite(block)]
            self.nonfinite += block.size - finite.size
            if finite.size:
                self.add(finite)
            return
        self.min, self.max = min(self.min, low), max(self.max, high)
        if low <= 0 <= high:
            flags = np.equal(block, 0, out=self._flags[: block.size])
            self.zeros += int(np.count_nonzero(flags))
        deviations = self._deviations[: block.size]
        if self._exponent:
            deviations[...] = block
            block = scaled(deviations, -self._exponent)
        if not self.n:
            self.origin = np.add.reduce(block, dtype=deviations.dtype) / block.size
        shift = self.origin + self.mean
        np.subtract(block, shift, out=deviations)
        self._merge(block.size, shift, np.add.reduce(deviations), dot(deviations, deviations))

    def _merge(self, n: int, shift: Any, total: Any, squares: Any) -> None:
        """Add n numbers, given the sums of their deviations from a value and of the squares."""
        offset = total / n
        between = (shift - self.origin) - self.mean + offset
        self.squares += max(squares - total * offset, 0.0)
        self.squares += between * between * (self.n / (self.n + n)) * n
        self.n += n
        self.mean += between * (n / self.n)

    def add_zeros(self, n: int) -> None:
        """Add n zeros."""
        self._merge(n, 0.0, 0.0, 0.0)
        self.zeros += n
        self.min, self.max = min(self.min, 0.0), max(self.max, 0.0)

    def stats(self) -> Stats:
        """The statistics of what was added."""
        if not self.n:
            return Stats(None, None, None, None, None, self.zeros, self.nonfinite)
        # Neither part of the sum of squares is negative, so that no digits are lost.
        mean = self.origin + self.mean
        std = np.sqrt(self.squares / self.n)
        norm = np.sqrt(self.squares + self.n * (mean * mean))
        mean, std, norm = (float(np.ldexp(each, self._exponent)) for each in (mean, std, norm))
        return Stats(float(self.min), float(self.max), mean, std, norm, self.zeros, self.nonfinite)
