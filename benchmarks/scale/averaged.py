"""Local SGD on one and on two workers beside one process: time, accuracy, bits."""

import time
from typing import Any

from benchmarks._machine import blas_threads
from benchmarks._tables import Column, Table, number, time_text, yes_no
from benchmarks._task import Task
from benchmarks.scale.cluster import held_blocks, workers
from benchmarks.scale.data import Labeled, joined, labeled
from benchmarks.scale.kills import bits
from benchmarks.scale.local_sgd import local_sgd
from skparams import MLPClassifier

N_FEATURES = 30


def _start(rate: float) -> MLPClassifier:
    model = MLPClassifier(learning_rate_init=rate, random_state=0)
    return model.partial_fit(*labeled(0, 200, N_FEATURES), classes=[0, 1])


def averaged(task: Task) -> Table:
    """Return the table: one process, then blocks on one and two workers, at two learning rates."""
    n_rows, n_rounds = (10_000, 3) if task.quick else (800_000, 10)
    table = Table(
        "averaged",
        f"data-parallel training: MLPClassifier, {n_rows:,} × {N_FEATURES}, "
        f"{n_rounds} epochs, averaged after each",
        [
            Column("what", "", left=True),
            Column("rate", "learning rate", number(3)),
            Column("wall_s", "time", time_text),
            Column("round_s", "a round", time_text),
            Column("halfway", "accuracy\nhalfway", number(4)),
            Column("accuracy", "accuracy", number(4)),
            Column("equal", "bits of\none worker", yes_no),
        ],
        note=(
            "Workers have one thread each and hold their blocks, and so does the one process. "
            "Accuracy is that on 50,000 other rows."
        ),
    )
    held_out = labeled(10**6, 50_000, N_FEATURES)

    def measure(what: str, rate: float, train: Any, reference: dict | None = None) -> Any:
        scores: list[float] = []
        start = time.perf_counter()
        model = train(lambda number, model: scores.append(model.score(*held_out)))
        wall = time.perf_counter() - start
        row = {"what": what, "rate": rate, "wall_s": wall, "round_s": wall / n_rounds}
        row |= {"halfway": scores[n_rounds // 2 - 1], "accuracy": scores[-1]}
        table.rows.append(row | ({"equal": bits(model) == reference} if reference else {}))
        return bits(model)

    X, y = joined(Labeled(8, n_rows // 8, N_FEATURES))

    def in_memory(after_round: Any) -> MLPClassifier:
        model = _start(0.001)
        for number_of_epoch in range(n_rounds):
            after_round(number_of_epoch, model.partial_fit(X, y))
        return model

    with blas_threads(1):
        measure("one process", 0.001, in_memory)
        alone: dict[tuple[int, float], dict] = {}
        for n_workers in (1, 2):
            with workers(n_workers) as client:
                for n_blocks in (2, 8):
                    blocks = held_blocks(client, n_blocks, n_rows // n_blocks, N_FEATURES)
                    local_sgd(_start(0.001), blocks, n_rounds=1)  # loads and compiles
                    for rate in (0.001, 0.001 * n_blocks):
                        key = n_blocks, rate
                        learned = measure(
                            f"{n_workers} worker{'s'[: n_workers - 1]}, {n_blocks} blocks",
                            rate,
                            lambda after_round, rate=rate, blocks=blocks: local_sgd(
                                _start(rate), blocks, n_rounds=n_rounds, after_round=after_round
                            ),
                            alone.get(key),
                        )
                        alone.setdefault(key, learned)
    return table
