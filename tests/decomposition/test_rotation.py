"""Rotations: criteria, scores, oblique components."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.decomposition._factor_analysis import _ortho_rotation
from sklearn.exceptions import ConvergenceWarning

from skparams import PCA, diff, explain, plan
from skparams.decomposition import RotatedPCA
from skparams.decomposition._explain.orthomax import criterion_of, rotation_of
from tests.sweep import sweep

WEIGHTS = {"varimax": 1.0, "quartimax": 0.0}


@pytest.mark.parametrize("method", ["varimax", "quartimax"])
@pytest.mark.parametrize("arguments", [{}, {"scale": True}, {"whiten": True}], ids=str)
def test_rotation(method, arguments, correlated):
    X = correlated(100, 8)
    model = PCA(3, **arguments).fit(X)
    before, loadings = pickle.dumps(model), model.loadings_
    turned = explain(model).rotate(method)
    tables = explain(turned)
    norms = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    expected = norms * _ortho_rotation(loadings / norms, method, tol=1e-13, max_iter=5000).T
    expected = expected[:, np.argsort(-(expected**2).sum(axis=0))]
    np.testing.assert_allclose(np.abs(turned.loadings_), np.abs(expected), atol=1e-5)
    np.testing.assert_allclose(tables.communalities, explain(model).communalities, atol=1e-10)
    np.testing.assert_allclose(turned.rotation_ @ turned.rotation_.T, np.eye(3), atol=1e-12)
    variances = turned.explained_variance_
    np.testing.assert_allclose(variances, (turned.loadings_**2).sum(axis=0))
    assert variances.sum() == pytest.approx(model.explained_variance_.sum())
    assert (np.diff(variances) <= 0).all()
    scores = turned.transform(X)
    covariance = np.diag(np.ones(3) if model.whiten else variances)
    np.testing.assert_allclose(np.cov(scores.T), covariance, atol=1e-10)
    restored = model.inverse_transform(model.transform(X))
    np.testing.assert_allclose(turned.inverse_transform(scores), restored, atol=1e-10)
    unit = model.scale_ if model.scale else 1.0
    unit_scores = scores / scores.std(axis=0, ddof=1)
    cross = ((X - X.mean(axis=0)) / unit).T @ unit_scores / (len(X) - 1)
    np.testing.assert_allclose(turned.loadings_, cross, atol=1e-10)
    np.testing.assert_allclose(tables.contributions.sum(axis=0), 1)
    assert pickle.dumps(model) == before
    again = clone(turned).fit(X)
    np.testing.assert_allclose(again.loadings_, turned.loadings_)


def by_planes(rows, weight):
    """The criterion that Kaiser's rotations of one pair of columns after the other lead to."""
    rows = rows.copy()
    p, k = rows.shape
    for _ in range(200):
        largest = 0.0
        for i in range(k):
            for j in range(i + 1, k):
                x, y = rows[:, i].copy(), rows[:, j].copy()
                u, v = x**2 - y**2, 2 * x * y
                across = 2 * (u @ v - weight * u.sum() * v.sum() / p)
                along = u @ u - v @ v - weight * (u.sum() ** 2 - v.sum() ** 2) / p
                angle = np.arctan2(across, along) / 4 if np.hypot(across, along) > 1e-12 else 0.0
                rows[:, i] = x * np.cos(angle) + y * np.sin(angle)
                rows[:, j] = y * np.cos(angle) - x * np.sin(angle)
                largest = max(largest, abs(angle))
        if largest < 1e-9:
            break
    return criterion_of(rows, weight)


@pytest.mark.parametrize("seed", sweep(range(400), 20))
def test_no_rotation_is_below_that_by_planes(seed):
    draw = np.random.RandomState(seed)
    p, k = draw.randint(3, 11), draw.randint(2, 4)
    loadings = draw.standard_normal((p, k)).round(draw.choice([0, 1, 8]))
    norms = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    rows = loadings / np.where(norms > 0, norms, 1)
    for method, weight in WEIGHTS.items():
        rotation = rotation_of(loadings, method)
        np.testing.assert_allclose(rotation.T @ rotation, np.eye(k), atol=1e-12)
        assert criterion_of(rows @ rotation, weight) >= by_planes(rows, weight) - 1e-10


def test_balanced_loadings_are_turned():
    loadings = np.array([[1, 1], [1, 1], [1, -1], [1, -1]]) / np.sqrt(2)
    turned = np.abs(loadings @ rotation_of(loadings, "varimax"))
    np.testing.assert_allclose(np.sort(turned, axis=1), [[0, 1]] * 4, atol=1e-12)


def test_two_factors_of_two_features_each():
    correlations = np.eye(4)
    for i, j in ((0, 1), (2, 3)):
        correlations[i, j] = correlations[j, i] = 0.6
    values, vectors = np.linalg.eigh(correlations)
    loadings = vectors[:, -2:] * np.sqrt(values[-2:])
    mixed = loadings @ np.linalg.qr(np.random.RandomState(0).standard_normal((2, 2)))[0]
    turned = np.sort(np.abs(mixed @ rotation_of(mixed, "varimax")), axis=1)
    np.testing.assert_allclose(turned, [[0, np.sqrt(0.8)]] * 4, atol=1e-9)


def test_a_rotation_whose_sweeps_do_not_suffice_says_so(monkeypatch):
    loadings = np.random.RandomState(0).standard_normal((20, 6))
    monkeypatch.setattr("skparams.decomposition._explain.orthomax.MAX_SWEEPS", 1)
    with pytest.warns(ConvergenceWarning, match="RotatedPCA: quartimax did not converge within 1"):
        rotation = rotation_of(loadings, "quartimax")
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(6), atol=1e-12)


def test_rotation_of_one_component_or_none(correlated):
    X = correlated(30, 4)
    for method in ("varimax", "promax"):
        one = explain(PCA(1).fit(X)).rotate(method)
        np.testing.assert_allclose(np.abs(one.rotation_), [[1.0]])
        assert explain(PCA(0).fit(X)).rotate(method).loadings_.shape == (4, 0)


def related(seed=0):
    """Six features of two components that correlate by 0.5."""
    draw = np.random.RandomState(seed)
    factors = draw.standard_normal((2000, 2)) @ np.linalg.cholesky([[1, 0.5], [0.5, 1]]).T
    return np.repeat(factors, 3, axis=1) + 0.4 * draw.standard_normal((2000, 6))


def test_promax_is_that_of_r_and_statsmodels():
    model = PCA(2, scale=True).fit(related())
    varimax, turned = explain(model).rotate().loadings_, explain(model).rotate("promax")
    # stats::promax(m = 4) of R, line by line
    fitted = np.linalg.lstsq(varimax, varimax * np.abs(varimax) ** 3, rcond=None)[0]
    fitted = fitted @ np.diag(np.sqrt(np.diag(np.linalg.inv(fitted.T @ fitted))))
    np.testing.assert_allclose(np.abs(turned.loadings_), np.abs(varimax @ fitted), atol=1e-8)
    # statsmodels returns the correlations, and its power is one more.
    factor_rotation = pytest.importorskip("statsmodels.multivariate.factor_rotation")
    expected = factor_rotation.promax(varimax, 5)[0]
    found = explain(turned).correlations
    np.testing.assert_allclose(np.abs(found), np.abs(expected), atol=2e-3)


@pytest.mark.parametrize("whiten", [False, True])
def test_oblique_components(whiten):
    X = related()
    model = PCA(2, scale=True, whiten=whiten).fit(X)
    turned = explain(model).rotate("promax")
    tables = explain(turned)
    phi = turned.component_correlations_
    np.testing.assert_allclose(np.diag(phi), 1)
    assert 0.4 < phi[0, 1] < 0.6
    scores = turned.transform(X)
    np.testing.assert_allclose(np.corrcoef(scores.T), phi, atol=1e-10)
    spreads = np.ones(2) if whiten else np.sqrt((turned.loadings_**2).sum(axis=0))
    np.testing.assert_allclose(scores.std(axis=0, ddof=1), spreads)
    both = np.corrcoef(np.column_stack([X, scores]).T)
    np.testing.assert_allclose(tables.correlations, both[:6, 6:], atol=1e-10)
    np.testing.assert_allclose(tables.communalities, explain(model).communalities)
    assert turned.explained_variance_.sum() == pytest.approx(model.explained_variance_.sum())
    restored = model.inverse_transform(model.transform(X))
    np.testing.assert_allclose(turned.inverse_transform(scores), restored, atol=1e-10)
    # Each feature has one large loading, where varimax leaves two.
    assert np.sort(np.abs(turned.loadings_), axis=1)[:, 0].max() < 0.05
    assert np.sort(np.abs(explain(model).rotate().loadings_), axis=1)[:, 0].max() > 0.2


def test_an_oblique_pca_is_an_estimator_like_others():
    X = related()
    turned = RotatedPCA(PCA(2), "promax").fit(X)
    assert turned.count_params(kind="free") == plan(clone(turned), X).totals.free
    assert diff(turned, clone(turned).fit(X)).is_empty
    loaded = pickle.loads(pickle.dumps(turned))
    np.testing.assert_array_equal(loaded.transform(X), turned.transform(X))
