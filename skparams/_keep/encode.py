"""From an estimator to objects of plain values and arrays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import issparse, sparray

from skparams._keep.arrays import DTYPES, Stored, stored
from skparams._keep.checks import check_attributes
from skparams._keep.classes import public_name
from skparams._keep.contents import (
    DERIVED,
    Refused,
    kept_attributes,
    pickles_its_own_way,
    winner_of,
)
from skparams._keep.kinds import ARRAY, KINDS, TYPES, function_name
from skparams._walk import join
from skparams.specs import is_estimator, view_of

# The arrays that a sparse matrix of each format consists of.
SPARSE_PARTS = {
    "csr": ("data", "indices", "indptr"),
    "csc": ("data", "indices", "indptr"),
    "bsr": ("data", "indices", "indptr"),
    "coo": ("data", "row", "col"),
    "dia": ("data", "offsets"),
}
# Lists of numbers from this length on are stored as arrays.
MIN_ARRAY = 8

INDICES = re.compile(r"\[\d+(, \d+)*\]")
_NUMBERS = {int: "int64", float: "float64", bool: "bool"}


@dataclass(slots=True, eq=False)
class Item:
    """An object: its class, what it consists of, and where it was found first."""

    tree: dict[str, Any]
    path: str


class Encoder:
    """Turns values into trees of dicts, lists, plain values, arrays and objects.

    Dicts have one key, which begins with @, but for what names point to: hyperparameters,
    attributes and fields.
    """

    def __init__(self, state: bool, templates: bool = False) -> None:
        self.state = state
        self._templates = templates  # in hyperparameters that only say what to fit
        self.classes: set[str] = set()
        self._owner = ""  # the path of the estimator whose attributes are encoded
        self._n_objects = 0
        # Of objects by identity and whether as templates; None while they are encoded.
        self._places: dict[tuple[int, bool], int | None] = {}
        self._arrays: dict[tuple, Stored] = {}
        self._kept: list[Any] = []  # so that no address and no identity recurs

    def encode(self, value: Any, path: str) -> Any:
        """Return the tree of a value."""
        if value is None or type(value) in (bool, int, float, str):
            return value
        if isinstance(value, np.ndarray):
            return self._array(value, path)
        if isinstance(value, np.generic):
            return self._scalar(value, path)
        if type(value) is list:
            return self._list(value, path)
        if type(value) is tuple:
            if len(value) > 1 and isinstance(value[0], str) and is_estimator(value[1]):
                first, estimator, *rest = value  # as pipelines have
                step = self.encode(estimator, join(self._owner, first))
                items = [self.encode(each, f"{path}[{i}]") for i, each in enumerate(rest, 2)]
                return {"@tuple": [first, step, *items]}
            return {"@tuple": self._list(list(value), path)}
        if type(value) is dict:
            return self._dict(value, path)
        if type(value) in (set, frozenset):
            items = sorted(value, key=lambda item: (type(item).__name__, repr(item)))
            return {f"@{type(value).__name__}": self._list(items, path)}
        if type(value) is bytes:
            return {"@bytes": self._array(np.frombuffer(value, np.uint8), path)}
        if type(value) is complex:
            return {"@complex": [value.real, value.imag]}
        if type(value) in (slice, range):
            parts = [value.start, value.stop, value.step]
            return {f"@{type(value).__name__}": self._list(parts, path)}
        if isinstance(value, np.dtype):
            return {"@dtype": self._dtype(value, path)}
        if isinstance(value, type):
            return self._type(value, path)
        if issparse(value):
            return self._sparse(value, path)
        return self._object(value, path)

    def _list(self, values: list, path: str) -> Any:
        first = type(values[0]) if values else object
        of_numpy = _is_numpy_number(first)
        long = first in _NUMBERS and len(values) >= MIN_ARRAY
        if (long or of_numpy) and all(type(item) is first for item in values):
            try:
                array = np.array(values, _NUMBERS.get(first, first))
            except OverflowError:  # an integer of more than 64 bits
                pass
            else:
                name = array.dtype.str if of_numpy else first.__name__
                return {"@list": [name, self._array(array, path)]}
        if _are_vectors(values):
            return [self._row(item, path, i) for i, item in enumerate(values)]
        return [self.encode(item, f"{path}[{i}]") for i, item in enumerate(values)]

    def _row(self, array: np.ndarray, path: str, i: int) -> Item:
        """An array as an object, so that those of a long list are rows of a table."""
        self._n_objects += 1
        name, path = INDICES.sub("[:]", path), f"{path}[{i}]"
        return Item({"@class": ARRAY, "fields": {name: self._array(array, path)}}, path)

    def _dict(self, value: Mapping, path: str) -> Any:
        keys, items = list(value), list(value.values())
        if len({type(item) for item in items}) == 1 and _is_number(type(items[0])):
            values = self._list(items, path)
        else:
            values = [self.encode(value[key], f"{path}[{key!r}]") for key in keys]
        return {"@dict": [self._list(keys, f"{path}.keys()"), values]}

    def _scalar(self, value: np.generic, path: str) -> Any:
        array = np.asarray(value)
        if array.dtype.kind in "US":
            return {"@scalar": self._array(array, path)}
        if array.dtype.kind in "biuf" and array.dtype.itemsize <= 8:
            return {"@number": [array.dtype.str, value.item()]}
        return {"@scalar": self._array(array, path)}

    def _array(self, array: np.ndarray, path: str) -> Any:
        if type(array) not in (np.ndarray, np.memmap):
            raise Refused(path, f"is a {type(array).__module__}.{type(array).__qualname__}")
        kind = array.dtype.kind
        if kind == "O":
            items = [self.encode(item, f"{path}[{i}]") for i, item in enumerate(array.ravel())]
            return {"@objects": [list(array.shape), items]}
        if kind == "U":
            return {"@text": [array.dtype.str, list(array.shape), array.ravel().tolist()]}
        if kind == "S":
            size = array.dtype.itemsize
            raw = np.frombuffer(array.tobytes(), np.uint8).reshape(*array.shape, size)
            return {"@raw": [array.dtype.str, self._array(raw, path)]}
        return self._numbers(array, path)

    def _numbers(self, array: np.ndarray, path: str) -> Stored:
        address = array.ctypes.data if array.size else id(array)
        key = address, array.shape, array.strides, array.dtype.str
        if key not in self._arrays:
            self._kept.append(array)
            self._arrays[key] = stored(array, path)
        return self._arrays[key]

    def _dtype(self, dtype: np.dtype, path: str) -> str:
        if dtype.fields or dtype.subdtype or dtype.kind == "V":
            raise Refused(path, f"is the dtype {dtype}")
        return dtype.str

    def _type(self, value: type, path: str) -> Any:
        name = TYPES.get(value)
        if name is None:
            raise Refused(path, f"is the class {value.__module__}.{value.__qualname__}")
        return {"@type": name}

    def _sparse(self, value: Any, path: str) -> Any:
        if value.format not in SPARSE_PARTS or len(value.shape) != 2:
            raise Refused(path, f"is a sparse matrix of the format {value.format}")
        parts = [
            self._array(getattr(value, part), f"{path}.{part}")
            for part in SPARSE_PARTS[value.format]
        ]
        kind = "array" if isinstance(value, sparray) else "matrix"
        return {"@sparse": [value.format, kind, [int(n) for n in value.shape], parts]}

    def _object(self, value: Any, path: str) -> Any:
        if value is DERIVED:
            return {"@derived": []}
        name = function_name(value)
        if name is not None:
            return {"@function": name}
        winner = None if self._templates else winner_of(value)
        if winner is not None:
            return self.encode(winner, path)
        # An estimator that is a hyperparameter may be fitted elsewhere, and then is the same here.
        places = [(id(value), False), (id(value), True)][: 1 + self._templates]
        known = next((key for key in places if key in self._places), None)
        if known is not None:
            place = self._places[known]
            if place is None:
                raise Refused(path, "contains itself")
            return {"@same": place}
        key = places[-1]
        place, self._places[key] = self._n_objects, None
        self._n_objects += 1
        self._kept.append(value)
        name = public_name(type(value), path)
        tree = self._tree(value, name, path)
        self.classes.add(name)
        self._places[key] = place
        return Item({"@class": name, **tree}, path)

    def _tree(self, value: Any, name: str, path: str) -> dict[str, Any]:
        kind = KINDS.get(name)
        if kind is not None:
            try:
                fields = kind.fields(value)
            except ValueError as error:
                raise Refused(path, f"is a {name} that is not kept: {error}") from None
            return {"fields": self._named(fields, path, ".")}
        if not is_estimator(value):
            raise Refused(path, f"is {_described(value, name)}")
        if pickles_its_own_way(type(value)):
            raise Refused(path, f"is a {name}, which has a way of its own to be pickled")
        return self._estimator(value, path)

    def _named(self, values: Mapping[str, Any], path: str, between: str) -> dict[str, Any]:
        prefix = f"{path}{between}" if path else ""
        return {name: self.encode(value, f"{prefix}{name}") for name, value in values.items()}

    def _estimator(self, estimator: Any, path: str) -> dict[str, Any]:
        view, outside = view_of(estimator), self._templates
        kept = {} if outside else kept_attributes(view, self.state)
        owner, self._owner = self._owner, path
        attributes = self._named(kept, path, "__")
        params = {}
        for name, value in view.params.items():
            in_use = view.guessed or name in view.spec.rules
            self._templates = outside or not in_use
            params[name] = self.encode(value, join(path, name))
        self._templates, self._owner = outside, owner
        if any(name.endswith("_") for name in kept):  # no file is written that cannot be loaded
            try:
                check_attributes(estimator)
            except ValueError as error:
                raise Refused(path, f"has attributes that do not go together: {error}") from None
        # Attributes come first, as hyperparameters may be the fitted estimators in them.
        return {"attributes": attributes, "params": params}


def _are_vectors(values: list) -> bool:
    """Whether a list holds many arrays of numbers with one axis."""
    return len(values) >= MIN_ARRAY and all(
        type(item) is np.ndarray and item.ndim == 1 and item.dtype.kind in "biuf" for item in values
    )


def _described(value: Any, name: str) -> str:
    """What an object is that a file cannot hold: a function by its name, others by their class."""
    function = getattr(value, "__name__", None) if callable(value) else None
    return f"a {name}" if function is None else f"the function {function}"


def _is_numpy_number(cls: type) -> bool:
    """Whether a class is one of NumPy's numbers of a dtype that a file can have."""
    return issubclass(cls, np.number | np.bool) and np.dtype(cls).str[1:] in DTYPES


def _is_number(cls: type) -> bool:
    return cls in _NUMBERS or _is_numpy_number(cls)
