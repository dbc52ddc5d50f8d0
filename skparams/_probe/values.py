"""Values to replace those of an estimator: other ones of the same type, shape and dtype.

None of them may lead compiled code out of bounds. Integers are permuted, so that each index is one
that was there before; ``NotSafe`` is raised if no other value is safe.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from scipy.sparse import issparse

_RANDOM = (np.random.RandomState, np.random.Generator)
_SCALAR = (bool, int, float, complex, str, bytes, np.generic, type(None))


class NotSafe(Exception):
    """No other value is safe to try; the message tells why."""


class _Missing:
    """Replaces an object; code that uses it raises."""

    __slots__ = ()

    def __repr__(self) -> str:  # without an address, so that messages do not change
        return "<missing>"


def is_plain(value: Any) -> bool:
    """Whether a value is a number, text, a flag, or a container of nothing else."""
    if isinstance(value, np.ndarray) and value.dtype == object:
        value = value.ravel().tolist()
    if isinstance(value, dict | list | tuple):
        items = value.values() if isinstance(value, dict) else value
        return all(isinstance(item, _SCALAR) for item in items)
    return isinstance(value, (*_SCALAR, np.ndarray, *_RANDOM)) or issparse(value)


def other_values(value: Any, rng: np.random.RandomState, *, ordered: bool = False) -> Iterator[Any]:
    """Up to two other values; raises ``NotSafe``.

    ``ordered`` keeps the order of an array's values, because encoders search in their categories.
    """
    if isinstance(value, np.random.RandomState):
        yield np.random.RandomState(rng.randint(2**31))
    elif isinstance(value, np.random.Generator):
        yield np.random.default_rng(rng.randint(2**31))
    elif value is None or not is_plain(value):
        yield _Missing()
    elif isinstance(value, _SCALAR):
        yield from _scalars(value, rng)
    else:
        flat, rebuild = _unpacked(value)
        kind = flat.dtype.kind
        if not flat.size:
            raise NotSafe("it is empty")
        if ordered and kind in "iuf":
            yield rebuild(flat + flat.dtype.type(0.5 if kind == "f" else 1))
        else:
            yield from map(rebuild, _arrays(flat, rng, texts=isinstance(value, np.ndarray)))


def _unpacked(value: Any) -> tuple[np.ndarray, Callable[[np.ndarray], Any]]:
    """The values of a container as a flat array, and a function that builds one from such."""
    if isinstance(value, np.ndarray):
        return value.ravel(), lambda flat: flat.reshape(value.shape).astype(value.dtype)
    if issparse(value):
        if value.format not in ("csr", "csc", "coo", "bsr", "dia"):
            raise NotSafe(f"a sparse matrix in the format {value.format}")

        def matrix(flat: np.ndarray) -> Any:
            made = copy.copy(value)
            made.data = flat.reshape(value.data.shape).astype(value.dtype)
            return made

        return value.data.ravel(), matrix
    items = list(value.values() if isinstance(value, dict) else value)
    real = all(isinstance(item, float | np.floating) for item in items)

    def container(flat: np.ndarray) -> Any:
        new = [type(old)(item) for old, item in zip(items, flat, strict=True)] if real else [*flat]
        if isinstance(value, dict):
            return type(value)(zip(value, new, strict=True))
        return value._make(new) if hasattr(value, "_make") else type(value)(new)

    return np.array(items, float if real else object), container


def _arrays(flat: np.ndarray, rng: np.random.RandomState, *, texts: bool) -> Iterator[np.ndarray]:
    if flat.dtype.names:
        raise NotSafe("records that compiled code takes indices from")
    if flat.dtype.kind in "fc":
        yield from _floats(flat, rng)
        return
    # Two orders of the values; instead of the second, flags are negated and texts changed.
    new = ~flat if flat.dtype.kind == "b" else flat[rng.permutation(flat.size)]
    before = flat.tolist()
    if texts and flat.dtype.kind in "OUS":
        items = [next(_scalars(x, rng)) if isinstance(x, str | bytes) else x for x in before]
        new = np.array(items, object)
    different = [each for each in (np.roll(flat, 1), new) if each.tolist() != before]
    if not different:
        raise NotSafe("other integers or items may be indices out of bounds")
    yield from different


def _floats(x: np.ndarray, rng: np.random.RandomState) -> Iterator[np.ndarray]:
    """Values that differ from x by about its standard deviation, then by more.

    Positive values stay positive. In the first, values that are not finite stay, unless all are.
    """
    finite = np.isfinite(x)
    known = x[finite] if finite.any() else np.ones(1)
    drawn = rng.standard_normal(x.size)
    if known.dtype.kind == "f" and (known > 0).all():
        start = np.where(finite, x, 1.0)
        near = start * np.exp(drawn)
        far = np.roll(start, 1) * np.exp(2 + np.abs(drawn))
        # At least one more: what is zero but for rounding has no scale of its own.
        far = np.where(np.isfinite(far), far, 0.0) + np.exp(drawn)
    else:
        start = np.where(finite, x, 0.0)
        scale = max(float(np.std(known)), float(np.mean(np.abs(known)))) or 1.0
        near = start + scale * drawn
        far = -10 * np.roll(start, 1) + max(scale, 1.0) * (drawn + np.sign(drawn))
    yield np.where(finite | ~finite.any(), near, x)
    yield far


def _scalars(value: Any, rng: np.random.RandomState) -> Iterator[Any]:
    if isinstance(value, bool | np.bool):
        yield type(value)(not value)
    elif isinstance(value, str):
        yield f"{value}?"
    elif isinstance(value, bytes):
        yield value + b"?"
    elif isinstance(value, int | np.integer):
        # Larger only: compiled code would write beyond a buffer with too little room.
        yield type(value)(value + 1)
    elif isinstance(value, float | complex | np.inexact):
        for new in _floats(np.array([value]), rng):
            yield type(value)(new[0])
    else:
        yield _Missing()
