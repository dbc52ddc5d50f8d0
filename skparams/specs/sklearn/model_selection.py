"""Searches, and classifiers with another threshold."""

from __future__ import annotations

from collections.abc import Iterator

from skparams.specs import Context, Member, Spec, in_folds

SPECS: dict[str, Spec] = {}
# The base class of GridSearchCV, RandomizedSearchCV and the Halving searches.
SPECS["BaseSearchCV"] = Spec(
    {
        "best_estimator_": "estimator",
        "best_params_": "tuned",
        "best_score_": "diagnostic",
        "best_index_": "diagnostic",
        "cv_results_": "diagnostic",
        "refit_time_": "diagnostic",
        "scorer_": "structure",
        "n_splits_": "structure",
        "multimetric_": "structure",
        "pre_dispatch": "structure",
        "_checked_cv_orig": "structure",
        "_n_samples_orig": "metadata",
        "_required_parameters": "metadata",
        "min_resources_": "structure",
        "max_resources_": "structure",
        "n_resources_": "structure",
        "n_candidates_": "structure",
        "n_remaining_candidates_": "structure",
        "n_required_iterations_": "structure",
        "n_possible_iterations_": "structure",
        "n_iterations_": "structure",
    },
    route="best_estimator_",
)

SPECS["FixedThresholdClassifier"] = Spec(
    {"estimator_": "estimator"},
    members=lambda ctx: [Member("estimator_", ctx.params["estimator"], ctx.data)],
)


def _thresholded(ctx: Context) -> Iterator[Member]:
    data = ctx.data
    prefit = isinstance(ctx.params["cv"], str) and ctx.params["cv"] == "prefit"
    data = data if ctx.params["refit"] else in_folds(data)
    yield Member("estimator_", ctx.params["estimator"], data, fitted=prefit)


SPECS["TunedThresholdClassifierCV"] = Spec(
    {
        "estimator_": "estimator",
        "best_threshold_": "tuned",
        "best_score_": "diagnostic",
        "cv_results_": "diagnostic",
        "_curve_scorer": "structure",
    },
    members=_thresholded,
)
