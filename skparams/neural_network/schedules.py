"""Learning rates as functions of the share of training that is done."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, inf, pi
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from skparams.neural_network.base import BaseMLP


def _cosine(share: float) -> float:
    """From 1 to 0 along half a cosine (Loshchilov and Hutter, 2017, without restarts)."""
    return 0.5 * (1.0 + cos(pi * share))


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


def ends_at_max_iter(mlp: BaseMLP) -> bool:
    """Whether training that reaches `max_iter` has ended as planned, at a rate near 0."""
    return isinstance(mlp.learning_rate, str) and mlp.learning_rate in ("cosine", "one_cycle")


def depends_on_max_iter(mlp: BaseMLP) -> bool:
    """Whether another `max_iter` would have changed the rates of earlier epochs."""
    return not isinstance(mlp.learning_rate, str) or mlp.learning_rate in SCHEDULES


def learning_rates(mlp: BaseMLP, n_batches: int) -> np.ndarray:
    """The learning rate of each batch of the epoch that comes next."""
    schedule = mlp.learning_rate
    if isinstance(schedule, str):
        if schedule not in SCHEDULES:  # scikit-learn's, which change it after an epoch
            return np.full(n_batches, mlp._optimizer_state["learning_rate"])
        factor = SCHEDULES[schedule]
    else:

        def factor(share: float) -> float:
            return _checked(schedule(share), share, mlp)

    done, total = mlp.n_iter_ * n_batches, mlp.max_iter * n_batches
    shares = [min((done + i) / total, 1.0) for i in range(n_batches)]  # more in partial_fit
    return float(mlp.learning_rate_init) * np.array([factor(share) for share in shares])


def _checked(factor: Any, share: float, mlp: BaseMLP) -> float:
    """What a user's schedule returned, as a float; ValueError if it is no factor."""
    if isinstance(factor, np.ndarray) and factor.ndim == 0:  # as of np.where
        factor = factor[()]
    if not (isinstance(factor, Real) and 0 <= float(factor) < inf):
        raise ValueError(
            f"The learning_rate of {type(mlp).__name__} is a callable, which must return a finite "
            f"number >= 0 for each share of training in [0, 1]. It returned {factor!r} for {share}."
        )
    return float(factor)
