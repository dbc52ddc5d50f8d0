"""The training samples and working memory as the kernels take them."""

from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
import scipy.sparse as sp

from skparams._runtime import announced_compilation, blas_threads_for, load_kernels
from skparams.neural_network.activations import ACTIVATIONS, LOSSES
from skparams.neural_network.network import Network


@dataclass
class Optimizer:
    """State of a solver between batches."""

    solver: str
    learning_rate: float
    first: np.ndarray
    """First moment of 'adam', velocity of 'sgd'."""
    second: np.ndarray
    """Second moment of 'adam', empty for 'sgd'."""
    t: int = 0
    """Number of batches so far."""


class Batches:
    """Calls the kernels on data (X, Y, weight), of which Y and weight get the network's dtype.

    Y has one column per output, or one of class indices with the loss 'log_loss'.
    """

    def __init__(
        self,
        network: Network,
        data: tuple[Any, np.ndarray, np.ndarray],
        activation: str,
        loss: str,
        batch_size: int,
        dtype: np.dtype,
    ):
        self.kernels = kernels = load_kernels("skparams.neural_network.kernels")
        self.network, self.batch_size, self.dtype = network, batch_size, dtype
        X, Y, weight = data
        self.n_samples, self.total_weight = X.shape[0], weight.astype(np.float64).sum()
        dense, csr = X, (np.empty(0, X.dtype), np.empty(0, np.int32), np.empty(0, np.int32))
        if sp.issparse(X):
            dense, csr = np.empty((0, 0), X.dtype), (X.data, X.indices, X.indptr)
            if max(X.nnz, X.shape[1]) <= np.iinfo(np.int32).max:
                csr = X.data, *(array.astype(np.int32, copy=False) for array in csr[1:])
        targets = (np.ascontiguousarray(array, dtype) for array in (Y, weight))
        # Another layout, index type or writability would be another numba type, for which the
        # kernels would be compiled once more.
        self._samples = tuple(_read_only(array) for array in (dense, *csr, *targets))
        hidden, out = ACTIVATIONS[activation], ACTIVATIONS[LOSSES[loss].activation]
        self._codes = hidden.code, out.code, LOSSES[loss].code
        scratch = np.empty((2, kernels.CHUNK), dtype)
        n_values = batch_size * network.n_units
        self._work = kernels.Work(
            grads=np.empty(network.n_params, dtype),
            batch=np.empty((0 if sp.issparse(X) else batch_size, X.shape[1]), dtype),
            inputs=np.empty(n_values if hidden.needs_input else 0, dtype),
            values=np.empty(n_values, dtype),
            deltas=np.empty(n_values, dtype),
            scratch=scratch,
            scratch_bits=scratch[1].view(f"i{dtype.itemsize}"),
        )
        self._squared_norm: float | None = None  # of the weights that the last epoch left

    @contextmanager
    def kernel_context(self):
        """Context in which to call the other methods."""
        largest_product = self.batch_size * int(self.network.layout[:, :2].prod(axis=1).max())
        with announced_compilation("MLP", self.dtype), blas_threads_for(largest_product):
            yield

    def train_epoch(
        self, params: np.ndarray, order: np.ndarray, state: Optimizer, mlp: Any
    ) -> tuple[float, bool]:
        """Train params in place; return the mean loss and whether it and params are finite."""
        if state.solver == "adam":
            solver = self.kernels.ADAM
        else:
            solver = self.kernels.NESTEROV if mlp.nesterovs_momentum else self.kernels.SGD
        if self._squared_norm is None:
            coefs = params[: self.network.n_coefs]
            self._squared_norm = float(np.square(coefs, dtype=np.float64).sum())
        total, n_trained, state.t, self._squared_norm, is_finite = self._epoch(
            params, order,
            solver, state.first, state.second, self._squared_norm, state.t, state.learning_rate,
            float(mlp.alpha), float(mlp.beta_1), float(mlp.beta_2), float(mlp.epsilon),
            float(mlp.momentum),
        )  # fmt: skip
        if n_trained == 0:
            raise ValueError(
                "sample_weight sums to zero in every batch, which leaves no mean loss."
            )
        return total / n_trained, is_finite and isfinite(total)

    def loss_gradient(self, params: np.ndarray, alpha: float) -> tuple[float, np.ndarray]:
        """Loss over all samples, summed over outputs, and its gradient."""
        gradient, n_coefs = np.zeros_like(params), self.network.n_coefs
        optimizer = self.kernels.GRADIENT, gradient, gradient, 0.0, 0, *(0.0,) * 6
        total, *_ = self._epoch(params, np.arange(self.n_samples), *optimizer)
        coefs = params[:n_coefs]
        gradient[:n_coefs] += alpha * coefs
        gradient /= self.total_weight
        penalty = 0.5 * alpha * np.square(coefs).sum()
        return (total + penalty) / self.total_weight, gradient

    def _epoch(self, params: np.ndarray, order: np.ndarray, *optimizer: Any) -> tuple:
        return self.kernels.epoch(
            self.kernels.Layers(params, self.network.layout, *self._codes),
            self.kernels.Samples(*self._samples, order, self.batch_size),
            self.kernels.Optimizer(*optimizer),
            self._work,
        )


def _read_only(array: np.ndarray) -> np.ndarray:
    view = array.view(np.ndarray)
    view.flags.writeable = False
    return view
