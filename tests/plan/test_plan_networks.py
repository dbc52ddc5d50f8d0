"""What plan says of our networks before fit, against fits: counts, bytes in use, multiply-adds."""

import gc
import tracemalloc
import warnings

import numpy as np
import pytest
import sklearn
from sklearn.exceptions import ConvergenceWarning

import skparams
from skparams import MLPClassifier, MLPRegressor, count_params, plan
from skparams.specs import Bounds, Unknown

numba = pytest.importorskip("numba")


def fit(model, *data):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.filterwarnings("ignore", message="Got `batch_size` less than 1 or larger")
        return model.fit(*data)


def peak_of_fit(model, X, y):
    """Bytes that fit has in use at most."""
    fit(model, X[:50], y[:50])  # the kernels are loaded
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    fit(model, X, y)
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    return peak


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="compiled code has no objects")
@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"solver": "sgd"},
        {"solver": "adamw", "max_gradient_norm": 1.0},
        {"normalization": "batch"},
        {"normalization": "layer", "dtype": "float32"},
        {"dropout": 0.2},
        {"activation": ["relu", "gelu"], "batch_size": 500},
        {"early_stopping": True, "normalization": "batch", "solver": "adamw"},
        {"hidden_layer_sizes": (900,), "batch_size": 10, "activation": "mish"},
    ],
    ids=str,
)
def test_bytes_in_use(arguments, rng):
    X = rng.standard_normal((600, 50))
    shape = {"hidden_layer_sizes": (300, 200), "max_iter": 2, "random_state": 0}
    model = MLPRegressor(**(shape | arguments))
    planned = plan(model, X, X[:, 0]).cost.training_bytes
    in_use = peak_of_fit(model, X, X[:, 0])
    # early stopping also copies the rows, which are data
    in_use -= X.nbytes * model.early_stopping
    assert 0.9 < planned / in_use < 1.01


@pytest.mark.parametrize(
    ("dtype", "of_data", "n_bytes"),
    [
        (None, np.float64, 8),
        (None, np.float32, 4),
        ("float32", np.float64, 4),
        ("float64", np.float32, 8),
    ],
)
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_the_dtype_is_the_hyperparameters(dtype, of_data, n_bytes, solver, rng):
    X = rng.standard_normal((40, 3)).astype(of_data)
    model = MLPRegressor(hidden_layer_sizes=(4,), max_iter=2, dtype=dtype, solver=solver)
    planned = plan(model, X, X[:, 0])
    assert planned.totals.bytes == n_bytes * 21
    found = skparams.summary(fit(model, X, X[:, 0]))
    assert found.totals.bytes == planned.totals.bytes
    assert {row.dtype for row in planned.root.attributes} == {f"float{8 * n_bytes}"}


def test_a_dtype_that_fit_refuses():
    planned = plan(MLPRegressor(hidden_layer_sizes=(4,), dtype="half"), n_features=3)
    assert planned.totals.stored == 21
    assert planned.totals.bytes == Bounds(84, 168)


def test_numbers_of_normalization():
    sizes = {"n_features": 3, "n_samples": 100, "n_classes": 3}
    plain, batch, layer = (
        plan(MLPClassifier((5, 4), normalization=each), **sizes)
        for each in (None, "batch", "layer")
    )
    n = 3 * 5 + 5 * 4 + 4 * 3 + 5 + 4 + 3
    assert plain.totals.stored == plain.totals.free == n
    assert (batch.totals.stored, batch.totals.free) == (n + 3 * 9, n + 9)
    assert (layer.totals.stored, layer.totals.free) == (n + 9, n + 9)
    assert [la.normalization for la in batch.root.layers] == [None, "batch", "batch", None]
    assert sum(la.parameters for la in batch.root.layers) == batch.totals.stored
    forward = 3 * 5 + 5 * 4 + 4 * 3
    costs = [each.cost for each in (plain, batch, layer)]
    assert [c.predict_macs_per_sample for c in costs] == [forward, forward + 9, forward + 3 * 9]
    training = 100 * (3 * forward - 15)
    assert [c.train_macs_per_epoch for c in costs] == [
        training,
        training + 100 * 6 * 9,
        training + 100 * 8 * 9,
    ]
    for name, decided in (("hidden_layer_sizes", 3), ("normalization", 1)):
        (row,) = [each for each in layer.root.hyperparameters if each.path == name]
        assert len(row.decides) == decided


@pytest.mark.parametrize("levels", [0.5, [0.5], [0.1, 0.5, 0.9], (0.25, 0.5), np.array([0.1, 0.5])])
def test_outputs_of_quantiles(levels, rng):
    X = rng.standard_normal((50, 3))
    model = MLPRegressor(loss="quantile", quantile=levels, hidden_layer_sizes=(4,), max_iter=2)
    planned = plan(model, n_features=3, n_outputs=1)
    n = np.size(levels)
    assert planned.totals.stored == 3 * 4 + 4 + 5 * n
    assert count_params(fit(model, X, X[:, 0])) == planned.totals.stored
    assert planned.root.attributes[1].dims == ("h1", "n_quantiles")
    model.set_params(loss="squared_error")
    assert plan(model, n_features=3, n_outputs=2).totals.stored == 3 * 4 + 4 + 10


def test_quantiles_of_several_targets_are_not_known():
    model = MLPRegressor(loss="quantile", quantile=[0.1, 0.5])
    planned = plan(model, n_features=3, n_outputs=2)
    assert isinstance(planned.totals.stored, Unknown)
    assert "quantile" in planned.totals.stored.reason


def test_validation_rows_that_fit_will_get():
    sizes = {"n_features": 3, "n_samples": 100, "n_outputs": 1}
    model = MLPRegressor(early_stopping=True)
    known = plan(model, **sizes).cost
    assert isinstance(known.train_macs_per_epoch, int)
    with sklearn.config_context(enable_metadata_routing=True):
        model.set_fit_request(X_val=True, y_val=True)
    cost = plan(model, **sizes).cost
    assert isinstance(cost.train_macs_per_epoch, Unknown)
    assert "X_val" in cost.train_macs_per_epoch.reason
    assert isinstance(cost.training_bytes, Unknown)
    assert cost.predict_macs_per_sample == known.predict_macs_per_sample
