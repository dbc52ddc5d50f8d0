"""What one attribute holds: its arrays and numbers, and the records of them."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import issparse

from skparams._records import Count, FittedAttribute, Unknown
from skparams.specs import Context, EstimatorView, Guess, Part, Rule, leaves_in

_NUMBER = (int, float, complex)
_PLAIN = (int, float, complex, np.generic, list, tuple)
# Sparse formats that keep Python objects rather than buffers.
_OF_OBJECTS = ("lil", "dok")
_BYTES_OF_OBJECTS = Unknown("a matrix of Python objects has no buffers")
GUESSED = Unknown("guessed, constraints are not known")
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
        owner = owner_of(array)
        # To ask for an address takes long. An array without a base has one of its own.
        if owner is array and array.base is None:
            return (id(array),)
        shown = (array.ctypes.data, array.shape, array.strides)
        if owner.base is None and shown == (owner.ctypes.data, owner.shape, owner.strides):
            return (id(owner),)
        return shown


def join(path: str, name: str) -> str:
    return f"{path}__{name}" if path else name


def distinct(name: str, local: str, taken: Container[str]) -> str:
    """A name for a nested estimator that no sibling has."""
    return f"{name}[{local!r}]" if local in taken else local


def leaves_of(view: EstimatorView, ctx: Context, name: str, rule: Rule) -> list[Leaf]:
    """Return what an attribute holds: by the rule's parts, else what is found in it."""
    value, path = view.values[name], join(view.path, name)
    if not rule.parts:
        return [
            Leaf(join(view.path, local), local, name, view.estimator, found)
            for local, found in leaves_in(name, value, objects=_looks_into_objects(rule))
        ]
    ctx.value = value
    parts = rule.parts(ctx)
    if rule.role in ("auxiliary", "structure"):
        parts = (replace(p, role=rule.role) if p.role == "parameter" else p for p in parts)
    return [Leaf(path + p.path, name + p.path, name, view.estimator, p.array, p) for p in parts]


def _looks_into_objects(rule: Rule) -> bool:
    return rule.role == "state" or isinstance(rule, Guess)


def add_retained_bytes(own: list[tuple[Leaf, FittedAttribute]]) -> list[FittedAttribute]:
    """Charge the memory that views keep alive to the first view of each base.

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
        and isinstance(row.bytes, int)
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
    return FittedAttribute(path, role, (), None, dtype, 1, None, n_bytes)


def record_of(
    leaf: Leaf,
    role: str,
    rule: Rule,
    dims: tuple[str, ...] | None,
    ctx: Context,
    alias_of: str | None,
) -> FittedAttribute:
    """Return the record of one leaf."""
    array, part = leaf.numbers, leaf.part
    if array is None:
        kind = f"{type(leaf.value).__module__}.{type(leaf.value).__qualname__}"
        why = Unknown(f"no Spec says what the {kind} in {leaf.path} holds")
        return FittedAttribute(leaf.path, role, None, None, None, why, why, why, alias_of)
    count: Count | None
    free: Count | None
    n_bytes: Count | None
    count, free, n_bytes = (part.count, part.free, part.bytes) if part else (None, None, None)
    if count is None:
        count = int(stored_in(array).size)
    if n_bytes is None:  # of what is counted, where that is not all
        own = part.count if part else None
        n_bytes = own * array.itemsize if isinstance(own, int) else _bytes_of(array)
    if role != "parameter":
        free = None
    elif free is None:
        free = _free_in(array, rule, ctx, count)
    shape, dims = array.shape, (part and part.dims) or dims
    if dims is not None and len(dims) != len(shape):
        dims = dims[len(dims) - len(shape) :] if len(dims) > len(shape) else None
    dtype = "record" if array.dtype.names else _text_of(array.dtype)
    row = FittedAttribute(leaf.path, role, shape, dims, dtype, count, free, n_bytes, alias_of)
    if part and part.trees:
        row.trees = part.trees
    return row


def _free_in(array: Any, rule: Rule, ctx: Context, count: Count) -> Count:
    """The free count of an array for which its Part gives none."""
    ctx.value, ctx.shape = array, array.shape
    free = rule.free(ctx) if callable(rule.free) else rule.free
    if free == "nonzero":
        return int(np.count_nonzero(stored_in(array)))
    return count if free is None else free


def stored_in(array: Any) -> np.ndarray:
    """Return the numbers that an array or a sparse matrix stores."""
    if isinstance(array, np.ndarray):
        return array
    return array.tocoo().data if array.format in _OF_OBJECTS else array.data


def _bytes_of(array: Any) -> int | Unknown:
    if isinstance(array, np.ndarray):
        return array.nbytes
    if array.format in _OF_OBJECTS:
        return _BYTES_OF_OBJECTS
    buffers = ("data", "indices", "indptr", "row", "col", "offsets")
    held = [getattr(array, name, None) for name in buffers]
    return sum(buffer.nbytes for buffer in held if isinstance(buffer, np.ndarray))
