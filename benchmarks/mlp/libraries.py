"""PyTorch and skorch, each in a process of its own beside scikit-learn, where installed."""

import json
import subprocess
import sys
from importlib.util import find_spec

from benchmarks._tables import RATIOS, Column, Table, number, ratio_text, time_text
from benchmarks._task import Task
from benchmarks.mlp.works import WORKS


def libraries(task: Task) -> Table:
    """Return a row for each library and work; an empty table where neither is installed."""
    table = Table(
        "torch",
        "other libraries beside scikit-learn: same architecture, batch, epochs, Adam",
        [
            Column("library", "library", left=True),
            Column("work", "work", left=True),
            Column("dtype", "dtype", left=True, on_page=False),
            Column("theirs_s", "scikit-\nlearn", time_text),
            Column("theirs_threads", "at\nthreads", on_page=False),
            Column("seconds", "library", time_text),
            Column("threads", "at\nthreads", on_page=False),
            Column("ratio", "ratio", ratio_text(2)),
            Column("score", "score,\nlibrary", number(3)),
            Column("theirs_score", "scikit-\nlearn", number(3)),
        ],
        note=f"{RATIOS} Both at the number of threads where they are faster; each library "
        "has its own initial weights, so scores differ by chance.",
    )
    for library in ("torch", "skorch"):
        for name in ("digits",) if task.quick else ("small", "digits", "wide"):
            table.rows += _rows(task, library, name)
    return table


def features(task: Task) -> Table:
    """Return a row for what skparams and PyTorch have, and scikit-learn has not."""
    table = Table(
        "features",
        "what scikit-learn has not, beside PyTorch: same architecture, batch, epochs",
        [
            Column("feature", "with", left=True),
            Column("work", "work", left=True),
            Column("dtype", "dtype", left=True, on_page=False),
            Column("seconds", "torch", time_text),
            Column("threads", "at\nthreads", on_page=False),
            Column("theirs_s", "skparams", time_text),
            Column("theirs_threads", "at\nthreads", on_page=False),
            Column("ratio", "ratio", ratio_text(1)),
            Column("score", "score,\ntorch", number(3)),
            Column("theirs_score", "skparams", number(3)),
        ],
        note=f"{RATIOS} As above, but the ratio is PyTorch's time over ours.",
    )
    for feature in ("dropout 0.2", "batch normalization", "adamw"):
        table.rows += _rows(task, "torch", "digits", "--feature", feature)
    return table


def _rows(task: Task, library: str, name: str, *options: str) -> list[dict]:
    """Return the row that a process of its own measures, or none where there is no library."""
    if find_spec(library) is None:
        task.say(f"{library} is not installed: left out")
        return []
    task.say(f"{library}: {WORKS[name].label} {' '.join(options[1:])}")
    quick = ["--quick"] if task.quick else []
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.mlp._torch_process", library, name, *options, *quick],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{library} failed:\n{done.stderr[-2000:]}")
    return [json.loads(done.stdout.splitlines()[-1])]
