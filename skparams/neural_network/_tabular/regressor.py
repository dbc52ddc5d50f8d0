"""``TabularMLPRegressor``."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
from sklearn.base import RegressorMixin

from skparams._compat import Interval, StrOptions
from skparams._runtime import validate_data
from skparams.neural_network._tabular.base import BaseTabularMLP, Targets
from skparams.neural_network.activations import ACTIVATIONS, Objective


class TabularMLPRegressor(RegressorMixin, BaseTabularMLP):
    """Regressor."""

    _parameter_constraints: dict = {
        **BaseTabularMLP._parameter_constraints,
        "loss": [StrOptions({"squared_error", "absolute_error", "huber", "quantile"})],
        "quantile": [Interval(Real, 0, 1, closed="neither"), "array-like"],
        "huber_delta": [Interval(Real, 0, None, closed="neither")],
    }
    _activation = "mish"

    def __init__(
        self,
        n_members=5,
        hidden_layer_sizes="auto",
        *,
        loss="squared_error",
        quantile=0.5,
        huber_delta=1.0,
        max_iter="auto",
        learning_rate_init=0.1,
        scoring="loss",
        dropout=0.0,
        weight_decay=0.0,
        categorical_features="from_dtype",
        max_categories=255,
        oof=True,
        random_state=None,
        n_jobs=None,
        verbose=False,
    ) -> None:
        arguments = locals()
        names = TabularMLPRegressor._get_param_names()
        super().__init__(**{name: arguments[name] for name in names})

    def _checked_targets(self, y):
        return validate_data(self, y=y, multi_output=True, dtype=np.float64) if False else np.asarray(y, float)

    def _encode_targets(self, y, weight):
        Y = y.reshape(len(y), -1)
        self._n_dim = y.ndim
        self.target_mean_ = np.average(Y, axis=0, weights=weight)
        self.target_scale_ = np.sqrt(np.average((Y - self.target_mean_) ** 2, axis=0, weights=weight))
        self.target_scale_[self.target_scale_ == 0] = 1
        self.target_range_ = np.array([Y.min(axis=0), Y.max(axis=0)])
        objective = Objective("squared_error")
        return Targets((Y - self.target_mean_) / self.target_scale_, None, objective, objective, np.zeros(Y.shape[1]))

    def _calibrate(self, Z, Y, weight):
        pass

    def _out_of_fold(self, Z):
        return "oof_prediction_", self._predicting(Z).predict(None)

    def predict(self, X) -> Any:
        y = self._mean_decision(X) * self.target_scale_ + self.target_mean_
        y = np.clip(y, *self.target_range_)
        return y.ravel() if self._n_dim == 1 else y
