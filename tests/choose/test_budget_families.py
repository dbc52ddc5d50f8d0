"""The next larger setting exceeds the budget: for each family, against planning value by value."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.cluster import BisectingKMeans, FeatureAgglomeration, KMeans, MiniBatchKMeans
from sklearn.cross_decomposition import PLSSVD, PLSRegression
from sklearn.decomposition import (
    NMF,
    PCA,
    DictionaryLearning,
    FactorAnalysis,
    FastICA,
    IncrementalPCA,
    KernelPCA,
    LatentDirichletAllocation,
    SparsePCA,
    TruncatedSVD,
)
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
)
from sklearn.feature_selection import SelectKBest, SequentialFeatureSelector
from sklearn.kernel_approximation import Nystroem, RBFSampler
from sklearn.linear_model import LogisticRegression, Ridge, SGDClassifier
from sklearn.manifold import Isomap, LocallyLinearEmbedding
from sklearn.mixture import BayesianGaussianMixture, GaussianMixture
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import NeighborhoodComponentsAnalysis
from sklearn.neural_network import BernoulliRBM, MLPClassifier, MLPRegressor
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import (
    KBinsDiscretizer,
    PolynomialFeatures,
    QuantileTransformer,
    SplineTransformer,
    StandardScaler,
)
from sklearn.random_projection import GaussianRandomProjection
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

import skparams
from skparams import count_params, fit_budget, plan
from skparams.specs import Bounds, Unknown
from tests.all_estimators import FEW, data_for, instances, names
from tests.sweep import sweep

N, P, K = 40, 6, 3
MAX = 45  # values that the slow search plans, beyond all limits of the data

# name of the test, estimator, hyperparameter, and its value of a size where that is no integer
FAMILIES = {
    "MLPClassifier": (MLPClassifier(), "hidden_layer_sizes", lambda n: (n,)),
    "MLPRegressor-deep": (
        MLPRegressor(hidden_layer_sizes=(4, 2, 2)),
        "hidden_layer_sizes",
        lambda n: (n, max(1, int(n / 2 + 0.5)), max(1, int(n / 2 + 0.5))),
    ),
    "MLP-int": (MLPClassifier(7), "hidden_layer_sizes", None),
    "our-MLPClassifier": (
        skparams.MLPClassifier((8, 8), normalization="batch"),
        "hidden_layer_sizes",
        lambda n: (n, n),
    ),
    "our-MLPRegressor": (skparams.MLPRegressor(), "hidden_layer_sizes", lambda n: (n,)),
    "PCA": (PCA(), "n_components", None),
    "PCA-arpack": (PCA(svd_solver="arpack"), "n_components", None),
    "our-PCA": (skparams.PCA(whiten=True), "n_components", None),
    "IncrementalPCA": (IncrementalPCA(batch_size=5), "n_components", None),
    "TruncatedSVD": (TruncatedSVD(), "n_components", None),
    "KernelPCA": (KernelPCA(), "n_components", None),
    "FastICA": (FastICA(), "n_components", None),
    "FactorAnalysis": (FactorAnalysis(), "n_components", None),
    "NMF": (NMF(), "n_components", None),
    "LatentDirichletAllocation": (LatentDirichletAllocation(), "n_components", None),
    "DictionaryLearning": (DictionaryLearning(), "n_components", None),
    "SparsePCA": (SparsePCA(), "n_components", None),
    "KMeans": (KMeans(), "n_clusters", None),
    "MiniBatchKMeans": (MiniBatchKMeans(), "n_clusters", None),
    "BisectingKMeans": (BisectingKMeans(), "n_clusters", None),
    "GaussianMixture": (GaussianMixture(), "n_components", None),
    "BayesianGaussianMixture": (
        BayesianGaussianMixture(covariance_type="diag"),
        "n_components",
        None,
    ),
    "PLSRegression": (PLSRegression(), "n_components", None),
    "PLSSVD": (PLSSVD(), "n_components", None),
    "Isomap": (Isomap(), "n_components", None),
    "LocallyLinearEmbedding": (LocallyLinearEmbedding(), "n_components", None),
    "NCA": (NeighborhoodComponentsAnalysis(), "n_components", None),
    "BernoulliRBM": (BernoulliRBM(), "n_components", None),
    "KBinsDiscretizer": (KBinsDiscretizer(), "n_bins", None),
    "QuantileTransformer": (QuantileTransformer(), "n_quantiles", None),
    "SplineTransformer-knots": (SplineTransformer(), "n_knots", None),
    "SplineTransformer-degree": (SplineTransformer(), "degree", None),
    "tree-leaves": (DecisionTreeClassifier(), "max_leaf_nodes", None),
    "tree-depth": (DecisionTreeRegressor(), "max_depth", None),
    "tree-rows": (DecisionTreeRegressor(), "min_samples_leaf", None),
    "RandomForestClassifier": (RandomForestClassifier(max_depth=2), "n_estimators", None),
    "ExtraTreesClassifier": (ExtraTreesClassifier(5), "min_samples_split", None),
    "IsolationForest": (IsolationForest(), "n_estimators", None),
    "BaggingRegressor": (BaggingRegressor(), "n_estimators", None),
    "bagging-columns": (BaggingRegressor(Ridge()), "max_features", None),
    "AdaBoostClassifier": (AdaBoostClassifier(), "n_estimators", None),
    "GradientBoostingRegressor": (GradientBoostingRegressor(), "n_estimators", None),
    "HistGradientBoosting": (HistGradientBoostingClassifier(), "max_iter", None),
    "HistGradientBoosting-leaves": (
        HistGradientBoostingClassifier(max_iter=3, min_samples_leaf=2),
        "max_leaf_nodes",
        None,
    ),
    "pipeline-polynomial": (
        make_pipeline(PolynomialFeatures(interaction_only=True), Ridge()),
        "polynomialfeatures__degree",
        None,
    ),
    "pipeline-Nystroem": (
        make_pipeline(Nystroem(), SGDClassifier()),
        "nystroem__n_components",
        None,
    ),
    "pipeline-RBFSampler": (
        make_pipeline(RBFSampler(), LogisticRegression()),
        "rbfsampler__n_components",
        None,
    ),
    "pipeline-PCA-MLP": (
        make_pipeline(StandardScaler(), PCA(), MLPClassifier((5, 3))),
        "pca__n_components",
        None,
    ),
    "pipeline-MLP": (
        make_pipeline(StandardScaler(), PCA(4), MLPClassifier((4, 2))),
        "mlpclassifier__hidden_layer_sizes",
        lambda n: (n, max(1, int(n / 2 + 0.5))),
    ),
    "pipeline-projection": (
        make_pipeline(GaussianRandomProjection(3), Ridge()),
        "gaussianrandomprojection__n_components",
        None,
    ),
    "pipeline-LDA": (
        make_pipeline(LinearDiscriminantAnalysis(), LogisticRegression()),
        "lineardiscriminantanalysis__n_components",
        None,
    ),
    "pipeline-agglomeration": (
        make_pipeline(FeatureAgglomeration(), Ridge()),
        "featureagglomeration__n_clusters",
        None,
    ),
    "pipeline-selector": (
        make_pipeline(SequentialFeatureSelector(Ridge()), Ridge()),
        "sequentialfeatureselector__n_features_to_select",
        None,
    ),
    "union": (
        make_pipeline(FeatureUnion([("pca", PCA(2)), ("k", SelectKBest(k=2))]), Ridge()),
        "featureunion__pca__n_components",
        None,
    ),
    "OneVsRest": (
        OneVsRestClassifier(MLPClassifier((3,))),
        "estimator__hidden_layer_sizes",
        lambda n: (n,),
    ),
    "search": (
        GridSearchCV(make_pipeline(PCA(), LogisticRegression()), {"logisticregression__C": [1, 2]}),
        "estimator__pca__n_components",
        None,
    ),
}
AT_LEAST_TWO = ("n_bins", "n_knots", "max_leaf_nodes")  # fit refuses 1
DEFAULT = (
    *("MLPRegressor-deep", "our-MLPClassifier", "PCA", "IncrementalPCA", "TruncatedSVD", "NMF"),
    *("KMeans", "GaussianMixture", "PLSRegression", "BernoulliRBM", "KBinsDiscretizer"),
    *("SplineTransformer-knots", "DictionaryLearning", "FactorAnalysis", "QuantileTransformer"),
    *("tree-leaves", "tree-rows", "RandomForestClassifier", "HistGradientBoosting"),
    *("pipeline-polynomial", "pipeline-Nystroem", "pipeline-RBFSampler", "pipeline-PCA-MLP"),
    *("pipeline-MLP", "pipeline-selector", "search"),
)
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def data(rng):
    return np.abs(rng.standard_normal((N, P))), np.arange(N) % K


def upper(count):
    return count.high if isinstance(count, Bounds) else count


def sizes_of(estimator, name, value, X, y):
    """What is learned at most with each value that fit accepts, planned one by one."""
    for n in range(2 if name in AT_LEAST_TWO else 1, MAX + 1):
        found = plan(clone(estimator).set_params(**{name: value(n)}), X, y)
        if not found.refused:
            yield upper(found.totals.stored)


@pytest.mark.parametrize("family", sweep(FAMILIES, DEFAULT))
def test_the_next_larger_setting_exceeds_the_budget(family, data, rng):
    estimator, name, value = FAMILIES[family]
    value = value or (lambda n: n)
    X, y = data
    sizes = list(sizes_of(estimator, name, value, X, y))
    between = rng.randint(min(sizes), max(sizes) + 1)
    for limit in (min(sizes), between, sizes[len(sizes) // 3], sizes[len(sizes) // 2] - 1):
        if limit < min(sizes):
            continue
        found = fit_budget(estimator, X, y, max_params=int(limit), param_name=name)
        best = found.settings[0]
        assert found.best_params.keys() == {name}
        planned = plan(clone(estimator).set_params(**found.best_params), X, y)
        assert (best.count, best.bytes) == (planned.totals.stored, planned.totals.bytes)
        assert not planned.refused
        assert upper(best.count) == max(size for size in sizes if size <= limit)
        larger = sorted(size for size in sizes if size > limit)[:1]
        assert [upper(each.count) for each in found.exceeding] == larger
        assert bool(found.limited_by) is not bool(larger)


FITTED = {
    "PCA": 30,
    "KMeans": 50,
    "GaussianMixture": 100,
    "PLSRegression": 40,
    "NMF": 30,
    "FactorAnalysis": 10_000,
    "SplineTransformer-degree": 50,
    "KBinsDiscretizer": 40,
    "tree-leaves": 20,
    "tree-rows": 12,
    "HistGradientBoosting-leaves": 60,
    "MLPRegressor-deep": 70,
    "pipeline-MLP": 120,
    "pipeline-PCA-MLP": 70,
    "pipeline-Nystroem": 30,
    "pipeline-polynomial": 43,
    "bagging-columns": 65,
    "pipeline-LDA": 30,
    "search": 30,
}


@pytest.mark.parametrize(
    "family", sweep(FITTED, ("PCA", "KBinsDiscretizer", "FactorAnalysis", "tree-leaves"))
)
def test_fit_learns_what_was_planned(family, data):
    estimator, name, _ = FAMILIES[family]
    X, y = data
    found = fit_budget(estimator, X, y, max_params=FITTED[family], param_name=name)

    def learned(params):
        return count_params(clone(estimator).set_params(**params).fit(X, y))

    best = found.settings[0].count
    assert learned(found.best_params) <= FITTED[family]
    if type(best) is int:
        assert learned(found.best_params) == best
        for after in found.exceeding:
            assert learned(after._values) == after.count > FITTED[family]


def sized_by(estimator, X, y):
    """Hyperparameters that decide how much is learned and may be too large for the data."""
    for name in ("n_components", "n_clusters", "n_features_to_select", "k", "n_quantiles"):
        if name in estimator.get_params(deep=False):
            yield name


@pytest.mark.parametrize(
    "name", sweep([n for n in names() if n != "Isomap"], [n for n in FEW if n in ("KMeans", "PCA")])
)
def test_fit_accepts_the_answer_where_the_data_limit_it(name):
    """With a budget for more components than rows."""
    for estimator in instances(name)[:1]:
        X, y = data_for(estimator)
        X, y = X[:20], None if y is None else y[:20]
        for hyperparameter in sized_by(estimator, X, y):
            large = plan(clone(estimator).set_params(**{hyperparameter: len(X) + 3}), X, y)
            if isinstance(large.totals.stored, Unknown) or not upper(large.totals.stored):
                continue
            limit = upper(large.totals.stored)
            found = fit_budget(estimator, X, y, max_params=limit, param_name=hyperparameter)
            model = clone(estimator).set_params(**found.best_params)
            model.fit(X) if y is None else model.fit(X, y)
            assert count_params(model) <= limit
            if type(found.settings[0].count) is int:
                assert count_params(model) == found.settings[0].count
