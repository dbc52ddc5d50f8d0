"""Statistics of arrays of any size, in one pass over blocks that stay in the processor's cache."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import prod
from typing import Any

import numpy as np

from skparams._records import Stats

__all__ = ["count_nonfinite", "may_be_nonfinite", "measure"]

# Numbers in a block: as float64 half a megabyte. Its sums are taken by NumPy and einsum, not by
# BLAS, whose threads would cut it elsewhere; so results do not depend on threads.
_BLOCK = 1 << 16
# Powers of two beyond which squares of float64 overflow, or underflow.
_LARGEST, _SMALLEST = 2.0**480, 2.0**-480


def measure(numbers: Any) -> Stats | None:
    """Return the statistics of an array or a sparse matrix, without a copy of it.

    Sums are float64, or longdouble for longdouble. Of complex numbers, the statistics are those
    of their absolute values.

    Parameters
    ----------
    numbers : ndarray or sparse matrix
        The zeros that a sparse matrix does not store count as others do.

    Returns
    -------
    Stats or None
        None where the array does not hold numbers: objects, records, dates.
    """
    array, n_implied = _stored(numbers)
    if array.dtype.kind not in "biufc":
        return None
    with np.errstate(all="ignore"):
        sums = _Sums(array, 0)
        largest = max(abs(sums.min), abs(sums.max)) if sums.n else 0
        if largest > _LARGEST or 0 < largest < _SMALLEST:
            sums = _Sums(array, int(np.frexp(largest)[1]))
        if n_implied:
            sums.add_zeros(n_implied)
        return sums.stats()


def count_nonfinite(numbers: Any) -> tuple[int, int]:
    """Count the numbers that are NaN and those that are infinite.

    Parameters
    ----------
    numbers : ndarray or sparse matrix
        Of what is not floating, none is.

    Returns
    -------
    n_nan, n_infinite : int
        How many there are.
    """
    array, _ = _stored(numbers)
    n_nan = n_infinite = 0
    if array.dtype.kind in "fc":
        for block in _blocks(array):
            n_nan += int(np.count_nonzero(np.isnan(block)))
            n_infinite += int(np.count_nonzero(np.isinf(block)))
    return n_nan, n_infinite


def may_be_nonfinite(arrays: Iterable[Any]) -> list[bool]:
    """Say of each array whether a number in it may be NaN or infinite, by a sum.

    A sum of finite numbers may overflow, but no other number makes a finite sum.

    Parameters
    ----------
    arrays : iterable of ndarray or sparse matrix
        Any number of them, of any dtype.

    Returns
    -------
    list of bool
        False where all numbers are finite.
    """
    with np.errstate(all="ignore"):
        return [not _has_finite_sum(_stored(numbers)[0]) for numbers in arrays]


def _has_finite_sum(array: np.ndarray) -> bool:
    if array.dtype.kind not in "fc":
        return True
    if array.size <= _BLOCK:
        return bool(np.isfinite(np.add.reduce(array, axis=None)))
    return all(np.isfinite(np.add.reduce(block)) for block in _blocks(array))


def _stored(numbers: Any) -> tuple[np.ndarray, int]:
    """Return the stored numbers, and how many zeros stand beside them."""
    if isinstance(numbers, np.ndarray):
        return np.asarray(numbers), 0
    if numbers.format not in ("csr", "csc", "bsr"):  # duplicates, padding or Python objects
        numbers = numbers.tocsr()
    return numbers.data, prod(numbers.shape) - numbers.data.size


def _blocks(array: np.ndarray) -> Iterator[np.ndarray]:
    """Yield flat pieces in the order of memory: views, or small copies where it has gaps."""
    if array.size <= _BLOCK:
        if array.size:
            yield array.ravel(order="K")
        return
    yield from np.nditer(
        array, ["external_loop", "buffered"], ["readonly"], order="K", buffersize=_BLOCK
    )


class _Sums:
    """Running count, mean and sum of squared deviations, extremes, zeros and non-finite numbers.

    The deviations in a block are taken from the mean of those before it, and the block's are merged
    as by Chan, Golub and LeVeque. ``mean`` is relative to ``origin``, the first block's mean. So a
    large offset costs no digits. All but the extremes is of the numbers divided by ``2**exponent``.
    """

    def __init__(self, array: np.ndarray, exponent: int) -> None:
        self.n = self.zeros = self.nonfinite = 0
        self.min: Any = np.inf
        self.max: Any = -np.inf
        self.origin: Any = 0.0
        self.mean: Any = 0.0
        self.squares: Any = 0.0
        self._exponent = exponent
        floating = array.dtype.kind in "fc"
        dtype = np.result_type(array.real.dtype if floating else np.float64, np.float64)
        size = min(array.size, _BLOCK)
        self._deviations, self._flags = np.empty(size, dtype), np.empty(size, np.bool)
        for block in _blocks(array):
            if array.dtype.kind == "c":
                block = np.abs(block, dtype=dtype)
            self._add(block, floating)

    def _add(self, block: np.ndarray, floating: bool) -> None:
        low, high = np.minimum.reduce(block), np.maximum.reduce(block)
        # Both are NaN if any number is.
        if floating and not (np.isfinite(low) and np.isfinite(high)):
            finite = block[np.isfinite(block)]
            self.nonfinite += block.size - finite.size
            if finite.size:
                self._add(finite, floating)
            return
        self.min, self.max = min(self.min, low), max(self.max, high)
        if low <= 0 <= high:
            flags = np.equal(block, 0, out=self._flags[: block.size])
            self.zeros += int(np.count_nonzero(flags))
        deviations = self._deviations[: block.size]
        if self._exponent:
            deviations[...] = block
            block = np.ldexp(deviations, -self._exponent, out=deviations)
        if not self.n:
            self.origin = np.add.reduce(block, dtype=deviations.dtype) / block.size
        about = self.origin + self.mean
        np.subtract(block, about, out=deviations)
        self._merge(
            block.size, about, np.add.reduce(deviations), np.einsum("i,i->", deviations, deviations)
        )

    def _merge(self, n: int, about: Any, total: Any, squares: Any) -> None:
        """Take in n numbers: the sums of their deviations from a value, and of the squares."""
        offset = total / n
        between = (about - self.origin) - self.mean + offset
        self.squares += max(squares - total * offset, 0.0)
        self.squares += between * between * (self.n / (self.n + n)) * n
        self.n += n
        self.mean += between * (n / self.n)

    def add_zeros(self, n: int) -> None:
        """Take in n zeros."""
        self._merge(n, 0.0, 0.0, 0.0)
        self.zeros += n
        self.min, self.max = min(self.min, 0.0), max(self.max, 0.0)

    def stats(self) -> Stats:
        """Return what was found."""
        if not self.n:
            return Stats(None, None, None, None, None, self.zeros, self.nonfinite)
        # The sum of all squares has two parts, neither of which is negative: no digits are lost.
        mean = self.origin + self.mean
        std = np.sqrt(self.squares / self.n)
        norm = np.sqrt(self.squares + self.n * (mean * mean))
        mean, std, norm = (float(np.ldexp(each, self._exponent)) for each in (mean, std, norm))
        return Stats(float(self.min), float(self.max), mean, std, norm, self.zeros, self.nonfinite)
