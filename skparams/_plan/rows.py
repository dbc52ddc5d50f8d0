"""The fitted parameters that an estimator will have, from its Spec, before fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import index
from typing import Any

import numpy as np

from skparams._records import (
    Bounds,
    Count,
    DataShape,
    FittedAttribute,
    Layer,
    NotKnown,
    Unknown,
    between,
    multiply,
    resolve,
    span,
)
from skparams._walk import join
from skparams.specs import Part, Rule, Said, Spec

__all__ = ["Plans", "asked", "ends"]


def asked(function: Callable[..., Any], *args: Any) -> Any:
    """Return what a Spec's function answers, Unknown where it lacks data or cannot."""
    try:
        return function(*args)
    except NotKnown as error:
        return Unknown(str(error))
    except Exception as error:  # hyperparameters that fit would refuse, or a third party's Spec
        return Unknown(f"cannot be told ({type(error).__name__}: {error})")


def _as_python(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return hyperparameters with NumPy's integers as Python's, which do not overflow."""
    return {name: _plain(value) for name, value in params.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype.kind in "iu":
        return value.tolist()
    if type(value) in (list, tuple) and any(isinstance(item, np.generic) for item in value):
        return type(value)(_plain(item) for item in value)
    return value


def ends(counts: Sequence[Any]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Return the least and the largest of each count."""
    low = tuple(each.low if isinstance(each, Bounds) else each for each in counts)
    return low, tuple(each.high if isinstance(each, Bounds) else each for each in counts)


class _Held(dict[str, Any]):
    """Stand-ins for fitted attributes; what is not known before fit is None."""

    def __missing__(self, name: str) -> None:
        return None


class Plans:
    """The sizes and the records of what one estimator will learn.

    Parameters
    ----------
    spec : Spec
        What is known about its class.
    data : DataShape
        What it will be fitted on, without Bounds.
    params : mapping
        Its hyperparameters.
    path : str, default=""
        Where it is.
    """

    def __init__(
        self, spec: Spec, data: DataShape, params: Mapping[str, Any], path: str = ""
    ) -> None:
        self.spec = spec
        self.data = data
        self.params = _as_python(params)
        self.path = path
        self._sizes = asked(spec.sizes, self.params) if callable(spec.sizes) else spec.sizes
        keeps = data.dtype == "float32" and self.says(spec.keeps_float32)
        self.dtype = "float32" if keeps else "float64"

    def says(self, answer: bool | Said) -> bool:
        """Return what a Spec answers, False where it depends on what is not known."""
        return answer if isinstance(answer, bool) else asked(answer, self.data, self.params) is True

    def axis(self, name: str) -> Count:
        """Return how long the axis of a name will be."""
        if isinstance(self._sizes, Unknown):
            return self._sizes
        return asked(self._axis, name)

    def rows(self) -> Iterator[FittedAttribute]:
        """Yield a record for each array of parameters that fit will leave."""
        for name, rule in self.spec.rules.items():
            if rule.role != "parameter" and rule.before is None:
                continue
            holds = asked(rule.holds, self.params)
            if isinstance(holds, Unknown):
                yield self._unknown(name, rule, holds)
            elif holds:
                yield from self._of(name, rule)

    def layers(self, rows: Sequence[FittedAttribute]) -> tuple[Layer, ...]:
        """Return the layers of a network, none where a size is not known."""
        if self.spec.layers is None or not all(type(row.count) is int for row in rows):
            return ()
        held: dict[str, Any] = _Held()
        for row in rows:  # views of one number: they have a shape and no memory
            name = row.path.removeprefix(join(self.path, "")).partition("[")[0]
            held.setdefault(name, []).append(asked(np.broadcast_to, 0.0, row.shape))
        layers = asked(self.spec.layers, held, self.params)
        return () if isinstance(layers, Unknown) else layers

    def _of(self, name: str, rule: Rule) -> Iterator[FittedAttribute]:
        named = rule.dims_for(self.params)
        before = rule.before
        if before:
            parts = asked(lambda: list(before(self.data, self.params)))
            if isinstance(parts, Unknown):
                yield self._unknown(name, rule, parts)
                return
            for part in parts:
                if part.role == "parameter":
                    yield self._part(f"{name}{part.path}", rule, part)
        elif rule.length:
            n = asked(rule.length, self.data, self.params)
            if isinstance(n, Unknown):
                yield self._unknown(name, rule, n)
                return
            for i in range(n):
                dims = named(i, n) if callable(named) else named
                yield self._array(f"{name}[{i}]", dims, rule)
        elif isinstance(named, tuple):
            yield self._array(name, named, rule)
        else:
            yield self._unknown(name, rule, Unknown(f"no Spec says how large {name} will be"))

    def _array(self, name: str, dims: tuple[str, ...] | None, rule: Rule) -> FittedAttribute:
        if dims is None:
            return self._unknown(name, rule, Unknown(f"no Spec says how large {name} will be"))
        shape = tuple(self.axis(dim) for dim in dims)
        count = multiply(*shape)
        free = count if isinstance(count, Unknown) else self._free(rule, shape, count)
        return self._row(name, rule, shape, dims, count, free, count)

    def _free(self, rule: Rule, shape: tuple[Count, ...], count: int | Bounds) -> Count:
        """Return the count minus constraints, at both ends where axes are bounded."""
        if rule.free is None or count == 0:
            return count
        if rule.free == "nonzero":
            return between(0, ends([count])[1][0])
        answers = [asked(rule.free, each, self.params) for each in ends(shape)]
        return span(answers)

    def _part(self, name: str, rule: Rule, part: Part) -> FittedAttribute:
        shape = None if part.dims is None else tuple(self.axis(dim) for dim in part.dims)
        held: Count
        if shape is not None:
            held = multiply(*shape)
        elif part.count is not None:
            held = part.count
        else:
            held = Unknown(f"no Spec says how large {name} will be")
        count = held if part.count is None else part.count
        free = count if part.free is None else part.free
        row = self._row(name, rule, shape, part.dims, count, free, held)
        n_bytes = row.bytes if part.bytes is None else part.bytes
        return replace(row, bytes=n_bytes, trees=part.trees)

    def _axis(self, name: str) -> Count:
        length = resolve(name, self._sizes, self.data, self.params)
        if isinstance(length, Unknown):
            return length
        low, high = map(index, length if isinstance(length, Bounds) else (length, length))
        return Unknown(f"{name} would be {low}") if low < 0 else between(low, high)

    def _unknown(self, name: str, rule: Rule, unknown: Unknown) -> FittedAttribute:
        dims = rule.dims if isinstance(rule.dims, tuple) else None
        return self._row(name, rule, None, dims, unknown, unknown, unknown)

    def _row(
        self,
        name: str,
        rule: Rule,
        shape: tuple[Count, ...] | None,
        dims: tuple[str, ...] | None,
        count: Count,
        free: Count,
        held: Count,
    ) -> FittedAttribute:
        """Return a record; ``held`` numbers are kept, of which ``count`` are parameters."""
        dtype = "float64" if self.says(rule.float64) else self.dtype
        return FittedAttribute(
            path=join(self.path, name),
            role="parameter",
            shape=shape,
            dims=dims,
            dtype=dtype,
            count=count,
            free=free,
            bytes=multiply(held, 4 if dtype == "float32" else 8),
        )
