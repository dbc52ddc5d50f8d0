"""Pipelines, which keep fitted steps in a constructor argument, and searches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from skparams._records import DataShape
from skparams.specs import After, Member, Params, Spec, dropped, register

__all__ = ["columns_behind", "one_after_another"]


def one_after_another(params: Params, data: DataShape, after: After) -> Iterator[Member]:
    """Yield the steps, each on what the steps before it put out."""
    for i, (name, step) in enumerate(params["steps"]):
        if not dropped(step):
            yield Member(name, step, data)
        if i < len(params["steps"]) - 1:
            data = after(step, data)


def columns_behind(params: Params, data: DataShape, after: After) -> Any:
    """Return how many columns come out behind the last step."""
    for _, step in params["steps"]:
        data = after(step, data)
    return data.columns


register(
    "sklearn.Pipeline",
    Spec(
        {"steps": "estimator"},
        chained=True,
        members=one_after_another,
        columns_out=columns_behind,
    ),
)

# The base class of GridSearchCV, RandomizedSearchCV and the Halving searches.
register(
    "sklearn.BaseSearchCV",
    Spec(
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
        winner="best_estimator_",
        shows=("best_score_",),
    ),
)
