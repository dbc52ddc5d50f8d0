"""Gradients of regularized networks against central differences, in double precision."""

import numpy as np
import pytest
import scipy.sparse as sp

from skparams import MLPClassifier, MLPRegressor
from skparams.neural_network.activations import Objective
from skparams.neural_network.batches import Batches
from skparams.neural_network.network import Network
from tests.neural_network.slow_network import SlowNetwork, masks_of
from tests.sweep import sweep

KINKED = {"relu", "leaky_relu", "selu"}
FAR = 1e-3  # how far pre-activations stay away from kinks


def settings_of(rng):
    """Random settings of a network and its training."""
    n_hidden = rng.choice([0, 1, 1, 2, 3])
    kind = ["squared_error", "log_loss", "binary_log_loss"][rng.randint(3)]
    names = ["identity", "logistic", "tanh", "relu", "leaky_relu", "selu", "gelu", "silu", "mish"]
    return {
        "sizes": [
            rng.randint(1, 5),
            *rng.randint(1, 7, n_hidden),
            rng.randint(1, 4) + (kind == "log_loss"),
        ],
        "activation": [str(name) for name in rng.choice(names, n_hidden)],
        "normalization": [None, "batch", "layer"][rng.randint(3)],
        "dropout": rng.choice([0, 0, 0.3, 0.6], n_hidden + 1).tolist(),
        "kind": kind,
        "label_smoothing": rng.choice([0.0, 0.3]),
        "alpha": rng.choice([0.0, 1.5]),
        "weighted": rng.randint(2),
        "sparse": rng.randint(2),
        "n": rng.randint(2, 12),
    }


def problem(given, rng):
    """Data, parameters and gradient of random settings."""
    network = Network(given["sizes"], given["activation"], given["normalization"])
    n, n_out = given["n"], network.sizes[-1]
    X = rng.standard_normal((n, network.sizes[0]))
    weight = rng.uniform(0.1, 2, n) if given["weighted"] else None
    if given["kind"] == "squared_error":
        Y = rng.standard_normal((n, n_out))
    elif given["kind"] == "log_loss":
        Y = rng.randint(0, n_out, (n, 1))
    else:
        Y = rng.uniform(size=(n, n_out)) < 0.5
    params = rng.standard_normal(network.n_params)
    network.views(params)["coefs_"][-1][:] *= 0.5
    if given["normalization"] == "batch":
        params[network.variances :] = rng.uniform(0.5, 2, network.n_params - network.variances)
    smoothing = given["label_smoothing"] if given["kind"] != "squared_error" else 0.0
    objective = Objective(given["kind"], (float(smoothing),) if smoothing else None)
    data = sp.csr_array(X) if given["sparse"] else X, Y, weight
    seed = int(rng.randint(2**31))
    batches = Batches(network, data, objective, n, np.dtype(float), 0, given["dropout"], seed)
    return network, params, batches, (X, Y, np.ones(n) if weight is None else weight, seed)


def slow_network(given, network, params, seed):
    """The oracle of the same network."""
    Estimator = MLPRegressor if given["kind"] == "squared_error" else MLPClassifier
    names = ("activation", "normalization", "dropout", "alpha")
    model = Estimator(**{name: given[name] for name in names})
    if Estimator is MLPClassifier:
        model.set_params(label_smoothing=given["label_smoothing"])
    vars(model).update(network.views(params))
    model._optimizer_state = {"seed": seed, "t": 0}
    return SlowNetwork(model)


def is_steep(slow, given, X, weight, masks):
    """Whether differences are no derivatives: near a kink, or where a loss or a variance is tiny.

    Normalization turns around within the root of 1e-5, and log losses see 1 - p in p.
    """
    Z, inputs, spreads = slow.forward(X, weight, training=True, masks=masks)
    near = any(
        name in KINKED and np.abs(values).min() < FAR
        for name, values in zip(given["activation"], inputs, strict=True)
    )
    turning = any(((values > 1e-12) & (values < 0.05)).any() for values in spreads)
    return near or turning or (given["kind"] != "squared_error" and np.abs(Z).max() > 5)


@pytest.mark.parametrize("seed", sweep(range(400), 40))
def test_gradients_are_those_of_central_differences(seed):
    rng = np.random.RandomState(seed)
    given, steep = settings_of(rng), True
    while steep:
        network, params, batches, (X, Y, weight, mask_seed) = problem(given, rng)
        slow = slow_network(given, network, params, mask_seed)
        masks = masks_of(slow.sizes, len(X), given["dropout"], mask_seed, 0)
        steep = is_steep(slow, given, X, weight, masks)
    alpha = float(given["alpha"])
    with np.errstate(all="ignore"):
        before = params.copy()
        loss, gradient = batches.loss_gradient(params, alpha)
        np.testing.assert_array_equal(params, before)
        assert loss == pytest.approx(slow.objective(X, Y, weight, masks), rel=1e-9)
        differences = np.array(
            [difference(batches, params, i, alpha) for i in range(network.n_trained)]
        )
    exact = np.concatenate([each.ravel() for each in slow.gradient(X, Y, weight, masks)])
    padding = np.zeros(network.n_params - network.n_trained)
    views = (network.views(np.concatenate([each, padding])) for each in (gradient, differences))
    for name, found, expected in _pairs(*views):
        scale = np.abs(expected).max(initial=0)
        if scale < 1e-3 * loss:  # differences are rounding
            continue
        np.testing.assert_allclose(
            found, expected, rtol=0, atol=1e-6 * scale, err_msg=f"{name} of {given}"
        )
    np.testing.assert_allclose(gradient, exact, rtol=1e-9, atol=1e-9 * np.abs(exact).max())


def difference(batches, params, i, alpha):
    step, ends = 1e-6 * max(1.0, abs(params[i])), []
    for sign in (1, -1):
        moved = params.copy()
        moved[i] += sign * step
        ends.append(batches.loss_gradient(moved, alpha)[0])
    return (ends[0] - ends[1]) / (2 * step)


def _pairs(found, expected):
    for name in found:
        if not name.startswith("running"):
            for a, b in zip(found[name], expected[name], strict=True):
                yield name, a, b
