"""In which words two values that differ are told apart."""

from __future__ import annotations

from typing import Any

import numpy as np

from skparams._diff.arrays import EXACT, change_of
from skparams._diff.values import compare, is_function, items_of
from skparams.specs import short_repr

__all__ = ["told_apart"]

_DEEPEST = 6  # levels that are looked into
_AROUND = 20  # characters before and after the first that differs


def told_apart(before: Any, after: Any) -> tuple[str, str]:
    """Return two values that differ as short texts that differ.

    Where their own are the same, as those of kernels with other bounds, of large arrays and of
    two lambdas, what differs in them is said instead.
    """
    one, two = short_repr(before), short_repr(after)
    if one != two:
        return one, two
    return _inside(before, after, "", 0) or (one, f"another {type(after).__name__}")


def _inside(before: Any, after: Any, where: str, depth: int) -> tuple[str, str] | None:
    start = f"{where.removeprefix('.')}: " if where else ""
    one, two = (start + short_repr(value) for value in (before, after))
    if one != two:
        return one, two
    if isinstance(before, type) and isinstance(after, type):
        return start + _from(before), start + _from(after)
    kinds = type(before), type(after)
    if kinds[0] is not kinds[1]:
        names = [kind.__qualname__ for kind in kinds]
        names = names if names[0] != names[1] else [_from(kind) for kind in kinds]
        return f"{one} ({names[0]})", f"{two} ({names[1]})"
    if is_function(before):
        return one, f"{start}another function"
    if isinstance(before, str | bytes | int):
        one, two = _around(repr(before), repr(after))
        return start + one, start + two
    if isinstance(before, np.ndarray) and before.dtype.kind != "O":
        if before.shape != after.shape:
            return None
        change = change_of(before, after, EXACT)
        return one, f"{two}: {change.moved:,} of {change.n:,} differ"
    first, second = items_of(before), items_of(after)
    if first is None or second is None or depth >= _DEEPEST:
        return None
    attributes = not isinstance(before, dict | list | tuple | np.ndarray)
    for key in dict.fromkeys([*first, *second]):
        at = f"{where}.{key}" if attributes else f"{where}[{key!r}]"
        if key not in first or key not in second:
            one, two = (
                short_repr(side[key]) if key in side else "not there" for side in (first, second)
            )
            start = f"{at.removeprefix('.')}: "
            return start + one, start + two
        if compare(first[key], second[key], EXACT).moved:
            return _inside(first[key], second[key], at, depth + 1)
    return None


def _from(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def _around(one: str, two: str) -> tuple[str, str]:
    """Return what is around the first character that differs, of two long texts."""
    pairs = zip(one, two, strict=False)
    at = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(one), len(two)))
    start, end = max(at - _AROUND, 0), at + _AROUND
    cut = [f"{'…' * (start > 0)}{text[start:end]}{'…' * (end < len(text))}" for text in (one, two)]
    return cut[0], cut[1]
