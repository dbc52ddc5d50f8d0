"""Isotonic regression."""

from __future__ import annotations

from skparams._records import between
from skparams.specs import (
    Rule,
    Spec,
    interpolation,
    largest_threshold,
    parameter,
    register,
    smallest_threshold,
)

# Predictions interpolate between the thresholds: one for each row at most.
register(
    "sklearn.IsotonicRegression",
    Spec(
        {
            "X_thresholds_": parameter("n_thresholds"),
            "y_thresholds_": parameter("n_thresholds"),
            "X_min_": Rule("derived", derive=smallest_threshold),
            "X_max_": Rule("derived", derive=largest_threshold),
            "f_": Rule("derived", derive=interpolation),
            "increasing_": "tuned",
        },
        sizes={"n_thresholds": lambda data, params: between(1, data.n_samples)},
        n_features_out="1",
        keeps_float32=True,
    ),
)
