"""The same grid search with our network and with scikit-learn's, on the same folds."""

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import joblib
import numpy as np
from sklearn import model_selection
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.model_selection import KFold, ParameterGrid, StratifiedKFold, train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skparams._cli.data import Data

GRID = {
    "hidden_layer_sizes": [(50,), (100,), (100, 50)],
    "alpha": [1e-4, 1e-1],
    "learning_rate_init": [1e-3, 1e-2],
}
QUICK_GRID = {"hidden_layer_sizes": [(25,), (50,)], "alpha": [1e-4, 1e-1]}


class GridSearchCV(model_selection.GridSearchCV):
    """GridSearchCV that calls ``advance`` with the number of fits done.

    By scikit-learn's documented hook for searches of one's own, which every version has; its
    callbacks came with 1.9.
    """

    advance: Callable[[int], object] = staticmethod(lambda fits: None)

    def __getstate__(self) -> dict:
        # Workers get a copy of the search, and a progress bar cannot travel.
        return {name: v for name, v in super().__getstate__().items() if name != "advance"}

    def _run_search(self, evaluate_candidates: Callable) -> None:
        candidates = list(ParameterGrid(self.param_grid))
        folds = self.cv.get_n_splits()
        at_once = -(-self.n_jobs // folds)  # enough to keep every worker busy
        for i in range(0, len(candidates), at_once):
            chunk = candidates[i : i + at_once]
            evaluate_candidates(chunk)
            self.advance(len(chunk) * folds)


@dataclass(frozen=True)
class Split:
    """The rows to search on, and those held out for the last word."""

    X: Any
    X_test: Any
    y: np.ndarray
    y_test: np.ndarray
    cv: Any

    @classmethod
    def of(cls, data: Data, folds: int) -> "Split":
        """Hold out a fifth; in each fold, too, every class keeps its share."""
        regression = data.classes is None
        X, X_test, y, y_test = train_test_split(
            data.X,
            data.y,
            test_size=0.2,
            stratify=None if regression else data.y,
            random_state=0,
        )
        kind = KFold if regression else StratifiedKFold
        return cls(X, X_test, y, y_test, kind(folds, shuffle=True, random_state=0))


@dataclass(frozen=True)
class Outcome:
    """One library's search: how long it took and what it found."""

    library: str
    search: GridSearchCV
    seconds: float
    test_score: float

    @property
    def scores(self) -> np.ndarray:
        """Return every candidate's mean score over the folds."""
        return self.search.cv_results_["mean_test_score"]

    @property
    def network(self):
        """Return the winner's fitted network."""
        best: Any = self.search.best_estimator_
        return getattr(best, "regressor_", best)[-1]

    @property
    def choices(self) -> dict[str, object]:
        """Return the winner's settings, without the path that leads to them."""
        return {name.rpartition("__")[2]: v for name, v in self.search.best_params_.items()}


def feature_label(column: str, category: object) -> str:
    """Return the name of the 0-1 feature that says whether a column has a category."""
    return f"{column}={category}"


def model(data: Data, network) -> Any:
    """Return the network behind what prepares this table's columns for it."""
    if not (data.numbers or data.categories):
        return Pipeline([("scaler", StandardScaler()), ("mlp", network)])
    fill_numbers = SimpleImputer(strategy="median", keep_empty_features=True)
    fill_categories = SimpleImputer(strategy="constant", fill_value="missing")
    encode = OneHotEncoder(
        handle_unknown="infrequent_if_exist",
        max_categories=20,
        sparse_output=False,
        feature_name_combiner=feature_label,
    )
    labels = {feature_label(name, v) for name in data.categories for v in data.X[name].unique()}
    columns = ColumnTransformer(
        [
            ("numbers", make_pipeline(fill_numbers, StandardScaler()), data.numbers),
            ("categories", make_pipeline(fill_categories, encode), data.categories),
        ],
        verbose_feature_names_out=not labels.isdisjoint(data.numbers),
    ).set_output(transform="pandas")
    pipeline = Pipeline([("columns", columns), ("mlp", network)])
    if data.classes is None:
        return TransformedTargetRegressor(pipeline, transformer=StandardScaler())
    return pipeline


def grid_search(data: Data, network, split: Split, grid: dict, n_jobs: int) -> GridSearchCV:
    """Return the search over the network's settings, wherever it sits in the model."""
    whole = model(data, network)
    path = "regressor__mlp__" if isinstance(whole, TransformedTargetRegressor) else "mlp__"
    named = {path + name: values for name, values in grid.items()}
    return GridSearchCV(whole, named, cv=split.cv, n_jobs=n_jobs, error_score="raise")


def run_search(search: GridSearchCV, split: Split, library: str) -> Outcome:
    """Run a search against the clock."""
    with warnings.catch_warnings():
        # Said once in the report, by the winner's number of epochs.
        warnings.simplefilter("ignore", ConvergenceWarning)
        start = time.perf_counter()
        search.fit(split.X, split.y)
        seconds = time.perf_counter() - start
    return Outcome(library, search, seconds, float(search.score(split.X_test, split.y_test)))


def warm_up(searches: list[GridSearchCV], split: Split) -> tuple[float, float]:
    """Compile or load our kernels here, then start the workers and both libraries in them.

    Returns
    -------
    seconds : tuple of two floats
        For the kernels and for the workers. Neither is part of the comparison.
    """
    times = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for parallel in (False, True):
            start = time.perf_counter()
            for search in searches if parallel else searches[:1]:
                grid = {name: values[:1] for name, values in search.param_grid.items()}
                path = next(iter(grid)).rpartition("__")[0]
                grid[f"{path}__max_iter"] = [1]
                short = GridSearchCV(
                    search.estimator,
                    grid,
                    cv=search.cv,
                    n_jobs=search.n_jobs if parallel else 1,
                )
                short.fit(split.X, split.y)
            times.append(time.perf_counter() - start)
    return times[0], times[1]


def workers() -> int:
    """Return how many fits run at once: one for each core."""
    return joblib.cpu_count()
