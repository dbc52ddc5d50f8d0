"""One table: all models on the same folds, by ``compare``, in a process with one thread."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context

import numpy as np
import pandas as pd
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import LabelEncoder

from benchmarks.tabular.scores import METRICS, Recorder
from benchmarks.tabular.tables import TABLES
from skparams import compare

# From a task, X and y to pipelines by name; the name is that of the last step too.
Make = Callable[[str, pd.DataFrame, np.ndarray], dict[str, Pipeline]]

_THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)


def n_folds(n_rows: int) -> int:
    """Return 5 folds up to 2,000 rows, 3 up to 5,000, 2 above."""
    return 5 if n_rows <= 2000 else 3 if n_rows <= 5000 else 2


def measure(name: str, make: Make, folds: int | None = None) -> list[dict]:
    """Return a row of figures for each model that ``make`` returns for the table."""
    table = TABLES[name]
    X, y = table.load()
    classes = table.task == "classification"
    y = LabelEncoder().fit_transform(y) if classes else y.to_numpy()
    kind = StratifiedKFold if classes else KFold
    splitter = kind(folds or n_folds(len(X)), shuffle=True, random_state=0)
    recorder = Recorder(table.task)
    found = compare(make(table.task, X, y), X, y, cv=splitter, scoring=recorder, random_state=0)
    facts = {
        "table": name,
        "half": table.half,
        "task": table.task,
        "kind": table.kind,
        "rows": len(X),
        "columns": X.shape[1],
        "categories": X.select_dtypes("category").shape[1],
        "gaps": int(X.isna().sum().sum()),
        "folds": found.n_folds,
    }
    return [facts | _figures(each, recorder) for each in found.competitors]


def _figures(competitor, recorder: Recorder) -> dict:
    """Return what was measured of a model; one that failed in any fold has its error only."""
    row = {"model": competitor.name}
    if competitor.failure:
        return row | {"error": competitor.failure.text, "failed": competitor.failure.n_folds}
    fit, predict = competitor.fit_seconds, competitor.predict_seconds
    main = METRICS[recorder.task][0]
    return row | {
        **recorder.means(competitor.name),
        "fold_scores": [fold[main] for fold in recorder.folds[competitor.name]],
        "fit_s": fit.first if fit.median is None else fit.median,
        "predict_s": predict.first if predict.median is None else predict.median,
        "warnings": dict(competitor.warnings),
    }


@contextmanager
def one_thread() -> Iterator[None]:
    """Give processes that start in the block one thread each."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def measure_all(
    names: list[str], make: Make, folds: int | None, jobs: int
) -> Iterator[tuple[str, list[dict]]]:
    """Yield the rows of each table as it is done; ``make`` is a function that can be pickled."""
    with (
        one_thread(),
        ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool,
    ):
        running = {pool.submit(measure, name, make, folds): name for name in names}
        for done in as_completed(running):
            yield running[done], done.result()
