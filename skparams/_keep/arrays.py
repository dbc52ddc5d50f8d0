"""Arrays as they are stored, and as they were: their dtypes and the order of their axes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from skparams._keep.contents import Refused

# dtypes that safetensors has not, and those as which their bytes are stored.
_VIEWS = {"c8": "f4", "c16": "f8", "M8": "i8", "m8": "i8"}
DTYPES = {"b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"}
_DTYPE = re.compile(r"[<>|=][biufcmMSUO]\d*(\[\d*\w+\])?")


@dataclass(slots=True, eq=False)
class Stored:
    """An array as it is stored: C-contiguous, of a dtype that a file can have."""

    array: np.ndarray
    path: str
    dtype: str | None  # of the array itself, where it is stored as another one
    # The order of its axes in memory, where that is not C order; ~axis of one that runs backwards.
    axes: list[int] | None


def stored(array: np.ndarray, path: str) -> Stored:
    """Return numbers as they are stored."""
    code = array.dtype.str[1:]
    as_stored = _VIEWS.get(code.partition("[")[0], code)
    if as_stored not in DTYPES:
        raise Refused(path, f"has the dtype {array.dtype}")
    axes = sorted(range(array.ndim), key=lambda axis: -abs(array.strides[axis]))
    if array.flags.c_contiguous:
        axes = list(range(array.ndim))
    # As of components that ARPACK finds, the smallest first. Indices never run backwards.
    back = [
        array.dtype.kind == "f" and n > 1 and step < 0
        for n, step in zip(array.shape, array.strides, strict=True)
    ]
    native = array.astype(array.dtype.newbyteorder("="), copy=False)
    native = native[tuple(slice(None, None, -1 if each else 1) for each in back)]
    flat = np.ascontiguousarray(native.transpose(axes)).reshape([array.shape[i] for i in axes])
    dtype = None
    if as_stored != code:
        dtype, pair = native.dtype.str, as_stored in ("f4", "f8")
        flat = flat.reshape([*flat.shape, 1]).view(as_stored) if pair else flat.view(as_stored)
    marked = [~axis if back[axis] else axis for axis in axes]
    return Stored(flat, path, dtype, marked if marked != list(range(array.ndim)) else None)


def dtype_named(name: Any) -> np.dtype:
    """The dtype of a name in a file; ValueError for objects and structures."""
    if not isinstance(name, str) or not _DTYPE.fullmatch(name):
        raise ValueError(f"{name!r} is no dtype that a file may have")
    return np.dtype(name)


def as_it_was(stored: np.ndarray, dtype: Any, axes: Any) -> np.ndarray:
    """Return an array with its own dtype and the order of axes that it had in memory."""
    if dtype is not None:
        if dtype_named(dtype).kind not in "cmM":
            raise ValueError(f"{dtype!r} is no dtype that is stored as another one")
        stored = stored.view(dtype)
        if stored.dtype.kind == "c":
            stored = stored[..., 0]
    if axes is None:
        return stored
    order = [axis if axis >= 0 else ~axis for axis in axes]
    if sorted(order) != list(range(stored.ndim)):
        raise ValueError(f"{axes!r} is no order of the axes of an array")
    if order != axes and stored.dtype.kind != "f":
        raise ValueError("only numbers with a fraction may run backwards in memory")
    steps = [-1 if ~axis in axes else 1 for axis in range(stored.ndim)]
    return stored.transpose(np.argsort(order))[tuple(slice(None, None, step) for step in steps)]
