"""Whether memorization finds rows with a wrong label, beside out-of-fold probabilities."""

import time
import warnings
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks._tables import Column, Table, number, time_text
from benchmarks._task import Task
from skparams import MLPClassifier, memorization

_FLIPPED = 0.05  # of the rows
# The estimator, and the AUC that it must reach.
_CASES = {
    "random forest": (RandomForestClassifier(random_state=0), 0.98),
    "our MLP, (100,)": (MLPClassifier(random_state=0), 0.95),
    "StandardScaler and our MLP": (
        make_pipeline(StandardScaler(), MLPClassifier(random_state=0)),
        0.95,
    ),
    "StandardScaler and LogisticRegression": (
        make_pipeline(StandardScaler(), LogisticRegression()),
        None,
    ),
}


def _flipped(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Digits, labels of which some are wrong, and which ones."""
    X, y = load_digits(return_X_y=True)
    rng = np.random.RandomState(seed)
    wrong = np.zeros(len(y), dtype=bool)
    wrong[rng.choice(len(y), round(_FLIPPED * len(y)), replace=False)] = True
    y[wrong] = (y[wrong] + rng.randint(1, 10, wrong.sum())) % 10
    return X, y, wrong


def _row(model: Any, seed: int) -> dict:
    X, y, wrong = _flipped(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        start = time.perf_counter()
        found = memorization(clone(model), X, y, random_state=seed)
        seconds = time.perf_counter() - start
        by_hand = cross_val_predict(clone(model), X, y, cv=5, method="predict_proba")
    known = np.isfinite(found.values)
    return {
        "auc": float(roc_auc_score(wrong[known], found.values[known])),
        "auc_by_hand": float(roc_auc_score(wrong, -by_hand[np.arange(len(y)), y])),
        "of_wrong": float(found.values[known & wrong].mean()),
        "of_others": float(found.values[known & ~wrong].mean()),
        "n_unknown": int((~known).sum()),
        "seconds": seconds,
    }


def memorized(task: Task) -> Table:
    """Change 5 % of the labels of digits, and see where these rows are in the order."""
    table = Table(
        "memorized",
        "memorization: digits with 5 % wrong labels",
        [
            Column("what", "", left=True),
            Column("auc", "AUC of the wrong\nlabels, lowest", number(3)),
            Column("median", "median", number(3)),
            Column("bar", "must be\nat least", number(2)),
            Column("auc_by_hand", "out-of-fold probability,\nmedian", number(3)),
            Column("of_wrong", "mean memorization,\nwrong labels", number(3)),
            Column("of_others", "others", number(3)),
            Column("seconds", "time of\n20 fits", time_text),
        ],
        note="Out-of-fold probability: rows ordered by the probability of their label in 5-fold "
        "cross-validation. A linear model does not learn wrong labels by heart, so its low values "
        "are right, and its AUC says nothing against it.",
    )
    for name, (model, bar) in _CASES.items():
        task.say(name)
        rows = [_row(model, seed) for seed in range(1 if task.quick else 5)]
        medians = {key: float(np.median([row[key] for row in rows])) for key in rows[0]}
        lowest = min(row["auc"] for row in rows)
        table.rows.append(
            medians
            | {"what": name, "auc": lowest, "median": medians["auc"], "bar": bar, "seeds": rows}
            | {"met": None if bar is None else lowest >= bar}
        )
    return table
