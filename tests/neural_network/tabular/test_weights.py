"""Weights of samples: what they are equal to, and rows of weight 0."""

import numpy as np
import pytest
import scipy.sparse as sp

from skparams.neural_network._tabular.network import ScaledNetwork
from skparams.neural_network.activations import Objective
from skparams.neural_network.batches import Batches
from tests.neural_network.tabular.small import ESTIMATORS, data, make, same

each_kind = pytest.mark.parametrize("kind", ESTIMATORS)


@pytest.fixture
def weight():
    return np.random.RandomState(1).randint(0, 4, 60)


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize(
    ("loss", "n_outputs", "parameters"),
    [
        ("binary_log_loss", 1, None),
        ("log_loss", 3, (0.1,)),
        ("squared_error", 2, None),
        ("huber", 1, (1.0,)),
        ("quantile", 2, (0.2, 0.7)),
    ],
)
def test_integer_weights_equal_repeated_rows(loss, n_outputs, parameters, sparse, weight, rng):
    """In loss and gradient of a batch, and in the weights after a step."""
    network = ScaledNetwork([4, 5, n_outputs], ["selu"])
    X = rng.standard_normal((60, 4)) * (rng.uniform(size=(60, 4)) < 0.7)
    Y = rng.standard_normal((60, 1 if loss == "quantile" else n_outputs))
    if loss.endswith("log_loss"):
        Y = rng.randint(max(2, n_outputs), size=(60, 1))
    repeated = np.repeat(np.arange(60), weight)
    results = []
    for rows, weights in ((np.arange(60), weight.astype(float)), (repeated, None)):
        inputs = sp.csr_matrix(X[rows]) if sparse else X[rows]
        batch = Batches(
            network, (inputs, Y[rows], weights), Objective(loss, parameters), rows.size,
            np.dtype(np.float64),
        )  # fmt: skip
        params = network.start(np.zeros(n_outputs), np.random.RandomState(0), np.float64)
        params += 0.1 * np.random.RandomState(2).standard_normal(params.size)
        value, gradient = batch.loss_gradient(params, 0.0)
        results.append([batch.evaluate(params)[1], value, *gradient])
    np.testing.assert_allclose(*results, rtol=1e-10, atol=1e-13)


@each_kind
def test_rows_of_weight_0_move_nothing(kind, weight):
    (X, y), kept = data(kind), weight > 0
    expected = make(kind).fit(X[kept], y[kept], weight[kept])
    model = make(kind).fit(X, y, weight)
    assert same(_without_gaps(model, kept), expected)
    garbage, other = X.copy(), y.copy()
    garbage[~kept] = np.tile([np.inf, np.nan, 1e300], (np.count_nonzero(~kept), 1))
    other[~kept] = y[0]
    model = make(kind).fit(garbage, other, weight)
    assert same(_without_gaps(model, kept), expected)


def _without_gaps(model, kept):
    """The model, whose out-of-fold results have the rows that it was trained on only."""
    for name in ("oof_decision_function_", "oof_prediction_"):
        if hasattr(model, name):
            values = getattr(model, name)
            assert np.isnan(values[~kept]).all()
            setattr(model, name, values[kept])
    return model


@each_kind
def test_a_target_with_a_gap_is_refused_whatever_its_weight(kind, weight):
    X, y = data(kind)
    y = y.astype(float)
    y[np.flatnonzero(weight == 0)[0]] = np.nan
    with pytest.raises(ValueError, match="Input y contains NaN"):
        make(kind).fit(X, y, weight)


@each_kind
@pytest.mark.parametrize("value", [1, 0.3, 1e-200, 1e200])
def test_equal_weights_are_none(kind, value):
    X, y = data(kind)
    weighted = make(kind).fit(X, y, sample_weight=np.full(60, value))
    assert same(weighted, make(kind).fit(X, y))


@each_kind
def test_the_scale_of_weights_has_no_effect(kind, weight):
    X, y = data(kind)
    assert same(make(kind).fit(X, y, weight), make(kind).fit(X, y, weight * 2.0**20))


@each_kind
@pytest.mark.parametrize("tiny", [1e-40, 1e-44, 1e-60, 1e-300])
def test_rows_of_tiny_weights_are_left_out(kind, tiny):
    """As weights that decay exponentially have them, of which a whole batch may be."""
    X, y = data(kind, 1000)
    weights = [np.where(np.arange(1000) < 60, 1 + np.arange(1000), w) for w in (tiny, 0)]
    assert same(*(make(kind).fit(X, y, w) for w in weights))


@each_kind
def test_weights_whose_sum_overflows(kind, weight):
    X, y = data(kind)
    assert same(make(kind).fit(X, y, weight * 2.0**1020), make(kind).fit(X, y, weight))


def test_class_weights_are_sample_weights():
    X, y = data("classifier")
    factors = {0: 1.0, 1: 0.5, 2: 3.0}
    expected = make("classifier").fit(X, y, np.array([factors[label] for label in y]))
    assert same(make("classifier", class_weight=factors).fit(X, y), expected)
    assert not same(make("classifier").fit(X, y), expected)


def test_a_class_of_weight_0_is_known_and_improbable():
    X, y = data("classifier")
    model = make("classifier").fit(X, y, (y != 1).astype(float))
    assert model.classes_.tolist() == [0, 1, 2]
    assert model.predict_proba(X).shape == (60, 3)
    assert (model.predict_proba(X)[:, 1] < 0.2).all()


@each_kind
@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (np.zeros(60), "Sample weights must contain at least one non-zero number"),
        (np.full(60, -1.0), "Negative values in data passed to `sample_weight`"),
        (np.full(60, np.nan), "Input sample_weight contains NaN"),
        (np.ones(59), "sample_weight.shape"),
    ],
    ids=["zero", "negative", "nan", "short"],
)
def test_wrong_weights(kind, weight, message):
    with pytest.raises(ValueError, match=message):
        make(kind).fit(*data(kind), weight)
