"""What training computes in: `dtype`, whatever X is."""

import copy

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.base import clone

from skparams import MLPClassifier, MLPRegressor
from skparams.neural_network.activations import Objective
from skparams.neural_network.batches import Batches
from skparams.neural_network.network import Network

MODELS = [MLPClassifier, MLPRegressor]
GIVEN = {"hidden_layer_sizes": (6, 5), "max_iter": 4, "batch_size": 16, "random_state": 0}
SOLVERS = ["adam", "adamw", "sgd", "lbfgs"]
OTHER = {"float32": "float64", "float64": "float32"}


@pytest.fixture
def data(rng):
    X = 3 * rng.standard_normal((60, 4))
    return X, X[:, 0] - X[:, 1]


def target(cls, y):
    return y if cls is MLPRegressor else (y > 0).astype(int) + (y > 2)


def kinds_of(X):
    """The same numbers, or others, in all that fit takes."""
    strided = np.repeat(X, 2, axis=1)[:, ::2]
    yield from (X, np.asfortranarray(X), strided, X.astype(">f8"), X.astype("f4"), X.tolist())
    yield from ((3 * X).astype(int), X.astype("f2"), X.astype("g"), X.astype(object), X > 0)
    sparse = np.where(np.abs(X) > 2, X, 0)
    yield from (sp.csr_matrix(sparse), sp.csc_array(sparse), sp.coo_array(sparse))
    yield sp.csr_array(sparse.astype("f4"))


def converted(X, dtype):
    return X.astype(dtype) if sp.issparse(X) else np.asarray(X).astype(dtype)


@pytest.mark.parametrize("dtype", OTHER)
@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("cls", MODELS)
def test_bits_are_those_of_converted_rows(
    cls, solver, dtype, data, fit_quietly, same_weights, monkeypatch
):
    X, y = data
    for early_stopping in (False, True):
        given = GIVEN | {"solver": solver, "early_stopping": early_stopping}
        for rows in kinds_of(X):
            found = fit_quietly(cls(dtype=dtype, **given), rows, target(cls, y))
            expected = fit_quietly(cls(**given), converted(rows, dtype), target(cls, y))
            assert {array.dtype for array in found.coefs_ + found.intercepts_} == {np.dtype(dtype)}
            assert same_weights(found, expected)
            assert found.loss_curve_ == expected.loss_curve_
            assert getattr(found, "validation_scores_", 0) == getattr(
                expected, "validation_scores_", 0
            )


def test_frames(data, fit_quietly, same_weights):
    pd = pytest.importorskip("pandas")
    X, y = data
    frame = pd.DataFrame({"a": X[:, 0], "b": X[:, 1].astype("f4"), "c": (9 * X[:, 2]).astype(int)})
    found = fit_quietly(MLPRegressor(dtype="float32", **GIVEN), frame, y)
    assert same_weights(found, fit_quietly(MLPRegressor(**GIVEN), frame.astype("f4"), y))
    assert list(found.feature_names_in_) == ["a", "b", "c"]


@pytest.mark.parametrize("more", [{"normalization": "batch"}, {"normalization": "layer"}])
@pytest.mark.parametrize("dtype", OTHER)
def test_all_arrays_have_the_dtype(dtype, more, data, fit_quietly):
    X, y = data
    for rows in (X, X.astype(OTHER[dtype])):
        model = fit_quietly(MLPRegressor(dtype=dtype, activation="gelu", **more, **GIVEN), rows, y)
        arrays = {name: value for name, value in vars(model).items() if isinstance(value, list)}
        kinds = {
            array.dtype
            for part in arrays.values()
            for array in part
            if isinstance(array, np.ndarray)
        }
        assert kinds == {np.dtype(dtype)}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("cls", MODELS)
def test_weights_of_samples_are_converted_too(cls, weighted, data, rng, fit_quietly, same_weights):
    X, y = data
    weight = rng.uniform(0, 2, len(X)) if weighted else None
    found = fit_quietly(cls(dtype="float32", **GIVEN), X, target(cls, y), weight)
    given = cls(**GIVEN)
    expected = fit_quietly(given, X.astype("f4"), target(cls, y), weight)
    assert same_weights(found, expected)


@pytest.mark.parametrize("x", ["float32", "float64"])
@pytest.mark.parametrize("dtype", [None, "float32", "float64"])
def test_predictions_have_the_wider_dtype_of_rows_and_weights(dtype, x, data, fit_quietly):
    X, y = data
    for cls in MODELS:
        model = fit_quietly(cls(dtype=dtype, **GIVEN), X, target(cls, y))
        wider = np.float32 if dtype == x == "float32" else np.float64
        methods = ["predict"] if cls is MLPRegressor else ["predict_proba", "predict_log_proba"]
        for method in [*methods, "activations", "saliency"]:
            assert getattr(model, method)(X.astype(x)).dtype == wider, method


@pytest.mark.parametrize("value", [1e39, -1e39, 1e300])
@pytest.mark.parametrize("make", [np.asarray, sp.csr_array, sp.csc_array, np.ndarray.tolist])
@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("cls", MODELS)
def test_numbers_that_float32_lacks(cls, solver, make, value, data, snapshot, fit_quietly):
    X, y = data
    X[5, 2] = value
    rows, y = make(X.copy()), target(cls, y)
    single = cls(dtype="float32", solver=solver, **GIVEN)
    unchanged = snapshot(single)
    message = "X contains infinity or a value too large for dtype"
    with pytest.raises(ValueError, match=message):
        single.fit(rows, y)
    assert unchanged() is None
    if solver == "lbfgs":
        return
    given = {"classes": np.unique(y)} if cls is MLPClassifier else {}
    with pytest.raises(ValueError, match=message):
        single.partial_fit(rows, y, **given)
    assert unchanged() is None
    X[5, 2] = 0
    fit_quietly(single.set_params(warm_start=True), X, y)
    unchanged = snapshot(single)
    for method in (single.fit, single.partial_fit):
        with pytest.raises(ValueError, match=message):
            method(rows, y)
    assert unchanged() is None


@pytest.mark.parametrize("x", ["f4", "f8"])
@pytest.mark.parametrize("early_stopping", [False, True])
def test_validation_data_are_converted(early_stopping, x, data, snapshot, fit_quietly):
    """In single precision by `dtype`, or by X."""
    X, y = data
    given = GIVEN | {"early_stopping": early_stopping}
    single = MLPRegressor(dtype=None if x == "f4" else "float32", **given)
    X_val, y_val = X[20:].copy(), y[20:]
    found = fit_quietly(clone(single), X.astype(x), y, X_val=X_val, y_val=y_val).history_
    few = X_val.astype("f4")
    expected = fit_quietly(MLPRegressor(**given), X.astype("f4"), y, X_val=few, y_val=y_val)
    for name, column in expected.history_.items():
        np.testing.assert_array_equal(found[name], column)
    X_val[3, 1] = 1e39
    unchanged = snapshot(single)
    with pytest.raises(ValueError, match="X contains infinity or a value too large for dtype"):
        single.fit(X.astype(x), y, X_val=X_val, y_val=y_val)
    assert unchanged() is None


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("dtype", OTHER)
@pytest.mark.parametrize("later", [None, "float32", "float64"])
def test_training_goes_on_in_the_dtype_of_the_weights(
    later, dtype, solver, data, fit_quietly, same_weights
):
    X, y = data
    model = fit_quietly(MLPRegressor(dtype=dtype, solver=solver, **GIVEN), X, y)
    methods = ["fit"] if solver == "lbfgs" else ["fit", "partial_fit"]
    for method in methods:
        results = []
        for rows in (X.astype("f4"), X.astype("f4").astype("f8"), sp.csr_array(X.astype("f4"))):
            other = copy.deepcopy(model).set_params(dtype=later, warm_start=True)
            results.append(fit_quietly(other, rows, y, method=method))
            assert {array.dtype for array in other.coefs_ + other.intercepts_} == {np.dtype(dtype)}
        assert same_weights(results[0], results[1])


@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_partial_fit_equals_fit(solver, data, fit_quietly, same_weights):
    model = MLPClassifier(dtype="float32", solver=solver, **GIVEN)
    whole = fit_quietly(clone(model), data[0], data[1] > 0)
    for _ in range(GIVEN["max_iter"]):
        model.partial_fit(data[0], data[1] > 0, classes=[False, True])
    assert same_weights(model, whole)


def exact_loss(model, X, Y, loss, alpha):
    """The loss of a model's weights in float64, by NumPy."""
    A = X.astype(np.float64)
    for i, (coef, intercept) in enumerate(zip(model.coefs_, model.intercepts_, strict=True)):
        A = A @ coef.astype(np.float64) + intercept
        if i < len(model.coefs_) - 1:
            A = np.tanh(A)
    if loss == "squared_error":
        value = 0.5 * ((A[:, 0] - Y) ** 2).mean()
    elif loss == "poisson":
        value = np.exp(A[:, 0]) - Y + np.where(Y > 0, Y * (np.log(np.maximum(Y, 1)) - A[:, 0]), 0)
        value = value.mean()
    else:
        value = (np.logaddexp.reduce(A, axis=1) - A[np.arange(len(A)), Y]).mean()
    penalty = sum((coef.astype(np.float64) ** 2).sum() for coef in model.coefs_)
    return value + 0.5 * alpha * penalty / len(X)


@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
@pytest.mark.parametrize("loss", ["squared_error", "poisson", "log_loss"])
def test_losses_are_double(loss, solver, rng, fit_quietly):
    X = rng.standard_normal((2000, 8)).astype("f4")
    y = rng.poisson(3, 2000) * (1000 if loss == "squared_error" else 1)
    y = y % 3 if loss == "log_loss" else y
    cls = MLPClassifier if loss == "log_loss" else MLPRegressor
    given = {} if loss == "log_loss" else {"loss": loss}
    model = cls(
        hidden_layer_sizes=(20, 10), activation="tanh", solver=solver, max_iter=1, alpha=10.0,
        learning_rate_init=1e-30, batch_size=2000, random_state=0, dtype="float32", **given,
    )  # fmt: skip
    fit_quietly(model, X.astype("f8"), y)
    # The loss of the only step of adam and sgd is that of the weights before; lbfgs's weights are
    # rounded afterwards.
    rtol = 1e-5 if solver == "lbfgs" else 1e-6
    assert model.loss_ == pytest.approx(exact_loss(model, X, y, loss, 10.0), rel=rtol)
    assert {type(value) for value in [model.loss_, *model.loss_curve_]} == {np.float64}


def test_sums_of_many_losses_lose_nothing(rng):
    """A float32 sum would be off by more than 1e-5."""
    n = 50_000
    X, Y = rng.standard_normal((n, 1)).astype("f4"), 100 + rng.standard_normal((n, 1))
    network = Network((1, 1), ())
    params = np.array([1, 0], dtype="f4")
    batches = Batches(network, (X, Y, None), Objective("squared_error"), 1000, np.dtype("f4"))
    Z, loss = batches.evaluate(params)
    Y = Y.astype("f4").astype("f8")
    assert loss == pytest.approx(0.5 * ((X.astype("f8") - Y) ** 2).mean(), rel=1e-7)
    assert Z.dtype == np.float32


@pytest.mark.parametrize("bad", ["float16", "f4", "double", np.float32, np.dtype("f4"), 32, True])
def test_other_dtypes_are_refused(bad, data, snapshot):
    model = MLPRegressor(dtype=bad)
    unchanged = snapshot(model)
    with pytest.raises(ValueError, match="'dtype' parameter of MLPRegressor must be a str among"):
        model.fit(*data)
    assert unchanged() is None
