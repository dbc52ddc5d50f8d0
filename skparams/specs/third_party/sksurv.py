"""scikit-survival: trees with a curve in each leaf, and Cox models with their baseline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from skparams._records import Unknown
from skparams.specs import CoefficientTable, Context, Part, Rule, Spec, parameter, roles, trees

SPECS: dict[str, Spec] = {}

_NO_PLAN = Unknown("depends on the times in the data")
_CURVES = Unknown("the two curves of a leaf follow from its events, whose number is not kept")


def _tree(ctx: Context) -> Iterator[Part]:
    """Yield thresholds, and in each leaf the cumulative hazard and the survival at each time."""
    for part in trees.tree_parts(ctx.value, classes=False):
        if part.path == ".value":
            low_memory = part.array.shape[-1] == 1
            dims = ("n_nodes", "1", "1") if low_memory else ("n_nodes", "n_times", "2")
            part = replace(part, dims=dims, free=None if low_memory else _CURVES)
        yield part


_TIMES = roles(structure="unique_times_ is_event_time_")
SPECS["tree.tree.SurvivalTree"] = Spec(
    {
        "tree_": Rule("parameter", parts=_tree),
        **_TIMES,
        "max_features_": "structure",
        "n_classes_": "structure",
    },
    decides=dict.fromkeys(trees.LIMITS, ("tree_",)),
    members=_NO_PLAN,
    extras={"n_samples": lambda ctx: ctx.values["tree_"].n_node_samples[0]},
)
SPECS["ensemble.forest._BaseSurvivalForest"] = Spec(
    {
        "estimators_": "estimator",
        **trees.FOREST,
        **_TIMES,
        **roles(structure="estimator class_weight"),
    },
    decides=dict.fromkeys(("n_estimators", *trees.LIMITS), ("estimators_",)),
    members=_NO_PLAN,
)


def _baseline(path: str, model: Any) -> Iterator[Part]:
    """Yield the cumulative hazard at each time, which rises at events only; survival follows."""
    hazard, survival = model.cum_baseline_hazard_, model.baseline_survival_
    rises = int(np.count_nonzero(np.diff(hazard.y, prepend=0.0)))
    yield Part(f"{path}.cum_baseline_hazard_.y", hazard.y, ("n_times",), free=rises)
    yield Part(f"{path}.cum_baseline_hazard_.x", hazard.x, ("n_times",), role="structure")
    for axis in ("x", "y"):
        path_in = f"{path}.baseline_survival_.{axis}"
        yield Part(path_in, getattr(survival, axis), ("n_times",), role="structure")


def _baselines(ctx: Context) -> Iterator[Part]:
    for i, model in enumerate(ctx.value or ()):
        yield from _baseline(f"[{i}]", model)


def _coefficients(ctx: Context) -> CoefficientTable:
    alphas = tuple(f"alpha={alpha:.3g}" for alpha in ctx.values["alphas_"])
    return CoefficientTable("coef_", ctx.values["coef_"], columns=alphas)


_BASELINE = Rule("parameter", parts=lambda ctx: _baseline("", ctx.value))
SPECS["linear_model.coxph.CoxPHSurvivalAnalysis"] = Spec(
    {"coef_": parameter("n_features"), "_baseline_model": _BASELINE}, members=_NO_PLAN
)
SPECS["ensemble.boosting.GradientBoostingSurvivalAnalysis"] = Spec(
    {
        "estimators_": "estimator",
        "_baseline_model": _BASELINE,
        **roles(
            structure="init init_ criterion alpha _loss _raw_predict_init max_features_ "
            "n_estimators_ n_trees_per_iteration_ _scale",
            diagnostic="train_score_ oob_improvement_ oob_score_ oob_scores_",
            random="_rng",
        ),
    },
    decides=dict.fromkeys(("n_estimators", *trees.LIMITS), ("estimators_",)),
    members=_NO_PLAN,
)
SPECS["linear_model.coxnet.CoxnetSurvivalAnalysis"] = Spec(
    {
        "coef_": parameter("n_features", "n_alphas", free="nonzero"),
        "offset_": parameter("n_alphas", free="nonzero"),
        "_baseline_models": Rule("parameter", parts=_baselines),
        **roles(structure="penalty_factor_ alpha_min_ratio_", diagnostic="deviance_ratio_"),
    },
    members=_NO_PLAN,
    extras={"coefficients": _coefficients},
)
