"""scikit-optimize: a search that keeps the models by which it chose the candidates."""

from __future__ import annotations

from skparams.specs import Spec, roles, spec_named

SPECS: dict[str, Spec] = {}
SPECS["searchcv.BayesSearchCV"] = Spec(
    {
        **spec_named("sklearn.model_selection.BaseSearchCV").attributes,
        **roles(diagnostic="optimizers_ _optim_results", structure="optimizer_kwargs_ _callbacks"),
    },
    route="best_estimator_",
)
