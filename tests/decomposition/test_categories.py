"""Categories that a PCA was not fitted on, beside FactoMineR's numbers and an obvious oracle."""

from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from skparams import PCA, explain


def by_hand(X, y, weight, k, scale):
    """Tables of one category, from rows repeated by their weights."""
    X, y = np.repeat(X, weight, axis=0), np.repeat(y, weight)
    z = X - X.mean(axis=0)
    if scale:
        z = z / z.std(axis=0, ddof=1)
    _, singular, axes = np.linalg.svd(z, full_matrices=False)
    n, scores = len(z), z @ axes[:k].T
    tables, between = [], 0
    for level in np.unique(y):
        rows = y == level
        mean, count = scores[rows].mean(axis=0), rows.sum()
        # FactoMineR's formula, whose eigenvalues divide by n
        v_test = mean * np.sqrt(count * (n - 1) / (n - count)) / np.sqrt(singular[:k] ** 2 / n)
        tables.append((mean, v_test, mean**2 / (z[rows].mean(axis=0) ** 2).sum()))
        between = between + count * mean**2
    coordinates, v_tests, cos2 = map(np.array, zip(*tables, strict=True))
    return coordinates, v_tests, cos2, between / singular[:k] ** 2


@pytest.mark.parametrize("scale", [False, True])
@pytest.mark.parametrize("make", [np.asarray, sp.csr_matrix])
@pytest.mark.parametrize("solver", ["full", "covariance_eigh"])
def test_levels_beside_an_obvious_version(scale, make, solver, correlated, rng):
    X, weight = correlated(60, 5, 3.0), rng.randint(0, 3, 60)
    Y = np.column_stack([rng.choice(list("abc"), 60), np.where(X[:, 1] > 3, "high", "low")])
    if make is not np.asarray and solver == "full":
        pytest.skip("sparse rows need another solver")
    pca = PCA(3, scale=scale, svd_solver=solver).fit(make(X), sample_weight=weight)
    found = explain(pca, make(X)).supplementary_categories(Y, sample_weight=weight)
    for rows, j in ((slice(3), 0), (slice(3, 5), 1)):
        expected = by_hand(X, Y[:, j], weight, 3, scale)
        tables = *(table[rows] for table in found[:3]), found.eta2[j]
        for i, (table, other) in enumerate(zip(tables, expected, strict=True)):
            if i < 2:  # the oracle's signs are arbitrary
                table, other = np.abs(table), np.abs(other)
            np.testing.assert_allclose(table, other, rtol=1e-7, atol=1e-9)
    assert (np.sign(found.coordinates) == np.sign(found.v_tests)).all()
    assert found.levels == (("y0", "a"), ("y0", "b"), ("y0", "c"), ("y1", "high"), ("y1", "low"))
    np.testing.assert_allclose(found.counts[:3].sum(), weight.sum())


def test_the_competitions_of_the_decathlon():
    """The values that FactoMineR's summary prints."""
    pd = pytest.importorskip("pandas")
    data = pd.read_csv(Path(__file__).with_name("decathlon.csv"))
    X, n = data.iloc[:, :10], len(data)
    pca = PCA(3, scale=True).fit(X)
    np.testing.assert_allclose(pca.explained_variance_, [3.272, 1.737, 1.405], atol=5e-4)
    found = explain(pca, X).supplementary_categories(data["Competition"])
    levels = [("Competition", "Decastar"), ("Competition", "OlympicG")]
    assert list(found.coordinates.index) == levels
    assert list(found.counts) == [13, 28]
    signs = np.sign(found.coordinates.iloc[0]) * [-1, -1, 1]
    coordinates = found.coordinates * signs * np.sqrt(n / (n - 1))
    expected = [[-0.600, -0.038, 0.289], [0.279, 0.017, -0.134]]
    np.testing.assert_allclose(coordinates, expected, atol=5.1e-4)
    v_tests = [[-1.430, -0.123, 1.050], [1.430, 0.123, -1.050]]
    np.testing.assert_allclose(found.v_tests * signs, v_tests, atol=5.1e-4)
    np.testing.assert_allclose(found.cos2, [[0.403, 0.002, 0.093]] * 2, atol=5.1e-4)


def test_v_tests_of_random_levels_are_standard_normal(rng):
    X = rng.standard_normal((80, 4))
    explained = explain(PCA(2).fit(X), X)
    Y = np.array([rng.permutation(np.repeat(["a", "b"], [20, 60])) for _ in range(400)]).T
    found = explained.supplementary_categories(Y).v_tests[::2]
    assert abs(found.std() - 1) < 0.08
    assert 0.03 < (np.abs(found) > 1.96).mean() < 0.07


def test_what_is_undefined_is_nan_without_a_warning(correlated):
    X = np.column_stack([correlated(20, 2), np.zeros(20)])
    found = explain(PCA(3).fit(X), X).supplementary_categories(["a"] * 20)
    assert np.isnan(found.v_tests).all()
    np.testing.assert_allclose(found.coordinates, 0, atol=1e-10)
    two = explain(PCA(3).fit(X), X).supplementary_categories(["a", "b"] * 10)
    assert np.isnan(two.v_tests[:, 2]).all()
    assert np.isnan(two.eta2[:, 2]).all()
    assert np.isfinite(two.v_tests[:, :2]).all()


@pytest.mark.parametrize(
    ("Y", "message"),
    [
        (["a", None] * 10, "levels must be of one type, none missing, but those of 'y0' are not"),
        ([1.0, np.nan] * 10, "levels must be of one type, none missing"),
        (["a", "b"], "inconsistent numbers of samples"),
        (np.zeros((20, 0)), "must have at least one column"),
        (np.zeros((20, 1, 1)), "must have one or two dimensions"),
    ],
)
def test_levels_that_are_not_allowed(Y, message, correlated):
    X = correlated(20, 3)
    with pytest.raises(ValueError, match=message):
        explain(PCA(2).fit(X), X).supplementary_categories(Y)


def test_text_is_referred_to_the_method_for_categories(correlated):
    X = correlated(20, 3)
    with pytest.raises(
        ValueError, match=r"got text\. For categories, call supplementary_categories"
    ):
        explain(PCA(2).fit(X), X).supplementary_features(["a", "b"] * 10)


def test_levels_of_several_columns_of_a_frame(correlated):
    pd = pytest.importorskip("pandas")
    X = pd.DataFrame(correlated(20, 3), columns=list("abc"))
    Y = pd.DataFrame({"day": pd.Categorical(["mon", "tue"] * 10), "dose": [1, 2, 2, 2] * 5})
    found = explain(PCA(2).fit(X), X).supplementary_categories(Y)
    assert list(found.eta2.index) == ["day", "dose"]
    assert list(found.v_tests.index) == [("day", "mon"), ("day", "tue"), ("dose", 1), ("dose", 2)]
    assert list(found.v_tests.columns) == ["pca0", "pca1"]
