"""What one attribute holds: its arrays and numbers, and the records of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import issparse

from skparams.inspection._counts import Count
from skparams.inspection._record import FittedAttribute
from skparams.inspection._spec import Part, Rule
from skparams.inspection._specs._values import leaves_in

__all__ = [
    "Leaf",
    "join",
    "leaves_of",
    "owner_of",
    "record_of",
    "record_of_number",
    "stored_in",
    "with_retained",
]


_NUMBER = (int, float, complex)
_PLAIN = (int, float, complex, np.generic, list, tuple)
# Sparse formats that keep Python objects rather than buffers.
_OF_OBJECTS = ("lil", "dok")
# A dtype makes its text anew each time that it is asked.
_text_of = lru_cache(maxsize=256)(str)


class Leaf(NamedTuple):
    """A number, an array or an unknown object, and where it is in which estimator."""

    path: str
    local: str
    attribute: str
    estimator: Any
    value: Any
    part: Part | None = None

    @property
    def numbers(self) -> Any:
        """The array or sparse matrix, a 0-d array for a number, None for an unknown object."""
        if isinstance(self.value, np.ndarray):
            return self.value
        if isinstance(self.value, _PLAIN):
            return np.asarray(self.value)
        return self.value if issparse(self.value) else None

    @property
    def used(self) -> Any:
        """The numbers that predictions need."""
        return self.part.used() if self.part and self.part.used else self.numbers

    @property
    def buffer(self) -> tuple:
        """What two leaves share if they are the same numbers in memory.

        Not the base: an lbfgs network's matrices are all views of one vector.
        """
        if self.part and self.part.owner is not None:
            return (self.part.owner, self.part.path)
        array = self.value
        if not isinstance(array, np.ndarray):
            if isinstance(array, _PLAIN) or not issparse(array):
                return (self.path,)
            if array.format in _OF_OBJECTS:
                return (id(array),)
            array = array.data
        if not array.size:
            return (self.path,)
        # ctypes, as __array_interface__ spells out the fields of records each time
        return (array.ctypes.data, array.shape, array.strides)


def join(path: str, name: str) -> str:
    return f"{path}__{name}" if path else name


def leaves_of(estimator: Any, name: str, value: Any, rule: Rule, path: str) -> Iterator[Leaf]:
    """Yield what an attribute holds: by the rule's parts, else what is found in it."""
    if rule.parts:
        for part in rule.parts(value):
            if rule.role in ("auxiliary", "structure") and part.role == "parameter":
                part = replace(part, role=rule.role)
            local = f"{name}{part.path}"
            yield Leaf(join(path, local), local, name, estimator, part.array, part)
    else:
        for local, found in leaves_in(name, value, objects=rule.role == "state"):
            yield Leaf(join(path, local), local, name, estimator, found)


def with_retained(own: list[tuple[Leaf, FittedAttribute]]) -> list[FittedAttribute]:
    """Return an estimator's records; the first view of a base is told what it keeps alive.

    Several views of one base, as an lbfgs network's matrices are, keep it alive together. What an
    object shows of its own memory keeps nothing else alive.
    """
    rows = [row for _, row in own]
    views = [
        (i, owner_of(leaf.value))
        for i, (leaf, row) in enumerate(own)
        if leaf.part is None
        and isinstance(leaf.value, np.ndarray)
        and leaf.value.base is not None
        and row.alias_of is None
        and row.bytes is not None
    ]
    left: dict[int, Any] = {}
    for i, owner in views:
        left[id(owner)] = left.get(id(owner), owner.nbytes) - rows[i].bytes
    for i, owner in views:
        retained = left.pop(id(owner), 0)
        if retained > 0:
            rows[i] = replace(rows[i], retained=retained)
    return rows


def owner_of(value: Any) -> Any:
    """Return the array whose memory an array shows: itself where it is no view of another."""
    while isinstance(value, np.ndarray) and isinstance(value.base, np.ndarray):
        value = value.base
    return value


@lru_cache(maxsize=64)
def _kind_of(number: type) -> tuple[str, int]:
    """Return the dtype that a type of numbers becomes, as text, and its bytes."""
    own = issubclass(number, np.generic)
    dtype: np.dtype = np.dtype(number if own else next(b for b in _NUMBER if issubclass(number, b)))
    return str(dtype), dtype.itemsize


def record_of_number(path: str, role: str, value: Any) -> FittedAttribute:
    """Return the record of a single number that is no parameter, as ``record_of`` does."""
    cls: type = type(value)
    dtype, n_bytes = _kind_of(cls)
    return FittedAttribute(path, role, (), None, dtype, 1, None, n_bytes, None, None)


def record_of(
    leaf: Leaf,
    rule: Rule,
    dims: tuple[str, ...] | None,
    params: Mapping[str, Any],
    guessed: bool,
    alias_of: str | None,
) -> FittedAttribute:
    """Return the record of one leaf."""
    array, part = leaf.numbers, leaf.part
    role = part.role if part else rule.role
    if array is None:
        kind = f"{type(leaf.value).__module__}.{type(leaf.value).__qualname__}"
        reason = f"no Spec says what the {kind} in {leaf.path} holds"
        return FittedAttribute(
            leaf.path, role, None, None, None, None, None, None, reason, alias_of
        )
    shape, stored = array.shape, stored_in(array)
    count: Count = int(stored.size)
    learned = role == "parameter"
    if part and part.count is not None:
        count = part.count
    free: Count = count
    if guessed or not learned:
        free = None
    elif part and part.free is not None:
        free = part.free
    elif rule.free == "nonzero":
        free = int(np.count_nonzero(stored))
    elif callable(rule.free):
        free = rule.free(shape, params)
    dims = part.dims if part and part.dims else dims
    return FittedAttribute(
        path=leaf.path,
        role=role,
        shape=shape,
        dims=None if dims is None or len(dims) < len(shape) else dims[len(dims) - len(shape) :],
        dtype="record" if array.dtype.names else _text_of(array.dtype),
        count=count,
        free=free,
        bytes=part.bytes if part and part.bytes is not None else _bytes_of(array),
        reason="guessed, constraints are not known" if guessed and learned else None,
        alias_of=alias_of,
    )


def stored_in(array: Any) -> np.ndarray:
    """Return the numbers that an array or a sparse matrix stores."""
    if isinstance(array, np.ndarray):
        return array
    return array.tocoo().data if array.format in _OF_OBJECTS else array.data


def _bytes_of(array: Any) -> int | None:
    if isinstance(array, np.ndarray):
        return array.nbytes
    if array.format in _OF_OBJECTS:
        return None
    buffers = ("data", "indices", "indptr", "row", "col", "offsets")
    held = [getattr(array, name, None) for name in buffers]
    return sum(buffer.nbytes for buffer in held if isinstance(buffer, np.ndarray))
