"""Estimators around one other: on chosen rows, with another threshold, or as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from skparams._records import Count, DataShape, Unknown
from skparams.specs import After, Member, Params, Spec, in_folds, made, register


def _on_inliers(params: Params, data: DataShape, after: After) -> Iterator[Member]:
    estimator = params["estimator"]
    if estimator is None:
        estimator = made("sklearn.linear_model.LinearRegression")
    yield Member("estimator_", estimator, replace(data, rows=Unknown("depends on the inliers")))


register(
    "sklearn.RANSACRegressor",
    Spec(
        {
            "estimator_": "estimator",
            "inlier_mask_": "output",
            "n_trials_": "diagnostic",
            "n_skips_no_inliers_": "diagnostic",
            "n_skips_invalid_data_": "diagnostic",
            "n_skips_invalid_model_": "diagnostic",
        },
        members=_on_inliers,
    ),
)


def _on_labelled(params: Params, data: DataShape, after: After) -> Iterator[Member]:
    rows = Unknown("depends on the rows that get a label")
    yield Member("estimator_", params["estimator"], replace(data, rows=rows))


register(
    "sklearn.SelfTrainingClassifier",
    Spec(
        {
            "estimator_": "estimator",
            "transduction_": "output",
            "labeled_iter_": "output",
            "termination_condition_": "diagnostic",
        },
        members=_on_labelled,
    ),
)
register(
    "sklearn.FixedThresholdClassifier",
    Spec(
        {"estimator_": "estimator"},
        members=lambda params, data, after: [Member("estimator_", params["estimator"], data)],
    ),
)


def _thresholded(params: Params, data: DataShape, after: After) -> Iterator[Member]:
    prefit = isinstance(params["cv"], str) and params["cv"] == "prefit"
    data = data if params["refit"] else in_folds(data)
    yield Member("estimator_", params["estimator"], data, fitted=prefit)


register(
    "sklearn.TunedThresholdClassifierCV",
    Spec(
        {
            "estimator_": "estimator",
            "best_threshold_": "tuned",
            "best_score_": "diagnostic",
            "cv_results_": "diagnostic",
            "_curve_scorer": "structure",
        },
        members=_thresholded,
        shows=("best_score_",),
    ),
)


def _columns_of_it(params: Params, data: DataShape, after: After) -> Count:
    return after(params["estimator"], data).columns


register(
    "sklearn.FrozenEstimator",
    Spec(
        {"estimator": "estimator"},
        members=lambda params, data, after: [
            Member("estimator", params["estimator"], data, fitted=True)
        ],
        columns_out=_columns_of_it,
    ),
)
