"""imbalanced-learn: samplers, which predictions do not use, and ensembles with samplers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from skparams._records import DataShape, Unknown, between
from skparams.specs import Context, Member, Spec, members, roles, trees

SPECS: dict[str, Spec] = {}


def _resampled(data: DataShape) -> DataShape:
    return replace(data, rows=Unknown("depends on the rows that a sampler leaves"))


def _one_after_another(ctx: Context) -> Iterator[Member]:
    data = ctx.data
    last = len(ctx.params["steps"]) - 1
    for i, (name, step) in enumerate(ctx.params["steps"]):
        if not members.dropped(step):
            yield Member(name, step, data)
        if hasattr(step, "fit_resample"):
            data = _resampled(data)
        elif i < last:
            data = ctx.after(step, data)


SPECS["pipeline.Pipeline"] = Spec(
    {"steps": "estimator"},
    route="chained",
    members=_one_after_another,
    columns_out=members.columns_behind,
)
# The estimators inside serve the sampling alone: what they learned predicts nothing.
SPECS["base.SamplerMixin"] = Spec(
    roles(
        structure="sampling_strategy sampling_strategy_ voting_ shrinkage_",
        auxiliary=(
            "categorical_encoder_ categorical_features_ classes_to_clean_ "
            "cluster_balance_threshold_ continuous_features_ median_std_ n_features_ "
            "edited_nearest_neighbours_ enn_ estimator_ estimators_ kmeans_estimator_ "
            "nn_ nn_k_ nn_m_ nns_ smote_ svm_estimator_ tomek_"
        ),
        output="sample_indices_ in_danger_indices",
    ),
    columns_out="n_features",
)


def _trees(ctx: Context) -> Iterator[Member]:
    data = ctx.data
    limits = {name: ctx.params[name] for name in trees.LIMITS if name in ctx.params}
    tree = members.made("sklearn.tree.DecisionTreeClassifier", limits)
    if isinstance(data.rows, int):
        data = replace(data, rows=between(1, data.rows))
    yield Member("estimators_", tree, data, ctx.params["n_estimators"])


_SAMPLERS = {
    **roles(structure="base_sampler_ samplers_ _sampling_strategy"),
    "pipelines_": "structure",  # the same estimators behind their samplers
}
SPECS["ensemble.BalancedRandomForestClassifier"] = Spec(
    {
        "estimators_": "estimator",
        **roles(structure="estimator", metadata="_n_features"),
        **trees.FOREST,
        **_SAMPLERS,
    },
    decides=dict.fromkeys(("n_estimators", *trees.LIMITS), ("estimators_",)),
    members=_trees,
)


def _sampled(ctx: Context, *, default: str) -> Iterator[Member]:
    estimator = members.made(default, given=ctx.params["estimator"])
    columns = ctx.data.columns
    if isinstance(columns, int) and isinstance(share := ctx.params.get("max_features", 1.0), float):
        columns = max(int(share * columns), 1)
    elif "max_features" in ctx.params:
        columns = ctx.params["max_features"]
    yield Member(
        "estimators_",
        estimator,
        replace(_resampled(ctx.data), columns=columns, head=None),
        ctx.params["n_estimators"],
    )


_BAG = {**trees.BAGGED, **roles(structure="sampler_"), **_SAMPLERS}
SPECS["ensemble.BalancedBaggingClassifier"] = Spec(
    _BAG,
    decides={"n_estimators": ("estimators_",)},
    members=partial(_sampled, default="sklearn.tree.DecisionTreeClassifier"),
)
SPECS["ensemble.EasyEnsembleClassifier"] = Spec(
    {**_BAG, **roles(structure="bootstrap bootstrap_features max_features max_samples oob_score")},
    decides={"n_estimators": ("estimators_",)},
    members=partial(_sampled, default="sklearn.ensemble.AdaBoostClassifier"),
)


def _boosted(ctx: Context) -> Iterator[Member]:
    estimator = members.made(
        "sklearn.tree.DecisionTreeClassifier", {"max_depth": 1}, given=ctx.params["estimator"]
    )
    yield Member(
        "estimators_", estimator, _resampled(ctx.data), between(1, ctx.params["n_estimators"])
    )


SPECS["ensemble.RUSBoostClassifier"] = Spec(
    {**trees.BOOSTED, **_SAMPLERS},
    decides={"n_estimators": ("estimators_", "estimator_weights_")},
    members=_boosted,
)
