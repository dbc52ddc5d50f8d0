"""Normalization of batches and of layers."""

import copy
import pickle

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.metrics import log_loss, mean_squared_error

from skparams import MLPClassifier, MLPRegressor
from skparams.neural_network import batches
from tests.neural_network.slow_network import SlowNetwork, losses

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

SMALL = {"hidden_layer_sizes": (4, 3), "max_iter": 3, "batch_size": 8, "random_state": 0}
PLAIN_SGD = {"solver": "sgd", "momentum": 0, "nesterovs_momentum": False, "shuffle": False}
MOMENTS = ("running_means_", "running_variances_")
each_normalization = pytest.mark.parametrize("normalization", ["batch", "layer"])
each_form = pytest.mark.parametrize("form", [np.asarray, np.asfortranarray, sp.csr_array])


@pytest.fixture
def X(rng):
    return rng.standard_normal((25, 3)) * [1, 5, 1] + [0, 0, 3]  # the last batch has one row


@pytest.fixture
def y(X):
    return X[:, 0] + X[:, 1] ** 2 / 10


def arrays(model):
    names = ("coefs_", "intercepts_", "gains_", *MOMENTS)
    return [array for name in names for array in getattr(model, name, [])]


def assert_equal(a, b):
    for x, y in zip(arrays(a), arrays(b), strict=True):
        np.testing.assert_array_equal(x, y)


WEIGHTS = {
    "none": lambda rng: np.ones(25),
    "random": lambda rng: rng.uniform(0, 2, 25),
    "some are 0": lambda rng: rng.randint(0, 2, 25).astype(float),
    "a batch of 0": lambda rng: np.r_[np.ones(8), np.zeros(8), np.full(9, 0.3)],
    "one of a batch": lambda rng: np.r_[np.ones(8), np.zeros(7), np.full(10, 0.3)],
}


@each_normalization
@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize(
    ("sizes", "form"), [((4, 3), np.asarray), ((1,), sp.csr_array), ((2, 1, 2), np.asfortranarray)]
)
def test_training_is_that_of_the_slow_network(sizes, form, weights, normalization, X, y, rng):
    weight = WEIGHTS[weights](rng)
    settings = {**SMALL, **PLAIN_SGD, "hidden_layer_sizes": sizes, "activation": "tanh"}
    settings |= {"learning_rate_init": 0.1, "alpha": 0.1, "normalization": normalization}
    for dtype, tolerance in ((np.float64, 1e-9), (np.float32, 2e-3)):
        model = MLPRegressor(**settings).partial_fit(X.astype(dtype), y, weight)
        slow = SlowNetwork(model)
        for _ in range(3):
            model.partial_fit(form(X.astype(dtype)), y, weight)
            slow.epoch(X, y[:, None], weight)
            slow.assert_equals(model, tolerance)
        predicted, _, _ = slow.forward(X, weight, training=False)
        np.testing.assert_allclose(
            model.predict(form(X.astype(dtype))), predicted[:, 0], rtol=tolerance, atol=tolerance
        )


@pytest.mark.parametrize("kind", ["three", "two", "labels", "numbers"])
@each_normalization
def test_it_goes_with_all_the_rest(kind, normalization, X, y, rng):
    Y = {
        "three": rng.randint(0, 3, 25),
        "two": y > 0.5,
        "labels": rng.randint(0, 2, (25, 3)),
        "numbers": np.column_stack([y, y**2]),
    }[kind]
    settings = {**SMALL, **PLAIN_SGD, "learning_rate_init": 0.1, "alpha": 0.1}
    settings |= {"dropout": (0.1, 0.5, 0.2), "activation": ("gelu", "relu")}
    settings |= {"normalization": normalization, "max_gradient_norm": 0.2}
    if kind == "numbers":
        model, encoded = MLPRegressor(**settings), Y
    else:
        model, encoded = MLPClassifier(label_smoothing=0.2, **settings), Y.astype(bool)
        encoded = Y[:, None] if kind == "three" else encoded.reshape(25, -1)
    weight = rng.uniform(0, 2, 25)
    slow = SlowNetwork(model.partial_fit(X, Y, weight, **_classes(kind, Y)))
    for _ in range(3):
        model.partial_fit(X, Y, weight)
        slow.epoch(X, encoded, weight)
        slow.assert_equals(model, 1e-9)


def _classes(kind, Y):
    if kind == "numbers":
        return {}
    return {"classes": np.arange(3) if kind == "labels" else np.unique(Y)}


def test_calls_of_the_kernel_may_be_cut_anywhere(X, y, monkeypatch):
    for n in (23, 24, 25):
        whole = MLPRegressor(normalization="batch", **SMALL).fit(X[:n], y[:n])
        with monkeypatch.context() as patch:
            patch.setattr(batches, "CALL", 1)
            assert_equal(whole, MLPRegressor(normalization="batch", **SMALL).fit(X[:n], y[:n]))


@each_normalization
@pytest.mark.parametrize("solver", ["adam", "adamw", "sgd"])
def test_partial_fit_and_warm_start_go_on(solver, normalization, X, y):
    settings = {**SMALL, "solver": solver, "normalization": normalization}
    whole, parts = MLPRegressor(**settings).fit(X, y), MLPRegressor(**settings)
    for _ in range(3):
        parts = pickle.loads(pickle.dumps(parts.partial_fit(X, y)))
    assert_equal(whole, parts)
    assert whole.loss_ == parts.loss_
    plain = {**settings, **PLAIN_SGD}
    whole = MLPRegressor(**plain).fit(X, y)
    warm = MLPRegressor(warm_start=True, **{**plain, "max_iter": 1})
    for _ in range(3):
        warm.fit(X, y)
    assert_equal(whole, warm)


def test_moments_belong_to_the_best_weights(X, y):
    settings = {**SMALL, "normalization": "batch", "early_stopping": True, "batch_size": 5}
    settings |= {"learning_rate_init": 0.5, "validation_fraction": 0.4}
    model = MLPRegressor(**{**settings, "max_iter": 20}).fit(X, y)
    best = int(np.argmax(model.validation_scores_))
    assert 0 < best < 19
    assert_equal(model, MLPRegressor(**{**settings, "max_iter": best + 1}).fit(X, y))


@pytest.mark.parametrize("weighted", [False, True])
def test_loss_is_that_of_the_training_data_by_the_running_moments(weighted, X, y, rng):
    weight = rng.uniform(0, 2, 25) if weighted else None
    model = MLPRegressor(normalization="batch", alpha=0.0, **SMALL)
    for method in ("fit", "partial_fit"):
        getattr(model, method)(X, y, weight)
        expected = mean_squared_error(y, model.predict(X), sample_weight=weight) / 2
        assert model.loss_ == pytest.approx(expected, rel=1e-12)
        assert model.loss_ != model.loss_curve_[-1]
    model = MLPClassifier(normalization="batch", alpha=3.0, **SMALL).fit(X, y > 0.5, weight)
    penalty = (
        1.5 * sum((W**2).sum() for W in model.coefs_) / (25 if weight is None else weight.sum())
    )
    expected = log_loss(y > 0.5, model.predict_proba(X)[:, 1], sample_weight=weight) + penalty
    assert model.loss_ == pytest.approx(expected, rel=1e-12)


def test_loss_is_that_of_the_part_that_trains(X, y):
    model = MLPRegressor(normalization="batch", alpha=0, early_stopping=True, **SMALL).fit(X, y)
    residuals = (model.predict(X) - y) ** 2 / 2
    shares = [np.delete(residuals, at).mean() for at in _triples(25)]
    assert np.isclose(shares, model.loss_, rtol=1e-12, atol=0).any()


def _triples(n):
    return [(i, j, k) for i in range(n) for j in range(i) for k in range(j)]


@each_normalization
def test_arrays_exist_only_with_normalization(normalization, X, y):
    model = MLPRegressor(normalization=normalization, **SMALL).fit(X, y)
    expected = {"gains_", *MOMENTS} if normalization == "batch" else {"gains_"}
    assert expected == {"gains_", *MOMENTS} & set(vars(model))
    for name in expected:
        assert [array.shape for array in getattr(model, name)] == [(4,), (3,)]
        assert all(array.base is None for array in getattr(model, name))
    other = "layer" if normalization == "batch" else "batch"
    model.set_params(normalization=other).fit(X, y)
    assert hasattr(model, "running_means_") == (other == "batch")
    model.set_params(normalization=None, solver="lbfgs").fit(X, y)
    assert not {"gains_", *MOMENTS} & set(vars(model))


@each_normalization
def test_assigned_arrays_are_used(normalization, X, y):
    model = MLPRegressor(normalization=normalization, **SMALL).fit(X, y)
    before = model.predict(X)
    names = ["gains_", *MOMENTS] if normalization == "batch" else ["gains_"]
    for name in names:
        changed = copy.deepcopy(model)
        arrays = [array * 2 + 1 for array in getattr(model, name)]
        for array in arrays:
            array.flags.writeable = False
        setattr(changed, name, tuple(arrays))
        assert not np.allclose(changed.predict(X), before)
        moved = copy.deepcopy(changed).set_params(**PLAIN_SGD, learning_rate_init=1e-30)
        moved.partial_fit(X, y)
        if name == "gains_":
            for a, b in zip(moved.gains_, arrays, strict=True):
                np.testing.assert_array_equal(a, b)
        changed.__dict__[name] = [array[:-1] for array in arrays]
        with pytest.raises(ValueError, match=f"{name} has arrays of shapes"):
            changed.partial_fit(X, y)
        del changed.__dict__[name]
        with pytest.raises(ValueError, match=rf"normalization=|{name} has arrays of shapes"):
            changed.partial_fit(X, y)


@pytest.mark.parametrize("first", [None, "batch", "layer"])
@pytest.mark.parametrize("second", [None, "batch", "layer"])
@pytest.mark.parametrize("sizes", [(4,), ()])
def test_training_continues_with_the_normalization_it_has(first, second, sizes, X, y, snapshot):
    settings = {**SMALL, "hidden_layer_sizes": sizes, "warm_start": True}
    model = MLPRegressor(normalization=first, **settings).fit(X, y)
    predicted = model.predict(X)
    model.set_params(normalization=second)
    np.testing.assert_array_equal(model.predict(X), predicted)
    changed = snapshot(model)
    for method in ("fit", "partial_fit"):
        if first == second:
            getattr(model, method)(X, y)
            continue
        message = f"normalization={first!r}, but the 'normalization' parameter is {second!r}"
        with pytest.raises(ValueError, match=message):
            getattr(model, method)(X, y)
        assert changed() is None


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_batches_of_one_row_are_refused(method, X, y, snapshot):
    for settings, n, message in [
        ({"batch_size": 1}, 25, "at least 2 samples.*Got batch_size=1"),
        ({"batch_size": "auto"}, 1, "Got one sample to train on"),
    ]:
        model = MLPRegressor(normalization="batch", **{**SMALL, **settings})
        changed = snapshot(model)
        with pytest.raises(ValueError, match=message):
            getattr(model, method)(X[:n], y[:n])
        assert changed() is None
    model = MLPRegressor(normalization="layer", **{**SMALL, "batch_size": 1})
    assert np.isfinite(getattr(model, method)(X[:1], y[:1]).loss_)


def test_one_sample_left_by_early_stopping_is_refused(X, y):
    model = MLPRegressor(normalization="batch", early_stopping=True, validation_fraction=0.6)
    with pytest.raises(ValueError, match="Got one sample to train on"):
        model.fit(X[:3], y[:3])


@pytest.mark.parametrize(("method", "early"), [("fit", 0), ("fit", 1), ("partial_fit", 0)])
def test_negative_weights_have_no_variance(method, early, X, y, snapshot):
    model, weight = MLPRegressor(normalization="batch", **SMALL), np.ones(25)
    model.set_params(early_stopping=bool(early))
    changed, weight[3] = snapshot(model), -0.5
    with pytest.raises(ValueError, match=r"sample_weight >= 0.*Got -0.5"):
        getattr(model, method)(X, y, weight)
    assert changed() is None


@each_normalization
def test_lbfgs_refuses_it(normalization, X, y, snapshot):
    model = MLPRegressor(solver="lbfgs", normalization=normalization, **SMALL)
    changed = snapshot(model)
    with pytest.raises(ValueError, match=f"'normalization' must be None. Got '{normalization}'"):
        model.fit(X, y)
    assert changed() is None


@pytest.mark.parametrize("value", ["instance", True, 0, ["batch"]])
def test_other_normalizations_are_refused(value, X, y):
    with pytest.raises(ValueError, match="'normalization' parameter of MLPRegressor must be"):
        MLPRegressor(normalization=value, **SMALL).fit(X, y)


@each_form
@each_normalization
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_constant_features_and_units(dtype, normalization, form, X, y):
    X = np.column_stack([X, np.full(25, 1e4), np.zeros(25)]).astype(dtype)
    for sizes in [(4, 3), (1,), ()]:
        model = MLPRegressor(normalization=normalization, **{**SMALL, "hidden_layer_sizes": sizes})
        model.fit(form(X), y)
        assert np.isfinite(model.predict(form(X))).all()
        assert {array.dtype for array in arrays(model)} == {np.dtype(dtype)}
    model.fit(form(np.zeros_like(X)), y)
    assert np.isfinite(model.predict(form(X))).all()


def test_moments_of_far_values_in_single_precision(rng):
    X = (rng.standard_normal((4000, 2)) + 1e3).astype(np.float32)
    model = MLPRegressor(
        "squared_error", (3,), normalization="batch", batch_size=4000, max_iter=1, shuffle=False
    )
    model.set_params(random_state=0, solver="sgd", learning_rate_init=1e-30).fit(X, X[:, 0])
    Z = X.astype(float) @ model.coefs_[0]
    np.testing.assert_allclose(model.running_means_[0], 0.1 * Z.mean(axis=0), rtol=1e-6)
    variance = 0.9 + 0.1 * Z.var(axis=0)
    np.testing.assert_allclose(model.running_variances_[0], variance, rtol=1e-5)


def test_layers_need_no_scaled_inputs(X, y):
    X = np.column_stack([X, np.ones(25)])
    model = MLPRegressor(
        "squared_error", (6,), normalization="layer", activation="tanh", random_state=0
    )
    model.set_params(max_iter=2).fit(X, y)
    predicted = model.predict(X)
    model.coefs_[0] = model.coefs_[0] * 1e3
    np.testing.assert_allclose(model.predict(X), predicted, rtol=1e-2)


def test_clones_and_pickles(X, y):
    model = MLPRegressor(normalization="batch", **SMALL).fit(X, y)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(model)).predict(X), model.predict(X))
    assert not hasattr(clone(model), "gains_")


def test_the_slow_losses_are_those_of_a_textbook(rng):
    Z, Y = rng.standard_normal((5, 3)), rng.randint(0, 3, (5, 1))
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(losses(Z, Y), -np.log(P[np.arange(5), Y[:, 0]]))
