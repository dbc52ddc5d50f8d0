"""Searches, and classifiers with another threshold."""

from __future__ import annotations

from collections.abc import Iterator

from skparams.specs import Context, Member, Spec, members, roles

SPECS: dict[str, Spec] = {}
# The base class of GridSearchCV, RandomizedSearchCV and the Halving searches.
SPECS["BaseSearchCV"] = Spec(
    {
        "best_estimator_": "estimator",
        "best_params_": "tuned",
        **roles(
            diagnostic="best_score_ best_index_ cv_results_ refit_time_",
            structure=(
                "scorer_ n_splits_ multimetric_ pre_dispatch _checked_cv_orig "
                "min_resources_ max_resources_ n_resources_ n_candidates_ "
                "n_remaining_candidates_ n_required_iterations_ n_possible_iterations_ "
                "n_iterations_"
            ),
            metadata="_n_samples_orig _required_parameters",
        ),
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
    data = data if ctx.params["refit"] else members.in_folds(data)
    yield Member("estimator_", ctx.params["estimator"], data, fitted=prefit)


SPECS["TunedThresholdClassifierCV"] = Spec(
    {
        "estimator_": "estimator",
        "best_threshold_": "tuned",
        **roles(diagnostic="best_score_ cv_results_", structure="_curve_scorer"),
    },
    members=_thresholded,
)
