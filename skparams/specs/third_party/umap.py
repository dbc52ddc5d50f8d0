"""umap-learn: the places of the training rows, from which those of new rows follow."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from skparams._records import Unknown
from skparams.specs import Context, Part, Rule, Spec, attributes_of, parameter, roles

SPECS: dict[str, Spec] = {}

_TURNED = Unknown("where the output metric is Euclidean, rotations and shifts change nothing")


def _index(ctx: Context) -> Iterator[Part]:
    """Yield the rows in the search index of many rows, and its graph."""
    for name, value in attributes_of(ctx.value).items():
        if isinstance(value, np.ndarray) and value.dtype.kind in "iuf":
            yield Part(f".{name}", value, role="data" if name == "_raw_data" else "structure")


SPECS["umap_.UMAP"] = Spec(
    {
        "embedding_": parameter("n_samples", "n_components", free=_TURNED),
        "_knn_search_index": Rule("data", parts=_index),
        **roles(
            data="_raw_data",
            tuned="_a _b _n_neighbors _initial_alpha",
            # inverse_transform reads these.
            structure="graph_ _sigmas _rhos",
            auxiliary="graph_dists_ knn_indices knn_dists knn_search_index _knn_indices _knn_dists "
            "rad_orig_ rad_emb_ embedding_list_",
            metadata="n_epochs_list _sparse_data _small_data _supervised _input_hash "
            "_n_features_out _original_n_threads _validate_init",
        ),
        **roles(
            structure="_metric_kwds _output_metric_kwds _target_metric_kwds _densmap_kwds "
            "_input_distance_func _inverse_distance_func _output_distance_func "
            "_disconnection_distance _unique_inverse_ _transform_available"
        ),
    },
    columns_out="n_components",
)
