"""The network: its parameters in one flat buffer, their start, and its forward pass in NumPy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit, log_expit, log_softmax

from skparams.neural_network.activations import ACTIVATIONS

if TYPE_CHECKING:
    from skparams.neural_network.base import BaseMLP


NORMALIZATIONS = {None: 0, "batch": 1, "layer": 2}
"""Codes of the kernels."""

NORMALIZED = ("gains_", "running_means_", "running_variances_")
"""Fitted attributes that only networks with normalization have."""

EPSILON = 1e-5
"""Added to variances by normalization, as in PyTorch; the kernels have the same."""


# Weights of a layer above which BLAS computes its products.
WIDE = 10_000


class Network:
    """Layer sizes, activations, and the layout of one flat buffer of all numbers of a network.

    The buffer has all weights, then all biases, layer by layer; with normalization the gains of the
    hidden units, and with that of batches their running means and variances, which are not trained.
    `layout` has a row for each layer of weights: units in, units out, where its weights and its
    biases start in the buffer, and where its units start among those of all layers but the inputs.
    `groups` and `factors` are those of the kernels' Optimizer. Products of layers of more than
    `wide` weights are BLAS's. `input_scale` is where a learned scale of the inputs starts, or None.
    """

    wide = WIDE
    input_scale: int | None = None

    def __init__(
        self, sizes: Sequence[int], activations: Sequence[str], normalization: str | None = None
    ):
        self.sizes = tuple(int(size) for size in sizes)
        self.activations = tuple(activations)
        self.normalization = normalization
        n_in, n_out = np.array(list(pairwise(self.sizes)), dtype=np.int64).T
        self.n_coefs = int((n_in * n_out).sum())
        self.n_units = int(n_out.sum())
        units = np.cumsum(n_out) - n_out
        starts = np.cumsum(n_in * n_out) - n_in * n_out
        self.layout = np.column_stack([n_in, n_out, starts, self.n_coefs + units, units])
        self.gains = self.n_coefs + self.n_units
        n_hidden = self.n_units - self.sizes[-1]
        self.n_trained = self.gains + (n_hidden if normalization else 0)
        self.means, self.variances = self.n_trained, self.n_trained + n_hidden
        self.n_params = self.n_trained + (2 * n_hidden if normalization == "batch" else 0)
        self.groups = np.array([[self.n_coefs, self.n_trained, 0], [0, self.n_coefs, 1]])
        self.factors = np.ones(2)

    def views(self, buffer: np.ndarray) -> dict[str, list[np.ndarray]]:
        """The arrays of each fitted attribute, as views of the buffer."""

        layout = self.layout.tolist()  # numbers of NumPy take twice as long

        def of_units(start: int, layout: list[list[int]]) -> list[np.ndarray]:
            return [buffer[start + unit : start + unit + n] for _, n, *_, unit in layout]

        views = {
            "coefs_": [buffer[w : w + m * n].reshape(m, n) for m, n, w, _, _ in layout],
            "intercepts_": of_units(self.n_coefs, layout),
        }
        if self.normalization:
            views["gains_"] = of_units(self.gains, layout[:-1])
        if self.normalization == "batch":
            views["running_means_"] = of_units(self.means, layout[:-1])
            views["running_variances_"] = of_units(self.variances, layout[:-1])
        return views

    def fitted(self, buffer: np.ndarray, dtype: np.dtype) -> dict[str, list[np.ndarray]]:
        """The fitted attributes, as copies, so that nothing keeps the buffer alive."""
        views = self.views(buffer).items()
        return {name: [view.astype(dtype) for view in arrays] for name, arrays in views}

    def pack(self, arrays: Mapping[str, Sequence[np.ndarray]], dtype: np.dtype) -> np.ndarray:
        """Copy fitted attributes into a new buffer; raise ValueError if a shape differs."""
        buffer = np.empty(self.n_params, dtype=dtype)
        for name, views in self.views(buffer).items():
            found, needed = arrays.get(name, ()), [view.shape for view in views]
            if [np.shape(array) for array in found] != needed:
                raise ValueError(
                    f"{name} has arrays of shapes {[np.shape(array) for array in found]}, but the "
                    f"data and hidden_layer_sizes need {needed}, with an output for each quantile. "
                    "Training can only continue with the layers that it started with."
                )
            for view, array in zip(views, found, strict=True):
                view[:] = array
        return buffer


def normalization_of(mlp: BaseMLP) -> str | None:
    """The normalization of a fitted network, whatever the hyperparameter is by now."""
    if hasattr(mlp, "running_means_"):
        return "batch"
    return "layer" if hasattr(mlp, "gains_") else None


def hidden_values(X, mlp: BaseMLP) -> Iterator[np.ndarray]:
    """Yield the values of each hidden layer's units, for dense or sparse X."""
    activations = mlp._hidden_activations(len(mlp.coefs_) - 1)
    for i, activation in enumerate(activations):
        X = _unit_inputs(X, mlp, i)
        ACTIVATIONS[activation].apply(X)
        yield X


def decision(X, mlp: BaseMLP) -> np.ndarray:
    """Input of the output layer's activation, for dense or sparse X."""
    for values in hidden_values(X, mlp):
        X = values
    return _unit_inputs(X, mlp, len(mlp.coefs_) - 1)


def _unit_inputs(A, mlp: BaseMLP, i: int) -> np.ndarray:
    """What the activation of layer i gets, where A are the values of the layer before."""
    Z = A @ mlp.coefs_[i]
    if i < len(mlp.coefs_) - 1:
        _normalize(Z, mlp, i, normalization_of(mlp))
    Z += mlp.intercepts_[i]
    return Z


def _normalize(Z: np.ndarray, mlp: BaseMLP, i: int, normalization: str | None) -> None:
    """Normalization of hidden layer i, without the shift."""
    if normalization is None:
        return
    if normalization == "batch":
        mean, variance = mlp.running_means_[i], mlp.running_variances_[i]
    else:
        mean, variance = Z.mean(axis=1, keepdims=True), Z.var(axis=1, keepdims=True)
    Z -= mean
    Z *= mlp.gains_[i] / np.sqrt(variance + Z.dtype.type(EPSILON))


def input_gradients(X, mlp: BaseMLP, outputs: Sequence[int], out_activation: str) -> np.ndarray:
    """Derivatives of some outputs in the inputs, of shape (n_samples, n_outputs, n_features)."""
    A, hidden, activations = X, [], mlp._hidden_activations(len(mlp.coefs_) - 1)
    normalization = normalization_of(mlp)
    for i in range(len(mlp.coefs_) - 1):
        activation, Z = ACTIVATIONS[activations[i]], _unit_inputs(A, mlp, i)
        products = A @ mlp.coefs_[i] if normalization == "layer" else None
        A = Z.copy()
        activation.apply(A)
        assert activation.derivative is not None  # of hidden layers
        hidden.append((activation.derivative(Z, A), products))
    D = _output_gradients(_unit_inputs(A, mlp, len(hidden)), mlp, outputs, out_activation)
    for i, (slopes, products) in reversed(list(enumerate(hidden))):
        D *= slopes[:, np.newaxis]
        if normalization:
            _differentiate_normalization(D, products, mlp, i)
        n, n_outputs, n_units = D.shape
        D = D.reshape(n * n_outputs, n_units) @ mlp.coefs_[i].T
        D = D.reshape(n, n_outputs, -1)
    return D


def _output_gradients(
    Z: np.ndarray, mlp: BaseMLP, outputs: Sequence[int], out_activation: str
) -> np.ndarray:
    """Derivatives of some outputs in the values of the last hidden layer."""
    W, rates = mlp.coefs_[-1].T, np.ones_like(Z)
    if out_activation == "exp":
        rates = np.exp(Z)
    elif out_activation == "increasing":
        rates[:, 1:] = expit(Z[:, 1:])
        return np.cumsum(rates[:, :, np.newaxis] * W, axis=1)[:, outputs]
    return rates[:, outputs, np.newaxis] * W[outputs]


def _differentiate_normalization(D: np.ndarray, Z: Any, mlp: BaseMLP, i: int) -> None:
    """Turn derivatives in the inputs of an activation into those in the products Z of its layer.

    Normalization of batches, by running moments, needs no Z.
    """
    gain, epsilon = mlp.gains_[i], D.dtype.type(EPSILON)
    if Z is None:  # of batches
        D *= gain / np.sqrt(mlp.running_variances_[i] + epsilon)
        return
    scale = 1 / np.sqrt(Z.var(axis=1, keepdims=True) + epsilon)
    x = ((Z - Z.mean(axis=1, keepdims=True)) * scale)[:, np.newaxis]
    D *= gain
    along = (D * x).mean(axis=2, keepdims=True)
    D -= D.mean(axis=2, keepdims=True)
    D -= along * x
    D *= scale[:, :, np.newaxis]


def log_probabilities(Z: np.ndarray, out_activation: str) -> np.ndarray:
    """Logarithm of the output activation, computed from its input without underflow to -inf."""
    if out_activation == "softmax":
        return log_softmax(Z, axis=1)
    if Z.shape[1] == 1:
        Z = np.hstack([-Z, Z])
    return np.where(Z < 0, log_expit(Z), np.log(expit(np.maximum(Z, 0))))


def initial_params(mlp: BaseMLP, network: Network, dtype: np.dtype) -> np.ndarray:
    """A buffer of weights and biases as `init` says, gains of 1, and moments of 0 and 1."""
    params = np.empty(network.n_params, dtype)
    params[network.gains :], params[network.means : network.variances] = 1, 0
    arrays_of = network.views(params)
    layers = list(zip(arrays_of["coefs_"], arrays_of["intercepts_"], strict=True))
    if isinstance(mlp.init, tuple):
        _copy_given(mlp, layers)
    mlp.coefs_, mlp.intercepts_ = [], []  # by which an overridden _init_coef knows the layer
    for coef, intercept in layers:
        if mlp.init == "auto":
            _draw_by_method(mlp, coef, intercept)
        elif mlp.init == "he":
            coef[:] = mlp._random_state.normal(0, np.sqrt(2 / coef.shape[0]), coef.shape)
            intercept[:] = 0
        elif mlp.init == "orthogonal":
            coef[:], intercept[:] = _orthogonal(mlp._random_state, *coef.shape), 0
        mlp.coefs_.append(coef)
        mlp.intercepts_.append(intercept)
    return params


def _draw_by_method(mlp: BaseMLP, coef: np.ndarray, intercept: np.ndarray) -> None:
    """Copy what `_init_coef`, which subclasses may override, returns for a layer."""
    fan_in, fan_out = coef.shape
    arrays = mlp._init_coef(fan_in, fan_out, coef.dtype)
    found, needed = [np.shape(array) for array in arrays], [coef.shape, intercept.shape]
    if found != needed:
        raise ValueError(
            f"{type(mlp).__name__}._init_coef must return the weights and the biases of "
            f"layer {len(mlp.coefs_)}, of shapes {needed[0]} and {needed[1]}, got {found}."
        )
    for view, array in zip((coef, intercept), arrays, strict=True):
        np.copyto(view, array, casting="same_kind")


def _orthogonal(random_state: np.random.RandomState, n_in: int, n_out: int) -> np.ndarray:
    """A matrix with orthonormal columns, or rows if it has more columns than rows."""
    Q, R = np.linalg.qr(random_state.standard_normal((max(n_in, n_out), min(n_in, n_out))))
    Q *= np.where(np.diagonal(R) < 0, -1, 1)  # so that no direction is more likely than others
    return Q if n_in >= n_out else Q.T


def _copy_given(mlp: BaseMLP, layers: list[tuple[np.ndarray, np.ndarray]]) -> None:
    """Copy the arrays of an `init` (coefs, intercepts); ValueError if the layers need others."""
    name = type(mlp).__name__
    if len(mlp.init) != 2:
        raise ValueError(
            f"{name}: init must be 'auto', 'he', 'orthogonal' or a tuple (coefs, intercepts), got "
            f"a tuple of length {len(mlp.init)}."
        )
    views_of = zip(*layers, strict=True)
    for what, arrays, views in zip(("coefs", "intercepts"), mlp.init, views_of, strict=True):
        is_array = isinstance(arrays, np.ndarray) and arrays.ndim > 0
        is_list = is_array or isinstance(arrays, list | tuple)
        found = len(arrays) if is_list else type(arrays).__name__
        if found != len(views):
            raise ValueError(
                f"{name}: init must have {what} for each of the {len(views)} layers that the data "
                f"and hidden_layer_sizes need, got {found}."
            )
        for i, (array, view) in enumerate(zip(arrays, views, strict=True)):
            view[:] = _checked(array, view, f"{name}: the {what} of layer {i} in init")


def _checked(array: Any, view: np.ndarray, what: str) -> np.ndarray:
    """Finite numbers of the view's shape and dtype."""
    try:
        array = np.asarray(array)
    except ValueError:
        raise ValueError(f"{what} must be real numbers in rows of the same length.") from None
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{what} must be real numbers, got the dtype {array.dtype}.")
    if array.shape != view.shape:
        raise ValueError(
            f"{what} must have the shape {view.shape} that the data and hidden_layer_sizes need, "
            f"got {array.shape}."
        )
    with np.errstate(over="ignore"):
        array = array.astype(view.dtype)
    if not np.isfinite(array).all():
        raise ValueError(f"{what} must be finite in {view.dtype}, got NaN or infinity.")
    return array
