"""Estimators made of others: counts are sums over those inside, and what is planned comes."""

import warnings

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_selector
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    BaggingClassifier,
    BaggingRegressor,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.feature_selection import (
    RFE,
    RFECV,
    SelectFromModel,
    SelectKBest,
    SequentialFeatureSelector,
    VarianceThreshold,
)
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LinearRegression, LogisticRegression, RANSACRegressor, Ridge
from sklearn.model_selection import (
    FixedThresholdClassifier,
    ShuffleSplit,
    TunedThresholdClassifierCV,
)
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier, OutputCodeClassifier
from sklearn.multioutput import (
    ClassifierChain,
    MultiOutputClassifier,
    MultiOutputRegressor,
    RegressorChain,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.semi_supervised import SelfTrainingClassifier
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from skparams import count_params, plan, summary
from skparams.specs import Bounds, Unknown
from tests.specs.checks import check_roles
from tests.sweep import sweep

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
]

P, SEEDS = 6, sweep(range(4), 1)


def data(seed, classes=None, targets=1):
    """Random X of P columns, and y with so many classes or numbers in each of its columns."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(60, 120))
    X = rng.standard_normal((n, P))
    if classes is None:
        y = X[:, :targets] + rng.standard_normal((n, targets))
    else:
        y = np.stack([rng.permutation(np.arange(n) % classes) for _ in range(targets)], axis=1)
    return X, y[:, 0] if targets == 1 else y


def linear(k, p=P):
    """Stored numbers of a linear classifier of k classes, or regressor (k = 1)."""
    return (1 if k <= 2 else k) * (p + 1)


def check_planned(estimator, X, y):
    """Fit, hold the plan against what came, and say whether the plan was exact."""
    planned = plan(estimator, X, y).totals
    estimator.fit(X, y)
    check_roles(estimator)
    found = summary(estimator).totals
    for before, after in ((planned.stored, found.stored), (planned.free, found.free)):
        if before is not None and after is not None:
            low, high = before if isinstance(before, Bounds) else (before, before)
            assert low <= after <= high, (estimator, before, after)
    return planned.stored == found.stored


def check_exact(estimator, X, y, expected):
    assert check_planned(estimator, X, y), plan(estimator, X, y)
    assert count_params(estimator) == expected


@pytest.mark.parametrize("k", [2, 3, 5])
@pytest.mark.parametrize("seed", SEEDS)
def test_one_estimator_for_classes_or_pairs(seed, k):
    X, y = data(seed, k)
    model = LogisticRegression()
    check_exact(OneVsRestClassifier(model), X, y, (1 if k == 2 else k) * linear(2))
    check_exact(OneVsOneClassifier(model), X, y, k * (k - 1) // 2 * linear(2))
    # One whose size depends on the rows, of which each pair has its own.
    check_planned(OneVsOneClassifier(DecisionTreeClassifier(random_state=0)), X, y)
    code = OutputCodeClassifier(model, code_size=1.7, random_state=seed)
    assert not check_planned(code, X, y)
    fitted = sum(isinstance(each, LogisticRegression) for each in code.estimators_)
    assert count_params(code) == fitted * linear(2)


@pytest.mark.parametrize("targets", [2, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_one_estimator_for_each_column_of_y(seed, targets):
    X, y = data(seed, 3, targets)
    check_exact(MultiOutputClassifier(LogisticRegression()), X, y, targets * linear(3))
    longer = sum(linear(3, P + i) for i in range(targets))
    check_exact(ClassifierChain(LogisticRegression()), X, y, longer)
    X, y = data(seed, 2, targets)
    check_exact(OneVsRestClassifier(LogisticRegression()), X, y, targets * linear(2))
    X, y = data(seed, None, targets)
    check_exact(MultiOutputRegressor(Ridge()), X, y, targets * linear(1))
    check_exact(RegressorChain(Ridge()), X, y, sum(linear(1, P + i) for i in range(targets)))


@pytest.mark.parametrize("k", [2, 4])
@pytest.mark.parametrize("seed", SEEDS)
def test_voting_and_stacking(seed, k):
    X, y = data(seed, k)
    estimators = [("a", LogisticRegression()), ("b", "drop"), ("c", LinearSVC())]
    check_exact(VotingClassifier(estimators, voting="hard"), X, y, 2 * linear(k))
    columns = 2 if k == 2 else 2 * k
    for passthrough in (False, True):
        stacking = StackingClassifier(estimators, passthrough=passthrough)
        final = linear(k, columns + P * passthrough)
        check_exact(stacking, X, y, 2 * linear(k) + final)
    check_exact(
        StackingClassifier(estimators, stack_method="predict"),
        X,
        y,
        3 * linear(k) - linear(k) + linear(k, 2),
    )
    prefit = [("a", LogisticRegression().fit(X, y)), ("c", DecisionTreeClassifier().fit(X, y))]
    inside = sum(count_params(each) for _, each in prefit)
    check_exact(StackingClassifier(prefit, cv="prefit"), X, y, inside + linear(k, columns))


@pytest.mark.parametrize("seed", SEEDS)
def test_voting_and_stacking_of_regressors(seed):
    X, y = data(seed)
    estimators = [("a", Ridge()), ("b", LinearRegression())]
    check_exact(VotingRegressor(estimators), X, y, 2 * linear(1))
    check_exact(StackingRegressor(estimators, Ridge()), X, y, 2 * linear(1) + linear(1, 2))


@pytest.mark.parametrize("seed", SEEDS)
def test_bagging(seed):
    rng = np.random.default_rng(seed)
    share = rng.choice([0.3, 0.5, 1.0])
    columns = max(int(share * P), 1)
    settings = {
        "n_estimators": int(rng.integers(1, 6)),
        "max_features": share,
        "max_samples": rng.choice([0.5, 1.0]),
        "bootstrap": bool(rng.integers(2)),
        "bootstrap_features": bool(rng.integers(2)),
        "random_state": seed,
    }
    X, y = data(seed, 3)
    n = settings["n_estimators"]
    model = BaggingClassifier(LogisticRegression(), **settings)
    check_exact(model, X, y, n * linear(3, columns))
    check_planned(BaggingClassifier(**settings), X, y)
    X, y = data(seed)
    check_exact(BaggingRegressor(Ridge(), **settings), X, y, n * linear(1, columns))
    check_planned(BaggingRegressor(**settings), X, y)


def test_a_draw_may_lack_a_class():
    X, y = data(0, 3)
    y[:-1], y[-1] = y[:-1] % 2, 2
    model = BaggingClassifier(GaussianNB(), n_estimators=4, max_samples=5, random_state=0)
    check_planned(model, X, y)  # takes sample_weight: all classes
    from sklearn.neighbors import NearestCentroid

    check_planned(BaggingClassifier(NearestCentroid(), 4, max_samples=9, random_state=0), X, y)


@pytest.mark.parametrize("k", [2, 3])
@pytest.mark.parametrize("ensemble", [True, False, "auto"])
@pytest.mark.parametrize("method", ["sigmoid", "isotonic", "temperature"])
def test_calibration(method, ensemble, k):
    if method == "temperature":
        pytest.importorskip("sklearn", minversion="1.8")
    X, y = data(0, k)
    scores = 1 if k == 2 else k
    n = 1 if ensemble is False else 3
    model = CalibratedClassifierCV(LogisticRegression(), method=method, cv=3, ensemble=ensemble)
    if method == "isotonic":
        assert not check_planned(model, X, y)
        thresholds = sum(
            2 * len(each.X_thresholds_)
            for pair in model.calibrated_classifiers_
            for each in pair.calibrators
        )
        assert count_params(model) == n * linear(k) + thresholds
    else:
        each = 1 if method == "temperature" else 2 * scores
        check_exact(model, X, y, n * (linear(k) + each))
    frozen = FrozenEstimator(LogisticRegression().fit(X, y))
    if method == "sigmoid" and ensemble != True:  # noqa: E712  ("auto" too)
        model = CalibratedClassifierCV(frozen, method=method, ensemble=ensemble)
        check_exact(model, X, y, linear(k) + 2 * scores)


def test_selection():
    X, y = data(0, 3)
    for keep, k in {2: 2, 0.5: P // 2, None: P // 2, 40: P}.items():
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".*n_features.*")
            check_exact(RFE(LogisticRegression(), n_features_to_select=keep), X, y, linear(3, k))
    check_planned(RFECV(LogisticRegression(), cv=2, min_features_to_select=2), X, y)
    for selector in (
        SelectFromModel(LogisticRegression()),
        SelectKBest(k=2),
        VarianceThreshold(),
        SequentialFeatureSelector(LogisticRegression(), n_features_to_select=2, cv=2),
    ):
        check_exact(selector, X, y, 0)


@pytest.mark.parametrize(
    ("selector", "columns"),
    [
        (SelectKBest(k=4), 4),
        (SelectKBest(k="all"), P),
        (RFE(LogisticRegression(), n_features_to_select=0.5), 3),
        (SequentialFeatureSelector(LogisticRegression(), n_features_to_select=2, cv=2), 2),
        (VarianceThreshold(), None),
        (SelectFromModel(LogisticRegression()), None),
        (FeatureUnion([("a", SelectKBest(k=2)), ("b", "passthrough"), ("c", "drop")]), 2 + P),
        (ColumnTransformer([("a", StandardScaler(), [0, 1]), ("b", "passthrough", [5])]), 3),
    ],
)
def test_columns_behind_a_selection(selector, columns):
    X, y = data(0, 3)
    model = make_pipeline(selector, LogisticRegression())
    planned = plan(model, X, y).root.children[-1].totals.stored
    model.fit(X, y)
    if columns is None:
        assert isinstance(planned, Unknown)
    else:
        assert planned == linear(3, columns) == count_params(model[-1])


@pytest.mark.parametrize(
    ("first", "second", "sent", "rest"),
    [
        ([0, 1], [2], 3, 3),
        (slice(1, 4), [-1], 4, 2),
        (np.arange(P) > 2, [0], 4, 2),
        ([True, False] * 3, [1, 3], 5, 1),
        ([], [0], 1, 5),
        ([0, 1], [1, -6], 4, 4),
    ],
)
@pytest.mark.parametrize("remainder", ["drop", "passthrough", StandardScaler()])
def test_columns_sent_by_place(first, second, sent, rest, remainder):
    X, y = data(0, 3)
    columns = ColumnTransformer(
        [("a", StandardScaler(), first), ("b", StandardScaler(), second)], remainder=remainder
    )
    scaled = sent + (rest if isinstance(remainder, StandardScaler) else 0)
    out = sent + (0 if isinstance(remainder, str) and remainder == "drop" else rest)
    check_exact(make_pipeline(columns, LogisticRegression()), X, y, 2 * scaled + linear(3, out))


def test_columns_sent_by_name_or_by_a_function():
    pandas = pytest.importorskip("pandas")
    X, y = data(0, 3)
    X = pandas.DataFrame(X, columns=list("abcdef")).assign(g=np.arange(len(X)))
    columns = ColumnTransformer(
        [
            ("name", StandardScaler(), ["a", "c"]),
            ("slice", StandardScaler(), slice("b", "d")),
            ("one", "passthrough", ["f"]),
            ("kind", StandardScaler(), make_column_selector(dtype_include=int)),
        ],
        remainder="passthrough",
    )
    check_exact(
        make_pipeline(columns, Ridge()), X, y, 2 * (2 + 3 + 1) + linear(1, 2 + 3 + 1 + 1 + 1)
    )
    without_X = plan(columns, n_samples=9, n_features=7)
    assert "columns" in without_X.totals.stored.reason


@pytest.mark.parametrize("seed", SEEDS)
def test_pipelines_and_unions(seed):
    rng = np.random.default_rng(seed)
    X, y = data(seed, 3)
    a, b = (int(rng.integers(1, P + 1)) for _ in range(2))
    union = FeatureUnion([("a", PCA(a)), ("b", PCA(b)), ("c", "passthrough")])
    model = make_pipeline(StandardScaler(), "passthrough", union, LogisticRegression())
    expected = 2 * P + (a + 1) * P + (b + 1) * P + linear(3, a + b + P)
    check_exact(model, X, y, expected)


@pytest.mark.parametrize("seed", SEEDS)
def test_estimators_around_one_other(seed):
    X, y = data(seed, 2)
    model = LogisticRegression()
    check_exact(FixedThresholdClassifier(model), X, y, linear(2))
    check_exact(TunedThresholdClassifierCV(model, cv=3), X, y, linear(2))
    split = ShuffleSplit(1, random_state=0)
    check_exact(TunedThresholdClassifierCV(model, cv=split, refit=False), X, y, linear(2))
    frozen = FrozenEstimator(DecisionTreeClassifier().fit(X, y))
    check_exact(frozen, X, y, count_params(frozen.estimator))
    y = np.where(np.random.default_rng(seed).random(len(y)) < 0.3, -1, y)
    half = SelfTrainingClassifier(model).fit(X, y)
    assert count_params(half) == linear(2)
    check_roles(half)
    X, y = data(seed)
    check_exact(RANSACRegressor(random_state=seed), X, y, linear(1))
    check_planned(RANSACRegressor(DecisionTreeRegressor(max_depth=2), min_samples=5), X, y)
    check_exact(TransformedTargetRegressor(), X, y, linear(1))
    scaled = TransformedTargetRegressor(Ridge(), transformer=StandardScaler())
    check_exact(scaled, X, y, linear(1) + 2)


def test_the_tuned_threshold_is_shown():
    X, y = data(0, 2)
    found = summary(TunedThresholdClassifierCV(LogisticRegression()).fit(X, y))
    outcomes = {each.path: each.role for each in found.root.outcomes}
    assert outcomes == {"best_threshold_": "tuned", "best_score_": "diagnostic"}


def test_templates_and_names_are_not_counted_again():
    X, y = data(0, 3)
    voting = VotingClassifier([("a", LogisticRegression())]).fit(X, y)
    assert [child.path for child in summary(voting).root.children] == ["estimators_[0]"]
    bagging = BaggingClassifier(LogisticRegression(), 2).fit(X, y)
    paths = [child.path for child in summary(bagging).root.children]
    assert paths == ["estimators_[0]", "estimators_[1]"]
    # The same fitted estimator under two names counts once.
    shared = LogisticRegression().fit(X, y)
    voting.estimators_ = [shared, shared]
    assert count_params(voting) == linear(3)
