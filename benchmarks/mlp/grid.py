"""A whole GridSearchCV on two workers, beside itself on one and beside scikit-learn's."""

import time
import warnings
from textwrap import dedent

import numpy as np
from joblib import parallel_config
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier as Theirs
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks._fresh import fresh
from benchmarks._machine import blas_threads
from benchmarks._tables import Column, Table, number, time_text, yes_no
from benchmarks._task import Task
from benchmarks.mlp.works import DTYPES
from skparams import MLPClassifier as Ours


def _search(cls: type, sizes: list, alphas: list, epochs: int, n_jobs: int = 2) -> GridSearchCV:
    fixed = {"max_iter": epochs, "tol": 0, "n_iter_no_change": np.inf, "random_state": 0}
    pipe = Pipeline([("scale", StandardScaler()), ("mlp", cls(**fixed))])
    grid = {"mlp__hidden_layer_sizes": sizes, "mlp__alpha": alphas}
    return GridSearchCV(pipe, grid, cv=4, n_jobs=n_jobs)


def _timed(search: GridSearchCV, X, y) -> float:
    start = time.perf_counter()
    search.fit(X, y)
    return time.perf_counter() - start


def _scores(search: GridSearchCV) -> np.ndarray:
    results = search.cv_results_
    return np.array([results[f"split{fold}_test_score"] for fold in range(search.n_splits_)])


def searches(task: Task) -> Table:
    """Return the searches' times, workers warm and with one BLAS thread each."""
    table = Table(
        "search",
        "GridSearchCV(n_jobs=2), digits behind a StandardScaler",
        [
            Column("backend", "backend", left=True),
            Column("ours_s", "skparams", time_text),
            Column("alone_s", "on one\nworker", time_text),
            Column("over_alone", "ratio", number(1)),
            Column("theirs_s", "scikit-learn", time_text),
            Column("ratio", "ratio", number(1)),
            Column("bar", "both\nat least", on_page=False),
            Column("met", "met", yes_no),
            Column("same", "scores as\non one", yes_no, on_page=False),
            Column("ours_score", "best score,\nours", number(3)),
            Column("theirs_score", "theirs", number(3)),
        ],
        note="One search each: a ratio is the quotient of two times.",
    )
    X, y = load_digits(return_X_y=True)
    sizes, alphas = [(64,), (100,), (100, 50)], [1e-4, 1e-3, 1e-2, 1e-1]
    epochs = 10 if task.quick else 400  # on two workers some 5 s
    with blas_threads(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        task.say("search: one worker")
        _search(Ours, [(64,)], [1e-4], 2, n_jobs=1).fit(X, y)
        alone = _search(Ours, sizes, alphas, epochs, n_jobs=1)
        alone_s = _timed(alone, X, y)
    for backend in ("loky",) if task.quick else ("loky", "threading"):
        task.say(f"search: {backend}")
        # loky gives a worker its share of the cores by itself; threads share this process's pools.
        with parallel_config(backend), blas_threads(1), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for cls in (Ours, Theirs):
                _search(cls, [(64,)], [1e-4, 1e-3], 2).fit(X, y)
            ours, theirs = (_search(cls, sizes, alphas, epochs) for cls in (Ours, Theirs))
            ours_s, theirs_s = _timed(ours, X, y), _timed(theirs, X, y)
        table.rows.append(
            {
                "backend": backend,
                "fits": len(sizes) * len(alphas) * 4 + 1,
                "ours_s": ours_s,
                "alone_s": alone_s,
                "over_alone": alone_s / ours_s,
                "theirs_s": theirs_s,
                "ratio": theirs_s / ours_s,
                "bar": "1.0",
                "met": min(alone_s, theirs_s) >= ours_s,
                "same": np.array_equal(_scores(ours), _scores(alone)),
                "ours_score": float(ours.best_score_),
                "theirs_score": float(theirs.best_score_),
            }
        )
    return table


_SCRIPT = dedent("""
    import json
    import time
    from sklearn.datasets import load_digits
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from {package} import MLPClassifier

    X, y = load_digits(return_X_y=True)
    grid = {{
        "mlpclassifier__hidden_layer_sizes": [(50,), (100,), (50, 50)],
        "mlpclassifier__alpha": {alphas},
        "mlpclassifier__learning_rate_init": [0.001, 0.003],
    }}
    pipe = make_pipeline(StandardScaler(), MLPClassifier(random_state=0))
    start = time.perf_counter()
    search = GridSearchCV(pipe, grid, cv=5, n_jobs=2).fit(X.astype("{dtype}"), y)
    print(json.dumps([time.perf_counter() - start, search.best_score_]))
""")


def script(task: Task) -> Table:
    """Return the time of a whole script: start, imports, workers, 24 settings x 5 folds."""
    table = Table(
        "script",
        "a script that searches: GridSearchCV(n_jobs=2), 24 settings x 5 folds, digits",
        [
            Column("dtype", "dtype", left=True),
            Column("ours_s", "skparams", time_text),
            Column("theirs_s", "scikit-learn", time_text),
            Column("ratio", "ratio", number(1)),
            Column("search", "of the search\nalone", number(1)),
            Column("goal", "goal"),
            Column("met", "met", yes_no),
            Column("ours_score", "best score,\nours", number(3)),
            Column("theirs_score", "theirs", number(3)),
        ],
        note="One run each, kernels cached: a ratio is the quotient of two times.",
    )
    X, y = load_digits(return_X_y=True)
    alphas = [1e-4] if task.quick else [1e-4, 1e-3, 1e-2, 1e-1]
    for dtype in ("float64",) if task.quick else DTYPES:
        times, searches, scores = [], [], []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            Ours(max_iter=1).fit(X.astype(dtype), y)  # so that its kernels are cached
        for package in ("skparams", "sklearn.neural_network"):
            task.say(f"script: {package}, {dtype}")
            code = _SCRIPT.format(package=package, alphas=alphas, dtype=dtype)
            start = time.perf_counter()
            seconds, score = fresh(code, PYTHONWARNINGS="ignore")
            times.append(time.perf_counter() - start)
            searches.append(seconds)
            scores.append(score)
        table.rows.append(
            {
                "dtype": dtype,
                "ours_s": times[0],
                "theirs_s": times[1],
                "ratio": times[1] / times[0],
                "search": searches[1] / searches[0],
                "goal": "5",
                "met": times[1] >= 5 * times[0],
                "ours_score": scores[0],
                "theirs_score": scores[1],
            }
        )
    return table
