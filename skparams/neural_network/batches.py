"""The training samples and working memory as the kernels take them."""

from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
import scipy.sparse as sp

from skparams._runtime import load_kernels
from skparams.neural_network.activations import ACTIVATIONS, LOSSES
from skparams.neural_network.network import Network
from skparams.neural_network.samples import TrainingSamples

# Multiply-adds of a call of the kernel, after which Ctrl-C is seen: about 20 ms of work. The others
# are what a number of a row and a unit cost beside the products.
CALL = 500_000_000
PER_INPUT, PER_UNIT = 20, 200


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
    """Calls the kernels on data (X, Y, weight), where weight may be None.

    Y has one column per output, or one of class indices with the loss 'log_loss'. ``n_bytes`` is
    how many copies of rows may take at a time, if that is more than MIN_COPIED.
    """

    def __init__(
        self,
        network: Network,
        data: tuple[Any, np.ndarray, np.ndarray | None],
        activation: str,
        loss: str,
        batch_size: int,
        dtype: np.dtype,
        n_bytes: int = 0,
    ):
        self.kernels = kernels = load_kernels("skparams.neural_network.kernels", "MLP")
        self.network, self.batch_size, self.dtype = network, batch_size, dtype
        self._samples, X = TrainingSamples(*data, dtype), data[0]
        hidden, out = ACTIVATIONS[activation], ACTIVATIONS[LOSSES[loss].activation]
        self._codes = hidden.code, out.code, LOSSES[loss].code
        scratch = np.empty((2, kernels.CHUNK), dtype)
        n_values, n_inputs = batch_size * network.n_units, 0 if sp.issparse(X) else X.shape[1]
        widths, n_weights = network.layout[:, :2], network.layout[:, :2].prod(axis=1)
        self._work = kernels.Work(
            grads=np.empty(network.n_params, dtype),
            batch=np.empty(batch_size * n_inputs, dtype),
            inputs=np.empty(n_values if hidden.needs_input else 0, dtype),
            values=np.empty(n_values, dtype),
            deltas=np.empty(n_values, dtype),
            zeros=np.zeros(widths.max(), dtype),
            ones=np.ones(1, dtype),
            turned=np.empty(n_weights[n_weights <= kernels.WIDE].max(initial=0), dtype),
            scratch=scratch,
            scratch_bits=scratch[1].view(f"i{dtype.itemsize}"),
        )
        work = 3 * int(n_weights.sum()) + PER_INPUT * n_inputs + PER_UNIT * network.n_units
        n_rows = min(CALL // work, self._samples.rows_within(n_bytes))
        self._rows_of_call = max(1, n_rows // batch_size) * batch_size
        self._samples.reserve(min(self._rows_of_call, X.shape[0]))
        self._squared_norm: float | None = None  # of the weights that the last epoch left

    def train_epoch(
        self, params: np.ndarray, order: np.ndarray | None, state: Optimizer, mlp: Any
    ) -> tuple[float, bool]:
        """Train params in place; return the mean loss and whether it and params are finite."""
        if state.solver == "adam":
            solver = self.kernels.ADAM
        else:
            solver = self.kernels.NESTEROV if mlp.nesterovs_momentum else self.kernels.SGD
        if self._squared_norm is None:
            coefs = params[: self.network.n_coefs]
            self._squared_norm = float(np.square(coefs, dtype=np.float64).sum())
        progress = np.array([state.t, self._squared_norm, 0.0, 0.0])
        try:
            self._train(
                params, order, progress,
                solver, state.first, state.second, state.learning_rate, float(mlp.alpha),
                float(mlp.beta_1), float(mlp.beta_2), float(mlp.epsilon), float(mlp.momentum),
            )  # fmt: skip
        finally:
            state.t, self._squared_norm = int(progress[0]), progress[1]
        total, n_trained = progress[2:]
        if n_trained == 0:
            raise ValueError(
                "sample_weight sums to zero in every batch, which leaves no mean loss."
            )
        return np.float64(total / n_trained), isfinite(total) and bool(np.isfinite(params).all())

    def loss_gradient(self, params: np.ndarray, alpha: float) -> tuple[float, np.ndarray]:
        """Loss over all samples, summed over outputs, and its gradient."""
        gradient, n_coefs, progress = np.zeros_like(params), self.network.n_coefs, np.zeros(4)
        optimizer = self.kernels.GRADIENT, gradient, gradient, *(0.0,) * 6
        self._train(params, None, progress, *optimizer)
        coefs, total_weight = params[:n_coefs], self._samples.total_weight
        gradient[:n_coefs] += alpha * coefs
        gradient /= total_weight
        penalty = 0.5 * alpha * np.square(coefs).sum()
        return (progress[2] + penalty) / total_weight, gradient

    def decision(self, params: np.ndarray) -> np.ndarray:
        """Input of the output layer's activation for all samples."""
        out = np.empty((self._samples.n_samples, self.network.sizes[-1]), self.dtype)
        optimizer = self.kernels.DECISION, out.reshape(-1), params, *(0.0,) * 6
        self._train(params, None, np.zeros(4), *optimizer)
        return out

    def _train(
        self, params: np.ndarray, order: np.ndarray | None, progress: np.ndarray, *optimizer: Any
    ) -> None:
        """Call the kernel for some batches at a time, as Python sees Ctrl-C in between.

        Without an order, samples are taken as they are.
        """
        layers = self.kernels.Layers(params, self.network.layout, *self._codes)
        arguments = self.kernels.Optimizer(*optimizer), self._work, progress
        n_samples, step = self._samples.n_samples, self._rows_of_call
        for start in range(0, n_samples, step):
            part = slice(start, min(start + step, n_samples))
            rows = part if order is None else order[part]
            # Copies have no name here, so that they go before others are made.
            self.kernels.epoch(layers, *self._take(rows), *arguments)

    def _take(self, rows: np.ndarray | slice) -> tuple[Any, np.ndarray]:
        arrays, numbers = self._samples.take(rows)
        return self.kernels.Samples(*arrays, self.batch_size), numbers
