"""Pipelines, which keep fitted steps in a constructor argument, and searches."""

from skparams.inspection._spec import Spec, register

register("sklearn.Pipeline", Spec({"steps": "estimator"}, chained=True))

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
