"""What fewest_params saves, and what that costs in held-out accuracy."""

import warnings
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks._tables import Column, Table, number, yes_no
from benchmarks._task import Task
from skparams import PCA, MLPClassifier, count_params, fewest_params, params_frame

_BAR = 0.5  # at most, of the parameters of the best setting


def _network(n_components: tuple[int, ...]) -> tuple[Any, dict]:
    network = MLPClassifier(max_iter=300, random_state=0)
    return make_pipeline(StandardScaler(), PCA(), network), {
        "pca__n_components": n_components,
        "mlpclassifier__hidden_layer_sizes": [(2**k,) for k in range(3, 10)],
    }


def _forest() -> tuple[Any, dict]:
    return RandomForestClassifier(random_state=0), {
        "n_estimators": [5, 10, 20, 50, 100],
        "max_leaf_nodes": [4, 8, 16, None],
    }


_CASES = {
    "digits, PCA and MLP": (load_digits, *_network((10, 20, 40))),
    "breast_cancer, PCA and MLP": (load_breast_cancer, *_network((5, 10, 20))),
    "breast_cancer, forest": (load_breast_cancer, *_forest()),
}


def _row(name: str, seed: int | None) -> dict:
    """Search on all rows, or on three quarters and score both settings on the others."""
    load, model, grid = _CASES[name]
    X, y = load(return_X_y=True)
    if seed is not None:
        X, X_test, y, y_test = train_test_split(X, y, stratify=y, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        search = GridSearchCV(model, grid, refit=fewest_params(model, X, y)).fit(X, y)
        frame = params_frame(search)
        chosen, best = frame.loc[search.best_index_], frame.loc[frame.mean_test_score.idxmax()]
        best_model = clone(model).set_params(**best.params).fit(X, y)
    splits = [best[f"split{k}_test_score"] for k in range(search.n_splits_)]
    error = np.std(splits, ddof=1) / np.sqrt(search.n_splits_)
    errors = (best.mean_test_score - chosen.mean_test_score) / error
    n_chosen, n_best = (count_params(each, kind="free") for each in (search, best_model))
    held_out = {}
    if seed is not None:
        held_out["chosen_score"] = 100 * float(search.score(X_test, y_test))
        held_out["best_score"] = 100 * float(best_model.score(X_test, y_test))
    return {
        "what": f"{name}, {'all rows' if seed is None else f'split {seed}'}",
        "chosen": n_chosen,
        "best": n_best,
        "share": n_chosen / n_best,
        "errors": float(errors),
        **held_out,
        "n_within": int(frame.within_tolerance.sum()),
        "met": bool(n_chosen <= _BAR * n_best and errors <= 1),
    }


def fewest(task: Task) -> Table:
    """Search networks behind PCA and forests on several splits of the data."""
    table = Table(
        "fewest",
        "fewest_params: parameters of the chosen setting beside those of the best",
        [
            Column("what", "", left=True),
            Column("best", "parameters,\nbest", number(0)),
            Column("chosen", "chosen", number(0)),
            Column("share", "share", number(2)),
            Column("errors", "standard errors\nbelow the best", number(2)),
            Column("n_within", "settings\nwithin one", number(0)),
            Column("best_score", "held-out accuracy,\nbest", number(1, " %")),
            Column("chosen_score", "chosen", number(1, " %")),
            Column("met", "within one error,\nat most half", yes_no),
        ],
        note="Each split holds out a quarter of the rows; searches have 5 folds, of 21 settings of "
        "the networks (8 to 512 hidden units behind 3 numbers of components) and 20 of the forest.",
        on_page=False,
    )
    for name in _CASES:
        for seed in (None,) if task.quick else (None, *range(5)):
            task.say(f"{name}, {'all rows' if seed is None else f'split {seed}'}")
            table.rows.append(_row(name, seed))
    return table
