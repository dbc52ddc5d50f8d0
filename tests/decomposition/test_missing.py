"""missing="em": complete data, a slow EM, statsmodels, and what cannot be."""

import numpy as np
import pytest

from skparams import PCA
from skparams.decomposition._pca.em import em_moments, expected


def low_rank(rng, n=200, p=12, k=3, noise=0.05):
    X = rng.standard_normal((n, k)) @ rng.standard_normal((k, p)) * 2 + 3
    X += noise * rng.standard_normal((n, p))
    holes = rng.uniform(size=X.shape) < 0.1
    return X, np.where(holes, np.nan, X), holes


@pytest.mark.parametrize("arguments", [{}, {"n_components": 2}, {"scale": True}], ids=str)
def test_complete_data_are_as_without(arguments, correlated, same_model):
    X = correlated(80, 6)
    model = PCA(missing="em", **arguments).fit(X)
    same_model(model, PCA(**arguments).fit(X), 1e-8)
    np.testing.assert_allclose(model.transform(X), PCA(**arguments).fit(X).transform(X))


@pytest.mark.parametrize("weighted", [False, True])
def test_what_is_expected_row_by_row(weighted, correlated, rng):
    X = correlated(40, 5)
    mean, covariance = X.mean(axis=0), np.cov(X.T)
    missing = rng.uniform(size=X.shape) < 0.3
    missing[0] = True
    weight = rng.uniform(0.5, 2, 40) if weighted else np.ones(40)
    rows = np.where(missing, np.nan, X)
    filled, uncertain = expected(rows, mean, covariance, weight if weighted else None)
    slow = np.zeros((5, 5))
    for row, m, found, w in zip(rows, missing, filled, weight, strict=True):
        o = ~m
        slopes = covariance[np.ix_(m, o)] @ np.linalg.inv(covariance[np.ix_(o, o)])
        np.testing.assert_allclose(found[m], mean[m] + slopes @ (row - mean)[o])
        np.testing.assert_array_equal(found[o], row[o])
        slow[np.ix_(m, m)] += w * (covariance[np.ix_(m, m)] - slopes @ covariance[np.ix_(o, m)])
    np.testing.assert_allclose(uncertain, slow, atol=1e-10)


def test_what_em_ends_at_is_a_maximum_of_the_likelihood(rng):
    _, holed, _ = low_rank(rng, n=60, p=4, k=1, noise=0.5)
    found = em_moments(holed, None, 4, False)

    def likelihood(mean, covariance):
        total = 0.0
        for row in holed:
            o = ~np.isnan(row)
            part = covariance[np.ix_(o, o)]
            centered = (row - mean)[o]
            total -= np.linalg.slogdet(part)[1] + centered @ np.linalg.solve(part, centered)
        return total

    mean, covariance = found.mean, found.scatter / found.n
    best = likelihood(mean, covariance)
    for _ in range(30):
        step = 1e-3 * rng.standard_normal((4, 4))
        assert likelihood(mean + 1e-3 * rng.standard_normal(4), covariance) < best
        assert likelihood(mean, covariance + step + step.T) < best


@pytest.mark.parametrize("seed", range(4))
def test_no_worse_than_statsmodels(seed):
    statsmodels = pytest.importorskip("statsmodels.multivariate.pca")
    rng = np.random.RandomState(seed)
    X, holed, holes = low_rank(rng)
    model = PCA(3, missing="em").fit(holed)
    theirs = statsmodels.PCA(holed, ncomp=3, missing="fill-em", standardize=False)
    error, their_error = (
        np.sqrt(np.mean((filled - X)[holes] ** 2))
        for filled in (model._filled(holed), theirs._adjusted_data)
    )
    assert error <= their_error
    complete = PCA(3).fit(X).components_
    basis = np.linalg.qr(theirs.loadings)[0].T
    off, their_off = (
        np.linalg.norm(complete - complete @ axes.T @ axes) for axes in (model.components_, basis)
    )
    assert off <= their_off


def test_rows_with_holes_are_projected(rng):
    X, holed, _ = low_rank(rng)
    model = PCA(3, missing="em").fit(holed)
    scores = model.transform(holed)
    assert np.isfinite(scores).all()
    deviation = scores.std(axis=0)
    assert (np.abs(scores - model.transform(X)) / deviation).max() < 0.5
    empty = np.full((1, X.shape[1]), np.nan)
    np.testing.assert_allclose(model.transform(empty), 0, atol=1e-10)
    assert PCA(3, missing="em").fit(holed.astype(np.float32)).transform(
        holed.astype(np.float32)
    ).dtype == np.float32  # fmt: skip


def test_weights_and_scale_with_holes(rng, same_model):
    _, holed, _ = low_rank(rng, n=80)
    weight = rng.randint(0, 3, 80)
    weighted = PCA(3, missing="em", scale=True).fit(holed, sample_weight=weight)
    repeated = PCA(3, missing="em", scale=True).fit(np.repeat(holed, weight, axis=0))
    repeated.n_samples_ = 80
    same_model(weighted, repeated, 1e-6)
    stretched = PCA(3, missing="em", scale=True).fit(holed * np.geomspace(1, 1e3, 12))
    np.testing.assert_allclose(
        np.abs(stretched.components_),
        np.abs(PCA(3, missing="em", scale=True).fit(holed).components_),
        atol=1e-6,
    )


def test_rules_see_the_covariance_without_a_model(rng):
    _, holed, _ = low_rank(rng)
    assert PCA(0.99, missing="em").fit(holed).n_components_ == 3
    assert PCA("kaiser", missing="em").fit(holed).n_components_ >= 1


def test_what_cannot_be(rng):
    _, holed, _ = low_rank(rng, n=30)
    with pytest.raises(ValueError, match="Input X contains NaN"):
        PCA().fit(holed)
    model = PCA(missing="em").fit(holed)
    with pytest.raises(ValueError, match="Input X contains NaN"):
        model.score(holed)
    nothing = holed.copy()
    nothing[:, 4] = np.nan
    with pytest.raises(ValueError, match="feature 4 of 12 has none"):
        PCA(missing="em").fit(nothing)
    infinite = holed.copy()
    infinite[0, 0] = np.inf
    with pytest.raises(ValueError, match="contains infinity"):
        PCA(missing="em").fit(infinite)
