"""The network: the layout of its parameters in one flat buffer, and its forward pass in NumPy."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from scipy.special import expit, log_expit, log_softmax

from skparams.neural_network.activations import ACTIVATIONS


class Network:
    """Layer sizes and the layout of one flat buffer: all weights, then all biases, layer by layer.

    `layout` has a row for each layer of weights: units in, units out, where its weights and its
    biases start in the buffer, and where its units start among those of all layers but the inputs.
    """

    def __init__(self, sizes: Sequence[int]):
        self.sizes = tuple(int(size) for size in sizes)
        n_in, n_out = np.array(list(pairwise(self.sizes)), dtype=np.int64).T
        self.n_coefs = int((n_in * n_out).sum())
        self.n_units = int(n_out.sum())
        self.n_params = self.n_coefs + self.n_units
        units = np.cumsum(n_out) - n_out
        starts = np.cumsum(n_in * n_out) - n_in * n_out
        self.layout = np.column_stack([n_in, n_out, starts, self.n_coefs + units, units])

    def views(self, buffer: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """The weight matrices and the biases, as views of the buffer."""
        return (
            [buffer[w : w + m * n].reshape(m, n) for m, n, w, _, _ in self.layout],
            [buffer[b : b + n] for _, n, _, b, _ in self.layout],
        )

    def pack(
        self, coefs: Sequence[np.ndarray], intercepts: Sequence[np.ndarray], dtype: np.dtype
    ) -> np.ndarray:
        """Copy weights and biases into a new buffer; raise ValueError if a shape differs."""
        buffer = np.empty(self.n_params, dtype=dtype)
        attributes = zip(
            ("coefs_", "intercepts_"), self.views(buffer), (coefs, intercepts), strict=True
        )
        for name, views, arrays in attributes:
            if [np.shape(array) for array in arrays] != [view.shape for view in views]:
                raise ValueError(
                    f"{name} has arrays of shapes {[np.shape(array) for array in arrays]}, but the "
                    f"data and hidden_layer_sizes need {[view.shape for view in views]}. Training "
                    "can only continue with the layers that it started with."
                )
            for view, array in zip(views, arrays, strict=True):
                view[:] = array
        return buffer


def decision(X, coefs: Sequence, intercepts: Sequence, activation: str) -> np.ndarray:
    """Input of the output layer's activation, for dense or sparse X."""
    Z = X
    for i, (coef, intercept) in enumerate(zip(coefs, intercepts, strict=True)):
        if i:
            ACTIVATIONS[activation].apply(Z)
        Z = Z @ coef
        Z += intercept
    return Z


def log_probabilities(Z: np.ndarray, out_activation: str) -> np.ndarray:
    """Logarithm of the output activation, computed from its input without underflow to -inf."""
    if out_activation == "softmax":
        return log_softmax(Z, axis=1)
    if Z.shape[1] == 1:
        Z = np.hstack([-Z, Z])
    return np.where(Z < 0, log_expit(Z), np.log(expit(np.maximum(Z, 0))))
