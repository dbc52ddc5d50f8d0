"""Calls in joblib's workers, whose results come one by one, with a progress bar."""

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sklearn.utils.parallel import Parallel, delayed

from skparams._runtime.interrupt import in_worker, uncaught_interrupt
from skparams._runtime.progress import Progress


def in_parallel(
    function: Callable[..., Any],
    calls: Sequence[tuple],
    *,
    n_jobs: int | None,
    label: str,
    shown: bool | None = None,
) -> Iterator[Any]:
    """Yield what ``function(*call)`` returns for each call, in order, each as soon as it is there.

    Ctrl-C raises KeyboardInterrupt even where a fit catches it; whoever reads the results keeps
    those before. A bar counts the calls.
    """
    progress = Progress(label, len(calls), shown=shown)
    try:
        parallel = Parallel(n_jobs=n_jobs, return_as="generator")
    except ValueError:  # a backend, as Dask's, that returns all at once
        parallel = Parallel(n_jobs=n_jobs)
    process, nothing = os.getpid(), object()
    try:
        with uncaught_interrupt():
            results = iter(parallel(delayed(in_worker)(process, function, call) for call in calls))
        while True:
            with uncaught_interrupt():
                result = next(results, nothing)
            if result is nothing:
                return
            progress(1)
            yield result
    finally:
        progress.end()
