"""Errors that say what is wrong, before the first fit where that can be known, and Ctrl-C."""

import os
import pickle
import signal
import subprocess
import sys
import threading
import time

import joblib
import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.cluster import KMeans
from sklearn.datasets import make_classification
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import GridSearchCV, ShuffleSplit
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from skparams import memorization

X, Y = make_classification(30, 4, random_state=0)


COUNTING = threading.Lock()


class Counted(ClassifierMixin, BaseEstimator):
    """A classifier that counts the fits of all its clones, and does something at one of them."""

    n_fits = 0

    def __init__(self, at=0, do=None):
        self.at, self.do = at, do

    def fit(self, X, y):
        with COUNTING:  # threads may fit at once
            type(self).n_fits += 1
            number = type(self).n_fits
        self.classes_ = np.unique(y)
        if number == self.at:
            self.do()
        return self

    def predict_proba(self, X):
        return np.full((len(X), len(self.classes_)), 1 / len(self.classes_))


@pytest.fixture(autouse=True)
def _no_fits():
    Counted.n_fits = 0


def none(model, X, y):
    return np.full(len(y), np.nan)


ONE_CLASS = [(np.arange(20), [29]), (np.flatnonzero(Y == 1), [0])]
ALL = [(np.arange(30), [0]), (np.arange(30), [1])]
CASES = {
    "a class": ((GaussianNB, X, Y), {}, TypeError, "estimator must be an instance, got the class"),
    "no estimator": (("a", X, Y), {}, TypeError, "estimator must have fit and get_params"),
    "no y": ((Counted(), X, None), {}, ValueError, "y must be labels or targets, got None"),
    "lengths": ((Counted(), X, Y[:7]), {}, ValueError, r"numbers of samples: \[30, 7\]"),
    "no rows": ((Counted(), 5, Y), {}, TypeError, "X must be rows"),
    "three axes": ((Counted(), X, np.ones((30, 2, 2))), {}, ValueError, "y must have one axis"),
    "clusters": ((KMeans(), X, Y), {}, TypeError, "KMeans is no classifier and no regressor"),
    "score": ((Counted(), X, Y), {"score": "auc"}, ValueError, "'probability' or 'accuracy'"),
    "its score": ((Ridge(), X, Y), {"score": "probability"}, ValueError, "'squared_error' for a"),
    "score 3": ((Counted(), X, Y), {"score": 3}, ValueError, "returns one number for each row"),
    "targets": ((Ridge(), X, Y.astype(str)), {}, None, None),
    "no label": ((Counted(), X, [None, *Y[1:]]), {}, TypeError, "y must have labels of one type"),
    "one label": ((Counted(), X, ["a"] * 30), {}, ValueError, "two classes or more, got 'a'"),
    "text": ((Ridge(), X, ["a"] * 30), {}, ValueError, "y must be numbers for a regressor"),
    "nan": ((Ridge(), X, [np.nan] * 30), {}, ValueError, "y must be finite, got nan in row 0"),
    "shuffled": ((Counted(), X, Y), {"shuffled_labels": 2}, TypeError, "True or False, got 2"),
    "params": ((Counted(), X, Y), {"params": [1]}, TypeError, "params must be None or a dict"),
    "n_jobs": ((Counted(), X, Y), {"n_jobs": 0}, ValueError, "n_jobs must be None or an int"),
    "half a job": ((Counted(), X, Y), {"n_jobs": 0.5}, TypeError, "other than 0, got 0.5"),
    "cv text": ((Counted(), X, Y), {"cv": "a"}, ValueError, "cv must be None, an int, a splitter"),
    "cv 1": ((Counted(), X, Y), {"cv": 1}, ValueError, "n_splits=2 or more"),
    "cv empty": ((Counted(), X, Y), {"cv": []}, ValueError, "at least one split, got none"),
    "no pairs": ((Counted(), X, Y), {"cv": [[1, 2, 3]]}, ValueError, "cv must split the rows"),
    "no train": ((Counted(), X, Y), {"cv": [([], [1])]}, ValueError, "split 0 of cv must be ind"),
    "floats": ((Counted(), X, Y), {"cv": [([0.5], [1])]}, ValueError, r"rows, got \[0.5\]"),
    "far": ((Counted(), X, Y), {"cv": [([0, 30], [1])]}, ValueError, "must be below 30.* got 30"),
    "short mask": ((Counted(), X, Y), {"cv": [([True], [1])]}, ValueError, "a mask of 30 rows"),
    "none out": (
        (Counted(), X, Y),
        {"cv": ALL},
        ValueError,
        "2 splits with each row in",
    ),
    "one class": (
        (Counted(), X, Y),
        {"cv": ONE_CLASS},
        ValueError,
        "split 1 of cv have one class",
    ),
    "small": ((Counted(), X[:1], Y[:1]), {}, ValueError, "train set will be empty"),
    "seed": ((Counted(), X, Y), {"random_state": "a"}, ValueError, "cannot be used to seed"),
    "nan score": ((Counted(), X, Y), {"score": none}, ValueError, "none of the fit of split 0 of"),
    "proba": ((LinearSVC(), X, Y), {}, ValueError, 'Use score="accuracy"'),
    "svc": ((SVC(), X, Y), {}, ValueError, "predict_proba, which this SVC does not have"),
    "in a search": (
        (GridSearchCV(make_pipeline(StandardScaler(), LinearSVC()), {}), X, Y),
        {},
        ValueError,
        "which this GridSearchCV does not have",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_error(name):
    arguments, options, error, message = CASES[name]
    if error is None:
        memorization(*arguments, **options)  # numbers as text are numbers
        return
    with pytest.raises(error, match=message) as raised:
        memorization(*arguments, **options)
    assert str(raised.value).startswith("memorization: ")
    assert Counted.n_fits == (name == "nan score")


@pytest.mark.parametrize("backend", ["sequential", "threading"])
def test_a_fit_that_fails_is_named(backend):
    def fail():
        raise KeyError("no such thing")

    class Own(Counted):
        """With a count of its own, as threads go on for a while after the error."""

        n_fits = 0

    message = r"the fit of split \d+ of cv failed: KeyError"
    n_jobs = 2 if backend == "threading" else 1
    with (
        joblib.parallel_config(backend, n_jobs=n_jobs),
        pytest.raises(ValueError, match=message) as raised,
    ):
        memorization(Own(3, fail), X, Y)
    assert "no such thing" in str(raised.value)
    if backend == "sequential":
        assert "split 2 of cv" in str(raised.value)
        assert isinstance(raised.value.__cause__, KeyError)
    pickle.loads(pickle.dumps(raised.value))


def test_a_failure_on_shuffled_labels_is_named():
    def fail():
        raise ValueError("enough")

    with pytest.raises(ValueError, match=r"on shuffled labels of split 1 of cv failed: .* enough"):
        memorization(Counted(22, fail), X, Y, shuffled_labels=True)


def test_a_score_of_a_wrong_shape_is_refused():
    with pytest.raises(ValueError, match=r"one number for each of the 30 rows, got the shape \(\)"):
        memorization(Counted(), X, Y, score=lambda model, X, y: 0.5)


def test_top():
    found = memorization(DecisionTreeClassifier(), X, Y, cv=2)
    for n in (0, -1, 2.0, "3", True):
        with pytest.raises(ValueError, match="top: n must be an int of at least 1"):
            found.top(n)


@pytest.fixture
def ctrl_c():
    """What Ctrl-C does, with Python's own handler."""
    assert threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield lambda: os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    signal.signal(signal.SIGINT, before)


def test_after_ctrl_c_the_fits_before_it_count(ctrl_c):
    found = memorization(Counted(8, ctrl_c), X, Y)
    first = list(ShuffleSplit(20, train_size=0.7, random_state=0).split(X))[:7]
    expected = memorization(Counted(), X, Y, cv=first)
    assert (found.n_fits, found.n_planned) == (7, 20)
    np.testing.assert_array_equal(found.n_in, expected.n_in)
    np.testing.assert_array_equal(found.values, expected.values)
    assert "stopped by Ctrl-C after 7 of 20 fits" in str(found)


def test_a_fit_that_ctrl_c_cut_short_does_not_count(ctrl_c):
    def caught():
        try:
            ctrl_c()
            time.sleep(1)
        except KeyboardInterrupt:
            pass

    found = memorization(Counted(8, caught), X, Y)
    assert (found.n_fits, Counted.n_fits) == (7, 8)


def test_ctrl_c_before_anything_is_known(ctrl_c):
    with pytest.raises(KeyboardInterrupt):
        memorization(Counted(1, ctrl_c), X, Y)
    found = memorization(Counted(23, ctrl_c), X, Y, shuffled_labels=True)  # Counted.n_fits is 1
    assert (found.n_fits, found.shuffled_labels.n_fits) == (20, 1)
    assert "stopped by Ctrl-C after 21 of 25 fits" in str(found)


@pytest.mark.exhaustive
def test_ctrl_c_with_processes():
    code = """
import signal, time, numpy as np
signal.signal(signal.SIGINT, signal.default_int_handler)
from sklearn.tree import DecisionTreeClassifier
from skparams import memorization

class Slow(DecisionTreeClassifier):
    def fit(self, X, y):
        print("fit", flush=True)
        time.sleep(0.3)
        return super().fit(X, y)

X = np.random.RandomState(0).standard_normal((30, 3))
found = memorization(Slow(), X, X[:, 0] > 0, n_jobs=2)
print("done", found.n_fits, flush=True)
"""
    start = {"stdout": subprocess.PIPE, "text": True, "start_new_session": True}
    with subprocess.Popen([sys.executable, "-c", code], **start) as run:
        for _ in range(8):
            assert run.stdout.readline() == "fit\n"
        os.killpg(run.pid, signal.SIGINT)  # as a terminal does
        *_, last = run.stdout.read().splitlines()
    assert run.returncode == 0
    assert last.startswith("done")
    assert 1 < int(last.split()[1]) < 12


def test_linear_regression_of_labels_is_no_classifier():
    found = memorization(LinearRegression(), X, Y, cv=3)
    assert found.score == "squared_error"
