"""Activation functions and losses: their codes in the kernels, and the functions in NumPy."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit


@dataclass(frozen=True)
class Activation:
    """An activation function in NumPy; `kernels.py` has a compiled one with the same code."""

    code: int
    apply: Callable[[np.ndarray], object]
    """Replaces its argument by the function's value."""
    derivative: Callable[[np.ndarray, np.ndarray], np.ndarray] | None
    """Derivative given the input and the value; None if only the output layer may use it."""
    is_odd: bool = False
    """Whether f(-z) = -f(z)."""
    glorot_factor: float = 6.0
    """Initial weights lie within sqrt(factor / (n_in + n_out))."""
    needs_input: bool = False
    """Whether the derivative needs the input; if so, training keeps it."""


def _softmax(Z: np.ndarray) -> None:
    np.exp(Z - Z.max(axis=1, keepdims=True), out=Z)
    Z /= Z.sum(axis=1, keepdims=True)


ACTIVATIONS = {
    "identity": Activation(0, lambda Z: Z, lambda Z, A: np.ones_like(A), is_odd=True),
    "logistic": Activation(
        1, lambda Z: expit(Z, out=Z), lambda Z, A: A * (1 - A), glorot_factor=2.0
    ),
    "tanh": Activation(2, lambda Z: np.tanh(Z, out=Z), lambda Z, A: 1 - A * A, is_odd=True),
    "relu": Activation(3, lambda Z: np.maximum(Z, 0, out=Z), lambda Z, A: np.sign(A)),
    "exp": Activation(4, lambda Z: np.exp(Z, out=Z), None),
    "softmax": Activation(5, _softmax, None),
}


@dataclass(frozen=True)
class Loss:
    """A loss, with its canonical output activation: its gradient is prediction minus target."""

    code: int
    activation: str


LOSSES = {
    "squared_error": Loss(0, "identity"),
    "poisson": Loss(1, "exp"),
    "binary_log_loss": Loss(2, "logistic"),
    "log_loss": Loss(3, "softmax"),
}
