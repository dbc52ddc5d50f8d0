"""Fit times beside HistGradientBoosting, and beside the same recipe in PyTorch."""

import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.datasets import make_classification, make_friedman1
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

import skparams
from benchmarks._alternate import alternate, compare, ratio
from benchmarks._machine import THREADS
from benchmarks._tables import RATIOS, Column, Table, number, ratio_text, time_text, yes_no
from benchmarks._task import Task
from benchmarks.tabular.peers import OURS, missing
from benchmarks.tabular.scores import METRICS, of_probabilities, of_values
from skparams.neural_network._tabular.budget import BATCH

_SHAPES = ((1000, 20), (1000, 100), (10_000, 20), (50_000, 20))
# Our time is to be at most so many times that of boosting, and at most a third of PyTorch's.
_AT_MOST = {(1000, 20): 2, (50_000, 20): 15}
_TORCH_AT_LEAST = 3
_TEST_ROWS = 2000


@cache
def _data(task: str, n_rows: int, n_columns: int) -> tuple[np.ndarray, ...]:
    """Return X and y to train on, and to test on."""
    n_samples = n_rows + _TEST_ROWS
    if task == "classification":
        X, y = make_classification(n_samples, n_columns, n_informative=10, random_state=0)
    else:
        X, y = make_friedman1(n_samples, n_columns, noise=1.0, random_state=0)
    return X[:n_rows], y[:n_rows], X[n_rows:], y[n_rows:]


def _ours(task: str, n_threads: int) -> BaseEstimator:
    name = "TabularMLPClassifier" if task == "classification" else "TabularMLPRegressor"
    return getattr(skparams, name)(random_state=0, n_jobs=n_threads)


def _boosting(task: str) -> BaseEstimator:
    classes = task == "classification"
    cls = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    return cls(random_state=0)


def _loss(task: str, y: np.ndarray, predicted: np.ndarray) -> float:
    of = of_probabilities if task == "classification" else of_values
    return of(y, predicted)[METRICS[task][0]]


def _predicted(model: BaseEstimator, task: str, X: np.ndarray) -> np.ndarray:
    return model.predict_proba(X) if task == "classification" else model.predict(X)


def _timed(model: BaseEstimator, X: np.ndarray, y: np.ndarray, n_threads: int) -> float:
    with threadpool_limits(n_threads):
        begin = time.perf_counter()
        model.fit(X, y)
        return time.perf_counter() - begin


def boosting(task: Task) -> Iterator[Table]:
    """Yield the table of fit times beside HistGradientBoosting's."""
    table = Table(
        "boosting",
        "fit beside HistGradientBoosting, same number of threads",
        [
            Column("task", "", left=True),
            Column("rows", "rows", number(0)),
            Column("columns", "columns"),
            Column("threads", "threads"),
            Column("ours_s", "TabularMLP", time_text),
            Column("theirs_s", "boosting", time_text),
            Column("ratio", "ratio", ratio_text(1)),
            Column("bar", "at most", on_page=False),
            Column("met", "met", yes_no, on_page=False),
            Column("ours_loss", "log-loss or\nRMSE, ours", number(3), on_page=False),
            Column("theirs_loss", "boosting", number(3), on_page=False),
        ],
        note=f"{RATIOS} Members are trained in as many threads as boosting has.",
    )
    if OURS in missing():
        return
    for kind in METRICS:
        for shape in _SHAPES[:1] if task.quick else _SHAPES:
            for n_threads in THREADS:
                task.say(f"boosting: {kind}, {shape[0]} x {shape[1]}, {n_threads} threads")
                table.rows.append(_beside_boosting(kind, shape, n_threads, task.quick))
    yield table


def _beside_boosting(kind: str, shape: tuple[int, int], n_threads: int, quick: bool) -> dict:
    X, y, X_test, y_test = _data(kind, *shape)
    # Members are threads of their own, each with one of BLAS.
    ours, theirs = _ours(kind, n_threads), _boosting(kind)
    sides = {
        "ours": lambda: _timed(ours, X, y, 1),
        "theirs": lambda: _timed(theirs, X, y, n_threads),
    }
    for side in sides.values():
        side()
    least = 1 if quick else 2 if shape[0] > 20_000 else 3
    runs = alternate(sides, seconds=1 if quick else 8, least=least, most=9)
    compared = ratio(runs, "ours", "theirs", "other")
    bar = _AT_MOST.get(shape)
    return {
        "task": kind,
        "rows": shape[0],
        "columns": shape[1],
        "threads": n_threads,
        "ours_s": compared["slow_s"],
        "theirs_s": compared["fast_s"],
        "ratio": compared,
        "ratio_after_itself": ratio(runs, "ours", "theirs", "self"),
        "bar": bar,
        "met": None if bar is None else compared["median"] <= bar,
        "epochs": ours.n_iter_,
        "ours_loss": _loss(kind, y_test, _predicted(ours, kind, X_test)),
        "theirs_loss": _loss(kind, y_test, _predicted(theirs, kind, X_test)),
    }


def torch(task: Task) -> Iterator[Table]:
    """Yield the table of times beside PyTorch's, in a process of its own."""
    table = Table(
        "torch",
        "fit and predict beside the same recipe in PyTorch, one thread",
        [
            Column("task", "", left=True),
            Column("rows", "rows", number(0)),
            Column("columns", "columns"),
            Column("hidden", "hidden units", left=True, on_page=False),
            Column("epochs", "epochs", on_page=False),
            Column("theirs_s", "PyTorch", time_text),
            Column("ours_s", "TabularMLP", time_text),
            Column("ratio", "ratio", ratio_text(1)),
            Column("bar", "at least"),
            Column("met", "met", yes_no),
            Column("theirs_loss", "log-loss or\nRMSE, PyTorch", number(3)),
            Column("ours_loss", "ours", number(3)),
        ],
        note=f"{RATIOS} PyTorch is in a process of its own and has trained for two epochs before; "
        "it gets the encoded rows, and does not fit a temperature.",
    )
    if OURS in missing() or find_spec("torch") is None:
        task.say("torch: TabularMLP or PyTorch is not installed: left out")
        return
    for kind in METRICS:
        for shape in _SHAPES[:1] if task.quick else (_SHAPES[0], _SHAPES[2]):
            task.say(f"torch: {kind}, {shape[0]} x {shape[1]}")
            table.rows.append(_beside_torch(kind, shape, 1 if task.quick else 3))
    yield table


def _beside_torch(kind: str, shape: tuple[int, int], n_pairs: int) -> dict:
    X, y, X_test, y_test = _data(kind, *shape)
    model = _ours(kind, 1)
    _timed(model, X, y, 1)
    hidden = [weights.shape[1] for weights in model.members_[0].coefs_[:-1]]
    options = {
        "task": kind,
        "n_members": model.n_members,
        "hidden_layer_sizes": hidden,
        "max_iter": model.n_iter_,
        "batch_size": BATCH,
        "learning_rate_init": model.learning_rate_init,
        "random_state": 0,
        "n_threads": 1,
    }
    rows = {
        "X_train": model.encoder_.transform(X),
        "y_train": y if kind == "classification" else y.astype(np.float32),
        "X_test": model.encoder_.transform(X_test),
    }
    pairs = []
    for _ in range(n_pairs):
        predicted, seconds = _torch_recipe(rows | options)
        begin = time.perf_counter()
        _timed(model, X, y, 1)
        with threadpool_limits(1):
            mine = _predicted(model, kind, X_test)
        pairs.append((seconds, time.perf_counter() - begin))
    compared = compare(pairs)
    return {
        "task": kind,
        "rows": shape[0],
        "columns": shape[1],
        "hidden": ", ".join(map(str, hidden)),
        "epochs": model.n_iter_,
        "theirs_s": compared["slow_s"],
        "ours_s": compared["fast_s"],
        "ratio": compared,
        "bar": _TORCH_AT_LEAST,
        "met": compared["median"] >= _TORCH_AT_LEAST,
        "theirs_loss": _loss(kind, y_test, np.asarray(predicted, dtype=float)),
        "ours_loss": _loss(kind, y_test, mine),
    }


def _torch_recipe(arguments: dict) -> tuple[np.ndarray, float]:
    """Return predictions and seconds of the recipe in PyTorch."""
    with TemporaryDirectory() as folder:
        data, out = Path(folder) / "data.npz", Path(folder) / "out.npz"
        np.savez(data, **arguments)
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.tabular.torch_recipe", str(data), str(out)],
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"the recipe in PyTorch failed:\n{done.stderr[-2000:]}")
        with np.load(out) as found:
            return found["predictions"], float(found["seconds"])
