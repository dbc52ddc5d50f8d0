"""Fits of MLPs and PCAs beside scikit-learn's, as the data or the model grow."""

import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import sklearn.decomposition
import sklearn.neural_network
from sklearn.base import BaseEstimator
from sklearn.datasets import make_classification
from sklearn.ensemble import BaggingClassifier

import skparams
from benchmarks._alternate import alternate, ratio, typical
from benchmarks._machine import THREADS, blas_threads
from benchmarks._tables import RATIOS, Column, Table, number, ratio_text, time_text
from benchmarks._task import Task
from benchmarks.curves.exponents import exponents, upper_half
from benchmarks.pca.works import OURS, SKLEARN, Work

ALL_THREADS = THREADS[-1]
NETWORKS = {OURS: skparams, SKLEARN: sklearn.neural_network}
Fit = Callable[[], object]


@dataclass(frozen=True)
class Curve:
    """One size that grows; ``fits`` returns what each library fits at a size."""

    what: str
    grows: str
    sizes: tuple[int, ...]
    fits: Callable[[int], Mapping[str, Fit]]


def doubled(first: int, n: int) -> tuple[int, ...]:
    """Return n sizes, each twice the one before."""
    return tuple(first * 2**i for i in range(n))


def _network(module, hidden: tuple[int, ...], epochs: int) -> BaseEstimator:
    """Return an MLP with a fixed number of epochs, which nothing stops early."""
    return module.MLPClassifier(
        hidden, batch_size=200, max_iter=epochs, tol=0, n_iter_no_change=np.inf, random_state=0
    )


def _classes(n_rows: int, n_features: int) -> tuple[np.ndarray, np.ndarray]:
    return make_classification(n_rows, n_features, n_informative=5, random_state=0)


def _networks(n_rows: int, n_features: int, hidden: tuple[int, ...], epochs: int) -> dict:
    data = _classes(n_rows, n_features)
    return {
        name: partial(lambda module: _network(module, hidden, epochs).fit(*data), module)
        for name, module in NETWORKS.items()
    }


def _ensembles(n_members: int) -> dict:
    data = _classes(1_000, 20)

    def fit(module) -> object:
        return BaggingClassifier(_network(module, (32,), 10), n_members, random_state=0).fit(*data)

    return {name: partial(fit, module) for name, module in NETWORKS.items()}


def _tabular(n_members: int) -> dict:
    data = _classes(500, 20)
    return {OURS: lambda: skparams.TabularMLPClassifier(n_members, random_state=0).fit(*data)}


def _pcas(n_rows: int, n_features: int) -> dict:
    X = Work("fits", n_rows, n_features, None, ()).data("float64")
    return {
        OURS: lambda: skparams.PCA(5).fit(X),
        SKLEARN: lambda: sklearn.decomposition.PCA(5).fit(X),
    }


CURVES = {
    "mlp-rows": Curve(
        "MLP (100,), 20 features",
        "rows",
        doubled(500, 8),
        lambda n: _networks(n, 20, (100,), 4),
    ),
    "mlp-features": Curve(
        "MLP (100,), 2,000 rows",
        "features",
        doubled(16, 8),
        lambda n: _networks(2_000, n, (100,), 4),
    ),
    "mlp-width": Curve(
        "MLP of two layers, 2,000 rows",
        "width",
        doubled(8, 8),
        lambda n: _networks(2_000, 50, (n, n), 2),
    ),
    "mlp-members": Curve(
        "BaggingClassifier of MLPs, 1,000 rows",
        "members",
        doubled(1, 6),
        _ensembles,
    ),
    "tabular-members": Curve("TabularMLP, 500 rows", "members", doubled(1, 6), _tabular),
    "pca-rows": Curve("PCA(5), 50 features", "rows", doubled(4_000, 7), lambda n: _pcas(n, 50)),
    # Up to 1,000 features scikit-learn takes the covariance, and for more another solver.
    "pca-features": Curve(
        "PCA(5), 20,000 rows",
        "features",
        (8, 16, 32, 64, 125, 250, 500, 1_000),
        lambda n: _pcas(20_000, n),
    ),
}


def timed(fit: Fit, threads: int) -> float:
    """Return the seconds of one fit at a number of BLAS threads."""
    with blas_threads(threads):
        start = time.perf_counter()
        fit()
        return time.perf_counter() - start


def _faster(fit: Fit) -> int:
    """Return the number of BLAS threads at which a fit's second run is faster."""
    timed(fit, ALL_THREADS)
    return min(THREADS, key=lambda threads: timed(fit, threads))


def measure(curve: Curve, *, quick: bool) -> tuple[dict, list[dict]]:
    """Return a curve's row of the table, and a row for each of its sizes."""
    sizes = curve.sizes[:4] if quick else curve.sizes
    sides, threads = {}, {}
    for size in sizes:
        for name, fit in curve.fits(size).items():
            threads[name, size] = ALL_THREADS if name == OURS else _faster(fit)
            sides[name, size] = partial(timed, fit, threads[name, size])
            sides[name, size]()
    libraries = list(dict.fromkeys(name for name, _ in sides))
    runs = alternate(sides, seconds=0.5 if quick else 7, least=1 if quick else 3, most=9)
    details = []
    for size in sizes:
        detail = {"what": curve.what, "grows": curve.grows, "size": size}
        detail |= {"ours_s": typical(runs, (OURS, size), "other")}
        if SKLEARN in libraries:
            compared = ratio(runs, (SKLEARN, size), (OURS, size), "other")
            detail |= {"theirs_s": compared["slow_s"], "ratio": compared}
            detail |= {"theirs_threads": threads[SKLEARN, size]}
        details.append(detail)
    upper = upper_half(sizes)
    row = {
        "what": curve.what,
        "grows": curve.grows,
        "sizes": [sizes[0], sizes[-1]],
        "fitted": [upper[0], upper[-1]],
        "rounds": max(run.round for run in runs) + 1,
        "ours_exponent": exponents(runs, OURS, sizes),
    }
    if SKLEARN in libraries:
        row["theirs_exponent"] = exponents(runs, SKLEARN, sizes)
    largest = {key: details[-1].get(key) for key in ("ours_s", "theirs_s", "ratio")}
    return row | largest, details


def span(value: list) -> str:
    """Write the first and the last of some sizes."""
    return f"{value[0]:,} to {value[1]:,}"


def fits(task: Task) -> Table:
    """Return the table of exponents, with the times of all sizes as details."""
    table = Table(
        "fits",
        "fits that grow",
        [
            Column("what", "fit", left=True),
            Column("grows", "what grows", left=True),
            Column("sizes", "from, to", span),
            Column("fitted", "exponent over", span),
            Column("theirs_exponent", "scikit-learn,\nexponent", ratio_text(2)),
            Column("ours_exponent", "skparams,\nexponent", ratio_text(2)),
            Column("theirs_s", "scikit-learn,\nlargest", time_text),
            Column("ours_s", "skparams,\nlargest", time_text),
            Column("ratio", "ratio,\nlargest", ratio_text(1)),
            Column("rounds", "rounds", number(0), on_page=False),
        ],
        note=f"{RATIOS} Time grows as size to the power of the exponent: the slope of a least "
        "squares line of log time on log size, over the upper half of the sizes; median and "
        "quartiles over the passes through the sizes. scikit-learn at the number of BLAS threads "
        f"where it is faster, skparams on {ALL_THREADS}. Details in JSON have all sizes.",
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*batch_size.*")
        warnings.filterwarnings("ignore", message=".*aximum iterations.*")
        for name, curve in CURVES.items():
            if task.wants("fits", name):
                task.say(f"fits: {name}")
                row, details = measure(curve, quick=task.quick)
                table.rows.append(row)
                table.details += details
    return table
