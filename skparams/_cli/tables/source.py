"""The bytes of a file, a pipe or a packed file, of which no more are read than a table has."""

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, BinaryIO

from skparams._cli.console import CommandError, reason

MAX_BYTES = 200_000_000


def read_bytes(path: Path) -> bytes:
    """Read a file or a pipe to its end, once, and unpack what gzip, bzip2, xz or zip packed."""
    try:
        with path.open("rb") as file:
            content = _read(file, path)
    except (OSError, ValueError) as error:  # a ValueError: a name that no file can have
        raise CommandError(f"cannot read {path}: {reason(error)}") from error
    for start, unpacked in _UNPACK.items():
        if content.startswith(start):
            try:
                with unpacked(io.BytesIO(content)) as file:
                    return _read(file, path)
            except _CANNOT_UNPACK as error:
                raise CommandError(f"cannot unpack {path}: {reason(error)}") from error
    return content


def _read(file: BinaryIO, path: Path) -> bytes:
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise CommandError(
            f"{path} has more than {MAX_BYTES // 10**6} MB, which is the most that is read: "
            "take a part of its rows"
        )
    return content


def _open_zip(file: BinaryIO) -> IO[bytes]:
    """Open the only file in a zip archive."""
    archive = zipfile.ZipFile(file)
    names = archive.namelist()
    if len(names) != 1:
        raise ValueError(f"it has {len(names)} files, not one table")
    return archive.open(names[0])


# By their first bytes, as a pipe has no name.
_UNPACK: dict[bytes, Callable[[BinaryIO], Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\x00": lzma.open,
    b"PK\x03\x04": _open_zip,
}
_CANNOT_UNPACK = (
    *(OSError, EOFError, ValueError, RuntimeError, NotImplementedError),
    *(zlib.error, lzma.LZMAError, zipfile.BadZipFile),
)
