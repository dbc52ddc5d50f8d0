"""Intervals of the bootstrap: how often they cover, and that they warn where they do not."""

import numpy as np
import pytest
from sklearn.datasets import load_wine

from skparams import PCA, explain

# Rows, variances of the components that are kept, features, degrees of freedom of t (0: normal).
TRUSTED = [
    (100, (12.0, 3.5), 5, 0),
    (100, (12.0, 3.5), 5, 10),
    (100, (40.0, 12.0, 3.5), 10, 0),
    (100, (40.0, 12.0, 3.5), 10, 10),
    (200, (15.0, 6.0, 2.5), 10, 0),
    (200, (15.0, 6.0, 2.5), 10, 10),
    (500, (10.0, 5.0, 2.5), 10, 0),
    (500, (10.0, 5.0, 2.5), 10, 10),
]
KINDS = ("eigenvalues", "ratios", "loadings")


def sample(draw, n, spikes, p, df):
    """Rows and the population's numbers; rows of t have the same covariance."""
    variances = np.r_[spikes, np.ones(p - len(spikes))]
    basis = np.linalg.qr(draw.standard_normal((p, p)))[0]
    X = draw.standard_normal((n, p)) * np.sqrt(variances) @ basis.T
    if df:
        X *= np.sqrt((df - 2) / draw.chisquare(df, (n, 1)))
    return X, (spikes, spikes / variances.sum(), basis[:, : len(spikes)] * np.sqrt(spikes))


def scaled(n, draw, p=8):
    """Rows of two groups of features that correlate, and the numbers of their correlations."""
    correlations = np.eye(p)
    correlations[:5, :5] += 0.7 * (1 - np.eye(5))
    correlations[5:, 5:] += 0.5 * (1 - np.eye(p - 5))
    values, vectors = np.linalg.eigh(correlations)
    X = draw.standard_normal((n, p)) @ np.linalg.cholesky(correlations).T * np.arange(1, p + 1)
    values = values[::-1][:2]
    return X, (values, values / p, vectors[:, ::-1][:, :2] * np.sqrt(values))


def coverage(make, n_seeds, n_resamples, k, scale=False):
    """Shares of intervals that cover, of each kind, and of samples with a warning."""
    draw, covered, warned = np.random.RandomState(0), [], 0
    for seed in range(n_seeds):
        X, truth = make(draw)
        model = PCA(k, scale=scale, svd_solver="full").fit(X)
        found = explain(model, X).bootstrap(n_resamples, random_state=seed)
        warned += bool(found.warnings)
        signs = np.sign((truth[2] * model.loadings_).sum(axis=0))
        numbers = truth[0], truth[1], truth[2] * signs
        within = []
        for kind, number in zip(KINDS, numbers, strict=True):
            low, high = found.interval(kind)
            inside = (low <= number) & (number <= high)
            within.append(inside.mean(axis=0) if kind == "loadings" else inside)
        covered.append(within)
    return np.mean(covered, axis=0), warned / n_seeds


@pytest.mark.exhaustive
@pytest.mark.parametrize("design", TRUSTED, ids=str)
def test_intervals_cover(design):
    n, spikes, p, df = design
    make = lambda draw: sample(draw, n, np.array(spikes), p, df)  # noqa: E731
    found, warned = coverage(make, 200, 200, len(spikes))
    assert ((found > 0.89) & (found < 0.99)).all(), found.round(3)
    assert warned < 0.15


@pytest.mark.exhaustive
def test_intervals_of_correlations_cover():
    found, warned = coverage(lambda draw: scaled(200, draw), 200, 200, 2, scale=True)
    assert ((found > 0.89) & (found < 0.99)).all(), found.round(3)
    assert warned < 0.15


def test_intervals_cover_in_a_few_samples():
    found, warned = coverage(lambda draw: sample(draw, 100, np.array([12, 3.5]), 5, 0), 40, 100, 2)
    assert (found > 0.8).all()
    assert warned < 0.1


NOT_TRUSTED = {
    "fewer rows than features": (40, (400.0, 100.0), 60, 2),
    "two equal eigenvalues": (200, (16.0, 4.0, 4.0), 10, 3),
    "the next is equal": (200, (16.0, 4.0, 4.0), 10, 2),
    "no structure": (100, (), 6, 3),
    "no structure, of many rows": (2000, (), 6, 1),
}


@pytest.mark.parametrize("case", NOT_TRUSTED)
def test_where_intervals_are_not_to_be_trusted(case):
    n, spikes, p, k = NOT_TRUSTED[case]
    for seed in range(4):
        X, _ = sample(np.random.RandomState(seed), n, np.array(spikes), p, 0)
        for scale in (False, True) if not spikes else (False,):
            found = explain(PCA(k, scale=scale).fit(X), X).bootstrap(60, random_state=0)
            assert any("not to be trusted" in sentence for sentence in found.warnings)
            assert found.warnings[0] in str(found)


def test_a_variance_at_a_bound_has_percentile_intervals():
    X = np.random.RandomState(0).standard_normal((60, 3))
    X = np.column_stack([X, X[:, 0]])
    found = explain(PCA().fit(X), X).bootstrap(60, random_state=0)
    assert any("at a bound" in sentence for sentence in found.warnings)
    for kind in KINDS:
        low, high = found.interval(kind)
        assert (low <= high).all()
        assert np.isfinite(low).all()
    one = explain(PCA().fit(X[:, :1]), X[:, :1]).bootstrap(60, random_state=0)
    np.testing.assert_allclose(one.interval("ratios"), 1)
    assert (one.interval() > 0).all()


def test_intervals_do_not_leave_their_range():
    X = load_wine().data
    found = explain(PCA(scale=True).fit(X), X).bootstrap(100, random_state=0)
    assert (found.interval() > 0).all()
    low, high = found.interval("ratios", 0.999)
    assert ((low > 0) & (high < 1)).all()


def test_intervals_are_in_units_of_the_rows():
    X, _ = sample(np.random.RandomState(0), 100, np.array([12, 3.5]), 5, 0)
    found = explain(PCA(2).fit(X), X).bootstrap(60, random_state=0)
    other = explain(PCA(2).fit(X * 1e6), X * 1e6).bootstrap(60, random_state=0)
    np.testing.assert_allclose(other.interval(), found.interval() * 1e12)
    np.testing.assert_allclose(other.interval("ratios"), found.interval("ratios"))
    assert other.warnings == found.warnings == ()
