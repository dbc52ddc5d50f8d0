"""Which candidate has the fewest parameters, and which none surpasses, by counts or bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from skparams._records import Bounds, Unknown

# A number, the bounds of one, or why it is not known.
AnyCount = int | float | Bounds | Unknown
_Ends = tuple[float, float]


def ends(count: AnyCount) -> _Ends:
    """The smallest and the largest number that a count may be."""
    if isinstance(count, Unknown):
        return 0, math.inf
    return (count.low, count.high) if isinstance(count, Bounds) else (count, count)


def fewest(counts: Mapping[int, AnyCount], means: np.ndarray) -> tuple[int, bool]:
    """Return the candidate with the fewest parameters and True, or the next to count and False.

    ``counts`` are those of candidates by number. Equal counts are ordered by score, then by number.
    The candidate is returned as soon as none of the others can come before it.
    """

    def place(i: int, end: int) -> tuple[float, float, int]:
        return ends(counts[i])[end], -means[i], i

    first = min(counts, key=lambda i: place(i, 1))
    before = [i for i in counts if i != first and place(i, 0) < place(first, 1)]
    if not before:
        return first, True
    not_exact = [i for i in (first, *before) if isinstance(counts[i], Bounds | Unknown)]
    return min(not_exact, key=lambda i: place(i, 1)), False


def pareto_front(counts: Mapping[int, AnyCount], means: np.ndarray) -> dict[int, bool | None]:
    """Whether each candidate is on the front: none is better in one and no worse in the other.

    A higher score and fewer parameters are better. None stands for what is not known.
    """
    numbers = list(counts)
    score = np.array([means[i] for i in numbers])
    low, high = _ranks([ends(counts[i]) for i in numbers])
    found: dict[int, bool | None] = {}
    for k, i in enumerate(numbers):
        others = np.arange(len(numbers)) != k
        higher, as_high = score > score[k], score >= score[k]
        surely = others & as_high & (high <= low[k]) & (higher | (high < low[k]))
        maybe = others & as_high & (low <= high[k]) & (higher | (low < high[k]))
        found[i] = False if surely.any() else None if maybe.any() else True
    return found


def _ranks(pairs: Sequence[_Ends]) -> tuple[Any, Any]:
    """The ranks of numbers, as counts may be too long for NumPy."""
    order = {n: rank for rank, n in enumerate(sorted({n for pair in pairs for n in pair}))}
    return (np.array([order[pair[end]] for pair in pairs]) for end in (0, 1))  # type: ignore[return-value]
