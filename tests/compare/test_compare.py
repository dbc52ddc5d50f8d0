"""The scores, folds and pairs of ``compare``, against cross_validate, and what may go wrong."""

import pickle
import warnings
from itertools import combinations

import joblib
import numpy as np
import pytest
import sklearn
from scipy.sparse import csr_array
from sklearn import model_selection as ms
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Ridge, RidgeClassifier
from sklearn.metrics import get_scorer, make_scorer, mean_squared_error
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from skparams import compare, count_params
from skparams._compare.statistics import corrected_t_test, holm
from skparams._records import Bounds, Unknown, low_high
from tests.compare.estimators import (
    CALLS,
    Constant,
    Failing,
    FailsToPredict,
    NoClone,
    NoTags,
    Opaque,
    ReturnsNothing,
    SeveralRowsOnly,
    Slotted,
    Warning_,
    predicted,
)

X, Y = load_iris(return_X_y=True)
NUMBERS = X[:, 3]
CV = ms.KFold(3, shuffle=True, random_state=0)
CLASSIFIERS = {
    "bayes": GaussianNB(),
    "scaled": make_pipeline(StandardScaler(), RidgeClassifier()),
    "tree": DecisionTreeClassifier(max_depth=1, random_state=0),
}
SEARCH = ms.GridSearchCV(RidgeClassifier(), {"alpha": [1.0, 9.0]}, cv=2)
SPLITTERS = {
    "repeated": ms.RepeatedKFold(n_splits=3, n_repeats=2, random_state=1),
    "one split": [(np.arange(0, 150, 2), np.arange(1, 150, 2))],
    "masks": [(np.arange(150) % 2 == 0, np.arange(150) % 2 == 1)],
}


@pytest.mark.parametrize("scoring", [None, "f1_macro", get_scorer("neg_log_loss"), predicted])
@pytest.mark.parametrize("cv", SPLITTERS)
def test_scores_are_those_of_cross_validate(cv, scoring):
    models = CLASSIFIERS | {"search": SEARCH}
    if scoring is not None and scoring != "f1_macro":
        models = {"bayes": GaussianNB(), "constant": DummyClassifier()}
    found = compare(models, X, Y, cv=SPLITTERS[cv], scoring=scoring, random_state=0)
    splits = [[np.flatnonzero(r) if r.dtype == bool else r for r in s] for s in _splits(cv)]
    for name, model in models.items():
        expected = ms.cross_validate(model, X, Y, cv=splits, scoring=scoring)["test_score"]
        np.testing.assert_array_equal(found[name].scores, expected)
        assert found[name].mean == pytest.approx(expected.mean(), rel=1e-14)
        assert found[name].failure is None
        assert len(expected) == 1 or found[name].std == pytest.approx(expected.std(ddof=1))


def _splits(cv):
    cv = SPLITTERS[cv]
    return cv if isinstance(cv, list) else list(cv.split(X, Y))


def test_the_default_is_five_shuffled_folds_three_times():
    found = compare({"bayes": GaussianNB()}, X, Y, random_state=3)
    cv = ms.RepeatedStratifiedKFold(n_splits=5, n_repeats=3, random_state=3)
    np.testing.assert_array_equal(
        found["bayes"].scores, ms.cross_val_score(GaussianNB(), X, Y, cv=cv)
    )
    found = compare({"ridge": Ridge()}, X, NUMBERS, cv=4, random_state=3)
    cv = ms.RepeatedKFold(n_splits=4, n_repeats=3, random_state=3)
    np.testing.assert_array_equal(
        found["ridge"].scores, ms.cross_val_score(Ridge(), X, NUMBERS, cv=cv)
    )


def test_rows_of_any_kind():
    pandas = pytest.importorskip("pandas")
    models = {"a": RidgeClassifier(), "b": RidgeClassifier(alpha=9)}
    expected = compare(models, X, Y, cv=CV)["b"].scores
    kinds = [csr_array(X), pandas.DataFrame(X), X.tolist(), np.asfortranarray(X)]
    targets = [Y, pandas.Series(Y), Y.tolist(), np.array(["a", "b", "c"])[Y]]
    for rows, target in zip(kinds, targets, strict=True):
        np.testing.assert_allclose(compare(models, rows, target, cv=CV)["b"].scores, expected)


def test_kernels_that_are_computed_before():
    models = {"svc": SVC(kernel="precomputed"), "other": SVC(kernel="precomputed", C=9)}
    found = compare(models, X @ X.T, Y, cv=CV)
    expected = ms.cross_val_score(SVC(kernel="linear"), X, Y, cv=CV)
    np.testing.assert_array_equal(found["svc"].scores, expected)


def test_without_a_target():
    models = {"one": PCA(1), "two": PCA(2)}
    found = compare(models, X, cv=CV)
    np.testing.assert_allclose(found["two"].scores, ms.cross_val_score(PCA(2), X, cv=CV))
    assert found.scoring == "score of PCA"


def test_groups_stay_together():
    cv = ms.GroupKFold(3)
    groups = np.arange(150) % 7
    found = compare({"bayes": GaussianNB(), "b": SVC()}, X, Y, cv=cv, groups=groups)
    expected = ms.cross_val_score(GaussianNB(), X, Y, cv=cv, groups=groups)
    np.testing.assert_array_equal(found["bayes"].scores, expected)
    assert isinstance(found.test_train_ratio, Unknown)
    assert "group" in found.pairs[0].no_test
    assert found.pairs[0].p_value is None


def test_weights_are_split_as_the_rows(rng):
    weights = rng.uniform(0, 9, 150)
    models = {"bayes": GaussianNB(), "neighbors": KNeighborsClassifier()}
    found = compare(models, X, Y, cv=CV, params={"sample_weight": weights})
    expected = ms.cross_val_score(GaussianNB(), X, Y, cv=CV, params={"sample_weight": weights})
    np.testing.assert_array_equal(found["bayes"].scores, expected)
    assert found["neighbors"].failure.type == "TypeError"


def test_metadata_goes_where_it_is_requested(rng):
    weights, groups = rng.uniform(0, 9, 150), np.arange(150) % 7
    with sklearn.config_context(enable_metadata_routing=True):
        models = {
            name: GaussianNB().set_fit_request(sample_weight=w).set_score_request(sample_weight=w)
            for name, w in (("weighted", True), ("plain", False))
        }
        params = {"sample_weight": weights, "groups": groups}
        found = compare(models, X, Y, cv=ms.GroupKFold(3), params=params)
        for name, model in models.items():
            own = params if name == "weighted" else {"groups": groups}
            expected = ms.cross_val_score(model, X, Y, cv=ms.GroupKFold(3), params=own)
            np.testing.assert_array_equal(found[name].scores, expected)
        with pytest.raises(ValueError, match=r"params=\{'groups'"):
            compare(models, X, Y, groups=groups)
        with pytest.raises(sklearn.exceptions.UnsetMetadataPassedError, match="sample_weight"):
            compare({"unset": GaussianNB()}, X, Y, params={"sample_weight": weights})


def test_pairs_are_all_pairs_by_the_corrected_test():
    found = compare(CLASSIFIERS, X, Y, random_state=0)
    assert {frozenset((p.first, p.second)) for p in found.pairs} == {
        frozenset(each) for each in combinations(CLASSIFIERS, 2)
    }
    tests = []
    for pair in found.pairs:
        first, second = (np.array(found[name].scores) for name in (pair.first, pair.second))
        assert first.mean() >= second.mean()
        tests.append(corrected_t_test(first - second, 1 / 4))
        assert pair.p_value == tests[-1].p_value
        assert (pair.low, pair.high) == tests[-1].interval
    expected = holm([test.p_value for test in tests])
    np.testing.assert_array_equal([pair.adjusted_p for pair in found.pairs], expected)


def test_with_a_baseline_only_pairs_with_it():
    found = compare(CLASSIFIERS, X, Y, random_state=0, baseline="scaled", rope=0.01)
    assert [pair.second for pair in found.pairs] == ["scaled", "scaled"]
    np.testing.assert_array_equal(
        [pair.adjusted_p for pair in found.pairs], holm([pair.p_value for pair in found.pairs])
    )
    assert all(sum(pair.probabilities) == pytest.approx(1) for pair in found.pairs)
    worse = compare(CLASSIFIERS, X, Y, random_state=0, baseline="bayes").pairs
    assert {pair.finding for pair in worse} == {"worse"}
    assert all(pair.difference < 0 for pair in worse)


def test_identical_scores_are_no_difference_and_no_proof():
    models = {"a": GaussianNB(), "b": GaussianNB(), "constant": DummyClassifier()}
    found = compare(models, X, Y, random_state=0, rope=0.1)
    same = next(pair for pair in found.pairs if pair.identical)
    assert (same.first, same.second, same.finding) == ("a", "b", "identical scores")
    assert (same.p_value, same.difference) == (None, 0.0)
    others = [pair for pair in found.pairs if not pair.identical]
    assert [pair.adjusted_p / pair.p_value for pair in others] == pytest.approx([3, 3])


def test_the_same_difference_in_each_fold_has_no_test():
    models = {"a": Constant(1.0), "b": Constant(0.5)}
    (pair,) = compare(models, X, NUMBERS, scoring=predicted, random_state=0).pairs
    assert (pair.difference, pair.identical, pair.p_value) == (0.5, False, None)
    assert (pair.finding, pair.significant) == ("no test", False)


def test_competitors_share_folds_in_an_order_that_is_drawn_anew():
    names = [f"number {i}" for i in range(4)]
    models = {name: Constant(i, name) for i, name in enumerate(names)}
    cv = [(np.arange(n), np.arange(n, 150)) for n in range(20, 60)]

    def orders(seed):
        CALLS.clear()
        compare(models, X, NUMBERS, cv=cv, scoring=predicted, random_state=seed)
        calls = [CALLS[i : i + 4] for i in range(0, len(CALLS), 4)]
        assert [{n for _, n in each} for each in calls] == [{n} for n in range(20, 60)]
        assert all({name for name, _ in each} == set(names) for each in calls)
        return [[name for name, _ in each] for each in calls]

    first = orders(0)
    assert {each[0] for each in first} == {each[3] for each in first} == set(names)
    assert orders(0) == first
    assert orders(1) != first


def test_estimators_are_as_they_were():
    models = {
        "fitted": GaussianNB().fit(X, Y),
        "scaled": make_pipeline(StandardScaler(copy=False), SVC()),
    }
    before, rows = pickle.dumps(models), X.copy()
    compare(models, rows, Y, cv=CV)
    assert pickle.dumps(models) == before
    np.testing.assert_array_equal(rows, X)


def test_results_do_not_depend_on_how_many_folds_run_at_once():
    expected = compare(CLASSIFIERS, X, Y, random_state=0)
    shown = warnings.showwarning
    with joblib.parallel_config("threading"):
        found = compare(CLASSIFIERS, X, Y, random_state=0, n_jobs=2)
    assert [each.scores for each in found.competitors] == [e.scores for e in expected.competitors]
    assert found.n_jobs == 2
    assert "2 folds at once" in str(found)
    assert warnings.showwarning is shown
    assert "at once" not in str(expected)


@pytest.mark.parametrize("failing", [Failing(), FailsToPredict()], ids=["fit", "predict"])
def test_one_that_fails_is_a_row_and_the_others_go_on(failing):
    found = compare({"bad": failing, "a": Ridge(), "b": DummyRegressor()}, X, NUMBERS, cv=CV)
    bad = found["bad"]
    assert bad.mean is None
    assert np.isnan(bad.scores).all()
    assert (bad.failure.n_folds, bad.failure.type) in [
        (3, "RuntimeError"),
        (3, "ZeroDivisionError"),
    ]
    assert [(pair.first, pair.second) for pair in found.pairs] == [("a", "b")]
    assert found.ranking[-1] is bad
    assert "in each fold: " in str(found)
    assert bad.failure.type in found.to_markdown()


def test_one_that_fails_in_some_folds_has_no_test():
    rows = X - 5
    assert (rows[:5, 0] > 0).tolist() == [True, False, False, False, False]
    cv = [(np.r_[i, 50:140], np.arange(140, 150)) for i in (1, 0, 2, 5, 3)]
    found = compare({"bad": Failing("some"), "a": Ridge()}, rows, NUMBERS, cv=cv)
    assert (found["bad"].failure.n_folds, np.isnan(found["bad"].scores).sum()) == (2, 2)
    assert found.pairs == ()
    assert "in 2 of 5 folds: RuntimeError" in str(found)


def test_a_score_that_is_no_number_is_an_error_of_its_row():
    def of_constant(estimator, X, y):
        return {1.0: float("nan"), 2.0: "text", 3.0: [1.0], 4.0: np.float32(4)}[estimator.constant]

    models = {f"{i}": Constant(float(i)) for i in (1, 2, 3, 4)}
    found = compare(models, X, NUMBERS, scoring=of_constant, cv=CV)
    assert [each.mean for each in found.competitors] == [None, None, None, 4.0]
    assert found["1"].failure.text == "the score is nan"
    assert found["2"].failure.text == "TypeError: the score must be a number, got str"
    assert found["3"].failure.text == "TypeError: the score must be a number, got list"


def test_what_cannot_be_measured_fails_nothing():
    found = compare({"a": SeveralRowsOnly(), "b": Ridge()}, X, NUMBERS, cv=CV)["a"]
    assert (found.failure, found.row_seconds) == (None, None)
    assert found.bytes == Unknown("it cannot be pickled")
    assert found.predict_seconds.median > 0


def test_all_fail():
    found = compare({"a": Failing(), "b": Failing()}, X, NUMBERS, cv=CV)
    assert "No competitor has a score in each fold" in str(found)
    with pytest.raises(ValueError, match="no competitor"):
        found.plot()


def test_warnings_are_counted_by_fold_and_not_shown():
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("default")
        found = compare({"a": Warning_(), "b": Ridge()}, X, NUMBERS, cv=CV)
        warnings.simplefilter("ignore")
        ignored = compare({"a": Warning_(), "b": Ridge()}, X, NUMBERS, cv=CV)
    assert not shown
    assert ignored["a"].warnings == ()
    assert found["a"].warnings == (("ConvergenceWarning", 3),)
    assert "a: ConvergenceWarning in 3 of 3 folds" in str(found)


def test_warnings_of_other_threads_go_where_they_went():
    """Two threads that both changed Python's filters could leave them changed."""
    with joblib.parallel_config("threading"), warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        found = compare({"a": Warning_()}, X, NUMBERS, cv=CV, n_jobs=2)
    assert {each.category for each in shown} == {ConvergenceWarning}
    assert found["a"].warnings == ()


def test_sizes_are_those_of_the_fitted_models():
    models = {"bayes": GaussianNB(), "tree": DecisionTreeClassifier(random_state=0)}
    cv = ms.KFold(11, shuffle=True, random_state=0)
    found = compare(models, X, Y, cv=cv)
    for name, model in models.items():
        splits = list(cv.split(X))
        fitted = [clone(model).fit(X[splits[i][0]], Y[splits[i][0]]) for i in (0, 5, 10)]
        for measured, known in (
            (found[name].bytes, [len(pickle.dumps(each)) for each in fitted]),
            (found[name].parameters, [count_params(each) for each in fitted]),
        ):
            assert low_high(measured) == (min(known), max(known))
    assert isinstance(found["tree"].parameters, Bounds)
    opaque = compare({"opaque": Opaque()}, X, NUMBERS, cv=CV)
    assert isinstance(opaque["opaque"].parameters, Unknown)
    assert "parameters of opaque not known: " in str(opaque)


def test_times_are_there_for_any_way_to_predict():
    models = {"nothing": ReturnsNothing(), "slotted": Slotted(), "ridge": Ridge()}
    models["scaled"] = make_pipeline(StandardScaler(), Ridge())
    found = compare(models, X, NUMBERS, cv=CV)
    for each in found.competitors:
        assert each.failure is None
        for seconds in (each.fit_seconds, each.predict_seconds):
            assert seconds.first > 0
            assert 0 < seconds.lower_quartile <= seconds.median <= seconds.upper_quartile
        assert each.row_seconds > 0


def test_negative_scores_are_greater_where_they_are_better():
    scoring = make_scorer(mean_squared_error, greater_is_better=False)
    found = compare(
        {"a": DummyRegressor(), "b": Ridge()}, X, NUMBERS, scoring=scoring, random_state=0
    )
    assert found.ranking[0].name == "b"
    assert (found.pairs[0].first, found.pairs[0].finding) == ("b", "better")


A = {"a": GaussianNB()}
WRONG = {
    "list": (([GaussianNB()],), {}, TypeError, "estimators must be a dict"),
    "empty": (({},), {}, ValueError, "at least one"),
    "name": (({1: GaussianNB()},), {}, TypeError, "names in estimators must be str, got int"),
    "blank": (({" ": GaussianNB()},), {}, ValueError, "must have letters"),
    "clash": (({"a b": SVC(), "a  b": SVC()},), {}, ValueError, "must look different"),
    "class": (({"a": GaussianNB},), {}, TypeError, r"estimators\['a'\] must be an instance"),
    "no estimator": (({"a": 3},), {}, TypeError, r"estimators\['a'\] must have fit"),
    "no clone": (
        ({"a": NoClone(1)},),
        {},
        TypeError,
        r"estimators\['a'\] must be an estimator that",
    ),
    "no tags": (({"a": NoTags()},), {}, TypeError, r"estimators\['a'\] must be an estimator that"),
    "baseline": ((A,), {"baseline": "b"}, ValueError, "baseline must be None or one of 'a'"),
    "baseline list": ((A,), {"baseline": ["a"]}, ValueError, "baseline must be"),
    "rope 0": ((A,), {"rope": 0}, ValueError, "rope must be"),
    "rope below": ((A,), {"rope": -0.1}, ValueError, "rope must be"),
    "rope nan": ((A,), {"rope": float("nan")}, ValueError, "rope must be"),
    "rope bool": ((A,), {"rope": True}, ValueError, "rope must be"),
    "rope text": ((A,), {"rope": "1%"}, ValueError, "rope must be"),
    "jobs": ((A,), {"n_jobs": 0}, ValueError, "n_jobs must be"),
    "jobs float": ((A,), {"n_jobs": 1.5}, TypeError, "n_jobs must be"),
    "memory": ((A,), {"memory": "yes"}, TypeError, "memory must be"),
    "one fold": ((A,), {"cv": 1}, ValueError, "at least 2 folds"),
    "cv bool": ((A,), {"cv": True}, ValueError, "cv must be"),
    "cv text": ((A,), {"cv": "kfold"}, ValueError, "cv must be"),
    "cv float": ((A,), {"cv": 5.0}, ValueError, "cv must be"),
    "cv class": ((A,), {"cv": ms.KFold}, ValueError, "cv must split"),
    "cv empty": ((A,), {"cv": []}, ValueError, "at least one split"),
    "cv rows": ((A,), {"cv": [([0, 1, 99], [500])]}, ValueError, "below 150.*got 500"),
    "cv no pairs": ((A,), {"cv": [[1, 2, 3]]}, ValueError, "cv must split the rows"),
    "cv overlap": ((A,), {"cv": [(range(99), range(90, 150))]}, ValueError, "row 90 is both"),
    "cv no test": (
        (A,),
        {"cv": [(range(99), [])]},
        ValueError,
        "test rows of split 0 of cv must be indices",
    ),
    "groups": ((A,), {"groups": Y}, ValueError, "GroupKFold"),
    "params": ((A,), {"params": [1]}, TypeError, "params must be"),
    "metrics": ((A,), {"scoring": ["accuracy", "f1"]}, TypeError, "one metric"),
    "metric": ((A,), {"scoring": "acc"}, ValueError, "such as 'accuracy'.*got 'acc'"),
    "kinds": (({"a": GaussianNB(), "b": Ridge()},), {}, ValueError, "scoring must be given"),
}


@pytest.mark.parametrize("case", WRONG)
def test_bad_arguments_are_errors_before_work_starts(case, monkeypatch):
    (estimators,), options, error, words = WRONG[case]
    monkeypatch.setattr("skparams._compare.verb.run_folds", None)
    with pytest.raises(error, match=words) as caught:
        compare(estimators, X, Y, **options)
    assert str(caught.value).startswith("compare: ")


def test_bad_data_are_errors_before_work_starts(monkeypatch):
    monkeypatch.setattr("skparams._compare.verb.run_folds", None)
    with pytest.raises(ValueError, match="compare: y must be given for GaussianNB"):
        compare(A, X)
    with pytest.raises(TypeError, match="compare: X must be rows"):
        compare(A, 3, Y)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        compare(A, X, Y[:-1])
    with pytest.raises(ValueError, match="training rows of split 0 of cv have one class only, 0"):
        compare(A, X[:60], Y[:60], cv=[(range(50), range(50, 60))])
    with pytest.raises(ValueError, match="y must have two classes or more, got 0"):
        compare(A, X[:50], Y[:50])


def test_searches_with_other_scores_need_a_score():
    search = ms.GridSearchCV(GaussianNB(), {}, scoring="f1_macro")
    with pytest.raises(ValueError, match="f1_macro of 'search'"):
        compare({"search": search, "bayes": GaussianNB()}, X, Y)
    assert compare({"a": search, "b": clone(search)}, X, Y, cv=CV).scoring == "f1_macro"
