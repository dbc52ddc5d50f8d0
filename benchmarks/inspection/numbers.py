"""Statistics of an array in one pass, against a NumPy call for each."""

import time
from textwrap import dedent

import numpy as np

from benchmarks._alternate import alternate, ratio
from benchmarks._fresh import fresh
from benchmarks._tables import RATIOS, Column, Table, number, ratio_text, time_text, yes_no
from benchmarks._task import Task
from skparams._summary.stats import measure

OURS, THEIRS = "skparams", "NumPy"


def separate(array: np.ndarray) -> tuple:
    """Compute what ``measure`` returns with separate NumPy calls."""
    return (
        array.min(),
        array.max(),
        array.mean(),
        array.std(),
        np.linalg.norm(array),
        array.size - np.count_nonzero(array),
        array.size - np.count_nonzero(np.isfinite(array)),
    )


def _values(n: int, dtype: str) -> np.ndarray:
    return np.random.default_rng(0).standard_normal(n, dtype)


def _works(task: Task) -> list[tuple[int, str, float | None]]:
    """Return the array sizes, their dtypes, and the smallest ratio that meets the bar."""
    large = 10**7 if task.quick else 10**8
    return [(large, "float32", 2.0), (large // 2, "float64", None), (10**4, "float32", None)]


def statistics(task: Task) -> Table:
    """Time both sides alternately in one process."""
    table = Table(
        "statistics",
        "statistics: min, max, mean, std, norm, zeros, non-finite",
        [
            Column("n", "numbers", number(0)),
            Column("dtype", "dtype", left=True),
            Column("theirs_s", "seven NumPy\ncalls", time_text),
            Column("ours_s", "skparams", time_text),
            Column("ratio", "ratio", ratio_text(1)),
            Column("bar", "at least", number(1)),
            Column("met", "met", yes_no),
        ],
        note=RATIOS,
    )
    for n, dtype, bar in _works(task):
        task.say(f"statistics: {n:,} {dtype}")
        array = _values(n, dtype)
        repeats = max(1, 10**6 // n)
        sides = {
            OURS: lambda array=array, k=repeats: _timed(measure, array, k),
            THEIRS: lambda array=array, k=repeats: _timed(separate, array, k),
        }
        for side in sides.values():
            side()
        runs = alternate(sides, seconds=1 if task.quick else 20, least=3, most=9)
        times = ratio(runs, THEIRS, OURS, "other")
        row = {"n": n, "dtype": dtype, "rounds": runs[-1].round + 1, "ratio": times}
        row |= {"ours_s": times["fast_s"], "theirs_s": times["slow_s"]}
        table.rows.append(row | ({"bar": bar, "met": times["median"] >= bar} if bar else {}))
    return table


def _timed(function, array: np.ndarray, repeats: int) -> float:
    start = time.perf_counter()
    for _ in range(repeats):
        function(array)
    return (time.perf_counter() - start) / repeats


_MEMORY = dedent("""
    import re
    from pathlib import Path
    from benchmarks.inspection.numbers import _values, {function}

    def megabytes(name):
        status = Path("/proc/self/status").read_text()
        return int(re.search(name + r":\\s+(\\d+) kB", status)[1]) / 1024

    array = _values({n}, "float32")
    {function}(array[:100_000])
    before = megabytes("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    {function}(array)
    print(megabytes("VmHWM") - before)
""")


def memory(task: Task) -> Table:
    """Measure the peak memory that the statistics add to a process that has the array."""
    n = _works(task)[0][0]
    theirs, ours = (
        fresh(_MEMORY.format(function=function, n=n)) for function in ("separate", "measure")
    )
    return Table(
        "memory",
        "peak memory that the statistics add, fresh processes",
        [
            Column("n", "numbers", number(0)),
            Column("dtype", "dtype", left=True),
            Column("array_mb", "the array", number(0, " MB")),
            Column("theirs_mb", "seven NumPy\ncalls", number(1, " MB")),
            Column("ours_mb", "skparams", number(1, " MB")),
        ],
        [
            {
                "n": n,
                "dtype": "float32",
                "array_mb": 4 * n / 2**20,
                "theirs_mb": theirs,
                "ours_mb": ours,
            }
        ],
    )
