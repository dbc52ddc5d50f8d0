"""A cluster of processes on this machine: what its workers did, its time and its memory."""

import logging
import os
import re
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dask import delayed
from dask.utils import key_split
from distributed import Client, LocalCluster, get_task_stream, wait

from benchmarks.scale.data import labeled


@contextmanager
def workers(n: int = 2) -> Iterator[Client]:
    """Start so many processes with one thread each, and end them.

    A process of its own has the scheduler in a real cluster; here it is this one, as Dask has it.
    """
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # which reports each kill
    os.environ["DASK_LOGGING__DISTRIBUTED"] = "critical"  # in the workers
    with (
        LocalCluster(
            n_workers=n, threads_per_worker=1, memory_limit=0, dashboard_address=":0"
        ) as cluster,
        Client(cluster) as client,
    ):
        client.run(_import)
        yield client


def _import() -> None:
    """Load what a fit needs, so that no fit is timed with its imports."""
    import skparams.decomposition
    import skparams.neural_network  # noqa: F401


def held(client: Client, *arrays: Any) -> list[Any]:
    """Compute arrays on the workers, in equal shares, and keep them there."""
    persisted = client.persist(list(arrays))
    wait(persisted)
    client.rebalance()
    return persisted


def held_blocks(client: Client, n_blocks: int, n_rows: int, n_features: int) -> list[Any]:
    """Return pairs of rows and labels, which the workers hold in equal shares."""
    blocks = client.persist([delayed(labeled)(i, n_rows, n_features) for i in range(n_blocks)])
    wait(blocks)
    client.rebalance()
    return blocks


@dataclass(frozen=True)
class Measured:
    """What a call cost: in seconds, by the clock of the caller and by those of the workers."""

    result: Any
    wall: float
    work: float  # in all tasks of all workers
    busiest: float  # in the tasks of the worker that has most
    transfers: float  # moving results between workers, of all workers
    tasks: dict[str, list[float]]  # seconds of each task, by the name of its function

    @property
    def n_tasks(self) -> int:
        """How many tasks the workers did."""
        return sum(map(len, self.tasks.values()))

    @property
    def outside(self) -> float:
        """Time in which even the busiest worker computed nothing."""
        return self.wall - self.busiest


def measured(client: Client, call: Callable[[], Any]) -> Measured:
    """Call, and read from the scheduler what the workers did meanwhile."""
    with get_task_stream(client) as stream:
        start = time.perf_counter()
        result = call()
        wall = time.perf_counter() - start
    of_worker: dict[str, float] = defaultdict(float)
    tasks: dict[str, list[float]] = defaultdict(list)
    transfers = 0.0
    for task in stream.data:
        for step in task["startstops"]:
            seconds = step["stop"] - step["start"]
            if step["action"] == "compute":
                tasks[key_split(task["key"])].append(seconds)
                of_worker[task["worker"]] += seconds
            elif step["action"] == "transfer":
                transfers += seconds
    return Measured(
        result,
        wall,
        sum(of_worker.values()),
        max(of_worker.values(), default=0.0),
        transfers,
        dict(tasks),
    )


def memory(name: str) -> int:
    """Return a size in bytes as Linux gives it: VmRSS, or VmHWM for the peak."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    found = re.search(name + r":\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) * 1024


def begin_peak() -> int:
    """Let the peak begin anew, and return the memory that is held now."""
    Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")
    return memory("VmRSS")


def peaks(client: Client, call: Callable[[], Any]) -> list[int]:
    """Return how many bytes more than before the call each worker held at its peak."""
    before = client.run(begin_peak)
    call()
    after = client.run(memory, "VmHWM")
    return [after[worker] - before[worker] for worker in before]


@contextmanager
def killing(client: Client, seconds: float, number: int) -> Iterator[list[bool]]:
    """Kill a worker after so many seconds; the list then says whether that was before the end."""
    processes = sorted(client.run(os.getpid).values())
    killed: list[bool] = []

    def kill() -> None:
        os.kill(processes[number % len(processes)], signal.SIGKILL)
        killed.append(True)

    timer = threading.Timer(seconds, kill)
    timer.start()
    try:
        yield killed
    finally:
        timer.cancel()
        timer.join()
