"""Tables of a PCA beside prince's, one row's T² and SPE, the bootstrap, and memory."""

from collections.abc import Iterator

from benchmarks._tables import Table
from benchmarks._task import Task
from benchmarks.pca_explained import apart, tables

_PARTS = {
    "tables": tables.tables,
    "memory": apart.memory,
    "calls": apart.calls,
}
NAMES = tuple(_PARTS)


def run(task: Task) -> Iterator[Table]:
    """Yield each part's table as soon as it is measured."""
    for name, part in _PARTS.items():
        if task.wants(name):
            task.say(name)
            yield part(task)
