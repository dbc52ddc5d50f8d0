"""The objects of a file by columns: those that are alike are rows of one table.

A forest is a table of trees with as many rows as it has trees, so that it is a few arrays.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any, NamedTuple

import numpy as np

from skparams._keep.encode import Item, Stored

# The bytes of an array that is stored once for all rows of a table that have the same.
MAX_COPIED = 4096

_INDICES = re.compile(r"\[\d+(, \d+)*\]")


class _Table(NamedTuple):
    """A skeleton with holes for the leaves, the leaves of each object, and where the first is."""

    skeleton: Any
    rows: list[list[Any]]
    path: str
    place: int


def pack(root: Item) -> tuple[list[Any], dict[str, np.ndarray]]:
    """Return the tables of an object, its own the last, and the arrays by name."""
    tables: dict[str, _Table] = {}
    _add(root, tables)
    columns = [
        [list(column) for column in zip(*table.rows, strict=True)] for table in tables.values()
    ]
    arrays = _Arrays(column for each in columns for column in each)
    texts = []
    for table, each in zip(tables.values(), columns, strict=True):
        holes = (_column(values, table.path, arrays) for values in each)
        texts.append({"rows": len(table.rows), "object": _filled(table.skeleton, holes)})
    return texts, arrays.found


def _add(item: Item, tables: dict[str, _Table]) -> int:
    """Put an object into the table of its skeleton, after those in it; return the table's place."""
    leaves: list[Any] = []
    skeleton = _split(item.tree, leaves, tables)
    table = tables.setdefault(json.dumps(skeleton), _Table(skeleton, [], item.path, len(tables)))
    table.rows.append(leaves)
    return table.place


def _split(tree: Any, leaves: list[Any], tables: dict[str, _Table]) -> Any:
    """Return a tree with holes in place of its leaves, which are appended."""
    if isinstance(tree, Item):
        return {"@of": _add(tree, tables)}
    if isinstance(tree, dict):
        return {
            name: value if name == "@class" else _split(value, leaves, tables)
            for name, value in tree.items()
        }
    if isinstance(tree, list):
        return [_split(value, leaves, tables) for value in tree]
    if tree is None or isinstance(tree, bool):
        return tree
    leaves.append(tree)
    if isinstance(tree, Stored):
        return {"@hole": [tree.array.dtype.str, tree.array.ndim, tree.dtype, tree.axes]}
    return {"@hole": type(tree).__name__}


def _filled(tree: Any, holes: Iterator[Any]) -> Any:
    """Return a skeleton with the next of some values in each hole."""
    if isinstance(tree, dict):
        if "@hole" in tree:
            return next(holes)
        return {name: _filled(value, holes) for name, value in tree.items()}
    if isinstance(tree, list):
        return [_filled(value, holes) for value in tree]
    return tree


class _Arrays:
    """The arrays of a file by name, each stored once."""

    def __init__(self, columns: Iterable[list[Any]]) -> None:
        self.found: dict[str, np.ndarray] = {}
        self._names: dict[int, str] = {}
        self._rows: dict[tuple[int, ...], Any] = {}
        stored = {tuple(map(id, column)) for column in columns if isinstance(column[0], Stored)}
        # How often each array occurs, beside those that several columns hold alike.
        self._uses = Counter(key for column in stored for key in column)

    def one(self, stored: Stored, path: str) -> Any:
        """Refer to an array of its own."""
        if id(stored) not in self._names:
            self._names[id(stored)] = self._put(path, stored.array)
        return {"@array": [self._names[id(stored)], stored.dtype, stored.axes]}

    def rows(self, column: list[Stored], path: str) -> Any:
        """Refer to arrays that are rows of a table."""
        key = tuple(map(id, column))
        if any(self._uses[each] > 1 for each in key):
            return {"@column": [self.one(stored, stored.path) for stored in column]}
        if key not in self._rows:
            self._rows[key] = self._concatenated(column, path)
        return self._rows[key]

    def _concatenated(self, column: list[Stored], path: str) -> Any:
        first = column[0]
        alike = all(_equal(first.array, each.array) for each in column[1:])
        if alike and first.array.nbytes <= MAX_COPIED:
            return {"@copy": [self._put(path, first.array), first.dtype, first.axes]}
        flat = np.concatenate([each.array.ravel() for each in column])
        lengths = [
            self.numbers([each.array.shape[axis] for each in column], f"{path}.shape[{axis}]")
            for axis in range(first.array.ndim)
        ]
        return {"@rows": [self._put(path, flat), first.dtype, first.axes, lengths]}

    def numbers(self, values: list[int] | list[float], path: str) -> Any:
        """Refer to numbers, one for each row, or give the one that all are."""
        if len({_key(value) for value in values}) == 1:
            return constant(values[0])
        array = np.array(values)
        if array.dtype.kind not in "iuf":  # integers of more than 64 bits
            return {"@column": values}
        if array.dtype.kind in "iu":
            dtype = np.promote_types(
                np.min_scalar_type(array.min()), np.min_scalar_type(array.max())
            )
            array = array.astype(dtype)
        name = next((n for n, known in self.found.items() if _equal(known, array)), None)
        return {"@column": {"@array": [name or self._put(path, array), None, None]}}

    def _put(self, path: str, array: np.ndarray) -> str:
        names = (path if i == 1 else f"{path}#{i}" for i in count(1))
        name = next(name for name in names if name not in self.found)
        self.found[name] = array
        return name


def _column(values: list[Any], path: str, arrays: _Arrays) -> Any:
    """Return what stands in a hole: what all rows have there, or a column with an item for each."""
    first = values[0]
    if isinstance(first, Stored):
        if all(each is first for each in values):
            return arrays.one(first, first.path)
        return arrays.rows(values, _INDICES.sub("[:]", path) + first.path.removeprefix(path))
    if isinstance(first, str):
        return first if len(set(values)) == 1 else {"@column": values}
    return arrays.numbers(values, f"{_INDICES.sub('[:]', path)}.numbers")


def constant(value: Any) -> Any:
    """Return a number as JSON has it."""
    if isinstance(value, float) and not math.isfinite(value):
        return {"@float": str(value)}
    return value


def _key(value: Any) -> Any:
    """What is the same for the same numbers only: not for 0.0 and -0.0, and for NaN and NaN."""
    return value.hex() if isinstance(value, float) else value


def _equal(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two arrays are the same to the last bit."""
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
