"""The weights and biases that training starts from."""

import copy
import pickle
from itertools import pairwise

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn import neural_network as theirs
from sklearn.base import clone

from skparams import MLPClassifier, MLPRegressor

# One step that changes nothing, so that a fitted model has the weights that it started from.
STILL = {"max_iter": 1, "learning_rate_init": 1e-300, "solver": "sgd", "alpha": 0.0}
SIZES = [(), (1,), (7,), (5, 9), (9, 5, 5)]


@pytest.fixture
def data(rng):
    X = rng.standard_normal((30, 4))
    return X, X[:, 0] - X[:, 1]


@pytest.fixture
def start(fit_quietly, data):
    """The weights and biases that a model starts from."""

    def start(cls=MLPRegressor, **given):
        model = fit_quietly(cls(**STILL | {"random_state": 0} | given), *data)
        return model.coefs_, model.intercepts_

    return start


def arrays(sizes, seed=0, dtype=np.float64):
    rng = np.random.RandomState(seed)
    shapes = list(pairwise(sizes))
    coefs = [rng.standard_normal(shape).astype(dtype) for shape in shapes]
    return coefs, [rng.standard_normal(n).astype(dtype) for _, n in shapes]


@pytest.mark.parametrize("sizes", SIZES)
def test_he_has_the_variance_of_he_and_no_biases(sizes, start):
    seeds = range(200)
    drawn = [start(init="he", hidden_layer_sizes=sizes, random_state=seed)[0] for seed in seeds]
    for layer in range(len(sizes) + 1):
        values = np.array([coefs[layer] for coefs in drawn])
        expected = 2 / values.shape[1]
        n = values.size
        assert abs(values.var() / expected - 1) < 5 * np.sqrt(2 / n)
        assert abs(values.mean()) < 5 * np.sqrt(expected / n)
        assert abs((values**4).mean() / expected**2 - 3) < 5 * np.sqrt(96 / n)  # normal
    intercepts = start(init="he", hidden_layer_sizes=sizes)[1]
    assert np.abs(np.concatenate(intercepts)).max() < 1e-200


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_orthogonal_rows_or_columns(sizes, dtype, start):
    coefs, intercepts = start(init="orthogonal", hidden_layer_sizes=sizes, dtype=dtype)
    assert np.abs(np.concatenate(intercepts)).max() < 1e-30
    for W in coefs:
        W = W if W.shape[0] >= W.shape[1] else W.T
        atol = 1e-6 if dtype == "float32" else 1e-14
        np.testing.assert_allclose(W.T @ W, np.eye(W.shape[1]), atol=atol)


def test_no_orthogonal_matrix_is_more_likely_than_another(start):
    """Moments of the uniform distribution, without which the decomposition fixes signs."""
    n, n_in, n_out = 600, 4, 3
    drawn = np.array(
        [start(init="orthogonal", hidden_layer_sizes=3, random_state=i)[0][0] for i in range(n)]
    )
    assert np.abs(drawn.mean(axis=0)).max() < 5 * np.sqrt(1 / n_in / n)
    np.testing.assert_allclose((drawn**2).mean(axis=0), np.full((n_in, n_out), 1 / 4), atol=0.05)
    signs = [start(init="orthogonal", hidden_layer_sizes=(), random_state=i) for i in range(2)]
    assert not np.array_equal(signs[0][0][0], signs[1][0][0])


@pytest.mark.parametrize("init", ["auto", "he", "orthogonal"])
def test_random_numbers_come_from_random_state(init, start):
    np.random.seed(0)
    state = np.random.get_state()[1].copy()
    one, two = start(init=init), start(init=init)
    other = start(init=init, random_state=1)
    shared = start(init=init, random_state=np.random.RandomState(0))
    assert all(map(np.array_equal, one[0], two[0]))
    assert all(map(np.array_equal, one[0], shared[0]))
    assert not np.allclose(one[0][0], other[0][0])
    assert np.array_equal(state, np.random.get_state()[1])


def test_auto_is_scikit_learns(start):
    for activation in ("relu", "logistic"):
        given = {"activation": activation, "hidden_layer_sizes": (5, 3)}
        expected, found = start(theirs.MLPRegressor, **given), start(**given)
        for a, b in zip(expected[0] + expected[1], found[0] + found[1], strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("kind", [list, tuple, np.array, "lists", "read-only", "big-endian", "F"])
@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
def test_given_arrays_are_where_training_starts(solver, kind, data, fit_quietly, weights_of):
    """As scikit-learn's training goes on from the weights of a model, which are not written."""
    X, y = data
    coefs, intercepts = arrays((4, 4, 4, 1))
    given = {"hidden_layer_sizes": (4, 4), "solver": solver, "random_state": 0, "max_iter": 4}
    model = fit_quietly(theirs.MLPRegressor(warm_start=True, **given), X, y)
    model.coefs_, model.intercepts_ = copy.deepcopy(coefs), copy.deepcopy(intercepts)
    fit_quietly(model, X, y)

    def of_kind(part):
        if kind == "lists":
            return [array.tolist() for array in part]
        if kind == "big-endian":
            return [array.astype(">f8") for array in part]
        if kind == "F":
            return [np.asfortranarray(array)[::1] for array in part]
        if kind == "read-only":
            part = [array.copy() for array in part]
            for array in part:
                array.flags.writeable = False
            return part
        if kind is np.array:
            out = np.empty(len(part), dtype=object)
            out[:] = part
            return out
        return kind(part)

    init = of_kind(coefs), of_kind(intercepts)
    before = copy.deepcopy(init)
    ours = MLPRegressor(init=init, **given)
    found = fit_quietly(ours, X, y)
    assert ours.init is init
    for part, old in zip(init, before, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(part, old, strict=True))
    for a, b in zip(weights_of(model), weights_of(found), strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-6 if solver == "lbfgs" else 1e-11, atol=1e-9)
    assert not any(np.shares_memory(a, b) for a in coefs for b in found.coefs_)


@pytest.mark.parametrize("dtype", ["f4", "i8", "u1", "?", "f2", "g"])
def test_numbers_of_any_dtype(dtype, start):
    coefs, intercepts = ([3 * a for a in part] for part in arrays((4, 2, 1)))
    with np.errstate(invalid="ignore"):
        init = tuple([abs(a).astype(dtype) for a in part] for part in (coefs, intercepts))
    found = start(init=init, hidden_layer_sizes=2)
    for a, b in zip(found[0] + found[1], init[0] + init[1], strict=True):
        np.testing.assert_allclose(a, b.astype(np.float64), rtol=0, atol=1e-200)
    single = start(init=init, hidden_layer_sizes=2, dtype="float32")
    for a, b in zip(single[0] + single[1], init[0] + init[1], strict=True):
        assert a.dtype == np.float32
        np.testing.assert_array_equal(a, b.astype(np.float32))


@pytest.mark.parametrize("more", [{}, {"normalization": "batch"}, {"early_stopping": True}])
def test_only_the_first_training_starts_there(more, data, fit_quietly, same_weights):
    X, y = data
    init = arrays((4, 3, 1))
    given = {"hidden_layer_sizes": 3, "random_state": 0, "max_iter": 2, "init": init, **more}
    model = fit_quietly(MLPRegressor(warm_start=True, **given), X, y)
    once = copy.deepcopy(model)
    assert same_weights(fit_quietly(copy.deepcopy(model).set_params(warm_start=False), X, y), once)
    fit_quietly(model, X, y)
    assert not same_weights(model, once)
    expected = copy.deepcopy(once).set_params(init="auto")
    assert same_weights(fit_quietly(expected, X, y), model)
    if not more.get("early_stopping"):
        steps = MLPRegressor(**given).partial_fit(X, y).partial_fit(X, y)
        assert same_weights(steps, once)


def test_a_model_as_start_equals_a_warm_start(data, fit_quietly, same_weights):
    y = (data[1] > 0).astype(int)
    given = {"hidden_layer_sizes": 3, "random_state": 0, "max_iter": 3}
    model = fit_quietly(MLPClassifier(warm_start=True, **given), data[0], y)
    init = (model.coefs_, model.intercepts_)
    other = fit_quietly(MLPClassifier(init=init, **given), data[0], y)
    assert same_weights(other, fit_quietly(model, data[0], y))


def test_clones_and_pickles_keep_the_arrays(data, fit_quietly, same_weights):
    init = arrays((4, 3, 1))
    model = MLPRegressor(hidden_layer_sizes=3, init=init, max_iter=2, random_state=0)
    fitted = fit_quietly(clone(model), *data)
    assert model.get_params()["init"] is init
    for other in (clone(model), pickle.loads(pickle.dumps(model))):
        assert same_weights(fit_quietly(other, *data), fitted)
    assert "init=" in repr(model)


class Own(MLPRegressor):
    """Draws all ones."""

    def _init_coef(self, fan_in, fan_out, dtype):
        return np.ones((fan_in, fan_out)), np.ones(fan_out)


@pytest.mark.parametrize("init", ["auto", "he", "orthogonal", "given"])
def test_a_method_of_a_subclass_is_what_auto_calls(init, start):
    init = arrays((4, 3, 1)) if init == "given" else init
    coefs, _ = start(Own, init=init, hidden_layer_sizes=3)
    expected, _ = start(MLPRegressor, init=init, hidden_layer_sizes=3)
    assert all(map(np.array_equal, coefs, expected)) == (init != "auto")
    assert np.array_equal(coefs[0], np.ones((4, 3))) == (init == "auto")


GOOD = arrays((4, 3, 1))
NAN, HUGE = [np.full_like(a, np.nan) for a in GOOD[0]], [1e39 * abs(a) + 1e39 for a in GOOD[1]]
LAYER = r"MLPRegressor: the (coefs|intercepts) of layer [01] in init must"
WRONG = [
    ((), "a tuple of length 0"),
    (GOOD[0], r"\(coefs, intercepts\), got list|must be a str among"),
    (GOOD[:1], r"tuple \(coefs, intercepts\), got a tuple of length 1"),
    ((*GOOD, 1), "got a tuple of length 3"),
    ((GOOD[0][:1], GOOD[1]), "coefs for each of the 2 layers .*, got 1"),
    ((GOOD[0], [*GOOD[1], GOOD[1][0]]), "intercepts for each of the 2 layers .*, got 3"),
    ((None, None), "coefs for each of the 2 layers .*, got NoneType"),
    ((np.array(1.0), GOOD[1]), "got ndarray"),
    (({0: 1, 1: 2}, GOOD[1]), "got dict"),
    ((iter(GOOD[0]), GOOD[1]), "got list_iterator"),
    ((GOOD[1], GOOD[0]), LAYER + r" have the shape \(4, 3\) .*, got \(3,\)"),
    (([a.T for a in GOOD[0]], GOOD[1]), r"layer 0 .* \(4, 3\) .*, got \(3, 4\)"),
    ((GOOD[0], [GOOD[1][0], GOOD[1][1][:, None]]), r"intercepts of layer 1 .* \(1,\) .* \(1, 1\)"),
    ((GOOD[0], [GOOD[1][0], 0.0]), r"intercepts of layer 1 .* got \(\)"),
    (([GOOD[0][0], [[1.0], [1.0, 2.0], [3.0]]], GOOD[1]), "layer 1 .* rows of the same length"),
    ((NAN, GOOD[1]), "coefs of layer 0 in init must be finite in float64"),
    ((GOOD[0], [GOOD[1][0], [np.inf]]), "intercepts of layer 1 in init must be finite"),
    (([a * 1j for a in GOOD[0]], GOOD[1]), "real numbers, got the dtype complex128"),
    (([a.astype(str) for a in GOOD[0]], GOOD[1]), "real numbers, got the dtype <U"),
    (([a.astype(object) for a in GOOD[0]], GOOD[1]), "real numbers, got the dtype object"),
    (([sp.csr_array(a) for a in GOOD[0]], GOOD[1]), "real numbers, got the dtype object"),
    ("glorot", "must be a str among"),
    (None, "must be a str among"),
]


@pytest.mark.parametrize(("init", "message"), WRONG, ids=range(len(WRONG)))
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_what_does_not_fit_is_named(method, init, message, data, fit_quietly, snapshot):
    new = MLPRegressor(hidden_layer_sizes=3, init=init, max_iter=2)
    fitted = fit_quietly(MLPRegressor(hidden_layer_sizes=3, max_iter=2), *data)
    fitted.set_params(init=init)
    models = [new, fitted] if method == "fit" else [new]
    for model in models:
        unchanged = snapshot(model) if "iterator" not in message else lambda: None
        with pytest.raises(ValueError, match=message):
            getattr(model, method)(*data)
        assert unchanged() is None


def test_numbers_that_float32_lacks(data, snapshot):
    model = MLPRegressor(hidden_layer_sizes=3, init=(GOOD[0], HUGE), dtype="float32")
    unchanged = snapshot(model)
    with pytest.raises(ValueError, match="intercepts of layer 0 in init must be finite in float32"):
        model.fit(*data)
    assert unchanged() is None
