"""Fits and streams beside scikit-learn, and beside scikit-learn-intelex in a process of its own."""

import json
import subprocess
import sys
from importlib.util import find_spec

from benchmarks._machine import THREADS
from benchmarks._tables import RATIOS, Column, Table, number, ratio_text, time_text, yes_no
from benchmarks._task import Task
from benchmarks.pca._beside import measure
from benchmarks.pca.works import DTYPES, SKLEARN, WORKS


def _seconds(value: dict) -> str:
    return time_text(value["seconds"])


def _threads(value: dict) -> str:
    return str(value["threads"])


_COLUMNS = [
    Column("work", "work", left=True),
    Column("dtype", "", lambda dtype: dtype.replace("float", "f"), left=True),
    Column("peer", "beside", left=True),
    Column("theirs", "its time", _seconds),
    Column("theirs", "at\nthreads", _threads, on_page=False),
    Column("ours_s", "skparams", time_text),
    Column("ours_one_thread_s", "on one\nthread", time_text, on_page=False),
    Column("after_other", "ratio after\nthe other", ratio_text(1)),
    Column("after_itself", "after\nitself", ratio_text(1), on_page=False),
    Column("bar", "bar", number(1), on_page=False),
    Column("met", "met", yes_no, on_page=False),
    Column("share_of_peak", "share of\nthe limit", lambda share: f"{share:.0%}", on_page=False),
]


def _beside_intelex(name: str, dtype: str, quick: bool) -> dict:
    command = [sys.executable, "-m", "benchmarks.pca._beside", name, dtype]
    done = subprocess.run(command + (["--quick"] if quick else []), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"scikit-learn-intelex failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _table(task: Task, part: str, title: str) -> Table:
    table = Table(part, title, _COLUMNS)
    for name, work in WORKS.items():
        if work.part != part or not task.wants(part, name):
            continue
        for dtype in DTYPES:
            task.say(f"{part}: {work.label}, {dtype}")
            table.rows.append(measure(name, dtype, SKLEARN, task.quick))
            if find_spec("sklearnex") is None:
                task.say("scikit-learn-intelex is not installed: left out")
            else:
                table.rows.append(_beside_intelex(name, dtype, task.quick))
    table.note = (
        f"{RATIOS} The peer is at the number of threads where it is faster, ours on {THREADS[-1]}; "
        "the times are those of the runs after the other library."
    )
    return table


def fits(task: Task) -> Table:
    """Return the table of fit times."""
    return _table(task, "fits", "fit")


def streams(task: Task) -> Table:
    """Return the table of streams, in batches of 1,000 rows, the model read at the end."""
    return _table(task, "streams", "stream of 1,000-row batches, beside IncrementalPCA")
