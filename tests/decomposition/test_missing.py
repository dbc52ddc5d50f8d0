"""missing="em": complete data, a slow EM, statsmodels, and what cannot be."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn.model_selection import cross_val_score

from skparams import PCA
from skparams.decomposition._pca.em import em_moments
from skparams.decomposition._pca.holes import expect, holes_of


def low_rank(rng, n=200, p=12, k=3, noise=0.05):
    X = rng.standard_normal((n, k)) @ rng.standard_normal((k, p)) * 2 + 3
    X += noise * rng.standard_normal((n, p))
    holes = rng.uniform(size=X.shape) < 0.1
    return X, np.where(holes, np.nan, X), holes


@pytest.mark.parametrize("arguments", [{}, {"n_components": 2}, {"scale": True}], ids=str)
def test_complete_data_are_as_without(arguments, correlated, assert_same_pca):
    X = correlated(80, 6)
    model = PCA(missing="em", **arguments).fit(X)
    assert_same_pca(model, PCA(**arguments).fit(X), 1e-8)
    np.testing.assert_allclose(model.transform(X), PCA(**arguments).fit(X).transform(X))


@pytest.mark.parametrize("weighted", [False, True])
def test_what_is_expected_row_by_row(weighted, correlated, rng):
    X = correlated(40, 5)
    mean, covariance = X.mean(axis=0), np.cov(X.T)
    missing = rng.uniform(size=X.shape) < 0.3
    missing[0] = True
    weight = rng.uniform(0.5, 2, 40) if weighted else np.ones(40)
    rows = np.where(missing, np.nan, X)
    holes = holes_of(missing, weight if weighted else None)
    found = expect(np.where(missing, 0, X - mean), holes, np.linalg.inv(covariance))
    filled, uncertain = found.filled + mean, found.uncertain
    slow = np.zeros((5, 5))
    for row, m, found, w in zip(rows, missing, filled, weight, strict=True):
        o = ~m
        slopes = covariance[np.ix_(m, o)] @ np.linalg.inv(covariance[np.ix_(o, o)])
        np.testing.assert_allclose(found[m], mean[m] + slopes @ (row - mean)[o])
        np.testing.assert_allclose(found[o], row[o])
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


def test_weights_and_scale_with_holes(rng, assert_same_pca):
    _, holed, _ = low_rank(rng, n=80)
    weight = rng.randint(0, 3, 80)
    weighted = PCA(3, missing="em", scale=True).fit(holed, sample_weight=weight)
    repeated = PCA(3, missing="em", scale=True).fit(np.repeat(holed, weight, axis=0))
    repeated.n_samples_ = 80
    assert_same_pca(weighted, repeated, 1e-6)
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


@pytest.mark.parametrize("scale", [False, True])
@pytest.mark.parametrize("n_components", [2, 5])
def test_the_score_of_a_row_is_that_of_its_observed_values(n_components, scale, correlated, rng):
    X = correlated(60, 5) * [1, 10, 1, 1e3, 1]
    missing = rng.uniform(size=X.shape) < 0.4
    missing[:2] = [[False] * 5, [True] * 5]
    model = PCA(n_components, missing="em", scale=scale).fit(X)
    found = model.score_samples(np.where(missing, np.nan, X))
    covariance = model.get_covariance()
    for row, m, value in zip(X, missing, found, strict=True):
        o = ~m
        expected = 0.0
        if o.any():
            normal = multivariate_normal(model.mean_[o], covariance[np.ix_(o, o)])
            expected = normal.logpdf(row[o])
        assert value == pytest.approx(expected, rel=1e-8, abs=1e-8)
    assert model.score(np.where(missing, np.nan, X)) == pytest.approx(found.mean())
    complete = PCA(n_components, scale=scale).fit(X)
    np.testing.assert_allclose(found[:1], complete.score_samples(X[:1]), rtol=1e-6)


@pytest.mark.parametrize("noise", [1.0, 1e-3, 1e-6])
def test_small_noise_leaves_digits(noise, rng):
    X = np.multiply.outer(rng.standard_normal(80), rng.uniform(0.5, 2, 8))
    X += noise * rng.standard_normal(X.shape)
    model = PCA(1, missing="em").fit(X)
    missing = rng.uniform(size=X.shape) < 0.5
    found, restored = (
        f(np.where(missing, np.nan, X)) for f in (model.score_samples, model._filled)
    )
    variance = model.noise_variance_
    w = model.components_[0] * np.sqrt(model.explained_variance_[0] - variance)
    for row, m, score, filled in zip(X, missing, found, restored, strict=True):
        part, d = w[~m], (row - model.mean_)[~m]
        along = part @ d / (part @ part) if (~m).any() else 0.0
        total = part @ part + variance
        expected = along**2 * (part @ part) / total + ((d - along * part) ** 2).sum() / variance
        expected += np.log(total) + (len(d) - 1) * np.log(variance) + len(d) * np.log(2 * np.pi)
        assert score == pytest.approx(-0.5 * expected if len(d) else 0, rel=1e-6, abs=1e-6)
        value = model.mean_ + w * (part @ d) / total
        np.testing.assert_allclose(filled, np.where(m, value, row), rtol=1e-9, atol=1e-12)


def test_no_components_are_independent_features(rng):
    X = rng.standard_normal((30, 3))
    model = PCA(0, missing="em", svd_solver="full").fit(X)
    X[0, 1] = np.nan
    assert np.isfinite(model.score_samples(X)).all()
    np.testing.assert_allclose(model._filled(X)[0, 1], model.mean_[1])


def test_cross_validation_finds_the_rank_of_rows_with_holes():
    _, holed, _ = low_rank(np.random.RandomState(0), noise=0.5)
    scores = [cross_val_score(PCA(k, missing="em"), holed).mean() for k in range(1, 7)]
    assert np.argmax(scores) == 2


@pytest.mark.parametrize(("k", "p"), [(1, 4), (3, 10), (4, 4)])
def test_extrapolated_steps_end_where_plain_ones_do(k, p, rng):
    _, holed, _ = low_rank(rng, n=80, p=p, k=2, noise=0.5)
    found = em_moments(holed, None, k, False)
    start = np.nanmean(holed, axis=0)
    mean, model = start, np.diag(np.nanvar(holed, axis=0))
    for _ in range(3000):
        filled, uncertain = np.empty_like(holed), np.zeros((p, p))
        for i, row in enumerate(holed):
            m = np.isnan(row)
            o = ~m
            slopes = model[np.ix_(m, o)] @ np.linalg.inv(model[np.ix_(o, o)])
            filled[i] = row
            filled[i, m] = mean[m] + slopes @ (row - mean)[o]
            uncertain[np.ix_(m, m)] += model[np.ix_(m, m)] - slopes @ model[np.ix_(o, m)]
        before, mean = model, filled.mean(axis=0)
        covariance = (filled - mean).T @ (filled - mean) + uncertain
        values, vectors = np.linalg.eigh(covariance / len(holed))
        values[: max(0, p - k)] = values[: p - k].mean() if p > k else 0
        model = (vectors * values) @ vectors.T
        if np.abs(model - before).max() < 1e-9:
            break
    np.testing.assert_allclose(found.mean, mean, atol=1e-6)
    np.testing.assert_allclose(found.scatter, covariance, atol=1e-6 * covariance.max())


def test_patterns_are_solved_once(rng, monkeypatch):
    _, holed, _ = low_rank(rng, n=500, p=6)
    holed[50:] = np.where(np.isnan(holed[:10]), np.nan, holed[50:].reshape(45, 10, 6)).reshape(
        450, 6
    )
    holes = holes_of(np.isnan(holed))
    patterns = np.unique(np.isnan(holed), axis=0)
    assert sum(len(each.counts) for each in holes) == patterns.any(axis=1).sum()
    assert sum(each.counts.sum() for each in holes) == np.isnan(holed).any(axis=1).sum()
    expected = expect(np.nan_to_num(holed), holes, np.eye(6) + 0.1)
    monkeypatch.setattr("skparams.decomposition._pca.holes.BATCH", 7)
    in_pieces = expect(np.nan_to_num(holed), holes_of(np.isnan(holed)), np.eye(6) + 0.1)
    for a, b in zip(in_pieces, expected, strict=True):
        np.testing.assert_allclose(a, b)


def test_what_cannot_be(rng):
    _, holed, _ = low_rank(rng, n=30)
    with pytest.raises(ValueError, match="Input X contains NaN"):
        PCA().fit(holed)
    with pytest.raises(ValueError, match="Input X contains NaN"):
        PCA(3).fit(np.nan_to_num(holed)).score(holed)
    nothing = holed.copy()
    nothing[:, 4] = np.nan
    with pytest.raises(ValueError, match="feature 4 of 12 has none"):
        PCA(missing="em").fit(nothing)
    infinite = holed.copy()
    infinite[0, 0] = np.inf
    with pytest.raises(ValueError, match="contains infinity"):
        PCA(missing="em").fit(infinite)
