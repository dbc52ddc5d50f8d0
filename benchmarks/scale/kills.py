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


def _fits(client: Client, task: Task) -> dict[str, Callable[[], Any]]:
    """Return fits on data that the workers hold, and can make again."""
    (X,) = held(client, correlated_array(_N_BLOCKS, 2_000 if task.quick else 20_000, 500))
    rows = 500 if task.quick else 5_000
    arrays = held(client, *blocks_as_arrays(_N_BLOCKS, rows, 30))
    blocks = held_blocks(client, 4, rows, 30)

    def averaged() -> Any:
        model = network(1)
        model.partial_fit(*labeled(0, 200, 30), classes=[0, 1])
        return local_sgd(model, blocks, n_rounds=4)

    return {
        "PCA().fit, a Dask array": partial(PCA().fit, X),
        "MLPClassifier().fit, Dask arrays, 3 epochs": lambda: network(3).fit(*arrays),
        "local_sgd, 4 blocks, 4 rounds": averaged,
    }


def kills(task: Task) -> Table:
    """Return the table of fits that lost a worker."""
    n = 2 if task.quick else 20
    table = Table(
        "kills",
        f"one of two workers killed at a random moment of a fit, {n} times",
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
            "The worker is killed by SIGKILL, with the blocks that it holds; Dask starts another, "
            "and makes the blocks again, which the times contain."
        ),
    )
    rng = np.random.default_rng(0)
    with workers(2) as client:
        for what, fit in _fits(client, task).items():
            fit()
            start = time.perf_counter()
            expected = bits(fit())
            calm_s = time.perf_counter() - start
            seconds, n_killed, n_equal = [], 0, 0
            for number_of_kill in range(n):
                with killing(client, rng.uniform(0, calm_s), number_of_kill) as killed:
                    start = time.perf_counter()
                    model = fit()
                    seconds.append(time.perf_counter() - start)
                    n_killed += bool(killed)
                n_equal += bits(model) == expected
            row = {"what": what, "calm_s": calm_s, "killed": n_killed, "ended": len(seconds)}
            row |= {"equal": n_equal, "killed_s": median(seconds), "slowest_s": max(seconds)}
            table.rows.append(row | {"met": len(seconds) == n_equal == n})
    return table
