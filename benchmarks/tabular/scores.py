"""All metrics of a prediction at once, for a comparison that asks for one number."""

from collections import defaultdict

import numpy as np
from sklearn.metrics import (
    accuracy_score,
    brier_score_loss,
    log_loss,
    r2_score,
    roc_auc_score,
    root_mean_squared_error,
)
from sklearn.pipeline import Pipeline

MIN_CALIBRATION_ROWS = 2000  # with fewer, the error of perfect probabilities is not near 0
_BINS = 15

# The first of each task is what the comparison ranks by; ``GREATER`` are those to be high.
METRICS = {
    "classification": ("log_loss", "accuracy", "auc", "brier"),
    "regression": ("rmse", "r2"),
}
GREATER = ("accuracy", "auc", "r2")
TITLES = {
    "log_loss": "log-loss",
    "accuracy": "accuracy",
    "auc": "AUC",
    "brier": "Brier",
    "rmse": "RMSE",
    "r2": "R²",
}


class Recorder:
    """A scorer that keeps every metric by model: the name of a pipeline's last step."""

    def __init__(self, task: str) -> None:
        self.task = task
        self.folds: dict[str, list[dict[str, float]]] = defaultdict(list)
        self._probabilities: dict[str, list[np.ndarray]] = defaultdict(list)
        self._targets: dict[str, list[np.ndarray]] = defaultdict(list)

    def __call__(self, estimator: Pipeline, X, y) -> float:
        """Record all metrics and return the first one, negative: greater is better."""
        name = estimator.steps[-1][0]
        if self.task == "regression":
            found = of_values(y, estimator.predict(X))
        else:
            proba = np.asarray(estimator.predict_proba(X), dtype=float)
            found = of_probabilities(y, proba)
            self._probabilities[name].append(proba)
            self._targets[name].append(np.asarray(y))
        self.folds[name].append(found)
        return -found[METRICS[self.task][0]]

    def means(self, name: str) -> dict[str, float | None]:
        """Return the mean of each metric over the folds, and the calibration error of all rows."""
        folds = self.folds[name]
        means = {key: float(np.mean([fold[key] for fold in folds])) for key in folds[0]}
        if self.task == "classification":
            y = np.concatenate(self._targets[name])
            enough = len(y) >= MIN_CALIBRATION_ROWS
            proba = np.concatenate(self._probabilities[name]) if enough else None
            means["calibration_error"] = calibration_error(y, proba) if enough else None
        return means


def of_values(y: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """Return the metrics of a regression."""
    return {
        "rmse": float(root_mean_squared_error(y, predicted)),
        "r2": float(r2_score(y, predicted)),
    }


def of_probabilities(y: np.ndarray, proba: np.ndarray) -> dict[str, float]:
    """Return the metrics of probabilities of the classes 0, 1, …; AUC is one against the rest."""
    proba = proba / proba.sum(axis=1, keepdims=True)  # single precision is not exact
    labels = np.arange(proba.shape[1])
    binary = len(labels) == 2
    return {
        "log_loss": float(log_loss(y, proba, labels=labels)),
        "accuracy": float(accuracy_score(y, proba.argmax(axis=1))),
        "auc": float(roc_auc_score(y, proba[:, 1] if binary else proba, multi_class="ovr")),
        "brier": float(brier_score_loss(y, proba, labels=labels)),
    }


def calibration_error(y: np.ndarray, proba: np.ndarray) -> float:
    """Return the expected calibration error: of the most probable class, in 15 equal bins.

    The mean over rows of the distance between a bin's accuracy and its mean probability.
    """
    confidence = proba.max(axis=1)
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    surplus = confidence - (proba.argmax(axis=1) == y)
    return float(np.abs(np.bincount(bins, surplus, minlength=_BINS)).sum() / len(y))
