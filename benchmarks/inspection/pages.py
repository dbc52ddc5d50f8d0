"""The times of summaries and plans, of their text and of their HTML."""

import inspect
import time
import warnings
from collections.abc import Callable
from statistics import median

from sklearn.base import BaseEstimator
from sklearn.datasets import make_classification
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks._alternate import alternate, ratio
from benchmarks._tables import RATIOS, Column, Table, number, ratio_text, time_text, yes_no
from benchmarks._task import Task
from skparams import plan, summary

OURS, THEIRS = "skparams", "getmembers"


def _data(task: Task):
    return make_classification(2_000 if task.quick else 20_000, 20, random_state=0)


def pipeline_of(n_steps: int) -> BaseEstimator:
    """Return a pipeline that alternates scalers and PCAs, with a classifier as the last step."""
    steps = [StandardScaler() if i % 2 == 0 else PCA() for i in range(n_steps - 1)]
    return make_pipeline(*steps, LogisticRegression())


def _once(call: Callable[[], object]) -> Callable[[], float]:
    def timed() -> float:
        start = time.perf_counter()
        call()
        return time.perf_counter() - start

    return timed


def _row(what: str, call: Callable[[], object], bar: float, quick: bool) -> dict:
    """Return a row with the median times of a call, of its text and of its HTML."""
    found = call()
    repeats = range(5 if quick else 25)
    seconds, text, html = (
        median(_once(each)() for _ in repeats)
        for each in (call, lambda: found.to_text(width=100), found.to_html)
    )
    return {
        "what": what,
        "ours_s": seconds,
        "text_s": text,
        "html_s": html,
        "html_kb": len(found.to_html().encode()) / 1000,
        "bar": f"{1000 * bar:g} ms",
        "met": seconds < bar,
    }


def _forest(task: Task, X, y) -> dict:
    """Compare the summary of a forest with reading all attributes of the forest."""
    forest = RandomForestClassifier(100, random_state=0).fit(X, y)
    sides = {
        OURS: _once(lambda: summary(forest)),
        THEIRS: _once(lambda: inspect.getmembers(forest)),
    }
    for side in sides.values():
        side()
    runs = alternate(sides, seconds=1 if task.quick else 15, least=3, most=15)
    what = f"RandomForestClassifier(100) fitted on {len(X):,} rows"
    row = _row(what, lambda: summary(forest), 0.030, task.quick)
    times = ratio(runs, THEIRS, OURS, "other")
    return row | {
        "ours_s": times["fast_s"],
        "theirs_s": times["slow_s"],
        "ratio": times,
        "ratio_bar": 20.0,
        "met": times["fast_s"] < 0.030 and times["median"] >= 20,
        "n_nodes": sum(tree.tree_.node_count for tree in forest.estimators_),
    }


def pages(task: Task) -> Table:
    """Time the pages of a forest, a long pipeline and a very large network."""
    X, y = _data(task)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        steps = pipeline_of(20).fit(X, y)
        forest = _forest(task, X, y)
    huge = MLPClassifier((1_000_000, 1_000_000))
    rows = [
        forest,
        _row("a Pipeline of 20 steps", lambda: summary(steps), 0.010, task.quick),
        _row(
            "plan of an MLP with 1,000,796,000,010 parameters",
            lambda: plan(huge, n_samples=60_000, n_features=784, n_classes=10),
            0.050,
            task.quick,
        ),
    ]
    return Table(
        "pages",
        "summaries and plans",
        [
            Column("what", "of", left=True),
            Column("ours_s", "time", time_text),
            Column("bar", "under"),
            Column("theirs_s", "inspect.\ngetmembers", time_text),
            Column("ratio", "ratio", ratio_text(0)),
            Column("ratio_bar", "at least", number(0)),
            Column("met", "met", yes_no),
            Column("text_s", "its text", time_text),
            Column("html_s", "its HTML", time_text),
            Column("html_kb", "HTML's\nsize", number(0, " kB")),
        ],
        rows,
        note=f"{RATIOS} inspect.getmembers(forest) asks the forest alone, not its trees, for every "
        "attribute, and so computes those that are properties. Text and HTML come on top of that "
        "time.",
    )
