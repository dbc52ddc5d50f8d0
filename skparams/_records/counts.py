"""Counts that are exact, bounded or unknown, and how they add up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, NoReturn


class Bounds(NamedTuple):
    """A count of which only the smallest and the largest possible values are known before fit.

    Parameters
    ----------
    low, high : int
        Both included.

    See Also
    --------
    Unknown : A count that is not known.

    Examples
    --------
    >>> from skparams import plan
    >>> from sklearn.tree import DecisionTreeRegressor
    >>> plan(DecisionTreeRegressor(max_depth=1), n_features=3).totals.stored
    Bounds(low=1, high=3)
    """

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Unknown:
    """A count that is not known. It has no truth value, so that it cannot pass for 0.

    Parameters
    ----------
    reason : str
        Why, as in ``"depends on the data's categories"``.

    See Also
    --------
    Bounds : A count that is known within bounds.

    Examples
    --------
    >>> from skparams import plan
    >>> from sklearn.linear_model import LinearRegression
    >>> plan(LinearRegression()).totals.stored
    Unknown(reason='needs n_features')
    """

    reason: str

    def __bool__(self) -> NoReturn:
        raise TypeError(f"Unknown({self.reason!r}) is neither true nor false; use isinstance.")


Count = int | Bounds | Unknown


def between(low: int, high: int) -> int | Bounds:
    """Return bounds, or the number itself where both are the same."""
    return low if low == high else Bounds(low, high)


def low_high(count: int | Bounds) -> tuple[int, int]:
    """Return the smallest and the largest value of a count."""
    return (count.low, count.high) if isinstance(count, Bounds) else (count, count)


def add(counts: Iterable[Count]) -> Count:
    """Return the sum; the first part that is unknown, where one is."""
    low = spread = 0
    for count in counts:
        if type(count) is int:  # as most are: a forest's summary adds up thousands
            low += count
            continue
        if isinstance(count, Unknown):
            return count
        if isinstance(count, Bounds):
            spread += count.high - count.low
            count = count.low
        low += count
    return between(low, low + spread)


def multiply(*counts: Count) -> Count:
    """Return the product of counts, none of which is negative."""
    low = high = 1
    unknown: Unknown | None = None
    for count in counts:
        if isinstance(count, Unknown):
            unknown = count if unknown is None else unknown
            continue
        smallest, largest = low_high(count)
        low, high = low * smallest, high * largest
    if unknown is not None:
        return 0 if high == 0 else unknown
    return between(low, high)


def span(counts: Iterable[Count]) -> Count:
    """Bounds that contain every count; unknown if any is unknown."""
    ends: list[int] = []
    for count in counts:
        if isinstance(count, Unknown):
            return count
        ends.extend(low_high(count))
    return between(min(ends), max(ends))
