"""The objects of a file by columns: those that are alike are rows of one table.

A forest is a table of trees with as many rows as it has trees, so that it is a few arrays.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from itertools import count
from typing import Any, NamedTuple

import numpy as np

from skparams._keep.arrays import Stored
from skparams._keep.encode import INDICES, Item

# The bytes of an array that is stored once for all rows of a table that have the same.
MAX_COPIED = 4096


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
        (table, [list(column) for column in zip(*table.rows, strict=True)])
        for table in tables.values()
    ]
    arrays = _Arrays([(column, table.path) for table, each in columns for column in each])
    texts = []
    for table, each in columns:
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
    """The arrays of a file by name, and where each of those that were stored is."""

    def __init__(self, columns: list[tuple[list[Any], str]]) -> None:
        self.found: dict[str, np.ndarray] = {}
        self._places: dict[int, Any] = {}  # by the identity of what was stored
        self._rows: dict[tuple[int, ...], Any] = {}
        several = {
            tuple(map(id, column)): (column, path)
            for column, path in columns
            if isinstance(column[0], Stored)
        }
        uses = Counter(key for keys in several for key in set(keys))
        for keys, (column, path) in several.items():
            if 1 < len(keys) == len(set(keys)) and self._places.keys().isdisjoint(keys):
                alone = all(uses[key] == 1 for key in keys)
                self._rows[keys] = self._put_rows(column, path, alone)

    def one(self, stored: Stored) -> Any:
        """Refer to an array, which gets a name of its own if it is in no table."""
        if id(stored) not in self._places:
            self._places[id(stored)] = _reference(
                "@array", self._put(stored.path, stored.array), stored
            )
        return self._places[id(stored)]

    def rows(self, column: list[Stored]) -> Any:
        """Refer to the arrays that the rows of a table have."""
        known = self._rows.get(tuple(map(id, column)))
        return {"@column": [self.one(stored) for stored in column]} if known is None else known

    def _put_rows(self, column: list[Stored], path: str, alone: bool) -> Any:
        """Store arrays one after the other, or once if all are alike and nothing else has them."""
        first = column[0]
        path = INDICES.sub("[:]", path) + first.path.removeprefix(path)
        alike = alone and all(_equal(first.array, each.array) for each in column[1:])
        if alike and first.array.nbytes <= MAX_COPIED:
            return _reference("@copy", self._put(path, first.array), first)
        name = self._put(path, np.concatenate([each.array.ravel() for each in column]))
        lengths = [
            self._lengths([each.array.shape[axis] for each in column], f"{path}.shape[{axis}]")
            for axis in range(first.array.ndim)
        ]
        rows = _reference("@rows", name, first, lengths)
        for i, stored in enumerate(column):
            self._places[id(stored)] = {"@row": [rows["@rows"], i, len(column)]}
        return rows

    def _lengths(self, values: list[int], path: str) -> int | str:
        return values[0] if len(set(values)) == 1 else self._put_numbers(np.array(values), path)

    def numbers(self, values: list[int] | list[float], path: str) -> Any:
        """Refer to numbers, one for each row, or give the one that all are."""
        if len({_key(value) for value in values}) == 1:
            return constant(values[0])
        array = np.array(values)
        if array.dtype.kind not in "iuf":  # integers of more than 64 bits
            return {"@column": values}
        return {"@column": self._put_numbers(array, path)}

    def _put_numbers(self, array: np.ndarray, path: str) -> str:
        """Store numbers in as few bytes as they need, and not those that are stored already."""
        if array.dtype.kind in "iu":
            limits = np.min_scalar_type(array.min()), np.min_scalar_type(array.max())
            array = array.astype(np.promote_types(*limits))
        name = next((name for name, known in self.found.items() if _equal(known, array)), None)
        return name or self._put(path, array)

    def _put(self, path: str, array: np.ndarray) -> str:
        path = path.encode("utf-8", "backslashreplace").decode()  # safetensors has no surrogates
        names = (path if i == 1 else f"{path}#{i}" for i in count(1))
        name = next(name for name in names if name not in self.found)
        self.found[name] = array
        return name


def _reference(tag: str, name: str, stored: Stored, *lengths: Any) -> dict[str, Any]:
    """Name an array, and say how it differs from the one that is stored if it does."""
    content = [name, *lengths, stored.dtype, stored.axes]
    while content[-1] is None:
        content.pop()
    return {tag: content[0] if len(content) == 1 else content}


def _column(values: list[Any], path: str, arrays: _Arrays) -> Any:
    """Return what stands in a hole: what all rows have there, or a column with an item for each."""
    first = values[0]
    if isinstance(first, Stored):
        return arrays.one(first) if all(each is first for each in values) else arrays.rows(values)
    if isinstance(first, str):
        return first if len(set(values)) == 1 else {"@column": values}
    return arrays.numbers(values, f"{INDICES.sub('[:]', path)}.numbers")


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
