"""How large the networks are and how long they are trained, by rows and columns."""

from __future__ import annotations

import numpy as np

N_FOLDS = 5
BATCH = 256


def hidden_layer_sizes(n_samples: int, n_inputs: int) -> tuple[int, ...]:
    return (64, 64) if n_samples < 4000 else (128, 128)


def n_epochs(n_samples: int, n_inputs: int) -> int:
    return int(np.clip(96 * 4000 / n_samples, 32, 96))


def batch_size(n_samples: int) -> int:
    """About BATCH, so that the batches of an epoch are of one size but for the last, which may be
    a little smaller."""
    return -(-n_samples // max(1, round(n_samples / BATCH)))


def schedule(share: np.ndarray) -> np.ndarray:
    """Factors of the learning rate at shares of training: four cycles, each twice as long."""
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.log2(1 + 15 * share))
