"""Supplementary features, rotations and the bootstrap of a PCA; labels and bad input of tables."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_wine
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skparams import PCA, diff, explain, plan, probe, slim, summary
from skparams._records import Unknown
from skparams.decomposition import RotatedPCA
from skparams.decomposition._explain.diagnostics import rank_of
from skparams.decomposition._explain.resamples import (
    _add_products,
    _to_correlations,
    _to_covariances,
)


@pytest.fixture
def wine():
    return load_wine(as_frame=True).data


@pytest.mark.parametrize("scale", [False, True])
def test_supplementary_features(scale, correlated, rng):
    X, weight = correlated(70, 5, 30.0), rng.randint(0, 3, 70)
    Y = np.column_stack([X[:, 0] - X[:, 3], rng.standard_normal(70) + 1e6, np.full(70, 0.1)])
    model = PCA(3, scale=scale, whiten=True).fit(X, sample_weight=weight)
    explained = explain(model, X)
    found = explained.supplementary_features(Y, sample_weight=weight)
    scores, all_Y = model.transform(np.repeat(X, weight, 0)), np.repeat(Y, weight, 0)
    covariances = np.cov(all_Y.T, scores.T)[:3, 3:]
    correlations = np.zeros((3, 3))
    correlations[:2] = np.corrcoef(all_Y[:, :2].T, scores.T)[:2, 2:]
    np.testing.assert_allclose(found.coordinates, correlations if scale else covariances, atol=1e-8)
    np.testing.assert_allclose(found.correlations, correlations, atol=1e-8)
    np.testing.assert_allclose(found.cos2, correlations**2, atol=1e-8)
    own = explained.supplementary_features(X, sample_weight=weight)  # their loadings
    np.testing.assert_allclose(own.coordinates, model.loadings_, atol=1e-10)
    np.testing.assert_allclose(own.correlations, explained.correlations, atol=1e-10)


def test_supplementary_beside_prince(wine):
    prince = pytest.importorskip("prince")
    others, X = ["proline", "hue"], wine.drop(columns=["proline", "hue"])
    theirs = prince.PCA(n_components=3, engine="scipy").fit(wine, supplementary_columns=others)
    model = explain(PCA(3, scale=True).fit(X), X)
    ours = model.supplementary_features(wine[others]).correlations
    expected = theirs.column_correlations.loc[others]
    np.testing.assert_allclose(np.abs(ours), np.abs(expected), atol=1e-8)
    assert list(ours.index) == others
    rows = model.coordinates(X[:5]) * np.sqrt(len(X) / (len(X) - 1))  # supplementary ones
    np.testing.assert_allclose(np.abs(rows), np.abs(theirs.row_coordinates(wine[:5])), atol=1e-8)


def test_rotation_in_a_pipeline(wine):
    pipeline = make_pipeline(StandardScaler(), RotatedPCA(PCA(3))).set_output(transform="pandas")
    scores = pipeline.fit_transform(wine)
    assert list(scores) == ["rotatedpca0", "rotatedpca1", "rotatedpca2"]
    assert list(explain(pipeline, wine).loadings.index) == list(wine)
    assert pipeline[-1].loadings_.shape == (13, 3)


def test_components_without_variance_are_not_turned(correlated):
    X = correlated(50, 3)
    X = np.column_stack([X, X[:, 0]])
    model = PCA().fit(X)
    explained = explain(model, X)
    assert explained.rotate().loadings_.shape == (4, 3)
    np.testing.assert_allclose(explain(explained.rotate()).communalities, 1)
    assert np.isfinite(explained.hotelling_t2()).all()
    assert rank_of(model) == 3
    assert (explained.spe() < 1e-20).all()
    odd = explained.outliers(X + [0, 0, 0, 1], alpha=1e-9)
    assert len(odd) == 50  # off the plane of all rows


def test_components_without_variance_correlate_with_nothing(correlated, rng):
    X = correlated(50, 3)
    X = np.column_stack([X, X[:, 0]])
    found = explain(PCA().fit(X), X).supplementary_features(rng.standard_normal(50))
    assert (found.correlations[:, 3] == 0).all()
    with pytest.raises(ValueError, match="must sum to more than 1, got 1"):
        explain(PCA(2).fit(X), X[:1]).supplementary_features([1.0])


def test_a_rotated_pca_is_an_estimator_like_others(wine):
    turned = explain(PCA(3, scale=True).fit(wine)).rotate()
    assert turned.get_params()["pca__n_components"] == 3
    for other in (pickle.loads(pickle.dumps(turned)), clone(turned).fit(wine), slim(turned, wine)):
        np.testing.assert_allclose(other.transform(wine), turned.transform(wine), atol=1e-9)
    assert list(turned.get_feature_names_out()) == [f"rotatedpca{j}" for j in range(3)]
    assert list(turned.set_output(transform="pandas").transform(wine)) == list(
        explain(turned).loadings
    )
    planned = plan(clone(turned), wine).totals
    for kind, expected in (("stored", 9 + 3 * 13 + 13 + 13), ("free", 3 + 39 - 6 + 13 + 13)):
        assert turned.count_params(kind=kind) == expected
        assert getattr(planned, kind) == expected
    assert not summary(turned).guessed
    assert diff(turned, clone(turned).fit(wine)).is_empty
    used = {found.path for found in probe(turned, wine[:30]).used}
    assert {"rotation_", "pca___components_", "pca___mean_"} <= used


@pytest.mark.parametrize("wide", [4, 5])
def test_moments_of_resamples(wide, correlated, rng, monkeypatch):
    monkeypatch.setattr("skparams.decomposition._explain.resamples.WIDE", wide)
    z = correlated(40, 4)
    counts = np.array([np.bincount(rng.randint(40, size=40), minlength=40) for _ in range(5)])
    found = np.zeros((5, 4, 4))
    list(_add_products(z, counts.astype(float), found))
    _to_covariances(found, z, counts.astype(float))
    expected = [np.cov(np.repeat(z, row, axis=0).T) for row in counts]
    np.testing.assert_allclose(found, expected)
    _to_correlations(found)
    expected = [np.corrcoef(np.repeat(z, row, axis=0).T) for row in counts]
    np.testing.assert_allclose(found, expected)


def test_a_resample_may_leave_a_feature_constant(rng):
    X = np.column_stack([rng.standard_normal((40, 3)), np.zeros(40)])
    X[0, 3] = 1.0  # a third of the resamples are without it
    found = explain(PCA(scale=True).fit(X), X).bootstrap(64, random_state=0).resamples
    total = found.eigenvalues.sum(axis=1)
    assert set(total.round(8)) == {3.0, 4.0}
    assert (found.loadings[total < 3.5, 3] == 0).all()


def test_bootstrap(correlated, rng):
    X = correlated(60, 5, 1e3)
    for arguments in ({}, {"scale": True}, {"whiten": True, "svd_solver": "arpack"}):
        model = PCA(2, **arguments).fit(X)
        found = explain(model, X).bootstrap(70, random_state=0)
        assert found.resamples.loadings.shape == (70, 5, 2)
        np.testing.assert_allclose(found.estimates.loadings, model.loadings_)
        drawn = np.random.RandomState(np.random.RandomState(0).randint(2**31 - 1, size=3)[0])
        first = PCA(2, scale=model.scale).fit(X[drawn.randint(60, size=60)])
        np.testing.assert_allclose(found.resamples.eigenvalues[0], first.eigenvalues_)
        np.testing.assert_allclose(found.resamples.ratios[0], first.explained_variance_ratio_)
        np.testing.assert_allclose(np.abs(found.resamples.loadings[0]), np.abs(first.loadings_))
        assert ((found.resamples.loadings * model.loadings_).sum(axis=1) >= 0).all()
    low, high = found.interval("loadings", 0.9)
    assert ((low <= model.loadings_) & (model.loadings_ <= high)).mean() > 0.8
    explained = explain(model, X)
    turned = explained.bootstrap(70, alignment="procrustes", random_state=0)
    distance, other = (
        ((each.resamples.loadings - model.loadings_) ** 2).sum() for each in (turned, found)
    )
    assert distance < other
    weighted = explained.bootstrap(50, sample_weight=np.r_[np.ones(30), np.zeros(30)])
    half = PCA(2).fit(X[:30])
    low, high = weighted.interval(confidence_level=0.999)
    assert ((low < half.eigenvalues_) & (half.eigenvalues_ < high)).all()


def test_a_bootstrap_does_not_depend_on_threads(correlated, monkeypatch):
    X = correlated(60, 5)
    model = explain(PCA(2).fit(X), X)
    found = []
    for n in (1, 2):
        monkeypatch.setattr("skparams.decomposition._explain.resamples.n_threads", lambda n=n: n)
        found.append(model.bootstrap(70, random_state=3).resamples)
    for one, two in zip(*found, strict=True):
        np.testing.assert_array_equal(one, two)


def test_a_bootstrap_shows_its_progress(correlated, capsys):
    X = correlated(30, 3)
    found = explain(PCA(2).fit(X), X).bootstrap(40, progress=True)
    assert "━ 40/40" in capsys.readouterr().err
    assert str(found).startswith("40 resamples: share of the variance, 95 % interval\npca0  0.")


def test_labels(wine):
    model = explain(PCA(2, scale=True).fit(wine), wine)
    shifted = wine.set_index(wine.index + 1000)
    for table in (model.loadings, model.correlations, model.contributions):
        assert list(table.index) == list(wine)
        assert list(table) == ["pca0", "pca1"]
    assert list(model.communalities.index) == list(wine)
    for method in ("coordinates", "row_contributions", "cos2"):
        table = getattr(model, method)(shifted)
        assert list(table) == ["pca0", "pca1"]
        assert table.index.equals(shifted.index)
    assert model.hotelling_t2(shifted).index.equals(shifted.index)
    assert model.spe(shifted).name == "spe"
    assert list(model.spe_contributions(shifted)) == list(wine)
    assert set(model.outliers(shifted).labels) <= set(shifted.index)
    arrays = explain(model.pca, wine, as_frame=False)
    for table in (arrays.loadings, arrays.spe(), arrays.explained_by(0)):
        assert isinstance(table, np.ndarray)
    nameless = PCA(2).fit(wine.to_numpy())
    assert isinstance(nameless.loadings_, np.ndarray)
    assert isinstance(model.pca.loadings_, np.ndarray)
    assert list(explain(nameless, as_frame=True).loadings.index[:2]) == ["x0", "x1"]
    assert explain(nameless).explained_by("x3").shape == (2, 4)
    frame = model.bootstrap(20, random_state=0).to_frame("loadings")
    assert frame.loc[("pca1", "hue"), "estimate"] == model.loadings.loc["hue", "pca1"]
    assert model.outliers(shifted).to_frame().index.isin(shifted.index).all()
    assert list(model.supplementary_features(wine[["hue"]]).cos2.index) == ["hue"]
    assert list(model.supplementary_features(wine["hue"]).cos2.index) == ["hue"]
    assert list(model.supplementary_features(wine.to_numpy()[:, :2]).cos2.index) == ["y0", "y1"]


ROW_TABLES = ("coordinates", "row_contributions", "cos2", "hotelling_t2", "spe", "outliers",
              "hotelling_t2_contributions", "spe_contributions", "row_tables")  # fmt: skip


def test_before_fit(correlated):
    X = correlated(10, 3)
    for model in (PCA(), PCA().partial_fit(X[:1]), RotatedPCA(PCA())):
        assert not hasattr(model, "loadings_")
        for use in (lambda m: m.loadings_, lambda m: explain(m, X).correlations):
            with pytest.raises(NotFittedError, match=r"is not fitted yet|has seen 1 sample"):
                use(model)


def test_tables_are_those_of_explain_alone():
    """Nothing exists twice."""
    gone = {*ROW_TABLES, "contributions", "limits", "bootstrap", "rotate", "feature_table",
            "explained_by", "supplementary_features", "correlations_", "contributions_",
            "communalities_"}  # fmt: skip
    assert not gone & set(dir(PCA))
    assert not gone & set(dir(RotatedPCA))


def test_rows_are_needed_for_tables_of_rows(correlated):
    X = correlated(40, 4)
    model = explain(PCA(2).fit(X))
    assert repr(model).startswith("PCA: 2 components of 4 features explain")
    assert "rows" not in repr(model)
    for method in ROW_TABLES:
        with pytest.raises(ValueError, match=rf"Explanation.{method}: X must be given to explain"):
            getattr(model, method)()
        assert getattr(model, method)(X) is not None
    for call in (model.bootstrap, lambda: model.supplementary_features(X)):
        with pytest.raises(ValueError, match="X must be given to explain, got None"):
            call()


def test_bad_input(correlated):
    X = correlated(40, 4)
    pca = PCA(2).fit(X)
    model = explain(pca, X)
    for method in ROW_TABLES:
        with pytest.raises(ValueError, match="X has 3 features, but PCA is expecting 4"):
            getattr(model, method)(X[:, :3])
    with pytest.raises(ValueError, match="X has 3 features, but PCA is expecting 4"):
        explain(pca, X[:, :3])
    for alpha in (0, 1, -0.1, 2.0, np.nan, "0.05"):
        for call in (model.limits, model.outliers):
            with pytest.raises(ValueError, match=r"alpha must be a number in \(0, 1\), got"):
                call(alpha=alpha)
    for feature in ("sepal", 4, -5, 1.0, None, True):
        with pytest.raises(ValueError, match="feature must be one of the 4 features, by name"):
            model.explained_by(feature)
    holed = np.where(X > 2, np.nan, X)
    for call, match in (
        (lambda: model.supplementary_features(X[:39]), "inconsistent numbers of samples"),
        (lambda: model.supplementary_features(X * np.nan), "contains NaN"),
        (lambda: explain(pca, as_frame="yes"), "as_frame must be True, False or None"),
        (lambda: model.rotate("equamax"), "method must be one of"),
        (lambda: model.rotate(["varimax"]), r"method must be .*, got \['varimax'\]"),
        (lambda: model.bootstrap(1), "n_resamples must be an int of at least 2, got 1"),
        (lambda: model.bootstrap(alignment="none"), "alignment must be one of"),
        (lambda: model.bootstrap(alignment=["signs"]), r"must be .*, got \['signs'\]"),
        (lambda: explain(pca, X[:1]).bootstrap(), "at least 2 rows, got 1"),
        (lambda: model.bootstrap(5).interval("ratio"), "kind must be one of"),
        (lambda: model.bootstrap(5).interval(confidence_level=95), "confidence_level must be"),
        (lambda: model.limits(training=None), "training must be True or False, got None"),
        (lambda: model.outliers(training="yes"), "training must be True, False or None"),
        (lambda: model.outliers(X * 9, training=True), "training=True, but T² of row"),
        (lambda: model.row_contributions(sample_weight=np.ones(3)), r"shape|inconsistent"),
        (lambda: model.bootstrap(sample_weight=-np.ones(40)), "must not be negative, got -1"),
        (lambda: model.bootstrap(sample_weight=np.ones(40) / 40), "sum to 2 or more, as it"),
        (lambda: explain(pca, X * np.nan), "Input X contains NaN"),
        (
            lambda: explain(PCA(2, missing="em").fit(X), holed).bootstrap(),
            "X has missing values.* Leave out the rows",
        ),
    ):
        with pytest.raises(ValueError, match=match):
            call()


def test_all_components_leave_no_error(correlated):
    X = correlated(40, 4)
    for pca in (PCA().fit(X), PCA(svd_solver="full").fit(X), PCA().partial_fit(X)):
        model = explain(pca, X)
        assert (model.spe(X * 3) == 0).all()
        assert model.limits().spe == 0
        assert len(model.outliers(alpha=1e-9)) == 0
    none = explain(PCA(0).fit(X), X)
    assert none.limits().hotelling_t2 == 0
    assert (none.hotelling_t2() == 0).all()
    wide = PCA().fit(correlated(5, 9))  # the fifth has no variance
    assert isinstance(explain(wide).limits().spe, Unknown)
    assert rank_of(wide) == 4


def test_features_without_variance(correlated):
    X = np.column_stack([correlated(40, 3), np.full(40, 0.1)])
    for scale in (False, True):
        model = explain(PCA(2, scale=scale).fit(X))
        assert (model.correlations[3] == 0).all()
        assert model.communalities[3] == 0
        assert np.isfinite(model.explained_by(3)).all()
    constant = explain(PCA(2).fit(np.ones((20, 3))), np.ones((20, 3)))
    for method in ("row_contributions", "cos2", "hotelling_t2", "spe"):
        assert (getattr(constant, method)(np.ones((4, 3))) == 0).all()
    assert constant.limits() == (0, 0)
    assert np.isfinite(constant.bootstrap(5).interval("loadings")).all()
    assert constant.rotate().loadings_.shape == (3, 0)
