"""Benchmarks of choosing and comparing models."""

from collections.abc import Iterator

from benchmarks._tables import Table
from benchmarks._task import Task
from benchmarks.choose import false_alarms, fewest, memorized, own_cost

_PARTS = {
    "false-alarms": false_alarms.false_alarms,
    "fewest": fewest.fewest,
    "memorized": memorized.memorized,
    "own-cost": own_cost.own_cost,
}
NAMES = tuple(_PARTS)


def run(task: Task) -> Iterator[Table]:
    """Yield each part's table as soon as it is measured."""
    for name, part in _PARTS.items():
        if task.wants(name):
            task.say(name)
            yield part(task)
