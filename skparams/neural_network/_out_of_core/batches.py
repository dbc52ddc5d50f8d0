"""Epochs over blocks, as training takes them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from skparams.neural_network import (
    PER_SHUFFLED,
    UNUSED,
    Batches,
    Data,
    EpochRows,
    Network,
    Objective,
    dropout_rates,
)
from skparams.neural_network._out_of_core.blocks import Preparation
from skparams.neural_network._out_of_core.reading import BlockReader

if TYPE_CHECKING:
    from skparams.neural_network.base import BaseMLP


class BlockOrder(NamedTuple):
    """What an epoch shuffles: which blocks it takes, and what permutes the rows of each."""

    numbers: list[int] | None
    """None for the order in which they are iterated over."""
    random_state: np.random.RandomState | None


class BlockRows(EpochRows):
    """Draws the order of each epoch anew, so that no order of all samples is in memory."""

    def __init__(self, n_samples: int, numbers: list[int] | None, *, shuffle: bool) -> None:
        super().__init__(n_samples, None)
        self._numbers, self._shuffle = numbers, shuffle

    def next_order(self, random_state: np.random.RandomState) -> BlockOrder:
        """The order of the next epoch, whose rows are drawn when their block is there."""
        if not self._shuffle:
            return BlockOrder(self._numbers, None)
        numbers = self._numbers
        if numbers is not None:
            numbers = [numbers[i] for i in random_state.permutation(len(numbers))]
        return BlockOrder(numbers, random_state)


class BlockSource:
    """The blocks of samples to train on, each prepared when it is read.

    ``rows`` has those of a block that are trained on, where others are set aside.
    """

    def __init__(self, reader: BlockReader, prepare: Preparation) -> None:
        self._reader, self._prepare = reader, prepare
        self.rows: dict[int, np.ndarray] = {}

    @property
    def numbers(self) -> list[int] | None:
        """Numbers of the blocks with samples, if any block can be read."""
        if not self._reader.is_sequence:
            return None
        return [number for number, n_rows in enumerate(self._prepare.lengths) if n_rows]

    @property
    def lengths(self) -> list[int]:
        """How many samples of each block are trained on, of blocks that have some."""
        lengths = enumerate(self._prepare.lengths)
        return [len(self.rows[i]) if i in self.rows else n for i, n in lengths if n]

    def read(self, when: str, numbers: list[int] | None = None) -> Iterator[tuple[int, Data]]:
        """Yield the number and data of each block with samples; ``when`` is for errors."""
        n_read, prepare = 0, partial(self._prepare, when=when)
        numbers = self.numbers if numbers is None else numbers
        for number, data in self._reader.read(numbers, prepare):
            n_read += 1
            if data is not None:
                yield number, data
            del data
        n_expected = len(self._prepare.lengths if numbers is None else numbers)
        if n_read != n_expected:
            raise ValueError(
                f"{self._reader.where}: {when}, there is no block {n_read}: blocks ended after "
                f"{n_read}, but there were {n_expected} when they were checked. Each pass must "
                "give the same blocks; an object whose __iter__ returns the same iterator each "
                "time can be read once only."
            )


class BlockBatches(Batches):
    """Batches of blocks, none of which has samples of two blocks."""

    def __init__(
        self,
        mlp: BaseMLP,
        network: Network,
        source: BlockSource,
        example: Data,
        objective: Objective,
        batch_size: int,
        dtype: np.dtype,
    ) -> None:
        dropout = dropout_rates(mlp), mlp._optimizer_state["seed"]
        super().__init__(network, example, objective, batch_size, dtype, 0, *dropout)
        self._source, self._example, self._mlp = source, example, mlp

    @property
    def n_batches(self) -> int:
        """Number of batches of an epoch."""
        return sum(map(self._n_batches_of, self._source.lengths))

    def loss(self, params: np.ndarray, alpha: float) -> np.float64:
        """Mean loss of all samples that are trained on, by a pass over the blocks."""
        progress, total_weight = np.zeros(5), 0.0
        for number, (X, Y, weight) in self._source.read("after training"):
            rows = self._source.rows.get(number)
            if rows is not None:
                X, Y, weight = X[rows], Y[rows], None if weight is None else weight[rows]
            self._set_samples((X, Y, weight), PER_SHUFFLED * len(Y))
            Z, progress[3] = np.empty(len(Y) * self.network.sizes[-1], self.dtype), 0
            super()._train(params, None, progress, self.kernels.DECISION, Z, params, *UNUSED)
            total_weight += self._samples.total_weight
            del X, Y, weight
            self._set_samples(self._example, 0)
        divisor = self.network.sizes[-1] if self._objective.loss == "squared_error" else 1
        penalty = 0.5 * alpha * np.square(params[: self.network.n_coefs], dtype=np.float64).sum()
        return np.float64(progress[2] / (divisor * total_weight) + penalty / total_weight)

    def _train(
        self, params: np.ndarray, order: BlockOrder, progress: np.ndarray, *optimizer: Any
    ) -> None:
        """Train on one block after another; the learning rates are those of all batches."""
        before, rates, after = optimizer[:3], optimizer[3], optimizer[4:]
        first = 0
        when = f"in epoch {self._mlp.n_iter_ + 1}"
        for number, data in self._source.read(when, order.numbers):
            n_samples, rows = len(data[1]), self._source.rows.get(number)
            self._set_samples(data, PER_SHUFFLED * n_samples if order.random_state else 0)
            del data
            if order.random_state is not None:
                shuffled = order.random_state.permutation(n_samples if rows is None else rows)
                rows = shuffled
            n_trained = n_samples if rows is None else len(rows)
            super()._train(params, rows, progress, *before, rates[first:], *after)
            first += self._n_batches_of(n_trained)
            self._set_samples(self._example, 0)  # so that the block goes
