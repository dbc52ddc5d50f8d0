"""The bytes that `slim` saves, and its time compared with a deep copy."""

import copy
import time
import warnings
from collections.abc import Callable

import numpy as np
from sklearn import neural_network
from sklearn.base import BaseEstimator
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier

import skparams
from benchmarks._alternate import alternate, ratio
from benchmarks._tables import RATIOS, Column, Table, number, ratio_text, time_text, yes_no
from benchmarks._task import Task
from skparams import slim

OURS, THEIRS = "skparams", "deepcopy"
_THIRD, _BYTES = 1 / 3, 10_000  # at most, of the pickle before and of its bytes after


def _search(network: type) -> BaseEstimator:
    X, y = make_classification(2_000, 50, random_state=0)
    grid = {"alpha": [1e-4, 1e-3, 1e-2]}
    return GridSearchCV(network(max_iter=5, random_state=0), grid, cv=3).fit(X, y)


def _regression() -> BaseEstimator:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((200_000, 5))
    return LinearRegression().fit(X, X @ np.arange(5) + rng.standard_normal(200_000))


def _works() -> list[tuple[str, Callable[[], BaseEstimator], Callable, str]]:
    """Return the name of each model, a function that fits it, and the bar on its report."""

    def of_a_third(report) -> bool:
        return report.pickled_after <= _THIRD * report.pickled_before

    def of_bytes(report) -> bool:
        return max(report.pickled_after, report.memory_after) < _BYTES

    def rows() -> tuple:
        return make_classification(5_000, 20, random_state=0)

    return [
        (
            "GridSearchCV of scikit-learn's MLPClassifier",
            lambda: _search(neural_network.MLPClassifier),
            of_a_third,
            "a third",
        ),
        (
            "GridSearchCV of skparams' MLPClassifier",
            lambda: _search(skparams.MLPClassifier),
            of_a_third,
            "a third",
        ),
        ("LinearRegression on 200,000 rows", _regression, of_bytes, "10 kB"),
        ("KNeighborsClassifier", lambda: KNeighborsClassifier().fit(*rows()), None, None),
        (
            "RandomForestClassifier(100)",
            lambda: RandomForestClassifier(random_state=0).fit(*rows()),
            None,
            None,
        ),
    ]


def slimmed(task: Task) -> Table:
    """Measure bytes before and after, and time both sides alternately in one process."""
    kilobytes = number(1, " kB")
    table = Table(
        "slim",
        "slim: bytes before and after, time without X",
        [
            Column("what", "of", left=True),
            Column("pickled_before_kb", "pickled", kilobytes),
            Column("pickled_after_kb", "slimmed", kilobytes),
            Column("share", "share", number(3)),
            Column("memory_before_kb", "in memory", kilobytes),
            Column("memory_after_kb", "slimmed", kilobytes),
            Column("bar", "at most", on_page=False),
            Column("met", "met", yes_no, on_page=False),
            Column("ours_s", "slim", time_text),
            Column("theirs_s", "copy.deepcopy", time_text),
            Column("ratio", "ratio", ratio_text(2)),
        ],
        note=RATIOS,
    )
    for what, make, holds, bar in _works():
        task.say(f"slim: {what}")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a few iterations do not converge
            model = make()
        report = slim(model, return_report=True)[1]
        sides = {
            OURS: lambda model=model: _timed(slim, model),
            THEIRS: lambda model=model: _timed(copy.deepcopy, model),
        }
        runs = alternate(sides, seconds=0.5 if task.quick else 5, least=3, most=25)
        compared = ratio(runs, THEIRS, OURS, "other")
        row = {
            "what": what,
            "pickled_before_kb": report.pickled_before / 1000,
            "pickled_after_kb": report.pickled_after / 1000,
            "share": report.pickled_after / report.pickled_before,
            "memory_before_kb": report.memory_before / 1000,
            "memory_after_kb": report.memory_after / 1000,
            "ours_s": compared["fast_s"],
            "theirs_s": compared["slow_s"],
            "ratio": compared,
        }
        table.rows.append(row | ({"bar": bar, "met": holds(report)} if holds else {}))
    return table


def _timed(function: Callable, model: BaseEstimator) -> float:
    start = time.perf_counter()
    function(model)
    return time.perf_counter() - start
