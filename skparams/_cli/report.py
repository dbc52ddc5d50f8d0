"""What the demo says, in words and rows: shared by the terminal and the page."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from skparams._cli.data import Data
from skparams._cli.errors import printable
from skparams._cli.search import Outcome, Split


def seconds_text(seconds: float) -> str:
    """Write a time with as many digits as it deserves."""
    if seconds < 1:
        return f"{seconds * 1e3:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 100 else f"{seconds:.0f} s"


@dataclass(frozen=True)
class Row:
    """One line of the comparison: the same thing measured for both libraries."""

    label: str
    ours: str
    theirs: str
    remark: str = ""


@dataclass(frozen=True)
class Report:
    """Everything that one run found out."""

    data: Data
    split: Split
    ours: Outcome
    theirs: Outcome
    kernels_seconds: float
    workers_seconds: float
    summary: Any

    @property
    def score_name(self) -> str:
        """Return what the scores are."""
        return "R²" if self.data.classes is None else "accuracy"

    @cached_property
    def rows(self) -> list[Row]:
        """Return the comparison, as measured in this run."""
        ours, theirs = self.ours, self.theirs
        fit = [float(np.mean(o.search.cv_results_["mean_fit_time"])) for o in (ours, theirs)]
        return [
            Row(
                "the search took",
                seconds_text(ours.seconds),
                seconds_text(theirs.seconds),
                _speed(theirs.seconds / ours.seconds),
            ),
            Row(
                "one fit, mean",
                seconds_text(fit[0]),
                seconds_text(fit[1]),
                _speed(fit[1] / fit[0]),
            ),
            Row(
                f"best {self.score_name} in folds",
                f"{ours.search.best_score_:.4f}",
                f"{theirs.search.best_score_:.4f}",
                self._agreement(),
            ),
            Row(
                f"held-out {self.score_name}",
                f"{ours.test_score:.4f}",
                f"{theirs.test_score:.4f}",
            ),
        ]

    def _agreement(self) -> str:
        """Say whether both libraries scored every candidate alike."""
        gap = float(np.max(np.abs(self.ours.scores - self.theirs.scores)))
        count = len(self.ours.scores)
        if gap < 5e-5:
            return f"same for all {count}"
        return f"up to {gap:.4f} apart"

    @property
    def winner(self) -> str:
        """Return the settings that won, as they would be typed."""
        return ", ".join(f"{name}={value!r}" for name, value in self.ours.choices.items())

    @property
    def notes(self) -> list[str]:
        """Return what a reader should know about the run, the table's decisions first."""
        notes = [printable(note) for note in self.data.notes]
        network = self.ours.network
        if network.n_iter_ >= network.max_iter:
            notes.append(
                f"the winner stopped at its limit of {network.max_iter} epochs: "
                "a larger max_iter may score higher"
            )
        if self.theirs.choices != self.ours.choices:
            notes.append("scikit-learn's search chose other settings")
        return notes

    @property
    def before_the_clock(self) -> str:
        """Return what was done before both searches, and is in neither time."""
        return (
            f"kernels compiled, or loaded from their cache, in "
            f"{seconds_text(self.kernels_seconds)}; "
            f"{self.ours.search.n_jobs} workers started in {seconds_text(self.workers_seconds)}"
        )


def _speed(ratio: float) -> str:
    """Say how the times compare."""
    if ratio >= 1:
        return f"{ratio:.1f} times as fast"
    return f"{1 / ratio:.1f} times as slow"


def about(data: Data) -> str:
    """Return the table's size and what is predicted, in one line."""
    rows, columns = data.X.shape
    return f"{printable(data.name)}: {rows:,} rows × {columns} columns → {data.task}"


def why(data: Data) -> str:
    """Return why the target is taken as classes or as a number."""
    if not data.reason:
        return ""
    kind = "regression" if data.classes is None else "classification"
    return f"{kind}, since {printable(data.reason)}"


def plan(split: Split, candidates: int, n_jobs: int) -> str:
    """Return what is going to be searched."""
    folds = split.cv.get_n_splits()
    return (
        f"{candidates} candidates × {folds} folds = {candidates * folds} fits on "
        f"{len(split.y):,} rows, {n_jobs} at a time; {len(split.y_test):,} rows held out"
    )
