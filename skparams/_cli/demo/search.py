"""The same grid search with our network and with scikit-learn's, on the same folds."""

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn import model_selection
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import KFold, ParameterGrid, StratifiedKFold, train_test_split

from skparams._cli.console import start_workers
from skparams._cli.tables import Dataset, make_model
from skparams._runtime import Progress

GRID: dict[str, list] = {
    "hidden_layer_sizes": [(50,), (100,), (100, 50)],
    "alpha": [1e-4, 1e-1],
    "learning_rate_init": [1e-3, 1e-2],
}
QUICK_GRID: dict[str, list] = {"hidden_layer_sizes": [(25,), (50,)], "alpha": [1e-4, 1e-1]}


class GridSearchCV(model_selection.GridSearchCV):
    """GridSearchCV that tells ``progress`` the number of fits done.

    It overrides ``_run_search``, which scikit-learn documents for this and which every version
    has; callbacks came with 1.9.
    """

    progress: Progress

    def _run_search(self, evaluate_candidates: Callable) -> None:
        candidates = list(ParameterGrid(self.param_grid))
        folds = self.cv.get_n_splits()
        at_once = -(-self.n_jobs // folds)  # enough to keep every worker busy
        for i in range(0, len(candidates), at_once):
            chunk = candidates[i : i + at_once]
            evaluate_candidates(chunk)
            self.progress(len(chunk) * folds)


@dataclass(frozen=True)
class Split:
    """The rows to search on, the folds, and the rows held out for the final score."""

    X: Any
    X_test: Any
    y: np.ndarray
    y_test: np.ndarray
    cv: Any


def split_rows(data: Dataset, n_folds: int) -> Split:
    """Hold out a fifth of the rows; every class keeps its share there and in each fold."""
    stratify, folds = (None, KFold) if data.classes is None else (data.y, StratifiedKFold)
    rows = train_test_split(data.X, data.y, test_size=0.2, stratify=stratify, random_state=0)
    X, X_test, y, y_test = rows
    return Split(X, X_test, y, y_test, folds(n_folds, shuffle=True, random_state=0))


@dataclass(frozen=True)
class SearchResult:
    """How long the search with one library took, and what it found."""

    library: str
    search: GridSearchCV
    seconds: float
    test_score: float

    @property
    def network(self):
        """The fitted network of the best candidate."""
        best: Any = self.search.best_estimator_
        return getattr(best, "regressor_", best)[-1]

    @property
    def best_params(self) -> dict[str, object]:
        """The hyperparameters of the best candidate, by their names in the network."""
        return {name.rpartition("__")[2]: v for name, v in self.search.best_params_.items()}


def make_search(
    data: Dataset, network, split: Split, grid: dict[str, list], n_jobs: int
) -> GridSearchCV:
    """Search the hyperparameters of the network, wherever it is in the model."""
    model = make_model(data, network)
    prefix = "mlp__" if hasattr(model, "steps") else "regressor__mlp__"
    grid = {prefix + name: values for name, values in grid.items()}
    return GridSearchCV(model, grid, cv=split.cv, n_jobs=n_jobs, error_score="raise")


def run_search(search: GridSearchCV, split: Split, library: str) -> SearchResult:
    """Run a search and measure its time."""
    n_fits = len(ParameterGrid(search.param_grid)) * split.cv.get_n_splits()
    search.progress = Progress(library, n_fits)
    with warnings.catch_warnings():
        # The result has a note if the best candidate did not converge.
        warnings.simplefilter("ignore", ConvergenceWarning)
        start = time.perf_counter()
        search.fit(split.X, split.y)
        seconds = time.perf_counter() - start
    del search.progress  # which the summary would show
    return SearchResult(library, search, seconds, search.score(split.X_test, split.y_test))


def warm_up(searches: list[GridSearchCV], split: Split) -> tuple[float, float]:
    """Load our kernels here, then both libraries in the workers; return the seconds of each."""

    def fit_briefly(searches: list[GridSearchCV], n_jobs: int) -> float:
        start = time.perf_counter()
        for search in searches:
            prefix = next(iter(search.param_grid)).rpartition("__")[0]
            model = clone(search.estimator).set_params(**{f"{prefix}__max_iter": 1})
            model_selection.cross_validate(model, split.X, split.y, cv=search.cv, n_jobs=n_jobs)
        return time.perf_counter() - start

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        kernel_seconds = fit_briefly(searches[:1], 1)
        start_workers(searches[0].n_jobs)
        return kernel_seconds, fit_briefly(searches, searches[0].n_jobs)
