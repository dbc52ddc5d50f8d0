"""Benchmarks of keeping models, each against copying the file or against another format."""

from collections.abc import Iterator

from benchmarks._tables import Table
from benchmarks._task import Task
from benchmarks.keep import large, mapped

_PARTS = {
    "copying": large.copying,
    "formats": large.formats,
    "mapped": mapped.mapped,
}
NAMES = tuple(_PARTS)


def run(task: Task) -> Iterator[Table]:
    """Yield each part's table as soon as it is measured."""
    for name, part in _PARTS.items():
        if task.wants(name):
            task.say(name)
            yield part(task)
