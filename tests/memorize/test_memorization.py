"""Memorization against a slow version, and what changes nothing of it."""

import joblib
import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_digits, make_classification, make_multilabel_classification
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier, StackingClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge, RidgeClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    LeaveOneOut,
    ShuffleSplit,
    StratifiedShuffleSplit,
    TimeSeriesSplit,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.neighbors import KernelDensity, KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from skparams import memorization
from skparams._records import Unknown
from tests.memorize.oracle import memorized, probability_of, right, squared
from tests.sweep import sweep

ARRAYS = ("values", "std_errors", "in_scores", "out_scores", "n_in", "n_out")
TREE = DecisionTreeClassifier(max_depth=3, random_state=0)
X, Y = make_classification(40, 5, flip_y=0.2, n_informative=3, n_classes=3, random_state=0)


def splits_of(rng, n, n_splits=6):
    """Random subsets of random sizes, with rows that are there twice and test rows left out."""
    for _ in range(n_splits):
        train = rng.choice(n, rng.randint(n // 2, n), replace=bool(rng.randint(2)))
        yield train, np.setdiff1d(np.arange(n), train)[:2]


def assert_same(found, expected):
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name), name)


CASES = {
    "tree": (TREE, None, probability_of),
    "labels": (RidgeClassifier(), "accuracy", right),
    "neighbors": (KNeighborsClassifier(3), "probability", probability_of),
    "regression": (DecisionTreeRegressor(max_depth=3, random_state=0), None, squared),
    "few neighbors": (KNeighborsRegressor(2), "squared_error", squared),
}


@pytest.mark.parametrize("seed", sweep(range(10), 2))
@pytest.mark.parametrize("name", CASES)
def test_against_one_row_at_a_time(name, seed):
    estimator, score, score_of_row = CASES[name]
    rng = np.random.RandomState(seed)
    n = rng.randint(12, 40)
    splits = list(splits_of(rng, n, rng.randint(2, 8)))
    y = Y[:n].astype(float) if score_of_row is squared else Y[:n]
    found = memorization(estimator, X[:n], y, cv=splits, score=score)
    values, errors, n_in, n_out = memorized(estimator, X[:n], y, splits, score_of_row)
    np.testing.assert_array_equal(found.values, values)
    np.testing.assert_allclose(found.std_errors, errors, rtol=1e-12, atol=1e-15)
    np.testing.assert_array_equal(found.n_in, n_in)
    np.testing.assert_array_equal(found.n_out, n_out)
    np.testing.assert_array_equal(found.in_scores - found.out_scores, found.values)


def test_permuted_rows_have_permuted_values(rng):
    splits, order = list(splits_of(rng, len(Y))), rng.permutation(len(Y))
    place = np.argsort(order)
    found = memorization(TREE, X, Y, cv=splits)
    permuted = memorization(TREE, X[order], Y[order], cv=[(place[a], place[b]) for a, b in splits])
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(permuted, name), getattr(found, name)[order], name)


@pytest.mark.parametrize("backend", sweep(["threading", "loky"], 1))
def test_processes_and_threads_change_nothing(backend):
    forest, few = RandomForestClassifier(2, random_state=0), ShuffleSplit(3, random_state=0)
    found = memorization(forest, X, Y, cv=few, shuffled_labels=True)
    with joblib.parallel_config(backend):
        other = memorization(forest, X, Y, cv=few, shuffled_labels=True, n_jobs=2)
    assert_same(other, found)
    assert other.to_json() == found.to_json()


def test_the_default_splits_are_those_that_the_page_says():
    found = memorization(TREE, X, Y, random_state=3)
    cv = ShuffleSplit(20, train_size=0.7, random_state=3)
    assert_same(found, memorization(TREE, X, Y, cv=cv))
    assert (found.n_fits, found.n_train) == (20, 28)
    assert_same(found, memorization(TREE, X, Y, random_state=np.random.RandomState(3)))


def test_masks_negative_indices_and_lists_are_the_same_rows(rng):
    splits = list(splits_of(rng, len(Y)))
    splits = [(np.unique(train), test) for train, test in splits]
    found = memorization(TREE, X, Y, cv=splits)
    masks = [(np.isin(np.arange(len(Y)), train), test) for train, test in splits]
    negative = [((train - len(Y)).tolist(), test) for train, test in splits]
    assert_same(memorization(TREE, X, Y, cv=masks), found)
    assert_same(memorization(TREE, X, Y, cv=negative), found)
    assert_same(memorization(TREE, X, Y, cv=iter(splits)), found)


def test_splitters():
    folds = memorization(TREE, X, Y, cv=4)
    assert (folds.n_out == 1).all()
    assert (folds.n_in == 3).all()
    assert np.isfinite(folds.values).all()
    assert np.isnan(folds.std_errors).all()
    groups = np.arange(len(Y)) // 8
    grouped = memorization(TREE, X, Y, cv=GroupKFold(5), groups=groups)
    assert (grouped.n_out == 1).all()
    each = memorization(KNeighborsClassifier(1), X[:9], Y[:9], cv=LeaveOneOut())
    assert each.n_fits == 9
    assert (each.in_scores == 1).all()


def test_rows_outside_training_are_out_whether_they_are_tested_or_not():
    cv = ShuffleSplit(6, train_size=0.5, test_size=0.1, random_state=0)
    found = memorization(TREE, X, Y, cv=cv)
    assert (found.n_in + found.n_out == 6).all()


def test_rows_that_are_never_out_or_never_in_are_not_known():
    found = memorization(DecisionTreeRegressor(), X, Y, cv=TimeSeriesSplit(4, test_size=8))
    never_out, never_in = np.arange(len(Y)) < 8, np.arange(len(Y)) >= 32
    np.testing.assert_array_equal(np.isnan(found.values), never_out | never_in)
    np.testing.assert_array_equal(np.isnan(found.out_scores), never_out)
    np.testing.assert_array_equal(np.isnan(found.in_scores), never_in)
    assert set(found.order[-16:]) == {*np.flatnonzero(never_out | never_in)}


@pytest.mark.parametrize("rare", ["a", "m", "z"])
def test_a_label_that_training_has_not_seen_has_no_probability(rare):
    for other in ("b", "y"):  # all others are of the first, or of the last class
        y = np.where(np.arange(len(Y)) == 7, rare, other)
        y[[3, 20]] = "n"
        splits = [(np.delete(np.arange(40), 7), [7]), (np.arange(40), [0]), (np.arange(30), [39])]
        found = memorization(DecisionTreeClassifier(), X, y, cv=splits)
        assert (found.in_scores[7], found.out_scores[7]) == (1.0, 0.0)


@pytest.mark.parametrize("labels", ["text", "objects", "bool", "series", "categories", "column"])
def test_labels_of_any_kind(labels):
    y = Y > 0
    expected = memorization(TREE, X, y)
    pandas = pytest.importorskip("pandas")
    given = {
        "text": np.where(y, "yes", "no"),
        "objects": np.where(y, "yes", "no").astype(object),
        "bool": y.tolist(),
        "series": pandas.Series(np.where(y, 5, 3), index=np.arange(40) + 100),
        "categories": pandas.Series(np.where(y, "b", "a"), dtype="category"),
        "column": y[:, np.newaxis],
    }[labels]
    assert_same(memorization(TREE, X, given), expected)


def test_several_outputs_are_averaged():
    two = np.column_stack([Y, (Y + 1) % 3])
    splits = list(ShuffleSplit(5, random_state=0).split(X))
    each = [memorization(KNeighborsClassifier(3), X, column, cv=splits) for column in two.T]
    both = memorization(KNeighborsClassifier(3), X, two, cv=splits)
    np.testing.assert_allclose(both.values, np.mean([one.values for one in each], axis=0))
    each = [memorization(LinearRegression(), X, column, cv=splits) for column in two.T]
    both = memorization(LinearRegression(), X, two, cv=splits)
    np.testing.assert_allclose(both.values, np.mean([one.values for one in each], axis=0))


@pytest.mark.parametrize("score", ["probability", "accuracy"])
def test_several_labels_as_an_array_and_as_a_list_of_arrays(score):
    features, y = make_multilabel_classification(40, 5, n_classes=3, random_state=0)
    splits = list(ShuffleSplit(4, random_state=0).split(features))
    each = [memorization(TREE, features, column, cv=splits, score=score) for column in y.T]
    expected = np.mean([one.values for one in each], axis=0)
    for several, given in (
        (MultiOutputClassifier(TREE), y),  # a list of arrays
        (OneVsRestClassifier(TREE), y),  # one array
        (OneVsRestClassifier(TREE), csr_array(y)),
        (make_pipeline(OneVsRestClassifier(TREE)), csr_array(y)),
    ):
        found = memorization(several, features, given, cv=splits, score=score)
        np.testing.assert_allclose(found.values, expected, atol=1e-15)


def test_weights_and_what_else_fit_takes():
    weights = np.where(np.arange(len(Y)) % 2, 1.0, 5.0)
    splits = list(ShuffleSplit(5, random_state=0).split(X))
    pipeline = make_pipeline(StandardScaler(), GaussianNB())
    found = memorization(
        pipeline, X, Y, cv=splits, params={"gaussiannb__sample_weight": weights.tolist()}
    )
    scores = np.zeros((2, len(Y)))
    counts = np.zeros((2, len(Y)))
    for train, _ in splits:
        model = make_pipeline(StandardScaler(), GaussianNB())
        model.fit(X[train], Y[train], gaussiannb__sample_weight=weights[train])
        inside = np.isin(np.arange(len(Y)), train)
        for side, rows in enumerate((inside, ~inside)):
            scores[side, rows] += model.predict_proba(X)[rows, Y[rows]]
            counts[side, rows] += 1
    with np.errstate(invalid="ignore"):
        expected = np.subtract(*(scores / counts))
    np.testing.assert_allclose(found.values, expected)


@pytest.mark.parametrize("enabled", [False, True])
def test_groups_and_weights_with_metadata_routing(enabled):
    groups, weights = np.arange(len(Y)) // 8, np.linspace(1.0, 9.0, len(Y))
    expected = memorization(
        GaussianNB(), X, Y, cv=GroupKFold(5), groups=groups, params={"sample_weight": weights}
    )
    assert not np.array_equal(expected.values, memorization(GaussianNB(), X, Y, cv=5).values)
    with config_context(enable_metadata_routing=True):
        found = memorization(
            GaussianNB().set_fit_request(sample_weight=enabled),
            *(X, Y),
            cv=GroupKFold(5),
            params={"groups": groups} | ({"sample_weight": weights} if enabled else {}),
        )
        with pytest.raises(ValueError, match="groups must be in params"):
            memorization(GaussianNB(), X, Y, groups=groups)
    assert np.array_equal(found.values, expected.values) == enabled


def test_rows_of_any_kind():
    pandas = pytest.importorskip("pandas")
    expected = memorization(TREE, X, Y)
    frame = pandas.DataFrame(X, columns=list("abcde"), index=np.arange(40) + 7)
    assert_same(memorization(TREE, frame, Y), expected)
    assert_same(memorization(TREE, X.tolist(), Y.tolist()), expected)
    assert_same(memorization(TREE, csr_array(X), Y), expected)
    texts = [f"word{label} and {i}" for i, label in enumerate(Y)]
    found = memorization(make_pipeline(CountVectorizer(), MultinomialNB()), texts, Y)
    assert np.nanmin(found.in_scores) > 0.5


def test_searches_and_stacks():
    search = GridSearchCV(make_pipeline(StandardScaler(), TREE), {}, cv=2)
    few = ShuffleSplit(3, random_state=0)
    assert_same(
        memorization(search, X, Y, cv=few),
        memorization(make_pipeline(StandardScaler(), TREE), X, Y, cv=few),
    )
    stack = StackingClassifier([("tree", TREE)], cv=2)
    assert memorization(make_pipeline(stack), X, Y > 0, cv=few).score == "probability"


def test_a_function_as_score():
    def margin(model, X, y):
        return model.decision_function(X) * np.where(y == 1, 1, -1)

    found = memorization(SVC(), X, (Y > 0).astype(int), score=margin)
    assert found.score == "margin"
    assert found.in_scores.max() > 1
    named = memorization(TREE, X, Y, score=lambda model, X, y: model.predict(X) == y)
    assert named.score == "score"
    assert_same(named, memorization(TREE, X, Y, score="accuracy"))
    density = memorization(KernelDensity(), X, Y, score=lambda model, X, y: model.score_samples(X))
    assert (density.values > 0).all()


def test_nothing_of_the_caller_changes():
    model = Ridge().fit(X, Y)
    before, state = model.coef_.copy(), np.random.get_state()[1].copy()
    y, splits = Y.copy(), list(ShuffleSplit(3, random_state=0).split(X))
    memorization(model, X, y, cv=splits, shuffled_labels=True)
    np.testing.assert_array_equal(model.coef_, before)
    np.testing.assert_array_equal(np.random.get_state()[1], state)
    np.testing.assert_array_equal(y, Y)


def test_shuffled_labels_are_learned_by_heart_by_what_can():
    found = memorization(KNeighborsClassifier(1), X, Y, shuffled_labels=True)
    assert found.shuffled_labels.in_score == 1.0
    assert found.shuffled_labels.out_score == pytest.approx(1 / 3, abs=0.1)
    assert found.shuffled_labels.n_fits == 5
    assert_same(found, memorization(KNeighborsClassifier(1), X, Y))
    linear = memorization(GaussianNB(), X, Y, shuffled_labels=True).shuffled_labels
    assert linear.in_score < 0.6
    scores = memorization(Ridge(), X, 100.0 * Y, shuffled_labels=True).shuffled_labels
    assert scores.out_score < scores.in_score < 0


def test_shuffled_labels_keep_the_classes_of_each_side():
    y = np.where(np.arange(len(Y)) < 3, "rare", "often")
    cv = StratifiedShuffleSplit(4, train_size=0.7, random_state=0)
    found = memorization(
        LinearDiscriminantAnalysis(), X, y, cv=cv, shuffled_labels=True, score="accuracy"
    )
    assert found.shuffled_labels.n_fits == 4


class Own(ClassifierMixin, BaseEstimator):
    """A classifier that no Spec describes."""

    def fit(self, X, y):
        self.classes_, self.weights_ = np.unique(y), np.ones(3)
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])


def test_the_number_of_parameters():
    few = ShuffleSplit(2, random_state=0)
    found = memorization(LinearRegression(), X, Y, cv=few)
    assert (found.n_params, found.keeps_rows) == (6, False)
    found = memorization(Own(), X, Y, score="accuracy", cv=few)
    assert isinstance(found.n_params, Unknown)
    found = memorization(make_pipeline(KNeighborsClassifier()), X, Y, cv=few)
    assert (found.n_params, found.keeps_rows) == (0, True)


def test_third_party():
    lightgbm = pytest.importorskip("lightgbm")
    model = lightgbm.LGBMClassifier(n_estimators=5, min_child_samples=2, verbose=-1, n_jobs=1)
    found = memorization(model, X, Y, cv=ShuffleSplit(3, random_state=0))
    assert np.nanmax(found.values) > 0


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(2))
def test_flipped_labels_of_digits_stand_out(seed, note):
    rng = np.random.RandomState(seed)
    X, y = load_digits(return_X_y=True)
    X, y = X[:600], y[:600]
    bad = np.zeros(len(y), dtype=bool)
    bad[rng.choice(len(y), 30, replace=False)] = True
    y = np.where(bad, (y + rng.randint(1, 10, len(y))) % 10, y)
    found = memorization(RandomForestClassifier(50, random_state=0), X, y)
    known = np.isfinite(found.values)
    assert roc_auc_score(bad[known], found.values[known]) > 0.98
    linear = make_pipeline(StandardScaler(), LogisticRegression(C=0.01))
    low = memorization(linear, X, y).values
    assert np.nanmean(low[bad]) < 0.3 * np.nanmean(found.values[bad])
