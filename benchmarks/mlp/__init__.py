"""The MLP beside scikit-learn's, PyTorch's and skorch's."""

from collections.abc import Iterator

from benchmarks._tables import Table
from benchmarks._task import Task
from benchmarks.mlp import apart, fits, grid, libraries, products
from benchmarks.mlp.works import WORKS

_PARTS = {
    "imports": apart.imports,
    "first-fit": apart.first_fit,
    "one-row": apart.one_row,
    "memory": apart.memory,
    "products": products.products,
    "fits": fits.fits,
    "search": grid.searches,
    "script": grid.script,
    "torch": libraries.libraries,
    "features": libraries.features,
}
NAMES = (*_PARTS, *WORKS)


def run(task: Task) -> Iterator[Table]:
    """Yield each part's table as soon as it is measured."""
    for name, part in _PARTS.items():
        inside = WORKS if name == "fits" else ()
        if task.wants(name, *inside):
            task.say(name)
            if (table := part(task)).rows:
                yield table
