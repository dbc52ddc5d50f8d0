"""The same seed gives the same bits, whatever threads and processes there are."""

import numpy as np
import pytest
from joblib import Parallel, delayed, parallel_backend
from threadpoolctl import threadpool_limits

from tests.neural_network.tabular.small import ESTIMATORS, data, make, same

each_kind = pytest.mark.parametrize("kind", ESTIMATORS)
SETTINGS = {"n_members": 3, "hidden_layer_sizes": (6, 5), "dropout": 0.2}


def fit(kind, **settings):
    return make(kind, **SETTINGS | settings).fit(*data(kind))


def predictions(kind, model):
    X, _ = data(kind, 700, 3)
    return model.predict_proba(X) if kind == "classifier" else model.predict(X)


def assert_same(kind, first, second):
    assert same(first, second)
    np.testing.assert_array_equal(predictions(kind, first), predictions(kind, second))


@each_kind
def test_n_jobs(kind):
    expected = fit(kind)
    for n_jobs in (1, 2, 3, -1):
        assert_same(kind, fit(kind, n_jobs=n_jobs), expected)
    assert not same(fit(kind, random_state=1), expected)


@each_kind
def test_callbacks_and_output_change_nothing(kind, capsys):
    expected = fit(kind)
    assert capsys.readouterr().out == ""
    assert_same(kind, fit(kind, verbose=True, n_jobs=2), expected)
    assert len(capsys.readouterr().out.splitlines()) == 3


@each_kind
def test_in_threads_of_joblib(kind):
    expected = fit(kind)
    with parallel_backend("threading", n_jobs=2):
        inside = fit(kind)
    models = Parallel(2, backend="threading")(delayed(fit)(kind, n_jobs=n) for n in (None, 2))
    for model in (inside, *models):
        assert_same(kind, model, expected)


@pytest.mark.exhaustive  # seconds to start processes
def test_in_processes_of_joblib():
    calls = [delayed(make(kind, **SETTINGS).fit)(*data(kind)) for kind in ESTIMATORS]
    for kind, model in zip(ESTIMATORS, Parallel(2, backend="loky")(calls), strict=True):
        assert_same(kind, model, fit(kind))


@each_kind
def test_limits_of_blas(kind):
    expected = fit(kind)
    of_rows = predictions(kind, expected)
    for limit in (1, 2):
        with threadpool_limits(limit):
            model = fit(kind, n_jobs=2)
            np.testing.assert_array_equal(predictions(kind, model), of_rows)
        assert same(model, expected)


@each_kind
def test_a_row_is_predicted_alone_as_among_others(kind):
    model, (X, _) = fit(kind, hidden_layer_sizes=(40, 30)), data(kind, 700, 3)
    alone = [predict for row in X[:50] for predict in model.predict(row[np.newaxis])]
    np.testing.assert_array_equal(model.predict(X)[:50], alone)


@each_kind
def test_the_global_generator(kind):
    models = []
    for _ in range(2):
        np.random.seed(3)
        models.append(fit(kind, random_state=None))
    assert same(*models)
