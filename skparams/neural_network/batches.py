"""The training samples and working memory as the kernels take them."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any, NamedTuple, TypedDict

import numpy as np
import scipy.sparse as sp

from skparams._runtime import load_kernels
from skparams.neural_network.activations import ACTIVATIONS, Objective
from skparams.neural_network.network import NORMALIZATIONS, Network
from skparams.neural_network.samples import TrainingSamples

# Multiply-adds of a call of the kernel, after which Ctrl-C is seen: about 20 ms of work. The others
# are what a number of a row and a unit cost beside the products.
CALL = 500_000_000
PER_INPUT, PER_UNIT = 20, 200

# Learning rates and hyperparameters of kernels that train nothing.
UNUSED = np.empty(0), *(0.0,) * 7


class Optimizer(TypedDict):
    """State of a solver between batches; a plain dict, which loaders of safe formats accept."""

    solver: str
    learning_rate: float
    first: np.ndarray
    """First moment of 'adam' and 'adamw', velocity of 'sgd'."""
    second: np.ndarray
    """Second moment of 'adam' and 'adamw', empty for 'sgd'."""
    t: int
    """Number of batches so far."""
    seed: int | None
    """Of dropout; None without it."""


class Epoch(NamedTuple):
    """Results of an epoch."""

    loss: float
    """Mean over samples of the mean losses of their batches, penalty included."""
    is_finite: bool
    """Whether loss and parameters are."""
    gradient_norm: float
    """Norm of the gradient of the last batch."""


class Batches:
    """Calls the kernels on data (X, Y, weight), where weight may be None.

    Y has one column per output, or one of class indices with the loss 'log_loss'. ``dropout`` has
    the rate of the input and of each hidden layer. ``n_bytes`` is how many copies of rows may take
    at a time, if that is more than MIN_COPIED.
    """

    def __init__(
        self,
        network: Network,
        data: tuple[Any, np.ndarray, np.ndarray | None],
        objective: Objective,
        batch_size: int,
        dtype: np.dtype,
        n_bytes: int = 0,
        dropout: Sequence[float] = (),
        seed: int | None = None,
    ):
        self.kernels = kernels = load_kernels("skparams.neural_network._kernels.kernels", "MLP")
        self.network, self.batch_size, self.dtype = network, batch_size, dtype
        X, self._joins = data[0], network.normalization == "batch"
        self._objective, self._codes = objective, _codes(network, objective)
        n_rows = batch_size + self._joins
        n_values, n_inputs = n_rows * network.n_units, 0 if sp.issparse(X) else X.shape[1]
        widths, n_weights = network.layout[:, :2], network.layout[:, :2].prod(axis=1)
        scratch = np.empty((2, kernels.CHUNK), dtype)
        self._work = kernels.Work(
            grads=np.empty(network.n_trained, dtype),
            batch=np.empty(n_rows * n_inputs, dtype),
            values=np.empty(n_values, dtype),
            deltas=np.empty(n_values, dtype),
            zeros=np.zeros(widths.max(), dtype),
            ones=np.ones(1, dtype),
            turned=np.empty(n_weights[n_weights <= network.wide].max(initial=0), dtype),
            scaled=np.empty(0 if network.input_scale is None else n_weights[0], dtype),
            scratch=scratch,
            scratch_bits=scratch[1].view(f"i{dtype.itemsize}"),
            special=_special(kernels, network, n_rows, dtype, dropout, seed),
        )
        work = 3 * int(n_weights.sum()) + PER_INPUT * n_inputs + PER_UNIT * network.n_units
        self._rows_within_call = CALL // work
        self.squared_norm: float | None = None  # of the weights that the last epoch left
        self._has_gradient = False
        self._set_samples(data, n_bytes)

    def _set_samples(self, data: tuple[Any, np.ndarray, np.ndarray | None], n_bytes: int) -> None:
        """Go on with these samples, of as many features, sparse or not as those before."""
        self._samples = TrainingSamples(*data, self.dtype)
        n_rows = min(self._rows_within_call, self._samples.rows_within(n_bytes))
        self._rows_of_call = max(1, n_rows // self.batch_size) * self.batch_size
        self._samples.reserve(min(self._rows_of_call + self._joins, self._samples.n_samples))

    def with_data(self, data: tuple[Any, np.ndarray, np.ndarray | None]) -> Batches:
        """Batches of other data for the same network, without dropout."""
        size = min(self.batch_size, data[1].shape[0])
        return Batches(self.network, data, self._objective, size, self.dtype)

    @property
    def n_batches(self) -> int:
        """Number of batches of an epoch."""
        return self._n_batches_of(self._samples.n_samples)

    def _n_batches_of(self, n_samples: int) -> int:
        return max(1, -(-(n_samples - self._joins) // self.batch_size))

    def train_epoch(
        self,
        params: np.ndarray,
        order: Any,
        state: Optimizer,
        learning_rates: np.ndarray,
        mlp: Any,
    ) -> Epoch:
        """Train params in place, with a learning rate for each batch."""
        if state["solver"] == "sgd":
            solver = self.kernels.NESTEROV if mlp.nesterovs_momentum else self.kernels.SGD
        else:
            solver = self.kernels.ADAM
        if self.squared_norm is None:
            coefs = params[: self.network.n_coefs]
            self.squared_norm = float(np.square(coefs, dtype=np.float64).sum())
        progress = np.array([state["t"], self.squared_norm, 0.0, 0.0, 0.0])
        decay = float(mlp.weight_decay) if state["solver"] == "adamw" else 0.0
        max_norm = np.inf if mlp.max_gradient_norm is None else float(mlp.max_gradient_norm)
        try:
            self._train(
                params, order, progress,
                solver, state["first"], state["second"], learning_rates, float(mlp.alpha),
                float(mlp.beta_1), float(mlp.beta_2), float(mlp.epsilon), float(mlp.momentum),
                decay, max_norm,
            )  # fmt: skip
        finally:
            state["t"], self.squared_norm = int(progress[0]), progress[1]
        total, n_trained, gradient_norm = progress[2:]
        self._has_gradient = True
        if n_trained == 0:
            raise ValueError(
                "sample_weight sums to zero in every batch, which leaves no mean loss."
            )
        is_finite = isfinite(total) and bool(np.isfinite(params).all())
        return Epoch(np.float64(total / n_trained), is_finite, gradient_norm)

    def loss_gradient(self, params: np.ndarray, alpha: float) -> tuple[float, np.ndarray]:
        """Loss over all samples, summed over outputs, and its gradient."""
        gradient, progress = np.zeros(self.network.n_trained, params.dtype), np.zeros(5)
        self._train(params, None, progress, self.kernels.GRADIENT, gradient, gradient, *UNUSED)
        n_coefs, total_weight = self.network.n_coefs, self._samples.total_weight
        coefs = params[:n_coefs]
        gradient[:n_coefs] += alpha * coefs
        gradient /= total_weight
        self._work.grads[:] = gradient
        self._has_gradient = True
        penalty = 0.5 * alpha * np.square(coefs).sum()
        return (progress[2] + penalty) / total_weight, gradient

    def gradients(self) -> dict[str, list[np.ndarray]]:
        """The gradient of the last step, for each fitted attribute; empty before the first.

        It is that of the mean loss of a minibatch, or of all samples for 'lbfgs', penalty included
        and not clipped, at the weights before the step.
        """
        if not self._has_gradient:
            return {}
        buffer = np.empty(self.network.n_params, self.dtype)
        buffer[: self.network.n_trained] = self._work.grads
        views = self.network.views(buffer)
        return {name: views[name] for name in views if not name.startswith("running_")}

    def evaluate(self, params: np.ndarray) -> tuple[np.ndarray, float]:
        """Input of the output layer's activation for all samples, and their mean loss.

        Nothing is dropped, running moments are used, and the penalty is left out.
        """
        n_outputs, progress = self.network.sizes[-1], np.zeros(5)
        Z = np.empty((self._samples.n_samples, n_outputs), self.dtype)
        self._train(params, None, progress, self.kernels.DECISION, Z.reshape(-1), params, *UNUSED)
        divisor = n_outputs if self._objective.loss == "squared_error" else 1
        return Z, progress[2] / (divisor * self._samples.total_weight)

    def loss(self, params: np.ndarray, alpha: float) -> np.float64:
        """Mean loss of all samples as `evaluate` has it, and the penalty."""
        penalty = 0.5 * alpha * np.square(params[: self.network.n_coefs], dtype=np.float64).sum()
        return np.float64(self.evaluate(params)[1] + penalty / self._samples.total_weight)

    def _train(self, params: np.ndarray, order: Any, progress: np.ndarray, *optimizer: Any) -> None:
        """Call the kernel for some batches at a time, as Python sees Ctrl-C in between.

        Without an order, samples are taken as they are; it may leave some out.
        """
        network = self.network
        input_scale = network.input_scale or 0
        layers = self.kernels.Layers(
            params, network.layout, *self._codes, network.wide, input_scale
        )
        before, rates, after = optimizer[:3], optimizer[3], optimizer[4:]
        after = *after, network.groups, network.factors
        n_samples, start = self._samples.n_samples if order is None else len(order), 0
        while start < n_samples:
            stop = start + self._rows_of_call
            if stop + self._joins >= n_samples:
                stop = n_samples
            rows = slice(start, stop) if order is None else order[start:stop]
            hyperparameters = self.kernels.Optimizer(
                *before, rates[start // self.batch_size :], *after
            )
            # Copies have no name here, so that they go before others are made.
            self.kernels.epoch(layers, *self._take(rows), hyperparameters, self._work, progress)
            start = stop

    def _take(self, rows: np.ndarray | slice) -> tuple[Any, np.ndarray]:
        arrays, numbers = self._samples.take(rows)
        return self.kernels.Samples(*arrays, self.batch_size), numbers


def _codes(network: Network, objective: Objective) -> tuple:
    """The kernels' Layers without parameters and layout."""
    hidden = np.array([ACTIVATIONS[name].code for name in network.activations], dtype=np.int64)
    parameters = objective.parameters
    return (
        hidden,
        ACTIVATIONS[objective.activation].code,
        objective.code,
        None if parameters is None else np.array(parameters, dtype=np.float64),
    )


def _special(
    kernels: Any,
    network: Network,
    n_rows: int,
    dtype: np.dtype,
    dropout: Sequence[float],
    seed: int | None,
) -> Any:
    """Memory of the kernels for hidden layers that scikit-learn does not have, or None."""
    has_special = any(ACTIVATIONS[name].is_special for name in network.activations)
    if not (has_special or network.normalization or any(dropout)):
        return None
    n_values = n_rows * network.n_units
    n_normalized = n_values if network.normalization else 0
    rates = np.zeros(len(network.sizes) - 1)
    rates[: len(dropout)] = dropout
    return kernels.Special(
        slopes=np.empty(n_values, dtype),
        normalization=NORMALIZATIONS[network.normalization],
        centered=np.empty(n_normalized, dtype),
        scales=np.empty(n_normalized, dtype),
        moments=np.empty((2, max(network.sizes))),
        gains=network.gains,
        means=network.means,
        variances=network.variances,
        dropout=rates,
        seed=np.array([seed or 0], np.uint64),
    )
