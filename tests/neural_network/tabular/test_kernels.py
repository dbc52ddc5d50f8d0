"""A member that the kernels train, beside the same steps in NumPy."""

from types import SimpleNamespace

import numpy as np
import pytest
import scipy.sparse as sp

from skparams.neural_network._tabular.network import ScaledNetwork
from skparams.neural_network._tabular.training import FLOAT, MemberTraining, Recipe
from skparams.neural_network.activations import Objective
from skparams.neural_network.batches import Batches
from tests.neural_network.tabular.naive import (
    effective,
    flat,
    from_effective,
    gradient,
    naive_train,
)

N, SIZE, N_STEPS = 40, 16, 12
# Loss, label smoothing, parameters of the loss, number of outputs.
LOSSES = [
    ("log_loss", 0.0, None, 4),
    ("log_loss", 0.2, None, 4),
    ("binary_log_loss", 0.0, None, 1),
    ("binary_log_loss", 0.2, None, 1),
    ("squared_error", 0.0, None, 2),
    ("absolute_error", 0.0, (1.0,), 2),
    ("huber", 0.0, (0.7,), 2),
    ("quantile", 0.0, (0.1, 0.5, 0.8), 3),
    ("quantile", 0.0, (0.3,), 1),
]
each_activation = pytest.mark.parametrize("activation", ["selu", "mish"])
each_loss = pytest.mark.parametrize(("loss", "smoothing", "parameters", "n_outputs"), LOSSES)


def problem(rng, loss, n_outputs, n_inputs=3):
    X = rng.standard_normal((N, n_inputs)).astype(np.float32)
    X[rng.uniform(size=X.shape) < 0.3] = 0
    if loss.endswith("log_loss"):
        Y = rng.randint(0, max(2, n_outputs), (N, 1))
    else:
        Y = rng.standard_normal((N, 1 if loss == "quantile" else n_outputs))
    return X, Y, rng.uniform(0.5, 2, N)


def started(network, rng, dtype):
    """Parameters none of which has a special value."""
    params = network.start(np.zeros(network.sizes[-1]), rng, dtype)
    return params + 0.3 * rng.standard_normal(params.size).astype(dtype)


def both(network, data, objective, smoothing, *, dtype=np.float32, decay=0.0, epsilon=1e-8):
    """Scale, weights and biases that the kernels and NumPy learn in the same steps."""
    X, Y, weight = data
    dtype, rng = np.dtype(dtype), np.random.RandomState(2)  # no gradient is about 0
    params = started(network, rng, dtype)
    start = from_effective(*arrays_of(network, params.astype(np.float64)))
    batches = Batches(network, data, objective, SIZE, dtype)
    optimizer = {
        "solver": "adamw", "learning_rate": 0.0, "t": 0, "seed": None,
        "first": np.zeros_like(params), "second": np.zeros_like(params),
    }  # fmt: skip
    hyperparameters = SimpleNamespace(
        alpha=0.0, beta_1=0.9, beta_2=0.95, epsilon=epsilon, momentum=0.0, weight_decay=decay,
        max_gradient_norm=None,
    )  # fmt: skip
    per_epoch, orders, rates = -(-N // SIZE), [], rng.uniform(0.01, 0.05, N_STEPS)
    for epoch in range(N_STEPS // per_epoch):
        order = rng.permutation(N)
        orders += [order[i : i + SIZE] for i in range(0, N, SIZE)]
        some = rates[epoch * per_epoch : (epoch + 1) * per_epoch]
        batches.train_epoch(params, order, optimizer, some, hyperparameters)
    naive = naive_train(
        X.toarray() if sp.issparse(X) else X, Y, weight, start, orders, rates,
        activation=network.activations[0], loss=objective.loss, weight_decay=decay,
        label_smoothing=smoothing, epsilon=epsilon, uncorrected_epsilon=True,
        loss_parameters=None if smoothing else objective.parameters,
    )  # fmt: skip
    return joined(*arrays_of(network, params)), joined(*effective(naive))


def arrays_of(network, params):
    """``(input_scale, coefs, intercepts)`` in the buffer."""
    views = network.views(params)
    return views["input_scale_"][0], views["coefs_"], views["intercepts_"]


def joined(scale, coefs, intercepts):
    return np.concatenate([scale, *map(np.ravel, coefs), *intercepts])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@each_activation
@each_loss
def test_gradient(loss, smoothing, parameters, n_outputs, activation, dtype, rng):
    """Adam's steps would not show a factor of it."""
    network = ScaledNetwork([3, 6, 5, n_outputs], [activation] * 2)
    objective = Objective(loss, (smoothing,) if smoothing else parameters)
    X, Y, weight = problem(rng, loss, n_outputs)
    params = started(network, rng, np.dtype(dtype))
    batch = Batches(network, (X, Y, weight), objective, N, np.dtype(dtype))
    computed = batch.loss_gradient(params, 0.0)[1]
    expected = gradient(
        from_effective(*arrays_of(network, params.astype(np.float64))), X, Y, weight,
        activation=activation, loss=loss, label_smoothing=smoothing, loss_parameters=parameters,
    )  # fmt: skip
    factors = [1.0, *[np.sqrt(n) for n in network.sizes[:-1]], *[1.0] * 3]
    expected = [
        factor * array.ravel() for factor, array in zip(factors, flat(expected), strict=True)
    ]
    expected, single = np.concatenate(expected), dtype == np.float32
    np.testing.assert_allclose(
        joined(*arrays_of(network, computed)), expected,
        rtol=1e-4 if single else 1e-9, atol=1e-6 if single else 1e-13,
    )  # fmt: skip


@each_activation
@each_loss
def test_steps(loss, smoothing, parameters, n_outputs, activation, rng):
    network = ScaledNetwork([3, 6, 5, n_outputs], [activation] * 2)
    objective = Objective(loss, (smoothing,) if smoothing else parameters)
    data = problem(rng, loss, n_outputs)
    computed, expected = both(network, data, objective, smoothing, decay=0.02)
    assert computed.dtype == np.float32
    np.testing.assert_allclose(computed, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("hidden", [(7,), (6, 5, 4)])
@pytest.mark.parametrize(("n_inputs", "sparse"), [(1, False), (3, False), (3, True)])
def test_steps_in_double_precision(n_inputs, sparse, hidden, weighted, rng):
    """Of the kernels, whose rounding is then no excuse."""
    X, Y, weight = problem(rng, "squared_error", 2, n_inputs)
    data = sp.csr_matrix(X) if sparse else X, Y, weight if weighted else None
    network = ScaledNetwork([n_inputs, *hidden, 2], ["mish"] * len(hidden))
    objective = Objective("squared_error")
    for decay in (0.0, 0.05):
        settings = {"dtype": np.float64, "decay": decay, "epsilon": 1e-13}
        computed, expected = both(network, data, objective, 0.0, **settings)
        np.testing.assert_allclose(computed, expected, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("keeps_last", [False, True])
def test_a_member_trains_on_its_rows_and_keeps_the_best_epoch(keeps_last, rng):
    """Its shuffles, rates and validation, step by step: two batches an epoch."""
    X = rng.standard_normal((250, 3)).astype(np.float32)
    Y, weight = X[:, :1] + rng.standard_normal((250, 1)), rng.uniform(0.5, 2, 250)
    held_out = np.arange(250) % 5 == 2
    objective = Objective("squared_error")
    recipe = Recipe(
        network=ScaledNetwork([3, 4, 1], ["mish"]), objective=objective,
        validation_objective=objective, intercepts=np.zeros(1), n_epochs=6, learning_rate=0.05,
        dropout=0.0, weight_decay=0.01,
    )  # fmt: skip
    score = (lambda *_: 0.0) if keeps_last else None
    member = MemberTraining(recipe, (X, Y, weight), held_out, 7, score)
    for _ in range(6):
        member.train_epoch()
    network, random_state = member.network(), np.random.RandomState(7)
    start = recipe.network.start(recipe.intercepts, random_state, FLOAT)
    params = from_effective(*arrays_of(recipe.network, start))
    order, batches = np.flatnonzero(~held_out), []
    for _ in range(6):
        random_state.shuffle(order)
        batches += [order[:100].copy(), order[100:].copy()]
    shares = np.arange(12) / 12
    rates = 0.05 * (0.5 - 0.5 * np.cos(2 * np.pi * np.log2(1 + 15 * shares)))
    n_steps = 2 * network.best_iter_
    best = naive_train(
        X, Y, weight, params, batches[:n_steps], rates[:n_steps],
        activation="mish", loss="squared_error", weight_decay=0.01, uncorrected_epsilon=True,
    )  # fmt: skip
    found = network.input_scale_, network.coefs_, network.intercepts_
    np.testing.assert_allclose(joined(*found), joined(*effective(best)), rtol=1e-4, atol=1e-4)
    errors = (network.decision_function(X[held_out]) - Y[held_out]) ** 2 / 2
    loss = np.average(errors[:, 0], weights=weight[held_out])
    validation = network.history_["validation_loss"]
    assert network.best_iter_ == (6 if keeps_last else 1 + np.argmin(validation))
    assert validation[network.best_iter_ - 1] == pytest.approx(loss, rel=1e-5)
    np.testing.assert_allclose(network.history_["learning_rate"], rates[1::2], rtol=1e-12)
    np.testing.assert_allclose(member.decision, network.decision_function(X[held_out]), rtol=1e-4)
