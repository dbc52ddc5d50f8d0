"""What fewest_params saves, and what that costs in held-out accuracy."""

import warnings

import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks._tables import Column, Table, number, yes_no
from benchmarks._task import Task
from skparams import PCA, MLPClassifier, fewest_params, params_frame

_BAR = 0.5  # at most, of the parameters of the best setting
_DATA = {
    "digits": (load_digits, (10, 20, 40)),
    "breast_cancer": (load_breast_cancer, (5, 10, 20)),
}
_WIDTHS = (4, 8, 16, 32, 64, 128, 256)


def _row(name: str, seed: int) -> dict:
    """Search on three quarters of the rows; score the chosen and the best setting on the others."""
    load, n_components = _DATA[name]
    X, y = load(return_X_y=True)
    X, X_test, y, y_test = train_test_split(X, y, stratify=y, random_state=seed)
    network = MLPClassifier(max_iter=300, random_state=seed)
    model = make_pipeline(StandardScaler(), PCA(), network)
    grid = {
        "pca__n_components": n_components,
        "mlpclassifier__hidden_layer_sizes": [(width,) for width in _WIDTHS],
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        search = GridSearchCV(model, grid, refit=fewest_params(model, X, y)).fit(X, y)
        frame = params_frame(search)
        chosen, best = frame.loc[search.best_index_], frame.loc[frame.mean_test_score.idxmax()]
        best_model = clone(model).set_params(**best.params).fit(X, y)
    splits = [best[f"split{k}_test_score"] for k in range(search.n_splits_)]
    error = np.std(splits, ddof=1) / np.sqrt(search.n_splits_)
    errors = (best.mean_test_score - chosen.mean_test_score) / error
    share = chosen.n_params_free / best.n_params_free
    return {
        "what": f"{name}, split {seed}",
        "chosen": int(chosen.n_params_free),
        "best": int(best.n_params_free),
        "share": float(share),
        "errors": float(errors),
        "chosen_score": 100 * float(search.score(X_test, y_test)),
        "best_score": 100 * float(best_model.score(X_test, y_test)),
        "n_within": int(frame.within_tolerance.sum()),
        "met": bool(share <= _BAR and errors <= 1),
    }


def fewest(task: Task) -> Table:
    """Search a network behind PCA on several splits of each data set."""
    n_splits = 1 if task.quick else 5
    table = Table(
        "fewest",
        "fewest_params: 21 settings of StandardScaler, PCA and MLPClassifier",
        [
            Column("what", "", left=True),
            Column("best", "parameters,\nbest", number(0)),
            Column("chosen", "chosen", number(0)),
            Column("share", "share", number(2)),
            Column("errors", "standard errors\nbelow the best", number(2)),
            Column("n_within", "settings within\none", number(0)),
            Column("best_score", "held-out accuracy,\nbest", number(1, " %")),
            Column("chosen_score", "chosen", number(1, " %")),
            Column("met", "within one error,\nat most half", yes_no),
        ],
        note=f"Each split holds out a quarter of the rows. Components {_DATA['digits'][1]} and "
        f"{_DATA['breast_cancer'][1]}, hidden units {_WIDTHS}, 5 folds.",
    )
    for name in _DATA:
        for seed in range(n_splits):
            task.say(f"{name}, split {seed}")
            table.rows.append(_row(name, seed))
    return table
