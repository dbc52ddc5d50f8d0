"""The fits, and what is kept of them: sums for each row, and no model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import clone

from skparams._compat import safe_indexing
from skparams._folds import rows_of
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
    metadata: Mapping[str, Any]
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


class Side(NamedTuple):
    """Sums over the fits on one side of each row: those with it in training, or those without."""

    n: np.ndarray
    total: np.ndarray
    squares: np.ndarray  # of the distances from the mean

    @classmethod
    def of_none(cls, n_rows: int) -> Side:
        """Before any fit."""
        return cls(np.zeros(n_rows, dtype=np.intp), np.zeros(n_rows), np.zeros(n_rows))

    def plus(self, rows: np.ndarray, scores: np.ndarray) -> Side:
        """With the scores of some rows (Welford's update of the sum of squares)."""
        new = Side(self.n.copy(), self.total.copy(), self.squares.copy())
        new.n[rows] += 1
        new.total[rows] += scores
        before = self.total[rows] / np.maximum(self.n[rows], 1)
        after = new.total[rows] / new.n[rows]
        first = self.n[rows] == 0
        new.squares[rows] += np.where(first, 0.0, (scores - before) * (scores - after))
        return new

    @property
    def means(self) -> np.ndarray:
        """The mean of each row, NaN without a fit."""
        return np.where(self.n > 0, self.total / np.maximum(self.n, 1), np.nan)

    @property
    def variances_of_means(self) -> np.ndarray:
        """The squared standard error of each mean, NaN with fewer than two fits."""
        n = self.n
        return np.where(n > 1, self.squares / np.maximum((n - 1) * n, 1), np.nan)


class Sums(NamedTuple):
    """Everything that is kept of the fits that are done.

    A new one replaces it after each fit, as Ctrl-C may come at any time.
    """

    inside: Side
    outside: Side
    n_fits: int = 0
    held: Held | None = None
    shuffled: tuple[tuple[float, float], ...] = ()

    def plus(self, job: Job, fit: Fit) -> Sums:
        """With one more fit."""
        inside = np.zeros(len(fit.scores), dtype=bool)
        inside[job.train] = True
        seen, others = fit.scores[inside], fit.scores[~inside]
        if job.order is not None:
            return self._replace(shuffled=(*self.shuffled, (seen.mean(), others.mean())))
        return self._replace(
            inside=self.inside.plus(np.flatnonzero(inside), seen),
            outside=self.outside.plus(np.flatnonzero(~inside), others),
            n_fits=self.n_fits + 1,
            held=fit.held or self.held,
        )

    @property
    def known(self) -> np.ndarray:
        """Whether each row has fits on both sides."""
        return (self.inside.n > 0) & (self.outside.n > 0)


def fit_all(study: Study, jobs: Sequence[Job], n_jobs: int | None) -> Sums:
    """Fit and score, and add up. Ctrl-C returns the fits before it, if they tell of any row."""
    sums = Sums(Side.of_none(study.n_rows), Side.of_none(study.n_rows))
    calls = [(study, job) for job in jobs]
    fits = in_parallel(fit_one, calls, n_jobs=n_jobs, label="memorization")
    try:
        for job, fit in zip(jobs, fits, strict=True):
            sums = sums.plus(job, fit)
    except KeyboardInterrupt:
        if not sums.known.any():
            raise
    return sums


def fit_one(study: Study, job: Job) -> Fit:
    """Fit a clone to some rows, and score all rows."""
    y, targets = study.y, study.targets
    if job.order is not None:
        y, targets = safe_indexing(y, job.order), safe_indexing(targets, job.order)
    model = clone(study.estimator)
    with _named(f"{job.name} failed"):
        metadata = rows_of(study.X, study.metadata, job.train)
        model.fit(safe_indexing(study.X, job.train), safe_indexing(y, job.train), **metadata)
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
