"""Tables of features and rows beside a slow and obvious version, and beside prince."""

import numpy as np
import pytest
import scipy.linalg
import scipy.sparse as sp
from scipy.stats import f
from sklearn.datasets import load_wine

from skparams import PCA, explain
from tests.sweep import sweep


class Slow:
    """Every table from the covariance of the rows, repeated by their weights, one at a time."""

    def __init__(self, X, k, weight=None, scale=False):
        X = np.asarray(X, np.float64)
        all_rows = X if weight is None else np.repeat(X, weight, axis=0)
        self.mean, self.k, self.n = all_rows.mean(axis=0), k, len(all_rows)
        deviations = all_rows.std(axis=0, ddof=1)
        self.unit = np.where(deviations > 0, deviations, 1) if scale else np.ones(X.shape[1])
        self.deviations = deviations / self.unit
        values, vectors = scipy.linalg.eigh(np.cov(((all_rows - self.mean) / self.unit).T))
        self.scale = scale
        self.values, self.vectors = values[::-1], vectors[:, ::-1]
        self.kept, self.axes = self.values[:k], self.vectors[:, :k]

    def features(self):
        loadings = self.axes * np.sqrt(self.kept)
        correlations = np.zeros_like(loadings)
        varies = self.deviations > 0
        correlations[varies] = loadings[varies] / self.deviations[varies, np.newaxis]
        return {
            "loadings": loadings,
            "correlations": correlations,
            "contributions": self.axes**2,
            "communalities": (correlations**2).sum(axis=1),
        }

    def rows(self, X):
        z = (np.asarray(X, np.float64) - self.mean) / self.unit
        scores = z @ self.axes
        residuals = z - scores @ self.axes.T
        return {
            "coordinates": scores,
            "row_contributions": scores**2 / ((self.n - 1) * self.kept),
            "cos2": scores**2 / (z**2).sum(axis=1, keepdims=True),
            "hotelling_t2": np.array([s @ np.diag(1 / self.kept) @ s for s in scores]),
            "spe": (residuals**2).sum(axis=1),
            "hotelling_t2_contributions": z * (scores / self.kept @ self.axes.T),
            "spe_contributions": residuals**2,
        }

    def limits(self, alpha):
        n, k, rest = self.n, self.k, self.values[self.k :]
        t2 = k * (n - 1) * (n + 1) / (n * (n - k)) * f.ppf(1 - alpha, k, n - k)
        df, values = n - 1 - k, rest * (n - 1) / (n - 1 - k)
        total = values.sum()
        squares = df**2 / ((df - 1) * (df + 2)) * ((values**2).sum() - total**2 / df)
        squares = np.clip(squares, total**2 / len(rest), (values**2).sum())
        inverse = (n - 1) / (n - 3) if self.scale else 1  # of estimated squared deviations
        mean = total * n / df * inverse
        variance = (2 * squares * (n / df) ** 2 + 2 * k * (total / n) ** 2) * inverse**2
        by_box = 2 * mean**2 / variance
        return t2, mean * f.ppf(1 - alpha, by_box, by_box * df)


def assert_as_slow(model, slow, X, tol=1e-9):
    slow.axes = slow.axes * np.sign((slow.axes * model.components_.T).sum(axis=0))
    explained = explain(model, X)
    for kind, expected in slow.features().items():
        found = getattr(explained, kind)
        np.testing.assert_allclose(found, expected, atol=tol * np.abs(expected).max(), rtol=0)
    np.testing.assert_array_equal(model.loadings_, explained.loadings)
    dense = X.toarray() if sp.issparse(X) else X
    for method, expected in slow.rows(dense).items():
        found = getattr(explained, method)()
        assert found.dtype == model.components_.dtype
        np.testing.assert_allclose(
            found, expected, atol=tol * np.abs(expected).max() + 1e-25, rtol=0, err_msg=method
        )


SETTINGS = [
    {"k": k, "scale": scale, "whiten": whiten, "dtype": dtype, "how": how}
    for k, scale, whiten, dtype, how in [
        (3, False, False, np.float64, "fit"),
        (6, True, False, np.float64, "full"),
        (2, True, True, np.float64, "weights"),
        (3, False, True, np.float64, "stream"),
        (2, True, False, np.float32, "fit"),
        (3, True, False, np.float64, "sparse"),
        (2, False, False, np.float64, "arpack"),
        (3, True, False, np.float64, "weighted stream"),
    ]
]


@pytest.mark.parametrize("offset", [0.0, 100.0])
@pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: f"{s['how']}-{s['k']}")
def test_every_table(setting, offset, correlated, rng):
    k, how = setting["k"], setting["how"]
    X = correlated(90, 6, offset, setting["dtype"])
    weight = rng.randint(0, 4, 90) if "weight" in how else None
    slow = Slow(X, k, weight, setting["scale"])
    solver = how if how in ("full", "arpack") else "auto"
    model = PCA(k, scale=setting["scale"], whiten=setting["whiten"], svd_solver=solver)
    rows = sp.csc_array(X) if how == "sparse" else X
    if "stream" in how:
        for part in np.array_split(np.arange(90), 4):
            model.partial_fit(X[part], sample_weight=None if weight is None else weight[part])
    else:
        model.fit(rows, sample_weight=weight)
    assert_as_slow(model, slow, rows, 1e-3 if setting["dtype"] == np.float32 else 1e-9)
    if how not in ("arpack", "sparse") and k < 6:
        np.testing.assert_allclose(explain(model).limits(alpha=0.01), slow.limits(0.01), rtol=1e-3
                                   if setting["dtype"] == np.float32 else 1e-9)  # fmt: skip
    if weight is not None:
        shares = explain(model, X).row_contributions(sample_weight=weight)
        np.testing.assert_allclose(shares.sum(axis=0), 1)


@pytest.mark.parametrize("seed", sweep(range(20), 2))
def test_random_settings(seed):
    draw = np.random.RandomState(seed)
    n, p = draw.randint(20, 200), draw.randint(2, 12)
    X = draw.standard_normal((n, p)) * np.geomspace(3, 0.3, p) @ draw.standard_normal((p, p))
    k, scale = draw.randint(1, p + 1), bool(draw.randint(2))
    weight = draw.randint(1, 4, n) if draw.randint(2) else None
    model = PCA(k, scale=scale, svd_solver=draw.choice(["full", "covariance_eigh"]))
    assert_as_slow(model.fit(X, sample_weight=weight), Slow(X, k, weight, scale), X, 1e-6)


def test_missing_values_count_as_what_is_expected_of_them(correlated):
    X = correlated(80, 5, 10.0)
    holed = X.copy()
    holed[::7, 1] = np.nan
    model = PCA(2, missing="em", scale=True).fit(holed)
    tables = explain(model)
    covariance = model.scale_**2 * tables.communalities
    explained = (model.components_.T * model.explained_variance_) @ model.components_
    np.testing.assert_allclose(covariance, model.scale_**2 * np.diag(explained))
    filled = model._filled(holed)
    for method in ("coordinates", "cos2", "hotelling_t2", "spe"):
        found = getattr(tables, method)(holed)
        np.testing.assert_allclose(found, getattr(tables, method)(filled), atol=1e-10)
        assert np.isfinite(found).all()
    np.testing.assert_allclose(tables.coordinates(holed), model.transform(holed), atol=1e-12)
    assert np.isfinite(tables.limits()).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_all_tables_of_rows_are_those_of_the_methods(dtype, correlated, rng):
    X, weight = correlated(60, 5, 10.0, dtype), rng.randint(0, 3, 60)
    model = explain(PCA(3, scale=True).fit(X, sample_weight=weight))
    found = model.row_tables(X, sample_weight=weight)
    for name, table in found._asdict().items():
        expected = getattr(model, name)(X, **{"sample_weight": weight} if "con" in name else {})
        assert table.dtype == dtype
        np.testing.assert_array_equal(table, expected, err_msg=name)
    with pytest.raises(ValueError, match="sample_weight must not be negative, got -1"):
        model.row_tables(X, sample_weight=-np.ones(60))
    wine = load_wine(as_frame=True).data[:20].rename(index=str)
    tables = explain(PCA(2).fit(wine), wine).row_tables()
    assert list(tables.cos2) == ["pca0", "pca1"]
    assert tables.spe.name == "spe"
    assert all(table.index.equals(wine.index) for table in tables)
    tables = explain(PCA(2).fit(wine), wine, as_frame=False).row_tables()
    assert isinstance(tables.spe, np.ndarray)


@pytest.mark.parametrize("threads", [1, 3])
def test_rows_in_parts(threads, correlated, monkeypatch):
    X = correlated(1003, 5, 10.0)
    model = PCA(3, scale=True).fit(X)
    explained = explain(model, X)
    whole = explained.row_tables(), model.transform(X), model.score_samples(X)
    monkeypatch.setattr("skparams.decomposition._pca.blocks.n_threads", lambda: threads)
    monkeypatch.setattr("skparams.decomposition._pca.blocks.BLOCK", 64)
    parts = explained.row_tables(), model.transform(X), model.score_samples(X)
    for one, other in zip([*whole[0], *whole[1:]], [*parts[0], *parts[1:]], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)
    sparse = PCA(3, scale=True, svd_solver="covariance_eigh").fit(sp.csr_array(X))
    found = explain(sparse, sp.csc_array(X)).spe()
    np.testing.assert_allclose(found, whole[0].spe, atol=1e-7)


def test_limits_keep_their_digits(correlated):
    model = explain(PCA(2).fit(correlated(50, 5)))
    for alpha in (0.3, 1e-3, 1e-30):
        t2 = model.limits(alpha=alpha).hotelling_t2 / (2 * (50**2 - 1) / (50 * 48))
        assert f.sf(t2, 2, 48) == pytest.approx(alpha)
    assert model.limits(alpha=1e-30).spe < np.inf


def test_sums(correlated):
    X = correlated(60, 5)
    for scale in (False, True):
        model = explain(PCA(scale=scale).fit(X), X)
        np.testing.assert_allclose(model.contributions.sum(axis=0), 1)
        np.testing.assert_allclose(model.row_contributions().sum(axis=0), 1)
        np.testing.assert_allclose(model.cos2().sum(axis=1), 1)
        np.testing.assert_allclose(model.communalities, 1)
        few = PCA(2, scale=scale).fit(X)
        tables = explain(few, X)
        np.testing.assert_allclose(
            tables.hotelling_t2_contributions().sum(axis=1), tables.hotelling_t2()
        )
        np.testing.assert_allclose(tables.spe_contributions().sum(axis=1), tables.spe())
        unit = few.scale_ if scale else 1.0
        errors = ((X - few.inverse_transform(few.transform(X))) / unit) ** 2
        np.testing.assert_allclose(tables.spe(), errors.sum(axis=1))


def test_correlations_are_correlations(correlated):
    X = correlated(60, 5) * [1, 10, 0.1, 3, 2]
    model = PCA(3).fit(X)
    expected = np.corrcoef(X.T, model.transform(X).T)[:5, 5:]
    explained = explain(model)
    np.testing.assert_allclose(explained.correlations, expected, atol=1e-10)
    table = explained.explained_by(-1)
    np.testing.assert_allclose(table[:, 0], model.loadings_[4])
    np.testing.assert_allclose(table[:, 1], explained.correlations[4])
    np.testing.assert_allclose(table[:, 2], explained.contributions[4])
    np.testing.assert_allclose(table[:, 3].sum(), explained.communalities[4])


def test_prince():
    prince = pytest.importorskip("prince")
    X = load_wine(as_frame=True).data
    n, k = len(X), 5
    for scale in (False, True):
        pca = PCA(k, scale=scale, svd_solver="full").fit(X)
        ours = explain(pca, X)
        theirs = prince.PCA(n_components=k, rescale_with_std=scale, engine="scipy").fit(X)
        factor = 1.0 if scale else (n - 1) / n  # of variances, which it divides by n
        np.testing.assert_allclose(theirs.eigenvalues_, pca.eigenvalues_ * factor, rtol=1e-8)
        pairs = [
            (theirs.column_correlations, ours.correlations),
            (theirs.column_contributions_, ours.contributions),
            (theirs.column_cosine_similarities_, ours.correlations**2),
            (theirs.column_coordinates_, ours.loadings * np.sqrt(factor)),
            (theirs.row_contributions_, ours.row_contributions()),
            (theirs.row_cosine_similarities(X), ours.cos2()),
            # larger by that factor, as it scales with the deviations of n
            (
                theirs.row_coordinates(X),
                ours.coordinates() * (np.sqrt(n / (n - 1)) if scale else 1),
            ),
        ]
        for expected, found in pairs:
            expected, found = np.abs(expected.to_numpy()), np.abs(found.to_numpy())
            np.testing.assert_allclose(found, expected, atol=1e-8 * expected.max(), rtol=1e-8)


def test_outliers_name_the_features(correlated, rng):
    X = rng.standard_normal((300, 6)) * 0.1
    factor = rng.standard_normal(300)
    X[:, :4] += factor[:, np.newaxis]
    model = explain(PCA(1).fit(X))
    odd = rng.standard_normal((40, 6)) * 0.1
    odd[7, 5] = 5.0  # beside the component
    odd[3, :4] = 9.0  # along it
    found = model.outliers(odd, alpha=1e-4)
    assert sorted(found.rows) == [3, 7]
    along, beside = (int(np.flatnonzero(found.rows == row)[0]) for row in (3, 7))
    assert found.reasons(1)[beside] == "SPE: x5 100 %"
    assert found.reasons()[along].startswith("T²: ")
    assert "x5" not in found.reasons()[along]
    np.testing.assert_allclose(found.spe_contributions.sum(axis=1), found.spe)
    np.testing.assert_allclose(found.hotelling_t2_contributions.sum(axis=1), found.hotelling_t2)
    np.testing.assert_allclose(found.hotelling_t2, model.hotelling_t2(odd)[found.rows])
    assert str(found).startswith("2 of 40 new rows beyond a limit")
    sparse = model.outliers(sp.csr_array(odd), alpha=1e-4)
    np.testing.assert_array_equal(sparse.rows, found.rows)
    assert len(model.outliers(X[:1] * 0)) == 0
