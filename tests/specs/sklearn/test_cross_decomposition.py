"""Partial least squares: what is free is how far the numbers can move with the data."""

import warnings

import numpy as np
import pytest
from sklearn.cross_decomposition import CCA, PLSSVD, PLSCanonical, PLSRegression

from skparams import ParamsMixin
from tests.specs.sweeps import counts, flag, held, one_of, rows
from tests.sweep import sweep


def dimension(make, names, p, q, n=14):
    """The rank of the derivative of attributes by X and y, from central differences."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n, p))
    Y = X[:, :q] @ rng.standard_normal((q, q)) + 0.5 * rng.standard_normal((n, q))

    def numbers(data):
        model = make().fit(data[: n * p].reshape(n, p), data[n * p :].reshape(n, q))
        return np.concatenate([np.ravel(getattr(model, name)) for name in names])

    data, h = np.concatenate([X.ravel(), Y.ravel()]), 1e-5
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        steps = h * np.eye(len(data))
        slopes = [(numbers(data + step) - numbers(data - step)) / (2 * h) for step in steps]
    spectrum = np.linalg.svd(slopes, compute_uv=False)
    return int(np.count_nonzero(spectrum > 1e-6 * spectrum[0]))


@pytest.mark.parametrize("shape", sweep([(5, 3, 1), (5, 3, 2), (6, 4, 2)], 1))
@pytest.mark.parametrize("cls", [PLSRegression, PLSCanonical, CCA])
def test_free_is_the_dimension_of_what_fit_can_reach(cls, shape):
    p, q, k = shape
    names = ("x_rotations_", "x_loadings_", "y_rotations_", "y_loadings_")
    rng = np.random.default_rng(1)
    model = cls(k, scale=False, tol=1e-18, max_iter=100_000)
    y = rng.standard_normal((20, q))
    _, free = counts(held(model, rng.standard_normal((20, p)), y))
    means = p + q
    assert free - means == dimension(lambda: type(model)(**model.get_params()), names, p, q)


@pytest.mark.parametrize(("p", "q", "k"), [(5, 3, 1), (5, 3, 2), (4, 2, 2)])
def test_free_of_singular_vectors(p, q, k):
    rng = np.random.default_rng(1)
    model = held(PLSSVD(k, scale=False), rng.standard_normal((20, p)), rng.standard_normal((20, q)))
    names = ("x_weights_", "y_weights_")
    assert counts(model)[1] - p - q == dimension(lambda: PLSSVD(k, scale=False), names, p, q)


@pytest.mark.parametrize("seed", sweep(range(6), 1))
@pytest.mark.parametrize("cls", [PLSRegression, PLSCanonical, CCA, PLSSVD])
def test_counts(cls, seed):
    rng = np.random.default_rng(seed)
    X = rows(rng, p=5)
    q, scale = one_of(rng, 2, 3), flag(rng)
    y = rng.standard_normal((len(X), q)) + X[:, :q]
    k = one_of(rng, 1, 2)
    model = held(cls(k, scale=scale), X, y, named=cls is not PLSSVD or None)
    directions = (1 if cls is PLSSVD else 2) * k * (5 + q)
    assert counts(model)[0] == directions + (1 + scale) * (5 + q)


@pytest.mark.parametrize("cls", [PLSRegression, PLSCanonical, CCA])
def test_replaced_parameters_predict(cls):
    mixed = type(cls.__name__, (ParamsMixin, cls), {})
    rng = np.random.default_rng(0)
    X, other = rng.standard_normal((2, 30, 4))
    y = X[:, :2] + 0.1 * rng.standard_normal((30, 2))
    one, two = mixed(2).fit(X, y), mixed(2).fit(other, y)
    one.set_fitted_params(**two.get_fitted_params())
    assert np.array_equal(one.predict(X), two.predict(X))
    assert all(map(np.array_equal, one.transform(X, y), two.transform(X, y)))
