"""The sizes of the data that a search was fitted on, from the estimator that it kept."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from skparams._choose.fewest import needs_y
from skparams._records import Unknown
from skparams.specs import n_rows_known

_PASS = "pass X and y"


def training_sizes(best: Any) -> dict[str, int] | Unknown:
    """Return the sizes that `plan` takes, or why they are not known.

    ``best`` is ``best_estimator_`` or None. The number of targets is that of its predictions; some
    estimators keep the number of rows.
    """
    if best is None:
        return Unknown(f"the search has no best_estimator_: {_PASS}")
    try:
        n_features = int(best.n_features_in_)
        predictions = _predictions(best, n_features)
        classes = getattr(best, "classes_", None)
    except Exception:  # of any class, as of rows that are no numbers
        return Unknown(f"the data were no plain numbers: {_PASS}")
    sizes = {"n_features": n_features}
    n_samples = n_rows_known(best)
    if n_samples is not None:
        sizes["n_samples"] = n_samples
    if predictions is None:
        return Unknown(f"no prediction says what y was: {_PASS}") if needs_y(best) else sizes
    several = predictions.ndim > 1
    if classes is None:
        return {**sizes, "n_outputs": predictions.shape[1] if several else 1}
    if several or isinstance(classes, list) or np.ndim(classes) != 1:
        return Unknown(f"y has several columns of classes: {_PASS}")
    return {**sizes, "n_outputs": 1, "n_classes": len(classes)}


def _predictions(best: Any, n_features: int) -> np.ndarray | None:
    """What an estimator predicts for a row of zeros, or None if it does not predict."""
    if not hasattr(best, "predict"):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of feature names, and of whatever zeros lead to
        return np.asarray(best.predict(np.zeros((1, n_features))))
