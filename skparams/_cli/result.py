"""What the demo found, in words and rows: for the terminal and for the page."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from skparams._cli.data import Dataset
from skparams._cli.search import SearchResult


@dataclass(frozen=True)
class DemoResult:
    """Everything that one run found."""

    data: Dataset
    plan: str
    ours: SearchResult
    theirs: SearchResult
    kernel_seconds: float
    worker_seconds: float
    summary: Any

    @cached_property
    def rows(self) -> list[tuple[str, ...]]:
        """The comparison: a label, our value, theirs, and a remark."""
        score = "R²" if self.data.classes is None else "accuracy"
        both = self.ours, self.theirs
        search = [result.seconds for result in both]
        fit = [result.search.cv_results_["mean_fit_time"].mean() for result in both]
        best = [f"{result.search.best_score_:.4f}" for result in both]
        test = [f"{result.test_score:.4f}" for result in both]
        return [
            ("the search took", *map(_time, search), _speed(*search)),
            ("one fit, mean", *map(_time, fit), _speed(*fit)),
            (f"best {score} in folds", *best, self._score_difference()),
            (f"held-out {score}", *test, ""),
        ]

    def _score_difference(self) -> str:
        """Say how far the two libraries' scores of one candidate differ at most."""
        both = self.ours.search, self.theirs.search
        ours, theirs = (search.cv_results_["mean_test_score"] for search in both)
        difference = np.abs(ours - theirs).max()
        if difference < 5e-5:  # the scores are printed with four digits
            return f"same for all {len(ours)}"
        return f"differ by up to {difference:.4f}"

    @property
    def winner(self) -> str:
        """The best hyperparameters, as they would be typed."""
        return ", ".join(f"{name}={value!r}" for name, value in self.ours.best_params.items())

    @property
    def notes(self) -> list[str]:
        """What a reader should know about the search."""
        notes = []
        limit = self.ours.network.max_iter
        if self.ours.network.n_iter_ >= limit:
            notes.append(
                f"the winner stopped at its limit of {limit} epochs: "
                "a larger max_iter may score higher"
            )
        if self.theirs.best_params != self.ours.best_params:
            notes.append("scikit-learn's search chose other hyperparameters")
        return notes

    @property
    def preparation(self) -> str:
        """What was done before both searches and is part of neither time."""
        return (
            f"kernels compiled, or loaded from their cache, in {_time(self.kernel_seconds)}; "
            f"{self.ours.search.n_jobs} workers started in {_time(self.worker_seconds)}"
        )


def _time(seconds: float) -> str:
    """Write a time with two or three digits."""
    if seconds < 1:
        return f"{seconds * 1e3:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 100 else f"{seconds:.0f} s"


def _speed(ours: float, theirs: float) -> str:
    """Say how our time compares with theirs."""
    if ours <= theirs:
        return f"{theirs / ours:.1f} times as fast"
    return f"{ours / theirs:.1f} times as slow"
