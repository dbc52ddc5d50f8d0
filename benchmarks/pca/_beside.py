"""Time one work on ours and on one peer; as a process of its own it prints one row as JSON."""

import argparse
import json
import time
import warnings
from collections.abc import Callable

import numpy as np
import sklearn.decomposition

from benchmarks._alternate import alternate, ratio, typical
from benchmarks._machine import THREADS, blas_threads, peak_gflops
from benchmarks.pca.works import BATCH, INTELEX, OURS, SKLEARN, WORKS, Work
from skparams import PCA

_ALL = THREADS[-1]


def _peer(work: Work, peer: str, threads: int) -> object:
    """Return the peer's estimator; that of intelex takes its number of threads itself."""
    if peer == SKLEARN:
        module, arguments = sklearn.decomposition, {}
    elif work.part == "fits":
        import sklearnex.decomposition as module

        arguments = {"n_jobs": threads}
    else:
        import sklearnex.preview.decomposition as module

        arguments = {"n_jobs": threads}
    name = "PCA" if work.part == "fits" else "IncrementalPCA"
    return getattr(module, name)(work.components, **arguments)


def _timed(
    make: Callable[[], object], X: np.ndarray, work: Work, threads: int, kept: dict
) -> float:
    model = make()
    with blas_threads(threads):
        start = time.perf_counter()
        if work.part == "fits":
            model.fit(X)
        else:
            for first in range(0, len(X), BATCH):
                model.partial_fit(X[first : first + BATCH])
        kept[type(model).__module__.split(".")[0]] = model.explained_variance_  # reads a stream
        return time.perf_counter() - start


def measure(name: str, dtype: str, peer: str, quick: bool) -> dict:
    """Return one row: every figure of one work beside one peer."""
    work = WORKS[name]
    X, kept = work.data(dtype), {}
    sides = {}
    for n in THREADS:
        sides[OURS, n] = lambda n=n: _timed(lambda: PCA(work.components), X, work, n, kept)
        sides[peer, n] = lambda n=n: _timed(lambda: _peer(work, peer, n), X, work, n, kept)
    first = {side: run() for side, run in sides.items()}  # kernels and pools warm

    def worth_repeating(runs: list) -> list:
        at = min(THREADS, key=lambda n: min(first[peer, n], typical(runs, (peer, n))))
        return [(OURS, 1), (OURS, _ALL), (peer, at)]

    runs = alternate(
        sides,
        seconds=1 if quick else 6,
        least=1 if quick else 3,
        most=3 if quick else 15,
        keep=worth_repeating,
    )
    last = max(run.round for run in runs)
    at = next(n for n in THREADS if any(r.side == (peer, n) and r.round == last for r in runs))
    if last == 0:
        at = min(THREADS, key=lambda n: typical(runs, (peer, n)))
    ours, theirs = (OURS, _ALL), (peer, at)
    bar = work.bars[0 if peer == SKLEARN else 1]
    ratios = {
        "after_other": ratio(runs, theirs, ours, "other"),
        "after_itself": ratio(runs, theirs, ours, "self"),
    }
    compared = ratios["after_other"]
    peak = peak_gflops(dtype, _ALL)
    return {
        "work": work.label,
        "dtype": dtype,
        "peer": peer,
        "rounds": last + 1,
        "theirs": {"seconds": compared["slow_s"], "threads": at},
        "ours_s": compared["fast_s"],
        "ours_one_thread_s": typical(runs, (OURS, 1), "other"),
        **ratios,
        "bar": bar,
        "met": compared["median"] >= bar,
        "peak_gflops": peak,
        "share_of_peak": work.gflop() / compared["fast_s"] / peak,
        "largest_eigenvalues": {key: float(values[0]) for key, values in kept.items()},
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("work", choices=WORKS)
    parser.add_argument("dtype")
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        print(json.dumps(measure(args.work, args.dtype, INTELEX, args.quick)))
