"""What compare takes beside the fits and the predictions that any comparison has to do."""

import math
import time
import warnings
from collections.abc import Callable
from functools import partial

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.datasets import load_digits
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import get_scorer
from sklearn.model_selection import RepeatedStratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from benchmarks._alternate import alternate, ratio
from benchmarks._tables import Column, Table, number, yes_no
from benchmarks._task import Task
from skparams import compare

_BAR = 1.03
_SECONDS = 10  # of the fits of a run together, from where on the bar holds

Models = dict[str, BaseEstimator]


def _forests() -> Models:
    forests = {
        f"{name} {n}": cls(n, random_state=0)
        for name, cls in (("forest", RandomForestClassifier), ("extra trees", ExtraTreesClassifier))
        for n in (50, 100)
    }
    return forests


def _mixed() -> Models:
    return {
        "logistic": make_pipeline(StandardScaler(), LogisticRegression(C=0.1)),
        "svc": make_pipeline(StandardScaler(), SVC()),
        "forest": RandomForestClassifier(random_state=0),
        "boosting": HistGradientBoostingClassifier(max_iter=20, random_state=0),
        "neighbors": KNeighborsClassifier(),
    }


_SETS: dict[str, Callable[[], Models]] = {"four forests": _forests, "five kinds": _mixed}


def _bare(models: Models, X: np.ndarray, y: np.ndarray, n_repeats: int) -> float:
    """The seconds of the same fits and predictions in a loop, in the same order.

    The order matters: the threads of BLAS and OpenMP spin on after a call, at the cost of the next.
    """
    begin = time.perf_counter()
    rng, scorer = np.random.RandomState(0), get_scorer("accuracy")
    cv = RepeatedStratifiedKFold(n_splits=5, n_repeats=n_repeats, random_state=0)
    for train, test in cv.split(X, y):
        for place in rng.permutation(len(models)):
            model = list(models.values())[place]
            scorer(clone(model).fit(X[train], y[train]), X[test], y[test])
    return time.perf_counter() - begin


def _ours(models: Models, X: np.ndarray, y: np.ndarray, n_repeats: int) -> float:
    """The seconds that compare takes, with its tests and its page."""
    begin = time.perf_counter()
    cv = RepeatedStratifiedKFold(n_splits=5, n_repeats=n_repeats, random_state=0)
    str(compare(models, X, y, cv=cv, random_state=0))
    return time.perf_counter() - begin


def own_cost(task: Task) -> Table:
    """Compare, beside a loop with the same fits and predictions, alternating in one process."""
    table = Table(
        "own-cost",
        "compare and a bare loop with the same fits and predictions",
        [
            Column("models", "", left=True),
            Column("fits", "fits", number(0)),
            Column("bare", "loop, s", number(1)),
            Column("compare", "compare, s", number(1)),
            Column("ratio", "ratio", _ratio_text),
            Column("bar", "at most", number(2)),
            Column("met", "met", yes_no),
        ],
        note="On the digits data. The ratio is the median over alternating runs, with quartiles.",
    )
    X, y = load_digits(return_X_y=True)
    for name, make in _SETS.items():
        models = make()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            once = _bare(models, X, y, 1)
            _ours(models, X, y, 1)
            n_repeats = 1 if task.quick else max(3, math.ceil(_SECONDS / once))
            task.say(f"own-cost: {name}, {n_repeats} repeats")
            sides = {
                side: partial(run, models, X, y, n_repeats)
                for side, run in (("compare", _ours), ("bare", _bare))
            }
            runs = alternate(sides, seconds=0, least=3)
        found = [ratio(runs, "compare", "bare", after) for after in ("other", "self")]
        middle = float(np.mean([each["median"] for each in found]))
        table.rows.append(
            {
                "models": name,
                "fits": 5 * n_repeats * len(models),
                "bare": float(np.median([each["fast_s"] for each in found])),
                "compare": float(np.median([each["slow_s"] for each in found])),
                "ratio": [
                    middle,
                    min(each["lower"] for each in found),
                    max(each["upper"] for each in found),
                ],
                "bar": _BAR,
                "met": middle <= _BAR,
            }
        )
    return table


def _ratio_text(values: object) -> str:
    """Write a ratio with its quartiles."""
    middle, low, high = values
    return f"{middle:.3f} ({low:.3f} to {high:.3f})"
