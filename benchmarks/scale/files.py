"""Rows in .npy files, as sequences of blocks and as Dask arrays."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import dask.array as da
import numpy as np
from dask import delayed

from benchmarks.scale.data import Block


def write_rows(path: Path, blocks: Iterable[np.ndarray], n_rows: int) -> None:
    """Write blocks of rows to one file, one block in memory; together they have so many rows."""
    stop, rows = 0, None
    for block in blocks:
        if rows is None:
            rows = np.lib.format.open_memmap(path, "w+", block.dtype, (n_rows, *block.shape[1:]))
        start, stop = stop, stop + len(block)
        rows[start:stop] = block
    assert rows is not None
    assert stop == n_rows
    rows.flush()


def read_rows(path: Path, start: int, stop: int) -> np.ndarray:
    """Return some rows of a file; nothing of it stays mapped."""
    mapped = np.load(path, mmap_mode="r")
    numbers_of_row = int(np.prod(mapped.shape[1:]))
    stop = min(stop, len(mapped))
    offset = mapped.offset + start * mapped.strides[0]
    rows = np.fromfile(path, mapped.dtype, (stop - start) * numbers_of_row, offset=offset)
    return rows.reshape(stop - start, *mapped.shape[1:])


def array_of(path: Path, block_rows: int) -> da.Array:
    """Return a file's rows as a Dask array, whose blocks are read on the workers."""
    mapped = np.load(path, mmap_mode="r")
    n_rows, n_features = mapped.shape
    read, blocks = delayed(read_rows), []
    for start in range(0, n_rows, block_rows):
        stop = min(start + block_rows, n_rows)
        rows = read(path, start, stop)
        blocks.append(da.from_delayed(rows, (stop - start, n_features), mapped.dtype))
    return da.concatenate(blocks)


class FileBlocks(Sequence[Block]):
    """Blocks of the rows in ``X.npy`` and ``y.npy`` of a folder."""

    def __init__(self, folder: Path, block_rows: int) -> None:
        self.paths, self.block_rows = (folder / "X.npy", folder / "y.npy"), block_rows
        self.n_rows = len(np.load(self.paths[0], mmap_mode="r"))

    def __len__(self) -> int:
        return -(-self.n_rows // self.block_rows)

    def __getitem__(self, number: int) -> Block:
        start = range(len(self))[number] * self.block_rows
        X, y = (read_rows(path, start, start + self.block_rows) for path in self.paths)
        return X, y


def write_blocks(folder: Path, blocks: Sequence[Block]) -> None:
    """Write blocks to the files that `FileBlocks` reads; each block is made twice."""
    n_rows = sum(len(blocks[number][1]) for number in range(len(blocks)))
    for place, name in enumerate(("X.npy", "y.npy")):
        parts = (blocks[number][place] for number in range(len(blocks)))
        write_rows(folder / name, parts, n_rows)
