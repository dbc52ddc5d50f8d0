"""Data in blocks: PCA and networks on Dask and from files, and what more workers would do."""

from collections.abc import Iterator

from benchmarks._tables import Table
from benchmarks._task import Task
from benchmarks.scale import pca

_PARTS = {
    "pca": pca.pca,
}
NAMES = tuple(_PARTS)


def run(task: Task) -> Iterator[Table]:
    """Yield each part's table as soon as it is measured."""
    for name, part in _PARTS.items():
        if task.wants(name):
            task.say(name)
            yield part(task)
