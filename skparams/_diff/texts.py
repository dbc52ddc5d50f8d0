"""Two values that differ, as short texts that differ."""

from __future__ import annotations

from typing import Any

import numpy as np

from skparams._diff.arrays import change_of
from skparams._diff.values import compare, is_function, items_of
from skparams.specs import short_repr

__all__ = ["different_texts"]

_MAX_DEPTH = 6
_CONTEXT = 20  # characters shown before and after the first that differs


def different_texts(before: Any, after: Any) -> tuple[str, str]:
    """Return two values that differ as short texts that differ.

    If their short texts are the same, as those of kernels with other bounds, of large arrays and
    of two lambdas, the texts show what differs inside.
    """
    one, two = short_repr(before), short_repr(after)
    if one != two:
        return one, two
    return _inside(before, after, "", 0) or (one, f"another {type(after).__name__}")


def _inside(before: Any, after: Any, path: str, depth: int) -> tuple[str, str] | None:
    start = f"{path.removeprefix('.')}: " if path else ""
    one, two = (start + short_repr(value) for value in (before, after))
    if one != two:
        return one, two
    if isinstance(before, type) and isinstance(after, type):
        return start + _full_name(before), start + _full_name(after)
    kinds = type(before), type(after)
    if kinds[0] is not kinds[1]:
        names = [kind.__qualname__ for kind in kinds]
        names = names if names[0] != names[1] else [_full_name(kind) for kind in kinds]
        return f"{one} ({names[0]})", f"{two} ({names[1]})"
    if is_function(before):
        return one, f"{start}another function"
    if isinstance(before, str | bytes | int):
        one, two = _around_difference(repr(before), repr(after))
        return start + one, start + two
    if isinstance(before, np.ndarray) and before.dtype.kind != "O":
        if before.shape != after.shape:
            return None
        change = change_of(before, after)
        return one, f"{two}: {change.n_changed:,} of {change.n:,} differ"
    first, second = items_of(before), items_of(after)
    if first is None or second is None or depth >= _MAX_DEPTH:
        return None
    has_attributes = not isinstance(before, dict | list | tuple | np.ndarray)
    for key in dict.fromkeys([*first, *second]):
        inner = f"{path}.{key}" if has_attributes else f"{path}[{key!r}]"
        if key not in first or key not in second:
            start = f"{inner.removeprefix('.')}: "
            one, two = (
                short_repr(side[key]) if key in side else "absent" for side in (first, second)
            )
            return start + one, start + two
        if compare(first[key], second[key]).n_changed:
            return _inside(first[key], second[key], inner, depth + 1)
    return None


def _full_name(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def _around_difference(one: str, two: str) -> tuple[str, str]:
    """Return the text around the first character that differs."""
    pairs = zip(one, two, strict=False)
    at = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(one), len(two)))
    start, end = max(at - _CONTEXT, 0), at + _CONTEXT
    cut = [f"{'…' * (start > 0)}{text[start:end]}{'…' * (end < len(text))}" for text in (one, two)]
    return cut[0], cut[1]
