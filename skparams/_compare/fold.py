"""One fold: each competitor is fitted, scored and measured, one after the other."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import wraps
from numbers import Real
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import clone

from skparams._compat import safe_split
from skparams._folds import rows_of
from skparams._records import Count, Unknown
from skparams._walk import METHODS, Walk, method_of, pickled_size


@dataclass(frozen=True)
class Task:
    """What all folds share."""

    estimators: Mapping[str, Any]
    scorers: Mapping[str, Any]
    metadata: Mapping[str, Mapping[str, Any]]  # by "fit of" and "score of" each name
    X: Any
    y: Any


class Result(NamedTuple):
    """What one competitor did in one fold; an error is its type and its message."""

    score: float = float("nan")
    error: tuple[str, str] | None = None
    warnings: tuple[str, ...] = ()
    fit_seconds: float | None = None
    predict_seconds: float | None = None
    row_seconds: float | None = None
    parameters: Count | None = None
    guessed: bool = False
    bytes: Count | None = None


class FoldResult(NamedTuple):
    """Results by name, the process that they are from, and when it began."""

    results: dict[str, Result]
    process: int
    begin: float


def run_fold(
    task: Task, train: np.ndarray, test: np.ndarray, order: tuple[str, ...], measured: bool
) -> FoldResult:
    """Run all competitors in an order; ``measured`` adds what is not measured in each fold."""
    begin = perf_counter()
    found = {name: _run(task, name, train, test, measured) for name in order}
    return FoldResult(found, os.getpid(), begin)


def _run(task: Task, name: str, train: np.ndarray, test: np.ndarray, measured: bool) -> Result:
    result = Result()
    with _caught_warnings() as caught:
        try:
            for step in _steps(task, name, train, test, measured):
                result = step
        except Exception as error:  # any competitor may raise anything
            result = result._replace(score=float("nan"), error=(type(error).__name__, str(error)))
    kinds = dict.fromkeys(each.category.__name__ for each in caught)
    return result._replace(warnings=tuple(kinds))


def _caught_warnings() -> AbstractContextManager[list[warnings.WarningMessage]]:
    """Collect warnings that would be shown; those of other threads go where they went before.

    Python's filters are those of the whole process: two threads that change them at once may leave
    them changed.
    """
    if threading.current_thread() is threading.main_thread():
        return warnings.catch_warnings(record=True)
    return nullcontext([])


def _steps(
    task: Task, name: str, train: np.ndarray, test: np.ndarray, measured: bool
) -> Iterator[Result]:
    """Yield the result after each step, so that an error loses nothing of those before it."""
    model = clone(task.estimators[name])
    X, y = safe_split(model, task.X, task.y, train)
    arguments = rows_of(task.X, task.metadata[f"fit of {name}"], train)
    begin = perf_counter()
    model.fit(X, **arguments) if y is None else model.fit(X, y, **arguments)
    result = Result(fit_seconds=perf_counter() - begin)
    yield result
    X, y = safe_split(model, task.X, task.y, test, train)
    with _timed_predictions(model) as seconds:
        arguments = rows_of(task.X, task.metadata[f"score of {name}"], test)
        scorer = task.scorers[name]
        score = scorer(model, X, **arguments) if y is None else scorer(model, X, y, **arguments)
    # A score that reads attributes, or that of a search, predicts in another way.
    result = result._replace(
        score=_checked(score),
        predict_seconds=sum(seconds) if seconds else _seconds_to_predict(model, X),
    )
    yield result
    if measured:
        row, _ = safe_split(model, task.X, task.y, test[:1], train)
        yield _with_sizes(result, model)._replace(row_seconds=_seconds_to_predict(model, row))


def _with_sizes(result: Result, model: Any) -> Result:
    """The result with what the model holds; an error of counting is none of the competitor."""
    size = pickled_size(model)
    result = result._replace(bytes=Unknown("it cannot be pickled") if size is None else size)
    try:
        totals = Walk(model).root.totals
    except Exception as error:  # any class's own attributes may raise anything
        return result._replace(parameters=Unknown(f"{type(error).__name__}: {error}"))
    return result._replace(parameters=totals.stored, guessed=totals.guessed is not None)


def _checked(score: Any) -> float:
    if not isinstance(score, Real) or isinstance(score, bool):
        raise TypeError(f"the score must be a number, got {type(score).__name__}")
    return float(score)


def _seconds_to_predict(model: Any, X: Any) -> float | None:
    """The time of the method that predicts, or else transforms; None if it cannot."""
    call = next((m for name in METHODS if (m := method_of(model, name)) is not None), None)
    if call is None:
        return None
    begin = perf_counter()
    try:
        call(X)
    except Exception:  # of one row, say, where several are needed
        return None
    return perf_counter() - begin


@contextmanager
def _timed_predictions(model: Any) -> Iterator[list[float]]:
    """Yield a list that gets the seconds of each prediction of the model in the block.

    The metric that a scorer computes from predictions often takes longer than they do.
    """
    seconds: list[float] = []
    depth = 0

    def timed(method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal depth
            depth += 1
            begin = perf_counter()
            try:
                return method(*args, **kwargs)
            finally:
                depth -= 1
                if not depth:  # else another prediction calls this one
                    seconds.append(perf_counter() - begin)

        return call

    own = getattr(model, "__dict__", {})
    found = {name: m for name in METHODS if (m := method_of(model, name)) is not None}
    before = {name: own[name] for name in found if name in own}
    own.update({name: timed(method) for name, method in found.items()})
    try:
        yield seconds
    finally:
        for name in found:
            own.pop(name, None)
        own.update(before)
