"""How large the networks are and how long they are trained, by the number of samples.

The numbers were chosen on the half "choosing" of the tables in benchmarks/tabular/tables.py.
"""

from __future__ import annotations

import numpy as np

N_FOLDS = 5
"""Folds of the samples, of which each member holds out one; more for more members."""

BATCH = 128
"""Samples of a minibatch, about."""

MAX_EPOCHS, MIN_EPOCHS = 96, 16
N_PASSED = 3_200_000
"""Samples that all epochs together take, at most, but for MIN_EPOCHS."""


def hidden_layer_sizes(n_samples: int) -> tuple[int, ...]:
    """Units of the hidden layers for ``hidden_layer_sizes="auto"``, for any number of columns.

    Layers of 128 units, three layers, and more units for more columns took longer and were no
    better.
    """
    return (32, 32) if n_samples < 1000 else (64, 64)


def n_epochs(n_samples: int) -> int:
    """Epochs for ``max_iter="auto"``: 96 up to 33,333 samples, and 16 from 200,000 on."""
    return int(np.clip(N_PASSED // n_samples, MIN_EPOCHS, MAX_EPOCHS))


def batch_size(n_samples: int) -> int:
    """Size of minibatches: all of an epoch are of this size, but for the last, a little smaller."""
    return -(-n_samples // max(1, round(n_samples / BATCH)))


def schedule(share: np.ndarray) -> np.ndarray:
    """Factors of the learning rate at shares of training: four cycles, each twice as long."""
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.log2(1 + 15 * share))
