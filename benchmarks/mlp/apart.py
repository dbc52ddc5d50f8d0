"""What a warm loop hides: the import, the first fit, one row at a time, the memory."""

import time
import warnings
from statistics import median
from tempfile import TemporaryDirectory
from textwrap import dedent

from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier as Theirs

from benchmarks._alternate import compare
from benchmarks._fresh import fresh
from benchmarks._imports import import_cost
from benchmarks._tables import RATIOS, Column, Table, number, ratio_text, time_text, yes_no
from benchmarks._task import Task
from benchmarks.mlp.works import WORKS
from skparams import MLPClassifier as Ours

_NAME = Column("what", "", left=True)
_BAR = Column("bar", "at most")
_MET = Column("met", "met", yes_no)


def imports(task: Task) -> Table:
    """Return the cost of importing skparams over that of the scikit-learn parts it needs."""
    cost = import_cost("from skparams import MLPClassifier, MLPRegressor", quick=task.quick)
    return Table(
        "imports",
        "import, fresh processes",
        [
            _NAME,
            Column("ours_s", "skparams", time_text),
            Column("theirs_s", "those parts", time_text),
            Column("ratio", "ratio", ratio_text(2)),
            _BAR,
            _MET,
        ],
        [
            {
                "what": "skparams, over the scikit-learn parts it needs",
                **{key: cost[key] for key in ("ours_s", "theirs_s", "ratio", "parts")},
                "bar": "1.05",
                "met": cost["ratio"]["median"] <= 1.05,
            }
        ],
        note=RATIOS,
    )


_FIRST_FIT = dedent("""
    import time
    import warnings
    from sklearn.datasets import load_digits
    from sklearn.neural_network import MLPClassifier as Theirs
    from {package} import MLPClassifier
    warnings.simplefilter("ignore")
    X, y = load_digits(return_X_y=True)
    start = time.perf_counter()
    MLPClassifier(max_iter=2).fit(X.astype("{dtype}"), y)
    print(time.perf_counter() - start)
""")


def first_fit(task: Task) -> Table:
    """Return the first fit's time in fresh processes, on an empty kernel cache and a full one."""
    table = Table(
        "first-fit",
        "first fit, fresh processes: digits, 2 epochs",
        [
            _NAME,
            Column("seconds", "time", time_text),
            Column("bar", "at most", on_page=False),
            Column("met", "met", yes_no, on_page=False),
        ],
    )
    repeats = range(1 if task.quick else 3)
    for dtype in ("float64",) if task.quick else ("float64", "float32"):
        ours = _FIRST_FIT.format(package="skparams", dtype=dtype)
        theirs = _FIRST_FIT.format(package="sklearn.neural_network", dtype=dtype)
        with TemporaryDirectory() as folder:
            empty = fresh(ours, NUMBA_CACHE_DIR=folder)
            full = median(fresh(ours, NUMBA_CACHE_DIR=folder) for _ in repeats)
        for what, seconds, bar in (
            ("skparams, empty kernel cache", empty, 6.0),
            ("skparams, full kernel cache", full, 0.4),
            ("scikit-learn", median(fresh(theirs) for _ in repeats), None),
        ):
            row = {"what": f"{what}, {dtype}", "seconds": seconds}
            if bar:
                row |= {"bar": f"{bar:g} s", "met": seconds <= bar}
            table.rows.append(row)
    return table


def one_row(task: Task) -> Table:
    """Return the time of predict_proba on one row."""
    X, y = load_digits(return_X_y=True)
    calls, rounds = (100, 5) if task.quick else (400, 11)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        models = [cls(max_iter=20, random_state=0).fit(X, y) for cls in (Ours, Theirs)]
    row, times = X[:1], ([], [])
    for _ in range(rounds):
        for model, taken in zip(models, times, strict=True):
            start = time.perf_counter()
            for _ in range(calls):
                model.predict_proba(row)
            taken.append((time.perf_counter() - start) / calls)
    cost = compare(zip(*times, strict=True))
    return Table(
        "one-row",
        "predict_proba, one row of digits",
        [
            _NAME,
            Column("ours_s", "skparams", time_text),
            Column("theirs_s", "scikit-learn", time_text),
            Column("ratio", "ratio", ratio_text(2)),
            _BAR,
            _MET,
        ],
        [
            {
                "what": "digits (100,)",
                "ours_s": cost["slow_s"],
                "theirs_s": cost["fast_s"],
                "ratio": cost,
                "bar": "1.00",
                "met": cost["median"] <= 1.0,
            }
        ],
        note=RATIOS,
    )


_MEMORY = dedent("""
    import gc
    import re
    import warnings
    from pathlib import Path
    from {package} import MLPClassifier
    from benchmarks.mlp.works import WORKS

    def megabytes(name):
        status = Path("/proc/self/status").read_text()
        return int(re.search(name + r":\\s+(\\d+) kB", status)[1]) / 1024

    warnings.simplefilter("ignore")
    work = WORKS["{work}"]
    X, y, _, _ = work.data("{dtype}")
    MLPClassifier(**work.arguments(epochs=1)).fit(X[:2000], y[:2000])
    gc.collect()
    before = megabytes("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    MLPClassifier(**work.arguments(epochs=1)).fit(X, y)
    print(megabytes("VmHWM") - before)
""")


def memory(task: Task) -> Table:
    """Return the peak that a fit adds to a warm process; only where Linux tells it."""
    table = Table(
        "memory",
        "peak memory that a warm fit adds",
        [
            Column("what", "", left=True),
            Column("dtype", "dtype", left=True),
            Column("ours_mb", "skparams", number(1, " MB")),
            Column("theirs_mb", "scikit-learn", number(1, " MB")),
        ],
    )
    for name in ("small",) if task.quick else ("small", "wide"):
        for dtype in ("float64",) if task.quick else ("float64", "float32"):
            ours, theirs = (
                fresh(_MEMORY.format(package=package, work=name, dtype=dtype))
                for package in ("skparams", "sklearn.neural_network")
            )
            table.rows.append(
                {
                    "what": WORKS[name].label,
                    "dtype": dtype,
                    "ours_mb": ours,
                    "theirs_mb": theirs,
                }
            )
    return table
