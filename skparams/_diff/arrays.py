"""How far two arrays are apart, in one pass over blocks that stay in the processor's cache."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import prod
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import coo_array, csr_array, issparse

from skparams._diff.record import Change

__all__ = ["EXACT", "Tolerance", "change_of"]

# Numbers in a block, as for statistics: of two float64 blocks and a buffer a megabyte and a half.
_BLOCK = 1 << 16
# Powers of two beyond which sums of squares of float64 overflow, or underflow.
_LARGEST, _SMALLEST = 2.0**900, 2.0**-900


class Tolerance(NamedTuple):
    """Up to which difference two numbers are the same: ``atol + rtol * abs(after)``."""

    rtol: float = 0.0
    atol: float = 0.0

    @property
    def exact(self) -> bool:
        """Whether none is allowed."""
        return not (self.rtol or self.atol)


EXACT = Tolerance()


def change_of(before: Any, after: Any, tolerance: Tolerance = EXACT) -> Change:
    """Return how far two arrays of one shape are apart, without a copy of either.

    Sums are float64, or longdouble for longdouble, and are taken by NumPy rather than by BLAS,
    whose threads would cut them elsewhere. Of numbers that are not finite, those that both have
    at one place are the same; of others only the number is told.

    Parameters
    ----------
    before, after : ndarray or sparse matrix
        Of numbers, dates, text or records. The zeros that a sparse matrix does not store are
        compared as others are. What is masked in both is the same; what is masked in one has
        moved, and is left out of all norms.
    tolerance : Tolerance
        For numbers.

    Returns
    -------
    Change
        Without distances where the values are no numbers.
    """
    if issparse(before) or issparse(after):
        n = prod(before.shape)
        before, after = _aligned(before, after)
        return replace(change_of(before, after, tolerance), n=n)
    masked = any(isinstance(each, np.ma.MaskedArray) for each in (before, after))
    if masked and not (before.dtype.names or after.dtype.names):  # records have a mask a field
        return _change_of_masked(before, after, tolerance)
    before, after = np.asarray(before), np.asarray(after)
    if before.dtype.kind not in "biufc" or after.dtype.kind not in "biufc":
        return Change(before.size, _n_different(before, after))
    with np.errstate(all="ignore"):
        sums = _Sums(before, after, tolerance, 0)
        if not sums.trustworthy:
            largest = max(_largest(before), _largest(after))
            sums = _Sums(before, after, tolerance, int(np.frexp(largest)[1]))
        return sums.change()


def _change_of_masked(before: Any, after: Any, tolerance: Tolerance) -> Change:
    one, two = np.ma.getmaskarray(before), np.ma.getmaskarray(after)
    seen = ~(one | two)
    change = change_of(np.asarray(before)[seen], np.asarray(after)[seen], tolerance)
    return replace(change, n=seen.size, moved=change.moved + int(np.count_nonzero(one ^ two)))


class _Sums:
    """Running sums over pairs of blocks; all but ``largest`` are of numbers over 2**exponent."""

    def __init__(
        self, before: np.ndarray, after: np.ndarray, tolerance: Tolerance, exponent: int
    ) -> None:
        self.moved = self.nonfinite = 0
        self.largest: Any = 0.0
        self.squares: Any = 0.0  # of the differences
        self.before: Any = 0.0
        self.after: Any = 0.0
        self.product: Any = 0.0
        self._tolerance, self._exponent, self._n = tolerance, exponent, before.size
        dtype = np.result_type(before.dtype, after.dtype, np.float64)
        self._exact = before.dtype.kind not in "fc" and after.dtype.kind not in "fc"
        size = min(before.size, _BLOCK)
        self._buffers = [np.empty(size, dtype) for _ in range(3)]
        for pair in _blocks(before, after):
            self._add(*pair)

    def _add(self, before: np.ndarray, after: np.ndarray) -> None:
        if self._exact:  # integers beyond float64's are told apart before they are rounded
            self.moved += self._n_moved_integers(before, after)
        held, kept, room = (buffer[: before.size] for buffer in self._buffers)
        before, after = self._floats(before, held), self._floats(after, kept)
        difference = np.subtract(after, before, out=room)
        far = self._far(difference)
        if not np.isfinite(far):
            finite = np.isfinite(before) & np.isfinite(after)
            if not finite.all():
                self._add_nonfinite(before[~finite], after[~finite])
                before, after, difference = before[finite], after[finite], difference[finite]
                far = self._far(difference) if difference.size else 0.0
        self.largest = max(self.largest, far)
        if far and not self._exact:
            self.moved += self._n_moved(difference, after)
        if self._exponent:
            before, after, difference = (
                _scaled(numbers, -self._exponent) for numbers in (before, after, difference)
            )
        self.before += _product(before, before)
        self.after += _product(after, after)
        if far:
            self.product += _product(before, after)
            self.squares += _product(difference, difference)
        else:
            self.product += _product(before, before)

    def _floats(self, numbers: np.ndarray, buffer: np.ndarray) -> np.ndarray:
        if numbers.dtype == buffer.dtype:
            return numbers
        buffer[...] = numbers
        return buffer

    def _far(self, difference: np.ndarray) -> Any:
        """Return the largest difference, not finite where any is not."""
        if difference.dtype.kind == "c":
            return np.maximum.reduce(np.abs(difference))
        return np.maximum(np.maximum.reduce(difference), -np.minimum.reduce(difference))

    def _n_moved(self, difference: np.ndarray, after: np.ndarray) -> int:
        if self._tolerance.exact:
            return int(np.count_nonzero(difference))
        allowed = np.abs(after)
        allowed *= self._tolerance.rtol
        allowed += self._tolerance.atol
        return int(np.count_nonzero(np.abs(difference) > allowed))

    def _n_moved_integers(self, before: np.ndarray, after: np.ndarray) -> int:
        if self._tolerance.exact or before.dtype.kind == after.dtype.kind == "b":
            return int(np.count_nonzero(before != after))
        before, after = before.astype(np.float64), after.astype(np.float64)
        return self._n_moved(after - before, after)

    def _add_nonfinite(self, before: np.ndarray, after: np.ndarray) -> None:
        n = int(np.count_nonzero((before != after) & ~(np.isnan(before) & np.isnan(after))))
        self.moved += n
        self.nonfinite += n

    @property
    def trustworthy(self) -> bool:
        """Whether no sum has overflown, and none that matters was too small for float64."""
        largest = max(self.before, self.after, self.squares)
        return bool(largest == 0 and not self.largest) or bool(_SMALLEST < largest < _LARGEST)

    def change(self) -> Change:
        """Return what was found."""
        before, after, distance = (
            np.sqrt(squares) for squares in (self.before, self.after, self.squares)
        )
        cosine = self.product / before / after if before and after else None
        return Change(
            self._n,
            self.moved,
            self.nonfinite,
            largest=float(self.largest),
            distance=float(np.ldexp(distance, self._exponent)),
            before=float(np.ldexp(before, self._exponent)),
            after=float(np.ldexp(after, self._exponent)),
            cosine=None if cosine is None else min(max(float(cosine), -1.0), 1.0),
        )


def _blocks(before: np.ndarray, after: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield flat pieces of both in one order: views, or small copies where memory has gaps."""
    if before.size:
        yield from np.nditer(
            [before, after],
            ["external_loop", "buffered"],
            [["readonly"]] * 2,
            order="K",
            buffersize=_BLOCK,
        )


def _product(a: np.ndarray, b: np.ndarray) -> Any:
    """Return the sum of products, of complex numbers that of both of their parts."""
    if a.dtype.kind == "c":
        return _product(a.real, b.real) + _product(a.imag, b.imag)
    return np.einsum("i,i->", a, b)


def _scaled(numbers: np.ndarray, exponent: int) -> np.ndarray:
    if numbers.dtype.kind == "c":
        return np.ldexp(numbers.real, exponent) + 1j * np.ldexp(numbers.imag, exponent)
    return np.ldexp(numbers, exponent)


def _largest(array: np.ndarray) -> float:
    """Return the largest absolute value of those that are finite."""
    largest = 0.0
    for block, _ in _blocks(array, array):
        sizes = np.abs(block, dtype=np.float64) if block.dtype.kind in "biuf" else np.abs(block)
        largest = max(largest, float(np.max(sizes, initial=0.0, where=np.isfinite(sizes))))
    return largest


def _n_different(before: np.ndarray, after: np.ndarray) -> int:
    """Count the values that differ, of dates, text or records; two that are missing do not."""
    if before.dtype.kind in "mM" and after.dtype.kind == before.dtype.kind:
        missing = np.isnat(before) & np.isnat(after)
        return int(np.count_nonzero((before != after) & ~missing))
    if before.dtype.names and before.dtype == after.dtype:
        different = np.zeros(before.shape, bool)
        for name in before.dtype.names:
            one, other = before[name], after[name]
            apart = one != other
            if one.dtype.kind in "fc":
                apart &= ~(np.isnan(one) & np.isnan(other))
            different |= apart.reshape(*before.shape, -1).any(axis=-1)
        return int(np.count_nonzero(different))
    try:
        apart = before != after
    except TypeError:  # text beside numbers
        return before.size
    return int(np.count_nonzero(apart))


def _aligned(before: Any, after: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return what both store, with a zero where only one stores a number."""
    (one, first), (two, second) = _entries(before), _entries(after)
    if np.array_equal(one, two):
        return first, second
    places = np.union1d(one, two)
    found = []
    for keys, values in ((one, first), (two, second)):
        spread = np.zeros(places.size, values.dtype)
        spread[np.searchsorted(places, keys)] = values
        found.append(spread)
    return found[0], found[1]


def _entries(matrix: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the places and the values that a sparse or dense matrix stores, in order.

    A matrix remembers whether it was asked for its order, so another one is asked.
    """
    if issparse(matrix) and matrix.format == "csr":
        matrix = csr_array((matrix.data, matrix.indices, matrix.indptr), shape=matrix.shape)
    if issparse(matrix) and matrix.format == "csr" and matrix.has_canonical_format:
        rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
        return rows * matrix.shape[1] + matrix.indices, matrix.data
    entries = coo_array(matrix, copy=True)
    entries.sum_duplicates()
    places = np.ravel_multi_index(entries.coords, entries.shape)
    order = np.argsort(places)
    return places[order], entries.data[order]
