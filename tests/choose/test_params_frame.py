"""``params_frame`` of fitted searches, beside counting all settings on fits."""

import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.linear_model import Lasso, LinearRegression, Ridge, RidgeClassifier
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    HalvingRandomSearchCV,
    RandomizedSearchCV,
    ShuffleSplit,
)
from sklearn.multioutput import MultiOutputClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsRegressor
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import PolynomialFeatures
from sklearn.tree import DecisionTreeClassifier

from skparams import count_params, fewest_params, params_frame

pandas = pytest.importorskip("pandas")
X, y = load_iris(return_X_y=True)
TREE = DecisionTreeClassifier(random_state=0)
MODEL = make_pipeline(PCA(), GaussianNB())
GRID = {"pca__n_components": [1, 2, 4]}
ADDED = [
    *("n_params_stored", "n_params_free", "n_params_bytes", "n_params_unknown"),
    *("within_tolerance", "pareto", "chosen"),
]


def counts_on_fits(search, y=y, kind="free"):
    return [
        count_params(clone(search.estimator).set_params(**each).fit(X, y), kind=kind, X=X)
        for each in search.cv_results_["params"]
    ]


def front_of(counts, means):
    pairs = list(zip(counts, means, strict=True))
    return [not any(n <= a and s >= b and (n < a or s > b) for n, s in pairs) for a, b in pairs]


@pytest.mark.parametrize(
    ("Search", "more"),
    [(GridSearchCV, {}), (RandomizedSearchCV, {"n_iter": 2, "random_state": 0})],
)
def test_all_of_the_results_and_the_counts(Search, more):
    search = Search(MODEL, GRID, cv=3, return_train_score=True, **more).fit(X, y)
    frame = params_frame(search, tolerance=0.5)
    assert [*frame] == [*search.cv_results_, *ADDED]
    assert len(frame) == len(search.cv_results_["params"])
    assert frame.n_params_free.tolist() == counts_on_fits(search)
    assert frame.n_params_stored.tolist() == counts_on_fits(search, kind="stored")
    assert (frame.n_params_bytes == 8 * frame.n_params_stored).all()
    assert frame.n_params_unknown.isna().all()
    assert frame.within_tolerance.all()
    assert frame.pareto.tolist() == front_of(frame.n_params_free, frame.mean_test_score)
    assert frame.index[frame.chosen].tolist() == [frame.n_params_free.astype(int).argmin()]
    assert {str(frame[name].dtype) for name in ADDED[:3]} == {"Int64"}
    assert {str(frame[name].dtype) for name in ADDED[4:]} == {"boolean"}
    pandas.testing.assert_frame_equal(frame, params_frame(search, X, y, tolerance=0.5))


def test_the_rule_of_the_search_is_the_default():
    rule = fewest_params(TREE, X, y, tolerance=0.1, kind="stored")
    grid = {"max_depth": [1, 2, 3, None]}
    search = GridSearchCV(TREE, grid, cv=3, refit=rule).fit(X, y)
    for fit in (False, True):
        frame = params_frame(search, fit=fit)
        assert frame.index[frame.chosen.fillna(False)].tolist() == [search.best_index_]
    assert frame.n_params_stored.tolist() == counts_on_fits(search, kind="stored")
    assert params_frame(search, tolerance="100%", fit=True).chosen.tolist() == [True, *3 * [False]]


def test_what_fit_decides_is_unknown_without_a_fit():
    search = GridSearchCV(TREE, {"min_samples_leaf": [1, 2, 3, 70]}, cv=3).fit(X, y)
    for data in ((), (X, y)):
        frame = params_frame(search, *data, tolerance=0.1)
        best = search.best_index_
        assert frame.n_params_free[best] == count_params(search.best_estimator_, kind="free")
        assert frame.n_params_free.drop(best).isna().all()
        assert frame.n_params_unknown.drop(best).str.contains("fit decides: |needs n_sa").all()
        assert frame.chosen.isna().tolist() == frame.within_tolerance.tolist()
        assert frame.pareto.isna().any()
    frame = params_frame(search, X, y, tolerance=0.1, fit=True)
    assert frame.n_params_free.tolist() == counts_on_fits(search)
    assert frame.pareto.tolist() == front_of(frame.n_params_free, frame.mean_test_score)
    assert frame.chosen.sum() == 1
    assert frame.n_params_unknown.isna().all()


def test_params_of_the_counting_fits():
    params, grid = {"sample_weight": (y < 2).astype(float)}, {"max_depth": [1, 3, 4]}
    search = GridSearchCV(TREE, grid, cv=3).fit(X, y, **params)
    frame = params_frame(search, X, y, params=params, fit=True)
    assert frame.n_params_free.nunique() == 1
    assert params_frame(search, X, y, fit=True).n_params_free.nunique() > 1
    rule = fewest_params(TREE, X, y, params=params, tolerance=0.0)
    search = GridSearchCV(TREE, grid, cv=3, refit=rule).fit(X, y, **params)
    for data in ((), (X, y)):
        counts = params_frame(search, *data, fit=True).n_params_free
        pandas.testing.assert_series_equal(counts, frame.n_params_free)
    with pytest.raises(TypeError, match=r"^params_frame: params must be None or a dict"):
        params_frame(search, params=3)


def test_another_estimator_than_the_searched_one():
    search = GridSearchCV(TREE, {"max_depth": [1, 3]}, cv=3).fit(X, y)
    search.estimator = GaussianNB()
    message = "^params_frame: .* the same .*, and the GaussianNB .* be set to candidate 0 "
    with pytest.raises(ValueError, match=message):
        params_frame(search, X, y)


def test_a_fit_that_fails_is_unknown(monkeypatch):
    search = GridSearchCV(TREE, {"max_depth": [1, 3]}, cv=3).fit(X, y)
    monkeypatch.setattr(DecisionTreeClassifier, "fit", None)
    frame = params_frame(search, X, y, fit=True)
    other = 1 - search.best_index_
    assert frame.n_params_unknown[other].startswith("fit raised TypeError")
    assert pandas.isna(frame.n_params_free[other])


@pytest.mark.parametrize(
    ("kind", "model"), [("nonzero", Lasso(alpha=0.1)), ("effective", Ridge())], ids=str
)
def test_other_kinds(kind, model):
    search = GridSearchCV(model, {"alpha": [0.01, 1.0]}, cv=3).fit(X, X[:, 0])
    frame = params_frame(search, X, X[:, 0], kind=kind, fit=True)
    counts = counts_on_fits(search, X[:, 0], kind)
    np.testing.assert_allclose(frame[f"n_params_{kind}"].astype(float), counts)
    assert frame.n_params_stored.tolist() == [5, 5]
    frame = params_frame(search, kind=kind)
    assert frame[f"n_params_{kind}"].isna().sum() == (1 if kind == "nonzero" else 2)
    assert frame.n_params_free.notna().sum() >= 1


def test_settings_that_failed():
    grid = {"pca__n_components": [1, 2, 40]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search = GridSearchCV(MODEL, grid, cv=3).fit(X, y)
    frame = params_frame(search, X, y)
    last = ["within_tolerance", "pareto", "chosen"]
    assert frame.loc[2, last].tolist() == [False, False, False]
    assert frame.chosen.sum() == 1


@pytest.mark.parametrize("resource", ["n_samples", "max_iter"])
def test_halving(resource):
    net = MLPClassifier(max_iter=4, random_state=0)
    estimator = make_pipeline(PCA(2), GaussianNB()) if resource == "n_samples" else net
    grid = {"pca__n_components": [1, 2, 3, 4]}
    more = {}
    if resource == "max_iter":
        grid = {"hidden_layer_sizes": [(1,), (2,), (3,), (4,)]}
        more = {"max_resources": 4, "min_resources": 2}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search = HalvingGridSearchCV(
            estimator, grid, factor=2, cv=3, resource=resource, random_state=0, **more
        ).fit(X, y)
        expected = counts_on_fits(search)
    frame = params_frame(search, tolerance="100%")
    assert frame.n_params_free.tolist() == expected
    last = frame.iter == frame.iter.max()
    assert 0 < last.sum() < len(frame)
    assert frame.within_tolerance.tolist() == last.tolist()
    assert not frame.pareto[~last].any()
    counts = frame.n_params_free[last]
    assert frame.index[frame.chosen].tolist() == [counts.astype(int).idxmin()]


def test_halving_ignores_the_rule_and_the_frame_does_not():
    rule = fewest_params(MODEL, X, y, tolerance="100%")
    search = HalvingRandomSearchCV(
        MODEL, GRID, cv=3, n_candidates=3, refit=rule, random_state=0
    ).fit(X, y)
    frame = params_frame(search)
    last = frame.iter == frame.iter.max()
    assert search.best_index_ in frame.index[last]
    assert frame.n_params_free[frame.chosen].item() == frame.n_params_free[last].min()


def test_halving_counts_on_fits_what_it_compares():
    rule = fewest_params(TREE, X, y, tolerance="100%")
    grid = {"min_samples_leaf": [1, 2, 3, 4]}
    search = HalvingGridSearchCV(TREE, grid, cv=3, factor=2, max_resources=80, refit=rule)
    search.set_params(min_resources=40, random_state=0).fit(X, y)
    last = search.cv_results_["iter"] == 1
    frame = params_frame(search)
    assert last.sum() == 2
    assert frame.chosen[last].isna().all()
    frame = params_frame(search, fit=True)
    expected = np.array(counts_on_fits(search))
    assert frame.n_params_free[last].tolist() == expected[last].tolist()
    assert frame.n_params_free[~last].isna().all()
    assert frame.chosen[last].sum() == 1


def test_several_metrics():
    scoring = {"good": "accuracy", "bad": "neg_log_loss"}
    search = GridSearchCV(MODEL, GRID, scoring=scoring, refit="good", cv=3).fit(X, y)
    pandas.testing.assert_frame_equal(params_frame(search), params_frame(search, scoring="good"))
    assert params_frame(search, scoring="bad").within_tolerance.any()
    search = GridSearchCV(MODEL, GRID, scoring=scoring, refit=False, cv=3).fit(X, y)
    with pytest.raises(ValueError, match="several: 'good', 'bad'"):
        params_frame(search)
    search = GridSearchCV(MODEL, GRID, refit="accuracy", cv=3).fit(X, y)
    assert params_frame(search).chosen.any()


@pytest.mark.parametrize(
    ("estimator", "grid", "target", "known"),
    [
        (Ridge(), {"alpha": [1.0, 2.0]}, X[:, :2], True),
        (MultiOutputClassifier(GaussianNB()), {"n_jobs": [None]}, np.c_[y, y > 0], True),
        (MLPClassifier((2,), max_iter=1), {"alpha": [1.0, 2.0]}, np.c_[y > 0, y > 1], False),
        (MLPClassifier((2,), max_iter=1), {"alpha": [1.0, 2.0]}, y > 0, True),
        (
            Pipeline([("last", KNeighborsRegressor())]),
            {"last": [KNeighborsRegressor(), LinearRegression()]},
            X[:, :2],
            True,
        ),
        (PCA(), {"n_components": [1, 2]}, None, True),
        (make_pipeline(PolynomialFeatures(), RidgeClassifier()), {"memory": [None]}, y, True),
    ],
    ids=["targets", "outputs", "labels", "binary", "steps", "transformer", "classes"],
)
def test_sizes_that_the_best_estimator_tells(estimator, grid, target, known):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search = GridSearchCV(estimator, grid, cv=2).fit(X, target)
        expected = counts_on_fits(search, target)
    frame = params_frame(search)
    best = search.best_index_
    assert frame.n_params_free[best] == expected[best]
    if known:
        assert frame.n_params_free.tolist() == expected
    else:
        assert frame.n_params_free.drop(best).isna().all()
        reasons = set(frame.n_params_unknown.drop(best))
        assert reasons == {"y has several columns of classes: pass X and y"}
    assert params_frame(search, X, target).n_params_free.tolist() == expected


def test_without_a_refit_there_are_no_sizes():
    search = GridSearchCV(MODEL, GRID, cv=3, refit=False).fit(X, y)
    frame = params_frame(search)
    assert frame.n_params_free.isna().all()
    assert frame.n_params_unknown.str.contains("no best_estimator_: pass X and y").all()
    assert params_frame(search, X, y).n_params_free.tolist() == counts_on_fits(search)


def test_searches_of_other_packages():
    class Search:
        estimator = MODEL
        cv_results_ = {
            "params": [{"pca__n_components": 1}, {"pca__n_components": np.int64(2)}],
            "mean_test_score": [0.8, 0.9],
            "param_pca__n_components": np.ma.array([1, 2]),
        }

    frame = params_frame(Search(), X, y, tolerance=0.2)
    assert frame.n_params_free.tolist() == [15, 23]
    assert frame.chosen.tolist() == [True, False]
    with pytest.raises(ValueError, match="at least 2 splits"):
        params_frame(Search(), X, y)


SEARCH = GridSearchCV(MODEL, GRID, cv=2)


@pytest.mark.parametrize(
    ("search", "error", "message"),
    [
        (SEARCH, NotFittedError, "GridSearchCV has no cv_results_. Call fit first"),
        (GaussianNB(), TypeError, "search must be a fitted search such as GridSearchCV"),
        (GridSearchCV, TypeError, "search must be a fitted search"),
        (None, TypeError, "search must be a fitted search"),
    ],
    ids=["not fitted", "estimator", "class", "none"],
)
def test_no_search(search, error, message):
    with pytest.raises(error, match=f"^params_frame: .*{message}"):
        params_frame(search)


def test_arguments():
    search = clone(SEARCH).fit(X, y)
    for arguments, message in (
        ({"tolerance": "3se"}, "tolerance must be"),
        ({"kind": "all"}, "kind must be one of stored, free, nonzero, effective"),
        ({"scoring": "f1"}, "scoring must be one of 'score', got 'f1'"),
        ({"fit": True}, "fit=True needs X and y"),
        ({"fit": True, "X": X}, "fit=True needs y for Pipeline"),
        ({"X": X[:, :3], "y": y}, "X must have the 4 columns that the Pipeline was fitted on"),
        ({"X": X, "y": y % 2}, "X and y must be the data of the search: best_estimator_ has"),
    ):
        with pytest.raises(ValueError, match=f"^params_frame: {message}"):
            params_frame(search, **arguments)
    with pytest.raises(TypeError, match=r"^params_frame: scoring must be the name"):
        params_frame(search, scoring=1)
    one = GridSearchCV(MODEL, GRID, cv=ShuffleSplit(1, random_state=0)).fit(X, y)
    with pytest.raises(ValueError, match=r"^params_frame: .*at least 2 splits"):
        params_frame(one)
    assert params_frame(one, tolerance=0.1).chosen.sum() == 1
