"""Selection of features: scores and masks are structure, the estimators asked are kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from numbers import Integral
from typing import Any

from skparams._records import DataShape, NotKnown, Unknown, between
from skparams.specs import After, Member, Params, Spec, register

_FILTER = {"scores_": "structure", "pvalues_": "structure"}


def _after_scores(data: DataShape, params: Params) -> Unknown:
    return Unknown("depends on the features' scores")


def _k_best(data: DataShape, params: Params) -> int:
    k = params["k"]
    return data.n_features if isinstance(k, str) else min(k, data.n_features)


register(
    "sklearn.SelectKBest",
    Spec(_FILTER, n_features_out="k", sizes={"k": _k_best}, passes_float32=True),
)
# SelectPercentile, SelectFpr, SelectFdr, SelectFwe and GenericUnivariateSelect.
register(
    "sklearn._BaseFilter",
    Spec(
        _FILTER,
        n_features_out="n_selected",
        sizes={"n_selected": _after_scores},
        passes_float32=True,
    ),
)
register(
    "sklearn.VarianceThreshold",
    Spec(
        {"variances_": "structure"},
        n_features_out="n_selected",
        sizes={"n_selected": lambda data, params: Unknown("depends on the features' variances")},
        passes_float32=True,
    ),
)


def _n_to_select(data: DataShape, params: Params) -> int | Unknown:
    """Return the number of features that RFE and the sequential selector were told to keep."""
    n: Any = params["n_features_to_select"]
    if isinstance(n, str):  # "auto"
        if params["tol"] is not None:
            return Unknown("depends on the scores of cross-validation")
        n = None
    if n is None:
        return data.n_features // 2
    return min(int(n), data.n_features) if isinstance(n, Integral) else int(n * data.n_features)


def _eliminated(params: Params, data: DataShape, after: After) -> Iterator[Member]:
    columns = data.columns
    with suppress(NotKnown):
        columns = _n_to_select(data, params)
    yield Member("estimator_", params["estimator"], replace(data, columns=columns, head=None))


_RFE = {
    "estimator_": "estimator",
    "support_": "structure",
    "n_features_": "structure",
    "ranking_": "diagnostic",
    **dict.fromkeys(
        ("step_n_features_", "step_ranking_", "step_scores_", "step_support_"), "diagnostic"
    ),
}
register(
    "sklearn.RFE",
    Spec(
        _RFE,
        decides={"n_features_to_select": ("estimator_",)},
        members=_eliminated,
        n_features_out="n_features_to_select",
        sizes={"n_features_to_select": _n_to_select},
        passes_float32=True,
    ),
)


def _n_validated(data: DataShape, params: Params) -> Any:
    return between(min(params["min_features_to_select"], data.n_features), data.n_features)


def _validated(params: Params, data: DataShape, after: After) -> Iterator[Member]:
    columns: Any = data.columns
    if isinstance(columns, int):
        columns = _n_validated(data, params)
    yield Member("estimator_", params["estimator"], replace(data, columns=columns, head=None))


register(
    "sklearn.RFECV",
    Spec(
        {**_RFE, "cv_results_": "diagnostic"},
        decides={"min_features_to_select": ("estimator_",)},
        members=_validated,
        n_features_out="n_selected",
        sizes={"n_selected": _n_validated},
        passes_float32=True,
    ),
)
# Which features pass is computed from the estimator each time.
register(
    "sklearn.SelectFromModel",
    Spec(
        {"estimator_": "estimator", "max_features_": "structure"},
        members=lambda params, data, after: [
            Member("estimator_", params["estimator"], data, fitted=params["prefit"])
        ],
        n_features_out="n_selected",
        sizes={"n_selected": lambda data, params: Unknown("depends on the features' importances")},
        passes_float32=True,
    ),
)
register(
    "sklearn.SequentialFeatureSelector",
    Spec(
        {"support_": "structure", "n_features_to_select_": "structure"},
        n_features_out="n_features_to_select",
        sizes={"n_features_to_select": _n_to_select},
        passes_float32=True,
    ),
)
