"""Short texts of different values, which are different too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from skparams._diff.record import Change
from skparams._diff.values import ABSENT, is_function, parts_of
from skparams.specs import short_repr

_CONTEXT = 20  # characters shown before and after the first that differs


def distinct_texts(values: Sequence[Any], short: Callable[[Any], str] = short_repr) -> list[str]:
    """Short texts of different values, which are different too.

    If two short texts are the same, as those of kernels with other bounds, of large arrays and of
    lambdas, the text shows the first part that differs.
    """
    texts = [short(value) for value in values]
    for i, value in enumerate(values):
        first = texts.index(texts[i])
        if first < i:
            pair = _texts_of_pair(values[first], value)
            if len(values) == 2:
                return pair
            texts[i] = pair[1] if pair[1] not in texts[:i] else f"{pair[1]} ({i + 1})"
    return texts


def _texts_of_pair(before: Any, after: Any) -> list[str]:
    one, two = short_repr(before), short_repr(after)
    if one != two:
        return [one, two]
    if is_function(before) and is_function(after):
        return [one, "another function"]
    for path, first, second, change in parts_of(before, after):
        if change.n_changed or change.opaque:
            start = f"{path.removeprefix('.')}: " if path else ""
            return [start + text for text in _texts_of_part(first, second, change)]
    return [one, f"another {type(after).__name__}"]


def _texts_of_part(before: Any, after: Any, change: Change) -> tuple[str, str]:
    one, two = ("absent" if each is ABSENT else short_repr(each) for each in (before, after))
    if one != two:
        return one, two
    if isinstance(before, type) and isinstance(after, type):
        return _full_name(before), _full_name(after)
    kinds = type(before), type(after)
    if kinds[0] is not kinds[1]:
        names = [kind.__qualname__ for kind in kinds]
        names = names if names[0] != names[1] else [_full_name(kind) for kind in kinds]
        return f"{one} ({names[0]})", f"{two} ({names[1]})"
    if isinstance(before, str | bytes | int):
        return _around_difference(repr(before), repr(after))
    if isinstance(before, np.ndarray) and before.shape == after.shape:
        return one, f"{two}: {change.n_changed:,} of {change.n:,} differ"
    return one, f"another {type(after).__name__}"


def _full_name(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def _around_difference(one: str, two: str) -> tuple[str, str]:
    """Both texts around the first character that differs."""
    pairs = zip(one, two, strict=False)
    at = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(one), len(two)))
    start, end = max(at - _CONTEXT, 0), at + _CONTEXT
    cut = [f"{'…' * (start > 0)}{text[start:end]}{'…' * (end < len(text))}" for text in (one, two)]
    return cut[0], cut[1]
