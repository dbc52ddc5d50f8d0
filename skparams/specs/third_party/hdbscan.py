"""hdbscan: nothing is estimated, the training rows are kept for new ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from skparams.specs import Context, Part, Rule, Spec, attributes_of, common, roles

SPECS: dict[str, Spec] = {}


def _for_new_rows(ctx: Context) -> Iterator[Part]:
    """Yield what new rows are compared with: the rows, some of them again, and the clusters."""
    held = attributes_of(ctx.value)
    for name in ("raw_data", "core_distances", "neighbors", "cluster_tree"):
        if isinstance(held.get(name), np.ndarray):
            role = "data" if name == "raw_data" else "structure"
            yield Part(f".{name}", held[name], role=role)
    for name in ("cluster_map", "reverse_cluster_map", "max_lambdas", "leaf_max_lambdas"):
        if held.get(name):
            pairs = np.array([*held[name].items()], dtype=np.float64)
            yield Part(f".{name}", pairs, role="structure")
    for i, rows in enumerate(held.get("exemplars") or ()):
        yield Part(f".exemplars[{i}]", rows, role="data")
    for part in common.search_tree(held.get("tree")):
        yield replace(part, path=f".tree{part.path}")


SPECS["hdbscan_.HDBSCAN"] = Spec(
    {
        # Functions of the package read these, and no method does.
        "_prediction_data": Rule("structure", parts=_for_new_rows),
        "_branch_detection_data": Rule("structure", parts=_for_new_rows),
        **roles(
            data="_raw_data",
            output="probabilities_ _condensed_tree _single_linkage_tree _min_spanning_tree "
            "_outlier_scores",
            diagnostic="cluster_persistence_ _relative_validity",
            structure="_metric_kwargs _finite_index _all_finite",
        ),
    }
)
SPECS["robust_single_linkage_.RobustSingleLinkage"] = Spec(
    roles(output="_cluster_hierarchy", structure="_metric_kwargs")
)
SPECS["branches.BranchDetector"] = Spec(
    {
        "_clusterer": "estimator",
        **roles(
            output="probabilities_ cluster_labels_ cluster_probabilities_ branch_labels_ "
            "branch_probabilities_ centralities_ cluster_points_ _approximation_graphs "
            "_condensed_trees _cluster_linkage_trees _linkage_trees _branch_exemplars",
            diagnostic="branch_persistences_",
        ),
    }
)
