"""Selection of features: scores and masks are structure, the estimators behind them are kept.

Those estimators are not counted where the selector only transforms: what they learned is a mask.
"""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Integral
from typing import Any

from skparams._records import Unknown, between
from skparams.specs import Context, Input, Member, Rule, Spec, common, members, roles

SPECS: dict[str, Spec] = {}

_BY_SCORES = roles(structure="scores_", auxiliary="pvalues_")
_BY_PVALUES = roles(structure="pvalues_", auxiliary="scores_")
_AFTER_SCORES = Unknown("depends on the features' scores")


def _k_best(ctx: Context) -> int:
    k = ctx.params["k"]
    return ctx.data.n_features if isinstance(k, str) else min(k, ctx.data.n_features)


SPECS["SelectKBest"] = Spec(_BY_SCORES, columns_out="k", sizes={"k": _k_best}, float32=True)


def _scores_decide(ctx: Context) -> bool:
    return ctx.params["mode"] in ("percentile", "k_best")


_EITHER: dict[str, Rule | str] = {
    "scores_": Rule("structure", when=_scores_decide),
    "pvalues_": Rule("structure", when=lambda ctx: not _scores_decide(ctx)),
}
for _name, _filter in {
    "SelectPercentile": _BY_SCORES,
    "SelectFpr": _BY_PVALUES,
    "SelectFdr": _BY_PVALUES,
    "SelectFwe": _BY_PVALUES,
    "GenericUnivariateSelect": _EITHER,
}.items():
    SPECS[_name] = Spec(
        _filter, columns_out="n_selected", sizes={"n_selected": _AFTER_SCORES}, float32=True
    )
SPECS["VarianceThreshold"] = Spec(
    {"variances_": "structure"},
    columns_out="n_selected",
    sizes={"n_selected": Unknown("depends on the features' variances")},
    float32=True,
)


def _n_to_select(ctx: Context) -> int | Unknown:
    """Return the number of features that RFE and the sequential selector keep."""
    n: Any = ctx.params["n_features_to_select"]
    if isinstance(n, str):  # "auto"
        if ctx.params["tol"] is not None:
            return Unknown("depends on the scores of cross-validation")
        n = None
    p = ctx.data.n_features
    if n is None:
        return p // 2
    return min(int(n), p) if isinstance(n, Integral) else int(n * p)


def _eliminated(ctx: Context) -> Iterator[Member]:
    n = common.if_known(lambda: _n_to_select(ctx))
    columns = ctx.data.columns if isinstance(n, Unknown) else n
    yield Member("estimator_", ctx.params["estimator"], ctx.data.with_columns(columns))


def _selected(ctx: Context) -> dict[str, Input]:
    return {"estimator_": Input(ctx.estimator.get_feature_names_out)}


_RFE = {
    "estimator_": members.PREDICTS,
    **roles(
        structure="support_ n_features_",
        diagnostic="ranking_ step_n_features_ step_ranking_ step_scores_ step_support_",
    ),
}
SPECS["RFE"] = Spec(
    _RFE,
    decides={"n_features_to_select": ("estimator_",)},
    members=_eliminated,
    columns_out="n_features_to_select",
    sizes={"n_features_to_select": _n_to_select},
    float32=True,
    extras={"inputs": _selected},
)


def _n_validated(ctx: Context) -> Any:
    p = ctx.data.n_features
    return between(min(ctx.params["min_features_to_select"], p), p)


def _validated(ctx: Context) -> Iterator[Member]:
    columns = common.if_known(lambda: _n_validated(ctx))
    yield Member("estimator_", ctx.params["estimator"], ctx.data.with_columns(columns))


SPECS["RFECV"] = Spec(
    {**_RFE, "cv_results_": "diagnostic"},
    decides={"min_features_to_select": ("estimator_",)},
    members=_validated,
    columns_out="n_selected",
    sizes={"n_selected": _n_validated},
    float32=True,
    extras={"inputs": _selected},
)
# Which features pass is computed from the estimator each time, and nothing else is.
_GIVES_MASK = Rule("estimator", when=lambda ctx: False, otherwise="structure")
SPECS["SelectFromModel"] = Spec(
    {"estimator_": _GIVES_MASK, "max_features_": "structure"},
    members=lambda ctx: [
        Member("estimator_", ctx.params["estimator"], ctx.data, fitted=ctx.params["prefit"])
    ],
    columns_out="n_selected",
    sizes={"n_selected": Unknown("depends on the features' importances")},
    float32=True,
)
SPECS["SequentialFeatureSelector"] = Spec(
    roles(structure="support_ n_features_to_select_"),
    columns_out="n_features_to_select",
    sizes={"n_features_to_select": _n_to_select},
    float32=True,
    extras={"limits": common.at_most("n_features_to_select", "columns", less=lambda ctx: True)},
)
