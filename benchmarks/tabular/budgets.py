"""Loss against time for parts and multiples of the default number of epochs."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline

import skparams
from benchmarks._machine import CORES
from benchmarks._tables import Column, Table, number, time_text
from benchmarks._task import Task
from benchmarks.tabular.peers import OURS, missing
from benchmarks.tabular.scores import METRICS, TITLES
from benchmarks.tabular.work import measure_all

_SHARES = {"1/4": 0.25, "1/2": 0.5, "1": 1.0, "2": 2.0}
# Of the half on which defaults are chosen, from few rows to many.
_TABLES = (
    *("wine", "MASS/biopsy", "modeldata/attrition", "carData/Chile", "hastie"),
    *("AER/HealthInsurance", "modeldata/wa_churn", "medicaldata/covid_testing"),
    *("AER/CPS1985", "modeldata/concrete", "modeldata/ames", "modeldata/deliveries"),
)
_QUICK = ("wine", "AER/CPS1985")


def _multiples(task: str, X: pd.DataFrame, y: np.ndarray) -> dict[str, BaseEstimator]:
    """Return the model with each share of the epochs that it has by default in one of two folds."""
    classes = task == "classification"
    cls = skparams.TabularMLPClassifier if classes else skparams.TabularMLPRegressor
    rows = np.random.RandomState(0).permutation(len(X))[: len(X) // 2]
    n_epochs = cls(random_state=0).fit(X.iloc[rows], y[rows]).n_iter_
    return {
        name: Pipeline([(name, cls(max_iter=max(1, round(share * n_epochs)), random_state=0))])
        for name, share in _SHARES.items()
    }


def budgets(task: Task) -> Iterator[Table]:
    """Yield the table of losses and times."""
    if OURS in missing():
        return
    columns = [
        Column("table", "", left=True),
        Column("rows", "rows", number(0)),
        Column("metric", "", left=True),
        *(Column(f"{name} loss", f"loss,\n{name}", number(4)) for name in _SHARES),
        *(
            Column(f"{name} fit_s", f"fit,\n{name}", time_text, on_page=name == "1")
            for name in _SHARES
        ),
    ]
    table = Table(
        "budgets",
        "loss against time: 1/4, 1/2, 1 and 2 times the default number of epochs",
        columns,
        note="Mean over two folds; RMSE is divided by that of the default. One thread.",
    )
    names = list(_QUICK if task.quick else _TABLES)
    done = measure_all(names, _multiples, 2, task.options.get("jobs") or CORES)
    for name, rows in done:
        task.say(f"budgets: {name}")
        table.details += rows
        table.rows.append(_row(rows))
    table.rows.sort(key=lambda row: names.index(row["table"]))
    yield table


def _row(rows: list[dict]) -> dict:
    kind = rows[0]["task"]
    metric = METRICS[kind][0]
    found = {row["model"]: row for row in rows}
    unit = found["1"][metric] if kind == "regression" else 1.0
    return {
        **{key: rows[0][key] for key in ("table", "rows")},
        "metric": TITLES[metric],
        **{f"{name} loss": row[metric] / unit for name, row in found.items()},
        **{f"{name} fit_s": row["fit_s"] for name, row in found.items()},
    }
