"""imbalanced-learn: samplers, which predictions do not use, and ensembles with samplers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from skparams._records import DataShape, Unknown, between
from skparams.specs import After, Member, Params, Rule, Spec, dropped, made, register
from skparams.specs.sklearn.boosting import weights, weights_before
from skparams.specs.sklearn.forest import FOREST
from skparams.specs.sklearn.pipeline import columns_behind
from skparams.specs.sklearn.tree import LIMITS


def _resampled(data: DataShape) -> DataShape:
    return replace(data, rows=Unknown("depends on the rows that a sampler leaves"))


def _one_after_another(params: Params, data: DataShape, after: After) -> Iterator[Member]:
    last = len(params["steps"]) - 1
    for i, (name, step) in enumerate(params["steps"]):
        if not dropped(step):
            yield Member(name, step, data)
        if hasattr(step, "fit_resample"):
            data = _resampled(data)
        elif i < last:
            data = after(step, data)


register(
    "imblearn.Pipeline",
    Spec(
        {"steps": "estimator"},
        chained=True,
        members=_one_after_another,
        columns_out=columns_behind,
    ),
)
# The estimators inside serve the sampling alone: what they learned predicts nothing.
register(
    "imblearn.SamplerMixin",
    Spec(
        {
            **dict.fromkeys(
                ("sampling_strategy", "sampling_strategy_", "voting_", "shrinkage_"), "structure"
            ),
            **dict.fromkeys(
                (
                    "categorical_encoder_",
                    "categorical_features_",
                    "classes_to_clean_",
                    "cluster_balance_threshold_",
                    "continuous_features_",
                    "median_std_",
                    "n_features_",
                ),
                "auxiliary",
            ),
            **dict.fromkeys(
                (
                    "edited_nearest_neighbours_",
                    "enn_",
                    "estimator_",
                    "estimators_",
                    "kmeans_estimator_",
                    "nn_",
                    "nn_k_",
                    "nn_m_",
                    "nns_",
                    "smote_",
                    "svm_estimator_",
                    "tomek_",
                ),
                "auxiliary",
            ),
            "sample_indices_": "output",
            "in_danger_indices": "output",
        },
        n_features_out="n_features",
    ),
)


def _trees(params: Params, data: DataShape, after: After) -> Iterator[Member]:
    limits = {name: params[name] for name in LIMITS if name in params}
    tree = made("sklearn.tree.DecisionTreeClassifier", limits)
    if isinstance(data.rows, int):
        data = replace(data, rows=between(1, data.rows))
    yield Member("estimators_", tree, data, params["n_estimators"])


_SAMPLERS = {
    "base_sampler_": "structure",
    "samplers_": "structure",
    "pipelines_": "structure",  # the same estimators behind their samplers
    "_sampling_strategy": "structure",
}
register(
    "imblearn.BalancedRandomForestClassifier",
    Spec(
        {
            "estimators_": "estimator",
            "estimator": "structure",
            "_n_features": "metadata",
            **FOREST,
            **_SAMPLERS,
        },
        decides=dict.fromkeys(("n_estimators", *LIMITS), ("estimators_",)),
        members=_trees,
    ),
)


def _sampled(params: Params, data: DataShape, after: After, *, default: str) -> Iterator[Member]:
    estimator = params["estimator"]
    if estimator is None:
        estimator = made(default)
    columns = data.columns
    if isinstance(columns, int) and isinstance(share := params.get("max_features", 1.0), float):
        columns = max(int(share * columns), 1)
    elif "max_features" in params:
        columns = params["max_features"]
    yield Member(
        "estimators_",
        estimator,
        replace(_resampled(data), columns=columns, head=None),
        params["n_estimators"],
    )


_BAG = {
    "estimators_": "estimator",
    "estimator_": "structure",  # a template, not fitted
    "estimators_features_": "structure",
    "estimator_params": "structure",
    "oob_score_": "diagnostic",
    "sampler_": "structure",
    "_max_features": "structure",
    "_max_samples": "structure",
    "_n_samples": "metadata",
    "_sample_weight": "metadata",
    "_seeds": "random",
    **_SAMPLERS,
}
register(
    "imblearn.BalancedBaggingClassifier",
    Spec(
        _BAG,
        decides={"n_estimators": ("estimators_",)},
        members=partial(_sampled, default="sklearn.tree.DecisionTreeClassifier"),
    ),
)
register(
    "imblearn.EasyEnsembleClassifier",
    Spec(
        {
            **_BAG,
            **dict.fromkeys(
                ("bootstrap", "bootstrap_features", "max_features", "max_samples", "oob_score"),
                "structure",
            ),
        },
        decides={"n_estimators": ("estimators_",)},
        members=partial(_sampled, default="sklearn.ensemble.AdaBoostClassifier"),
    ),
)


def _boosted(params: Params, data: DataShape, after: After) -> Iterator[Member]:
    estimator = params["estimator"]
    if estimator is None:
        estimator = made("sklearn.tree.DecisionTreeClassifier", {"max_depth": 1})
    yield Member("estimators_", estimator, _resampled(data), between(1, params["n_estimators"]))


register(
    "imblearn.RUSBoostClassifier",
    Spec(
        {
            "estimator_weights_": Rule("parameter", parts=weights, before=weights_before),
            "estimators_": "estimator",
            "estimator_": "structure",  # a template, not fitted
            "estimator_errors_": "diagnostic",
            "estimator_params": "structure",
            **_SAMPLERS,
        },
        decides={"n_estimators": ("estimators_", "estimator_weights_")},
        members=_boosted,
    ),
)
