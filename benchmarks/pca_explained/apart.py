"""The memory of the tables, T² and SPE of one row, and the bootstrap."""

import time
from statistics import median
from textwrap import dedent

from benchmarks._fresh import fresh
from benchmarks._tables import Column, Table, number, time_text, yes_no
from benchmarks._task import Task
from benchmarks.pca_explained.tables import FEATURES, ROWS, rows
from skparams import PCA, explain

_MEMORY = dedent("""
    import gc
    import json
    import re
    from pathlib import Path
    from benchmarks.pca_explained.tables import ours, rows

    def megabytes(name):
        status = Path("/proc/self/status").read_text()
        return int(re.search(name + r":\\s+(\\d+) kB", status)[1]) / 1024

    X = rows()
    ours(X[:1000], {k})
    gc.collect()
    before = megabytes("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    tables = ours(X, {k})
    size = sum(getattr(table, "nbytes", 0) for table in tables) / 2**20
    print(json.dumps([megabytes("VmHWM") - before, size]))
""")


def memory(task: Task) -> Table:
    """Return the peak memory that a fit and all tables add; Linux only."""
    table = Table(
        "memory",
        f"peak memory that a fit and all tables add: {ROWS:,} × {FEATURES}",
        [
            Column("components", "components"),
            Column("peak_mb", "peak", number(1, " MB")),
            Column("tables_mb", "the tables", number(1, " MB")),
            Column("times", "ratio", number(2)),
            Column("bar", "under", number(1)),
            Column("met", "met", yes_no),
        ],
    )
    for k in (10, FEATURES):
        peak, size = fresh(_MEMORY.format(k=k))
        table.rows.append(
            {
                "components": k,
                "peak_mb": peak,
                "tables_mb": size,
                "times": peak / size,
                "bar": 3.0,
                "met": peak < 3 * size,
            }
        )
    return table


def _typical(call, repeats: int) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return median(times[len(times) // 5 :])


def calls(task: Task) -> Table:
    """Return what single calls of a fitted model take."""
    X = rows()
    e, row = explain(PCA(10, scale=True).fit(X)), X[:1]
    few = X[:1000, :20].copy()
    small = explain(PCA(5).fit(few), few)
    repeats = 100 if task.quick else 2000
    measured = [
        (
            "T² and SPE of one row of 50 features, both",
            _typical(lambda: (e.hotelling_t2(row), e.spe(row)), repeats),
            200e-6,
        ),
        (
            "1,000 resamples of 1,000 × 20",
            _typical(lambda: small.bootstrap(1000, random_state=0), 5),
            2.0,
        ),
    ]
    return Table(
        "calls",
        "calls of a fitted model",
        [
            Column("what", "", left=True),
            Column("ours_s", "skparams", time_text),
            Column("bar", "under", time_text),
            Column("met", "met", yes_no),
        ],
        [
            {"what": what, "ours_s": seconds, "bar": bar, "met": seconds < bar}
            for what, seconds, bar in measured
        ],
    )
