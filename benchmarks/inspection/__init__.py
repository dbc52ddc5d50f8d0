"""Benchmarks of inspection, each against what a user would do by hand."""

from collections.abc import Iterator

from benchmarks._tables import Table
from benchmarks._task import Task
from benchmarks.inspection import changes, imports, numbers, pages, probing, slimmed

_PARTS = {
    "imports": imports.imports,
    "statistics": numbers.statistics,
    "memory": numbers.memory,
    "pages": pages.pages,
    "slim": slimmed.slimmed,
    "probing": probing.probing,
    "changes": changes.changes,
}
NAMES = tuple(_PARTS)


def run(task: Task) -> Iterator[Table]:
    """Yield each part's table as soon as it is measured."""
    for name, part in _PARTS.items():
        if task.wants(name):
            task.say(name)
            if (table := part(task)).rows:
                yield table
