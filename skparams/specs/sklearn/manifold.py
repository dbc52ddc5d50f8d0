"""Embeddings of the training rows; those that can place new rows keep training rows for that.

Where new rows are placed between the embedded ones, the embedding is what was learned.
"""

from __future__ import annotations

from collections.abc import Iterator

from skparams.specs import Context, Member, Spec, common, convergence, members, parameter, roles

SPECS: dict[str, Spec] = {}

SPECS["MDS"] = Spec(
    roles(
        output="dissimilarity_matrix_",
        diagnostic="stress_",
        structure="_init _metric _metric_mds _n_init",
    ),
    extras={"convergence": convergence.iterations},
)
SPECS["ClassicalMDS"] = Spec(roles(output="dissimilarity_matrix_ eigenvalues_"))
SPECS["TSNE"] = Spec(
    {
        "learning_rate_": "tuned",
        "kl_divergence_": "diagnostic",
        "_learning_rate": "structure",  # scikit-learn < 1.9
    }
)
SPECS["SpectralEmbedding"] = Spec(
    {"affinity_matrix_": "output", "n_neighbors_": "tuned", "gamma_": "tuned"}
)


def _isomap(ctx: Context) -> Iterator[Member]:
    """Yield the search for neighbors, and the kernel PCA of the distances between rows."""
    yield Member("nbrs_", members.made("sklearn.neighbors.NearestNeighbors"), ctx.data)
    settings = {name: ctx.params[name] for name in ("n_components", "eigen_solver")}
    settings["kernel"] = "precomputed"
    kernel_pca = members.made("sklearn.decomposition.KernelPCA", settings)
    yield Member("kernel_pca_", kernel_pca, ctx.data.with_columns(ctx.data.rows))


SPECS["Isomap"] = Spec(
    {
        "nbrs_": "estimator",
        "kernel_pca_": "estimator",
        **roles(derived="dist_matrix_", structure="_n_features_out"),
    },
    members=_isomap,
    columns_out="n_components",
    float32=True,
)


SPECS["LocallyLinearEmbedding"] = Spec(
    {
        "nbrs_": "estimator",
        "embedding_": parameter("n_samples", "n_components", free=common.orthonormal),
        **roles(diagnostic="reconstruction_error_", structure="_n_features_out"),
    },
    members=lambda ctx: [
        Member("nbrs_", members.made("sklearn.neighbors.NearestNeighbors"), ctx.data)
    ],
    columns_out="n_components",
    extras={"limits": common.at_most("n_components", "columns")},
)
