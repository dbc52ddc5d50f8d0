"""Support vector machines, Gaussian processes and other kernel methods: what they estimate."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import sparse
from sklearn.decomposition import KernelPCA
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern, WhiteKernel
from sklearn.kernel_approximation import (
    AdditiveChi2Sampler,
    Nystroem,
    PolynomialCountSketch,
    RBFSampler,
    SkewedChi2Sampler,
)
from sklearn.kernel_ridge import KernelRidge
from sklearn.svm import SVC, SVR, NuSVC, NuSVR, OneClassSVM

from skparams import ParamsMixin, fitted_params, plan, summary
from skparams.specs import Unknown
from tests.specs.sweeps import counts, fitted, flag, held, labelled, one_of, rows
from tests.sweep import sweep

SEEDS = sweep(range(6), 1)


def targets(rng, X, several=True):
    q = one_of(rng, None, 1, 3) if several else None
    y = X.sum(axis=1) + 0.1 * rng.standard_normal(len(X))
    return y if q is None else np.column_stack([y] * q)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("cls", [SVC, NuSVC])
def test_support_vector_classifiers(cls, seed):
    rng = np.random.default_rng(seed)
    X, y = labelled(rng)
    K = len(np.unique(y))
    estimator = cls(kernel=one_of(rng, "linear", "rbf", "poly"), max_iter=one_of(rng, -1, 3))
    model = held(estimator, X, y, exact=False)
    vectors = len(model.support_)
    pairs = K * (K - 1) // 2
    assert counts(model) == ((K - 1) * vectors + pairs, (K - 1) * vectors)
    # the equation of which there is one for each pair of classes
    starts = np.cumsum([0, *model.n_support_])
    of = [slice(a, b) for a, b in pairwise(starts)]
    for i in range(K):
        for j in range(i + 1, K):
            total = model.dual_coef_[j - 1, of[i]].sum() + model.dual_coef_[i, of[j]].sum()
            assert abs(total) <= 1e-10 * np.abs(model.dual_coef_).max()
    data = [row for row in summary(model).root.attributes if row.role == "data"]
    assert [row.path for row in data] == ["support_vectors_"]


@pytest.mark.filterwarnings("ignore:.*probability:FutureWarning")
@pytest.mark.parametrize("K", [2, 4])
def test_platts_method_adds_two_numbers_a_pair(K):
    X, y = np.random.default_rng(0).random((60, 3)), np.arange(60) % K
    model = held(SVC(probability=True), X, y, exact=False)
    vectors, pairs = len(model.support_), K * (K - 1) // 2
    assert counts(model)[0] == (K - 1) * vectors + 3 * pairs


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("cls", [SVR, NuSVR])
def test_support_vector_regressors(cls, seed):
    rng = np.random.default_rng(seed)
    X = rows(rng)
    model = held(cls(C=one_of(rng, 0.1, 10.0)), X, targets(rng, X, several=False), exact=False)
    n = len(model.support_)
    assert counts(model) == (n + 1, max(n - 1, 0) + 1)
    assert abs(model.dual_coef_.sum()) <= 1e-10


@pytest.mark.parametrize("nu", [0.1, 0.5, 0.9])
def test_one_class_machines(nu):
    X = rows(np.random.default_rng(0))
    model = held(OneClassSVM(nu=nu), X, exact=None)
    n = len(model.support_)
    assert counts(model) == (n + 1, n)
    assert np.isclose(model.dual_coef_.sum(), nu * len(X))
    assert plan(OneClassSVM(nu=nu), X).totals.stored.low > nu * len(X)


def test_sparse_rows_give_the_same_counts():
    X, y = labelled(np.random.default_rng(1))
    X = X.astype(float)
    for model in (SVC(), SVC(kernel="linear")):
        dense, sparse_ = fitted(model, X, y), fitted(model, sparse.csr_matrix(X), y)
        assert counts(dense) == counts(sparse_)


@pytest.mark.parametrize("classes", [2, 3])
def test_replaced_weights_decide(classes):
    class Mixed(ParamsMixin, SVC):
        pass

    X = np.random.default_rng(0).random((40, 3))
    y = np.arange(40) % classes
    model = Mixed(decision_function_shape="ovo").fit(X, y)
    before = model.decision_function(X)
    doubled = {name: 2 * value for name, value in model.get_fitted_params().items()}
    model.set_fitted_params(**doubled)
    assert np.allclose(model.decision_function(X), 2 * before, rtol=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_gaussian_process_regressors(seed):
    rng = np.random.default_rng(seed)
    X = rows(rng, p=3)
    kernel, n_moved = one_of(
        rng,
        (RBF(), 1),
        (ConstantKernel() * RBF([1.0] * 3) + WhiteKernel(), 5),
        (Matern(nu=1.5, length_scale_bounds="fixed") + WhiteKernel(0.1), 1),
        (RBF(length_scale_bounds="fixed"), 0),
    )
    y = targets(rng, X)
    optimizer, normalize = one_of(rng, None, "fmin_l_bfgs_b"), flag(rng)
    estimator = GaussianProcessRegressor(
        kernel, alpha=0.1, optimizer=optimizer, normalize_y=normalize
    )
    model = held(estimator, X, y)
    q = 1 if y.ndim == 1 else y.shape[1]
    expected = len(X) * q + (2 * q if normalize else 0) + (n_moved if optimizer else 0)
    assert counts(model) == (expected, expected)
    if optimizer:
        moved = [value for name, value in fitted_params(model).items() if "kernel_" in name]
        assert np.allclose(np.log(np.hstack([*moved, []])), model.kernel_.theta)


@pytest.mark.parametrize("multi_class", ["one_vs_rest", "one_vs_one"])
@pytest.mark.parametrize("K", [2, 3])
@pytest.mark.parametrize("kernel", [None, RBF(), ConstantKernel() * RBF([1.0, 1.0])])
def test_gaussian_process_classifiers(kernel, K, multi_class):
    X, y = np.random.default_rng(0).random((30, 2)), np.arange(30) % K
    exact = K == 2 or multi_class == "one_vs_rest"
    estimator = GaussianProcessClassifier(kernel, multi_class=multi_class)
    model = held(estimator, X, y, exact=None if not exact else True)
    of_kernel = 0 if kernel is None else kernel.n_dims
    if K == 2:
        expected = 30 + of_kernel
    elif multi_class == "one_vs_rest":
        expected = 3 * (30 + of_kernel)
    else:
        expected = 3 * (20 + of_kernel)
    assert counts(model) == (expected, expected)


def test_an_unfitted_gaussian_process_has_learned_nothing():
    """Though it predicts, from the prior."""
    found = summary(GaussianProcessRegressor())
    assert not found.root.fitted
    assert isinstance(found.totals.stored, Unknown)


@pytest.mark.filterwarnings("ignore:The optimal value")
def test_replaced_hyperparameters_of_a_kernel_predict():
    class Mixed(ParamsMixin, GaussianProcessRegressor):
        pass

    X = np.random.default_rng(0).random((30, 2))
    kernel = ConstantKernel() * RBF([1.0, 1.0]) + WhiteKernel(0.1)
    one, other = (Mixed(kernel).fit(X, y) for y in (X[:, 0], np.sin(9 * X[:, 1])))
    expected = other.predict(X[:5] + 0.1, return_std=True)
    found = one.set_fitted_params(**other.get_fitted_params())
    assert found.kernel_ == other.kernel_
    assert kernel.k2.noise_level == 0.1
    assert np.allclose(found.predict(X[:5] + 0.1, return_std=True), expected, rtol=1e-10)


@pytest.mark.parametrize("seed", SEEDS)
def test_kernel_ridge(seed):
    rng = np.random.default_rng(seed)
    X = rows(rng)
    y = targets(rng, X)
    model = held(KernelRidge(kernel=one_of(rng, "linear", "rbf", "poly")), X, y)
    assert counts(model) == (y.size, y.size)


@pytest.mark.parametrize("seed", SEEDS)
def test_kernel_pca(seed):
    rng = np.random.default_rng(seed)
    X = rows(rng)
    n, p = X.shape
    k, back = one_of(rng, None, 2, 3), flag(rng)
    estimator = KernelPCA(k, kernel=one_of(rng, "linear", "rbf"), fit_inverse_transform=back)
    model = held(estimator, X, exact=k is not None)
    k = len(model.eigenvalues_)
    stored = n * k + k + n * p * back + n
    assert counts(model) == (stored, stored - k * (k + 1) // 2)


@pytest.mark.parametrize("seed", SEEDS)
def test_maps_into_feature_spaces_estimate_nothing(seed):
    rng = np.random.default_rng(seed)
    X = rows(rng)
    k = one_of(rng, 3, 100)
    for estimator in (
        Nystroem(n_components=k, random_state=0),
        RBFSampler(n_components=k, gamma=one_of(rng, 1.0, "scale"), random_state=0),
        SkewedChi2Sampler(n_components=k, random_state=0),
        PolynomialCountSketch(n_components=k, random_state=0),
        AdditiveChi2Sampler(sample_steps=one_of(rng, 1, 2, 3)),
    ):
        model = held(estimator, X)
        assert counts(model) == (0, 0)
