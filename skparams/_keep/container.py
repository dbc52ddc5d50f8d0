"""A file of named arrays and a JSON text: safetensors with checksums.

The file is a safetensors file, so other programs can read the arrays. In its header, the metadata
have two entries:

- ``crc32``, the first bytes of the header: 8 hex digits, the CRC-32 of the header's length and the
  header with zeros in the place of these digits;
- ``skparams``: the JSON text. ``write`` adds to it the schema and the CRC-32 of each array.
"""

import json
import math
import mmap
import os
import re
import reprlib
import stat
import zlib
from collections.abc import Iterator, Mapping
from io import FileIO
from typing import Any, NamedTuple

import numpy as np

from skparams._keep.atomic import replacing
from skparams._keep.errors import ParamsFileError

SCHEMA = 1  # of the whole file: raised when an older skparams cannot read what this one writes

# Numbers are little-endian in every file.
_DTYPES = {
    "BOOL": np.dtype(bool),
    **{
        f"{kind}{8 * size}": np.dtype(f"<{kind.lower()}{size}")
        for kind, sizes in (("I", (1, 2, 4, 8)), ("U", (1, 2, 4, 8)), ("F", (2, 4, 8)))
        for size in sizes
    },
}
_CODES = {dtype: code for code, dtype in _DTYPES.items()}

_LENGTH = 8  # bytes of the header's length
_BEGIN = b'{"__metadata__":{"crc32":"'
_NO_CRC = "00000000"
_CRC = slice(_LENGTH + len(_BEGIN), _LENGTH + len(_BEGIN) + len(_NO_CRC))
_MAX_HEADER = 100_000_000  # safetensors reads no longer one
_ALIGNMENT = 64  # of the first array
_PIECE = 1 << 20  # bytes read at a time, so that their checksum is taken from the cache

_OTHER_FILES = {
    b"PK\x03\x04": "a zip archive, as skops.io, numpy.savez and torch.save write them",
    b"\x80": "a pickle, as pickle.dump and joblib.dump write them",
    b"\x93NUMPY": "an array of numpy.save",
    b"\x1f\x8b": "compressed by gzip",
}
_SURROGATE = re.compile("[\ud800-\udfff]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


class Contents(NamedTuple):
    """What a file holds; its arrays have memory of their own, or are mapped and read-only."""

    text: dict[str, Any]
    arrays: dict[str, np.ndarray]


class _Place(NamedTuple):
    """Where an array stands in a file."""

    name: str
    dtype: np.dtype
    shape: tuple[int, ...]
    begin: int


def safetensors() -> Any:
    """Import safetensors; ImportError that says what to install."""
    try:
        import safetensors
    except ImportError as error:
        raise ImportError(
            'Files of parameters need safetensors. Install it with pip install "skparams[keep]".'
        ) from error
    if not hasattr(safetensors.safe_open, "offset_keys"):
        raise ImportError(
            f"Files of parameters need safetensors 0.6.1, here is {safetensors.__version__}. "
            'Update it with pip install "skparams[keep]".'
        )
    return safetensors


def write(
    path: str | os.PathLike[str], text: dict[str, Any], arrays: Mapping[str, np.ndarray]
) -> None:
    """Write a text and arrays to a file, in place of the one that is there.

    Not by safetensors itself: its errors have no number (is the disk full?), its versions before
    0.8 copy all arrays first, and the checksum of the header needs a known place. It must be there
    all the same, as the file could not be read again.
    """
    safetensors()
    path = _decoded(path)
    for name, array in arrays.items():
        _check_array(name, array)
    # From wide to narrow, so that each is aligned.
    ordered = dict(sorted(arrays.items(), key=lambda item: -item[1].dtype.itemsize))
    header = _header(text, ordered)
    with replacing(path) as file:
        file.write(header)
        for array in ordered.values():
            file.write(_bytes(array))


def _decoded(path: Any) -> str:
    """Check a path and return it as text."""
    if not isinstance(path, (str, bytes, os.PathLike)):
        raise TypeError(f"path must be a str or path-like, got {path!r}.")
    path = os.fsdecode(path)
    if "\0" in path:
        raise ValueError(f"path must be without null characters, got {path!r}.")
    return path


def _check_array(name: str, array: np.ndarray) -> None:
    """Refuse what would come back as something else, or not at all."""
    if name == "__metadata__" or _SURROGATE.search(name):
        raise ValueError(f"safetensors has no arrays of the name {_short(name)}.")
    if array.dtype not in _CODES:
        raise ValueError(
            f"The array {_short(name)} has dtype {array.dtype}; safetensors has "
            f"{', '.join(dtype.str for dtype in _CODES)}."
        )
    if not array.flags.c_contiguous:
        raise ValueError(f"The array {_short(name)} is not C-contiguous.")


def _bytes(array: np.ndarray) -> memoryview:
    """An array's bytes, not copied."""
    return array.reshape(-1).view(np.uint8).data


def _short(name: str) -> str:
    return reprlib.repr(name)


def _header(text: dict[str, Any], arrays: Mapping[str, np.ndarray]) -> bytes:
    """The length, the names and the places of the arrays, and the text."""
    if taken := text.keys() & {"schema", "crc32"}:
        raise ValueError(f"The text has {sorted(taken)}, which are names of the file's own.")
    crc32s = {name: f"{zlib.crc32(_bytes(array)):08x}" for name, array in arrays.items()}
    inner = {"schema": SCHEMA, **text, "crc32": crc32s}
    entries: dict[str, Any] = {"__metadata__": {"crc32": _NO_CRC, "skparams": _to_json(inner)}}
    begin = 0
    for name, array in arrays.items():
        entries[name] = {
            "dtype": _CODES[array.dtype],
            "shape": array.shape,
            "data_offsets": [begin, begin + array.nbytes],
        }
        begin += array.nbytes
    header = _to_json(entries).encode()
    header += b" " * (-(_LENGTH + len(header)) % _ALIGNMENT)
    if len(header) > _MAX_HEADER:
        raise ValueError(
            f"The names, texts and hyperparameters take {len(header):,} bytes; a safetensors file "
            f"holds at most {_MAX_HEADER:,} of them."
        )
    header = len(header).to_bytes(_LENGTH, "little") + header
    crc32 = f"{zlib.crc32(header):08x}".encode()
    return header[: _CRC.start] + crc32 + header[_CRC.stop :]


def _to_json(value: dict[str, Any]) -> str:
    """JSON in which only the surrogates that UTF-8 does not have are escaped."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    if _PAIR.search(text):
        raise ValueError("A text has two surrogates in a row, which JSON makes one character of.")
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def read(path: str | os.PathLike[str], *, verify: bool) -> Contents:
    """Read a file; without ``verify`` its arrays are mapped, and only the boolean ones are read.

    A file that someone replaces stays as it was for those who mapped it.
    """
    safetensors()
    path = _decoded(path)
    mode = os.stat(path).st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # opening it may take forever
        raise ParamsFileError(f"{path!r} is a device, a pipe or a socket, not a file.")
    with open(path, "rb", buffering=0) as file:
        start = _check_header(path, file)
        text, entries = _parse_header(path)
        if not os.path.samestat(os.fstat(file.fileno()), os.stat(path)):
            return read(path, verify=verify)  # replaced since it was opened
        crc32s = text.pop("crc32", None)
        if not isinstance(crc32s, dict) or crc32s.keys() != {name for name, _, _ in entries}:
            raise ParamsFileError(f"{path!r} is damaged: its checksums are not of its arrays.")
        places = list(_places(path, start, entries))
        try:
            if verify:
                arrays = {p.name: _read_array(path, file, p, crc32s[p.name]) for p in places}
            else:
                arrays = _map_arrays(file, places)
        except ParamsFileError:
            raise
        except (ValueError, TypeError, OverflowError) as error:  # a shape that NumPy has not
            raise ParamsFileError(f"{path!r} is damaged: {error}.") from error
    for name, array in arrays.items():
        if array.dtype == bool and array.size and array.view(np.uint8).max() > 1:
            raise ParamsFileError(f"{path!r} is damaged: booleans {_short(name)} above 1.")
    return Contents(text, arrays)


def _check_header(path: str, file: FileIO) -> int:
    """Check the header's checksum, before anything of it is used; return where it ends."""
    size = os.fstat(file.fileno()).st_size
    head = file.read(_CRC.stop)
    if head[_LENGTH : _CRC.start] != _BEGIN:
        raise ParamsFileError(_not_ours(path, head))
    end = _LENGTH + int.from_bytes(head[:_LENGTH], "little")
    if not _CRC.stop <= end <= min(size, _LENGTH + _MAX_HEADER):
        raise ParamsFileError(
            f"{path!r} is cut off or damaged: it has {size:,} bytes, its header {end:,}."
        )
    crc32 = zlib.crc32(_NO_CRC.encode(), zlib.crc32(head[: _CRC.start]))
    left = end - len(head)
    while piece := file.read(min(left, _PIECE)):
        crc32, left = zlib.crc32(piece, crc32), left - len(piece)
    if head[_CRC] != f"{crc32:08x}".encode():
        raise ParamsFileError(f"{path!r} is damaged: the checksum of its header does not match.")
    return end


def _not_ours(path: str, head: bytes) -> str:
    """Name what a file is that does not begin as ours."""
    if not head:
        return f"{path!r} is empty."
    for magic, what in _OTHER_FILES.items():
        if head.startswith(magic):
            return f"{path!r} is no file of save_params, but {what}."
    length = int.from_bytes(head[:_LENGTH], "little")
    if length <= _MAX_HEADER and head[_LENGTH:].startswith(b"{"):
        return f"{path!r} is a safetensors file of another program, or its header is damaged."
    return f"{path!r} is no file of save_params, or its header is damaged."


def _parse_header(path: str) -> tuple[dict[str, Any], list[tuple[str, str, list[int]]]]:
    """The text, and of each array its name, dtype and shape; the offsets have no gaps."""
    package = safetensors()
    try:
        with package.safe_open(path, framework="numpy") as opened:
            text = _from_json(path, (opened.metadata() or {}).get("skparams", ""))
            slices = {name: opened.get_slice(name) for name in opened.offset_keys()}
            return text, [(name, s.get_dtype(), s.get_shape()) for name, s in slices.items()]
    except package.SafetensorError as error:
        raise ParamsFileError(f"{path!r} is damaged: {error}.") from error


def _from_json(path: str, text: str) -> dict[str, Any]:
    """The JSON of a file of this schema."""
    try:
        value = json.loads(text, parse_constant=_refuse, object_pairs_hook=_unique)
    except (ValueError, RecursionError, MemoryError) as error:
        raise ParamsFileError(f"{path!r} is damaged: its text is not JSON ({error}).") from error
    schema = value.pop("schema", None) if isinstance(value, dict) else None
    if type(schema) is not int or schema < 1:
        raise ParamsFileError(f"{path!r} is damaged: its text has no schema.")
    if schema > SCHEMA:
        raise ParamsFileError(
            f"{path!r} has schema {schema}, and this version of skparams reads up to {SCHEMA}. "
            "Update skparams to load it."
        )
    return value


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("an object has a key twice")
    return value


def _places(path: str, begin: int, entries: list[tuple[str, str, list[int]]]) -> Iterator[_Place]:
    """Where each array begins: they follow each other, and safetensors checked the sizes."""
    for name, code, shape in entries:
        dtype = _DTYPES.get(code)
        if dtype is None or begin % dtype.itemsize:
            raise ParamsFileError(
                f"{path!r} is damaged: {_short(name)} has dtype {code} at byte {begin}."
            )
        yield _Place(name, dtype, tuple(shape), begin)
        begin += math.prod(shape) * dtype.itemsize


def _read_array(path: str, file: FileIO, place: _Place, crc32: str) -> np.ndarray:
    """Read an array and check it."""
    array = np.empty(place.shape, place.dtype)
    left, found = _bytes(array), 0
    while len(left):
        piece = left[: file.readinto(left[:_PIECE])]
        if not len(piece):
            break
        found, left = zlib.crc32(piece, found), left[len(piece) :]
    if f"{found:08x}" != crc32:
        raise ParamsFileError(
            f"{path!r} is damaged: the checksum of {_short(place.name)} does not match."
        )
    return array


def _map_arrays(file: FileIO, places: list[_Place]) -> dict[str, np.ndarray]:
    """Views of the mapped file.

    Not of a ``numpy.memmap``: joblib passes that to workers by the file's name, and the file may
    have been replaced.
    """
    mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return {p.name: np.ndarray(p.shape, p.dtype, mapped, p.begin) for p in places}
