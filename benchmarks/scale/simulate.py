"""A discrete-event simulation of tasks on a cluster, for more workers than there are here.

Assumptions:

- The scheduler handles one task at a time, and each takes it the same time.
- A message takes one latency. A result that another worker needs takes a latency and its bytes over
  the bandwidth, and the links of both workers carry nothing else meanwhile. Links have one speed,
  and the network between them has no limit.
- A worker computes one task at a time, in the order in which inputs arrive, and fetches inputs
  while it computes. Each has its speed, which does not change while tasks run.
- Blocks are on the workers, neighbors beside each other and as many on each. A merge is done where
  its first input is. Nothing is stolen, nothing lost, and memory is enough.
- What the caller does before and after, such as the graph and the final decomposition, takes a
  time that does not depend on the workers.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

import numpy as np


@dataclass(frozen=True)
class Cluster:
    """Workers, the scheduler and the links between them; times are in seconds."""

    n_workers: int
    task_s: float  # of the scheduler, for each task
    latency_s: float
    bytes_per_s: float
    slowness: Sequence[float] = ()  # of each worker: 2 takes twice as long

    def seconds(self, worker: int, seconds: float) -> float:
        """Return how long a worker takes for what an average one does in so many seconds."""
        return seconds * (self.slowness[worker] if self.slowness else 1.0)


class Task(NamedTuple):
    """Work of one worker, after others whose results it needs."""

    worker: int
    seconds: float
    n_bytes: int  # of the result
    needs: tuple[int, ...] = ()  # places of earlier tasks


@dataclass
class Course:
    """What happened: times from the start on, and the sums of busy times."""

    wall_s: float
    scheduler_s: float
    transfers_s: float
    busiest_s: float


def simulate(cluster: Cluster, tasks: Sequence[Task]) -> Course:
    """Return how long the tasks take, until the result of the last is with the caller."""
    dependents: list[list[int]] = [[] for _ in tasks]
    missing = [len(task.needs) for task in tasks]
    events: list[tuple[float, int, str, int]] = []
    order = count()  # events at the same time happen in the order in which they were found
    scheduler = transfers = end = 0.0
    links, processors = [0.0] * cluster.n_workers, [0.0] * cluster.n_workers
    busy = [0.0] * cluster.n_workers

    def at(time: float, what: str, number: int) -> None:
        heapq.heappush(events, (time, next(order), what, number))

    for number, task in enumerate(tasks):
        for earlier in task.needs:
            dependents[earlier].append(number)
        if not task.needs:
            at(0.0, "assign", number)
    while events:
        now, _, what, number = heapq.heappop(events)
        task = tasks[number]
        if what == "assign":
            scheduler = max(now, scheduler) + cluster.task_s
            at(scheduler + cluster.latency_s, "fetch", number)
        elif what == "fetch":
            for earlier in task.needs:
                source = tasks[earlier].worker
                if source != task.worker:
                    start = max(now, links[source], links[task.worker])
                    seconds = cluster.latency_s + tasks[earlier].n_bytes / cluster.bytes_per_s
                    now = links[source] = links[task.worker] = start + seconds
                    transfers += seconds
            at(now, "compute", number)
        elif what == "compute":
            seconds = cluster.seconds(task.worker, task.seconds)
            busy[task.worker] += seconds
            processors[task.worker] = max(now, processors[task.worker]) + seconds
            at(processors[task.worker], "report", number)
        else:
            now += cluster.latency_s
            if not dependents[number]:
                end = max(end, now + task.n_bytes / cluster.bytes_per_s)
            for later in dependents[number]:
                missing[later] -= 1
                if not missing[later]:
                    at(now, "assign", later)
    return Course(end, len(tasks) * cluster.task_s, transfers, max(busy))


def homes(n_blocks: int, n_workers: int) -> list[int]:
    """Return the worker of each block: neighbors beside each other, as many on each."""
    return [number * n_workers // n_blocks for number in range(n_blocks)]


def tree(n_workers: int, blocks: Sequence[float], merge_s: float, n_bytes: int) -> list[Task]:
    """Return blocks that take so long each, and merges of neighbors, as `PCA.fit` has them."""
    places = homes(len(blocks), n_workers)
    tasks = [Task(w, seconds, n_bytes) for w, seconds in zip(places, blocks, strict=True)]
    level = list(range(len(tasks)))
    while len(level) > 1:
        merged = []
        for left, right in zip(level[::2], level[1::2], strict=False):
            merged.append(len(tasks))
            tasks.append(Task(tasks[left].worker, merge_s, n_bytes, (left, right)))
        level = merged + (level[-1:] if len(level) % 2 else [])
    return tasks


def star(n_workers: int, blocks: Sequence[float], add_s: float, n_bytes: int) -> list[Task]:
    """Return blocks whose results one task collects, as a round of `local_sgd` does."""
    places = homes(len(blocks), n_workers)
    tasks = [Task(w, seconds, n_bytes) for w, seconds in zip(places, blocks, strict=True)]
    total = Task(0, add_s * len(tasks), n_bytes, tuple(range(len(tasks))))
    return [*tasks, total]


def stragglers(n_workers: int, spread: float, random_state: int = 0) -> list[float]:
    """Return how slow workers are: log-normal, with a median of 1."""
    rng = np.random.default_rng(random_state)
    return np.exp(spread * rng.standard_normal(n_workers)).tolist()
