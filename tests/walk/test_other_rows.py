"""X that is not the training rows: what the model knows of these wins; and X of any length."""

import time

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.cluster import MiniBatchKMeans
from sklearn.decomposition import PCA, IncrementalPCA, KernelPCA
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsRegressor
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.tree import DecisionTreeRegressor

from skparams import count_params, summary
from skparams.specs import MAX_ROWS, Unknown, n_rows_known
from tests.all_estimators import data_for, each_estimator, fitted, instances

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")


def n_rows(X):
    return X.shape[0] if hasattr(X, "shape") else len(X)


@each_estimator
def test_the_rows_that_are_known_are_those_of_fit(name):
    for estimator, X, _ in fitted(name):
        n = n_rows(X)
        assert n_rows_known(estimator) in (None, n)
        assert summary(estimator, X).n_samples == n
        if "Kernel" in name or estimator.__sklearn_tags__().input_tags.pairwise:
            continue
        found = summary(estimator, X[: n - 1])
        assert found.n_samples == n_rows_known(estimator) or n_rows_known(estimator) is None
        assert found.to_text()


KNOWN = """
    BaggingRegressor BisectingKMeans DBSCAN DecisionTreeClassifier ExtraTreeRegressor
    ExtraTreesClassifier GaussianProcessRegressor GradientBoostingClassifier
    GradientBoostingRegressor HistGradientBoostingClassifier IncrementalPCA IsolationForest KMeans
    KNeighborsClassifier KNeighborsRegressor KernelDensity KernelPCA KernelRidge LabelPropagation
    LabelSpreading LocalOutlierFactor MaxAbsScaler MinMaxScaler NearestNeighbors NuSVR OneClassSVM
    PCA RadiusNeighborsRegressor RandomForestClassifier RandomForestRegressor SVC SVR
"""


@pytest.mark.parametrize("name", KNOWN.split())
def test_what_keeps_traces_of_its_rows_knows_their_number(name):
    for estimator, X, _ in fitted(name):
        tuned = {"subsample": 1.0, "n_iter_no_change": None, "early_stopping": False}
        params = estimator.get_params(deep=False)
        partly = any(params.get(key, value) != value for key, value in tuned.items())
        assert n_rows_known(estimator) == len(X) or partly


PROCESS = GaussianProcessRegressor(RBF(), alpha=0.1, optimizer=None)


@pytest.fixture
def data(rng):
    X = rng.standard_normal((300, 4))
    return X, X[:, 0] + rng.standard_normal(300)


def test_a_forest_is_judged_by_the_rows_that_its_trees_saw(data):
    X, y = data
    model = make_pipeline(StandardScaler(), RandomForestRegressor(5, max_depth=3, random_state=0))
    search = GridSearchCV(model, {"randomforestregressor__max_depth": [3]}, cv=2)
    for each in (model, model[-1], search):
        each.fit(X, y)
        found = summary(each, X[:50])
        assert found.n_samples == 300
        assert found.n_rows == 50
        assert "SKP001" not in {each.code for each in found.findings}
        assert found.effective == Unknown("X has 50 rows, and it was fitted on 300")
        text = found.to_text(width=100)
        assert "300 rows" in text
        assert "effective is unknown: X has 50 rows, and it was fitted on 300" in text


@pytest.mark.parametrize("last", [KNeighborsRegressor(3), KernelRidge(), PROCESS])
def test_other_rows_of_what_keeps_its_own(last, data):
    X, y = data
    for model in (clone(last), make_pipeline(StandardScaler(), clone(last))):
        model.fit(X, y)
        for other, reason in (
            (X[:50], "X has 50 rows, and it was fitted on 300"),
            (X[::-1], "X has other rows than those that it was fitted on"),
        ):
            found = summary(model, other)
            assert found.effective == Unknown(reason)
            assert count_params(model, kind="effective", X=other) is None
            assert f"effective is unknown: {reason}" in found.to_text(width=100)


def test_rows_of_a_fit_in_parts_add_up(data):
    X, y = data
    model = make_pipeline(MinMaxScaler().partial_fit(X).partial_fit(X), Ridge())
    model[-1].fit(X, y)
    assert n_rows_known(model) == 600
    assert n_rows_known(MiniBatchKMeans(2, n_init=1).partial_fit(X[:50]).partial_fit(X)) is None
    weighted = StandardScaler().fit(X, sample_weight=np.full(300, 2.0))
    assert n_rows_known(weighted) is None  # a sum of weights


N = 20_000


@pytest.fixture(scope="module")
def many():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((N, 10))
    return X, X[:, 0] + rng.standard_normal(N)


@pytest.mark.parametrize("weights", ["uniform", "distance"])
def test_many_rows_of_nearest_neighbors_take_no_time(weights, many):
    X, y = many
    model = make_pipeline(StandardScaler(), KNeighborsRegressor(5, weights=weights)).fit(X, y)
    start = time.process_time()
    found = summary(model, X)
    assert time.process_time() - start < 2  # it took a minute
    assert found.effective == (N / 5 if weights == "uniform" else N)
    assert "2,000 of the 20,000 rows of X, evenly spaced" in found.to_text(width=100)


@pytest.mark.parametrize(
    "last",
    [
        KNeighborsRegressor(weights=lambda distance: 1 / (1 + distance)),
        KNeighborsRegressor(metric="cosine"),
        KernelRidge(),
        PROCESS,
        make_pipeline(KernelPCA(2), Ridge()),
    ],
    ids=["callable", "cosine", "kernel", "process", "behind"],
)
def test_what_takes_each_pair_of_many_rows_is_unknown(last, rng):
    X = rng.standard_normal((MAX_ROWS + 1, 2))
    model = last.fit(X, X[:, 0])
    reason = "X has 2,001 rows, and each pair of more than 2,000 would take long"
    assert summary(model, X).effective == Unknown(reason)


def test_singular_values_of_many_rows_and_columns_are_left_out():
    n = MAX_ROWS + 1
    X = sparse.eye_array(n, format="csr")
    model = Ridge(solver="sparse_cg", fit_intercept=False).fit(X, np.ones(n))
    reason = "X has 2,001 rows and 2,001 columns, too many for its singular values"
    assert summary(model, X).effective == Unknown(reason)


def test_many_rows_are_exact_where_the_sizes_are_those_of_columns(many):
    X, y = many
    model = make_pipeline(StandardScaler(), PCA(3), Ridge(100.0)).fit(X, y)
    squares = np.linalg.svd(model[:2].transform(X), compute_uv=False) ** 2
    expected = (squares / (squares + 100.0)).sum() + 1
    assert summary(model, X).effective == pytest.approx(expected)


def test_rows_for_findings_are_evenly_spaced(many):
    X, y = many
    positive = np.abs(X)
    positive[1] = -100.0  # which none of the 2,000 rows is
    model = MLPRegressor(hidden_layer_sizes=(3,), tol=1.0, random_state=0)
    model.fit(positive[:100], y[:100])
    model.coefs_[0][:] = -1.0
    for rows in (positive, sparse.csr_matrix(positive), positive.tolist()):
        (message,) = (f.message for f in summary(model, rows).findings if f.code == "SKP003")
        assert "zero for each of the 2,000 rows" in message
    assert "SKP003" not in {each.code for each in summary(model, positive[:100]).findings}


def test_a_tree_and_a_forest_know_their_rows_with_and_without_bootstrap(data):
    X, y = data
    assert n_rows_known(DecisionTreeRegressor().fit(X, y)) == 300
    for settings in ({"bootstrap": False}, {"max_samples": 10}, {}):
        model = RandomForestClassifier(3, **settings).fit(X, y > 0)
        assert n_rows_known(model) == 300


@each_estimator
def test_before_fit_rows_are_counted(name):
    for estimator in instances(name):
        X, _ = data_for(estimator)
        found = summary(estimator, X)
        n = n_rows(X)
        assert (found.n_rows, found.n_samples) == (n, n)


def test_a_pipeline_whose_first_step_is_not_fitted():
    X = np.random.RandomState(0).standard_normal((30, 3))
    model = make_pipeline(IncrementalPCA(), LogisticRegression().fit(X, X[:, 0] > 0))
    assert summary(model, X).n_samples == 30
