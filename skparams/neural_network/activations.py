"""Activation functions and losses: their codes in the kernels, and the functions in NumPy."""

from collections.abc import Callable
from dataclasses import dataclass
from math import pi, sqrt
from typing import Any

import numpy as np
from scipy.special import expit, ndtr


@dataclass(frozen=True)
class Activation:
    """An activation function in NumPy; the kernels have a compiled one with the same code."""

    code: int
    apply: Callable[[np.ndarray], object]
    """Replaces its argument by the function's value."""
    derivative: Callable[[np.ndarray, np.ndarray], np.ndarray] | None
    """Derivative given the input and the value; None if only the output layer may use it."""
    is_odd: bool = False
    """Whether f(-z) = -f(z)."""
    glorot_factor: float = 6.0
    """Initial weights lie within sqrt(factor / (n_in + n_out))."""
    is_special: bool = False
    """Whether scikit-learn does not have it; its kernel is compiled for those who use it."""


# The slope of leaky_relu below 0, the constants of selu (Klambauer et al., 2017), and the bound of
# an input that is multiplied by a gate; as in the kernels.
LEAK, SELU_ALPHA, SELU_SCALE, FAR = 0.01, 1.6732632423543772, 1.0507009873554805, 1000.0


def _softmax(Z: np.ndarray) -> None:
    np.exp(Z - Z.max(axis=1, keepdims=True), out=Z)
    Z /= Z.sum(axis=1, keepdims=True)


def _increasing(Z: np.ndarray) -> None:
    """The first column, and what softplus of each further one adds to the column before."""
    np.logaddexp(Z[:, 1:], 0, out=Z[:, 1:])
    np.cumsum(Z, axis=1, out=Z)


def _selu(Z: np.ndarray) -> None:
    negative = SELU_ALPHA * np.expm1(np.minimum(Z, 0))
    np.multiply(np.where(Z > 0, Z, negative), SELU_SCALE, out=Z)


def _step(A: np.ndarray, left: np.ndarray | float, right: float) -> np.ndarray:
    """A derivative with a kink at 0, where it is the left one."""
    return np.where(A > 0, A.dtype.type(right), np.asarray(left, A.dtype))


def _multiply_gate(Z: np.ndarray, gate: np.ndarray) -> None:
    """Multiply Z by a gate that falls to 0 faster than Z does; at -inf the limit is 0."""
    np.multiply(np.maximum(Z, -FAR), gate, out=Z)


def _gelu_derivative(Z: np.ndarray, A: np.ndarray) -> np.ndarray:
    V = np.clip(Z, -FAR, FAR)
    return ndtr(V) + V * np.exp(-0.5 * V * V) / sqrt(2 * pi)


def _silu_derivative(Z: np.ndarray, A: np.ndarray) -> np.ndarray:
    gate, V = expit(Z), np.clip(Z, -FAR, FAR)
    return gate * (1 + V * (1 - gate))


def _tanh_of_softplus(Z: np.ndarray) -> np.ndarray:
    U = np.exp(np.minimum(Z, 20))  # above that it is 1
    U *= U + 2
    return U / (U + 2)


def _mish_derivative(Z: np.ndarray, A: np.ndarray) -> np.ndarray:
    gate, V = _tanh_of_softplus(Z), np.clip(Z, -FAR, 20)
    return gate + V * (1 - gate * gate) * expit(V)


ACTIVATIONS = {
    "identity": Activation(0, lambda Z: Z, lambda Z, A: np.ones_like(A), is_odd=True),
    "logistic": Activation(
        1, lambda Z: expit(Z, out=Z), lambda Z, A: A * (1 - A), glorot_factor=2.0
    ),
    "tanh": Activation(2, lambda Z: np.tanh(Z, out=Z), lambda Z, A: 1 - A * A, is_odd=True),
    "relu": Activation(3, lambda Z: np.maximum(Z, 0, out=Z), lambda Z, A: np.sign(A)),
    "exp": Activation(4, lambda Z: np.exp(Z, out=Z), None),
    "softmax": Activation(5, _softmax, None),
    "leaky_relu": Activation(
        6,
        lambda Z: np.maximum(Z, LEAK * Z, out=Z),
        lambda Z, A: _step(A, LEAK, 1),
        is_special=True,
    ),
    "selu": Activation(
        7,
        _selu,
        lambda Z, A: _step(A, A + SELU_SCALE * SELU_ALPHA, SELU_SCALE),
        is_special=True,
    ),
    "gelu": Activation(8, lambda Z: _multiply_gate(Z, ndtr(Z)), _gelu_derivative, is_special=True),
    "silu": Activation(9, lambda Z: _multiply_gate(Z, expit(Z)), _silu_derivative, is_special=True),
    "mish": Activation(
        10, lambda Z: _multiply_gate(Z, _tanh_of_softplus(Z)), _mish_derivative, is_special=True
    ),
    "increasing": Activation(0, _increasing, None),  # the kernel's loss adds the increments up
}


def values_of(name: str, Z: np.ndarray) -> np.ndarray:
    """The values of an activation, which leave Z as it is."""
    A = Z.copy()
    ACTIVATIONS[name].apply(A)
    return A


def slopes_of(name: str, Z: np.ndarray) -> np.ndarray:
    """The slopes of an activation of hidden layers."""
    if name == "selu":  # with all digits where a unit saturates
        return SELU_SCALE * np.where(Z > 0, 1, SELU_ALPHA * np.exp(np.minimum(Z, 0)))
    derivative = ACTIVATIONS[name].derivative
    assert derivative is not None
    return derivative(Z, values_of(name, Z))


@dataclass(frozen=True)
class Loss:
    """A loss and its output activation.

    scikit-learn's have the canonical one: the gradient is prediction minus target.
    """

    code: int
    activation: str


LOSSES = {
    "squared_error": Loss(0, "identity"),
    "poisson": Loss(1, "exp"),
    "binary_log_loss": Loss(2, "logistic"),
    "log_loss": Loss(3, "softmax"),
    "absolute_error": Loss(4, "identity"),
    "huber": Loss(5, "identity"),
    "gamma": Loss(6, "exp"),
    "quantile": Loss(7, "increasing"),
}


def elements(value: Any) -> list | None:
    """The elements of a list, a tuple or another one-dimensional array-like; otherwise None."""
    if isinstance(value, list | tuple) or getattr(value, "ndim", None) == 1:
        return list(value)
    return None


@dataclass(frozen=True)
class Objective:
    """What training minimizes, without the penalty: a loss of LOSSES with its parameters.

    They are the levels of 'quantile' in ascending order, one number of other losses that
    scikit-learn does not have, the label smoothing of a log loss, and otherwise None.
    """

    loss: str
    parameters: tuple[float, ...] | None = None

    @property
    def code(self) -> int:
        """Code of the loss in the kernels."""
        return LOSSES[self.loss].code

    @property
    def activation(self) -> str:
        """Name of the output activation."""
        if self.loss == "quantile" and len(self.parameters or ()) == 1:
            return "identity"
        return LOSSES[self.loss].activation
