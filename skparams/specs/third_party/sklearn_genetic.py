"""sklearn-genetic-opt: searches that keep the rows, and all that evolution tried."""

from __future__ import annotations

from skparams._records import Unknown
from skparams.specs import Spec, roles, spec_named

SPECS: dict[str, Spec] = {}

_EVOLUTION = roles(
    data="X_ y_",
    structure="estimator_ scorer_ refit_metric multimetric_ metrics_list callbacks criteria_sign "
    "space n_splits_ features_proportion n_features warm_start_configs",
    diagnostic="crossover_adapter mutation_adapter fitness_cache toolbox logbook history hof "
    "cv_results_ refit_time_ _n_iterations _pop _hof _stats",
)
SPECS["genetic_search.GASearchCV"] = Spec(
    {**spec_named("sklearn.model_selection.BaseSearchCV").attributes, **_EVOLUTION},
    route="best_estimator_",
)
# The winner gets the selected columns of X.
SPECS["genetic_search.GAFeatureSelectionCV"] = Spec(
    {
        "best_estimator_": "estimator",
        **_EVOLUTION,
        **roles(structure="support_ best_features_", diagnostic="best_score_"),
    },
    members=Unknown("depends on the features that are selected"),
)
