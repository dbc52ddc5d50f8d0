"""Neighbors: nothing is estimated, training rows are kept and searched."""

from __future__ import annotations

from collections.abc import Iterator

from skparams.specs import (
    Context,
    Part,
    Rule,
    Spec,
    common,
    convergence,
    parameter,
    roles,
    smoothers,
)

SPECS: dict[str, Spec] = {}


def _rows_of(ctx: Context) -> Iterator[Part]:
    """Yield the rows in a search tree, often those of ``_fit_X`` themselves."""
    return common.search_tree(ctx.value)


SEARCH: dict[str, Rule | str] = {
    **roles(
        data="_fit_X _y",
        structure="_fit_method effective_metric_params_ outputs_2d_ outlier_label_ "
        "n_neighbors radius _n_features_out",
    ),
    "_tree": Rule("data", parts=_rows_of),
    "effective_metric_": "structure",  # the metric's name, resolved without a look at the data
}
# Of NearestNeighbors, and of the classifiers and regressors among neighbors.
SPECS["NeighborsBase"] = Spec(SEARCH)
SPECS["KNeighborsRegressor"] = Spec(SEARCH, extras={"effective": smoothers.nearest_neighbors})
for _name in ("KNeighborsTransformer", "RadiusNeighborsTransformer"):
    SPECS[_name] = Spec(SEARCH, columns_out="n_samples")


def _has_threshold(ctx: Context) -> bool:
    """Whether a threshold is learned, and used for new rows."""
    return bool(ctx.params.get("novelty")) and ctx.params.get("contamination", "auto") != "auto"


SPECS["LocalOutlierFactor"] = Spec(
    {
        **SEARCH,
        "n_neighbors_": "tuned",
        "offset_": parameter("1", when=_has_threshold, otherwise="structure"),
        **roles(derived="_distances_fit_X_ _lrd", output="negative_outlier_factor_"),
    },
    float32=True,
    decides={"novelty": ("offset_",), "contamination": ("offset_",)},
)
SPECS["KernelDensity"] = Spec(
    {"tree_": Rule("data", parts=_rows_of), "bandwidth_": "tuned"},
    extras={"n_samples": lambda ctx: len(ctx.values["tree_"].data)},
)


def _has_priors(ctx: Context, kind: str) -> bool:
    priors = ctx.params.get("priors", "uniform")
    return isinstance(priors, str) and priors == kind


def _weighs_distances(ctx: Context) -> bool:
    """Whether predictions need more than which centroid is nearest."""
    return ctx.params.get("metric", "euclidean") == "euclidean" or not _has_priors(ctx, "uniform")


SPECS["NearestCentroid"] = Spec(
    {
        "centroids_": parameter("n_classes", "n_features"),
        "class_prior_": parameter(
            "n_classes",
            free=common.simplex,
            when=lambda ctx: _has_priors(ctx, "empirical"),
            otherwise="structure",
        ),
        "within_class_std_dev_": parameter("n_features", when=_weighs_distances),
        **roles(auxiliary="deviations_", structure="true_classes_"),
    },
    decides={"priors": ("class_prior_",), "metric": ("within_class_std_dev_",)},
    cost=common.predict_cost(lambda ctx: ctx.data.n_classes * ctx.data.n_features),
)


def _limit_reached(ctx: Context) -> str | None:
    """Count the first evaluation out, which the number of iterations includes."""
    limit = ctx.params["max_iter"]
    return convergence.at_limit(int(ctx.values["n_iter_"] > limit), 1, limit)


SPECS["NeighborhoodComponentsAnalysis"] = common.decomposition(
    roles(random="random_state_", structure="_n_features_out"),
    common.n_or_all,
    projects=True,
    extras={
        "convergence": _limit_reached,
        "limits": common.at_most("n_components", "columns"),
    },
)
