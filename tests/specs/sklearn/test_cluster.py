"""Clustering: centers are parameters, results for the training rows are not."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.cluster import (
    DBSCAN,
    HDBSCAN,
    OPTICS,
    AffinityPropagation,
    AgglomerativeClustering,
    Birch,
    BisectingKMeans,
    FeatureAgglomeration,
    KMeans,
    MeanShift,
    MiniBatchKMeans,
    SpectralBiclustering,
    SpectralClustering,
    SpectralCoclustering,
)

from skparams import fitted_params, plan
from tests.specs.checks import check_roles
from tests.specs.sweeps import counts, fitted, flag, held, one_of, rows
from tests.sweep import sweep

SEEDS = sweep(range(8), 1)


@pytest.mark.parametrize("seed", SEEDS)
def test_k_means(seed):
    rng = np.random.default_rng(seed)
    X = rows(rng)
    k = int(rng.integers(1, 9))
    estimator = one_of(
        rng,
        KMeans(k, algorithm=one_of(rng, "lloyd", "elkan"), n_init=1),
        MiniBatchKMeans(k, batch_size=15, n_init=1, max_iter=3),
    )
    model = held(estimator, one_of(rng, X, sparse.csr_array(X)))
    assert counts(model) == (k * X.shape[1],) * 2
    assert plan(estimator, n_features=7).cost.predict_macs_per_sample == 7 * k
    if isinstance(estimator, MiniBatchKMeans):
        check_roles(estimator.partial_fit(X).partial_fit(X))


@pytest.mark.parametrize("seed", SEEDS)
def test_bisecting_k_means(seed):
    rng = np.random.default_rng(seed)
    X = rows(rng)
    k, p = int(rng.integers(1, 9)), X.shape[1]
    strategy = one_of(rng, "biggest_inertia", "largest_cluster")
    model = held(BisectingKMeans(k, bisecting_strategy=strategy, random_state=0), X)
    nodes = 2 * (k - 1)
    assert counts(model) == ((k + nodes + 1) * p, (k + max(k - 2, 0)) * p)
    centers = [v for name, v in fitted_params(model).items() if name.endswith("].center")]
    assert len(centers) == nodes
    leaves = {tuple(np.round(center, 4)) for center in model.cluster_centers_ - model._X_mean}
    assert k == 1 or leaves <= {tuple(np.round(center, 4)) for center in centers}


@pytest.mark.parametrize("seed", SEEDS)
def test_numbers_of_clusters_that_fit_finds(seed):
    rng = np.random.default_rng(seed)
    X = rows(rng)
    found = one_of(
        rng,
        Birch(threshold=float(rng.uniform(0.1, 1)), n_clusters=one_of(rng, None, 2)),
        MeanShift(bandwidth=float(rng.uniform(0.2, 1))),
    )
    assert "found in fit" in plan(found, X).totals.stored.reason
    model = held(found, X, exact=False)
    centers = getattr(model, "subcluster_centers_", getattr(model, "cluster_centers_", None))
    assert counts(model) == (centers.size, centers.size)
    if isinstance(found, Birch):
        check_roles(Birch(n_clusters=None).partial_fit(X).partial_fit(X))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "make",
    [
        lambda rng: DBSCAN(eps=float(rng.uniform(0.1, 1))),
        lambda rng: HDBSCAN(
            store_centers=one_of(rng, None, "both"),
            metric=one_of(rng, "euclidean", "manhattan"),
            copy=True,
        ),
        lambda rng: OPTICS(cluster_method=one_of(rng, "xi", "dbscan")),
        lambda rng: AffinityPropagation(max_iter=20, random_state=0),
        lambda rng: AgglomerativeClustering(
            one_of(rng, 2, 3),
            linkage=one_of(rng, "ward", "average", "single"),
            compute_distances=flag(rng),
        ),
        lambda rng: SpectralClustering(2, affinity=one_of(rng, "rbf", "nearest_neighbors")),
        lambda rng: SpectralBiclustering(2, random_state=0),
        lambda rng: SpectralCoclustering(2, random_state=0),
    ],
)
def test_results_for_the_training_rows_are_no_parameters(make, seed):
    rng = np.random.default_rng(seed)
    assert counts(held(make(rng), rows(rng))) == (0, 0)


@pytest.mark.parametrize("seed", SEEDS)
def test_pooled_features(seed):
    rng = np.random.default_rng(seed)
    X = rows(rng)
    given = {"n_clusters": int(rng.integers(1, X.shape[1] + 1))}
    found = {"n_clusters": None, "distance_threshold": float(rng.uniform(0.1, 9))}
    settings = one_of(rng, given, found)
    estimator = FeatureAgglomeration(pooling_func=one_of(rng, np.mean, np.max), **settings)
    assert counts(held(estimator, X)) == (0, 0)


def test_a_tree_of_sparse_rows_has_no_mean():
    X = sparse.csr_array(np.eye(9, 3))
    assert "_X_mean" not in fitted_params(fitted(BisectingKMeans(2, random_state=0), X))
