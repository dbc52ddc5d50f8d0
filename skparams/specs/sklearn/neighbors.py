"""Neighbours: nothing is estimated, training rows are kept and searched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from skparams.specs import Params, Part, Rule, Spec, nearest_neighbors, parameter, register, row_of
from skparams.specs.sklearn.decomposition import n_or_all


def _rows_of(tree: Any) -> Iterator[Part]:
    """Yield the rows in a search tree, often those of ``_fit_X`` themselves."""
    if hasattr(tree, "get_arrays"):
        rows, indices, nodes, bounds = tree.get_arrays()
        yield Part(".data", np.asarray(rows), role="data")
        for name, array in (("idx_array", indices), ("node_data", nodes), ("bounds", bounds)):
            yield Part(f".{name}", np.asarray(array), role="structure")


SEARCH: dict[str, Rule | str] = {
    "_fit_X": "data",
    "_tree": Rule("data", parts=_rows_of),
    "_y": "data",
    "_fit_method": "structure",
    "effective_metric_": "structure",  # the metric's name, resolved without a look at the data
    "effective_metric_params_": "structure",
    "outputs_2d_": "structure",
    "outlier_label_": "structure",
    "n_neighbors": "structure",
    "radius": "structure",
    "_n_features_out": "structure",
}
# Of NearestNeighbors, and of the classifiers and regressors among neighbours.
register("sklearn.NeighborsBase", Spec(SEARCH))
register("sklearn.KNeighborsRegressor", Spec(SEARCH, effective=nearest_neighbors))
for _name in ("KNeighborsTransformer", "RadiusNeighborsTransformer"):
    register(
        f"sklearn.{_name}",
        Spec(SEARCH, n_features_out="n_samples"),
    )


def _has_threshold(params: Params) -> bool:
    """Say whether a threshold is learned, and asked for new rows."""
    return bool(params.get("novelty")) and params.get("contamination", "auto") != "auto"


register(
    "sklearn.LocalOutlierFactor",
    Spec(
        {
            **SEARCH,
            "n_neighbors_": "tuned",
            "offset_": parameter("1", when=_has_threshold, otherwise="structure"),
            "_distances_fit_X_": "derived",
            "_lrd": "derived",
            "negative_outlier_factor_": "output",
        },
        keeps_float32=True,
        decides={"novelty": ("offset_",), "contamination": ("offset_",)},
    ),
)
register(
    "sklearn.KernelDensity",
    Spec({"tree_": Rule("data", parts=_rows_of), "bandwidth_": "tuned"}),
)


def _has_priors(params: Params, kind: str) -> bool:
    priors = params.get("priors", "uniform")
    return isinstance(priors, str) and priors == kind


def _weighs_distances(params: Params) -> bool:
    """Say whether more is asked for than which centroid is the nearest."""
    return params.get("metric", "euclidean") == "euclidean" or not _has_priors(params, "uniform")


register(
    "sklearn.NearestCentroid",
    Spec(
        {
            "centroids_": parameter("n_classes", "n_features"),
            "class_prior_": parameter(
                "n_classes",
                free=lambda shape, params: shape[0] - 1,
                when=lambda params: _has_priors(params, "empirical"),
                otherwise="structure",
            ),
            "within_class_std_dev_": parameter("n_features", when=_weighs_distances),
            "deviations_": "auxiliary",
            "true_classes_": "structure",
        },
        decides={"priors": ("class_prior_",), "metric": ("within_class_std_dev_",)},
        cost=row_of(lambda data, params: data.n_classes * data.n_features),
    ),
)


register(
    "sklearn.NeighborhoodComponentsAnalysis",
    Spec(
        {
            "components_": parameter("n_components", "n_features"),
            "random_state_": "random",
            "_n_features_out": "structure",
        },
        sizes={"n_components": n_or_all},
        n_features_out="n_components",
        cost=row_of(lambda data, params: n_or_all(data, params) * data.n_features),
    ),
)
