"""Put the units of one model in the order and the signs of another's.

Components of a decomposition and hidden units of a network may change places, and some their
signs, while the model stays the same. The pairs are those that make the arrays most alike, by the
assignment of the largest total inner product.

References
----------
Ainsworth, Hayase, Srinivasa: Git Re-Basin: Merging Models modulo Permutation Symmetries,
ICLR 2023, where this is weight matching.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from skparams._diff.record import Alignment

Units = Mapping[str, tuple[str, ...]]

__all__ = ["Named", "aligned"]

_MOST_UNITS = 5000  # as the assignment takes their number cubed
_MOST_PASSES = 50
_ROUNDING = 1e-12


class Named(NamedTuple):
    """An array, the attribute that holds it and the names of its axes."""

    attribute: str
    dims: tuple[str, ...]
    array: np.ndarray


def aligned(
    before: Mapping[str, Named], after: Mapping[str, Named], units: Units
) -> tuple[dict[str, np.ndarray], tuple[Alignment, ...]]:
    """Return the arrays of ``after`` with their units as in ``before``.

    Layers are put in order one after the other, each by what comes into it, and then each anew by
    all that it has until none changes.

    Parameters
    ----------
    before, after : mapping of str to Named
        By path.
    units : mapping of str to tuple of str
        The dims, and the attributes that turn with a unit's sign.

    Returns
    -------
    arrays : dict of str to ndarray
        Those that changed, as copies.
    alignments : tuple of Alignment
        One for each dim.
    """
    matching = _Matching(before, after, units)
    return matching.changed(), tuple(matching.told())


class _Matching:
    def __init__(
        self, before: Mapping[str, Named], after: Mapping[str, Named], units: Units
    ) -> None:
        self._units = units
        self._before = before
        self._after = after
        self._now = {path: each.array for path, each in after.items()}
        self._reasons = {dim: self._why_not(dim) for dim in units}
        self._order = {
            dim: np.arange(self._length(after, dim))
            for dim, reason in self._reasons.items()
            if reason is None
        }
        self._signs = {dim: np.ones(len(order)) for dim, order in self._order.items()}
        done: set[str] = set()
        for dim in self._order:
            done.add(dim)
            self._match(dim, done)
        for _ in range(_MOST_PASSES):
            changed = [self._match(dim, done) for dim in self._order]
            if not any(changed):
                break

    def changed(self) -> dict[str, np.ndarray]:
        return {path: a for path, a in self._now.items() if a is not self._after[path].array}

    def told(self) -> Iterator[Alignment]:
        for dim, reason in self._reasons.items():
            n = self._length(self._after, dim)
            if reason is not None:
                yield Alignment(dim, n, 0, 0, reason)
                continue
            moved = int(np.count_nonzero(self._order[dim] != np.arange(n)))
            yield Alignment(dim, n, moved, int(np.count_nonzero(self._signs[dim] < 0)))

    def _length(self, arrays: Mapping[str, Named], dim: str) -> int:
        return next(
            (
                each.array.shape[each.dims.index(dim)]
                for each in arrays.values()
                if dim in each.dims
            ),
            0,
        )

    def _why_not(self, dim: str) -> str | None:
        n_before, n_after = self._length(self._before, dim), self._length(self._after, dim)
        if n_before != n_after:
            return f"{n_before:,} and {n_after:,} units"
        if n_after > _MOST_UNITS:
            return f"{n_after:,} units are too many"
        if not self._rows(dim, set(self._units)):
            return "no array of one shape has it"
        return None

    def _rows(self, dim: str, done: set[str]) -> list[tuple[str, np.ndarray, np.ndarray]]:
        """Return, for arrays with a dim and with no other that is not done, a row a unit."""
        found = []
        for path, each in self._after.items():
            other = self._before.get(path)
            free = {d for d in each.dims if d in self._units and d not in done}
            if dim not in each.dims or free or other is None:
                continue
            if other.array.shape != each.array.shape or other.dims != each.dims:
                continue
            axis = each.dims.index(dim)
            found.append(
                (path, _units_first(other.array, axis), _units_first(self._now[path], axis))
            )
        return found

    def _match(self, dim: str, done: set[str]) -> bool:
        """Find the pairs along one dim; say whether any unit changed."""
        n = len(self._order[dim])
        turning, staying = np.zeros((n, n)), np.zeros((n, n))
        for path, before, after in self._rows(dim, done):
            norms = np.linalg.norm(before) * np.linalg.norm(after)
            if not np.isfinite(norms) or not norms:
                continue
            turns = self._after[path].attribute in self._units[dim]
            (turning if turns else staying)[...] += before @ after.T / norms
        gain = np.abs(turning) + staying
        order = linear_sum_assignment(gain, maximize=True)[1]
        # Of units that are as good as alike, rounding would choose.
        if gain[np.arange(n), order].sum() <= np.trace(gain) * (1 + _ROUNDING):
            order = np.arange(n)
        signs = np.where(turning[np.arange(n), order] < 0, -1.0, 1.0)
        if not self._units[dim]:
            signs[:] = 1.0
        if np.array_equal(order, np.arange(n)) and (signs > 0).all():
            return False
        self._order[dim] = self._order[dim][order]
        self._signs[dim] = self._signs[dim][order] * signs
        for path, each in self._after.items():
            if dim in each.dims:
                self._put(path, each, dim, order, signs)
        return True

    def _put(self, path: str, each: Named, dim: str, order: np.ndarray, signs: np.ndarray) -> None:
        axis = each.dims.index(dim)
        array = np.take(self._now[path], order, axis=axis)
        if each.attribute in self._units[dim] and (signs < 0).any():
            shape = [1] * array.ndim
            shape[axis] = -1
            array *= signs.astype(array.dtype).reshape(shape)
        self._now[path] = array


def _units_first(array: np.ndarray, axis: int) -> np.ndarray:
    return np.moveaxis(array, axis, 0).reshape(array.shape[axis], -1).astype(np.float64)
