"""Data and oracles that the tests of the principal components share."""

import numpy as np
import pytest
import scipy.linalg

from skparams import PCA


def _spectrum(X, weight=None, scaled=False):
    """Eigenvalues of the covariance by a float64 SVD of the rows, repeated by their weights."""
    X = np.asarray(X, np.float64)
    if weight is not None:
        X = np.repeat(X, weight, axis=0)
    X = X - X[0]  # so that the mean of what is left can be exact
    X = X - X.mean(axis=0)
    if scaled:
        X = X / X.std(axis=0, ddof=1)
    return scipy.linalg.svd(X, compute_uv=False) ** 2 / (len(X) - 1)


@pytest.fixture
def spectrum():
    return _spectrum


@pytest.fixture
def correlated(rng):
    """Rows with separated eigenvalues, about an offset, in a dtype."""

    def make(n, p, offset=0.0, dtype=np.float64):
        basis = np.linalg.qr(rng.standard_normal((p, p)))[0]
        rows = rng.standard_normal((n, p)) * np.geomspace(4, 0.2, p)
        return (rows @ basis + offset).astype(dtype)

    return make


@pytest.fixture
def assert_same_pca():
    """Assert that two models are equal to 1e-10, or so."""

    def check(a, b, tol=1e-10):
        assert a.n_components_ == b.n_components_
        assert a.n_samples_ == b.n_samples_
        for name in ("components_", "explained_variance_", "mean_", "noise_variance_",
                     "explained_variance_ratio_", "singular_values_"):  # fmt: skip
            found, expected = getattr(a, name), getattr(b, name)
            size = max(1.0, np.abs(expected).max(initial=0.0))
            np.testing.assert_allclose(found, expected, rtol=0, atol=tol * size, err_msg=name)

    return check


@pytest.fixture(params=["full", "covariance_eigh", "arpack", "randomized", "auto"])
def solver(request):
    return request.param


@pytest.fixture
def pca():
    """Make a PCA with a seed."""
    return lambda *args, **kwargs: PCA(*args, **({"random_state": 0} | kwargs))
