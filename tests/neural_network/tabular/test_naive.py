"""The oracle of training: its gradients, its steps, and the two forms of its parameters."""

from itertools import pairwise

import numpy as np
import pytest

from skparams.neural_network.activations import Objective
from tests.neural_network import oracles
from tests.neural_network.slow_network import ACTIVATIONS
from tests.neural_network.tabular.naive import (
    effective,
    flat,
    forward,
    from_effective,
    gradient,
    naive_train,
)

N, N_INPUTS = 12, 3
# Loss, label smoothing, parameters of the loss, number of outputs.
LOSSES = [
    ("log_loss", 0.0, None, 4),
    ("log_loss", 0.2, None, 4),
    ("binary_log_loss", 0.0, None, 1),
    ("binary_log_loss", 0.2, None, 1),
    ("squared_error", 0.0, None, 2),
    ("absolute_error", 0.0, None, 2),
    ("huber", 0.0, (0.7,), 2),
    ("quantile", 0.0, (0.1, 0.5, 0.8), 3),
    ("quantile", 0.0, (0.3,), 1),
]


@pytest.fixture
def rng():
    return np.random.RandomState(0)


def a_start(rng, n_outputs, hidden=(5, 4)):
    sizes = [N_INPUTS, *hidden, n_outputs]
    return {
        "scale": rng.standard_normal(N_INPUTS),
        "weights": [rng.standard_normal(pair) for pair in pairwise(sizes)],
        "biases": [rng.standard_normal(size) for size in sizes[1:]],
    }


def a_target(rng, loss, n_outputs):
    if loss == "log_loss":
        return rng.randint(0, n_outputs, (N, 1)).astype(float)
    if loss == "binary_log_loss":
        return rng.randint(0, 2, (N, 1)).astype(float)
    return rng.standard_normal((N, 1 if loss == "quantile" else n_outputs))


def central_difference(f, p, at, step=1e-6):
    """The derivative of f() in an element of the array p, which f reads."""
    value = p[at]
    p[at] = value + step
    above = f()
    p[at] = value - step
    below = f()
    p[at] = value
    return (above - below) / (2 * step)


@pytest.mark.parametrize("activation", ["selu", "mish", "relu"])
@pytest.mark.parametrize(("loss", "smoothing", "parameters", "n_outputs"), LOSSES)
def test_gradient(loss, smoothing, parameters, n_outputs, activation, rng):
    X, Y = rng.standard_normal((N, N_INPUTS)), a_target(rng, loss, n_outputs)
    weight, params = rng.uniform(0.5, 2, N), a_start(rng, n_outputs)
    objective = Objective(loss, (smoothing,) if smoothing else parameters)

    def mean_loss():
        _, outputs = forward(params, X, activation)
        return np.average(oracles.loss(objective, outputs[-1], Y), weights=weight)

    settings = {"label_smoothing": smoothing, "loss_parameters": parameters}
    computed = gradient(params, X, Y, weight, activation=activation, loss=loss, **settings)
    for p, g in zip(flat(params), flat(computed), strict=True):
        for at in np.ndindex(p.shape):
            assert central_difference(mean_loss, p, at) == pytest.approx(g[at], rel=1e-5, abs=1e-8)


def effective_gradient(arrays, X, Y):
    """Of half the squared error, by complex steps through a plain network behind a scale."""
    gradients, n_layers = [np.empty_like(p) for p in arrays], len(arrays) // 2
    for i, p in enumerate(arrays):
        for at in np.ndindex(p.shape):
            moved = [q.astype(complex) for q in arrays]
            moved[i][at] += 1e-30j
            A = X * moved[0]
            for layer in range(n_layers):
                A = A @ moved[1 + layer] + moved[1 + n_layers + layer]
                A = ACTIVATIONS["selu"](A) if layer < n_layers - 1 else A
            gradients[i][at] = (0.5 * (A - Y) ** 2).sum().imag / 1e-30 / len(X)
    return gradients


def effective_train(X, Y, params, batches, rates, *, epsilon, decay, b1, b2, uncorrected):
    """Adam on effective weights, in the kernels' form: epsilon beside the root as it is."""
    scale, coefs, intercepts = effective(params)
    arrays, n_layers = [scale, *coefs, *intercepts], len(coefs)
    roots = [1.0, *(np.sqrt(len(W)) for W in coefs), *[1.0] * n_layers]
    factors, decays = (
        [6] + [1] * n_layers + [0.1] * n_layers,
        [0] + [decay] * n_layers + [0] * n_layers,
    )
    first, second = ([np.zeros_like(p) for p in arrays] for _ in range(2))
    for t, (rows, rate) in enumerate(zip(batches, rates, strict=True), start=1):
        G, correction = effective_gradient(arrays, X[rows], Y[rows]), np.sqrt(1 - b2**t)
        for i, p in enumerate(arrays):
            first[i] += (1 - b1) * (G[i] - first[i])
            second[i] += (1 - b2) * (G[i] ** 2 - second[i])
            own_epsilon = roots[i] * epsilon * (1 if uncorrected else correction)
            step = factors[i] * rate / roots[i] * correction / (1 - b1**t)
            p *= 1 - factors[i] * rate * decays[i]
            p -= step * first[i] / (np.sqrt(second[i]) + own_epsilon)
    return from_effective(scale, coefs, intercepts)


@pytest.mark.parametrize("uncorrected", [False, True])
def test_adam_on_effective_weights(uncorrected, rng):
    X, Y = rng.standard_normal((N, N_INPUTS)), rng.standard_normal((N, 2))
    params, rates = a_start(rng, 2), np.linspace(0.05, 0.01, 6)
    batches = [rng.permutation(N)[:8] for _ in rates]
    expected = effective_train(
        X, Y, params, batches, rates, epsilon=0.01, decay=0.3, b1=0.8, b2=0.95,
        uncorrected=uncorrected,
    )  # fmt: skip
    trained = naive_train(
        X, Y, None, params, batches, rates, activation="selu", loss="squared_error",
        weight_decay=0.3, beta_1=0.8, epsilon=0.01, uncorrected_epsilon=uncorrected,
    )  # fmt: skip
    for p, q in zip(flat(trained), flat(expected), strict=True):
        np.testing.assert_allclose(p, q, rtol=1e-10, atol=1e-12)


def test_effective_weights_compute_the_same(rng):
    X, params = rng.standard_normal((N, N_INPUTS)), a_start(rng, 2)
    scale, coefs, intercepts = effective(params)
    expected = oracles.forward(coefs, intercepts, ["mish", "mish"], X * scale)[-1]
    np.testing.assert_allclose(forward(params, X, "mish")[1][-1], expected, rtol=1e-12)
    for ours, start in zip(flat(from_effective(*effective(params))), flat(params), strict=True):
        np.testing.assert_allclose(ours, start, rtol=1e-15)


def test_rows_of_double_weight_are_rows_twice(rng):
    X, Y, repeats = (
        rng.standard_normal((N, N_INPUTS)),
        rng.standard_normal((N, 2)),
        [1, 2, 0, 3] * 3,
    )
    params, again = a_start(rng, 2), np.repeat(np.arange(N), repeats)
    settings = {"activation": "relu", "loss": "squared_error"}
    one = naive_train(X, Y, repeats, params, [np.arange(N)] * 3, [0.1] * 3, **settings)
    other = naive_train(X, Y, None, params, [again] * 3, [0.1] * 3, **settings)
    for a, b, start in zip(flat(one), flat(other), flat(params), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9)
        assert not np.array_equal(a, start)
