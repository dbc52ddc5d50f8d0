"""What one attribute holds: its arrays and numbers, and the records of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.sparse import issparse

from skparams.inspection._counts import Count
from skparams.inspection._record import FittedAttribute
from skparams.inspection._spec import Part, Rule
from skparams.inspection._specs._values import leaves_in

__all__ = ["Leaf", "join", "leaves_of", "record_of", "with_retained"]


@dataclass(frozen=True, slots=True)
class Leaf:
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
        if isinstance(self.value, np.ndarray) or issparse(self.value):
            return self.value
        plain = int | float | complex | np.generic | list | tuple
        return np.asarray(self.value) if isinstance(self.value, plain) else None

    @property
    def buffer(self) -> tuple:
        """What two leaves share if they are the same numbers in memory.

        Not the base: an lbfgs network's matrices are all views of one vector.
        """
        array = self.value.data if issparse(self.value) else self.value
        if not isinstance(array, np.ndarray) or array.size == 0:
            return (self.path,)
        return (array.__array_interface__["data"][0], array.shape, array.strides)


def join(path: str, name: str) -> str:
    return f"{path}__{name}" if path else name


def leaves_of(estimator: Any, name: str, value: Any, rule: Rule, path: str) -> Iterator[Leaf]:
    """Yield what an attribute holds: by the rule's parts, else what is found in it."""
    if rule.parts:
        for part in rule.parts(value):
            if rule.role == "auxiliary" and part.role == "parameter":
                part = replace(part, role=rule.role)
            local = f"{name}{part.path}"
            yield Leaf(join(path, local), local, name, estimator, part.array, part)
    else:
        for local, found in leaves_in(name, value, objects=rule.role == "state"):
            yield Leaf(join(path, local), local, name, estimator, found)


def with_retained(own: list[tuple[Leaf, FittedAttribute]]) -> Iterator[FittedAttribute]:
    """Yield an attribute's records; the first view of a base is told what it keeps alive.

    Several views of one base, as an lbfgs network's matrices are, keep it alive together.
    """
    bases: dict[int, int] = {}
    for leaf, row in own:
        base = _base(leaf.value)
        if base is not None and row.alias_of is None:
            bases[id(base)] = bases.get(id(base), base.nbytes) - leaf.value.nbytes
    for leaf, row in own:
        retained = bases.pop(id(_base(leaf.value)), 0)
        yield replace(row, retained=retained) if retained > 0 else row


def _base(value: Any) -> np.ndarray | None:
    """Return the array whose memory a view shows, None for what owns its numbers."""
    if not isinstance(value, np.ndarray) or not isinstance(value.base, np.ndarray):
        return None
    base = value.base
    while isinstance(base.base, np.ndarray):
        base = base.base
    return base


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
    shape = array.shape
    arrays = [array]
    if issparse(array):
        arrays = [
            getattr(array, name)
            for name in ("data", "indices", "indptr", "row", "col")
            if isinstance(getattr(array, name, None), np.ndarray)
        ]
    count: Count = int(arrays[0].size)
    learned = role == "parameter"
    if part and part.count is not None:
        count = part.count
    free: Count = count
    if guessed or not learned:
        free = None
    elif part and part.free is not None:
        free = part.free
    elif rule.free == "nonzero":
        free = int(np.count_nonzero(arrays[0]))
    elif callable(rule.free):
        free = rule.free(shape, params)
    dims = part.dims if part and part.dims else dims
    return FittedAttribute(
        path=leaf.path,
        role=role,
        shape=shape,
        dims=dims[len(dims) - len(shape) :] if dims and len(dims) >= len(shape) else None,
        dtype=str(array.dtype),
        count=count,
        free=free,
        bytes=sum(each.nbytes for each in arrays),
        reason="guessed, constraints are not known" if guessed and learned else None,
        alias_of=alias_of,
    )
