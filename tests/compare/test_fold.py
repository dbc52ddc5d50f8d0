"""What is measured in a fold: times of predictions, first fits of processes, memory."""

import os
import sys
from collections import Counter

import numpy as np
import pytest
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.linear_model import Ridge

from skparams import compare
from skparams._compare import fold, memory
from skparams._compare.engine import competitors_of
from skparams._compare.fold import FoldResult, Result, Task, _timed_predictions
from skparams._compare.record import Seconds
from skparams._records import Bounds, Unknown
from tests.compare.estimators import Chained, Slotted

X = np.arange(12.0).reshape(6, 2)
Y = np.array([0, 1, 0, 1, 0, 1])


def test_a_prediction_that_another_one_calls_is_not_counted_again(monkeypatch):
    clock = iter(range(100))
    monkeypatch.setattr(fold, "perf_counter", lambda: next(clock))
    model = Chained().fit(X, Y)
    before = dict(vars(model))
    with _timed_predictions(model) as seconds:
        model.predict(X)  # from 0 to 2; predict_proba, which it calls, begins at 1
        model.predict_proba(X)  # from 3 to 4
        assert model.predict.__name__ == "predict"
    assert seconds == [2, 1]
    assert vars(model) == before
    model.predict(X)
    assert seconds == [2, 1]


def test_methods_are_as_before_an_error():
    model = Chained().fit(X, Y)
    model.predict = own = lambda X: X / X.missing
    with pytest.raises(AttributeError, match="missing"), _timed_predictions(model):
        model.predict(X)
    assert model.predict is own


def test_a_class_that_keeps_its_own_methods_is_not_timed_here():
    model = Slotted().fit(X, Y)
    with _timed_predictions(model) as seconds:
        model.predict(X)
    assert seconds == []


def test_the_first_fold_of_each_process_is_apart():
    task = Task({"a": Ridge()}, {}, {}, X, Y)
    starts = [(1, 5.0), (2, 3.0), (1, 2.0), (2, 9.0), (3, 0.0)]  # process, begin
    times = [1.0, 64.0, 16.0, 3.0, 32.0]
    folds = [
        FoldResult({"a": Result(score=1.0, fit_seconds=t)}, process, begin)
        for t, (process, begin) in zip(times, starts, strict=True)
    ]
    (found,) = competitors_of(task, folds, {})
    assert found.fit_seconds == Seconds(2.0, 1.5, 2.5, 32.0)
    assert found.predict_seconds == Seconds()


class Large(RegressorMixin, BaseEstimator):
    """Takes so many bytes at most while it is fitted, and fails for fewer than 100 rows."""

    def __init__(self, n_bytes=0):
        self.n_bytes = n_bytes

    def fit(self, X, y):
        if len(X) < 100:
            raise ValueError("too few")
        for part in (0.5, 1, 0.25):
            np.ones(int(part * self.n_bytes), dtype=np.int8)
        if self.n_bytes == 13:
            os._exit(1)
        self.mean_ = 0.0
        return self

    def predict(self, X):
        return np.zeros(len(X))


@pytest.mark.exhaustive
@pytest.mark.skipif(sys.platform != "linux", reason="the peak is known on Linux only")
def test_peak_memory_is_that_of_the_fit():
    rows = np.random.RandomState(0).standard_normal((300, 2))
    models = {"large": Large(80_000_000), "small": Large(1000), "dies": Large(13)}
    task = Task(models, {}, {f"fit of {name}": {} for name in models}, rows, rows[:, 0])
    peaks = {name: memory.peak_memory(task, name, np.arange(200)) for name in models}
    assert 79_000_000 < peaks["large"] < 82_000_000
    assert peaks["small"] == Bounds(0, 1_000_000)
    assert "Terminated" in peaks["dies"].reason


def test_where_the_peak_is_not_known_it_is_unknown(monkeypatch, tmp_path):
    monkeypatch.setattr(memory, "_CLEAR", tmp_path / "none")
    found = compare({"a": Ridge()}, X, Y, cv=3, random_state=0, memory=True)
    assert isinstance(found["a"].peak_memory, Unknown)
    assert "peak memory of a not known: only Linux" in str(found)


@pytest.mark.exhaustive
def test_results_of_worker_processes():
    rows = np.random.RandomState(0).standard_normal((90, 3))
    models = {f"{alpha}": Ridge(alpha) for alpha in (0.1, 1.0, 9.0)}
    first, second = (compare(models, rows, rows[:, 0], random_state=0, n_jobs=n) for n in (1, 2))
    assert [each.scores for each in first.competitors] == [e.scores for e in second.competitors]
    assert first.pairs == second.pairs
    assert Counter(each.failure for each in second.competitors) == {None: 3}
