"""What plan says before fit is what fit leaves: exactly, or within its bounds, or with a reason."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.cluster import BisectingKMeans, KMeans, MiniBatchKMeans
from sklearn.compose import (
    ColumnTransformer,
    TransformedTargetRegressor,
    make_column_selector,
)
from sklearn.decomposition import NMF, PCA, FactorAnalysis, FastICA, IncrementalPCA, TruncatedSVD
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.linear_model import (
    BayesianRidge,
    ElasticNet,
    Lasso,
    LinearRegression,
    LogisticRegression,
    Perceptron,
    Ridge,
    RidgeClassifier,
    SGDClassifier,
    SGDRegressor,
)
from sklearn.mixture import BayesianGaussianMixture, GaussianMixture
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier, MultiOutputRegressor
from sklearn.naive_bayes import BernoulliNB, ComplementNB, GaussianNB, MultinomialNB
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    PolynomialFeatures,
    RobustScaler,
    StandardScaler,
)
from sklearn.semi_supervised import LabelPropagation, LabelSpreading, SelfTrainingClassifier
from sklearn.svm import SVC, SVR, LinearSVC, NuSVC, OneClassSVM
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeClassifier

from skparams import plan, summary
from skparams.specs import Bounds
from tests.all_estimators import FEW, classes, data_for, each_estimator, instances
from tests.plan.plan_against_fit import differences
from tests.specs.sweeps import check_columns, fitted
from tests.sweep import sweep

# Deprecated classes of scikit-learn are estimators too.
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")


def planned_and_fitted(estimator, X, y):
    """The plan, made first, and the summary of a fitted clone."""
    planned = plan(estimator, X, y)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # small data, few iterations: not what is looked at
        fitted = fitted_on(estimator, X, y)
    return planned, summary(fitted)


def fitted_on(estimator, X, y):
    """A fitted clone."""
    estimator = clone(estimator)
    return estimator.fit(X) if y is None else estimator.fit(X, y)


def is_exact(planned, X):
    """Whether counts are exact, and bytes, which are a range where X is float32."""
    totals = planned.totals
    counts = [totals.stored, totals.free]
    if X.dtype != np.float32:
        counts.append(totals.bytes)
    return all(type(count) is int for count in counts)


@each_estimator
def test_every_estimator_of_scikit_learn(name):
    for estimator in instances(name):
        X, y = data_for(estimator)
        planned, fitted = planned_and_fitted(estimator, X, y)
        assert not differences(planned, fitted)
        assert not planned.guessed
        assert "cannot be known" not in str(planned.totals.stored)
        assert "no Spec" not in str(planned.totals.stored)


def some(rng, *choices):
    return choices[rng.randint(len(choices))]


def flag(rng):
    return bool(rng.randint(2))


def quadratic(rng):
    estimator = QuadraticDiscriminantAnalysis(reg_param=0.1)
    if "solver" in estimator.get_params():  # scikit-learn < 1.8 has one only
        estimator.set_params(solver=some(rng, "svd", "eigen"))
    return estimator


# From a random state, an estimator with random settings; and the kinds of y that it takes.
EXACT = {
    "linear": (
        lambda rng: some(rng, LinearRegression, Ridge)(fit_intercept=flag(rng)),
        ("target", "targets"),
    ),
    "bayes": (lambda rng: BayesianRidge(fit_intercept=flag(rng)), ("target",)),
    "sgd": (
        lambda rng: SGDRegressor(fit_intercept=flag(rng), average=flag(rng), max_iter=3),
        ("target",),
    ),
    "classify": (
        lambda rng: some(
            rng, LogisticRegression, RidgeClassifier, SGDClassifier, Perceptron, LinearSVC
        )(fit_intercept=flag(rng)),
        ("classes", "binary"),
    ),
    "labels": (lambda rng: RidgeClassifier(fit_intercept=flag(rng)), ("labels",)),
    "mlp": (
        lambda rng: some(rng, MLPRegressor, MLPRegressor)(
            hidden_layer_sizes=tuple(rng.randint(1, 9, rng.randint(0, 4))), max_iter=2
        ),
        ("target", "targets"),
    ),
    "mlp classify": (
        lambda rng: MLPClassifier(
            rng.randint(1, 9, rng.randint(0, 4)),
            max_iter=2,
            solver=some(rng, "adam", "sgd", "lbfgs"),
            early_stopping=flag(rng),
        ),
        ("classes", "binary", "labels"),
    ),
    "scalers": (
        lambda rng: some(
            rng,
            StandardScaler(with_mean=flag(rng), with_std=flag(rng)),
            MinMaxScaler(),
            MaxAbsScaler(),
            RobustScaler(with_centering=flag(rng), with_scaling=flag(rng)),
        ),
        ("target",),
    ),
    "pca": (
        lambda rng: PCA(some(rng, None, 1, 2), whiten=flag(rng)),
        ("target",),
    ),
    "other components": (
        lambda rng: some(
            rng,
            IncrementalPCA(some(rng, None, 2), whiten=flag(rng), batch_size=20),
            TruncatedSVD(some(rng, 1, 2)),
            NMF(some(rng, 1, 2, 3), max_iter=5),
            FactorAnalysis(some(rng, None, 2)),
            FastICA(some(rng, None, 2), max_iter=2, whiten=some(rng, "unit-variance", False)),
        ),
        ("target",),
    ),
    "naive Bayes": (
        lambda rng: some(rng, GaussianNB, MultinomialNB, BernoulliNB, ComplementNB)(),
        ("classes", "binary"),
    ),
    "clusters": (
        lambda rng: some(rng, KMeans, MiniBatchKMeans)(rng.randint(1, 6), max_iter=2, n_init=1),
        ("target",),
    ),
    "bisecting": (lambda rng: BisectingKMeans(rng.randint(1, 6), max_iter=2), ("target",)),
    "mixtures": (
        lambda rng: some(rng, GaussianMixture, BayesianGaussianMixture)(
            n_components=rng.randint(1, 5),
            covariance_type=some(rng, "full", "tied", "diag", "spherical"),
            max_iter=2,
        ),
        ("target",),
    ),
    "discriminants": (
        lambda rng: some(
            rng,
            LinearDiscriminantAnalysis(solver=some(rng, "lsqr", "eigen")),
            LinearDiscriminantAnalysis(n_components=1),
            LinearDiscriminantAnalysis(),
            quadratic(rng),
        ),
        ("classes", "binary"),
    ),
}
BOUNDED = {
    "lasso": (
        lambda rng: some(rng, Lasso, ElasticNet)(fit_intercept=flag(rng), alpha=rng.rand()),
        ("target", "targets"),
    ),
    "trees": (
        lambda rng: some(rng, DecisionTreeClassifier, ExtraTreeClassifier)(**tree(rng)),
        ("classes", "binary", "labels"),
    ),
    "regression trees": (
        lambda rng: DecisionTreeRegressor(**tree(rng)),
        ("target", "targets"),
    ),
    "forests": (
        lambda rng: some(rng, RandomForestRegressor, ExtraTreesRegressor)(3, **tree(rng)),
        ("target", "targets"),
    ),
    "classifying forests": (
        lambda rng: RandomForestClassifier(rng.randint(1, 4), **tree(rng)),
        ("classes", "binary"),
    ),
    "boosting": (
        lambda rng: GradientBoostingClassifier(
            n_estimators=3, max_depth=some(rng, 1, 3), n_iter_no_change=some(rng, None, 1)
        ),
        ("classes", "binary"),
    ),
    "regression boosting": (
        lambda rng: some(
            rng,
            GradientBoostingRegressor(n_estimators=3, max_leaf_nodes=some(rng, None, 3)),
            HistGradientBoostingRegressor(max_iter=3, min_samples_leaf=some(rng, 1, 20)),
        ),
        ("target",),
    ),
    "histograms": (
        lambda rng: HistGradientBoostingClassifier(
            max_iter=3, min_samples_leaf=some(rng, 1, 5), max_depth=some(rng, None, 2)
        ),
        ("classes", "binary"),
    ),
    "AdaBoost": (
        lambda rng: AdaBoostClassifier(n_estimators=rng.randint(1, 6)),
        ("classes", "binary"),
    ),
    "bagging": (
        lambda rng: BaggingClassifier(
            DecisionTreeClassifier(**tree(rng)),
            n_estimators=rng.randint(1, 4),
            max_features=some(rng, 1.0, 0.5, 1),
        ),
        ("classes", "binary"),
    ),
    "SVC": (
        lambda rng: some(
            rng, SVC(kernel=some(rng, "rbf", "linear")), NuSVC(nu=0.1), SVC(probability=False)
        ),
        ("binary",),
    ),
    "SVCs": (lambda rng: SVC(C=some(rng, 0.1, 10)), ("classes",)),
    "SVR": (lambda rng: some(rng, SVR(kernel="linear"), SVR(), OneClassSVM()), ("target",)),
}


def tree(rng):
    """Settings that limit a tree."""
    return {
        "max_depth": some(rng, None, 1, 3),
        "max_leaf_nodes": some(rng, None, 2, 4),
        "min_samples_leaf": some(rng, 1, 5, 0.1),
        "min_samples_split": some(rng, 2, 9, 0.2),
    }


def data(rng, kind):
    """X and y of random shapes; all numbers are positive, which all families take."""
    n, p = rng.randint(30, 60), rng.randint(2, 7)
    X = rng.rand(n, p).astype(some(rng, np.float64, np.float32))
    k = {"binary": 2, "classes": rng.randint(3, 6)}.get(kind)
    if k is not None:
        y = np.arange(n) % k
        X[:, 0] += y
        return X, some(rng, y, np.array(list("abcdef"))[y])
    if kind == "labels":
        y = (rng.rand(n, rng.randint(2, 4)) < 0.5).astype(int)
        y[0], y[1] = 0, 1
        return X, y
    return X, rng.rand(n) if kind == "target" else rng.rand(n, rng.randint(2, 4))


def cases(families):
    return [
        pytest.param(make, kind, id=f"{name}-{kind}")
        for name, (make, kinds) in families.items()
        for kind in kinds
    ]


@pytest.mark.parametrize("seed", sweep(range(3), 1))
@pytest.mark.parametrize(("make", "kind"), cases(EXACT))
def test_exact_families(make, kind, seed):
    rng = np.random.RandomState(seed)
    estimator = make(rng)
    X, y = data(rng, kind)
    planned, fitted = planned_and_fitted(estimator, X, y)
    assert is_exact(planned, X), estimator
    assert not differences(planned, fitted), estimator


@pytest.mark.parametrize("seed", sweep(range(3), 1))
@pytest.mark.parametrize(("make", "kind"), cases(BOUNDED))
def test_bounded_families(make, kind, seed):
    rng = np.random.RandomState(seed)
    estimator = make(rng)
    X, y = data(rng, kind)
    planned, fitted = planned_and_fitted(estimator, X, y)
    assert isinstance(planned.totals.stored, Bounds | int), estimator
    assert not differences(planned, fitted), estimator


def features(rng):
    """A transformer whose number of columns is known."""
    return some(
        rng,
        StandardScaler(),
        MinMaxScaler(),
        PCA(2),
        PolynomialFeatures(2, include_bias=flag(rng)),
        make_pipeline(StandardScaler(), PCA(2)),
        FeatureUnion([("a", StandardScaler()), ("b", PCA(1)), ("c", "drop")]),
        ColumnTransformer(
            [("one", StandardScaler(), [0]), ("rest", PCA(1), slice(0, 2)), ("no", "drop", [0])],
            remainder=some(rng, "drop", "passthrough", StandardScaler()),
        ),
        "passthrough",
    )


def regressor(rng):
    return some(rng, LinearRegression(), Ridge(fit_intercept=False), MLPRegressor(max_iter=2))


def classifier(rng):
    return some(rng, LogisticRegression(), GaussianNB(), MLPClassifier((3,), max_iter=2))


COMPOSITES = {
    "pipeline": (
        lambda rng: make_pipeline(features(rng), features(rng), classifier(rng)),
        ("classes", "binary"),
    ),
    "features": (lambda rng: make_pipeline(features(rng), features(rng)), ("target",)),
    "voting": (
        lambda rng: VotingClassifier(
            [("a", classifier(rng)), ("b", make_pipeline(features(rng), classifier(rng)))]
        ),
        ("classes", "binary"),
    ),
    "voting regressors": (
        lambda rng: VotingRegressor([("a", regressor(rng)), ("b", "drop"), ("c", regressor(rng))]),
        ("target",),
    ),
    "stacking": (
        lambda rng: StackingClassifier(
            [("a", LogisticRegression()), ("b", GaussianNB())],
            final_estimator=classifier(rng),
            passthrough=flag(rng),
            cv=2,
        ),
        ("classes", "binary"),
    ),
    "several outputs": (
        lambda rng: MultiOutputRegressor(make_pipeline(features(rng), regressor(rng))),
        ("targets",),
    ),
    "several labels": (
        lambda rng: some(rng, MultiOutputClassifier, ClassifierChain)(LogisticRegression()),
        ("labels",),
    ),
    "one against others": (
        lambda rng: some(rng, OneVsRestClassifier, OneVsOneClassifier)(LogisticRegression()),
        ("classes", "binary"),
    ),
    "target": (
        lambda rng: TransformedTargetRegressor(
            make_pipeline(features(rng), regressor(rng)), transformer=StandardScaler()
        ),
        ("target", "targets"),
    ),
}


@pytest.mark.parametrize("seed", sweep(range(4), 1))
@pytest.mark.parametrize(("make", "kind"), cases(COMPOSITES))
def test_estimators_made_of_others(make, kind, seed):
    rng = np.random.RandomState(seed)
    estimator = make(rng)
    X, y = data(rng, kind)
    planned, fitted = planned_and_fitted(estimator, X, y)
    assert is_exact(planned, X), estimator
    assert not differences(planned, fitted), estimator
    paths = [row.path for node in planned.root.walk() for row in node.hyperparameters]
    assert len(paths) == len(set(paths))


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(1))
@pytest.mark.parametrize(("make", "kind"), cases({**EXACT, **BOUNDED, **COMPOSITES}))
def test_numbers_are_as_good_as_data(make, kind, seed):
    rng = np.random.RandomState(seed)
    estimator = make(rng)
    X, y = data(rng, kind)
    X = X.astype(float)
    from_data = plan(estimator, X, y)
    numbers = {"n_samples": X.shape[0], "n_features": X.shape[1]}
    numbers["n_outputs"] = 1 if y.ndim == 1 else y.shape[1]
    if kind in ("binary", "classes", "labels"):
        numbers["n_classes"] = 2 if kind == "labels" else len(np.unique(y))
    assert plan(estimator, **numbers) == from_data


TRANSFORMERS = [name for name, cls in classes().items() if hasattr(cls, "transform")]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", sweep(TRANSFORMERS, FEW))
def test_columns_behind_every_transformer(name, dtype):
    for estimator in instances(name):
        X, y = data_for(estimator)
        if not hasattr(estimator, "transform") or not isinstance(X, np.ndarray) or X.ndim != 2:
            continue
        X = np.abs(X).astype(dtype)
        check_columns(estimator, fitted(estimator, X, y), X, y, named=False)


def test_columns_by_name_need_a_frame():
    rng = np.random.RandomState(0)
    X = pd.DataFrame(rng.rand(30, 3), columns=["a", "b", "c"]).astype({"c": np.float32})
    columns = ColumnTransformer(
        [
            ("names", StandardScaler(), ["a", "b"]),
            ("dtype", StandardScaler(), make_column_selector(dtype_include="float32")),
            ("mask", StandardScaler(), [True, False, True]),
            ("one", StandardScaler(), ["b"]),
        ]
    )
    model = make_pipeline(columns, LinearRegression())
    planned, fitted = planned_and_fitted(model, X, X["a"])
    assert planned.totals.stored == 2 * 6 + 7
    assert not differences(planned, fitted)
    blind = plan(model, n_features=3)
    assert blind.totals.stored.reason == "depends on the columns that a function chooses from X"


def partly_labeled(seed):
    """Rows of three classes, some without a label."""
    rng = np.random.default_rng(seed)
    y = np.arange(60) % 3
    X = rng.standard_normal((60, 4)) + y[:, None]
    return X, np.where(rng.random(60) < 0.4, -1, y)


SEMI_SUPERVISED = [
    SelfTrainingClassifier(LogisticRegression()),
    SelfTrainingClassifier(GaussianNB()),
    LabelPropagation(),
    LabelSpreading(kernel="knn", n_neighbors=5),
]


@pytest.mark.parametrize("semi", SEMI_SUPERVISED, ids=lambda each: type(each).__name__)
def test_rows_without_a_label_are_of_no_class(semi):
    X, y = partly_labeled(0)
    name = "clf__tol" if "tol" in semi.get_params() else "clf__max_iter"
    pipeline = Pipeline([("scale", StandardScaler()), ("clf", semi)])
    for estimator in (
        semi,
        pipeline,
        make_pipeline(MinMaxScaler(), pipeline),
        GridSearchCV(pipeline, {name: [3]}, cv=2, error_score=0.0),
    ):
        found, fitted = planned_and_fitted(estimator, X, y)
        assert not differences(found, fitted)
        assert isinstance(found.totals.stored, int)
        assert found.root.n_classes in (3, None)
        assert plan(estimator, X, y, n_classes=3).totals == found.totals
        assert plan(estimator, X, y % 3).totals == found.totals


def test_a_class_of_minus_one_is_one_elsewhere():
    X, y = partly_labeled(0)
    found, fitted = planned_and_fitted(LogisticRegression(), X, y)
    assert found.totals.stored == fitted.totals.stored == 20
    semi = SEMI_SUPERVISED[0]
    voting = VotingClassifier([("a", semi), ("b", LogisticRegression())])
    swapped = GridSearchCV(Pipeline([("clf", semi)]), {"clf": [semi, LogisticRegression()]}, cv=2)
    for estimator, target in (
        (voting, y),
        (swapped, y),
        (MultiOutputClassifier(semi), np.column_stack([y, y])),
    ):
        found, fitted = planned_and_fitted(estimator, X, target)
        assert not differences(found, fitted)
        assert isinstance(found.totals.stored, Bounds)


@pytest.mark.parametrize("func", [np.log1p, None])
def test_a_function_with_one_name_for_each_column_keeps_their_number(func):
    X, y = partly_labeled(0)
    names = "one-to-one" if func else None
    model = make_pipeline(
        MinMaxScaler(), FunctionTransformer(func, feature_names_out=names), LogisticRegression()
    )
    found, fitted = planned_and_fitted(model, np.abs(X), y)
    assert not differences(found, fitted)
    assert isinstance(found.totals.stored, int)
