"""``TabularMLPClassifier``."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
from scipy.special import expit, log_expit, log_softmax, softmax
from sklearn.base import ClassifierMixin
from sklearn.utils import column_or_1d
from sklearn.utils.multiclass import check_classification_targets

from skparams._compat import Interval, StrOptions
from skparams._runtime import validate_data
from skparams.neural_network._tabular.base import BaseTabularMLP, Targets
from skparams.neural_network._tabular.temperature import fit_temperature
from skparams.neural_network.activations import Objective
from skparams.neural_network.class_weights import class_weights, sample_weights

# Samples that a class without any counts as, before training.
ABSENT = 0.5


class TabularMLPClassifier(ClassifierMixin, BaseTabularMLP):
    """Classifier."""

    _parameter_constraints: dict = {
        **BaseTabularMLP._parameter_constraints,
        "label_smoothing": [Interval(Real, 0, 1, closed="left")],
        "class_weight": [dict, StrOptions({"balanced"}), None],
    }
    _activation = "selu"

    def __init__(
        self,
        n_members=5,
        hidden_layer_sizes="auto",
        *,
        max_iter="auto",
        learning_rate_init=0.04,
        scoring="loss",
        label_smoothing=0.0,
        dropout=0.0,
        weight_decay=0.0,
        class_weight=None,
        categorical_features="from_dtype",
        max_categories=255,
        oof=True,
        random_state=None,
        n_jobs=None,
        verbose=False,
    ) -> None:
        arguments = locals()
        names = TabularMLPClassifier._get_param_names()
        super().__init__(**{name: arguments[name] for name in names})

    def _checked_targets(self, y):
        y = validate_data(self, y=y)
        check_classification_targets(y)
        y = column_or_1d(y, warn=True)
        self.classes_ = np.unique(y)
        return y

    def _weights(self, X, y, sample_weight):
        codes = np.searchsorted(self.classes_, y)[:, np.newaxis]
        weights = class_weights(self, codes, False)
        return sample_weights(X, codes, sample_weight, weights, np.dtype(np.float64))

    def _encode_targets(self, y, weight):
        codes, n_classes = np.searchsorted(self.classes_, y), len(self.classes_)
        counts = np.bincount(codes, weight, n_classes)
        if np.count_nonzero(counts) < 2:
            raise ValueError(
                f"{type(self).__name__} needs samples of at least 2 classes in the data, but the "
                f"data contains only one class: {self.classes_[counts > 0].tolist()}"
            )
        if len(codes) == np.count_nonzero(counts):
            raise ValueError(
                f"{type(self).__name__}: no class has two samples, so that none can be held out."
            )
        self.temperature_ = 1.0
        smoothing = (float(self.label_smoothing),) if self.label_smoothing else None
        logs = np.log(np.maximum(counts, ABSENT))
        if n_classes == 2:
            loss, intercepts = "binary_log_loss", logs[1:] - logs[0]
        else:
            loss, intercepts = "log_loss", logs - logs.mean()
        Y = codes[:, np.newaxis].astype(bool if n_classes == 2 else np.min_scalar_type(n_classes))
        return Targets(Y, codes, Objective(loss, smoothing), Objective(loss), intercepts)

    def _calibrate(self, Z, Y, weight):
        activation = "logistic" if Z.shape[1] == 1 else "softmax"
        self.temperature_ = fit_temperature(Z, Y, weight, activation)

    def _out_of_fold(self, Z):
        return "oof_decision_function_", self._predicting(Z).decision_function(None)

    def decision_function(self, X) -> Any:
        Z = self._mean_decision(X) / self.temperature_
        return Z.ravel() if Z.shape[1] == 1 else Z

    def predict(self, X) -> Any:
        Z = self.decision_function(X)
        return self.classes_[(Z > 0).astype(int) if Z.ndim == 1 else Z.argmax(axis=1)]

    def predict_proba(self, X) -> Any:
        Z = self.decision_function(X)
        return np.column_stack([expit(-Z), expit(Z)]) if Z.ndim == 1 else softmax(Z, axis=1)

    def predict_log_proba(self, X) -> Any:
        Z = self.decision_function(X)
        if Z.ndim == 1:
            return np.column_stack([log_expit(-Z), log_expit(Z)])
        return log_softmax(Z, axis=1)
