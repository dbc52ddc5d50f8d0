"""The difference of two arrays, in one pass over blocks."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_array, issparse

from skparams._diff.record import Change
from skparams._walk import blocks, buffer, dot, exponent_of, in_range, scaled


class Tolerance(NamedTuple):
    """Two numbers are the same if they differ by at most ``atol + rtol * abs(after)``."""

    rtol: float = 0.0
    atol: float = 0.0

    @property
    def exact(self) -> bool:
        """Whether no difference is allowed."""
        return not (self.rtol or self.atol)


EXACT = Tolerance()


def change_of(before: Any, after: Any, tolerance: Tolerance = EXACT) -> Change:
    """The change between two arrays, or sparse matrices, of one shape.

    Sums are float64, or longdouble for longdouble. Two NaN at one place are the same. Zeros that a
    sparse matrix does not store count. A value that is masked on one side has changed, and no norm
    includes it. Values that are not numbers have no distances.
    """
    if issparse(before) or issparse(after):
        n = prod(before.shape)
        before, after = _stored_values(before, after)
        return replace(change_of(before, after, tolerance), n=n)
    masked = any(isinstance(each, np.ma.MaskedArray) for each in (before, after))
    if masked and not (before.dtype.names or after.dtype.names):  # records have a mask a field
        one, two = np.ma.getmaskarray(before), np.ma.getmaskarray(after)
        seen = ~(one | two)
        change = change_of(np.asarray(before)[seen], np.asarray(after)[seen], tolerance)
        n_changed = change.n_changed + int(np.count_nonzero(one ^ two))
        return replace(change, n=seen.size, n_changed=n_changed)
    before, after = np.asarray(before), np.asarray(after)
    if before.dtype.kind not in "biufc" or after.dtype.kind not in "biufc":
        return Change(before.size, _n_different(before, after))
    with np.errstate(all="ignore"):
        change = _change_of_numbers(before, after, tolerance)
        norm: Any = max(change.distance, change.norm_before, change.norm_after)  # type: ignore[type-var]
        if (norm or change.largest) and not in_range(norm * norm):
            exponent = exponent_of(max(_largest(before), _largest(after)))
            change = _change_of_numbers(before, after, tolerance, exponent)
        return change


def _change_of_numbers(
    before: np.ndarray, after: np.ndarray, tolerance: Tolerance, exponent: int = 0
) -> Change:
    """The change; squares are summed of the numbers divided by ``2**exponent``."""
    n_changed = nonfinite = 0
    largest: Any = 0.0
    sums: list[Any] = [0.0] * 4  # squares of differences, before and after, and products
    dtype = np.result_type(before.dtype, after.dtype, np.float64)
    kinds = {before.dtype.kind, after.dtype.kind}
    whole = kinds == {"b"} or (tolerance.exact and kinds.isdisjoint("fc"))
    buffers = [buffer(before, dtype) for _ in range(3)]
    for one, two in blocks(before, after):
        if whole:  # integers are compared before they are rounded to float64
            n_changed += int(np.count_nonzero(one != two))
        one, two = (_as(each, room) for each, room in zip((one, two), buffers, strict=False))
        if not exponent and _same_bits(one, two) and np.isfinite(square := dot(one, one)):
            sums = [sums[0], *(total + square for total in sums[1:])]
            continue
        difference = np.subtract(two, one, out=buffers[2][: one.size])
        furthest = _max_abs(difference)
        if not np.isfinite(furthest):
            finite = np.isfinite(one) & np.isfinite(two)
            n = _n_different(one[~finite], two[~finite])
            n_changed, nonfinite = n_changed + n, nonfinite + n
            one, two, difference = one[finite], two[finite], difference[finite]
            furthest = _max_abs(difference) if difference.size else 0.0
        largest = max(largest, furthest)
        if not whole and (furthest or tolerance.exact):
            n_changed += _n_changed(one, two, difference, tolerance)
        if exponent:
            one, two, difference = (scaled(each, -exponent) for each in (one, two, difference))
        square = dot(one, one)
        more = [0.0, square, square, square]
        if furthest:
            more = [dot(difference, difference), square, dot(two, two), dot(one, two)]
        sums = [total + each for total, each in zip(sums, more, strict=True)]
    norms = [np.sqrt(each) for each in sums[:3]]
    cosine = None
    if norms[1] and norms[2]:
        cosine = float(np.clip(sums[3] / norms[1] / norms[2], -1.0, 1.0))
    distance, norm_before, norm_after = (float(np.ldexp(norm, exponent)) for norm in norms)
    counts = before.size, n_changed, nonfinite
    return Change(*counts, float(largest), distance, norm_before, norm_after, cosine)


def _as(block: np.ndarray, room: np.ndarray) -> np.ndarray:
    """A block in the dtype of a buffer, which it fills if its own dtype is another one."""
    if block.dtype == room.dtype:
        return block
    room[: block.size] = block
    return room[: block.size]


def _same_bits(before: np.ndarray, after: np.ndarray) -> bool:
    if before.dtype != np.float64:
        return False
    return np.array_equal(before.view(np.int64), after.view(np.int64))


def _max_abs(difference: np.ndarray) -> Any:
    """The largest absolute value, not finite if any value is not."""
    if difference.dtype.kind == "c":
        return np.maximum.reduce(np.abs(difference))
    return np.maximum(np.maximum.reduce(difference), -np.minimum.reduce(difference))


def _n_changed(
    before: np.ndarray, after: np.ndarray, difference: np.ndarray, tolerance: Tolerance
) -> int:
    if tolerance.exact:
        return int(np.count_nonzero((difference != 0) | _other_signs(before, after)))
    allowed = tolerance.atol + tolerance.rtol * np.abs(after)
    return int(np.count_nonzero(np.abs(difference) > allowed))


def _other_signs(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Where the signs differ: 0.0 and -0.0 are equal, and what is computed of them may not be."""
    if before.dtype.kind == "c":
        return _other_signs(before.real, after.real) | _other_signs(before.imag, after.imag)
    return np.signbit(before) != np.signbit(after)


def _largest(array: np.ndarray) -> float:
    """The largest absolute value of the finite ones."""
    largest = 0.0
    for (block,) in blocks(array):
        sizes = np.abs(block.astype(np.result_type(block, np.float64), copy=False))
        largest = max(largest, float(np.max(sizes, initial=0.0, where=np.isfinite(sizes))))
    return largest


def _n_different(before: np.ndarray, after: np.ndarray) -> int:
    """How many values of any dtype differ; two missing values do not."""
    try:
        return int(np.count_nonzero(_differ(before, after)))
    except TypeError:  # text beside numbers
        return before.size


def _differ(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    if before.dtype.names and before.dtype == after.dtype:
        fields = [_differ(before[name], after[name]) for name in before.dtype.names]
        return np.any([each.reshape(*before.shape, -1).any(axis=-1) for each in fields], axis=0)
    is_missing = (before != before) & (after != after)  # NaN, or no time
    differ = (before != after) & ~is_missing
    if {before.dtype.kind, after.dtype.kind} <= {"f", "c"}:
        differ |= _other_signs(before, after) & ~is_missing
    return differ


def _stored_values(before: Any, after: Any) -> list[np.ndarray]:
    """The values at each place where either matrix stores one."""
    entries = [_entries(each) for each in (before, after)]
    if np.array_equal(entries[0][0], entries[1][0]):
        return [values for _, values in entries]
    places = np.union1d(entries[0][0], entries[1][0])
    found = []
    for own, stored in entries:
        values = np.zeros(places.size, stored.dtype)
        values[np.searchsorted(places, own)] = stored
        found.append(values)
    return found


def _entries(matrix: Any) -> tuple[np.ndarray, np.ndarray]:
    """The flat indices and the values that a sparse or dense matrix stores, in order."""
    *axes, n_columns = matrix.shape
    entries = csr_array(matrix.reshape(prod(axes), n_columns))  # may share the matrix's arrays
    if not entries.has_canonical_format:
        entries = entries.copy()
        entries.sum_duplicates()
    rows = np.repeat(np.arange(entries.shape[0]), np.diff(entries.indptr))
    return rows * n_columns + entries.indices, entries.data
