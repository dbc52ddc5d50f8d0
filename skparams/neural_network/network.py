"""The network: where its numbers stand in one flat buffer, and its forward pass in NumPy."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from scipy.special import expit, log_expit, log_softmax


class Network:
    """Layer sizes, and the layout that they give to one flat buffer.

    The weight matrices stand first, layer by layer and row by row, then the biases.

    Parameters
    ----------
    sizes : sequence of int
        Number of units of each layer, inputs and outputs included.

    Attributes
    ----------
    layers : ndarray of shape (n_layers - 1, 5)
        For each layer of weights: units in, units out, where its weights and its biases start in
        the buffer, and how many units stand before its own outputs.
    n_coefs : int
        Number of weights; the biases start there.
    n_params : int
        Size of the buffer.
    n_units : int
        Units of all layers but the inputs.
    """

    def __init__(self, sizes: Sequence[int]):
        self.sizes = tuple(int(size) for size in sizes)
        n_in, n_out = np.array(list(pairwise(self.sizes)), dtype=np.int64).T
        self.n_coefs = int((n_in * n_out).sum())
        self.n_units = int(n_out.sum())
        self.n_params = self.n_coefs + self.n_units
        units = np.cumsum(n_out) - n_out
        starts = np.cumsum(n_in * n_out) - n_in * n_out
        self.layers = np.column_stack([n_in, n_out, starts, self.n_coefs + units, units])

    def coefs(self, buffer: np.ndarray) -> list[np.ndarray]:
        """Return the views of the buffer that are the weight matrices."""
        return [
            buffer[start : start + n_in * n_out].reshape(n_in, n_out)
            for n_in, n_out, start, _, _ in self.layers
        ]

    def intercepts(self, buffer: np.ndarray) -> list[np.ndarray]:
        """Return the views of the buffer that are the biases."""
        return [buffer[start : start + n_out] for _, n_out, _, start, _ in self.layers]

    def pack(
        self, coefs: Sequence[np.ndarray], intercepts: Sequence[np.ndarray], dtype: np.dtype
    ) -> np.ndarray:
        """Copy weights and biases into a new buffer; ValueError where a shape is another."""
        buffer = np.empty(self.n_params, dtype=dtype)
        for name, views, arrays in (
            ("coefs_", self.coefs(buffer), coefs),
            ("intercepts_", self.intercepts(buffer), intercepts),
        ):
            if [np.shape(array) for array in arrays] != [view.shape for view in views]:
                raise ValueError(
                    f"{name} has arrays of shapes {[np.shape(array) for array in arrays]}, but the "
                    f"data and hidden_layer_sizes need {[view.shape for view in views]}. Training "
                    "can only go on with the layers that it began with."
                )
            for view, array in zip(views, arrays, strict=True):
                view[:] = array
        return buffer

    def unpack(self, buffer: np.ndarray, dtype: np.dtype) -> tuple[list, list]:
        """Copy weights and biases out of a buffer, so that nothing keeps it alive."""
        return (
            [view.astype(dtype) for view in self.coefs(buffer)],
            [view.astype(dtype) for view in self.intercepts(buffer)],
        )

    def initial(
        self, random_state: np.random.RandomState, activation: str, dtype: np.dtype
    ) -> np.ndarray:
        """Draw a new buffer, uniform in the bounds of Glorot and Bengio (2010, equation 16)."""
        buffer = np.empty(self.n_params, dtype=dtype)
        factor = 2.0 if activation == "logistic" else 6.0
        for coef, intercept in zip(self.coefs(buffer), self.intercepts(buffer), strict=True):
            bound = np.sqrt(factor / sum(coef.shape))
            coef[:] = random_state.uniform(-bound, bound, coef.shape)
            intercept[:] = random_state.uniform(-bound, bound, intercept.shape)
        return buffer


def softmax(Z: np.ndarray, out: np.ndarray) -> None:
    """Row-wise softmax of Z into out, which may be Z."""
    np.exp(Z - Z.max(axis=1, keepdims=True), out=out)
    out /= out.sum(axis=1, keepdims=True)


# Each writes its value into `out`; hidden and output activations alike.
ACTIVATIONS = {
    "identity": lambda Z, out: None,
    "logistic": lambda Z, out: expit(Z, out=out),
    "tanh": lambda Z, out: np.tanh(Z, out=out),
    "relu": lambda Z, out: np.maximum(Z, 0, out=out),
    "softmax": softmax,
    "exp": lambda Z, out: np.exp(Z, out=out),
}


def decision(X, coefs: Sequence, intercepts: Sequence, activation: str) -> np.ndarray:
    """Return the output layer's input, before its activation, for dense or sparse X."""
    hidden = ACTIVATIONS[activation]
    Z = X
    for i, (coef, intercept) in enumerate(zip(coefs, intercepts, strict=True)):
        if i:
            hidden(Z, out=Z)
        Z = Z @ coef
        Z += intercept
    return Z


def log_probabilities(Z: np.ndarray, out_activation: str) -> np.ndarray:
    """Return the logarithm of the output activation, from its input where it is small: no -inf."""
    if out_activation == "softmax":
        return log_softmax(Z, axis=1)
    if Z.shape[1] == 1:
        Z = np.hstack([-Z, Z])
    return np.where(Z < 0, log_expit(Z), np.log(expit(np.maximum(Z, 0))))
