"""The largest value of one hyperparameter with which the count meets the budget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from skparams._choose.budget_planner import Planner, classes_in
from skparams._choose.budget_record import Setting
from skparams._compat import may_be
from skparams._report import number

MAX_START = 16  # smallest values that are tried: splines need 2 knots, histograms 2 bins
MAX_SAME = 12  # doublings after which a count that stays the same is taken not to change
_NEIGHBORS = 2  # on either side of the answer, which must not contradict it


class Axis:
    """The values that a hyperparameter may take, numbered from the smallest on.

    Of a sequence of integers, the number is the largest of them, and the others are in proportion.
    """

    def __init__(self, planner: Planner, name: str, current: Any) -> None:
        self.planner, self.name = planner, name
        self._proportions = proportions_of(current)
        (self._owner,) = classes_in(planner.copy, [name]).values()
        self._found: dict[int, Setting] = {}

    def value(self, n: int) -> int | tuple[int, ...]:
        if self._proportions is None:
            return n
        largest = max(self._proportions)
        return tuple(
            max(1, (2 * n * each + largest) // (2 * largest)) for each in self._proportions
        )

    def start(self) -> int | None:
        """The first number whose value and the next are not refused; None if there is none."""
        local = self.name.rpartition("__")[2]
        valid = (may_be(self._owner, local, self.value(n)) for n in range(1, MAX_START))
        return next((n for n, both in enumerate(pairwise(valid), 1) if all(both)), None)

    def __getitem__(self, n: int) -> Setting:
        if n not in self._found:
            values = {self.name: self.value(n)}
            self._found[n] = self.planner.setting(values, self.planner.copy)
        return self._found[n]

    def high(self, n: int) -> int | None:
        """The upper bound of what is compared with the budget, None where it is not known."""
        ends = self.ends(n)
        return None if ends is None else ends[1]

    def ends(self, n: int) -> tuple[int, int] | None:
        return self.planner.ends(self[n])

    def text(self, n: int) -> str:
        return f"{self.name}={self.value(n)!r}"

    def meets(self, n: int) -> bool:
        return self[n].verdict == "meets"

    def check_monotone(self) -> None:
        """Raise ValueError if what was planned both grows and shrinks."""
        known = [(n, size) for n in sorted(self._found) if (size := self.high(n)) is not None]
        steps = [(a, b) for a, b in pairwise(known) if a[1] != b[1]]
        for one, other in pairwise(steps):
            if (one[0][1] < one[1][1]) != (other[0][1] < other[1][1]):
                texts = [f"{self.value(n)} -> {number(size)}" for n, size in (*one, other[1])]
                raise ValueError(
                    f"fit_budget: what is learned must grow or shrink with {self.name}, got "
                    f"{', '.join(texts)}. Give values as param_grid={{{self.name!r}: [...]}}."
                )


class Found(NamedTuple):
    """The largest setting that meets the budget, the next one, or why none is larger."""

    best: Setting
    n_smaller: int | None
    next: Setting | None
    limited_by: str | None


def search(axis: Axis, start: int) -> Found:
    """Find the largest setting that meets the budget, by doubling and by halving the interval.

    Raises ValueError if the hyperparameter decides nothing, or no value meets the budget.
    """
    first = axis[start]
    if first.reason is not None:
        raise ValueError(
            f"fit_budget: how much is learned must be known, got {axis.text(start)}: "
            f"{first.reason}."
        )
    path, grows = _path(axis, start)
    last = path[-1]
    if grows is None and len({axis.ends(n) for n in path}) == 1:
        raise ValueError(
            f"fit_budget: param_name must be a hyperparameter that decides how much is learned; "
            f"{axis.name!r} decides no count here, got {number(axis.planner.size(first))} for "
            f"{axis.text(start)} and for {axis.text(last)}."
        )
    found = _answer(axis, path, grows=grows is not False)
    axis.check_monotone()
    return found


def _path(axis: Axis, start: int) -> tuple[list[int], bool | None]:
    """Numbers from the start on, each twice the one before, and whether the count grows.

    Ends where the answer is between the last two, or the count stays the same or is not known.
    """
    path, same, grows = [start], 0, None
    while same < MAX_SAME:
        path.append(2 * path[-1] - start + 1)
        before, now = axis.high(path[-2]), axis.high(path[-1])
        if before is None or now is None:
            break
        same = same + 1 if now == before else 0
        grows = now > before if grows is None and now != before else grows
        meets = axis.meets(path[-1])
        if grows and not meets:
            break
        if grows is False and meets and not axis.meets(start):
            break
        if now != before and (now > before) is not grows:  # an error, which the check raises
            break
    return path, grows


def _answer(axis: Axis, path: Sequence[int], *, grows: bool) -> Found:
    """The answer, between the last two numbers of the path unless one end of it is the answer."""
    start, last = path[0], path[-1]
    if grows and axis.meets(start) and axis.meets(last):
        most = axis.high(last)
        best = _first(lambda n: axis.high(n) == most, start - 1, last)
        return Found(axis[best], best - start, None, f"larger values of {axis.name} learn no more")
    if not grows and axis.meets(start):
        reason = f"{axis.text(start)} is the smallest value, and larger ones learn no more"
        return Found(axis[start], None, None, reason)
    if not grows and axis[last].reason is not None:  # the last value of which something is known
        last = _first(lambda n: axis[n].reason is not None, path[-2], last) - 1
    smallest = start if grows else last
    if not axis.meets(smallest):
        raise ValueError(axis.planner.nothing_meets(axis[smallest]))
    edge = _first(lambda n: axis.meets(n) is not grows, path[-2], last)
    best, after = (edge - 1, edge) if grows else (edge, edge - 1)
    for near in range(max(start, best - _NEIGHBORS), best + _NEIGHBORS + 1):
        axis[near]  # planned for the check that follows
    return Found(axis[best], best - start if grows else None, axis[after], axis[after].reason)


def _first(holds: Callable[[int], bool], low: int, high: int) -> int:
    """The first number that a predicate holds for, which it does not for the lower one."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def proportions_of(current: Any) -> tuple[int, ...] | None:
    """The integers of a sequence, None for anything else."""
    try:
        items = tuple(current) if not isinstance(current, str) else ()
    except TypeError:
        return None
    whole = all(_is_whole(item) and item > 0 for item in items)
    return tuple(int(item) for item in items) if items and whole else None


def _is_whole(value: Any) -> bool:
    return hasattr(value, "__index__") and not isinstance(value, bool)
