"""``TabularMLPRegressor``."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, column_or_1d

from skparams._compat import Interval, StrOptions
from skparams._runtime import validate_data
from skparams.neural_network._tabular.base import BaseTabularMLP, Targets
from skparams.neural_network._tabular.conformal import apply_offsets, quantile_offsets
from skparams.neural_network.activations import ACTIVATIONS, Objective
from skparams.neural_network.quantiles import (
    check_one_output,
    has_quantiles,
    median_column,
    quantile_levels,
    real_numbers,
)
from skparams.neural_network.training import delete_attributes

# Of quantiles of targets before training, in standard deviations, so that its logarithm is finite.
MIN_INCREMENT = 0.01


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
        y = real_numbers(validate_data(self, y=y, multi_output=True)).astype(np.float64)
        return column_or_1d(y, warn=True) if y.ndim == 2 and y.shape[1] == 1 else y

    def _encode_targets(self, y, weight):
        Y = y.reshape(len(y), -1)
        objective = self._objective(Y)
        self.target_mean_ = np.average(Y, axis=0, weights=weight)
        variances = np.average((Y - self.target_mean_) ** 2, axis=0, weights=weight)
        self.target_scale_ = np.where(variances > 0, np.sqrt(variances), 1.0)
        self.target_range_ = np.array([Y.min(axis=0), Y.max(axis=0)])
        Z = (Y - self.target_mean_) / self.target_scale_
        intercepts = np.zeros(Z.shape[1])
        if objective.loss == "quantile":
            intercepts = _quantile_intercepts(Z, np.sort(self.quantiles_))
        return Targets(Z, None, objective, objective, intercepts)

    def _objective(self, Y):
        delete_attributes(self, "quantiles_", "quantile_offsets_")
        if self.loss == "quantile":
            check_one_output(self, Y)
            self.quantiles_ = quantile_levels(self)
            self.quantile_offsets_ = np.zeros(self.quantiles_.size)
            return Objective("quantile", tuple(np.sort(self.quantiles_)))
        parameters = {"absolute_error": (1.0,), "huber": (float(self.huber_delta),)}
        return Objective(self.loss, parameters.get(self.loss))

    def _calibrate(self, Z, Y, weight):
        if self.loss == "quantile":
            y = Y * self.target_scale_ + self.target_mean_
            self.quantile_offsets_ = quantile_offsets(self._outputs(Z), y, self.quantiles_, weight)

    def _out_of_fold(self, Z):
        return "oof_prediction_", self._predicting(Z).predict(None)

    def _outputs(self, Z):
        """What the decisions are in units of the targets; of quantiles in the order of the levels.

        The network has increments from the lowest quantile up.
        """
        if hasattr(self, "quantiles_"):
            Z = Z.copy()
            if Z.shape[1] > 1:
                ACTIVATIONS["increasing"].apply(Z)
            Z = Z[:, np.argsort(np.argsort(self.quantiles_))]
        return Z * self.target_scale_ + self.target_mean_

    def _predictions(self, X):
        y = self._outputs(self._mean_decision(X))
        if hasattr(self, "quantiles_"):
            y = apply_offsets(y, self.quantile_offsets_, self.quantiles_)
        return np.clip(y, *self.target_range_)

    def predict(self, X) -> Any:
        """Predict the target of each sample.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The table.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            The predictions, in the range of the targets seen; of several quantiles the median.
        """
        y = self._predictions(X)
        if hasattr(self, "quantiles_"):
            y = y[:, [median_column(self.quantiles_)]]
        return y.ravel() if y.shape[1] == 1 else y

    @available_if(has_quantiles)
    def predict_quantiles(self, X) -> Any:
        """Predict each quantile in `quantile`, with the loss 'quantile'.

        They are moved by `quantile_offsets_` and never cross.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The table.

        Returns
        -------
        quantiles : ndarray of shape (n_samples, n_quantiles)
            The predictions, in the order of `quantiles_` and in the range of the targets seen.
        """
        check_is_fitted(self, "quantiles_")
        return self._predictions(X)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = str(self.loss) != "quantile"
        return tags


def _quantile_intercepts(Z: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Outputs whose quantiles are those of all standardized targets."""
    quantiles = np.quantile(Z, levels)
    increments = np.maximum(np.diff(quantiles), MIN_INCREMENT)
    return np.array([quantiles[0], *np.log(np.expm1(increments))])
