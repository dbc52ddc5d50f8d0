"""Records of one fit, made as its tasks end."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import Any

import numpy as np

from skparams._monitor.norms import flatten, histograms_of, norms_of
from skparams._monitor.reading import ParameterReader, Snapshot
from skparams._monitor.record import QUANTITIES, TaskRecord

# A unit is dead if there was no gradient for it at as many records in a row.
DEAD_RECORDS = 5


class FitRecorder:
    """Count the tasks of a fit, and compare the parameters with those before."""

    def __init__(self, every: int, histogram_every: int | None, bins: int) -> None:
        self._every, self._histogram_every, self._bins = every, histogram_every, bins
        self._reader = ParameterReader()
        self._began = perf_counter()
        self._start: Snapshot | None = None
        self._previous: Snapshot | None = None
        self._n_tasks = self._n_records = self._n_previous = 0
        self._scratch = np.empty(0)  # to make it anew each time would take twice as long
        # For each layer of rectified units, at how many records in a row they had no gradient.
        self._idle: dict[int, np.ndarray] = {}

    @property
    def skips_next(self) -> bool:
        """Whether the next task is not to be recorded."""
        return (self._n_tasks + 1) % self._every != 0

    def start(self, estimator: Any) -> None:
        """Take the parameters that the first task starts from."""
        if self._start is None and not self._n_tasks:
            self._start = self._previous = self._reader.read(estimator)

    def skip(self) -> None:
        """Count a task that is not recorded."""
        self._n_tasks += 1

    def record(
        self, estimator: Any, name: str, path: tuple[int, ...], *, is_fit: bool
    ) -> TaskRecord | None:
        """The record of a task that ended, or of the fit; None if nothing was learned."""
        seconds = perf_counter() - self._began
        with np.errstate(all="ignore"):
            snapshot = self._reader.read(estimator)
            if snapshot is None:
                return None
            values = self._values(snapshot, self._reader.gradients(estimator))
            span, number = self._n_tasks - self._n_previous, 0 if is_fit else self._n_tasks
            record = TaskRecord(number, name, path, seconds, span, snapshot.layout, values)
            self._start = self._start or snapshot
            self._previous, self._n_previous = snapshot, self._n_tasks
            self._n_records += 1
            if self._histogram_every and (is_fit or self._n_records % self._histogram_every == 0):
                counts, ends = histograms_of(snapshot.flat, snapshot.starts, self._bins)
                record = record._replace(histograms=counts, ends=ends)
        return record

    def _values(self, now: Snapshot, gradients: Sequence[np.ndarray | None] | None) -> np.ndarray:
        """Values of all quantities, of shape (n_parameters, n_quantities)."""
        if self._scratch.size != now.flat.size:
            self._scratch = np.empty(now.flat.size)
        values = np.full((len(now.layout.names), len(QUANTITIES)), np.nan)
        values[:, 0] = norms_of(now.flat, now.starts)
        for column, other in ((1, self._previous), (3, self._start)):
            if other is not None:
                change = np.subtract(now.flat, other.arranged_as(now), out=self._scratch)
                values[:, column] = norms_of(change, now.starts)
        if gradients is not None:
            values[:, 2] = norms_of(_arranged(gradients, now), now.starts)
            for weights, biases in self._reader.rectified:
                values[weights, 4] = self._n_dead(weights, gradients[biases])
        if any(now.layout.sparse):  # other places may be stored than before
            values[np.array(now.layout.sparse), 1:4] = np.nan
        return values

    def _n_dead(self, place: int, gradient: np.ndarray | None) -> float:
        """How many units of a layer are dead, NaN where that is not known yet.

        The gradient of their biases is zero as well as that of their weights, and without penalty.
        """
        if gradient is None:
            return np.nan
        counts = self._idle.get(place)
        if counts is None or counts.shape != gradient.shape:
            counts = np.zeros(gradient.shape, np.int64)
        self._idle[place] = counts = np.where(gradient == 0, counts + 1, 0)
        known = self._n_records + 1 >= DEAD_RECORDS
        return float(np.count_nonzero(counts >= DEAD_RECORDS)) if known else np.nan


def _arranged(gradients: Sequence[np.ndarray | None], now: Snapshot) -> np.ndarray:
    """Gradients in the places of the parameters, NaN where there are none."""
    return flatten(
        np.full(size, np.nan) if gradient is None else gradient
        for gradient, size in zip(gradients, now.sizes, strict=True)
    )
