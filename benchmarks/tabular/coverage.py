"""Coverage of ``predict_quantiles``: the share of new targets that intervals contain."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from sklearn.datasets import make_friedman1

import skparams
from benchmarks._tables import Column, Table, number
from benchmarks._task import Task
from benchmarks.tabular.peers import OURS, missing

_LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95]
_ROWS = 200, 1000
_N_NEW = 2000
_N_SEEDS, _QUICK_SEEDS = 20, 2


def _equal_noise(n: int, rng: np.random.RandomState) -> tuple[Any, np.ndarray]:
    """Return Friedman's first function of 5 of 10 features, with normal noise."""
    return make_friedman1(n, noise=1.0, random_state=rng)


def _growing_noise(n: int, rng: np.random.RandomState) -> tuple[Any, np.ndarray]:
    X = rng.uniform(-1, 1, (n, 4))
    return X, np.sin(3 * X[:, 0]) + (0.1 + 0.4 * (X[:, 1] + 1)) * rng.standard_normal(n)


def _heavy_tails(n: int, rng: np.random.RandomState) -> tuple[Any, np.ndarray]:
    X = rng.standard_normal((n, 6))
    return X, X[:, 0] * X[:, 1] + X[:, 2] + rng.standard_t(3, n)


def _skewed_by_group(n: int, rng: np.random.RandomState) -> tuple[Any, np.ndarray]:
    """Return a frame with gaps and a category that the spread of the targets depends on."""
    group = rng.randint(5, size=n)
    x = rng.standard_normal(n)
    y = 0.3 * x + (1 + group) * rng.gamma(2, size=n)
    x[rng.uniform(size=n) < 0.2] = np.nan
    return pd.DataFrame({"group": np.array(list("abcde"))[group], "x": x}), y


def _many_inputs(n: int, rng: np.random.RandomState) -> tuple[Any, np.ndarray]:
    X = rng.standard_normal((n, 50))
    return X, X[:, :5].sum(axis=1) + 2 * rng.standard_normal(n)


_SETS: dict[str, Callable[[int, np.random.RandomState], tuple[Any, np.ndarray]]] = {
    "equal noise (Friedman 1)": _equal_noise,
    "noise that grows with a feature": _growing_noise,
    "heavy tails (t, 3 degrees)": _heavy_tails,
    "skewed, spread by category": _skewed_by_group,
    "50 inputs, 5 of which matter": _many_inputs,
}


def measured(name: str, n_rows: int, seed: int) -> dict:
    """Return the coverage of intervals among new rows, with offsets and without."""
    rng = np.random.RandomState(seed)
    X, y = _SETS[name](n_rows, rng)
    X_new, y_new = _SETS[name](_N_NEW, rng)
    regr = skparams.TabularMLPRegressor(loss="quantile", quantile=_LEVELS, random_state=seed)
    regr.fit(X, y)
    found = {"set": name, "rows": n_rows, "seed": seed}
    found |= _coverage(regr.predict_quantiles(X_new), y_new, "")
    regr.quantile_offsets_ = np.zeros(len(_LEVELS))
    return found | _coverage(regr.predict_quantiles(X_new), y_new, "raw ")


def _coverage(quantiles: np.ndarray, y: np.ndarray, prefix: str) -> dict[str, float]:
    """Return the coverage of the outer and of the inner interval, in percent."""
    found = {}
    for level, (low, high) in {"90": (0, -1), "50": (1, -2)}.items():
        inside = (quantiles[:, low] <= y) & (y <= quantiles[:, high])
        found[f"{prefix}{level}"] = 100 * float(inside.mean())
    return found


def coverage(task: Task) -> Iterator[Table]:
    """Yield the table of stated and measured coverage."""
    if OURS in missing():
        return
    n_seeds = _QUICK_SEEDS if task.quick else _N_SEEDS
    table = Table(
        "coverage",
        "intervals of predict_quantiles: stated and measured coverage, in percent",
        [
            Column("set", "targets", left=True),
            Column("rows", "rows", number(0)),
            Column("90", "stated 90", _mean_and_spread),
            Column("raw 90", "without\noffsets", _mean_and_spread),
            Column("50", "stated 50", _mean_and_spread),
            Column("raw 50", "without\noffsets", _mean_and_spread),
        ],
        note=f"Mean and standard deviation over {n_seeds} seeds, each with rows of its own and "
        f"{_N_NEW:,} new ones.",
        on_page=False,
    )
    for name in _SETS:
        for n_rows in _ROWS:
            task.say(f"coverage: {name}, {n_rows} rows")
            found = [measured(name, n_rows, seed) for seed in range(n_seeds)]
            table.details += found
            table.rows.append(_row(found))
    yield table


def _row(found: list[dict]) -> dict:
    row = {key: found[0][key] for key in ("set", "rows")}
    for key in ("90", "raw 90", "50", "raw 50"):
        values = [each[key] for each in found]
        row[key] = [float(np.mean(values)), float(np.std(values, ddof=1))]
    return row


def _mean_and_spread(value: Any) -> str:
    """Write a mean with its standard deviation."""
    mean, deviation = value
    return f"{mean:.1f} ± {deviation:.1f}"
