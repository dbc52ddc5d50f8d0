"""Optuna's search with the interface of scikit-learn's."""

from __future__ import annotations

from skparams.specs import Spec, roles

SPECS: dict[str, Spec] = {}
SPECS["sklearn.sklearn.OptunaSearchCV"] = Spec(
    {
        "best_estimator_": "estimator",
        **roles(
            diagnostic="study_ refit_time_", structure="scorer_ n_splits_", output="sample_indices_"
        ),
    },
    route="best_estimator_",
)
