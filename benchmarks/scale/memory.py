"""The memory that PCA takes on a worker, beside the blocks that it holds."""

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import dask

from benchmarks._tables import Column, Table, number, yes_no
from benchmarks._task import Task
from benchmarks.scale.cluster import held, peaks, workers
from benchmarks.scale.data import correlated, correlated_array
from benchmarks.scale.files import array_of, write_rows
from skparams import PCA

MAX_BLOCKS = 2
_N_BLOCKS, _FEATURES = 20, 500
# How many blocks Dask lets a thread begin to read before it works on them, and how many are
# its own.
_SATURATION = "distributed.scheduler.worker-saturation"
_CASES = {
    "held by the workers": (1.1, 0),
    "read from a file": (1.1, 1),
    "read from a file, worker-saturation 1.0": (1.0, 1),
}


def memory(task: Task) -> Table:
    """Return the table of the peaks, of blocks that are held and of those that are read."""
    n_rows = 10_000 if task.quick else 50_000
    table = Table(
        "memory",
        f"peak memory of a worker: PCA().fit on {_N_BLOCKS} blocks of {n_rows:,} × {_FEATURES}",
        [
            Column("what", "", left=True),
            Column("block_mb", "block", number(0, " MB")),
            Column("peak_mb", "more than\nbefore the fit", number(0, " MB")),
            Column("blocks", "in blocks,\nbeside its own", number(2)),
            Column("bar", "at most", number(0)),
            Column("met", "met", yes_no),
        ],
        note=(
            "The larger one of two workers with one thread each, in their second fit. Blocks that "
            "are held are in the memory before; of those that are read, one is the worker's own. "
            "Dask reads ahead, by its setting distributed.scheduler.worker-saturation, 1.1."
        ),
    )
    n_bytes = 8 * n_rows * _FEATURES
    with TemporaryDirectory() as folder:
        path = Path(folder, "rows.npy")
        made = (correlated(number, n_rows, _FEATURES) for number in range(_N_BLOCKS))
        write_rows(path, made, _N_BLOCKS * n_rows)
        for what, (saturation, n_own) in _CASES.items():
            task.say(f"memory: {what}")
            with dask.config.set({_SATURATION: saturation}), workers(2) as client:
                if n_own:
                    X = array_of(path, n_rows)
                else:
                    (X,) = held(client, correlated_array(_N_BLOCKS, n_rows, _FEATURES))
                PCA().fit(X)
                peak = max(peaks(client, partial(PCA().fit, X)))
            row = {"what": what, "block_mb": n_bytes / 1e6, "peak_mb": peak / 1e6}
            row |= {"blocks": peak / n_bytes - n_own, "bar": MAX_BLOCKS}
            table.rows.append(row | {"met": row["blocks"] <= MAX_BLOCKS})
    return table
