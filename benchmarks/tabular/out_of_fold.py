"""The error of ``oof_score_``: beside the score on rows that the whole fit has not seen."""

import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
from scipy.special import softmax
from sklearn.metrics import log_loss
from sklearn.model_selection import KFold, StratifiedKFold

import skparams
from benchmarks._machine import CORES
from benchmarks._tables import Column, Table, number
from benchmarks._task import Task
from benchmarks.tabular.peers import OURS, missing
from benchmarks.tabular.tables import TABLES
from benchmarks.tabular.work import one_thread

_TABLES = (
    *("wine", "MASS/fgl", "palmerpenguins/penguins", "breast_cancer", "MASS/biopsy", "blobs"),
    *("ISLR/OJ", "modeldata/attrition", "carData/Chile", "hastie"),
    *("ISLR/Hitters", "ISLR/Carseats", "AER/CPS1985", "ISLR/College", "modeldata/Sacramento"),
    *("modeldata/concrete", "mosaicData/Gestation"),
)
_QUICK = ("wine", "MASS/fgl", "ISLR/Hitters", "AER/CPS1985")
_FOLDS = 5


def differences(name: str) -> dict:
    """Return what the out-of-fold figures are above those of held-out rows, in each outer fold."""
    table = TABLES[name]
    X, y = table.load()
    classes = table.task == "classification"
    splitter = (StratifiedKFold if classes else KFold)(_FOLDS, shuffle=True, random_state=0)
    found: dict[str, list[float]] = {"oof": [], "held_out": [], "oof_loss": [], "loss": []}
    for train, test in splitter.split(X, y):
        cls = skparams.TabularMLPClassifier if classes else skparams.TabularMLPRegressor
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = cls(random_state=0).fit(X.iloc[train], y.iloc[train])
            found["oof"].append(model.oof_score_)
            found["held_out"].append(model.score(X.iloc[test], y.iloc[test]))
            if classes:
                found["oof_loss"].append(_loss_of_decisions(model, y.iloc[train]))
                proba = model.predict_proba(X.iloc[test])
                found["loss"].append(log_loss(y.iloc[test], proba, labels=model.classes_))
    return {"table": name, "task": table.task, "rows": len(X), **found}


def _loss_of_decisions(model, y) -> float:
    """Log-loss of the decisions that the model keeps of the rows that its members held out."""
    decision = model.oof_decision_function_
    decision = decision.reshape(len(decision), -1)
    known = np.isfinite(decision).all(axis=1)
    if decision.shape[1] == 1:
        decision = np.column_stack([np.zeros(len(decision)), decision[:, 0]])
    proba = softmax(decision[known], axis=1)
    return log_loss(y[known], proba, labels=model.classes_)


def out_of_fold(task: Task) -> Iterator[Table]:
    """Yield the table of differences, mean and standard error over outer folds."""
    table = Table(
        "out-of-fold",
        f"oof_score_ beside the score of {_FOLDS} outer folds",
        [
            Column("table", "", left=True),
            Column("rows", "rows", number(0)),
            Column("score", "score", left=True),
            Column("oof", "out of fold", number(3)),
            Column("held_out", "held out", number(3)),
            Column("difference", "difference", _mean_and_error),
            Column("loss_difference", "difference of\nthe log-loss", _mean_and_error),
        ],
        note="Out of fold minus held out: mean and standard error over the outer folds. A score "
        "above 0, or a log-loss below 0, is optimistic.",
        on_page=False,
    )
    if OURS in missing():
        return
    names = _QUICK if task.quick else _TABLES
    jobs = task.options.get("jobs") or CORES
    with one_thread(), ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for found in pool.map(differences, names):
            task.say(f"out-of-fold: {found['table']}")
            table.details.append(found)
            table.rows.append(_row(found))
    table.rows += [
        _mean_row(table.rows, score) for score in dict.fromkeys(r["score"] for r in table.rows)
    ]
    yield table


def _row(found: dict) -> dict:
    return {
        "table": found["table"],
        "rows": found["rows"],
        "score": "accuracy" if found["task"] == "classification" else "R²",
        "oof": float(np.mean(found["oof"])),
        "held_out": float(np.mean(found["held_out"])),
        "difference": _compared(found["oof"], found["held_out"]),
        "loss_difference": _compared(found["oof_loss"], found["loss"]),
    }


def _compared(out_of_fold: list[float], held_out: list[float]) -> list[float] | None:
    """Return mean and standard error of the difference."""
    return _summarized(np.subtract(out_of_fold, held_out)) if held_out else None


def _summarized(values: np.ndarray) -> list[float]:
    return [float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))]


def _mean_row(rows: list[dict], score: str) -> dict:
    """Return the mean over tables, whose standard error is that of the tables."""
    mine = [row for row in rows if row["score"] == score]
    found = {"table": f"mean of {len(mine)} tables", "score": score}
    for key in ("oof", "held_out"):
        found[key] = float(np.mean([row[key] for row in mine]))
    for key in ("difference", "loss_difference"):
        if mine[0][key] is not None:
            found[key] = _summarized(np.array([row[key][0] for row in mine]))
    return found


def _mean_and_error(value: object) -> str:
    """Write a mean with its standard error."""
    mean, error = value
    return f"{mean:+.3f} ± {error:.3f}"
