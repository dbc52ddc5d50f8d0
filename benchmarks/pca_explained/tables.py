"""A fit and all tables, beside prince."""

import time
from importlib.util import find_spec

import numpy as np

from benchmarks._alternate import alternate, ratio, typical
from benchmarks._tables import Column, Table, number, time_text, yes_no
from benchmarks._task import Task
from skparams import PCA

ROWS, FEATURES = 100_000, 50
BAR = 8.0
OURS, PRINCE = "skparams", "prince"


def rows() -> np.ndarray:
    """Return rows with falling variances, about means that are not zero."""
    X = np.random.default_rng(0).standard_normal((ROWS, FEATURES))
    return X * np.geomspace(4, 0.5, FEATURES) + 3


def ours(X, k: int) -> list:
    """Fit, and return all tables of features and rows, and the limits."""
    pca = PCA(k, scale=True).fit(X)
    return [
        pca.loadings_,
        pca.correlations_,
        pca.contributions_,
        pca.communalities_,
        pca.explained_by(0),
        pca.coordinates(X),
        pca.contributions(X),
        pca.cos2(X),
        pca.hotelling_t2(X),
        pca.spe(X),
        pca.limits(),
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
            Column("theirs_s", "prince", time_text),
            Column("ours_s", "skparams", time_text),
            Column("after_other", "ratio after\nthe other", number(1)),
            Column("after_itself", "after\nitself", number(1)),
            Column("bar", "bar", number(1)),
            Column("met", "met", yes_no),
        ],
        note="Ours has T², SPE and their limits too, which prince has not.",
    )
    if find_spec("prince") is None:
        task.say("prince is not installed: left out")
        return table
    import pandas as pd

    X = pd.DataFrame(rows(), columns=[f"feature {j}" for j in range(FEATURES)])
    for k in (10, FEATURES):
        task.say(f"tables: {k} components")

        def timed(work, k=k):
            start = time.perf_counter()
            work(X, k)
            return time.perf_counter() - start

        sides = {OURS: lambda: timed(ours), PRINCE: lambda: timed(_prince)}
        for side in sides.values():
            side()
        runs = alternate(sides, seconds=1 if task.quick else 12, least=1 if task.quick else 3)
        ratios = {
            "after_other": ratio(runs, PRINCE, OURS, "other"),
            "after_itself": ratio(runs, PRINCE, OURS, "self"),
        }
        table.rows.append(
            {
                "components": k,
                "theirs_s": typical(runs, PRINCE, "other"),
                "ours_s": typical(runs, OURS, "other"),
                **ratios,
                "bar": BAR,
                "met": ratios["after_other"] >= BAR,
            }
        )
    return table
