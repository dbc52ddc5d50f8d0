"""What the simulation needs to know, measured on clusters of one and two processes."""

import time
from dataclasses import dataclass, replace
from functools import partial
from statistics import median
from typing import Any

import numpy as np
from distributed import Client

from benchmarks._machine import blas_threads
from benchmarks._task import Task
from benchmarks.scale.cluster import Measured, held, measured, workers
from benchmarks.scale.data import correlated, correlated_array
from benchmarks.scale.pca import timed, timed_alone
from benchmarks.scale.simulate import Cluster, simulate, tree
from skparams import PCA

N_BLOCKS, N_FEATURES = 20, 500
SHORTEST = 1e-6  # where the difference of two times is less, or negative by chance


@dataclass(frozen=True)
class Costs:
    """Times in seconds on this machine, and a fit of PCA on blocks of so many rows."""

    task_s: float  # of the scheduler, when it has many
    latency_s: float  # of a message
    bytes_per_s: float  # from worker to worker
    block_rows: int
    block_s: float
    merge_s: float
    caller_s: float  # graph, validation and final decomposition, before and after the tasks
    alone_s_per_row: float  # of one process, all in memory
    n_features: int = N_FEATURES

    @property
    def result_bytes(self) -> int:
        """Return how large what a block returns is."""
        return 8 * self.n_features**2

    def cluster(self, n_workers: int, slowness: Any = ()) -> Cluster:
        """Return so many such workers."""
        return Cluster(n_workers, self.task_s, self.latency_s, self.bytes_per_s, slowness)


def _nothing(*_: Any) -> None:
    """Be a task."""


def _array(n_bytes: int) -> np.ndarray:
    return np.ones(n_bytes // 8)


def _messages(client: Client, n_tasks: int) -> tuple[float, float]:
    """Return the time of a task when there are many, and that of a message."""

    def seconds(chained: bool) -> float:
        start, last = time.perf_counter(), None
        if chained:
            for _ in range(n_tasks):
                last = client.submit(_nothing, last, pure=False)
            client.gather(last)
        else:
            client.gather(client.map(_nothing, range(n_tasks), pure=False))
        return (time.perf_counter() - start) / n_tasks

    seconds(False)
    many, chain = (median(seconds(chained) for _ in range(3)) for chained in (False, True))
    return many, max(chain - many, SHORTEST) / 2


def _bandwidth(client: Client, n_bytes: int) -> float:
    """Return bytes per second from one worker to the other, for results as large as a fit's."""
    first, second = client.scheduler_info()["workers"]

    def move() -> None:
        there = client.submit(_array, n_bytes, pure=False, workers=first)
        client.submit(_nothing, there, pure=False, workers=second).result()

    move()
    return n_bytes / median(measured(client, move).transfers for _ in range(5))


def _fits(client: Client, X: Any, n: int) -> list[Measured]:
    PCA().fit(X)
    return [measured(client, partial(PCA().fit, X)) for _ in range(n)]


def _tasks_of(fits: list[Measured]) -> tuple[float, float]:
    """Return the median times of a block, which takes longest, and of a merge."""
    totals = {name: sum(seconds) for name, seconds in fits[0].tasks.items()}
    block = max(totals, key=lambda name: totals[name])
    merge = next(name for name in totals if "merge" in name)
    of_block, of_merge = (
        median(seconds for fit in fits for seconds in fit.tasks[name]) for name in (block, merge)
    )
    return of_block, of_merge


def calibrate(task: Task) -> tuple[Costs, dict[int, float]]:
    """Return the costs, and the measured times of a fit on one and two workers."""
    block_rows, n = (1_000, 2) if task.quick else (20_000, 5)
    walls, fits = {}, {}
    for n_workers in (1, 2):
        task.say(f"calibration with {n_workers} workers")
        with workers(n_workers) as client, blas_threads(1):
            (X,) = held(client, correlated_array(N_BLOCKS, block_rows, N_FEATURES))
            fits[n_workers] = _fits(client, X, n)
            walls[n_workers] = median(fit.wall for fit in fits[n_workers])
            if n_workers == 1:
                (one,) = held(client, correlated_array(1, block_rows, N_FEATURES))
                outside = median(fit.outside for fit in _fits(client, one, n))
            else:
                task_s, latency_s = _messages(client, 200 if task.quick else 2_000)
                bytes_per_s = _bandwidth(client, 8 * N_FEATURES**2)
    # Workers that share memory's bandwidth are slower: a cluster's do not, and have a machine each.
    block_s, merge_s = _tasks_of(fits[1])
    alone_s = timed_alone(N_BLOCKS, block_rows, N_FEATURES, n)
    costs = Costs(
        task_s,
        latency_s,
        bytes_per_s,
        block_rows,
        block_s,
        merge_s,
        max(outside - task_s - 2 * latency_s, SHORTEST),
        alone_s / (N_BLOCKS * block_rows),
    )
    return costs, walls


def of_width(costs: Costs, n_features: int) -> Costs:
    """Return costs of blocks as large with more or fewer features, measured in this process.

    Merges add and move the square of the number of features.
    """
    block_rows = costs.block_rows * costs.n_features // n_features
    X = correlated(0, block_rows, n_features)
    fit = PCA(svd_solver="covariance_eigh").fit
    with blas_threads(1):
        end_s, whole_s = (
            median([timed(partial(fit, rows))[1] for _ in range(4)][1:]) for rows in (X[:2], X)
        )
    return replace(
        costs,
        block_rows=block_rows,
        block_s=max(whole_s - end_s, SHORTEST),
        merge_s=costs.merge_s * (n_features / costs.n_features) ** 2,
        caller_s=end_s,
        n_features=n_features,
    )


def fit_s(costs: Costs, n_workers: int, n_blocks: int, slowness: Any = ()) -> tuple[float, Any]:
    """Return the simulated time of a fit, and its course."""
    tasks = tree(n_workers, [costs.block_s] * n_blocks, costs.merge_s, costs.result_bytes)
    course = simulate(costs.cluster(n_workers, slowness), tasks)
    return costs.caller_s + course.wall_s, course
