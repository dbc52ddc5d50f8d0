"""Blocks of rows of an array in a file, read by slices."""

from typing import Any

import numpy as np
from sklearn.utils import check_consistent_length

from skparams._blocks.rows import Block, Declared, Merge, RowBlocks, Work, merged, naming_block
from skparams._lazy import rows_in_block


class StoredBlocks(RowBlocks):
    """Blocks of whole chunks of the file; y and weights may be in memory."""

    def __init__(self, where: str, X: Any, y: Any, sample_weight: Any) -> None:
        if len(X.shape) != 2:
            raise ValueError(f"{where}: Expected 2D array, got {len(X.shape)}D array instead.")
        if 0 in X.shape:
            raise ValueError(f"{where}: X has the shape {X.shape}, which has no numbers.")
        self.declared = Declared(where, int(X.shape[1]), np.dtype(X.dtype))
        self._arrays = X, *(None if v is None else _sliced(v) for v in (y, sample_weight))
        check_consistent_length(*(_Length(v.shape[0]) for v in self._arrays if v is not None))
        chunk = (getattr(X, "chunks", None) or (1,))[0]
        self._step = rows_in_block(self.n_features, self.dtype.itemsize, chunk)
        self._n_blocks = -(-X.shape[0] // self._step)

    def __len__(self) -> int:
        return self._n_blocks

    def __getitem__(self, number: Any) -> Block:
        number = range(len(self))[number]
        rows = slice(number * self._step, (number + 1) * self._step)
        with naming_block(number):  # the file may be closed, or damaged
            parts = (None if array is None else array[rows] for array in self._arrays)
            return self.declared.checked(number, *parts)

    def reduce(self, work: Work, merge: Merge, common: Any = None) -> Any:
        trees: list[tuple[int, Any]] = []  # of 1, 2, 4, … blocks, the larger ones first
        for number in range(len(self)):
            X, _, weight = self[number]
            with naming_block(number):
                trees.append((1, work(number, X, weight, common)))
            del X, weight  # before the next block is read
            while len(trees) > 1 and trees[-1][0] == trees[-2][0]:
                _join_last(trees, merge)
        while len(trees) > 1:
            _join_last(trees, merge)
        return trees[0][1]


def _join_last(trees: list[tuple[int, Any]], merge: Merge) -> None:
    (n, one), (m, other) = trees[-2:]
    trees[-2:] = [(n + m, merged(merge, one, other))]


class _Length:
    """What scikit-learn compares lengths of, without reading it."""

    def __init__(self, n: int) -> None:
        self.shape = (n,)


def _sliced(values: Any) -> Any:
    """Values that slices can be taken of: those of a list, or of a series by position."""
    return values if hasattr(type(values), "chunks") else np.asarray(values)
