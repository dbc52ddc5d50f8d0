"""A fit and all tables, beside prince."""

import time
from collections.abc import Callable
from importlib.util import find_spec
from itertools import product

import numpy as np

from benchmarks._alternate import alternate, ratio
from benchmarks._tables import RATIOS, Column, Table, number, ratio_text, time_text, yes_no
from benchmarks._task import Task
from skparams import PCA, explain

ROWS, FEATURES = 100_000, 50
BAR = 8.0
OURS, PRINCE = "skparams", "prince"


def rows() -> np.ndarray:
    """Return rows with falling variances, about means that are not zero."""
    X = np.random.default_rng(0).standard_normal((ROWS, FEATURES))
    return X * np.geomspace(4, 0.5, FEATURES) + 3


def _of_features(e) -> list:
    return [
        e.loadings,
        e.correlations,
        e.contributions,
        e.communalities,
        e.explained_by(0),
        e.limits(),
    ]


def ours(X, k: int) -> list:
    """Fit, and return all tables of features and rows, and the limits."""
    e = explain(PCA(k, scale=True).fit(X), X)
    return [*_of_features(e), *e.row_tables()]


def _one_by_one(X, k: int) -> list:
    """Return the same, where each table of rows projects them anew."""
    e = explain(PCA(k, scale=True).fit(X), X)
    return [
        *_of_features(e),
        e.coordinates(),
        e.row_contributions(),
        e.cos2(),
        e.hotelling_t2(),
        e.spe(),
    ]


def _prince(X, k: int) -> list:
    """Fit, and return all tables that prince has: no T², no SPE and no limits."""
    import prince

    pca = prince.PCA(n_components=k, random_state=0).fit(X)
    return [
        pca.column_coordinates_,
        pca.column_correlations,
        pca.column_contributions_,
        pca.column_cosine_similarities_,
        pca.row_coordinates(X),
        pca.row_contributions_,
        pca.row_cosine_similarities(X),
    ]


def tables(task: Task) -> Table:
    """Return the times of a fit and all tables of the same frame."""
    table = Table(
        "tables",
        f"fit and all tables, a frame of {ROWS:,} × {FEATURES}",
        [
            Column("components", "components"),
            Column("rows", "tables of rows by", left=True),
            Column("theirs_s", "prince", time_text),
            Column("ours_s", "skparams", time_text),
            Column("after_other", "ratio after\nthe other", ratio_text(1)),
            Column("after_itself", "after\nitself", ratio_text(1), on_page=False),
            Column("bar", "bar", number(1)),
            Column("met", "met", yes_no),
        ],
        note=f"{RATIOS} Ours has T², SPE and their limits too, which prince has not. It makes its "
        "tables one by one, and has no call for all of them.",
    )
    if find_spec("prince") is None:
        task.say("prince is not installed: left out")
        return table
    import pandas as pd

    X = pd.DataFrame(rows(), columns=[f"feature {j}" for j in range(FEATURES)])
    ways = {"`row_tables`": ours, "five methods": _one_by_one}
    for k, (way, work) in product((10, FEATURES), ways.items()):
        task.say(f"tables: {k} components, {way}")
        table.rows.append({"components": k, "rows": way, **_compared(X, k, work, task.quick)})
    return table


def _compared(X, k: int, work: Callable, quick: bool) -> dict:
    """Return the times of both sides in alternating rounds, and their ratios."""

    def timed(work):
        start = time.perf_counter()
        work(X, k)
        return time.perf_counter() - start

    sides = {OURS: lambda: timed(work), PRINCE: lambda: timed(_prince)}
    for side in sides.values():
        side()
    runs = alternate(sides, seconds=1 if quick else 10, least=1 if quick else 3)
    after_other = ratio(runs, PRINCE, OURS, "other")
    return {
        "theirs_s": after_other["slow_s"],
        "ours_s": after_other["fast_s"],
        "after_other": after_other,
        "after_itself": ratio(runs, PRINCE, OURS, "self"),
        "bar": BAR,
        "met": after_other["median"] >= BAR,
    }
