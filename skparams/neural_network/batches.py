"""The training rows as the kernels take them: where Python hands over to compiled code."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np
import scipy.sparse as sp

from skparams._runtime import announced_compilation, blas_threads_for, load_kernels
from skparams.neural_network.network import Network

# The function of each loss's output activation; softmax is the exponential, normalised.
LINKS = {
    "squared_error": "identity",
    "poisson": "exp",
    "binary_log_loss": "logistic",
    "log_loss": "exp",
}


@dataclass
class Adam:
    """State of Adam between batches."""

    first_moment: np.ndarray
    second_moment: np.ndarray
    learning_rate: float
    t: int = 0


@dataclass
class SGD:
    """State of gradient descent with momentum between batches."""

    velocity: np.ndarray
    learning_rate: float


@dataclass
class Batches:
    """The training rows as the kernels take them, and the memory in which they work.

    Parameters
    ----------
    network : Network
        Sizes and layout.
    X : C-contiguous ndarray or CSR matrix of shape (n_samples, n_features)
        The inputs.
    Y : ndarray of shape (n_samples, n_outputs), or (n_samples, 1) for class indices
        The targets, of the network's dtype.
    weight : ndarray of shape (n_samples,)
        The weights, of the network's dtype.
    activation, loss : str
        Names of the hidden activation and of the loss.
    batch_size : int
        Rows of a batch.
    dtype : dtype
        The network's.
    """

    network: Network
    X: Any
    Y: np.ndarray
    weight: np.ndarray
    activation: str
    loss: str
    batch_size: int
    dtype: np.dtype
    kernels: ModuleType = field(init=False)

    def __post_init__(self):
        self.kernels = load_kernels("skparams.neural_network.kernels")
        network, n_rows, dtype = self.network, self.batch_size, self.dtype
        # Each other layout, index type or writability would be another numba type, for which the
        # kernel would be compiled once more.
        self._targets = tuple(
            _read_only(np.ascontiguousarray(array, dtype)) for array in (self.Y, self.weight)
        )
        if sp.issparse(self.X):
            dense, csr = np.empty((0, 0), self.X.dtype), _csr_arrays(self.X)
            gathered = np.empty(0, dtype)
        else:
            no_index = np.empty(0, np.int32)
            dense, csr = self.X, (np.empty(0, self.X.dtype), no_index, no_index)
            gathered = np.empty(n_rows * network.sizes[0], dtype)
        self._inputs = tuple(_read_only(array) for array in (dense, *csr))
        chunks = np.empty((2, self.kernels.CHUNK), dtype)
        names = (self.activation, self.loss, LINKS[self.loss])
        self._codes = tuple(getattr(self.kernels, name.upper()) for name in names)
        self.grads = np.empty(network.n_params, dtype)
        self._squares = None  # of the weights that the last epoch left
        self._work = (
            gathered,
            np.empty(n_rows * network.n_units, dtype),
            np.empty(n_rows * network.n_units, dtype),
            chunks,
            chunks[1].view(f"i{dtype.itemsize}"),
        )

    @contextmanager
    def ready(self):
        """Enter the context in which to call the kernels."""
        largest_product = self.batch_size * int(self.network.layers[:, :2].prod(axis=1).max())
        with announced_compilation("MLP", self.dtype), blas_threads_for(largest_product):
            yield

    def train_epoch(
        self, params: np.ndarray, order: np.ndarray, optimizer: Adam | SGD, settings: dict
    ) -> float:
        """Train on all batches in that order, in place; return the mean loss."""
        if isinstance(optimizer, Adam):
            solver, t = self.kernels.ADAM, optimizer.t
            first, second = optimizer.first_moment, optimizer.second_moment
        else:
            solver = self.kernels.NESTEROV if settings["nesterovs_momentum"] else self.kernels.SGD
            t, first, second = 0, optimizer.velocity, optimizer.velocity
        numbers = (
            float(settings["alpha"]),
            float(optimizer.learning_rate),
            float(settings["beta_1"]),
            float(settings["beta_2"]),
            float(settings["epsilon"]),
            float(settings["momentum"]),
        )
        if self._squares is None:
            self._squares = float(np.square(params[: self.network.n_coefs], dtype=np.float64).sum())
        total, n_trained, t, self._squares = self._call(
            params, order, first, second, self._squares, t, solver, numbers
        )
        if isinstance(optimizer, Adam):
            optimizer.t = t
        if n_trained == 0:
            raise ValueError(
                "sample_weight sums to zero in every batch, which leaves no mean loss."
            )
        return total / n_trained

    def loss_gradient(self, params: np.ndarray, alpha: float) -> tuple[float, np.ndarray]:
        """Return the loss over all rows, summed over outputs, and its gradient."""
        gradient, n_coefs = np.zeros_like(params), self.network.n_coefs
        order, solver = np.arange(self.X.shape[0]), self.kernels.GRADIENT
        total, *_ = self._call(params, order, gradient, gradient, 0.0, 0, solver, (0.0,) * 6)
        coefs, total_weight = params[:n_coefs], self.weight.sum()
        gradient[:n_coefs] += alpha * coefs
        gradient /= total_weight
        penalty = 0.5 * alpha * np.square(coefs).sum()
        return (total + penalty) / total_weight, gradient

    def _call(self, params, order, first, second, squares, t, solver, numbers):
        return self.kernels.epoch(
            *self._inputs, *self._targets, _read_only(order), self.batch_size,
            self.network.layers, *self._codes, params, self.grads, first, second,
            *self._work, squares, t, solver, numbers,
        )  # fmt: skip


def _csr_arrays(X: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return data, indices and indptr, the latter two as int32 where that can hold them."""
    if max(X.nnz, X.shape[1]) > np.iinfo(np.int32).max:
        return X.data, X.indices, X.indptr
    return X.data, X.indices.astype(np.int32, copy=False), X.indptr.astype(np.int32, copy=False)


def _read_only(array: np.ndarray) -> np.ndarray:
    view = array.view(np.ndarray)
    view.flags.writeable = False
    return view
