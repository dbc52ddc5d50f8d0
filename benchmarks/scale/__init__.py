"""Data in blocks: PCA and networks on Dask and from files, and what more workers would do."""

import argparse
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

from sklearn.exceptions import ConvergenceWarning

from benchmarks._tables import Table
from benchmarks._task import Task
from benchmarks.scale import averaged, kills, memory, networks, pca, simulated, tenfold

_PARTS: dict[str, Callable[[Task], Table | Iterator[Table]]] = {
    "pca": pca.pca,
    "memory": memory.memory,
    "networks": networks.networks,
    "averaged": averaged.averaged,
    "tenfold": tenfold.tenfold,
    "kills": kills.kills,
    "simulated": simulated.simulated,
}
NAMES = tuple(_PARTS)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the option that only this benchmark has."""
    parser.add_argument("--picture", metavar="FILE", type=Path, help="simulated fits, as a figure")


def run(task: Task) -> Iterator[Table]:
    """Yield each part's tables as soon as they are measured."""
    for name, part in _PARTS.items():
        if task.wants(name):
            task.say(name)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)  # all fits have a few epochs
                found = part(task)
                yield from [found] if isinstance(found, Table) else found
