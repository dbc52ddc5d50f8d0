"""The fits, and what is kept of them: sums for each row, and no model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import clone

from skparams._compat import check_method_params, safe_indexing
from skparams._memorize.scores import RowScore, checked
from skparams._records import Count
from skparams._runtime import in_parallel
from skparams._walk import Walk


class Study(NamedTuple):
    """What all fits share; ``targets`` is the y that the score gets."""

    estimator: Any
    X: Any
    y: Any
    targets: Any
    score: RowScore
    score_name: str
    params: Mapping[str, Any]
    n_rows: int


class Job(NamedTuple):
    """One fit: its name in errors, its training rows, and the order of its labels if shuffled."""

    name: str
    train: np.ndarray
    order: np.ndarray | None = None
    counts: bool = False


class Held(NamedTuple):
    """How many free parameters a model has, and whether it keeps training rows."""

    n_params: Count
    keeps_rows: bool


class Fit(NamedTuple):
    """The score of each row, and what the model holds where that was to be counted."""

    scores: np.ndarray
    held: Held | None


class Side:
    """Sums over the fits on one side of a row: those with it in training, or those without."""

    def __init__(self, n_rows: int) -> None:
        self.n = np.zeros(n_rows, dtype=np.intp)
        self._sum = np.zeros(n_rows)
        self._squares = np.zeros(n_rows)  # of the distances from the mean

    def add(self, rows: np.ndarray, scores: np.ndarray) -> None:
        """Add the scores of some rows (Welford's update of the sum of squares)."""
        n, total = self.n[rows], self._sum[rows]
        before = total / np.maximum(n, 1)
        after = (total + scores) / (n + 1)
        self._squares[rows] += np.where(n > 0, (scores - before) * (scores - after), 0.0)
        self._sum[rows] = total + scores
        self.n[rows] += 1

    @property
    def means(self) -> np.ndarray:
        """The mean of each row, NaN without a fit."""
        return np.where(self.n > 0, self._sum / np.maximum(self.n, 1), np.nan)

    @property
    def variances_of_means(self) -> np.ndarray:
        """The squared standard error of each mean, NaN with fewer than two fits."""
        n = self.n
        return np.where(n > 1, self._squares / np.maximum((n - 1) * n, 1), np.nan)


class Sums:
    """Everything that is kept of the fits that are done."""

    def __init__(self, n_rows: int) -> None:
        self.inside, self.outside = Side(n_rows), Side(n_rows)
        self.n_fits = 0
        self.held: Held | None = None
        self.shuffled: list[tuple[float, float]] = []
        self.whole = True

    def add(self, job: Job, fit: Fit) -> None:
        """Add a fit."""
        self.whole = False  # until all of it is added: Ctrl-C may come here too
        self._add(job, fit)
        self.whole = True

    def _add(self, job: Job, fit: Fit) -> None:
        inside = np.zeros(len(fit.scores), dtype=bool)
        inside[job.train] = True
        if job.order is not None:
            self.shuffled.append((fit.scores[inside].mean(), fit.scores[~inside].mean()))
            return
        self.inside.add(np.flatnonzero(inside), fit.scores[inside])
        self.outside.add(np.flatnonzero(~inside), fit.scores[~inside])
        self.held = fit.held or self.held
        self.n_fits += 1

    @property
    def known(self) -> np.ndarray:
        """Whether each row has fits on both sides."""
        return (self.inside.n > 0) & (self.outside.n > 0)


def fit_all(study: Study, jobs: Sequence[Job], n_jobs: int | None) -> Sums:
    """Fit and score, and add up. Ctrl-C returns the fits before it, if they tell of any row."""
    sums = Sums(study.n_rows)
    calls = [(study, job) for job in jobs]
    fits = in_parallel(fit_one, calls, n_jobs=n_jobs, label="memorization")
    try:
        for job, fit in zip(jobs, fits, strict=True):
            sums.add(job, fit)
    except KeyboardInterrupt:
        if not (sums.whole and sums.known.any()):
            raise
    return sums


def fit_one(study: Study, job: Job) -> Fit:
    """Fit a clone to some rows, and score all rows."""
    y, targets = study.y, study.targets
    if job.order is not None:
        y, targets = safe_indexing(y, job.order), safe_indexing(targets, job.order)
    model = clone(study.estimator)
    with _named(f"{job.name} failed"):
        params = check_method_params(study.X, study.params, job.train)
        model.fit(safe_indexing(study.X, job.train), safe_indexing(y, job.train), **params)
    with _named(f"{study.score_name} of {job.name} failed"):
        scores = checked(study.score(model, study.X, targets), study.n_rows)
    return Fit(scores, _held_in(model) if job.counts else None)


def _held_in(model: Any) -> Held:
    root = Walk(model).root
    roles = {row.role for node in root.walk() for row in node.attributes}
    return Held(root.totals.free, "data" in roles)


@contextmanager
def _named(what: str) -> Iterator[None]:
    """Raise any error as a ValueError that says in which fit it was."""
    try:
        yield
    except Exception as error:  # whatever an estimator or a user's function raises
        raise ValueError(f"memorization: {what}: {type(error).__name__}: {error}") from error
