"""PyOD: detectors of outliers, around estimators of scikit-learn or with arrays of their own."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from skparams._records import Unknown
from skparams.specs import Context, Part, Rule, Spec, common, parameter, roles

SPECS: dict[str, Spec] = {}

_RATIOS = Unknown("shares of the variance sum to one where there are all of them")

_BASE: dict[str, Rule | str] = {
    "threshold_": parameter(),
    # predict_proba compares with the scores of the training rows, so they are no mere output.
    "decision_scores_": Rule("structure", ("n_samples",)),
    "_mu": Rule("derived", derive=lambda ctx: np.mean(ctx.values["decision_scores_"])),
    "_sigma": Rule("derived", derive=lambda ctx: np.std(ctx.values["decision_scores_"])),
    # Without labels_ a detector says that it is not fitted.
    **roles(structure="_classes labels_", estimator="detector_"),
}


def _detector(*names: str, **rules: Rule | str) -> None:
    """Register a class by its name, in a module of that name in small letters."""
    for name in names:
        module = "base" if name == "BaseDetector" else name.lower()
        SPECS[f"models.{module}.{name}"] = Spec(
            {**_BASE, **rules},
            members=Unknown("depends on what the detector makes of the data"),
            extras={"fitted": lambda ctx: ctx.values.get("decision_scores_") is not None},
        )


def _shares(ctx: Context) -> int:
    """Count all but one number of each histogram, which are along the first axis."""
    return prod(ctx.shape[1:]) * (ctx.shape[0] - 1)


def _ends(ctx: Context) -> int:
    """Count the two ends of each histogram, as its bins have one width."""
    return 2 * prod(ctx.shape[1:])


def _tree(ctx: Context) -> Iterator[Part]:
    return common.search_tree(ctx.value)


def _centroids(ctx: Context) -> Iterator[Part]:
    """Yield the training rows that are centers, one row each."""
    yield Part("", ctx.value.reshape(-1, ctx.value.shape[-1]), role="data")


def _large_centers(ctx: Context) -> np.ndarray:
    return ctx.values["cluster_centers_"][ctx.values["large_cluster_labels_"]]


_detector("BaseDetector", "IForest", "LOF", "OCSVM", "MCD", "GMM", "SOD", "SOS", "LOCI")
_detector("COF", n_train_="metadata", n_neighbors_="structure")
_detector("KDE", kde_="estimator")
_detector("KPCA", kpca="estimator", n_selected_components_="structure")
# What the last call computed, for the training rows and those it was given.
_LAST_CALL = roles(data="X_train", output="U_l U_r U_skew O")
_detector("ECOD", "COPOD", **_LAST_CALL)
_detector("KNN", neigh_="estimator", tree_=Rule("data", parts=_tree))
_detector("ABOD", X_train_="data", n_train_="metadata", neigh_="estimator", tree_="estimator")
_detector("HBOS", hist_=Rule("parameter", free=_shares), bin_edges_=Rule("parameter", free=_ends))
# A histogram of the rows on each random direction; ``histograms_`` has them as rows.
_detector(
    "LODA",
    weights="structure",
    projections_="random",
    histograms_=Rule("parameter", free=common.simplex),
    limits_=Rule("parameter", free=lambda ctx: 2 * prod(ctx.shape[:-1])),
)
# The distances to the components are all that is computed, so that the inner PCA is not used.
_detector(
    "PCA",
    scaler_="estimator",
    selected_components_=parameter("n_selected", "n_features", free=common.orthonormal),
    selected_w_components_=parameter(
        "n_selected", free=_RATIOS, when="weighted", otherwise="structure"
    ),
    **roles(
        auxiliary="detector_ components_ w_components_",
        structure="n_components_ n_selected_components_",
    ),
)
_detector(
    "CBLOF",
    clustering_estimator_="estimator",
    cluster_centers_=parameter("n_clusters", "n_features"),
    cluster_sizes_=parameter("n_clusters", when="use_weights", otherwise="structure"),
    _large_cluster_centers=Rule("derived", derive=_large_centers),
    **roles(
        output="cluster_labels_",
        structure="n_clusters_ _clustering_threshold small_cluster_labels_ large_cluster_labels_",
    ),
)
# The radii and their ratios follow from the rows that are centers.
_detector(
    "INNE",
    _centroids=Rule("data", parts=_centroids),
    **roles(structure="max_samples_", derived="_centroids_radius _ratio", random="_seeds"),
)
# The threshold is an argument.
_detector("MAD", threshold_="structure", median_=parameter(), median_diff_=parameter())
