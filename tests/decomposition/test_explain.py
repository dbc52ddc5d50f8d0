"""A PCA inside another estimator: the rows that reach it, and the names they have there."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_wine
from sklearn.decomposition import PCA as SklearnPCA, IncrementalPCA
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from skparams import PCA, explain
from skparams.decomposition import RotatedPCA

pd = pytest.importorskip("pandas")


@pytest.fixture(scope="module")
def wine():
    X, y = load_wine(return_X_y=True, as_frame=True)
    return X.set_axis([f"wine {i}" for i in range(len(X))]), y


@pytest.fixture(scope="module")
def direct(wine):
    """The same PCA without a pipeline."""
    X = wine[0]
    scaled = pd.DataFrame(StandardScaler().fit_transform(X), X.index, X.columns)
    return PCA(3).fit(scaled), scaled


def scaled_pca():
    return make_pipeline(StandardScaler(), PCA(3))


def wrapped(how):
    if how == "search":
        model = Pipeline([("pre", scaled_pca()), ("clf", LogisticRegression())])
        return GridSearchCV(model, {"clf__C": [0.1, 1.0]}, cv=2)
    if how == "columns":
        names = list(load_wine().feature_names)
        return ColumnTransformer([("num", scaled_pca(), names)])
    if how == "union":
        return FeatureUnion([("a", StandardScaler()), ("b", scaled_pca())])
    if how == "frozen":
        return FrozenEstimator(scaled_pca().fit(load_wine(as_frame=True).data))
    if how == "frames":
        return scaled_pca().set_output(transform="pandas")
    return scaled_pca()


PATHS = {"pipeline": "pca", "frames": "pca", "search": "pre__pca", "columns": "num__pca",
         "union": "b__pca", "frozen": "pca"}  # fmt: skip


@pytest.mark.parametrize("how", PATHS)
def test_tables_are_those_of_the_pca_alone(wine, direct, how):
    X, y = wine
    model = wrapped(how).fit(X, y)
    found = explain(model, X)
    pca, scaled = direct
    assert found.path == PATHS[how]
    alone = explain(pca, scaled)
    for name in ("loadings", "correlations", "contributions"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(alone, name))
    pd.testing.assert_series_equal(found.communalities, alone.communalities)
    for name in ("coordinates", "cos2", "row_contributions"):
        pd.testing.assert_frame_equal(getattr(found, name)(), getattr(alone, name)())
        some = getattr(found, name)(X[:5])  # other rows pass the steps before the PCA too
        pd.testing.assert_frame_equal(some, getattr(alone, name)(scaled[:5]))
    for name in ("hotelling_t2", "spe"):
        pd.testing.assert_series_equal(getattr(found, name)(), getattr(alone, name)())
    pd.testing.assert_frame_equal(found.explained_by("ash"), alone.explained_by("ash"))
    assert found.limits(alpha=0.01) == pytest.approx(alone.limits(alpha=0.01))
    pd.testing.assert_frame_equal(found.outliers().to_frame(), alone.outliers().to_frame())
    assert found.outliers(alpha=0.001).labels[0] == "wine 121"
    resamples = found.bootstrap(20, random_state=0).interval()
    np.testing.assert_allclose(resamples, alone.bootstrap(20, random_state=0).interval())
    names = explain(model)  # which take the same way without rows
    pd.testing.assert_frame_equal(names.loadings, found.loadings)
    pd.testing.assert_frame_equal(names.cos2(X), found.cos2())
    assert list(explain(found.rotate()).loadings.index) == list(X)


def test_the_model_that_is_explained_does_not_change(wine):
    X, _ = wine
    model = scaled_pca().fit(X)
    before = set(vars(model[-1]))
    found = explain(model, X)
    assert set(vars(model[-1])) == before
    assert found.pca.components_ is model[-1].components_


def test_rotated_components_are_explained_as_they_are(wine, direct):
    X, (pca, _) = wine[0], direct
    model = make_pipeline(StandardScaler(), RotatedPCA(PCA(3))).fit(X)
    before = set(vars(model[-1].pca_))
    found, rotated = explain(model, X), explain(explain(pca).rotate())
    assert found.path == "rotatedpca"
    for name in ("loadings", "correlations", "contributions"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(rotated, name))
    pd.testing.assert_frame_equal(found.explained_by("ash"), rotated.explained_by("ash"))
    assert repr(found).startswith("RotatedPCA at rotatedpca: 3 components of 13 features")
    assert set(vars(model[-1].pca_)) == before
    for table in ("coordinates", "row_contributions", "cos2", "hotelling_t2", "spe", "limits",
                  "outliers", "bootstrap", "rotate"):  # fmt: skip
        with pytest.raises(TypeError, match="got a RotatedPCA; its pca_ is one"):
            getattr(found, table)()
    before_it = explain(found.pca.pca_, found.X)
    np.testing.assert_allclose(before_it.spe(), explain(*direct).spe(), atol=1e-10)
    with pytest.raises(ValueError, match="features"):
        explain(RotatedPCA(PCA(2)).fit(X.to_numpy()), X.to_numpy()[:, :5])


def test_arrays_stay_arrays(wine):
    X = wine[0].to_numpy()
    found = explain(scaled_pca().fit(X), X)
    assert type(found.loadings) is np.ndarray
    assert type(found.coordinates()) is np.ndarray
    assert found.feature_names[:2] == ["x0", "x1"]


def test_names_of_columns_that_a_step_makes(wine):
    X = wine[0].assign(color=["red", "white"] * 89)
    numbers, words = ["ash", "hue"], ["color"]
    model = make_pipeline(
        ColumnTransformer([("num", StandardScaler(), numbers), ("cat", OneHotEncoder(), words)]),
        PCA(2),
    ).fit(X)
    expected = ["num__ash", "num__hue", "cat__color_red", "cat__color_white"]
    assert list(explain(model, X).loadings.index) == expected
    assert list(explain(model).loadings.index) == expected


def test_sparse_rows_have_names(wine):
    X = pd.DataFrame({"a": list("xyzxyz") * 5, "b": list("uvuuvv") * 5})
    model = make_pipeline(OneHotEncoder(), PCA(2, svd_solver="covariance_eigh")).fit(X)
    found = explain(model, X)
    assert list(found.loadings.index) == ["a_x", "a_y", "a_z", "b_u", "b_v"]
    np.testing.assert_allclose(found.coordinates(), model.transform(X), atol=1e-12)


def test_a_step_that_cannot_tell_names(wine):
    X = wine[0]
    model = make_pipeline(FunctionTransformer(np.log1p, validate=True), PCA(2)).fit(X)
    assert explain(model, X).feature_names[0] == "x0"


def test_columns_of_arrays_by_position(wine):
    X = wine[0].to_numpy()
    model = ColumnTransformer([("num", PCA(2), slice(2, 7))]).fit(X)
    np.testing.assert_allclose(explain(model, X).coordinates(), model.transform(X))
    with pytest.raises(
        ValueError, match="X has 12 features, but ColumnTransformer is expecting 13"
    ):
        explain(model, X[:, :12])


def test_what_it_prints(wine):
    X, _ = wine
    lines = repr(explain(make_pipeline(StandardScaler(), PCA(9)).fit(X), X)).splitlines()
    assert lines[0].startswith("PCA at pca: 9 components of 13 features explain 94 % of the")
    assert lines[1] == (
        "pca0  36.2 %  flavanoids 0.42, total_phenols 0.39, od280/od315_of_diluted_wines 0.38"
    )
    assert lines[-1] == "1 more component"


def test_one_of_several(wine):
    X, _ = wine
    union = FeatureUnion([("few", PCA(1)), ("many", scaled_pca())]).fit(X)
    with pytest.raises(ValueError, match="several PCAs: choose with step, one of 'few', 'many__p"):
        explain(union, X)
    assert explain(union, X, step="few").pca.n_components_ == 1
    assert explain(union, X, step="many__pca").pca.n_components_ == 3
    assert explain(union, X, step="pca").path == "many__pca"
    with pytest.raises(ValueError, match=r"no PCA at step='lda'\. Its PCAs are at 'few', 'many__p"):
        explain(union, X, step="lda")


def test_what_has_no_pca_to_explain(wine):
    X, y = wine
    with pytest.raises(ValueError, match="there is no PCA in Pipeline"):
        explain(make_pipeline(StandardScaler()).fit(X), X)
    with pytest.raises(TypeError, match="'pca' of Pipeline is scikit-learn's PCA"):
        explain(make_pipeline(SklearnPCA(2)).fit(X), X)
    with pytest.raises(TypeError, match="'incrementalpca' of Pipeline is scikit-learn's Increment"):
        explain(make_pipeline(StandardScaler(), IncrementalPCA(2)).fit(X), X)
    with pytest.raises(TypeError, match="explain: estimator is scikit-learn's IncrementalPCA, wh"):
        explain(IncrementalPCA(2).fit(X), X)
    for model in (scaled_pca(), PCA(2), wrapped("columns")):
        with pytest.raises(NotFittedError):
            explain(model, X)
    with pytest.raises(ValueError, match="there is no PCA in NoneType"):
        explain(None, X)
    search = wrapped("search")
    with pytest.raises(NotFittedError, match="this GridSearchCV is not fitted"):
        explain(search, X)
    with pytest.raises(NotFittedError, match="keeps no fitted estimator, as refit=False"):
        explain(clone(search).set_params(refit=False).fit(X, y), X)
    with pytest.raises(ValueError, match="features"):
        explain(scaled_pca().fit(X.to_numpy()), X.to_numpy()[:, :5])
    with pytest.raises(ValueError, match="X has 5 features, but PCA is expecting 13"):
        explain(PCA(2).fit(X.to_numpy()), X.to_numpy()[:, :5])
