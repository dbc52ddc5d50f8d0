"""Ten times the rows in a file: ten times the time, and the same memory."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

import numpy as np

from benchmarks._fresh import fresh
from benchmarks._tables import Column, Table, number, time_text, yes_no
from benchmarks._task import Task
from benchmarks.scale.cluster import memory, peaks, workers
from benchmarks.scale.data import Labeled, correlated
from benchmarks.scale.files import FileBlocks, array_of, write_blocks, write_rows
from benchmarks.scale.networks import network
from skparams import PCA

RATIOS = (7.0, 12.0)
MAX_MORE_MEMORY = 1.5  # blocks
BLOCK_ROWS = 10_000
PCA_FEATURES, NETWORK_FEATURES = 500, 30
_N_ROUNDS = 3


@contextmanager
def _private_peak() -> Iterator[list[int]]:
    """Sample memory that is no file's, as the pages of a mapped file count as the process's too."""
    sizes, ended = [memory("RssAnon")], Event()

    def sample() -> None:
        while not ended.wait(0.002):
            sizes.append(memory("RssAnon"))

    thread = Thread(target=sample)
    thread.start()
    try:
        yield sizes
    finally:
        ended.set()
        thread.join()


def _timed(fit: Callable[[], Any]) -> float:
    start = time.perf_counter()
    fit()
    return time.perf_counter() - start


def _figures(fit: Callable[[], Any]) -> dict[str, float]:
    """Return the median time of some fits, and what one more adds to the memory."""
    fit()
    seconds = median(_timed(fit) for _ in range(_N_ROUNDS))
    with _private_peak() as sizes:
        fit()
    return {"seconds": seconds, "bytes": max(sizes) - sizes[0]}


def pca_of_mapped(folder: Path) -> dict[str, float]:
    """Measure fits to a file that is mapped into memory."""
    return _figures(lambda: PCA().fit(np.load(folder / "rows.npy", mmap_mode="r")))


def network_by_blocks(folder: Path) -> dict[str, float]:
    """Measure fits to blocks that are read from a file."""
    blocks = FileBlocks(folder, BLOCK_ROWS)
    return _figures(lambda: network(3).fit_blocks(blocks, classes=[0, 1]))


def _in_fresh_process(function: str, folder: Path) -> dict[str, float]:
    return fresh(
        "import json; from pathlib import Path; from benchmarks.scale import tenfold\n"
        f"print(json.dumps(tenfold.{function}(Path({json.dumps(str(folder))}))))"
    )


def _on_workers(folder: Path) -> dict[str, float]:
    """Measure fits to a Dask array of the file, on workers of their own."""
    X = array_of(folder / "rows.npy", BLOCK_ROWS)
    with workers(2) as client:
        fit = partial(PCA().fit, X)
        fit()
        seconds = median(_timed(fit) for _ in range(_N_ROUNDS))
        return {"seconds": seconds, "bytes": max(peaks(client, fit))}


_CASES: dict[str, tuple[int, Callable[[Path], dict[str, float]]]] = {
    "PCA().fit, a Dask array of an .npy file, two workers": (PCA_FEATURES, _on_workers),
    "PCA().fit, an .npy file that is mapped": (
        PCA_FEATURES,
        partial(_in_fresh_process, "pca_of_mapped"),
    ),
    "MLPClassifier().fit_blocks, an .npy file": (
        NETWORK_FEATURES,
        partial(_in_fresh_process, "network_by_blocks"),
    ),
}


def _write(folder: Path, n_blocks: int) -> None:
    made = (correlated(number, BLOCK_ROWS, PCA_FEATURES) for number in range(n_blocks))
    write_rows(folder / "rows.npy", made, n_blocks * BLOCK_ROWS)
    write_blocks(folder, Labeled(2 * n_blocks, BLOCK_ROWS, NETWORK_FEATURES))


def tenfold(task: Task) -> Table:
    """Return the table of times and of memory with some blocks, and with ten times as many."""
    n_blocks = 1 if task.quick else 10
    table = Table(
        "tenfold",
        "Ten times the rows in a file",
        [
            Column("what", "", left=True),
            Column("rows", "rows", number(0)),
            Column("small_s", "time", time_text),
            Column("large_s", "ten times\nthe rows", time_text),
            Column("ratio", "ratio", number(1)),
            Column("small_mb", "memory", number(0, " MB")),
            Column("large_mb", "ten times\nthe rows", number(0, " MB")),
            Column("block_mb", "a block", number(0, " MB")),
            Column("met", "met", yes_no),
        ],
        note=(
            f"Medians of {_N_ROUNDS} fits, with the file in the system's memory. Memory is what a "
            "fit adds to a process that has fitted before, without the pages of a mapped file; on "
            "workers that of the larger one. Goals: a ratio of 7 to 12, and at most "
            f"{MAX_MORE_MEMORY} blocks more."
        ),
    )
    with TemporaryDirectory() as folder:
        folders = {size: Path(folder, str(size)) for size in (n_blocks, 10 * n_blocks)}
        for size, each in folders.items():
            task.say(f"tenfold: {size} blocks are written")
            each.mkdir()
            _write(each, size)
        for what, (n_features, measure) in _CASES.items():
            task.say(f"tenfold: {what}")
            small, large = (measure(each) for each in folders.values())
            ratio = large["seconds"] / small["seconds"]
            block = 8 * BLOCK_ROWS * n_features
            n_rows = len(np.load(folders[n_blocks] / _file(n_features), mmap_mode="r"))
            row = {"what": what, "rows": n_rows, "ratio": ratio, "block_mb": block / 1e6}
            row |= {"small_s": small["seconds"], "large_s": large["seconds"]}
            row |= {"small_mb": small["bytes"] / 1e6, "large_mb": large["bytes"] / 1e6}
            same = large["bytes"] - small["bytes"] <= MAX_MORE_MEMORY * block
            row["met"] = bool(same and RATIOS[0] <= ratio <= RATIOS[1])
            table.rows.append(row)
    return table


def _file(n_features: int) -> str:
    return "rows.npy" if n_features == PCA_FEATURES else "X.npy"
