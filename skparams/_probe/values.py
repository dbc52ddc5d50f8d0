"""Other values than those that an estimator holds: of the same kind, shape and dtype.

Nothing here may lead compiled code out of bounds. Integers change places, so that an index stays
one of those that were there; if that is not enough, ``NotSafe`` says so.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from scipy.sparse import issparse

__all__ = ["NotSafe", "is_plain", "others"]

_RANDOM = (np.random.RandomState, np.random.Generator)
_SCALAR = (bool, int, float, complex, str, bytes, np.generic, type(None))


class NotSafe(Exception):
    """Raised if there is no other value that is safe to try; the message says why."""


class _TakenAway:
    """Stands in for an object; whatever uses it raises."""

    __slots__ = ()


def is_plain(value: Any) -> bool:
    """Whether a value is a number, text, a flag, or a container of nothing else."""
    if isinstance(value, dict):
        return all(isinstance(item, _SCALAR) for item in value.values())
    if isinstance(value, list | tuple):
        return all(isinstance(item, _SCALAR) for item in value)
    if isinstance(value, np.ndarray) and value.dtype == object:
        return all(isinstance(item, _SCALAR) for item in value.flat)
    return isinstance(value, (*_SCALAR, np.ndarray, *_RANDOM)) or issparse(value)


def others(value: Any, rng: np.random.RandomState, *, ordered: bool = False) -> Iterator[Any]:
    """Yield up to two values that may stand in for one, or raise ``NotSafe``.

    ``ordered`` keeps the order of an array's numbers, as encoders search in their categories.
    """
    if isinstance(value, np.random.RandomState):
        yield np.random.RandomState(rng.randint(2**31))
    elif isinstance(value, np.random.Generator):
        yield np.random.default_rng(rng.randint(2**31))
    elif value is None or not is_plain(value):
        yield _TakenAway()
    elif isinstance(value, _SCALAR):
        yield from _scalars(value, rng)
    else:
        flat, rebuild = _unpacked(value)
        if not flat.size:
            raise NotSafe("it is empty")
        if ordered and flat.dtype.kind in "iuf":
            yield rebuild(flat + flat.dtype.type(1 if flat.dtype.kind in "iu" else 0.5))
        else:
            yield from map(rebuild, _arrays(flat, rng, texts=isinstance(value, np.ndarray)))


def _unpacked(value: Any) -> tuple[np.ndarray, Callable[[np.ndarray], Any]]:
    """Return what a container holds as a flat array, and what makes such a container of one."""
    if isinstance(value, np.ndarray):
        return value.ravel(), lambda flat: flat.reshape(value.shape).astype(value.dtype)
    if issparse(value):
        if value.format not in ("csr", "csc", "coo", "bsr", "dia"):
            raise NotSafe(f"a sparse matrix in the format {value.format}")

        def matrix(flat: np.ndarray) -> Any:
            new = copy.copy(value)
            new.data = flat.reshape(value.data.shape).astype(value.dtype)
            return new

        return value.data.ravel(), matrix
    items = list(value.values() if isinstance(value, dict) else value)
    real = bool(items) and all(isinstance(item, float | np.floating) for item in items)
    flat = np.empty(len(items), float if real else object)
    flat[:] = items

    def container(flat: np.ndarray) -> Any:
        new = [type(old)(item) for old, item in zip(items, flat, strict=True)] if real else [*flat]
        if isinstance(value, dict):
            return type(value)(zip(value, new, strict=True))
        return value._make(new) if hasattr(value, "_make") else type(value)(new)

    return flat, container


def _arrays(flat: np.ndarray, rng: np.random.RandomState, *, texts: bool) -> Iterator[np.ndarray]:
    if flat.dtype.names:
        raise NotSafe("records that compiled code takes indices from")
    if flat.dtype.kind in "fc":
        yield from _floats(flat, rng)
        return
    # The second: flags are turned over, texts changed, integers put in another order.
    new = ~flat if flat.dtype.kind == "b" else flat[rng.permutation(flat.size)]
    if texts and flat.dtype.kind in "OUS":
        items = [next(_scalars(x, rng)) if isinstance(x, str | bytes) else x for x in flat.tolist()]
        new = np.array(items) if flat.dtype != object else _objects(items)
    found = [each for each in (np.roll(flat, 1), new) if not _equal(each, flat)]
    if not found:
        raise NotSafe("other integers or items may be indices out of bounds")
    yield from found


def _floats(x: np.ndarray, rng: np.random.RandomState) -> Iterator[np.ndarray]:
    """Yield floats that differ from x by as much as these from each other, then by more.

    Positive ones stay positive. Those that are not finite stay at first, unless all are.
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
        yield _TakenAway()


def _equal(a: np.ndarray, b: np.ndarray) -> bool:
    if a.dtype != object:
        return bool(np.array_equal(a, b))
    return all(x is y or x == y for x, y in zip(a, b, strict=True))


def _objects(items: list[Any]) -> np.ndarray:
    array = np.empty(len(items), object)
    array[:] = items
    return array
