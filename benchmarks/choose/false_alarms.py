"""How often the corrected t test and the naive one find a difference where there is none."""

from collections.abc import Callable

import numpy as np
from scipy import stats
from sklearn.model_selection import RepeatedKFold

from benchmarks._tables import Column, Table, number, yes_no
from benchmarks._task import Task
from benchmarks.choose.learners import least_squares, nearest_centroid, nearest_neighbors
from skparams._compare.folds import test_train_ratio
from skparams._compare.statistics import TTest, corrected_t_test, score_differences

_BAR = 0.07  # at most, of data sets, at p < .05
_LEVEL = 0.05
# Rows, folds and repeats; the last one has the folds that compare uses by default.
_SIZES = ((200, 5, 10), (100, 10, 3), (1000, 5, 2), (200, 5, 3))
_HALF = 4  # features of each model
_LEARNERS = {
    "least squares, R²": least_squares,
    "nearest centroid, accuracy": nearest_centroid,
    "5 nearest neighbors, accuracy": nearest_neighbors,
}

Learner = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def _data(seed: list[int], n: int, gap: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two halves of the features, which tell as much about y as each other but for the gap."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 2 * _HALF))
    coef = 0.35 * np.repeat([1.0 + gap, 1.0 - gap], _HALF)
    y = X @ coef + rng.standard_normal(n)
    return X[:, :_HALF], X[:, _HALF:], y


def _differences(
    learner: Learner, size: tuple[int, int, int], n_sets: int, gap: float = 0.0, seed: int = 0
) -> tuple[np.ndarray, float]:
    """Score differences of the two models in each split of each data set, and the ratio."""
    n, folds, repeats = size
    rows = []
    for number_of_set in range(n_sets):
        first, second, y = _data([seed, number_of_set], n, gap)
        cv = RepeatedKFold(n_splits=folds, n_repeats=repeats, random_state=number_of_set)
        splits = list(cv.split(first))
        test = np.zeros((len(splits), n), bool)
        for split, (_, tested) in enumerate(splits):
            test[split, tested] = True
        scores = (learner(half, y, test) for half in (first, second))
        rows.append(score_differences(*scores))
    ratio = test_train_ratio(cv, splits)
    return np.array(rows), ratio


def _found(differences: np.ndarray, ratio: float) -> float:
    """Share of data sets in which the corrected test finds a difference."""
    tests = [corrected_t_test(d, ratio) for d in differences]
    return float(np.mean([isinstance(t, TTest) and t.p_value < _LEVEL for t in tests]))


def _gap_of(learner: Learner, size: tuple[int, int, int], n_sets: int) -> float:
    """Return the gap at which the mean difference is two standard errors, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(6):
        middle = (low + high) / 2
        means = _differences(learner, size, n_sets, middle, seed=1)[0].mean(axis=1)
        low, high = (middle, high) if means.mean() < 2 * means.std(ddof=1) else (low, middle)
    return (low + high) / 2


def false_alarms(task: Task) -> Table:
    """Simulate data sets, cross-validate two models on each and test their difference."""
    n_sets, n_pilot = (200, 30) if task.quick else (2000, 300)
    table = Table(
        "false-alarms",
        f"false alarms of the corrected t test: {n_sets:,} data sets each",
        [
            Column("learner", "", left=True),
            Column("rows", "rows", number(0)),
            Column("cv", "folds × repeats"),
            Column("naive", "paired t test", _percent),
            Column("corrected", "corrected,\n95 % interval", _interval_text),
            Column("bar", "at most", _percent),
            Column("met", "met", yes_no),
            Column("gap", "a real gap,\nstandard errors", number(1)),
            Column("power", "found by the\ncorrected test", _percent),
        ],
        note=(
            "Share of the data sets in which p < .05. The two models are one learner on two halves "
            "of the features that tell as much about the target, so every find is a false alarm; "
            "for the real gap, one half tells less."
        ),
        on_page=False,
    )
    for name, learner in _LEARNERS.items():
        for size in _SIZES:
            task.say(f"false-alarms: {name}, {size}")
            differences, ratio = _differences(learner, size, n_sets)
            corrected = _found(differences, ratio)
            weaker, _ = _differences(
                learner, size, n_sets // 2, _gap_of(learner, size, n_pilot), seed=2
            )
            means = weaker.mean(axis=1)
            interval = stats.binomtest(round(corrected * n_sets), n_sets).proportion_ci()
            table.rows.append(
                {
                    "learner": name,
                    "rows": size[0],
                    "cv": f"{size[1]} × {size[2]}",
                    "naive": float(
                        np.mean(stats.ttest_1samp(differences, 0, axis=1).pvalue < _LEVEL)
                    ),
                    "corrected": [corrected, interval.low, interval.high],
                    "bar": _BAR,
                    "met": corrected <= _BAR,
                    "gap": float(means.mean() / means.std(ddof=1)),
                    "power": _found(weaker, ratio),
                }
            )
    return table


def _percent(share: object) -> str:
    """Write a share in percent."""
    return f"{100 * share:.0f} %"


def _interval_text(shares: object) -> str:
    """Write a share with its confidence interval, in percent."""
    share, low, high = (100 * s for s in shares)
    return f"{share:.1f} % ({low:.1f}–{high:.1f})"
