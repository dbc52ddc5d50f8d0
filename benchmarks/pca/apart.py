"""Accuracy at large offsets, from which width on BLAS takes over, and memory."""

import time
from textwrap import dedent

import numpy as np
import scipy.linalg
from sklearn.decomposition import PCA as Theirs

from benchmarks._alternate import alternate, ratio
from benchmarks._fresh import fresh
from benchmarks._tables import RATIOS, Column, Table, number, ratio_text, time_text, yes_no
from benchmarks._task import Task
from skparams import PCA
from skparams.decomposition._pca import moments as _moments

_SCIENTIFIC = "{:.0e}".format


def accuracy(task: Task) -> Table:
    """Return the largest eigenvalue errors against a float64 SVD of the same rows."""
    table = Table(
        "accuracy",
        "largest error of an eigenvalue, relative to the largest: 20,000 × 20",
        [
            Column("dtype", "", left=True),
            Column("offset", "offset", _SCIENTIFIC),
            Column("theirs", "scikit-learn", _SCIENTIFIC),
            Column("ours", "skparams", _SCIENTIFIC),
            Column("bar", "at most", _SCIENTIFIC),
            Column("met", "met", yes_no),
        ],
        note="svd_solver='auto', which is 'covariance_eigh' here.",
    )
    rng = np.random.default_rng(0)
    centered = rng.standard_normal((20_000, 20)) * np.geomspace(4, 0.5, 20)
    for dtype, offsets, bar in (
        ("float32", (0, 1e3, 1e5), 1e-6),
        ("float64", (0, 1e5, 1e8), 1e-12),
    ):
        for offset in offsets:
            X = (centered + offset).astype(dtype)
            rows = X.astype(np.float64) - X[0]
            rows -= rows.mean(axis=0)
            exact = scipy.linalg.svd(rows, compute_uv=False) ** 2 / (len(rows) - 1)
            ours, theirs = (
                float(np.abs(cls().fit(X).explained_variance_ - exact).max() / exact[0])
                for cls in (PCA, Theirs)
            )
            table.rows.append(
                {
                    "dtype": dtype,
                    "offset": offset,
                    "theirs": theirs,
                    "ours": ours,
                    "bar": bar,
                    "met": ours <= bar,
                }
            )
    return table


def _seconds_of_tiles(X: np.ndarray) -> float:
    start = time.perf_counter()
    _moments.moments_of(X)
    return time.perf_counter() - start


def _seconds_of_products(X: np.ndarray) -> float:
    start = time.perf_counter()
    shift, scatter = X[0].copy(), np.zeros((X.shape[1], X.shape[1]))
    for first in range(0, len(X), 1024):
        rows = X[first : first + 1024] - shift
        scatter += rows.T @ rows
    return time.perf_counter() - start


def width(task: Task) -> Table:
    """Return the times of both ways to the moments, over the number of features."""
    table = Table(
        "width",
        "moments of 8 million numbers: tiles, or BLAS products",
        [
            Column("features", "features"),
            Column("dtype", "", left=True),
            Column("tiles_s", "tiles", time_text),
            Column("products_s", "products", time_text),
            Column("ratio", "products\nover tiles", ratio_text(2)),
        ],
        note=RATIOS,
        on_page=False,
    )
    rng = np.random.default_rng(0)
    for p in (50, 100) if task.quick else (16, 32, 50, 64, 80, 96, 112, 128, 160, 200, 784):
        for dtype in ("float64", "float32"):
            X = rng.standard_normal((8_000_000 // p, p)).astype(dtype)
            sides = {
                "products": lambda X=X: _seconds_of_products(X),
                "tiles": lambda X=X: _seconds_of_tiles(X),
            }
            for side in sides.values():  # kernels and pools warm
                side()
            least = 2 if task.quick else 9
            runs = alternate(sides, seconds=0 if task.quick else 2, least=least, most=25)
            compared = ratio(runs, "products", "tiles", "other")
            table.rows.append(
                {
                    "features": p,
                    "dtype": dtype,
                    "tiles_s": compared["fast_s"],
                    "products_s": compared["slow_s"],
                    "ratio": compared,
                }
            )
    return table


_MEMORY = dedent("""
    import gc
    import re
    from pathlib import Path
    import numpy as np
    from {package} import PCA

    def megabytes(name):
        status = Path("/proc/self/status").read_text()
        return int(re.search(name + r":\\s+(\\d+) kB", status)[1]) / 1024

    X = np.random.default_rng(0).standard_normal((1_000_000, 30))
    PCA().fit(X)
    gc.collect()
    before = megabytes("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    PCA().fit(X)
    print(megabytes("VmHWM") - before)
""")


def memory(task: Task) -> Table:
    """Return the peak that a warm fit adds; only where Linux tells it."""
    ours, theirs = (
        fresh(_MEMORY.format(package=package)) for package in ("skparams", "sklearn.decomposition")
    )
    return Table(
        "memory",
        "peak memory that a warm fit adds",
        [
            Column("what", "", left=True),
            Column("ours_mb", "skparams", number(1, " MB")),
            Column("theirs_mb", "scikit-learn", number(1, " MB")),
            Column("bar", "under"),
            Column("met", "met", yes_no),
        ],
        [
            {
                "what": "1,000,000 × 30, float64",
                "ours_mb": ours,
                "theirs_mb": theirs,
                "bar": "20 MB",
                "met": ours < 20,
            }
        ],
    )
