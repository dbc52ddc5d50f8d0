"""What the number of components must not depend on, and the cross-validated rule."""

import numpy as np
import pytest
import scipy.sparse as sp
import sklearn.datasets

from skparams import PCA
from skparams.decomposition._pca import rules
from skparams.decomposition._pca.crossval import cross_validated_errors

SHAPES = [(60, 8), (200, 20), (30, 50)]


def ranked(rng, n, p, rank, snr=3.0):
    """Rows of some components above the edge of the eigenvalues of noise, and noise."""
    basis = np.linalg.qr(rng.standard_normal((p, p)))[0][:rank]
    variances = snr * (1 + np.sqrt(p / n)) ** 2 * (1 + 0.7 * np.arange(rank))
    return (rng.standard_normal((n, rank)) * np.sqrt(variances)) @ basis + rng.standard_normal(
        (n, p)
    )


def number(rule, X, **arguments):
    return PCA(rule, random_state=0, **arguments).fit(X).n_components_


@pytest.mark.parametrize("rule", rules.RULES)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("svd_solver", ["full", "covariance_eigh"])
def test_constant_columns_are_no_features_of_a_scaled_model(rule, shape, svd_solver, rng):
    X = ranked(rng, *shape, 3)
    if rule == "mle" and shape[0] < shape[1]:
        return
    arguments = {"scale": True, "svd_solver": svd_solver}
    columns = np.arange(X.shape[1]) % 2 * 1000.3
    more = np.insert(X, np.arange(X.shape[1])[: shape[0] - X.shape[1]], columns[:1], axis=1)
    assert number(rule, more, **arguments) == number(rule, X, **arguments)


def test_digits_with_their_constant_pixels():
    X = sklearn.datasets.load_digits().data
    expected = {"kaiser": 17, "broken_stick": 7, "gavish_donoho": 18}
    found = {rule: PCA(rule, scale=True).fit(X).n_components_ for rule in expected}
    assert found == expected


@pytest.mark.parametrize("scale", [False, True])
def test_the_stick_of_wide_noise_breaks_into_as_many_pieces_as_its_rank(scale, rng):
    X = rng.standard_normal((50, 400))
    assert number("broken_stick", X, scale=scale) == 1
    assert number("broken_stick", ranked(rng, 50, 400, 2, 20), scale=scale) == 2


@pytest.mark.parametrize("factor", [1e-140, 1e-60, 1e-9, 1e9, 1e60, 1e140])
@pytest.mark.parametrize("svd_solver", ["full", "covariance_eigh"])
def test_the_unit_of_the_rows_does_not_matter(factor, svd_solver, rng):
    X = ranked(rng, 100, 6, 2)
    for rule in (*rules.RULES, 0.8):
        found = number(rule, X * factor, svd_solver=svd_solver)
        assert found == number(rule, X, svd_solver=svd_solver), rule
    for whiten in (False, True):
        model = PCA(whiten=whiten, svd_solver=svd_solver)
        scores = model.fit_transform(X)
        found = model.fit_transform(X * factor)
        np.testing.assert_allclose(found / (1 if whiten else factor), scores, rtol=1e-8)


@pytest.mark.parametrize("scaled", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("shape", [(23, 5), (12, 18), (40, 7)], ids=str)
def test_cross_validation_slowly(shape, weighted, scaled, rng):
    n, p = shape
    X = ranked(rng, n, p, 2) * rng.uniform(0.5, 2, p) + 7
    weight = rng.randint(0, 3, n).astype(float) if weighted else np.ones(n)
    rows = np.flatnonzero(weight)
    found = cross_validated_errors(X, weight if weighted else None, scaled, "PCA")
    slow = np.zeros(len(found))
    for i in range(10):
        fold, others = rows[i::10], np.setdiff1d(rows, rows[i::10])
        w = weight[others]
        mean = w @ X[others] / w.sum()
        unit = np.sqrt(w @ (X[others] - mean) ** 2 / (w.sum() - 1)) if scaled else 1.0
        z = np.sqrt(w)[:, np.newaxis] * (X[others] - mean) / unit
        axes = np.linalg.svd(z, full_matrices=False)[2]
        for row in fold:
            value = (X[row] - mean) / unit
            for k in range(len(found)):
                for j in range(p):
                    rest = np.delete(np.arange(p), j)
                    scores = np.linalg.lstsq(axes[:k, rest].T, value[rest], rcond=None)[0]
                    slow[k] += weight[row] * (value[j] - axes[:k, j] @ scores) ** 2
    np.testing.assert_allclose(found, slow / (weight.sum() * p), rtol=1e-6)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("rank", [1, 3])
def test_cross_validation_finds_the_rank(shape, rank):
    found = [number("cv", ranked(np.random.RandomState(seed), *shape, rank)) for seed in range(20)]
    assert np.mean(np.array(found) == rank) >= 0.8


@pytest.mark.exhaustive
@pytest.mark.parametrize("shape", [*SHAPES, (100, 20), (50, 200)], ids=str)
@pytest.mark.parametrize("rank", [1, 3, 5])
def test_cross_validation_finds_the_rank_of_most_of_100(shape, rank):
    found = [number("cv", ranked(np.random.RandomState(seed), *shape, rank)) for seed in range(100)]
    assert np.mean(np.array(found) == rank) >= 0.8


def test_cross_validated_errors_are_kept(rng):
    X = ranked(rng, 80, 10, 3)
    model = PCA("cv").fit(X)
    assert model.n_components_ == 3 == 1 + np.argmin(model.cv_errors_[1:])
    assert model.cv_errors_[0] == pytest.approx(X.var(axis=0).mean(), rel=0.1)
    assert not hasattr(model.set_params(n_components=2).fit(X), "cv_errors_")
    sparse = PCA("cv").fit(sp.csr_array(X))
    np.testing.assert_allclose(sparse.cv_errors_, PCA("cv").fit(X).cv_errors_)
    wide = sp.random_array((30, 60), density=0.2, random_state=0, format="csr")
    expected = PCA("cv").fit(wide.toarray())
    np.testing.assert_allclose(PCA("cv").fit(wide).cv_errors_, expected.cv_errors_)


def test_cross_validation_needs_complete_rows_at_once(rng):
    X = rng.standard_normal((20, 4))
    assert not hasattr(PCA("cv"), "partial_fit")
    stream = PCA().partial_fit(X).set_params(n_components="cv")
    with pytest.raises(AttributeError, match="needs rows"):
        stream.components_  # noqa: B018
    with pytest.raises(ValueError, match="at least 3 rows"):
        PCA("cv").fit(X[:2])
    X[3, 1] = np.nan
    with pytest.raises(ValueError, match="complete rows"):
        PCA("cv", missing="em").fit(X)
