"""PCA beside scikit-learn's and scikit-learn-intelex's."""

from collections.abc import Iterator

from benchmarks._tables import Table
from benchmarks._task import Task
from benchmarks.pca import apart, fits
from benchmarks.pca.works import WORKS

_PARTS = {
    "fits": fits.fits,
    "streams": fits.streams,
    "accuracy": apart.accuracy,
    "width": apart.width,
    "memory": apart.memory,
}
NAMES = (*_PARTS, *WORKS)


def run(task: Task) -> Iterator[Table]:
    """Yield each part's table as soon as it is measured."""
    for name, part in _PARTS.items():
        inside = [key for key, work in WORKS.items() if work.part == name]
        if task.wants(name, *inside):
            task.say(name)
            if (table := part(task)).rows:
                yield table
