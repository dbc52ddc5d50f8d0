"""Decompositions: counts against formulas, and what is planned against what fit leaves."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.decomposition import (
    NMF,
    PCA,
    FactorAnalysis,
    FastICA,
    IncrementalPCA,
    LatentDirichletAllocation,
    MiniBatchNMF,
    TruncatedSVD,
)

from skparams import plan
from skparams.specs import Bounds, Unknown
from tests.specs.checks import check_roles
from tests.specs.sweeps import counts, fitted, flag, held, one_of, rows
from tests.sweep import sweep

SEEDS = sweep(range(8), 1)


def orthonormal(k, p):
    return k * p - k * (k + 1) // 2


@pytest.mark.parametrize("seed", SEEDS)
def test_pca(seed):
    rng = np.random.default_rng(seed)
    X = rows(rng, least=4, most=40)
    n, p = X.shape
    solver = one_of(rng, "auto", "full", "covariance_eigh", "arpack", "randomized")
    if solver == "randomized":
        X = X.astype(float)  # Q of a float32 X may be so on some LAPACKs only
    most = min(n, p) - (solver == "arpack")
    k = one_of(rng, None, int(rng.integers(1, most + 1)))
    whiten = flag(rng)
    estimator = PCA(k, svd_solver=solver, whiten=whiten, random_state=0)
    model = held(estimator, X)
    k = most if k is None else k
    assert model.components_.shape == (k, p)
    assert counts(model) == (k * p + p + k * whiten, orthonormal(k, p) + p + k * whiten)
    assert plan(estimator, X).cost.predict_macs_per_sample == k * p


@pytest.mark.parametrize("seed", SEEDS)
def test_pca_by_rules_is_bounded(seed):
    rng = np.random.default_rng(seed)
    X = rows(rng, least=8, most=40)
    n, p = X.shape
    share = float(rng.uniform(0.01, 0.99))
    estimator = PCA(one_of(rng, share, "mle"), svd_solver="full", whiten=flag(rng))
    model = held(estimator, X, exact=None)
    stored = plan(estimator, X).totals.stored
    assert isinstance(stored, Bounds) or min(n, p) <= 2
    k = model.n_components_
    whitened = k * bool(model.whiten)
    assert counts(model) == (k * p + p + whitened, orthonormal(k, p) + p + whitened)


def test_pca_of_one_feature_by_likelihood_keeps_none():
    X = np.random.default_rng(0).random((9, 1))
    assert held(PCA("mle"), X, exact=None).n_components_ == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_pca_of_streams(seed):
    rng = np.random.default_rng(seed)
    X = rows(rng)
    p = X.shape[1]
    k = one_of(rng, None, int(rng.integers(1, p + 1)))
    batch = one_of(rng, None, int(rng.integers(k or 2, 20)))
    whiten = flag(rng)
    model = held(IncrementalPCA(k, whiten=whiten, batch_size=batch), X)
    if k is None:
        k = min(p, 5 * p if batch is None else batch)
    assert counts(model) == (k * p + p + k * whiten, orthonormal(k, p) + p + k * whiten)
    check_roles(IncrementalPCA(k, whiten=whiten).partial_fit(X))


@pytest.mark.parametrize("seed", SEEDS)
def test_truncated_svd(seed):
    rng = np.random.default_rng(seed)
    X = rows(rng, least=3, most=12)
    n, p = X.shape
    algorithm = one_of(rng, "randomized", "arpack")
    most = p if algorithm == "randomized" else min(n, p) - 1
    k = int(rng.integers(1, most + 1))
    X = one_of(rng, X, sparse.csr_array(X))
    model = held(TruncatedSVD(k, algorithm=algorithm, random_state=0), X)
    k = min(k, n)
    assert model.components_.shape == (k, p)
    assert counts(model) == (k * p, orthonormal(k, p))


@pytest.mark.parametrize("seed", SEEDS)
def test_factorizations_of_positive_rows(seed):
    rng = np.random.default_rng(seed)
    X = rows(rng)
    p = X.shape[1]
    k = one_of(rng, "auto", None, int(rng.integers(1, 9)))
    settings = {"init": one_of(rng, "random", "nndsvda"), "max_iter": 3, "random_state": 0}
    if k == "auto" or k is None or k > min(X.shape):
        settings["init"] = "random"
    estimator = one_of(
        rng,
        NMF(k, solver=one_of(rng, "cd", "mu"), **settings),
        MiniBatchNMF(k, batch_size=10, forget_factor=0.7, **settings),
    )
    model = held(estimator, X)
    k = k if isinstance(k, int) else p
    assert counts(model) == (k * p, k * p)
    if isinstance(estimator, MiniBatchNMF):
        check_roles(MiniBatchNMF(k, init="random").partial_fit(X).partial_fit(X))


def test_nmf_with_custom_factors_is_not_guessed():
    assert isinstance(
        plan(NMF("auto", init="custom"), n_features=5, n_samples=9).totals.stored, Unknown
    )
    assert plan(NMF(2, init="custom"), n_features=5, n_samples=9).totals.stored == 10


@pytest.mark.parametrize("seed", SEEDS)
def test_topics(seed):
    rng = np.random.default_rng(seed)
    X = rows(rng).round()
    k = int(rng.integers(1, 8))
    settings = {
        "max_iter": 2,
        "learning_method": one_of(rng, "batch", "online"),
        "evaluate_every": one_of(rng, -1, 1),
        "random_state": 0,
    }
    model = held(LatentDirichletAllocation(k, **settings), X)
    assert counts(model) == (k * X.shape[1],) * 2
    check_roles(LatentDirichletAllocation(k).partial_fit(X))


@pytest.mark.parametrize("seed", SEEDS)
def test_independent_components(seed):
    rng = np.random.default_rng(seed)
    X = rows(rng)
    p = X.shape[1]
    k = one_of(rng, None, int(rng.integers(1, 9)))
    whiten = one_of(rng, "unit-variance", "arbitrary-variance", False)
    settings = {
        "algorithm": one_of(rng, "parallel", "deflation"),
        "whiten_solver": one_of(rng, "svd", "eigh"),
        "max_iter": 3,
        "random_state": 0,
    }
    model = held(FastICA(k, whiten=whiten, **settings), X)
    k = p if k is None or not whiten else min(k, p)
    assert counts(model) == (k * p + p * bool(whiten),) * 2


@pytest.mark.parametrize("seed", SEEDS)
def test_factor_analysis(seed):
    rng = np.random.default_rng(seed)
    X = rows(rng)
    p = X.shape[1]
    k = one_of(rng, None, int(rng.integers(2, p + 1)))
    rotation = None if k is None else one_of(rng, None, "varimax", "quartimax")
    model = held(
        FactorAnalysis(
            k, svd_method=one_of(rng, "lapack", "randomized"), rotation=rotation, max_iter=3
        ),
        X,
    )
    k = p if k is None else k
    assert counts(model) == (k * p + 2 * p, k * p - k * (k - 1) // 2 + 2 * p)


def test_constraints_hold():
    """What is not free follows from equations that hold for every fit."""
    X = np.random.default_rng(0).random((50, 6))
    for model in (PCA(3), IncrementalPCA(3), TruncatedSVD(3)):
        components = fitted(model, X).components_
        assert np.allclose(components @ components.T, np.eye(3))
    model = fitted(FactorAnalysis(3), X)
    products = model.components_ / model.noise_variance_ @ model.components_.T
    assert np.allclose(products, np.diag(np.diag(products)))
