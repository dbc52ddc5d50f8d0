"""Counts that are exact, bounded or unknown, and how they add up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["Bounds", "Count", "add", "between", "multiply", "span"]


class Bounds(NamedTuple):
    """A count that is not known before fit, but for how small and how large it can get.

    Parameters
    ----------
    low, high : int
        Both included.
    """

    low: int
    high: int


# None is unknown; whoever keeps one keeps a reason beside it.
Count = int | Bounds | None


def between(low: int, high: int) -> int | Bounds:
    """Return bounds, or the number itself where they leave one."""
    return low if low == high else Bounds(low, high)


def add(counts: Iterable[Count]) -> Count:
    """Return the sum: unknown where one part is, bounded where one part is."""
    low = spread = 0
    for count in counts:
        if count is None:
            return None
        if isinstance(count, Bounds):
            spread += count.high - count.low
            count = count.low
        low += count
    return between(low, low + spread)


def multiply(*counts: Count) -> Count:
    """Return the product of counts, none of which is negative."""
    low = high = 1
    unknown = False
    for count in counts:
        if count is None:
            unknown = True
            continue
        least, most = count if isinstance(count, Bounds) else (count, count)
        low, high = low * least, high * most
    if unknown:
        return 0 if high == 0 else None
    return between(low, high)


def span(counts: Iterable[Count]) -> Count:
    """Return the bounds around several counts of which one will be: unknown where one is."""
    ends: list[int] = []
    for count in counts:
        if count is None:
            return None
        ends.extend(count if isinstance(count, Bounds) else (count,))
    return between(min(ends), max(ends))
