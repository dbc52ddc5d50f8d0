"""Pickles, joblib and skops files of our estimators have each number once."""

import io
import pickle
from itertools import product

import joblib
import numpy as np
import pytest
import skops.io

from skparams import PCA, MLPClassifier, MLPRegressor, slim
from tests.keep.same import quiet

WIDE, TALL = 300, 200
REST = 10_000  # bytes of all else: hyperparameters, names, states of a generator
IN_SKOPS = 50_000  # which writes each of them as JSON, and an entry of a zip for each array


def by_joblib(model):
    file = io.BytesIO()
    joblib.dump(model, file)
    return file.getvalue()


EARLY, NORMALIZED = {"early_stopping": True}, {"normalization": "batch"}


each_way = pytest.mark.parametrize("dump", [pickle.dumps, by_joblib, skops.io.dumps])


def check(model, n_bytes, dump, n_bytes_of_features=0):
    rest = n_bytes_of_features + (REST if dump is not skops.io.dumps else IN_SKOPS)
    size = len(dump(model))
    assert n_bytes <= size <= n_bytes + rest, (size - n_bytes, rest)


def rows(rng, dtype, n=TALL, p=WIDE):
    return rng.standard_normal((n, p)).astype(dtype)


@each_way
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("solver", "more"),
    [("lbfgs", {}), *product(["adam", "adamw", "sgd"], [{}, EARLY, NORMALIZED])],
    ids=str,
)
def test_a_network(solver, dtype, more, dump, rng):
    X = rows(rng, dtype)
    model = MLPClassifier((100,), solver=solver, max_iter=3, random_state=0, **more)
    quiet(model.fit, X, np.arange(TALL) % 3)
    n_trained = WIDE * 100 + 100 + 100 * 3 + 3 + 100 * ("normalization" in more)
    n_moments = {"adam": 2, "adamw": 2, "sgd": 1, "lbfgs": 0}[solver]
    n_running = 200 * ("normalization" in more)
    numbers = n_trained * (1 + n_moments) + n_running
    check(model, numbers * np.dtype(dtype).itemsize, dump)
    check(slim(model), (n_trained + n_running) * np.dtype(dtype).itemsize, dump)


@each_way
def test_a_network_that_is_trained_in_parts(dump, rng):
    """The order of the rows is not kept: it follows from the generator."""
    X = rows(rng, np.float64, n=5_000, p=20)
    model = MLPRegressor(hidden_layer_sizes=(50,), random_state=0)
    for _ in range(3):
        model.partial_fit(X, X[:, 0])
    check(model, 3 * 8 * (20 * 50 + 50 + 50 + 1), dump)


@each_way
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("more", [{}, {"scale": True}, {"whiten": True}], ids=str)
def test_components(dtype, more, dump, rng):
    model = PCA(50, **more).fit(rows(rng, dtype))
    of_features = 8 * WIDE * 3  # means, deviations, scales
    check(model, 50 * (WIDE + 1) * np.dtype(dtype).itemsize, dump, of_features)


@each_way
@pytest.mark.parametrize("read", [False, True])
def test_a_stream(read, dump, rng):
    X = rows(rng, np.float64)
    model = PCA(50).partial_fit(X).partial_fit(X)
    if read:
        model.transform(X)
    of_features = 8 * WIDE * 4  # shift, offset, means, deviations
    check(model, 8 * (WIDE**2 + 50 * WIDE * read), dump, of_features)
