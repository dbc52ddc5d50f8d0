"""What was recorded: runs, the fits in them, and numbers of each parameter after each task."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np

from skparams._walk import join

# What is recorded of a parameter after a task, in the order of `TaskRecord.values`.
QUANTITIES = ("norm", "update", "gradient", "distance", "dead_units")
# Columns of the frame, with their dtypes in pandas.
COLUMNS = {
    "run": "int64",
    "candidate": "Int64",
    "split": "Int64",
    "path": "object",
    "estimator": "object",
    "task_name": "object",
    "task": "Int64",
    "parameter": "object",
    "size": "int64",
    "seconds": "float64",
    "span": "int64",
    **dict.fromkeys(QUANTITIES, "float64"),
    "dead_units": "Int64",
    "histogram": "object",
    "low": "float64",
    "high": "float64",
}


class Layout(NamedTuple):
    """Names and shapes of the parameters of an estimator, and which ones are sparse matrices."""

    names: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    sparse: tuple[bool, ...]


class TaskRecord(NamedTuple):
    """The parameters after a task of a fit; its number is 0 for the fit as a whole."""

    number: int
    name: str
    path: tuple[int, ...]
    seconds: float
    span: int
    layout: Layout
    values: np.ndarray
    histograms: np.ndarray | None = None
    ends: np.ndarray | None = None


class FitKey(NamedTuple):
    """A fit: the run that it is in, and the task ids from the outermost fit to it."""

    run: UUID
    path: tuple[int, ...]


class Place(NamedTuple):
    """Where a fit is: the path of the search that it is a part of, and which of its fits it is."""

    estimator: str
    prefix: str = ""
    search: tuple[int, ...] | None = None
    evaluation: int = 0


class FitRecord(NamedTuple):
    """A fit and the tasks that were recorded of it."""

    key: FitKey
    place: Place
    tasks: list[TaskRecord]


@dataclass
class Log:
    """All that was recorded, in at most `max_records` rows.

    With more rows, every second task is dropped, as often as that is needed. The last row of each
    parameter in a fit is of the fit itself, and always kept.
    """

    max_records: int
    every: int = 1
    runs: dict[UUID, str] = field(default_factory=dict)
    fits: dict[FitKey, FitRecord] = field(default_factory=dict)
    n_rows: int = 0
    _searches: dict[FitKey, tuple[int, int]] = field(default_factory=dict)
    _layouts: dict[Layout, Layout] = field(default_factory=dict)
    _largest: int = 0
    _lock: Any = field(default_factory=RLock, repr=False, compare=False)

    def __getstate__(self) -> dict[str, Any]:
        with self._lock:
            state = {name: value for name, value in vars(self).items() if name != "_lock"}
            fits = self.fits.items()
            return state | {
                "runs": dict(self.runs),
                "fits": {key: fit._replace(tasks=[*fit.tasks]) for key, fit in fits},
                "_searches": dict(self._searches),
                "_layouts": dict(self._layouts),
            }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _lock=RLock())

    def receive(self, message: tuple[str, tuple[Any, ...]]) -> None:
        """Do what a copy in another process would have done here."""
        name, arguments = message
        if name in ("begin_fit", "add_task", "add_search"):
            getattr(self, name)(*arguments)

    def begin_run(self, run: UUID, estimator: str) -> None:
        """Note the outermost estimator of a run."""
        with self._lock:
            self.runs.setdefault(run, estimator)

    def begin_fit(self, key: FitKey, place: Place) -> None:
        """Note a fit whose tasks will follow."""
        with self._lock:
            self.runs.setdefault(key.run, place.estimator)
            self.fits[key] = FitRecord(key, place, [])

    def add_search(self, key: FitKey, n_splits: int, n_fits: int) -> None:
        """Note how many splits a search, or an iteration of one, has, and how many fits."""
        with self._lock:
            self._searches[key] = n_splits, n_fits

    def add_task(self, key: FitKey, record: TaskRecord) -> None:
        """Keep a record, and drop others where there are too many."""
        with self._lock:
            if record.number % self.every or key not in self.fits:
                return  # not in the fits that `clear` left
            # Workers send a layout with each record; one is kept.
            layout = self._layouts.setdefault(record.layout, record.layout)
            self.fits[key].tasks.append(record._replace(layout=layout))
            self.n_rows += len(layout.names)
            self._largest = max(self._largest, record.number)
            while self.n_rows > self.max_records and self.every <= self._largest:
                self._thin()

    def _thin(self) -> None:
        self.every *= 2
        self.n_rows = 0
        for fit in self.fits.values():
            fit.tasks[:] = [task for task in fit.tasks if task.number % self.every == 0]
            self.n_rows += sum(len(task.layout.names) for task in fit.tasks)

    def clear(self) -> None:
        """Forget all of it."""
        with self._lock:
            for table in (self.runs, self.fits, self._searches, self._layouts):
                table.clear()
            self.every, self.n_rows, self._largest = 1, 0, 0

    def ordered_fits(self) -> list[tuple[int, FitRecord]]:
        """The number of the run and the fit of each fit that has records, in order."""
        with self._lock:
            numbers = {run: i for i, run in enumerate(self.runs)}
            fits = [fit._replace(tasks=[*fit.tasks]) for fit in self.fits.values() if fit.tasks]
        found = [(numbers[fit.key.run], fit) for fit in fits]
        return sorted(found, key=lambda item: (item[0], item[1].key.path))

    def candidate_and_split(self, fit: FitRecord) -> tuple[int | None, int | None]:
        """The row of ``cv_results_`` and the split that a fit of a search is for."""
        if fit.place.search is None:
            return None, None
        key = FitKey(fit.key.run, fit.place.search)
        with self._lock:
            if key not in self._searches:
                return None, None
            candidate, split = divmod(fit.place.evaluation, self._searches[key][0])
            # A halving search has iterations, whose candidates follow each other.
            for other, (n_splits, n_fits) in self._searches.items():
                siblings = other.run == key.run and other.path[:-1] == key.path[:-1]
                if siblings and other.path[-1] < key.path[-1]:
                    candidate += n_fits // n_splits
        return candidate, split

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows of the frame: one for each parameter after each task."""
        for run, fit in self.ordered_fits():
            candidate, split = self.candidate_and_split(fit)
            of_fit: dict[str, Any] = {"run": run, "candidate": candidate, "split": split}
            of_fit["estimator"] = fit.place.estimator
            for task in fit.tasks:
                of_task = of_fit | {"path": task.path, "task_name": task.name, "span": task.span}
                of_task |= {"task": task.number or None, "seconds": task.seconds}
                yield from (of_task | row for row in _rows_of_task(fit, task))


def _rows_of_task(fit: FitRecord, task: TaskRecord) -> Iterator[dict[str, Any]]:
    for i, name in enumerate(task.layout.names):
        row = dict(zip(QUANTITIES, task.values[i].tolist(), strict=True))
        dead = row["dead_units"]
        row |= {"parameter": join(fit.place.prefix, name), "size": size_of(task.layout.shapes[i])}
        row["dead_units"] = None if np.isnan(dead) else int(dead)
        if task.histograms is not None and task.ends is not None:
            low, high = task.ends[i].tolist()
            row |= {"histogram": task.histograms[i], "low": low, "high": high}
        yield row


def size_of(shape: tuple[int, ...]) -> int:
    """How many numbers an array of a shape has."""
    return int(np.prod(shape, dtype=np.int64))
