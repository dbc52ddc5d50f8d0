"""Isotonic regression."""

from __future__ import annotations

from skparams.inspection._counts import between
from skparams.inspection._spec import Spec, parameter, register

# Predictions interpolate between the thresholds: one for each row at most.
register(
    "sklearn.IsotonicRegression",
    Spec(
        {
            "X_thresholds_": parameter("n_thresholds"),
            "y_thresholds_": parameter("n_thresholds"),
            "X_min_": "derived",
            "X_max_": "derived",
            "f_": "derived",
            "increasing_": "tuned",
        },
        sizes={"n_thresholds": lambda data, params: between(1, data.n_samples)},
        n_features_out="1",
        keeps_float32=True,
    ),
)
