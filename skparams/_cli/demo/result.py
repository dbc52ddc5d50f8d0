"""What the demo found about the two searches, as a page for the terminal and for HTML."""

from dataclasses import dataclass

import numpy as np

from skparams._cli.demo.search import SearchResult
from skparams._report import Column, Page, Report, Row, Section


@dataclass(frozen=True, repr=False)
class DemoResult(Report):
    """The searches with both libraries, and the seconds of what was done before them."""

    ours: SearchResult
    theirs: SearchResult
    kernel_seconds: float
    worker_seconds: float

    def _page(self) -> Page:
        ours, theirs = self.ours, self.theirs
        winner = (f"{name}={value!r}" for name, value in ours.best_params.items())
        columns = [
            Column("same grid, same folds"),
            Column(ours.library, right=True),
            Column(theirs.library, right=True),
            Column("", wraps="words"),
        ]
        rows = [Row(cells) for cells in self._rows()]
        return Page(("the winner", *winner), [Section(columns, rows)], self._notes())

    def _rows(self) -> list[tuple[str, ...]]:
        score = "accuracy" if hasattr(self.ours.network, "classes_") else "R²"
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

    def _notes(self) -> list[str]:
        kernels, workers = _time(self.kernel_seconds), _time(self.worker_seconds)
        notes = [
            f"before timing: kernels compiled, or loaded from their cache, in {kernels}; "
            f"{self.ours.search.n_jobs} workers started in {workers}"
        ]
        limit = self.ours.network.max_iter
        if self.ours.network.n_iter_ >= limit:
            notes.append(
                f"the winner stopped at its limit of {limit} epochs: "
                "a larger max_iter may score higher"
            )
        if self.theirs.best_params != self.ours.best_params:
            notes.append("scikit-learn's search chose other hyperparameters")
        return notes


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
