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


def ill_scaled(rng, n, p, exponents):
    """Correlated rows whose features have deviations of powers of ten."""
    mix = np.eye(p) + 0.5 * rng.standard_normal((p, p)) / np.sqrt(p)
    return (rng.standard_normal((n, p)) @ mix + 1) * 10.0 ** np.asarray(exponents)


@pytest.mark.parametrize("svd_solver", ["full", "covariance_eigh", "stream"])
@pytest.mark.parametrize(
    "exponents", [(8, 0, -8), (-12, 0, 12), (0, -9, 9), (140, 0, -140)], ids=str
)
def test_each_eigenvalue_of_ill_scaled_features_is_accurate(exponents, svd_solver, rng):
    X = ill_scaled(rng, 50, 3, exponents)
    # Far apart, eigenvalues are what larger features leave of the variance of each.
    order = np.argsort(exponents)[::-1]
    centered = (X / 10.0 ** np.asarray(exponents))[:, order]
    left = np.diag(np.linalg.qr(centered - centered.mean(axis=0))[1]) / np.sqrt(49)
    expected = (left * 10.0 ** np.asarray(exponents)[order]) ** 2
    model = PCA().partial_fit(X) if svd_solver == "stream" else PCA(svd_solver=svd_solver).fit(X)
    np.testing.assert_allclose(model.explained_variance_, expected, rtol=1e-12)
    explanation = explain(model)
    correlations = np.corrcoef(centered.T)[np.argsort(order), 0]
    np.testing.assert_allclose(
        np.abs(explanation.correlations[:, 0]), np.abs(correlations), rtol=1e-9
    )
    np.testing.assert_allclose(explanation.communalities, 1, rtol=1e-12)


@pytest.mark.parametrize("svd_solver", [*SOLVERS, "stream"])
@pytest.mark.parametrize("shape", [(30, 100), (200, 8), (20, 20)], ids=str)
@pytest.mark.parametrize("dtype", TOLERANCES)
@pytest.mark.parametrize("rank", [3, None])
def test_communalities_are_at_most_1(rank, dtype, shape, svd_solver, rng):
    n, p = shape
    X = ill_scaled(rng, n, p, np.zeros(p))
    if rank is not None:
        X = X[:, :rank] @ rng.standard_normal((rank, p))
    for decades in (3, 7, 9, 15):
        scaled = (X * np.geomspace(10.0**decades, 10.0**-decades, p)).astype(dtype)
        k = 3 if svd_solver in ("arpack", "randomized") else None
        if svd_solver == "stream":
            model = PCA(k).partial_fit(scaled)
        else:
            model = PCA(k, svd_solver=svd_solver, random_state=0).fit(scaled)
        explanation = explain(model, scaled)
        assert explanation.communalities.max() <= 1
        assert np.abs(explanation.correlations).max() <= 1
        if k is None:
            np.testing.assert_allclose(explanation.communalities, 1, rtol=1e-5)
        basis = model.components_.astype(np.float64)
        np.testing.assert_allclose(basis @ basis.T, np.eye(len(basis)), atol=1e-5)
