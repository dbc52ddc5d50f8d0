"""From the objects of a file to an estimator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from skparams._keep.arrays import as_it_was
from skparams._keep.container import Contents
from skparams._keep.errors import ParamsFileError
from skparams._keep.readers import READERS
from skparams._keep.table import MAX_COPIED
from skparams._walk import join

# Objects of a file beyond one for each byte of its arrays.
MAX_OBJECTS = 100_000

Sections = dict[str, dict[str, Any]]


class _Row(NamedTuple):
    """A row of a table, and how many it has."""

    place: int
    n_rows: int


class _Column(NamedTuple):
    """Of the arrays of a column, the lengths of the axes and where each starts."""

    lengths: np.ndarray  # of shape (n_axes, n_rows)
    starts: np.ndarray


class Decoder:
    """Makes the objects of a file, each once.

    Parameters
    ----------
    contents : Contents
        Of the file.
    make : callable
        Gets the name of a class, the values by section (``fields``, or ``attributes`` and
        ``params``), and the path of the object.
    mapped : bool
        Whether the arrays are in a file. Those of integers are copied then, as compiled code uses
        them as indices and the file may change.
    """

    def __init__(
        self,
        contents: Contents,
        make: Callable[[str, Sections, str], Any],
        *,
        mapped: bool,
    ) -> None:
        self._tables, self._arrays = contents.text["tables"], contents.arrays
        self._make, self._mapped = make, mapped
        for array in () if mapped else self._arrays.values():
            array.flags.writeable = True  # its memory is this model's alone
        self._n_made = [0] * len(self._tables)
        self._objects: list[Any] = []
        self._found: dict[tuple[str, int], np.ndarray] = {}  # by name and row
        self._columns: dict[str, _Column] = {}  # by name

    def root(self) -> Any:
        """Return the object that the file is of."""
        n_bytes = sum(array.nbytes for array in self._arrays.values())
        _check_rows(self._tables, MAX_OBJECTS + n_bytes)  # before anything is made for each
        return self._object(len(self._tables) - 1, "")

    def _object(self, place: Any, path: str) -> Any:
        table = self._tables[place]
        row = _Row(self._n_made[place], table["rows"])
        self._n_made[place] += 1
        number = len(self._objects)
        self._objects.append(None)
        sections = {
            section: {
                name: self._value(value, row, _path_in(path, section, name))
                for name, value in values.items()
            }
            for section, values in table["object"].items()
            if section != "@class"
        }
        self._objects[number] = made = self._make(table["object"]["@class"], sections, path)
        return made

    def _value(self, tree: Any, row: _Row, path: str) -> Any:
        if isinstance(tree, list):
            return [self._value(item, row, f"{path}[{i}]") for i, item in enumerate(tree)]
        if not isinstance(tree, dict):
            return tree
        ((tag, content),) = tree.items()
        if tag == "@of":
            return self._object(content, path)
        if tag in ("@array", "@copy"):
            return self._array(*_listed(content), copy=tag == "@copy")
        if tag == "@rows":
            return self._row(content, *row)
        if tag == "@row":  # of another table
            return self._row(*content)
        if tag == "@column":
            if isinstance(content, str):
                return self._arrays[content][row.place].item()
            return self._value(content[row.place], row, path)
        content = self._value(content, row, path)
        if tag == "@same":
            made = self._objects[content] if content >= 0 else None
            if made is None:
                raise ParamsFileError(f"{path} refers to an object that is not there")
            return made
        return READERS[tag](content)

    def _array(self, name: str, dtype: Any = None, axes: Any = None, *, copy: bool) -> np.ndarray:
        stored = self._arrays[name]
        if not copy:
            return self._once((name, -1), stored, dtype, axes)
        if stored.nbytes > MAX_COPIED:
            raise ParamsFileError(f"{name!r} is too large to be copied for each row")
        return as_it_was(stored.copy(), dtype, axes)

    def _row(self, content: list[Any], place: int, n_rows: int) -> np.ndarray:
        name, axes, *how = content
        column = self._column(name, axes, n_rows)
        if not 0 <= place < len(column.starts) - 1:
            raise ParamsFileError(f"{name!r} has no row {place}")
        start, end = column.starts[place : place + 2].tolist()
        stored = self._arrays[name][start:end].reshape(column.lengths[:, place])
        return self._once((name, place), stored, *how)

    def _once(
        self, key: tuple[str, int], stored: np.ndarray, dtype: Any = None, axes: Any = None
    ) -> np.ndarray:
        if key not in self._found:
            if self._mapped and stored.dtype.kind != "f":
                stored = stored.copy()
            self._found[key] = as_it_was(stored, dtype, axes)
        return self._found[key]

    def _column(self, name: str, axes: list[Any], n_rows: int) -> _Column:
        if name not in self._columns:
            lengths = np.empty((len(axes), n_rows), np.int64)
            for i, axis in enumerate(axes):
                lengths[i] = self._arrays[axis] if isinstance(axis, str) else axis
            # In float64, as products of forged lengths may exceed integers.
            total = lengths.prod(0, float).sum()
            if lengths.min(initial=0) < 0 or total != self._arrays[name].size:
                raise ParamsFileError("the lengths of arrays do not add up")
            starts = np.concatenate([[0], np.cumsum(lengths.prod(0))])
            self._columns[name] = _Column(lengths, starts)
        return self._columns[name]


def _listed(content: Any) -> list[Any]:
    return content if isinstance(content, list) else [content]


def _check_rows(tables: list[Any], most: int) -> None:
    """Raise ParamsFileError unless each table has a row for each object that refers to it.

    Tables that refer to tables may be few bytes and very many objects.
    """
    expected = [0] * len(tables)
    expected[-1] = 1
    for place in reversed(range(len(tables))):
        n_rows = tables[place]["rows"]
        if type(n_rows) is not int or n_rows != expected[place]:
            raise ParamsFileError(f"table {place} has {n_rows!r:.40} rows, not {expected[place]}")
        for other in _references(tables[place]["object"]):
            if type(other) is not int or not 0 <= other < place:
                raise ParamsFileError(f"table {place} refers to the table {other!r:.40}")
            expected[other] += n_rows
        if sum(expected) > most:
            raise ParamsFileError(f"it has more than {most:,} objects")


def _references(tree: Any) -> Iterator[Any]:
    if isinstance(tree, dict):
        if "@of" in tree:
            yield tree["@of"]
        else:
            for value in tree.values():
                yield from _references(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _references(value)


def _path_in(path: str, section: str, name: str) -> str:
    return f"{path}.{name}" if section == "fields" else join(path, name)
