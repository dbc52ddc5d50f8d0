"""Clustering: centers where new rows are assigned to them, else results for the training rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from skparams._records import Unknown
from skparams.specs import Context, Part, Rule, Spec, common, convergence, parameter, roles

SPECS: dict[str, Spec] = {}

_KMEANS: dict[str, Rule | str] = {
    "cluster_centers_": parameter("n_clusters", "n_features"),
    **roles(
        diagnostic="inertia_",
        structure="_tol _n_init _algorithm _n_threads _batch_size _init_size _n_features_out",
    ),
}
_LIMITS = common.at_most("n_clusters", "rows")
_EXTRAS = {"units": common.interchangeable("n_clusters"), "limits": _LIMITS}
_CENTERS_COST = common.predict_cost(lambda ctx: ctx.params["n_clusters"] * ctx.data.n_features)


def _kmeans(more: Mapping[str, Rule | str] = MappingProxyType({}), **spec: Any) -> Spec:
    return Spec({**_KMEANS, **more}, columns_out="n_clusters", float32=True, **spec)


SPECS["KMeans"] = _kmeans(
    extras={**_EXTRAS, "convergence": convergence.iterations}, cost=_CENTERS_COST
)
SPECS["MiniBatchKMeans"] = _kmeans(
    roles(
        state="_counts _ewa_inertia _ewa_inertia_min _no_improvement _n_since_last_reassign "
        "n_steps_",
        random="_random_state",
    ),
    extras=_EXTRAS,
    cost=_CENTERS_COST,
)


def _nodes(root: Any, path: str = "") -> Iterator[Part]:
    """Yield the centers below a node of the bisecting tree.

    A row goes down the tree to the nearer of two centers; that of the root is never used.
    Those of the leaves are the cluster centers once more, less the mean.
    """
    for side in ("left", "right"):
        node = getattr(root, side, None)
        if node is not None:
            leaf = getattr(node, "left", None) is None
            where = f"{path}.{side}" if path else side
            yield Part(f"[{where}].center", node.center, ("n_features",), free=0 if leaf else None)
            yield from _nodes(node, where)


def _nodes_before(ctx: Context) -> Iterator[Part]:
    k, p = ctx.params["n_clusters"], ctx.data.n_features
    if k > 1:
        yield Part("[…].center", count=2 * (k - 1) * p, free=(k - 2) * p)


SPECS["BisectingKMeans"] = _kmeans(
    {
        "_bisecting_tree": Rule(
            "parameter", parts=lambda ctx: _nodes(ctx.value), before=_nodes_before
        ),
        # What is added to the mean may be taken off the nodes.
        "_X_mean": parameter("n_features", free=0),
        **roles(structure="_kmeans_single", random="_random_state"),
    },
    decides={"n_clusters": ("_bisecting_tree",)},
    extras={"limits": _LIMITS},
)


_FOUND = Unknown("the number of clusters is found in fit")


def _squared_norms(ctx: Context) -> np.ndarray:
    centers = ctx.values["subcluster_centers_"]
    return np.einsum("ij,ij->i", centers, centers)


SPECS["Birch"] = Spec(
    {
        "subcluster_centers_": parameter("n_subclusters", "n_features"),
        **roles(structure="subcluster_labels_ _n_features_out"),
        "_subcluster_norms": Rule("derived", derive=_squared_norms),
        # The tree of features, from which partial_fit goes on, is not looked into.
        "root_": Rule("state", parts=lambda ctx: ()),
        "dummy_leaf_": Rule("state", parts=lambda ctx: ()),
    },
    sizes={"n_subclusters": _FOUND},
    columns_out="n_subclusters",
    float32=True,
)
SPECS["MeanShift"] = Spec(
    {"cluster_centers_": parameter("n_clusters", "n_features")},
    sizes={"n_clusters": _FOUND},
    extras={"convergence": convergence.iterations},
    float32=True,
)
# Its centers are training rows.
SPECS["AffinityPropagation"] = Spec(
    roles(data="cluster_centers_", structure="cluster_centers_indices_", output="affinity_matrix_"),
    extras={"convergence": convergence.iterations},
)
SPECS["DBSCAN"] = Spec(roles(data="components_", output="core_sample_indices_"))
SPECS["HDBSCAN"] = Spec(
    roles(
        output="probabilities_ centroids_ medoids_ dbscan_clustering_ _single_linkage_tree_",
        data="_raw_data",
        structure="_min_samples _metric_params",
    )
)
SPECS["OPTICS"] = Spec(
    roles(output="ordering_ core_distances_ reachability_ predecessor_ cluster_hierarchy_")
)
SPECS["SpectralClustering"] = Spec({"affinity_matrix_": "output"})
# Of SpectralBiclustering and SpectralCoclustering.
SPECS["BaseSpectral"] = Spec(roles(output="row_labels_ column_labels_ rows_ columns_"))
_MERGES = roles(
    output="children_ distances_",
    diagnostic="n_connected_components_",
    metadata="n_leaves_",
    structure="n_clusters_",
)
SPECS["AgglomerativeClustering"] = Spec(_MERGES)
# Here the labels are of features, and transform pools by them.
SPECS["FeatureAgglomeration"] = Spec(
    {**_MERGES, **roles(structure="labels_ _n_features_out")},
    sizes={
        "n_clusters": lambda ctx: (
            _FOUND if ctx.params["n_clusters"] is None else ctx.params["n_clusters"]
        )
    },
    columns_out="n_clusters",
    extras={"limits": common.at_most("n_clusters", "columns")},
)
