"""Learning rates as functions of the share of training that is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from skparams.neural_network.base import BaseMLP


def _cosine(share: float) -> float:
    """From 1 to 0 along half a cosine (Loshchilov and Hutter, 2017, without restarts)."""
    return 0.5 * (1.0 + np.cos(np.pi * share))


def _one_cycle(share: float) -> float:
    """From 1/25 up to 1 at 30 % of training, and down to 4e-6, along half cosines.

    Smith and Topin (2018), with the defaults of PyTorch.
    """
    start, peak, end = 1 / 25, 0.3, 1 / 25e4
    if share < peak:
        return 1 + (start - 1) * _cosine(share / peak)
    return end + (1 - end) * _cosine((share - peak) / (1 - peak))


def _warmup(share: float) -> float:
    """Linear up to 1 at 10 % of training, then constant."""
    return min(1.0, share / 0.1)


SCHEDULES: dict[str, Callable[[float], float]] = {
    "cosine": _cosine,
    "one_cycle": _one_cycle,
    "warmup": _warmup,
}
"""What `learning_rate_init` is multiplied by."""


def learning_rates(mlp: BaseMLP, n_batches: int) -> np.ndarray:
    """The learning rate of each batch of the epoch that comes next."""
    schedule = SCHEDULES.get(mlp.learning_rate) if isinstance(mlp.learning_rate, str) else None
    if callable(mlp.learning_rate):
        schedule = mlp.learning_rate
    if schedule is None:  # scikit-learn's, which change it after an epoch
        return np.full(n_batches, mlp._optimizer.learning_rate)
    shares = np.minimum((mlp.n_iter_ + np.arange(n_batches) / n_batches) / mlp.max_iter, 1.0)
    return float(mlp.learning_rate_init) * np.array([schedule(float(share)) for share in shares])
