"""Put the units of one model in the order and the signs of another's.

Components of a decomposition and hidden units of a network may be permuted, and some may change
their signs, while the model stays the same. Units are matched by the assignment with the largest
total inner product.

References
----------
Ainsworth, Hayase, Srinivasa: Git Re-Basin: Merging Models modulo Permutation Symmetries,
ICLR 2023, where this is weight matching.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from skparams._diff.contents import Attribute, Contents
from skparams._diff.record import Alignment

# Of each axis, the groups of arrays whose signs may change together.
Units = Mapping[str, tuple[tuple[str, ...], ...]]

_MAX_UNITS = 5000  # the assignment takes their number cubed
_MAX_PASSES = 50
_ROUNDING = 1e-12

Arrays = Mapping[str, Attribute]


def aligned(
    before: Contents, after: Contents
) -> tuple[dict[str, np.ndarray], tuple[Alignment, ...]]:
    """The arrays of ``after`` that change, with their units as in ``before``, and how.

    ``units`` has the axes that may be permuted, and for each the groups of attributes whose signs
    may change together for a unit; it has to be the same in both. Axes are matched one after the
    other, each by the arrays whose other axes are matched already, and then again by all arrays
    until nothing changes.
    """
    units = after.units
    if not units or any(before.units.get(dim) != units[dim] for dim in units):
        return {}, ()
    old, new = _arrays_with_units(before), _arrays_with_units(after)
    matching = _Matching(old, new, units, {p: each.value for p, each in new.items()}, {})
    reasons = {dim: _unaligned_reason(matching, dim) for dim in units}
    for dim in (dim for dim, reason in reasons.items() if reason is None):
        n = _length(new, dim)
        matching.found[dim] = np.arange(n), np.ones((len(units[dim]), n))
        matching.match(dim)
    for _ in range(_MAX_PASSES):
        if sum(matching.match(dim) for dim in matching.found) == 0:
            break
    alignments = []
    for dim, reason in reasons.items():
        order, signs = matching.found.get(dim, (np.arange(0), np.ones((0, 0))))
        n_reordered = int(np.count_nonzero(order != np.arange(order.size)))
        n_flipped = int(np.count_nonzero((signs < 0).any(axis=0)))
        alignments.append(Alignment(dim, _length(new, dim), n_reordered, n_flipped, reason))
    changed = {p: a for p, a in matching.arrays.items() if a is not new[p].value}
    return changed, tuple(alignments)


def _arrays_with_units(contents: Contents) -> Arrays:
    """The dense arrays that have named axes."""
    return {
        path: each
        for path, each in contents.attributes.items()
        if each.dims and isinstance(each.value, np.ndarray) and each.value.dtype.kind in "fiu"
    }


def _length(arrays: Arrays, dim: str) -> int:
    found = (each for each in arrays.values() if dim in each.dims)
    return next((each.value.shape[each.dims.index(dim)] for each in found), 0)


def _unaligned_reason(matching: _Matching, dim: str) -> str | None:
    n_before, n_after = _length(matching.before, dim), _length(matching.after, dim)
    if n_before != n_after:
        return f"{n_before:,} and {n_after:,} units"
    if n_after > _MAX_UNITS:
        return f"{n_after:,} units are too many"
    if not any(True for _ in matching.rows(dim, set(matching.units))):
        return "no array of one shape has it"
    return None


class _Matching(NamedTuple):
    """Two models' arrays; ``arrays`` are those of ``after`` in the order and the signs so far."""

    before: Arrays
    after: Arrays
    units: Units
    arrays: dict[str, np.ndarray]
    # The order of each axis, and for each group the sign of each unit.
    found: dict[str, tuple[np.ndarray, np.ndarray]]

    def rows(self, dim: str, matched: set[str]) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
        """Arrays with one row a unit, whose other axes are matched already."""
        for path, each in self.after.items():
            other, dims = self.before.get(path), each.dims
            if dim not in dims or (self.units.keys() & set(dims)) - matched or other is None:
                continue
            if other.value.shape == each.value.shape and other.dims == dims:
                axis = dims.index(dim)
                yield path, _units_first(other.value, axis), _units_first(self.arrays[path], axis)

    def match(self, dim: str) -> bool:
        """Match the units along one axis, and return whether any unit changed."""
        n, groups = len(self.found[dim][0]), self.units[dim]
        choices = np.array(list(product((1.0, -1.0), repeat=len(groups))))
        gain, best = self._gain(dim, choices)
        order = linear_sum_assignment(gain, maximize=True)[1]
        # Among units that are almost equally alike, rounding would decide.
        if gain[np.arange(n), order].sum() <= np.trace(gain) * (1 + _ROUNDING):
            order = np.arange(n)
        signs = choices[best[np.arange(n), order]].T
        if np.array_equal(order, np.arange(n)) and (signs > 0).all():
            return False
        old_order, old_signs = self.found[dim]
        self.found[dim] = old_order[order], old_signs[:, order] * signs
        for path, each in self.after.items():
            if dim in each.dims:
                axis = each.dims.index(dim)
                self.arrays[path] = array = np.take(self.arrays[path], order, axis=axis)
                units = np.moveaxis(array, axis, -1)
                units *= signs[_turning(each, groups)].prod(axis=0).astype(array.dtype)
        return True

    def _gain(self, dim: str, choices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How alike each two units are with the best choice of signs, and which that is.

        A choice has a sign for each group; an array turns with the product over its groups.
        """
        n, groups = len(self.found[dim][0]), self.units[dim]
        alike: dict[tuple[int, ...], np.ndarray] = {}
        for path, before, after in self.rows(dim, set(self.found)):
            norms = np.linalg.norm(before) * np.linalg.norm(after)
            if np.isfinite(norms) and norms:
                turning = tuple(_turning(self.after[path], groups))
                alike[turning] = alike.get(turning, 0) + before @ after.T / norms
        gain, best = np.full((n, n), -np.inf), np.zeros((n, n), dtype=np.int8)
        for i, choice in enumerate(choices):
            total = np.zeros((n, n))
            for turning, part in alike.items():
                total += choice[list(turning)].prod() * part
            better = total > gain
            gain[better], best[better] = total[better], i
        return gain, best


def _turning(each: Attribute, groups: tuple[tuple[str, ...], ...]) -> list[int]:
    """The groups that change the sign of an attribute, or of this array in a list."""
    return [i for i, group in enumerate(groups) if each.name in group or each.local in group]


def _units_first(array: np.ndarray, axis: int) -> np.ndarray:
    return np.moveaxis(array, axis, 0).reshape(array.shape[axis], -1).astype(np.float64)
