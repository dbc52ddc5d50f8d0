"""Run the folds and put together what they found."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from skparams._compare.fold import FoldResult, Result, Task, run_fold
from skparams._compare.memory import peak_memory
from skparams._compare.record import Competitor, Failure, Seconds
from skparams._records import Count, Unknown, span
from skparams._runtime import Progress, in_parallel

# Counts, bytes and the latency are measured in every fifth fold, from the first one on: for forests
# on 900 rows they take 14 % of the time of a fold.
MEASURED = 5
NOT_MEASURED = Unknown("Ctrl-C came before")

Splits = Sequence[tuple[np.ndarray, np.ndarray]]


def run_folds(
    task: Task, splits: Splits, *, n_jobs: int | None, memory: bool, rng: np.random.RandomState
) -> tuple[list[FoldResult], dict[str, Count], bool]:
    """The results of the folds that are done, peak memory, and whether Ctrl-C ended it."""
    names = np.array(list(task.estimators), dtype=object)
    orders = [tuple(names[rng.permutation(len(names))]) for _ in splits]
    calls = [(task, *splits[i], orders[i], i % MEASURED == 0) for i in range(len(splits))]
    folds: list[FoldResult] = []
    peaks: dict[str, Count] = dict.fromkeys(task.estimators, NOT_MEASURED) if memory else {}
    try:
        for fold in in_parallel(run_fold, calls, n_jobs=n_jobs, label="compare"):
            folds.append(fold)
        _measure(task, splits[0][0], peaks)
    except KeyboardInterrupt:
        if sys.stderr is not None and sys.stderr.isatty():
            print(file=sys.stderr)  # after the bar
        if not folds:
            raise
        return folds, peaks, True
    return folds, peaks, False


def _measure(task: Task, train: np.ndarray, peaks: dict[str, Count]) -> None:
    progress = Progress("memory", len(peaks))
    for name in peaks:
        peaks[name] = peak_memory(task, name, train)
        progress(1)


def competitors_of(
    task: Task, folds: Sequence[FoldResult], peaks: Mapping[str, Count]
) -> tuple[Competitor, ...]:
    """The record of each competitor, in the order in which they were given."""
    begins: dict[int, float] = {}
    for fold in folds:
        begins[fold.process] = min(fold.begin, begins.get(fold.process, fold.begin))
    firsts = [fold.begin == begins[fold.process] for fold in folds]
    return tuple(
        _competitor(name, estimator, [fold.results[name] for fold in folds], firsts, peaks)
        for name, estimator in task.estimators.items()
    )


def _competitor(
    name: str,
    estimator: Any,
    results: Sequence[Result],
    firsts: Sequence[bool],
    peaks: Mapping[str, Count],
) -> Competitor:
    scores = np.array([result.score for result in results])
    complete = bool(np.isfinite(scores).all())
    rows = [r.row_seconds for r in results if r.row_seconds is not None]
    kinds = dict.fromkeys(kind for result in results for kind in result.warnings)
    return Competitor(
        name=name,
        class_name=type(estimator).__name__,
        scores=tuple(scores.tolist()),
        mean=float(scores.mean()) if complete else None,
        std=float(scores.std(ddof=1)) if complete and len(scores) > 1 else None,
        fit_seconds=_seconds([result.fit_seconds for result in results], firsts),
        predict_seconds=_seconds([result.predict_seconds for result in results], firsts),
        row_seconds=float(np.median(rows)) if rows else None,
        parameters=_span([result.parameters for result in results]),
        guessed=any(result.guessed for result in results),
        bytes=_span([result.bytes for result in results]),
        peak_memory=peaks.get(name),
        failure=_failure(results),
        warnings=tuple((kind, sum(kind in r.warnings for r in results)) for kind in kinds),
    )


def _failure(results: Sequence[Result]) -> Failure | None:
    errors = [r.error for r in results if r.error is not None]
    n_folds = sum(not np.isfinite(result.score) for result in results)
    if errors:
        return Failure(*errors[0], n_folds)
    wrong = [result.score for result in results if not np.isfinite(result.score)]
    return Failure("", f"the score is {wrong[0]}", n_folds) if wrong else None


def _seconds(values: Sequence[float | None], firsts: Sequence[bool]) -> Seconds:
    known = [(each, first) for each, first in zip(values, firsts, strict=True) if each is not None]
    slow = [each for each, first in known if first]
    later = [each for each, first in known if not first]
    first = float(np.median(slow)) if slow else None
    if not later:
        return Seconds(first=first)
    lower, median, upper = np.percentile(later, [25, 50, 75]).tolist()
    return Seconds(median, lower, upper, first)


def _span(counts: Sequence[Count | None]) -> Count:
    known = [count for count in counts if count is not None]
    return span(known) if known else Unknown("it failed in each fold that is measured")
