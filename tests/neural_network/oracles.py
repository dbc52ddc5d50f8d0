"""Activations and losses as a textbook has them, element by element in float64."""

from math import erfc, exp, expm1, inf, log1p, sqrt, tanh

import numpy as np
from scipy.special import log_expit, log_softmax, xlogy


def _logistic(x):
    return 1 / (1 + exp(-x)) if x > 0 else exp(x) / (1 + exp(x))


def _gated(gate):
    return lambda x: 0.0 if x == -inf else x * gate(x)


_SCALARS = {
    "identity": lambda x: x,
    "logistic": _logistic,
    "tanh": tanh,
    "relu": lambda x: max(x, 0.0),
    "leaky_relu": lambda x: x if x > 0 else 0.01 * x,
    "selu": lambda x: 1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * expm1(x)),
    "gelu": _gated(lambda x: 0.5 * erfc(-x / sqrt(2))),
    "silu": _gated(_logistic),
    "mish": _gated(lambda x: tanh(x + log1p(exp(-x)) if x > 0 else log1p(exp(x)))),
}

ACTIVATIONS = {name: np.vectorize(f, otypes=[float]) for name, f in _SCALARS.items()}
"""Those of hidden layers."""

KINKED = {"relu", "leaky_relu", "selu"}
"""Activations whose derivative jumps at 0."""


def forward(coefs, intercepts, activations, X):
    """The inputs of each layer's activation, the output layer's last."""
    inputs, A = [], X
    for i, (W, b) in enumerate(zip(coefs, intercepts, strict=True)):
        inputs.append(A @ W + b)
        if i < len(activations):
            A = ACTIVATIONS[activations[i]](inputs[-1])
    return inputs


def quantiles(Z):
    """The first output, and one by one what softplus of each further one adds."""
    columns = [Z[:, 0]]
    for z in Z[:, 1:].T:
        columns.append(columns[-1] + np.logaddexp(z, 0))
    return np.column_stack(columns)


def loss(objective, Z, Y):
    """The loss of each sample, summed over outputs, given the output layer's input."""
    parameters = objective.parameters
    if objective.loss == "log_loss":
        P = np.eye(Z.shape[1])[Y[:, 0].astype(int)]
        if parameters:
            P = P * (1 - parameters[0]) + parameters[0] / Z.shape[1]
        return -(P * log_softmax(Z, axis=1)).sum(axis=1)
    if objective.loss == "binary_log_loss":
        P = Y * (1 - parameters[0]) + parameters[0] / 2 if parameters else Y
        return -(P * log_expit(Z) + (1 - P) * log_expit(-Z)).sum(axis=1)
    if objective.loss == "poisson":
        return (xlogy(Y, Y) - Y * Z - Y + np.exp(Z)).sum(axis=1)
    if objective.loss == "gamma":
        return (Y * np.exp(-Z) - 1 - np.log(Y) + Z).sum(axis=1)
    if objective.loss == "quantile":
        R, levels = Y - quantiles(Z), np.array(parameters)
        return np.where(R > 0, levels * R, (levels - 1) * R).sum(axis=1)
    R = np.abs(Z - Y)
    if objective.loss == "absolute_error":
        return R.sum(axis=1)
    if objective.loss == "huber":
        (delta,) = parameters
        return np.where(delta >= R, 0.5 * R**2, delta * (R - 0.5 * delta)).sum(axis=1)
    return (0.5 * R**2).sum(axis=1)


def distance_to_kink(objective, activations, inputs, Y):
    """How near the inputs of activations, or the errors, are to where a derivative jumps."""
    kinked = [Z for name, Z in zip(activations, inputs[:-1], strict=True) if name in KINKED]
    Z = inputs[-1]
    if objective.loss in ("absolute_error", "quantile"):
        kinked.append((quantiles(Z) if objective.loss == "quantile" else Z) - Y)
    if objective.loss == "huber":
        kinked.append(np.abs(Z - Y) - objective.parameters[0])
    return min((np.abs(values).min() for values in kinked), default=inf)
