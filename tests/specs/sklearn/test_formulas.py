"""Counts against the formulas of docs/guide/look_counts.md, and scikit-learn's own."""

from itertools import pairwise

import numpy as np
import pytest
import sklearn
from sklearn import linear_model as lm
from sklearn.cluster import (
    DBSCAN,
    OPTICS,
    AgglomerativeClustering,
    SpectralClustering,
)
from sklearn.decomposition import NMF, MiniBatchNMF
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.isotonic import IsotonicRegression
from sklearn.manifold import MDS, TSNE
from sklearn.mixture import BayesianGaussianMixture, GaussianMixture
from sklearn.naive_bayes import BernoulliNB, CategoricalNB, ComplementNB, GaussianNB, MultinomialNB
from sklearn.neighbors import (
    KernelDensity,
    KNeighborsClassifier,
    KNeighborsRegressor,
    LocalOutlierFactor,
    NearestCentroid,
    RadiusNeighborsClassifier,
)
from sklearn.neural_network import BernoulliRBM, MLPClassifier, MLPRegressor
from sklearn.svm import LinearSVC, LinearSVR
from sklearn.utils.fixes import parse_version

from skparams import summary
from tests.specs.checks import check_free_within_stored
from tests.specs.sweeps import counts, fitted, flag, held, labelled, one_of, rows
from tests.sweep import sweep

SEEDS = sweep(range(4), 1)


def target(rng, X, q=None):
    y = X.sum(axis=1) + 0.1 * rng.random(len(X))
    return y if q is None else np.column_stack([y * (i + 1) for i in range(q)])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "cls",
    [lm.LinearRegression, lm.Ridge, lm.RidgeCV, lm.Lasso, lm.ElasticNet, lm.Lars, lm.LassoLars],
)
def test_linear_regressions(cls, seed):
    rng = np.random.default_rng(seed)
    X, q, intercept = rows(rng), one_of(rng, None, 1, 3), flag(rng)
    model = cls(fit_intercept=intercept)
    if "alpha" in model.get_params():
        model.set_params(alpha=0.01)
    sparse = cls not in (lm.LinearRegression, lm.Ridge, lm.RidgeCV)
    model = held(model, X, target(rng, X, q), exact=None)
    T, p = q or 1, X.shape[1]
    zeros = np.count_nonzero(model.coef_ == 0) if sparse else 0
    stored = T * (p + intercept)
    assert counts(model) == (stored, stored - zeros)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "cls",
    [
        lm.ARDRegression,
        lm.BayesianRidge,
        lm.GammaRegressor,
        lm.HuberRegressor,
        lm.PassiveAggressiveRegressor,
        lm.PoissonRegressor,
        lm.SGDRegressor,
        lm.TheilSenRegressor,
        lm.TweedieRegressor,
        LinearSVR,
    ],
)
@pytest.mark.filterwarnings("ignore:.*PassiveAggressive:FutureWarning")
def test_regressions_of_one_target(cls, seed):
    rng = np.random.default_rng(seed)
    X, intercept = rows(rng), flag(rng)
    model = held(cls(fit_intercept=intercept), X, target(rng, X))
    assert counts(model) == (X.shape[1] + intercept,) * 2


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "cls", [lm.Perceptron, lm.RidgeClassifier, lm.RidgeClassifierCV, lm.SGDClassifier, LinearSVC]
)
def test_linear_classifiers(cls, seed):
    rng = np.random.default_rng(seed)
    X, y = labelled(rng)
    intercept, K = flag(rng), len(np.unique(y))
    model = held(cls(fit_intercept=intercept), X, y)
    r = 1 if K == 2 else K
    assert counts(model) == (r * (X.shape[1] + intercept),) * 2


@pytest.mark.parametrize("settings", [{}, {"average": True}, {"early_stopping": True}])
@pytest.mark.parametrize("K", [2, 3])
def test_float32_of_models_trained_row_by_row(K, settings):
    """Some of their intercepts are float64 beside float32 coefficients."""
    rng = np.random.default_rng(0)
    X, y = rng.random((40, 3)).astype(np.float32), np.arange(40) % K
    held(lm.SGDClassifier(**settings), X, y)
    held(lm.SGDRegressor(**settings), X, target(rng, X))
    if "early_stopping" in settings:
        held(lm.Perceptron(**settings), X, y)
    else:
        held(lm.SGDOneClassSVM(**settings), X)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("cls", [lm.LogisticRegression, lm.LogisticRegressionCV])
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_logistic_regressions(cls, seed):
    rng = np.random.default_rng(seed)
    X, y = labelled(rng)
    intercept, K = flag(rng), len(np.unique(y))
    solver = one_of(rng, "lbfgs", "newton-cg", "saga")
    model = held(cls(fit_intercept=intercept, solver=solver), X, y)
    n = X.shape[1] + intercept
    assert counts(model) == (n if K == 2 else K * n, n if K == 2 else (K - 1) * n)


NEW = parse_version(sklearn.__version__) >= parse_version("1.8")  # penalties are ratios


def logistic(cls, penalty, by_ratio=NEW, **settings):
    """A logistic regression with a penalty, by its name or from scikit-learn 1.8 on by a ratio."""
    ratio = {"l1": 1, "l2": 0, "elasticnet": 0.5}[penalty]
    if cls is lm.LogisticRegressionCV:
        settings.update(cv=2, Cs=[settings.pop("C")])
    if by_ratio or penalty == "elasticnet":
        name = "l1_ratios" if cls is lm.LogisticRegressionCV else "l1_ratio"
        settings[name] = [ratio] if name == "l1_ratios" else ratio
    return cls(**settings) if by_ratio else cls(penalty=penalty, **settings)


def penalized(rng, penalty):
    """A classifier with a penalty, whether its intercept has one too, and whether it is softmax."""
    intercept, solver = flag(rng), one_of(rng, "saga", "liblinear")
    alpha = 10 ** rng.uniform(-3, 0)
    cls = one_of(rng, lm.LogisticRegression, lm.LogisticRegressionCV, lm.SGDClassifier,
                 lm.Perceptron, LinearSVC)  # fmt: skip
    if cls in (lm.SGDClassifier, lm.Perceptron):
        settings = {"penalty": penalty, "alpha": alpha, "l1_ratio": 0.5}
        return cls(fit_intercept=intercept, random_state=0, **settings), False, False
    C = 0.02 / alpha
    if penalty == "elasticnet":
        solver = "saga"
    elif cls is LinearSVC:
        return cls(penalty=penalty, dual=False, C=C, fit_intercept=intercept), True, False
    cls = lm.LogisticRegression if cls is LinearSVC else cls
    settings = {"C": C, "solver": solver, "fit_intercept": intercept}
    liblinear = solver == "liblinear"
    return logistic(cls, penalty, NEW and flag(rng), **settings), liblinear, not liblinear


@pytest.mark.parametrize("seed", sweep(range(150), 12))
@pytest.mark.parametrize("penalty", ["l1", "l2", "elasticnet"])
@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")
def test_what_an_l1_penalty_holds_at_zero_is_not_free(penalty, seed):
    rng = np.random.default_rng(seed)
    X, y = labelled(rng)
    model, on_intercept, softmax = penalized(rng, penalty)
    if isinstance(model, lm.LogisticRegression) and not softmax:
        X, y = X[y < 2], y[y < 2]  # liblinear refuses more from scikit-learn 1.9 on
    model = held(model, X, y, exact=None)
    coef, intercept = model.coef_, np.ravel(model.intercept_) * model.fit_intercept
    n_intercepts = len(intercept) * model.fit_intercept
    constrained = softmax and len(coef) > 1
    stored = coef.size + n_intercepts
    if penalty == "l2":
        free = stored - constrained * (coef.shape[1] + model.fit_intercept)
    else:
        n_free = np.count_nonzero(intercept) if on_intercept else n_intercepts
        free = np.count_nonzero(coef) + n_free - (constrained and n_intercepts > 0)
    assert counts(model) == (stored, free), model
    check_free_within_stored(model.sparsify())
    n_stored = model.coef_.nnz + n_intercepts
    assert counts(model) == (n_stored, min(free, n_stored))


def test_two_of_twelve_and_three_intercepts():
    model = logistic(lm.LogisticRegression, "l1", solver="saga", C=1.0)
    X = np.random.default_rng(0).random((30, 4))
    model = fitted(model, X, np.arange(30) % 3)
    model.coef_ = np.zeros((3, 4))
    model.coef_[0, :2] = 1.0
    assert counts(model) == (15, 4)
    assert counts(model.sparsify()) == (5, 4)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_ratio_that_was_chosen_decides(seed):
    rng = np.random.default_rng(seed)
    X, y = labelled(rng)
    settings = {} if NEW else {"penalty": "elasticnet"}
    model = lm.LogisticRegressionCV(
        l1_ratios=[0, 0.9], Cs=[0.05, 1.0], cv=2, solver="saga", max_iter=2000, **settings
    )
    model = held(model, X, y, exact=None)
    K, p = len(np.unique(y)), X.shape[1]
    nonzero = np.count_nonzero(model.coef_)
    l1 = np.any(model.l1_ratio_)
    free = nonzero if l1 or K == 2 else (K - 1) * p
    assert counts(model)[1] == free + (1 if K == 2 else K - 1)


@pytest.mark.parametrize("cls", [NMF, MiniBatchNMF])
@pytest.mark.parametrize("settings", [{}, {"l1_ratio": 0.5}, {"alpha_H": 0.0, "l1_ratio": 1.0}])
def test_factors_under_an_l1_penalty(cls, settings):
    X = rows(np.random.default_rng(0), p=6)
    model = held(cls(4, alpha_W=0.1, random_state=0, **settings), X, exact=None)
    l1 = settings == {"l1_ratio": 0.5}
    n = np.count_nonzero(model.components_) if l1 else 24
    assert counts(model) == (24, n)


@pytest.mark.parametrize("seed", SEEDS)
def test_networks(seed):
    rng = np.random.default_rng(seed)
    hidden = one_of(rng, (), (5,), (4, 3))
    X, y = labelled(rng)
    K = len(np.unique(y))
    model = held(MLPClassifier(hidden, max_iter=2), X, y)
    sizes = [X.shape[1], *hidden, 1 if K == 2 else K]
    stored = sum((a + 1) * b for a, b in pairwise(sizes))
    assert counts(model) == (stored, stored)
    q = one_of(rng, 1, 2)
    model = held(MLPRegressor(hidden_layer_sizes=hidden, max_iter=2), X, target(rng, X, q))
    sizes[-1] = q
    stored = sum((a + 1) * b for a, b in pairwise(sizes))
    assert counts(model) == (stored, stored)
    k, p = 4, X.shape[1]
    assert counts(held(BernoulliRBM(k, n_iter=1), X / X.max())) == (k * p + k + p,) * 2


def test_a_mixture_that_sums_of_arrays_get_wrong():
    """All arrays of this one sum to 345, its parameters to 129."""
    X = np.random.default_rng(0).random((90, 6))
    assert counts(fitted(GaussianMixture(3), X)) == (129, 83)


@pytest.mark.parametrize("kind", ["full", "tied", "diag", "spherical"])
@pytest.mark.parametrize("seed", SEEDS)
def test_mixtures(seed, kind):
    rng = np.random.default_rng(seed)
    X, k = rows(rng), one_of(rng, 1, 2, 3)
    p = X.shape[1]
    of_covariances = {"full": k * p * p, "tied": p * p, "diag": k * p, "spherical": k}[kind]
    stored = k + k * p + of_covariances
    model = held(GaussianMixture(k, covariance_type=kind), X)
    assert counts(model) == (stored, model._n_parameters())

    prior = one_of(rng, "dirichlet_process", "dirichlet_distribution")
    model = BayesianGaussianMixture(
        n_components=k, covariance_type=kind, weight_concentration_prior_type=prior
    )
    concentrations = 2 * k if prior == "dirichlet_process" else k
    degrees = 1 if kind == "tied" else k
    expected = concentrations + k + degrees + k * p + of_covariances
    free = fitted(GaussianMixture(k, covariance_type=kind), X)._n_parameters()
    assert counts(held(model, X)) == (expected, free)


@pytest.mark.parametrize("seed", SEEDS)
def test_naive_bayes(seed):
    rng = np.random.default_rng(seed)
    X, y = labelled(rng)
    p, K = X.shape[1], len(np.unique(y))
    assert counts(held(GaussianNB(), X, y)) == (2 * K * p + K, 2 * K * p + K - 1)
    assert counts(held(GaussianNB(priors=[1 / K] * K), X, y)) == (2 * K * p,) * 2
    assert counts(held(MultinomialNB(), X, y)) == (K * p + K, K * (p - 1) + K - 1)
    assert counts(held(MultinomialNB(fit_prior=False), X, y)) == (K * p, K * (p - 1))
    assert counts(held(ComplementNB(), X, y)) == (K * p, K * (p - 1))
    assert counts(held(BernoulliNB(), X, y)) == (K * p + K, K * p + K - 1)
    codes = rng.integers(0, 4, X.shape)
    codes[0] = 3
    model = held(CategoricalNB(), codes, y, exact=False)
    assert counts(model) == (4 * K * p + K, 3 * K * p + K - 1)


@pytest.mark.parametrize("seed", SEEDS)
def test_discriminants(seed):
    rng = np.random.default_rng(seed)
    X, y = labelled(rng)
    X = X.astype(float)
    p, K = X.shape[1], len(np.unique(y))
    r = 1 if K == 2 else K
    assert counts(held(LinearDiscriminantAnalysis(), X, y)) == (r * (p + 1),) * 2
    stored, free = K * (p * p + 2 * p) + K, K * (p + p * (p + 1) // 2) + K - 1
    assert counts(held(QuadraticDiscriminantAnalysis(), X, y)) == (stored, free)


@pytest.mark.parametrize(
    "estimator",
    [
        KNeighborsClassifier(),
        KNeighborsRegressor(),
        RadiusNeighborsClassifier(radius=10.0),
        LocalOutlierFactor(novelty=True),
        KernelDensity(),
        DBSCAN(),
        OPTICS(),
        SpectralClustering(2, random_state=0),
        AgglomerativeClustering(),
        MDS(n_init=1, random_state=0),
        TSNE(perplexity=5, random_state=0),
    ],
)
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_what_keeps_rows_or_labels_estimates_nothing(estimator):
    X, y = labelled(np.random.default_rng(0))
    assert counts(held(estimator, X, y)) == (0, 0)


def test_neighbors_keep_the_rows():
    X, y = labelled(np.random.default_rng(0))
    found = summary(fitted(KNeighborsClassifier(algorithm="brute"), X, y))
    assert [row.path for row in found.root.attributes if row.role == "data"] == ["_fit_X", "_y"]


@pytest.mark.parametrize("seed", SEEDS)
def test_centroids_constants_and_steps(seed):
    rng = np.random.default_rng(seed)
    X, y = labelled(rng)
    p, K = X.shape[1], len(np.unique(y))
    assert counts(held(NearestCentroid(), X, y, exact=None))[0] in (K * p, K * p + p)
    assert counts(held(DummyClassifier(), X, y)) == (K, K - 1)
    assert counts(held(DummyClassifier(strategy="uniform"), X, y)) == (0, 0)
    assert counts(held(DummyRegressor(), X, target(rng, X, 2))) == (2, 2)
    model = fitted(IsotonicRegression(), X[:, 0], target(rng, X))
    assert counts(model) == (2 * len(model.X_thresholds_),) * 2
