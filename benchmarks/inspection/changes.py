"""`diff` of two large models, against the NumPy calls that compute the same numbers."""

import time
from textwrap import dedent

import numpy as np
from sklearn.linear_model import Ridge

from benchmarks._alternate import alternate, ratio
from benchmarks._fresh import fresh
from benchmarks._tables import RATIOS, Column, Table, number, ratio_text, time_text, yes_no
from benchmarks._task import Task
from skparams import diff, fitted_params

OURS, THEIRS = "skparams", "NumPy"
_SECONDS, _MEGABYTES = 0.3, 50.0


def model_of(n: int, dtype: str, seed: int) -> Ridge:
    """Return a linear model with n coefficients for ten targets, as if it were fitted."""
    rng = np.random.default_rng(seed)
    model = Ridge()
    model.coef_ = rng.standard_normal((10, n // 10), dtype)
    model.intercept_ = rng.standard_normal(10, dtype)
    model.n_features_in_ = n // 10
    return model


def separate(before: Ridge, after: Ridge) -> list[tuple]:
    """Compute what ``diff`` reports for each array with separate NumPy calls."""
    one, two = fitted_params(before), fitted_params(after)
    found = []
    for path, array in one.items():
        change = two[path] - array
        norm = np.linalg.norm(array)
        found.append(
            (
                np.count_nonzero(change),
                np.abs(change).max(),
                np.linalg.norm(change) / norm,
                np.vdot(array, two[path]) / (norm * np.linalg.norm(two[path])),
            )
        )
    return found


def changes(task: Task) -> Table:
    """Time both sides alternately in one process, and measure the peak memory that each adds."""
    table = Table(
        "changes",
        "diff of two models, and the memory it adds to them",
        [
            Column("n", "parameters\nof each", number(0)),
            Column("dtype", "dtype", left=True),
            Column("ours_s", "skparams", time_text),
            Column("bar", "under", on_page=False),
            Column("theirs_s", "NumPy calls", time_text),
            Column("ratio", "ratio", ratio_text(1)),
            Column("ours_mb", "adds", number(1, " MB")),
            Column("bar_mb", "under", on_page=False),
            Column("theirs_mb", "NumPy calls\nadd", number(1, " MB")),
            Column("met", "met", yes_no),
        ],
        note=f"{RATIOS} NumPy calls: subtract, count_nonzero, abs, max, two norms and a dot "
        "product of each array, without its names, its shapes, and NaN.",
    )
    n = 10**6 if task.quick else 10**7
    for dtype in ("float64", "float32"):
        task.say(f"changes: {n:,} {dtype}")
        models = model_of(n, dtype, 0), model_of(n, dtype, 1)
        sides = {
            OURS: lambda models=models: _timed(diff, *models),
            THEIRS: lambda models=models: _timed(separate, *models),
        }
        for side in sides.values():
            side()
        runs = alternate(sides, seconds=1 if task.quick else 10, least=3, most=15)
        compared = ratio(runs, THEIRS, OURS, "other")
        seconds = compared["fast_s"]
        ours, theirs = (
            fresh(_MEMORY.format(call=call, n=n, dtype=dtype))
            for call in ("skparams.diff", "changes.separate")
        )
        table.rows.append(
            {
                "n": n,
                "dtype": dtype,
                "ours_s": seconds,
                "bar": f"{_SECONDS:g} s",
                "theirs_s": compared["slow_s"],
                "ratio": compared,
                "ours_mb": ours,
                "bar_mb": f"{_MEGABYTES:g} MB",
                "theirs_mb": theirs,
                "met": seconds < _SECONDS and ours < _MEGABYTES,
            }
        )
    return table


def _timed(function, before: Ridge, after: Ridge) -> float:
    start = time.perf_counter()
    function(before, after)
    return time.perf_counter() - start


_MEMORY = dedent("""
    import re
    from pathlib import Path
    import skparams
    from benchmarks.inspection import changes

    def megabytes(name):
        status = Path("/proc/self/status").read_text()
        return int(re.search(name + r":\\s+(\\d+) kB", status)[1]) / 1024

    {call}(changes.model_of(1000, "{dtype}", 0), changes.model_of(1000, "{dtype}", 1))
    models = changes.model_of({n}, "{dtype}", 0), changes.model_of({n}, "{dtype}", 1)
    before = megabytes("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    {call}(*models)
    print(megabytes("VmHWM") - before)
""")
