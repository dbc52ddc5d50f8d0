"""`summary`, `diff` and `slim` of models that grow."""

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import ceil

from sklearn.base import BaseEstimator
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.neighbors import KNeighborsClassifier

from benchmarks._alternate import alternate, typical
from benchmarks._tables import Column, Table, number, ratio_text, time_text
from benchmarks._task import Task
from benchmarks.curves.exponents import exponents, upper_half
from benchmarks.curves.fits import doubled, span
from skparams import MLPClassifier, diff, slim, summary

Models = tuple[BaseEstimator, BaseEstimator]
MIN_SECONDS = 0.01  # of a timed run: shorter calls are repeated


@dataclass(frozen=True)
class Growth:
    """One size that grows; ``models`` returns two models of a size."""

    what: str
    grows: str
    sizes: tuple[int, ...]
    models: Callable[[int], Models]


def _neighbors(n_rows: int) -> Models:
    X, y = make_classification(n_rows, 5, random_state=0)
    return tuple(KNeighborsClassifier(algorithm="brute").fit(X + i, y) for i in range(2))


def _networks(n_features: int, hidden: tuple[int, ...]) -> Models:
    X, y = make_classification(200, n_features, random_state=0)
    return tuple(MLPClassifier(hidden, max_iter=1, random_state=i).fit(X, y) for i in range(2))


def _forests(n_trees: int) -> Models:
    X, y = make_classification(2_000, 20, random_state=0)
    return tuple(RandomForestClassifier(n_trees, random_state=i).fit(X, y) for i in range(2))


# Up to 100 arrays and 10 MB a summary measures what pickling takes: all these are below, but for
# forests of 16 trees and more. An exponent across that limit would say nothing.
GROWTHS = (
    Growth("KNeighborsClassifier, 5 features", "rows", doubled(1_000, 8), _neighbors),
    Growth("MLP (16,)", "features", doubled(64, 8), lambda n: _networks(n, (16,))),
    Growth("MLP of two layers", "width", doubled(4, 8), lambda n: _networks(64, (n, n))),
    Growth("RandomForestClassifier", "members", doubled(2, 8), _forests),
)
CALLS: dict[str, Callable[[Models], object]] = {
    "summary": lambda models: summary(models[0]),
    "diff": lambda models: diff(*models),
    "slim": lambda models: slim(models[0]),
}


def repeated(call: Callable[[], object], repeats: int) -> float:
    """Return the seconds of one call, as the mean of some in a row."""
    start = time.perf_counter()
    for _ in range(repeats):
        call()
    return (time.perf_counter() - start) / repeats


def measure(call: str, growth: Growth, models: dict[int, Models], *, quick: bool) -> tuple:
    """Return the row of the table for one call and one growth, and a row for each size."""
    sides = {}
    for size, pair in models.items():
        once = partial(CALLS[call], pair)
        once()
        repeats = ceil(MIN_SECONDS / repeated(once, 1))
        sides[call, size] = partial(repeated, once, repeats)
    runs = alternate(sides, seconds=0.3 if quick else 2, least=1 if quick else 3, most=15)
    sizes = list(models)
    names = {"what": growth.what, "grows": growth.grows}
    details = [
        {"call": call, **names, "size": size, "ours_s": typical(runs, (call, size))}
        for size in sizes
    ]
    upper = upper_half(sizes)
    return {
        "call": call,
        **names,
        "sizes": [sizes[0], sizes[-1]],
        "fitted": [upper[0], upper[-1]],
        "rounds": max(run.round for run in runs) + 1,
        "exponent": exponents(runs, call, sizes),
        "smallest_s": details[0]["ours_s"],
        "largest_s": details[-1]["ours_s"],
    }, details


def _table() -> Table:
    return Table(
        "inspections",
        "summary, diff and slim of models that grow",
        [
            Column("call", "call", left=True),
            Column("what", "of", left=True),
            Column("grows", "what grows", left=True),
            Column("sizes", "from, to", span),
            Column("smallest_s", "smallest", time_text),
            Column("largest_s", "largest", time_text),
            Column("fitted", "exponent over", span),
            Column("exponent", "exponent", ratio_text(2)),
            Column("rounds", "rounds", number(0), on_page=False),
        ],
        note="Medians over rounds in which each size is called twice, in one process; calls "
        f"shorter than {1000 * MIN_SECONDS:.0f} ms are repeated. The exponent is that of fits: the "
        "median and quartiles over passes through the sizes.",
    )


def inspections(task: Task) -> Table:
    """Return the table of exponents, with the times of all sizes as details."""
    table = _table()
    for growth in GROWTHS:
        task.say(f"inspections: {growth.grows}")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # one epoch does not converge
            sizes = growth.sizes[:4] if task.quick else growth.sizes
            models = {size: growth.models(size) for size in sizes}
        for call in CALLS:
            row, details = measure(call, growth, models, quick=task.quick)
            table.rows.append(row)
            table.details += details
    return table
