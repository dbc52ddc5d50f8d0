"""Penalties, clipping of gradients and label smoothing."""

import numpy as np
import pytest

from skparams import MLPClassifier, MLPRegressor
from tests.neural_network.slow_network import SlowNetwork

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

SMALL = {"hidden_layer_sizes": (4, 3), "max_iter": 3, "batch_size": 10, "random_state": 0}
PLAIN_SGD = {"solver": "sgd", "momentum": 0, "nesterovs_momentum": False, "shuffle": False}


@pytest.fixture
def X(rng):
    return rng.standard_normal((24, 3))


@pytest.fixture
def y(X):
    return X[:, 0] + X[:, 1] ** 2


@pytest.mark.parametrize("normalization", [None, "batch", "layer"])
@pytest.mark.parametrize("given", [{"alpha": 2.4e5}, {"solver": "adamw", "weight_decay": 100.0}])
def test_only_weights_decay(given, normalization, X, y):
    rate = 1e-4 if "alpha" in given else 1e-2
    settings = {**SMALL, **PLAIN_SGD, "learning_rate_init": rate, "normalization": normalization}
    model = MLPRegressor(**settings | given).partial_fit(X, y)
    names = ["coefs_", "intercepts_", *(["gains_"] if normalization else [])]
    start = {name: [np.ones_like(array) for array in getattr(model, name)] for name in names}
    vars(model).update(start)
    model.set_params(batch_size=24).partial_fit(X, y)
    for name in names:
        for array in getattr(model, name):
            expected = 0 if name == "coefs_" else 1
            np.testing.assert_allclose(array, expected, atol=0.3, err_msg=name)


@pytest.mark.parametrize("limit", [1e-3, 0.5, 5.0, 1e6])
@pytest.mark.parametrize("kind", ["regression", "classification"])
def test_clipped_training_is_that_of_the_slow_network(kind, limit, X, y):
    settings = {**SMALL, **PLAIN_SGD, "learning_rate_init": 0.1, "max_gradient_norm": limit}
    Y, encoded = (y, y[:, None]) if kind == "regression" else (y > 0, (y > 0)[:, None])
    weight, Estimator = np.linspace(0, 5, 24), MLPRegressor
    if kind == "classification":
        Estimator = MLPClassifier
    for dtype, tolerance in ((np.float64, 1e-10), (np.float32, 1e-4)):
        model = Estimator(alpha=2.0, **settings).fit(X.astype(dtype), Y, weight)
        slow = SlowNetwork(model)
        for _ in range(3):
            model.partial_fit(X.astype(dtype), Y, weight)
            slow.epoch(X, encoded, weight)
            slow.assert_equals(model, tolerance)


def test_steps_are_no_longer_than_the_limit(X, y):
    settings = {**SMALL, **PLAIN_SGD, "learning_rate_init": 1.0, "batch_size": 24}
    for unit in (1, 1e3, 1e152):  # squares of the last one's gradients overflow
        model = MLPRegressor(max_gradient_norm=0.25, **settings).partial_fit(1e3 * X, unit * y)
        before = np.concatenate([a.ravel() for a in [*model.coefs_, *model.intercepts_]])
        model.partial_fit(1e3 * X, unit * y)
        after = np.concatenate([a.ravel() for a in [*model.coefs_, *model.intercepts_]])
        length = np.linalg.norm(after - before)
        assert length <= 0.25 * (1 + 1e-12)
        assert unit == 1 or length == pytest.approx(0.25, rel=1e-9)


def test_gradients_of_single_precision_whose_squares_overflow(X, y):
    settings = {**SMALL, **PLAIN_SGD, "learning_rate_init": 1.0, "batch_size": 24}
    model = MLPRegressor(max_gradient_norm=0.25, **settings).partial_fit(X.astype("f4"), 1e25 * y)
    before = np.concatenate([a.ravel() for a in [*model.coefs_, *model.intercepts_]])
    model.partial_fit(X.astype("f4"), 1e25 * y)
    after = np.concatenate([a.ravel() for a in [*model.coefs_, *model.intercepts_]])
    assert np.linalg.norm(after - before) == pytest.approx(0.25, rel=1e-5)


@pytest.mark.parametrize("value", [0, -1.0, np.nan, "1", [1.0]])
def test_invalid_limits(value, X, y):
    with pytest.raises(ValueError, match="'max_gradient_norm' parameter of MLPRegressor must be"):
        MLPRegressor(max_gradient_norm=value, **SMALL).fit(X, y)


@pytest.mark.parametrize("kind", ["three", "two", "labels"])
@pytest.mark.parametrize("smoothing", [0.1, 0.9])
def test_smoothed_training_is_that_of_the_slow_network(kind, smoothing, X, y, rng):
    Y = {"three": rng.randint(0, 3, 24), "two": y > 0, "labels": rng.randint(0, 2, (24, 3))}[kind]
    encoded = Y[:, None] if kind == "three" else Y.astype(bool).reshape(24, -1)
    settings = {**SMALL, **PLAIN_SGD, "learning_rate_init": 0.5, "label_smoothing": smoothing}
    for dtype, tolerance in ((np.float64, 1e-10), (np.float32, 1e-4)):
        model = MLPClassifier(**settings).fit(X.astype(dtype), Y)
        slow = SlowNetwork(model)
        for _ in range(3):
            model.partial_fit(X.astype(dtype), Y)
            slow.epoch(X, encoded, np.ones(24))
            slow.assert_equals(model, tolerance)
    whole = MLPClassifier(**{**settings, "batch_size": 24, "learning_rate_init": 1e-30}).fit(X, Y)
    loss = SlowNetwork(whole).objective(X, encoded, np.ones(24), None)
    assert whole.loss_ == pytest.approx(loss, rel=1e-10)


def test_smoothing_draws_probabilities_to_the_middle(rng):
    X = rng.standard_normal((200, 2))
    settings = {"hidden_layer_sizes": (20,), "solver": "lbfgs", "alpha": 0, "random_state": 0}
    for Y, n_values in ((X[:, 0] > 0, 2), (np.digitize(X[:, 0], [-0.5, 0.5]), 3)):
        model = MLPClassifier(label_smoothing=0.3, max_iter=2000, **settings).fit(X, Y)
        top = model.predict_proba(X).max(axis=1)
        assert np.median(top) == pytest.approx(1 - 0.3 + 0.3 / n_values, abs=0.02)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_smoothed_losses_of_confident_networks(dtype, rng):
    X = rng.standard_normal((50, 3)).astype(dtype)
    Y = X.argmax(axis=1)
    model = MLPClassifier((), label_smoothing=0.2, alpha=0, max_iter=1, batch_size=50)
    model.set_params(solver="sgd", learning_rate_init=1e-30).partial_fit(X, Y, classes=[0, 1, 2])
    model.coefs_ = [(15 * np.eye(3)).astype(dtype)]
    model.partial_fit(X, Y)
    expected = SlowNetwork(model).objective(X.astype(float), Y[:, None], np.ones(50), None)
    assert model.loss_ == pytest.approx(expected, rel=1e-5 if dtype == np.float32 else 1e-12)


@pytest.mark.parametrize("value", [1, 1.0, -0.1, np.nan, "0.1", None, [0.1]])
def test_invalid_smoothing(value, X, y):
    with pytest.raises(ValueError, match="'label_smoothing' parameter of MLPClassifier must be"):
        MLPClassifier(label_smoothing=value, **SMALL).fit(X, y > 0)
