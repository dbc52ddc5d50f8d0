"""Checks of dropout and normalization, and what they are of each layer."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from skparams.neural_network.base import BaseMLP


def dropout_rates(mlp: BaseMLP) -> list[float]:
    """The dropout of the input and of each hidden layer."""
    given, n_hidden = mlp.dropout, len(mlp._hidden_sizes())
    if _is_rate(given):
        return [0.0] + [float(given)] * n_hidden
    is_ordered = isinstance(given, Sequence) or (hasattr(given, "__array__") and np.ndim(given))
    rates = list(given) if is_ordered else []
    if len(rates) != n_hidden + 1 or not all(map(_is_rate, rates)):
        raise ValueError(
            f"The 'dropout' parameter of {type(mlp).__name__} must be a number in [0, 1), or a "
            f"sequence of {n_hidden + 1} of them: one for the input, then one for each of "
            f"{n_hidden} hidden layers. Got {given!r} instead."
        )
    return [float(rate) for rate in rates]


def _is_rate(value: Any) -> bool:
    return isinstance(value, Real) and 0 <= float(value) < 1  # NaN is not


def check_regularization(mlp: BaseMLP) -> None:
    """Raise an error about dropout or normalization that the solver cannot train with."""
    drops = any(dropout_rates(mlp))
    if mlp.solver == "lbfgs" and (drops or mlp.normalization):
        name, value = ("dropout", mlp.dropout) if drops else ("normalization", mlp.normalization)
        default = "0" if drops else "None"
        raise ValueError(
            f"{type(mlp).__name__}(solver='lbfgs') trains on all samples at once, for which "
            f"'{name}' must be {default}. Got {value!r}. Use 'adam', 'adamw' or 'sgd' with it."
        )
    if mlp.normalization == "batch" and mlp.batch_size == 1:
        raise _too_small_batch(mlp, "batch_size=1")


def check_batch(mlp: BaseMLP, batch_size: int) -> None:
    """Raise an error if batches of training are too small for moments."""
    if mlp.normalization == "batch" and batch_size == 1:
        raise _too_small_batch(mlp, "one sample to train on")


def _too_small_batch(mlp: BaseMLP, found: str) -> ValueError:
    return ValueError(
        f"{type(mlp).__name__}(normalization='batch') needs minibatches of at least 2 samples, "
        f"which have a variance. Got {found}. Use more, or normalization='layer'."
    )


def check_weights(mlp: BaseMLP, weight: np.ndarray | None) -> None:
    """Raise an error about weights that have no variance."""
    if mlp.normalization == "batch" and weight is not None and weight.min() < 0:
        raise ValueError(
            f"{type(mlp).__name__}(normalization='batch') needs sample_weight >= 0, by which the "
            f"moments of a batch are weighted. Got {weight.min():g}."
        )
