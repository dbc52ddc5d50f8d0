"""Rows by the number of their block, so that a worker can make a block that was lost again."""

from collections.abc import Iterator, Sequence

import dask.array as da
import numpy as np
from dask import delayed

Block = tuple[np.ndarray, np.ndarray]


def correlated(number: int, n_rows: int, n_features: int) -> np.ndarray:
    """Return rows of a block: ten directions of falling variance, and noise."""
    rng, common = np.random.default_rng([1, number]), np.random.default_rng(0)
    directions = common.standard_normal((10, n_features)) * 0.8 ** np.arange(10)[:, None]
    X = rng.standard_normal((n_rows, n_features))
    X += rng.standard_normal((n_rows, 10)) @ directions
    return X


def labeled(number: int, n_rows: int, n_features: int) -> Block:
    """Return rows of a block, and labels that a network of 100 units learns to about 95 %."""
    rng, common = np.random.default_rng([2, number]), np.random.default_rng(0)
    X = rng.standard_normal((n_rows, n_features))
    first, second = common.standard_normal((2, n_features, 8)) / np.sqrt(n_features)
    signal = np.tanh(2 * X @ first).sum(axis=1) + (X @ second[:, :2]).prod(axis=1)
    return X, (signal + 0.2 * rng.standard_normal(n_rows) > 0).astype(np.int64)


class Labeled(Sequence[Block]):
    """Blocks of labeled rows, made when they are asked for."""

    def __init__(self, n_blocks: int, n_rows: int, n_features: int) -> None:
        self.n_blocks, self.shape = n_blocks, (n_rows, n_features)

    def __len__(self) -> int:
        return self.n_blocks

    def __getitem__(self, number: int) -> Block:
        return labeled(range(self.n_blocks)[number], *self.shape)


def blocks_as_arrays(n_blocks: int, n_rows: int, n_features: int) -> tuple[da.Array, da.Array]:
    """Return labeled rows as Dask arrays of X and y."""
    made = [delayed(labeled)(number, n_rows, n_features) for number in range(n_blocks)]
    X = [da.from_delayed(rows[0], (n_rows, n_features), float) for rows in made]
    y = [da.from_delayed(rows[1], (n_rows,), np.int64) for rows in made]
    return da.concatenate(X), da.concatenate(y)


def correlated_array(n_blocks: int, n_rows: int, n_features: int) -> da.Array:
    """Return correlated rows as a Dask array."""
    made = [delayed(correlated)(number, n_rows, n_features) for number in range(n_blocks)]
    return da.concatenate([da.from_delayed(X, (n_rows, n_features), float) for X in made])


def joined(blocks: Sequence[Block]) -> Block:
    """Return all rows in memory."""
    parts: Iterator[tuple[np.ndarray, ...]] = zip(*blocks, strict=True)
    X, y = (np.concatenate(part) for part in parts)
    return X, y
