"""The fitted parameters that an estimator will have, from its Spec, before fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
    low_high,
    multiply,
    span,
)
from skparams._walk import join
from skparams.specs import Context, EstimatorView, Part, Rule, dims_of, resolve

# From a transformer and a shape, the shape behind the transformer.
After = Callable[[Any, DataShape], DataShape]

_NO_SIZE = "no Spec says how large {} will be"
# For float32 X a Spec may not say whether parameters are float32 or float64.
_ITEMSIZE: dict[str | None, Count] = {"float32": 4, "float64": 8, None: Bounds(4, 8)}


def evaluate(function: Callable[..., Any], *args: Any) -> Any:
    """Return what a Spec's function returns, Unknown if it lacks data or raises."""
    try:
        return function(*args)
    except NotKnown as error:
        return Unknown(str(error))
    except Exception as error:  # hyperparameters that fit would refuse, or a third party's Spec
        return Unknown(f"cannot be known ({type(error).__name__}: {error})")


def _plain(value: Any) -> Any:
    """Return a hyperparameter with NumPy's integers as Python's, which do not overflow."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype.kind in "iu":
        return value.tolist()
    if type(value) in (list, tuple) and any(isinstance(item, np.generic) for item in value):
        return type(value)(_plain(item) for item in value)
    return value


def both_ends(counts: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return the smallest and the largest of each count; one tuple if these are the same."""
    low = tuple(each.low if isinstance(each, Bounds) else each for each in counts)
    high = tuple(each.high if isinstance(each, Bounds) else each for each in counts)
    return [low] if low == high else [low, high]


class _StandIns(dict[str, Any]):
    """Stand-ins for fitted attributes; what is not known before fit is None."""

    def __missing__(self, name: str) -> None:
        return None


class Plans:
    """The sizes and the records of what one estimator will learn on data without Bounds."""

    def __init__(self, view: EstimatorView, data: DataShape, after: After | None = None) -> None:
        self.spec = view.spec
        self.path = view.path
        params = {**view.values, **view.params}
        plain = {name: _plain(value) for name, value in params.items()}
        self.ctx = Context(plain, data, only_transforms=view.place.only_transforms)
        if after is not None:
            self.ctx.after = after
        sizes = self.spec.sizes
        self._sizes: Any = evaluate(sizes, self.ctx) if callable(sizes) else sizes
        self.dtype = self._dtype()

    def _dtype(self) -> str | None:
        if "dtype" in self.spec.extras:
            dtype = evaluate(self.spec.extras["dtype"], self.ctx)
            return dtype if isinstance(dtype, str) and dtype in _ITEMSIZE else None
        dtype = self.ctx.data.dtype
        return dtype if self.spec.float32 or dtype == "float64" else None

    def axis(self, name: str) -> Count:
        """Return how long the axis of a name will be."""
        if isinstance(self._sizes, Unknown):
            return self._sizes
        return evaluate(self._axis, name)

    def _axis(self, name: str) -> Count:
        length = resolve(name, self._sizes, self.ctx)
        if isinstance(length, Unknown):
            return length
        low, high = map(index, low_high(length))
        return Unknown(f"{name} would be {low}") if low < 0 else between(low, high)

    def rows(self) -> Iterator[FittedAttribute]:
        """Yield a record for each array of parameters that fit will leave."""
        for name, rule in self.spec.rules.items():
            if rule.role == "parameter" or rule.before is not None:
                rows = evaluate(self._of, name, rule)
                yield from [self._unknown(name, rule, rows)] if isinstance(rows, Unknown) else rows

    def layers(self, rows: Sequence[FittedAttribute]) -> tuple[Layer, ...]:
        """Return the layers of a network, none where a size is not known."""
        layers = self.spec.extras.get("layers")
        if layers is None or not all(type(row.count) is int for row in rows):
            return ()
        stand_ins: dict[str, Any] = _StandIns()
        for row in rows:  # views of one number: they have a shape and no memory
            name = row.path.removeprefix(join(self.path, "")).partition("[")[0]
            stand_ins.setdefault(name, []).append(evaluate(np.broadcast_to, 0.0, row.shape))
        found = evaluate(layers, Context(self.ctx.params, values=stand_ins))
        return () if isinstance(found, Unknown) else found

    def _of(self, name: str, rule: Rule) -> list[FittedAttribute]:
        if not rule.holds(self.ctx):
            return []
        if rule.before:
            parts = [part for part in rule.before(self.ctx) if part.role == "parameter"]
            return [self._part(f"{name}{part.path}", part) for part in parts]
        if rule.length:
            n = rule.length(self.ctx)
            return [self._array(f"{name}[{i}]", rule, i, n) for i in range(n)]
        return [self._array(name, rule, 0, 1)]

    def _array(self, name: str, rule: Rule, i: int, n: int) -> FittedAttribute:
        dims = evaluate(dims_of, rule, self.ctx, i, n)
        if not isinstance(dims, tuple):
            return self._unknown(name, rule, dims or Unknown(_NO_SIZE.format(name)))
        shape = tuple(self.axis(dim) for dim in dims)
        count = multiply(*shape)
        free = count if isinstance(count, Unknown) else self._free(rule, shape, count)
        return self._row(name, shape, dims, count, free)

    def _free(self, rule: Rule, shape: tuple[Count, ...], count: int | Bounds) -> Count:
        """Return the count minus constraints, at both ends where axes are bounded."""
        if count == 0:
            return count
        found: list[Any] = []
        for self.ctx.shape in both_ends(shape):
            free = evaluate(rule.free, self.ctx) if callable(rule.free) else rule.free
            nonzero = between(0, low_high(count)[1])
            found.append(nonzero if free == "nonzero" else count if free is None else free)
        return span(found)

    def _part(self, name: str, part: Part) -> FittedAttribute:
        shape = None if part.dims is None else tuple(self.axis(dim) for dim in part.dims)
        count = part.count
        if count is None:
            count = Unknown(_NO_SIZE.format(name)) if shape is None else multiply(*shape)
        free = count if part.free is None else part.free
        row = self._row(name, shape, part.dims, count, free)
        n_bytes = row.bytes if part.bytes is None else part.bytes
        return replace(row, bytes=n_bytes, trees=part.trees)

    def _unknown(self, name: str, rule: Rule, unknown: Unknown) -> FittedAttribute:
        dims = rule.dims if isinstance(rule.dims, tuple) else None
        return self._row(name, None, dims, unknown, unknown)

    def _row(
        self,
        name: str,
        shape: tuple[Count, ...] | None,
        dims: tuple[str, ...] | None,
        count: Count,
        free: Count,
    ) -> FittedAttribute:
        path, n_bytes = join(self.path, name), multiply(count, _ITEMSIZE[self.dtype])
        return FittedAttribute(path, "parameter", shape, dims, self.dtype, count, free, n_bytes)
