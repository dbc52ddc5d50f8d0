"""Other values than those that an estimator holds: of the same kind, shape and dtype.

Nothing here may lead compiled code out of bounds. Integers are put in another order, so that an
index stays one of those that were there; where that is not enough, ``NotSafe`` says so.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.sparse import issparse

__all__ = ["GONE", "NotSafe", "is_plain", "others", "shifted"]

_RANDOM = (np.random.RandomState, np.random.Generator)
_PLAIN = (bool, int, float, complex, str, bytes, np.generic, type(None))


class NotSafe(Exception):
    """Raised where there is no other value that is safe to try; the message says why."""


class _Gone:
    """What stands where an object was taken away: whoever uses it gets an error."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<taken away>"


GONE = _Gone()


def is_plain(value: Any) -> bool:
    """Say whether a value is a number, text, a flag, or a container of nothing else."""
    if isinstance(value, dict):
        return all(isinstance(item, _PLAIN) for item in value.values())
    if isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.dtype == object):
        return all(isinstance(item, _PLAIN) for item in np.ravel(_as_objects(value)))
    return isinstance(value, (*_PLAIN, np.ndarray, *_RANDOM)) or issparse(value)


def others(value: Any, rng: np.random.RandomState) -> Iterator[Any]:
    """Yield values that may stand in for one, the least strange first.

    Parameters
    ----------
    value : object
        It is not changed.
    rng : RandomState
        For what is drawn.

    Yields
    ------
    object
        New ones; ``GONE`` for an object that is none of numbers and text.

    Raises
    ------
    NotSafe
        If there is none.
    """
    if isinstance(value, np.ndarray):
        yield from _arrays(value, rng)
    elif issparse(value):
        yield from _sparse(value, rng)
    elif isinstance(value, _PLAIN):
        yield from _scalars(value, rng)
    elif isinstance(value, np.random.RandomState):
        yield np.random.RandomState(rng.randint(2**31))
    elif isinstance(value, np.random.Generator):
        yield np.random.default_rng(rng.randint(2**31))
    elif isinstance(value, dict) and is_plain(value):
        for items in _sequences(list(value.values()), rng):
            new = copy.copy(value)
            new.update(zip(value, items, strict=True))
            yield new
    elif isinstance(value, list | tuple) and is_plain(value):
        for items in _sequences(list(value), rng):
            yield _like(value, items)
    else:
        yield GONE


def shifted(array: np.ndarray) -> np.ndarray:
    """Return numbers that are moved and keep their order, as a binary search relies on it."""
    return array + (1 if array.dtype.kind in "iu" else array.dtype.type(0.5))


def _arrays(array: np.ndarray, rng: np.random.RandomState) -> Iterator[np.ndarray]:
    if not array.size:
        raise NotSafe("it is empty")
    if array.dtype.names:
        raise NotSafe("records that compiled code takes indices from")
    if array.dtype.kind in "fc":
        for new in _floats(np.ravel(array), rng):
            yield new.reshape(array.shape).astype(array.dtype)
    elif array.dtype.kind == "b":
        yield from _reordered(array, rng)
        yield ~array
    else:
        if array.dtype.kind in "OUS" and array.size:
            yield from _reordered(array, rng)
            yield _respelt(array)
            return
        found = list(_reordered(array, rng))
        if not found:
            raise NotSafe("other integers may be indices out of bounds")
        yield from found


def _floats(x: np.ndarray, rng: np.random.RandomState) -> Iterator[np.ndarray]:
    """Yield other floats, positive ones where all are: first as far apart as they are, then more.

    Those that are not finite stay, unless there are no others.
    """
    finite = np.isfinite(x)
    known = x[finite] if finite.any() else np.ones(1)
    drawn = rng.standard_normal(x.size)
    if (known > 0).all() if known.dtype.kind == "f" else False:
        yield np.where(finite | ~finite.any(), np.where(finite, x, 1.0) * np.exp(drawn), x)
        # At least one more: what is zero but for rounding has no scale of its own.
        far = np.where(finite, np.roll(x, 1), 1.0) * np.exp(2 + np.abs(drawn))
        yield np.where(np.isfinite(far), far, 0.0) + np.exp(drawn)
        return
    scale = max(float(np.std(known)), float(np.mean(np.abs(known)))) or 1.0
    with np.errstate(all="ignore"):
        yield np.where(finite | ~finite.any(), np.where(finite, x, 0.0) + scale * drawn, x)
        scale = max(scale, 1.0)
        yield -10 * np.where(finite, np.roll(x, 1), 0.0) + scale * (drawn + np.sign(drawn))


def _reordered(array: np.ndarray, rng: np.random.RandomState) -> Iterator[np.ndarray]:
    flat = array.ravel()
    for new in (np.roll(flat, 1), flat[rng.permutation(flat.size)]):
        if not _equal(new, flat):
            yield new.reshape(array.shape)


def _equal(a: np.ndarray, b: np.ndarray) -> bool:
    if a.dtype == object:
        return all(
            x is y or (isinstance(x, _PLAIN) and isinstance(y, _PLAIN) and x == y)
            for x, y in zip(a, b, strict=True)
        )
    return bool(np.array_equal(a, b))


def _respelt(array: np.ndarray) -> np.ndarray:
    """Return an array of text or objects with each item changed."""
    rng = np.random.RandomState(0)
    items = [next(_scalars(item, rng), item) for item in array.ravel().tolist()]
    if array.dtype == object:
        return _as_objects(items).reshape(array.shape)
    return np.array(items).reshape(array.shape)


def _scalars(value: Any, rng: np.random.RandomState) -> Iterator[Any]:
    if isinstance(value, bool | np.bool):
        yield type(value)(not value)
    elif isinstance(value, str):
        yield f"{value}?"
    elif isinstance(value, bytes):
        yield value + b"?"
    elif isinstance(value, int | np.integer):
        # Larger only: a buffer with too little room is what compiled code would write beyond.
        yield type(value)(value + 1)
    elif isinstance(value, float | complex | np.inexact):
        for new in _floats(np.array([value]), rng):
            yield type(value)(new[0])
    else:
        yield GONE


def _sequences(items: list[Any], rng: np.random.RandomState) -> Iterator[list[Any]]:
    """Yield other items for a list of numbers and text."""
    if not items:
        raise NotSafe("it is empty")
    if all(isinstance(item, float | np.floating) for item in items):
        for new in _floats(np.array(items), rng):
            yield [type(old)(number) for old, number in zip(items, new, strict=True)]
        return
    found = [list(new) for new in _reordered(_as_objects(items), rng)]
    if not found:
        raise NotSafe("other items may be indices out of bounds")
    yield from found


def _sparse(matrix: Any, rng: np.random.RandomState) -> Iterator[Any]:
    if matrix.format not in ("csr", "csc", "coo", "bsr", "dia"):
        raise NotSafe(f"a sparse matrix that is {matrix.format}")
    for data in _arrays(matrix.data, rng):
        new = matrix.copy()
        new.data = data
        yield new


def _as_objects(items: Any) -> np.ndarray:
    if isinstance(items, np.ndarray):
        return items
    array = np.empty(len(items), object)
    array[:] = items
    return array


def _like(old: list | tuple, items: list[Any]) -> Any:
    if isinstance(old, list):
        return type(old)(items)
    return type(old)._make(items) if hasattr(old, "_make") else type(old)(items)
