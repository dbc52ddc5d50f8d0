"""Workers that are killed at random moments of a fit."""

import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

import numpy as np
from distributed import Client

from benchmarks._tables import Column, Table, number, time_text, yes_no
from benchmarks._task import Task
from benchmarks.scale.cluster import held, held_blocks, killing, workers
from benchmarks.scale.data import blocks_as_arrays, correlated_array, labeled
from benchmarks.scale.local_sgd import local_sgd
from benchmarks.scale.networks import network
from skparams import PCA, fitted_params

_N_BLOCKS = 20


def bits(model: Any) -> dict[str, bytes]:
    """Return all that a model learned, as bytes that compare equal only if all bits do."""
    return {name: np.ascontiguousarray(a).tobytes() for name, a in fitted_params(model).items()}


def _pca(client: Client, task: Task) -> Callable[[], Any]:
    (X,) = held(client, correlated_array(_N_BLOCKS, 2_000 if task.quick else 20_000, 500))
    return partial(PCA().fit, X)


def _network(client: Client, task: Task) -> Callable[[], Any]:
    arrays = held(client, *blocks_as_arrays(_N_BLOCKS, 500 if task.quick else 5_000, 30))
    return lambda: network(3).fit(*arrays)


def _averaged(client: Client, task: Task) -> Callable[[], Any]:
    blocks = held_blocks(client, 4, 500 if task.quick else 5_000, 30)

    def fit() -> Any:
        model = network(1)
        model.partial_fit(*labeled(0, 200, 30), classes=[0, 1])
        return local_sgd(model, blocks, n_rounds=4)

    return fit


# Each gives a fit on data that the workers hold, and can make again.
_FITS = {
    "PCA().fit, a Dask array": _pca,
    "MLPClassifier().fit, Dask arrays, 3 epochs": _network,
    "local_sgd, 4 blocks, 4 rounds": _averaged,
}


def kills(task: Task) -> Table:
    """Return the table of fits that lost a worker."""
    n = 2 if task.quick else 20
    table = Table(
        "kills",
        f"One of two workers killed at a random moment of a fit, {n} times",
        [
            Column("what", "", left=True),
            Column("calm_s", "without a kill", time_text),
            Column("killed", "killed before\nthe end", number(0)),
            Column("ended", "ended", number(0)),
            Column("equal", "same bits", number(0)),
            Column("killed_s", "median time", time_text),
            Column("slowest_s", "longest time", time_text),
            Column("met", "met", yes_no),
        ],
        note=(
            "The worker is killed by SIGKILL, with the blocks that it holds; Dask makes the blocks "
            "again, which the times contain, on the other worker or on a new one."
        ),
    )
    rng = np.random.default_rng(0)
    for what, make in _FITS.items():
        calm_s, equal, seconds, n_killed = 0.0, [], [], 0
        for number_of_kill in range(n):
            with workers(2) as client:  # a new cluster, as Dask may not start a killed worker again
                fit = make(client, task)
                fit()
                start = time.perf_counter()
                expected = bits(fit())
                calm_s = time.perf_counter() - start
                with killing(client, rng.uniform(0, calm_s), number_of_kill) as killed:
                    start = time.perf_counter()
                    model = fit()
                    seconds.append(time.perf_counter() - start)
                    n_killed += bool(killed)
                equal.append(bits(model) == expected)
        row = {"what": what, "calm_s": calm_s, "killed": n_killed, "ended": len(seconds)}
        row |= {"equal": sum(equal), "killed_s": median(seconds), "slowest_s": max(seconds)}
        table.rows.append(row | {"met": len(seconds) == sum(equal) == n})
    return table
