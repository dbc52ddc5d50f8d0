"""How times grow with rows, features, width and members: fits, summary, diff and slim."""

import gc
from collections.abc import Iterator

from benchmarks._tables import Table
from benchmarks._task import Task
from benchmarks.curves import fits, inspections

_PARTS = {"fits": fits.fits, "inspections": inspections.inspections}
NAMES = (*_PARTS, *fits.CURVES)


def run(task: Task) -> Iterator[Table]:
    """Yield each part's table as soon as it is measured."""
    gc.collect()
    gc.freeze()  # each run collects before it is timed: 0.1 s for the objects of all imports
    for name, part in _PARTS.items():
        inside = fits.CURVES if name == "fits" else ()
        if task.wants(name, *inside):
            task.say(name)
            yield part(task)
    gc.unfreeze()
