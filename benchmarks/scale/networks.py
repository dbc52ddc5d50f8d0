"""A network that is trained by blocks beside one that is trained in memory: speed and accuracy."""

import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks._alternate import alternate, ratio
from benchmarks._tables import RATIOS, Column, Table, number, ratio_text, time_text, yes_no
from benchmarks._task import Task
from benchmarks.scale.cluster import held, workers
from benchmarks.scale.data import Labeled, blocks_as_arrays, joined
from benchmarks.scale.files import FileBlocks, write_blocks
from skparams import MLPClassifier

N_BLOCKS, N_FEATURES = 20, 30
MIN_SPEED, MAX_POINTS = 0.8, 0.5


def network(n_epochs: int) -> MLPClassifier:
    """Return a network of the default size that trains for so many epochs."""
    return MLPClassifier(max_iter=n_epochs, tol=0, n_iter_no_change=n_epochs, random_state=0)


def networks(task: Task) -> Table:
    """Return the table of fits, each beside the fit in memory in the same process."""
    n_rows, n_epochs = (2_000, 2) if task.quick else (50_000, 5)
    table = Table(
        "networks",
        f"MLPClassifier: {N_BLOCKS * n_rows:,} × {N_FEATURES} in {N_BLOCKS} blocks, "
        f"{n_epochs} epochs",
        [
            Column("what", "", left=True),
            Column("blocks_s", "by blocks", time_text),
            Column("memory_s", "in memory", time_text),
            Column("speed", "speed by blocks,\nin memory = 1", ratio_text(2)),
            Column("accuracy", "accuracy", number(4)),
            Column("points", "less than in memory,\npoints", number(2)),
            Column("met", "met", yes_no),
        ],
        note=(
            f"{RATIOS} Goals: at least {MIN_SPEED} of the speed, and an accuracy on other rows "
            f"within {MAX_POINTS} points. Each fit uses all threads."
        ),
    )
    blocks = Labeled(N_BLOCKS + 1, n_rows, N_FEATURES)
    parts = [blocks[number] for number in range(N_BLOCKS)]
    X, y = joined(parts)
    rows_held_out = blocks[N_BLOCKS]
    with TemporaryDirectory() as folder, workers(2) as client:
        write_blocks(Path(folder), parts)
        arrays = held(client, *blocks_as_arrays(N_BLOCKS, n_rows, N_FEATURES))
        scores: dict[str, float] = {}

        def side(what: str, fit: Callable[[MLPClassifier], Any]) -> Callable[[], float]:
            def run() -> float:
                model = network(n_epochs)
                start = time.perf_counter()
                fit(model)
                seconds = time.perf_counter() - start
                scores[what] = model.score(*rows_held_out)
                return seconds

            return run

        classes = np.unique(y)
        sides = {
            "memory": side("memory", lambda model: model.fit(X, y)),
            "fit_blocks, a list of blocks": side(
                "fit_blocks, a list of blocks",
                lambda model: model.fit_blocks(parts, classes=classes),
            ),
            "fit_blocks, an .npy file": side(
                "fit_blocks, an .npy file",
                lambda model: model.fit_blocks(FileBlocks(Path(folder), n_rows), classes=classes),
            ),
            "fit, a Dask array on two workers": side(
                "fit, a Dask array on two workers", lambda model: model.fit(*arrays)
            ),
        }
        for run in sides.values():
            run()
        least = 1 if task.quick else 2
        runs = alternate(sides, seconds=0, least=least, most=least)
    for what in list(sides)[1:]:
        found = ratio(runs, what, "memory", "other")
        speed = {key: 1 / found[key] for key in ("median", "lower", "upper")}
        speed["lower"], speed["upper"] = speed["upper"], speed["lower"]
        points = 100 * (scores["memory"] - scores[what])
        row = {"what": what, "blocks_s": found["slow_s"], "memory_s": found["fast_s"]}
        row |= {"speed": speed, "accuracy": scores[what], "points": points}
        row["met"] = speed["median"] >= MIN_SPEED and abs(points) <= MAX_POINTS
        table.rows.append(row)
    return table
