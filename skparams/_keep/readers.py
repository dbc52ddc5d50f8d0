"""From plain values to those of Python, NumPy and SciPy that they stand for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.sparse

from skparams._keep.arrays import dtype_named
from skparams._keep.contents import DERIVED
from skparams._keep.kinds import TYPES, function_called

_CLASSES = {name: cls for cls, name in TYPES.items()}
# Room in arrays of text beyond that of their longest text.
MAX_PADDING = 1 << 20


def _number(content: list[Any]) -> np.generic:
    name, value = content
    dtype = dtype_named(name)
    if dtype.kind not in "biuf":
        raise ValueError(f"{name!r} is no dtype of numbers")
    return dtype.type(value)


def _numbers(content: list[Any]) -> list[Any]:
    name, array = content
    if name in ("int", "float", "bool"):
        return array.tolist()
    if dtype_named(name) != array.dtype:
        raise ValueError(f"numbers of {name!r} are stored as {array.dtype}")
    return list(array)


def _shape(lengths: Any) -> tuple[int, ...]:
    """Return the lengths of axes; NumPy would take -1 for what is left."""
    if not all(type(length) is int and length >= 0 for length in lengths):
        raise ValueError(f"{lengths!r} is no shape")
    return tuple(lengths)


def _text(content: list[Any]) -> np.ndarray:
    name, shape, items = content
    dtype = dtype_named(name)
    longest = max(map(len, items), default=0)
    if dtype.kind != "U" or dtype.itemsize * len(items) > 4 * longest * len(items) + MAX_PADDING:
        raise ValueError(f"{name!r} is no dtype of text of at most {longest} characters")
    return np.array(items, dtype).reshape(_shape(shape))


def _raw(content: list[Any]) -> np.ndarray:
    name, array = content
    dtype = dtype_named(name)
    if dtype.kind != "S" or array.shape[-1] != dtype.itemsize:
        raise ValueError(f"{name!r} is no dtype of {array.shape[-1]} bytes")
    return np.frombuffer(array.tobytes(), dtype).reshape(array.shape[:-1]).copy()


def _objects(content: list[Any]) -> np.ndarray:
    shape, items = content
    return np.fromiter(items, object, len(items)).reshape(_shape(shape))


def _sparse(content: list[Any]) -> Any:
    format, kind, shape, parts = content
    if format not in ("csr", "csc", "bsr", "coo", "dia") or kind not in ("array", "matrix"):
        raise ValueError(f"there is no sparse {kind} of the format {format!r}")
    if format == "coo":
        data, row, column = parts
        parts = [data, (row, column)]
    made = getattr(scipy.sparse, f"{format}_{kind}")(tuple(parts), shape=tuple(shape))
    if format in ("csr", "csc", "bsr"):
        _check_places(*parts[1:])
        made.check_format(full_check=True)
        _, made.indices, made.indptr = parts  # of the dtype that they had
    if format == "dia" and ((made.offsets <= -shape[0]) | (made.offsets >= shape[1])).any():
        raise ValueError(f"the offsets of a sparse matrix must be within {tuple(shape)}")
    return made


def _check_places(indices: np.ndarray, indptr: np.ndarray) -> None:
    """Check what SciPy does not: it stops where the last number of ``indptr`` is negative."""
    if indices.dtype.kind != "i" or indptr.dtype.kind != "i":
        raise ValueError("the indices of a sparse matrix must be integers")
    if (indptr[1:] < indptr[:-1]).any():
        raise ValueError("indptr of a sparse matrix must not decrease")


def _float(content: Any) -> float:
    if content not in ("nan", "inf", "-inf"):
        raise ValueError(f"{content!r} is not nan, inf or -inf")
    return float(content)


# By tag, from what stands behind it, in which all values are made already.
READERS: dict[str, Callable[[Any], Any]] = {
    "@bytes": lambda content: content.tobytes(),
    "@complex": lambda content: complex(*content),
    "@derived": lambda content: DERIVED,
    "@dict": lambda content: dict(zip(*content, strict=True)),
    "@dtype": dtype_named,
    "@float": _float,
    "@frozenset": frozenset,
    "@function": function_called,
    "@list": _numbers,
    "@number": _number,
    "@objects": _objects,
    "@range": lambda content: range(*content),
    "@raw": _raw,
    "@scalar": lambda content: content[()],
    "@set": set,
    "@slice": lambda content: slice(*content),
    "@sparse": _sparse,
    "@text": _text,
    "@tuple": tuple,
    "@type": _CLASSES.__getitem__,
}
