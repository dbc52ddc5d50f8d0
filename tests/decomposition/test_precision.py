"""What counts as rounding: float32 rows, wide rows, features of very different scales."""

import numpy as np
import pytest

from skparams import PCA, explain

SHAPES = [(60, 300), (20, 10), (300, 20), (40, 39), (2000, 30)]
SOLVERS = ["full", "covariance_eigh", "arpack", "randomized", "auto"]
TOLERANCES = {"float32": 1e-6, "float64": 1e-12}


def spectra(rng, n, p, k=5, smallest=3e-4, noise=1e-5):
    """Rows of k components whose deviations fall to the smallest, and some noise."""
    scores = rng.standard_normal((n, k)) * np.geomspace(1, smallest, k)
    basis = np.linalg.qr(rng.standard_normal((p, k)))[0].T
    return scores @ basis + noise * rng.standard_normal((n, p)) + 2


@pytest.mark.parametrize("dtype", TOLERANCES)
@pytest.mark.parametrize("svd_solver", SOLVERS)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("scale", [False, True], ids=["covariance", "correlation"])
def test_mean_t2_of_training_rows(shape, svd_solver, dtype, scale, rng):
    n, _ = shape
    X = spectra(rng, *shape).astype(dtype)
    model = PCA(5, svd_solver=svd_solver, scale=scale, random_state=0, iterated_power=9).fit(X)
    t2 = explain(model, X).hotelling_t2().astype(np.float64)
    variances = model.explained_variance_
    digits = max(1.0, float(variances[0] / variances[-1]) / 1e4)
    assert t2.mean() == pytest.approx(5 * (n - 1) / n, rel=digits * TOLERANCES[dtype])


@pytest.mark.parametrize("dtype", TOLERANCES)
def test_rows_of_float32_have_limits_as_those_of_float64(dtype, rng):
    X = spectra(rng, 60, 700).astype(np.float32)
    expected = explain(PCA(5).fit(X.astype(np.float64)), X.astype(np.float64))
    found = explain(PCA(5).fit(X.astype(dtype)), X.astype(dtype))
    np.testing.assert_allclose(found.limits(), expected.limits(), rtol=1e-4)
    np.testing.assert_array_equal(found.outliers().rows, expected.outliers().rows)
    assert found.rotate().rotation_.shape == (5, 5)


@pytest.mark.parametrize("dtype", TOLERANCES)
@pytest.mark.parametrize("svd_solver", ["full", "covariance_eigh"])
@pytest.mark.parametrize("shape", [(30, 200), (200, 30)], ids=str)
def test_directions_without_variance_have_none(shape, svd_solver, dtype, rng):
    n, p = shape
    X = (rng.standard_normal((n, 4)) @ rng.standard_normal((4, p))).astype(dtype)
    model = PCA(4, svd_solver=svd_solver).fit(X.astype(dtype))
    assert len(explain(model, X).outliers(alpha=1e-9)) == 0
    X = rng.standard_normal(shape).astype(dtype) + 3
    t2 = explain(PCA(svd_solver=svd_solver).fit(X), X).hotelling_t2().astype(np.float64)
    assert t2.mean() == pytest.approx(min(n - 1, p) * (n - 1) / n, rel=1e-4)
