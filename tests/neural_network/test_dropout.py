"""Dropout: which units a batch leaves out, and that nothing else changes."""

import pickle

import numba
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from threadpoolctl import threadpool_limits

from skparams import MLPClassifier, MLPRegressor
from skparams.neural_network import batches
from skparams.neural_network._kernels import layer_kernels
from tests.neural_network.slow_network import SlowNetwork, stream

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

SMALL = {"hidden_layer_sizes": (4, 3), "max_iter": 3, "batch_size": 10, "random_state": 0}
drop = numba.njit(lambda *args: layer_kernels._drop(*args))


@pytest.fixture
def X(rng):
    return rng.standard_normal((24, 3))


@pytest.fixture
def y(X):
    return X[:, 0] + X[:, 1] ** 2


def dropped(rate, n, first=0, seed=7, dtype=np.float64):
    """What dropout makes of ones."""
    values = np.ones(n, dtype)
    with np.errstate(over="ignore"):
        drop(values, values[:0], rate, np.uint64(seed), first)
    return values


@pytest.mark.parametrize("rate", [1e-9, 0.1, 0.5, 0.9, 1 - 1e-9])
@pytest.mark.parametrize("seed", [0, 2**63 + 10**9])
def test_the_stream_is_that_of_splitmix64(rate, seed):
    for first in (0, 5 * 2**36 + 3):
        kept = stream(seed, first, 300) >= rate
        np.testing.assert_allclose(dropped(rate, 300, first, seed), kept / (1 - rate), rtol=1e-15)


@pytest.mark.parametrize("rate", [0.05, 0.2, 0.5, 0.9])
def test_the_mean_stays(rate):
    n = 2000
    for step in range(3):
        values = dropped(rate, n, step * 2**36)
        deviation = np.sqrt(rate / (1 - rate) / n)
        assert abs(values.mean() - 1) < 4 * deviation
        assert set(values) == {0.0, 1 / (1 - rate)}


def test_masks_of_units_and_steps_are_independent():
    masks = np.array([dropped(0.5, 2000, step * 2**36) for step in range(6)])
    correlation = np.corrcoef(np.vstack([masks, masks[:, ::-1], np.roll(masks, 1, axis=1)]))
    assert np.abs(correlation - np.eye(18)).max() < 4 / np.sqrt(2000)


@pytest.mark.parametrize("dropout", [0.3, (0.4, 0, 0), (0, 0.5, 0.2), (0.2, 0.3, 0.6)])
@pytest.mark.parametrize("activation", ["relu", "tanh", ("logistic", "gelu")])
@pytest.mark.parametrize("form", [np.asarray, sp.csr_array, np.asfortranarray])
def test_training_is_that_of_the_slow_network(dropout, activation, form, X, y):
    settings = {**SMALL, "solver": "sgd", "momentum": 0, "nesterovs_momentum": False}
    settings |= {"activation": activation, "learning_rate_init": 0.1, "shuffle": False}
    for dtype, tolerance in ((np.float64, 1e-10), (np.float32, 1e-4)):
        model = MLPRegressor(dropout=dropout, **settings).partial_fit(X.astype(dtype), y)
        slow = SlowNetwork(model)
        for _ in range(3):
            model.partial_fit(form(X.astype(dtype)), y)
            slow.epoch(X, y[:, None], np.ones(24))
            slow.assert_equals(model, tolerance)


@pytest.mark.parametrize("dropout", [(0.5, 0, 0), 0.5, (0.2, 0.1, 0.6)])
def test_sparse_data_are_trained_on_as_dense_ones(dropout, X, y, rng):
    X = X * (rng.uniform(size=X.shape) < 0.5)
    dense, sparse, csc = (
        MLPRegressor(dropout=dropout, **SMALL).fit(form(X), y)
        for form in (np.asarray, sp.csr_array, sp.csc_array)
    )
    for a, b, c in zip(dense.coefs_, sparse.coefs_, csc.coefs_, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)
        np.testing.assert_array_equal(b, c)


@pytest.mark.parametrize("form", [np.asarray, sp.csr_array])
def test_calls_of_the_kernel_may_be_cut_anywhere(form, X, y, same_weights, monkeypatch):
    whole = MLPRegressor(dropout=(0.2, 0.5, 0.5), **SMALL).fit(form(X), y)
    monkeypatch.setattr(batches, "CALL", 1)
    with threadpool_limits(1):
        assert same_weights(whole, MLPRegressor(dropout=(0.2, 0.5, 0.5), **SMALL).fit(form(X), y))


def test_partial_fit_goes_on_with_fresh_masks(X, y, same_weights):
    whole = MLPRegressor(dropout=0.5, **SMALL).fit(X, y)
    parts = MLPRegressor(dropout=0.5, **SMALL)
    for _ in range(3):
        parts = pickle.loads(pickle.dumps(parts.partial_fit(X, y)))
    assert same_weights(whole, parts)
    assert whole._optimizer_state["t"] == parts._optimizer_state["t"] == 9


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_each_call_has_masks_of_its_own(method, X, y):
    # The gradient of a bias out of which nothing comes but the mask of its unit.
    model = MLPRegressor(
        "squared_error", (50,), dropout=0.5, activation="identity", warm_start=True, alpha=0
    )
    model.set_params(solver="sgd", momentum=0, batch_size=24, max_iter=1, random_state=0)
    model.partial_fit(X, y)
    masks = []
    for _ in range(3):
        before = model.coefs_[1].copy()
        getattr(model, method)(X, y)
        masks.append(tuple((model.coefs_[1] - before).ravel()))
    settled = np.corrcoef(np.array(masks))
    assert len(set(masks)) == 3
    assert settled[0, 1] < 0.999


def test_random_state_decides(X, y, same_weights):
    fits = [
        MLPRegressor(dropout=0.5, **{**SMALL, "random_state": seed}).fit(X, y)
        for seed in (0, 0, 1, np.random.RandomState(0))
    ]
    assert same_weights(fits[0], fits[1])
    assert same_weights(fits[0], fits[3])
    assert not same_weights(fits[0], fits[2])


@pytest.mark.parametrize("dropout", [0, 0.0, (0, 0, 0), 0.5])
def test_without_dropout_no_random_number_more_is_drawn(dropout, X, y):
    plain, other = (np.random.RandomState(0) for _ in range(2))
    MLPRegressor(shuffle=False, **{**SMALL, "random_state": plain}).fit(X, y)
    MLPRegressor(shuffle=False, dropout=dropout, **{**SMALL, "random_state": other}).fit(X, y)
    assert (plain.bytes(8) == other.bytes(8)) == (not np.any(dropout))


def test_dropout_that_begins_with_a_later_call_is_random(X, y):
    fits = [MLPRegressor(**{**SMALL, "random_state": seed}).partial_fit(X, y) for seed in (0, 1)]
    seeds = [fit.set_params(dropout=0.5).partial_fit(X, y)._optimizer_state["seed"] for fit in fits]
    assert None not in seeds
    assert seeds[0] != seeds[1]


def test_predictions_drop_nothing(X, y):
    model = MLPRegressor(dropout=(0.5, 0.5, 0.5), **SMALL).fit(X, y)
    A = X
    for W, b in zip(model.coefs_, model.intercepts_, strict=True):
        A = np.maximum(A, 0) @ W + b if A is not X else X @ W + b
    np.testing.assert_allclose(model.predict(X), A[:, 0])
    np.testing.assert_array_equal(model.predict(X), model.predict(X))


@pytest.mark.parametrize("dropout", [0.5, [0.0], [0.5]])
def test_networks_without_hidden_layers(dropout, X, y, same_weights):
    settings = {**SMALL, "hidden_layer_sizes": ()}
    found = MLPRegressor(dropout=dropout, **settings).fit(X, y)
    drops = not isinstance(dropout, float) and dropout[0] > 0
    assert same_weights(found, MLPRegressor(**settings).fit(X, y)) != drops


@pytest.mark.parametrize(
    "dropout",
    [[0.2, 0, 0.5], (0.2, 0, 0.5), np.array([0.2, 0, 0.5]), pd.Series([0.2, 0, 0.5])],
    ids=lambda value: type(value).__name__,
)
def test_rates_may_be_any_sequence(dropout, X, y, same_weights):
    expected = MLPRegressor(dropout=[0.2, 0, 0.5], **SMALL).fit(X, y)
    assert same_weights(expected, MLPRegressor(dropout=dropout, **SMALL).fit(X, y))


@pytest.mark.parametrize(
    "dropout",
    [
        1, 1.0, -0.1, np.nan, np.inf, True, "0.5", None, 1j, {}, {0.1: 1, 0.2: 2, 0.3: 3},
        {0.1, 0.2, 0.3}, [], [0.1], [0.1] * 2, [0.1] * 4, [0.1, 1.0, 0.1], [0.1, -0.1, 0.1],
        [0.1, np.nan, 0.1], ["0.1"] * 3, [None] * 3, [[0.1]] * 3, np.full((3, 3), 0.1),
        np.array(0.1), ("0.1", "0.2", "0.3"), np.array([0.1, 0.1, 0.1j]),
    ],
    ids=lambda value: str(sorted(value) if isinstance(value, set) else value),
)  # fmt: skip
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_invalid_rates_are_named(dropout, method, X, y, snapshot):
    for model in (MLPRegressor(**SMALL), MLPRegressor(**SMALL).fit(X, y)):
        model.set_params(dropout=dropout)
        changed = snapshot(model)
        with pytest.raises(ValueError, match="'dropout' parameter of MLPRegressor must be") as e:
            getattr(model, method)(X, y)
        assert repr(dropout)[:20] in str(e.value)
        assert "[0" in str(e.value)
        assert changed() is None


def test_lbfgs_refuses_dropout(X, y, snapshot):
    model = MLPRegressor(solver="lbfgs", dropout=0.1, **SMALL)
    changed = snapshot(model)
    with pytest.raises(ValueError, match=r"solver='lbfgs'.*'dropout' must be 0. Got 0.1"):
        model.fit(X, y)
    assert changed() is None
    assert MLPRegressor(solver="lbfgs", dropout=[0, 0, 0], **SMALL).fit(X, y).n_iter_ > 0


def test_float32_stays(X):
    model = MLPClassifier(dropout=(0.1, 0.5, 0.5), **SMALL).fit(X.astype(np.float32), X[:, 0] > 0)
    assert {array.dtype for array in [*model.coefs_, *model.intercepts_]} == {np.dtype("f4")}
