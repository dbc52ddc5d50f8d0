"""Embeddings of the training rows; those that can place new rows keep training rows for that.

Where new rows are placed between the embedded ones, the embedding is what was learned.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from skparams._records import DataShape
from skparams.specs import (
    After,
    Member,
    Params,
    Spec,
    made,
    orthonormal_columns,
    parameter,
    register,
)

register(
    "sklearn.MDS",
    Spec(
        {
            "dissimilarity_matrix_": "output",
            "stress_": "diagnostic",
            **dict.fromkeys(("_init", "_metric", "_metric_mds", "_n_init"), "structure"),
        }
    ),
)
register(
    "sklearn.ClassicalMDS",
    Spec({"dissimilarity_matrix_": "output", "eigenvalues_": "output"}),
)
register(
    "sklearn.TSNE",
    Spec(
        {
            "learning_rate_": "tuned",
            "kl_divergence_": "diagnostic",
            "_learning_rate": "structure",  # scikit-learn < 1.9
        }
    ),
)
register(
    "sklearn.SpectralEmbedding",
    Spec({"affinity_matrix_": "output", "n_neighbors_": "tuned", "gamma_": "tuned"}),
)


def _isomap(params: Params, data: DataShape, after: After) -> Iterator[Member]:
    """Yield the search for neighbours, and the kernel PCA of the distances between rows."""
    yield Member("nbrs_", made("sklearn.neighbors.NearestNeighbors"), data)
    settings = {
        "n_components": params["n_components"],
        "kernel": "precomputed",
        "eigen_solver": params["eigen_solver"],
    }
    kernel_pca = made("sklearn.decomposition.KernelPCA", settings)
    yield Member("kernel_pca_", kernel_pca, replace(data, columns=data.rows))


register(
    "sklearn.Isomap",
    Spec(
        {
            "nbrs_": "estimator",
            "kernel_pca_": "estimator",
            "dist_matrix_": "derived",
            "_n_features_out": "structure",
        },
        members=_isomap,
        n_features_out="n_components",
        passes_float32=True,
    ),
)


def _neighbours(params: Params, data: DataShape, after: After) -> Iterator[Member]:
    yield Member("nbrs_", made("sklearn.neighbors.NearestNeighbors"), data)


register(
    "sklearn.LocallyLinearEmbedding",
    Spec(
        {
            "nbrs_": "estimator",
            "embedding_": parameter("n_samples", "n_components", free=orthonormal_columns),
            "reconstruction_error_": "diagnostic",
            "_n_features_out": "structure",
        },
        members=_neighbours,
        n_features_out="n_components",
    ),
)
