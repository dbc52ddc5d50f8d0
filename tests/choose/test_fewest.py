"""``fewest_params`` in searches, beside counting all settings on fits."""

import copy
import pickle

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.cluster import KMeans
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris, make_regression
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.feature_selection import SelectFromModel
from sklearn.linear_model import Lasso, Ridge, RidgeClassifier
from sklearn.model_selection import (
    GridSearchCV,
    ParameterGrid,
    RandomizedSearchCV,
    ShuffleSplit,
    cross_validate,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skparams import count_params, fewest_params
from skparams._choose import counting

X, y = load_iris(return_X_y=True)
ROWS, TARGET = make_regression(60, 6, n_informative=3, noise=5, random_state=0)
TREE = DecisionTreeClassifier(random_state=0)
TREES = {"max_depth": [1, 2, 3, 4, None], "min_samples_leaf": [1, 4]}


@pytest.fixture
def n_fits(monkeypatch):
    """The estimators that were fitted to be counted."""
    found, fit = [], counting.fitted

    def fitted(estimator, *data):
        found.append(estimator.get_params())
        return fit(estimator, *data)

    monkeypatch.setattr(counting, "fitted", fitted)
    return found


def results_for(grid, means, n_splits=2):
    """What a search keeps, with scores as they are given."""
    means = np.asarray(means, dtype=float)
    splits = {f"split{k}_test_score": means for k in range(n_splits)}
    return {"params": list(ParameterGrid(grid)), "mean_test_score": means, **splits}


@pytest.mark.parametrize(
    ("estimator", "grid", "kind", "data"),
    [
        (TREE, TREES, "free", (X, y)),
        (TREE, TREES, "stored", (X, y)),
        (make_pipeline(PCA(), GaussianNB()), {"pca__n_components": [1, 2, 3]}, "free", (X, y)),
        (Lasso(), {"alpha": [0.1, 10.0, 30.0, 60.0]}, "free", (ROWS, TARGET)),
        (Lasso(), {"alpha": [0.1, 10.0, 30.0, 60.0]}, "nonzero", (ROWS, TARGET)),
        (Ridge(), {"alpha": [0.1, 10.0, 100.0]}, "effective", (ROWS, TARGET)),
        (KMeans(n_init=1, random_state=0), {"n_clusters": [4, 2, 3]}, "free", (X, None)),
    ],
    ids=["tree", "tree stored", "pipeline", "lasso", "nonzero", "ridge effective", "clusters"],
)
def test_chosen_as_if_all_settings_were_counted(rng, estimator, grid, kind, data, n_fits):
    settings = list(ParameterGrid(grid))
    counts = [
        count_params(clone(estimator).set_params(**each).fit(*data), kind=kind, X=data[0])
        for each in settings
    ]
    rule = fewest_params(estimator, *data, tolerance=0.3, kind=kind)
    for _ in range(6):
        n_fits.clear()
        means = rng.randint(0, 8, len(settings)) / 10
        within = [i for i in range(len(settings)) if means[i] >= means.max() - 0.3 - 1e-9]
        expected = min(within, key=lambda i: (counts[i], -means[i], i))
        assert rule(results_for(grid, means)) == expected
        assert len({repr(each) for each in n_fits}) == len(n_fits) <= len(within)


def test_plans_that_are_exact_need_no_fit(n_fits):
    model = make_pipeline(StandardScaler(), PCA(), GaussianNB())
    rule = fewest_params(model, X, y, tolerance="100%")
    assert rule(results_for({"pca__n_components": [3, 1, 2]}, [0.1, 0.2, 0.3])) == 1
    assert not n_fits


def test_only_what_may_be_chosen_is_fitted(n_fits):
    rule = fewest_params(TREE, X, y, tolerance=0.1)
    # A stump cannot have more than the others have at least.
    grid = {"max_depth": [1, 5, 6]}
    assert rule(results_for(grid, [0.9, 0.9, 0.2])) == 0
    assert not [each for each in n_fits if each["max_depth"] == 6]
    n_fits.clear()
    assert rule(results_for(grid, [0.1, 0.2, 0.9])) == 2
    assert not n_fits


def test_in_searches():
    grid = {"pca__n_components": [4, 3, 2, 1]}
    model = make_pipeline(PCA(), GaussianNB())
    for Search in (GridSearchCV, RandomizedSearchCV):
        more = {"n_iter": 4, "random_state": 0} if Search is RandomizedSearchCV else {}
        search = Search(model, grid, refit=fewest_params(model, X, y), **more).fit(X, y)
        means = search.cv_results_["mean_test_score"]
        splits = [search.cv_results_[f"split{k}_test_score"] for k in range(5)]
        best = means.argmax()
        lowest = means[best] - np.std(splits, axis=0, ddof=1)[best] / 5**0.5
        counts = [each["pca__n_components"] for each in search.cv_results_["params"]]
        assert counts[search.best_index_] == min(
            n for n, score in zip(counts, means, strict=True) if score >= lowest
        )
        assert counts[search.best_index_] < counts[best]
        assert not hasattr(search, "best_score_")
        assert search.score(X, y) > 0.8


def test_whole_steps_are_replaced(n_fits):
    model = Pipeline([("reduce", "passthrough"), ("last", RidgeClassifier())])
    grid = {
        "reduce": ["passthrough", PCA(2), TruncatedSVD(1)],
        "last": [GaussianNB(), RidgeClassifier()],
    }
    search = GridSearchCV(model, grid, cv=2, refit=fewest_params(model, X, y, tolerance="100%"))
    search.fit(X, y)
    # 4 - 1 of the SVD, and 3 * (1 + 1)
    assert isinstance(search.best_params_["reduce"], TruncatedSVD)
    assert isinstance(search.best_params_["last"], RidgeClassifier)
    assert not hasattr(search.best_params_["reduce"], "components_")
    assert not n_fits


def test_estimators_in_the_grid_stay_as_they_are():
    model, reduce = Pipeline([("reduce", "passthrough"), ("last", GaussianNB())]), PCA(4)
    grid = {"reduce": [reduce], "reduce__n_components": [1, 2]}
    assert fewest_params(model, X, y, tolerance="100%")(results_for(grid, [0.5, 0.6])) == 0
    assert reduce.n_components == 4


def test_text_is_counted_on_fits(n_fits):
    texts = ["a few words", "some words", "other things here", "a few things", "no words", "x y"]
    model = make_pipeline(CountVectorizer(), RidgeClassifier())
    grid = {"countvectorizer__min_df": [1, 2]}
    rule = fewest_params(model, texts, [0, 0, 1, 1, 0, 1], tolerance=0)
    assert rule(results_for(grid, [0.5, 0.5])) == 1
    assert len(n_fits) == 2


def test_frames_are_planned_with_their_columns(n_fits):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "b": list("xyxy")})
    scaled = make_column_transformer((StandardScaler(), ["a"]), remainder="drop")
    model = make_pipeline(scaled, RidgeClassifier())
    encoded = make_column_transformer((StandardScaler(), ["a"]), (OneHotEncoder(), ["b"]))
    rule = fewest_params(model, frame, [0, 1, 0, 1], tolerance=0)
    grid = {"columntransformer": [scaled], "ridgeclassifier__alpha": [1.0, 2.0]}
    assert rule(results_for(grid, [0.5, 0.5])) == 0
    assert not n_fits
    assert rule(results_for({"columntransformer": [encoded, scaled]}, [0.5, 0.5])) == 1


def test_one_of_several_metrics():
    scoring = {"good": "accuracy", "bad": lambda model, X, y: -count_params(model)}
    grid = {"pca__n_components": [1, 2, 3]}
    model = make_pipeline(PCA(), GaussianNB())
    rule = fewest_params(model, X, y, tolerance="50%", scoring="good")
    search = GridSearchCV(model, grid, scoring=scoring, refit=rule, cv=2)
    assert search.fit(X, y).best_index_ == 0
    search.set_params(refit=fewest_params(model, X, y))
    with pytest.raises(ValueError, match=r"scoring must name the metric.*'good', 'bad'"):
        search.fit(X, y)


def test_errors_keep_the_results_of_the_search():
    search = GridSearchCV(TREE, TREES, cv=ShuffleSplit(1, random_state=0))
    search.set_params(refit=fewest_params(TREE, X, y))
    with pytest.raises(ValueError, match="at least 2 splits") as caught:
        search.fit(X, y)
    assert len(caught.value.cv_results_["params"]) == 10
    assert "cv_results_" in "".join(caught.value.__notes__)
    assert fewest_params(TREE, X, y, tolerance=0.0)(caught.value.cv_results_) in range(10)


class Guessed(ClassifierMixin, BaseEstimator):
    """A classifier that no Spec describes."""

    def __init__(self, depth=1):
        self.depth = depth

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.table_ = np.zeros(self.depth)
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])


@pytest.mark.parametrize("kind", ["stored", "free", "nonzero", "effective"])
def test_an_estimator_that_cannot_be_counted(kind):
    with pytest.raises(ValueError, match=r"Guessed cannot be counted: no Spec describes it"):
        fewest_params(Guessed(), X, y, kind=kind)
    model = Pipeline([("scale", StandardScaler()), ("last", Guessed())])
    rule = fewest_params(model, X, y, kind=kind, tolerance=0)
    message = r"of candidate 0 \({'last__depth': 1}\) cannot be counted: no Spec describes Guessed"
    with pytest.raises(ValueError, match=rf"^fewest_params: the {kind} parameters {message}"):
        rule(results_for({"last__depth": [1, 2]}, [0.5, 0.5]))


def test_a_fit_that_fails_names_the_candidate():
    model = make_pipeline(CountVectorizer(), RidgeClassifier())
    rule = fewest_params(model, ["one two", "three four"], [0, 1], tolerance=0)
    message = r"candidate 1 \({'countvectorizer__min_df': 2}\) cannot be counted: fit raised Value"
    with pytest.raises(ValueError, match=message):
        rule(results_for({"countvectorizer__min_df": [1, 2]}, [0.5, 0.5]))


@pytest.mark.parametrize(
    ("estimator", "setting"),
    [
        (GaussianNB(), {"max_depth": 1}),
        (TREE, {"decisiontreeclassifier__max_depth": 1}),
        (make_pipeline(PCA(), TREE), {"max_depth": 1}),
        (make_pipeline(PCA(), TREE), {"decisiontreeclassifier__depth": 1}),
    ],
    ids=["class", "no pipeline", "pipeline", "step"],
)
def test_another_estimator_than_the_searched_one(estimator, setting):
    rule = fewest_params(estimator, X, y)
    name = type(estimator).__name__
    message = f"^fewest_params: .* the same .*, and the {name} .* be set to candidate 0 "
    with pytest.raises(ValueError, match=message):
        rule({**results_for({}, [0.5]), "params": [setting]})


class NeedsWeights(GaussianNB):
    """Learns nothing without weights, and leaves out rows with a weight of zero."""

    def fit(self, X, y, sample_weight):
        used = np.asarray(sample_weight) > 0
        return super().fit(X[used], y[used])


@pytest.mark.parametrize("routing", [False, True])
def test_params_reach_the_fits_that_count(routing):
    weights = (y < 2).astype(float)
    tree, params = clone(TREE), {"sample_weight": weights}
    with config_context(enable_metadata_routing=routing):
        if routing:
            tree.set_fit_request(sample_weight=True).set_score_request(sample_weight=False)
        rule = fewest_params(tree, X, y, tolerance=0.0, params=params)
        # Two classes need one split: then all are alike, and the first of them is chosen.
        assert rule(results_for({"max_depth": [4, 3, 1]}, [0.5, 0.5, 0.5])) == 0
        search = GridSearchCV(tree, {"min_samples_leaf": [1, 20]}, refit=rule, cv=2)
        assert search.fit(X, y, **params).best_estimator_.tree_.node_count == 3
        if routing:
            tree.set_fit_request(sample_weight=None)
            rule = fewest_params(tree, X, y, tolerance=0.0, params=params)
            with pytest.raises(ValueError, match="fit raised UnsetMetadataPassedError"):
                rule(results_for({"max_depth": [1, 2]}, [0.5, 0.5]))
    rule = fewest_params(TREE, X, y, tolerance=0.0)
    assert rule(results_for({"max_depth": [4, 3, 1]}, [0.5, 0.5, 0.5])) == 2


def test_fits_that_require_params():
    model = make_pipeline(SelectFromModel(Lasso(0.1)), NeedsWeights())
    params = {"needsweights__sample_weight": np.ones(150)}
    rule = fewest_params(model, X, y, tolerance="100%", params=params)
    grid = {"selectfrommodel__estimator__alpha": [0.001, 0.1]}
    search = GridSearchCV(model, grid, refit=rule, cv=2).fit(X, y, **params)
    assert search.best_index_ == 1
    without = fewest_params(model, X, y, tolerance="100%")
    with pytest.raises(ValueError, match=r"fit raised TypeError: .*missing.* params="):
        without(search.cv_results_)
    assert clone(search).refit.params is rule.params
    with pytest.raises(TypeError, match=r"^fewest_params: params must be None or a dict"):
        fewest_params(model, X, y, params=[1])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((TREE, X), ValueError, "DecisionTreeClassifier needs y, got None"),
        ((make_pipeline(PCA(), TREE), X), ValueError, "Pipeline needs y"),
        ((TREE, X, y[1:]), ValueError, "X and y must have as many rows, got 150 and 149"),
        ((TREE, 3, y), TypeError, "X must be rows"),
        ((TREE, X, 3), ValueError, "y must have rows"),
        ((DecisionTreeClassifier, X, y), TypeError, "must be an instance, got the class"),
        (("tree", X, y), TypeError, "must have fit and get_params"),
    ],
)
def test_arguments(arguments, error, message):
    with pytest.raises(error, match=f"^fewest_params: .*{message}"):
        fewest_params(*arguments)


def test_keywords():
    with pytest.raises(ValueError, match="kind must be one of stored, free, nonzero, effective"):
        fewest_params(TREE, X, y, kind="all")
    with pytest.raises(ValueError, match="tolerance must be"):
        fewest_params(TREE, X, y, tolerance="2se")
    with pytest.raises(TypeError, match="scoring must be the name"):
        fewest_params(TREE, X, y, scoring=["accuracy"])


def test_copies_share_the_data_and_pickles_have_them():
    rule = fewest_params(TREE, X, y, tolerance="100%")
    search = GridSearchCV(TREE, {"max_depth": [2, 1]}, refit=rule, cv=2)
    assert clone(search).refit is copy.deepcopy(rule) is copy.copy(rule) is rule
    assert rule.X is X
    loaded = pickle.loads(pickle.dumps(search))
    np.testing.assert_array_equal(loaded.refit.X, X)
    assert loaded.fit(X, y).best_index_ == search.fit(X, y).best_index_ == 1


def test_the_estimator_may_change_afterwards():
    tree = clone(TREE)
    rule = fewest_params(tree, X, y, tolerance=0)
    tree.set_params(max_depth=-1)
    assert rule(results_for({"min_samples_leaf": [1, 40]}, [0.5, 0.5])) == 1


def test_repr_is_short_and_shown_by_the_search():
    rule = fewest_params(make_pipeline(PCA(), TREE), X, y, tolerance="2%")
    text = "fewest_params(Pipeline, X of 150 rows, tolerance='2%')"
    assert repr(rule) == text
    search = GridSearchCV(TREE, TREES, refit=rule)
    assert text in " ".join(repr(search).split())
    assert "tolerance=&#x27;2%&#x27;)" in search._repr_html_()
    rule = fewest_params(TREE, X, y, kind="stored", scoring="f1")
    more = "kind='stored', scoring='f1', tolerance='1se')"
    assert repr(rule) == f"fewest_params(DecisionTreeClassifier, X of 150 rows, {more}"


@pytest.mark.exhaustive
def test_in_other_processes():
    model = make_pipeline(PCA(), GaussianNB())
    grid = {"pca__n_components": [4, 2, 1]}
    search = GridSearchCV(model, grid, refit=fewest_params(model, X, y), n_jobs=2)
    assert search.fit(X, y).best_params_ == {"pca__n_components": 1}
    outer = cross_validate(search.set_params(n_jobs=None), X, y, n_jobs=2, return_estimator=True)
    assert {each.best_index_ for each in outer["estimator"]} <= {1, 2}
