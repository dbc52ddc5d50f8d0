"""The table in a CSV or Parquet file: the names in its header, and its columns by their place."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from skparams._cli.console import CommandError, need, reason
from skparams._cli.tables.numbers import read_numbers
from skparams._cli.tables.source import read_bytes

_SEPARATORS = ",;\t|"
_MAX_CELLS = 100_000_000  # which a small Parquet file may have


def read_table(path: Path, target: str | None, notes: list[str]) -> tuple[list[str], Any]:
    """The names of the columns as the file has them, and a frame with their places as labels."""
    content = read_bytes(path)
    if content.startswith(b"PAR1"):
        names, frame = _read_parquet(content, path)
        return names, read_numbers(lambda decimal: frame, names, notes)
    content = _as_utf8(content, path)
    separator, names = _header(content, target, path)
    n_rows = _check_rows(content, separator, path, notes)
    pandas = need("pandas")

    def parse(decimal: str) -> Any:
        return pandas.read_csv(
            io.BytesIO(content),
            sep=separator,
            decimal=decimal,
            encoding="utf-8-sig",
            header=0,
            names=list(range(len(names))),
            index_col=False,  # else the first column may become the index, and the names shift
            low_memory=False,
        )

    try:
        frame = read_numbers(parse, names, notes)
    except ValueError as error:
        raise CommandError(f"{path} is not a CSV file: {reason(error)}") from error
    if len(frame) != n_rows:
        raise CommandError(f"{path} is not a CSV file: where its rows end is not clear")
    return names, frame


def _as_utf8(content: bytes, path: Path) -> bytes:
    """Text in UTF-8 with one kind of line end, from that or from UTF-16."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CommandError(
            f"{path} is not in UTF-8, from line {line:,} on: save it in UTF-8"
        ) from None
    if "\0" in text:
        raise CommandError(f"{path} is not a CSV file: it has NUL characters")
    if encoding == "utf-16":
        content = text.encode()
    # pandas drops the first field of a row that follows a carriage return alone.
    return content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _rows(content: bytes, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the line in which each row starts, and its fields. Raises csv.Error."""
    lines = io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", newline="")
    reader = csv.reader(lines, delimiter=separator, strict=True)
    line = 1
    for row in reader:
        if len(row) > 1 or "".join(row).strip(" \t"):  # pandas leaves out empty lines
            yield line, row
        line = reader.line_num + 1


def _header(content: bytes, target: str | None, path: Path) -> tuple[str, list[str]]:
    """The separator, and the names in the first line.

    If a separator makes the target a column, it is that; else it is the one with the most names.
    """
    found: list[tuple[bool, int, str, list[str]]] = []
    for separator in _SEPARATORS:
        try:
            _, names = next(_rows(content, separator))
        except StopIteration:
            raise CommandError(f"{path} is empty") from None
        except csv.Error:  # the quotes are those of another separator
            continue
        found.append((target in names, len(names), separator, names))
    if not found:
        raise CommandError(f"{path} is not a CSV file: the quotes in its first line have no end")
    *_, separator, names = max(found, key=lambda option: option[:2])
    return separator, names


def _check_rows(content: bytes, separator: str, path: Path, notes: list[str]) -> int:
    """The number of rows below the header; a longer one is an error, shorter ones a note."""
    rows = _rows(content, separator)
    line, header = next(rows)
    n_rows, short = 0, []
    try:
        for line, row in rows:
            n_rows += 1
            if len(row) > len(header):
                raise CommandError(
                    f"line {line:,} of {path} has {len(row):,} fields, but the header has "
                    f"{len(header):,}"
                )
            if len(row) < len(header):
                short.append(line)
    except csv.Error as error:
        raise CommandError(f"{path} is not a CSV file: after line {line:,}: {error}") from None
    if short:
        notes.append(
            f"rows with fewer fields than the header: {len(short):,}, the first in line "
            f"{short[0]:,}; their last columns are missing"
        )
    return n_rows


def _read_parquet(content: bytes, path: Path) -> tuple[list[str], Any]:
    need("pandas")
    pyarrow, parquet = need("pyarrow", "pyarrow"), need("pyarrow.parquet", "pyarrow")
    try:
        file = parquet.ParquetFile(io.BytesIO(content))
        names = file.schema_arrow.names
        if file.metadata.num_rows * len(names) > _MAX_CELLS:
            raise CommandError(
                f"{path} has more than {_MAX_CELLS:,} cells: take a part of its rows"
            )
        # An index that pandas stored is a column as any other.
        frame = file.read().to_pandas(ignore_metadata=True)
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise CommandError(f"{path} is not a Parquet file: {reason(error)}") from error
    frame.columns = range(len(names))
    return names, frame
