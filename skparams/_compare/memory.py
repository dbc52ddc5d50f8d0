"""Peak memory of one fit, in a process of its own."""

from __future__ import annotations

import gc
import signal
import warnings
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from joblib.externals.loky import ProcessPoolExecutor
from sklearn.base import clone

from skparams._compare.fold import Task
from skparams._compat import safe_split
from skparams._folds import rows_of
from skparams._records import Bounds, Count, Unknown

# Rows of the fit before the one that is measured, which imports and compiles.
N_WARM = 100
# Linux counts the pages of a process in batches for each core, so that smaller peaks are noise.
RESOLUTION = 1_000_000
_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def peak_memory(task: Task, name: str, train: np.ndarray) -> Count:
    """Bytes that a fit takes at most, above what its process had before."""
    if not (_STATUS.exists() and _CLEAR.exists()):
        return Unknown("only Linux tells the peak of a process anew")
    estimator, arguments = task.estimators[name], task.metadata[f"fit of {name}"]
    X, y = safe_split(estimator, task.X, task.y, train)
    warm = np.linspace(0, len(train) - 1, min(len(train), N_WARM)).astype(int)
    small = *safe_split(estimator, X, y, warm), rows_of(task.X, arguments, train[warm])
    whole = X, y, rows_of(task.X, arguments, train)
    executor = ProcessPoolExecutor(1)
    try:
        found: Count = executor.submit(_measured, estimator, small, whole).result()
    except Exception as error:  # of the fit, of pickle, or of a process that is killed
        return Unknown(f"{type(error).__name__}: {error}".partition("\n")[0])
    finally:
        executor.shutdown(wait=True, kill_workers=True)
    return found


def _measured(estimator: Any, small: Any, whole: Any) -> Count:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all processes
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of the folds are counted
        with suppress(Exception):
            _fit(clone(estimator), *small)
        model = clone(estimator)
        gc.collect()
        try:
            _CLEAR.write_text("5")  # the peak starts anew
            before = _kilobytes("VmRSS")
            _fit(model, *whole)
            peak = max(0, _kilobytes("VmHWM") - before) * 1024
            return peak if peak > RESOLUTION else Bounds(0, RESOLUTION)
        except OSError as error:
            return Unknown(f"the peak of a process is not known here: {error}")


def _fit(model: Any, X: Any, y: Any, arguments: Mapping[str, Any]) -> None:
    model.fit(X, **arguments) if y is None else model.fit(X, y, **arguments)


def _kilobytes(name: str) -> int:
    lines = _STATUS.read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
