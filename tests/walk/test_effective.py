"""Effective counts against the smoother matrix itself, made by refits with y moved row by row."""

import warnings

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.decomposition import PCA, KernelPCA, TruncatedSVD
from sklearn.ensemble import RandomForestRegressor
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import SelectKBest, f_regression
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, DotProduct, WhiteKernel
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import (
    ARDRegression,
    BayesianRidge,
    ElasticNet,
    ElasticNetCV,
    Lars,
    LarsCV,
    Lasso,
    LassoCV,
    LassoLars,
    LassoLarsCV,
    LassoLarsIC,
    LinearRegression,
    LogisticRegression,
    MultiTaskElasticNetCV,
    MultiTaskLasso,
    MultiTaskLassoCV,
    Ridge,
    RidgeCV,
)
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)

from skparams import count_params, summary
from tests.specs.sweeps import flag, one_of
from tests.sweep import sweep
from tests.walk.smoother import trace

SWEEPS = sweep(range(12), 1)


def fitted(estimator, X, y):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # singular systems are meant
        return clone(estimator).fit(X, y)


def effective(model, X):
    return count_params(model, kind="effective", X=X)


def agree(estimator, X, y, *, same=None, rel=1e-6):
    """Hold the count against refits of the estimator, or of one whose choices are the fitted's."""
    model = fitted(estimator, X, y)
    n_targets = y.shape[1] if y.ndim == 2 else None
    expected = trace(same(model) if same else estimator, X, n_targets)
    assert effective(model, X) == pytest.approx(expected, rel=rel, abs=1e-6), estimator
    return model


def any_data(seed):
    """Rows of a random shape, wide or tall, of full rank or not, and a y with one axis or two."""
    rng = np.random.default_rng(seed)
    n, p = rng.integers(6, 16), rng.integers(1, 12)
    X = rng.standard_normal((n, p)) + 2
    if flag(rng):
        X[:, -1] = X[:, 0] if p > 1 else 1.0
    y = rng.standard_normal((n, 2)) if flag(rng) else rng.standard_normal(n)
    return rng, X, y


@pytest.fixture
def X(rng):
    return rng.standard_normal((14, 4)) + 1


@pytest.fixture
def y(rng, X):
    return X[:, 0] + rng.standard_normal(len(X))


@pytest.mark.parametrize("seed", SWEEPS)
def test_linear_regression(seed):
    rng, X, y = any_data(seed)
    model = LinearRegression(fit_intercept=flag(rng))
    agree(model, X, y)
    thin = sparse.csr_array(np.where(rng.random(X.shape) < 0.5, X, 0))
    agree(model.set_params(tol=1e-12), thin, y, rel=1e-4)


def test_a_refit_on_sparse_rows_forgets_the_rank_before(X, y):
    model = LinearRegression(tol=1e-12).fit(X, y)
    narrow = sparse.csr_array(X[:, :2])
    assert effective(model.fit(narrow, y), narrow) == 3


@pytest.mark.parametrize("seed", SWEEPS)
@pytest.mark.parametrize("solver", ["auto", "svd", "cholesky", "lsqr", "sparse_cg"])
def test_ridge(solver, seed):
    rng, X, y = any_data(seed)
    alpha = float(rng.choice([0.01, 1.0, 30.0]))
    if y.ndim == 2 and flag(rng):
        alpha = np.array([alpha, 5.0])
    agree(Ridge(alpha, fit_intercept=flag(rng), solver=solver, tol=1e-13), X, y, rel=1e-4)


@pytest.mark.parametrize("seed", sweep(range(3), 1))
@pytest.mark.parametrize("solver", ["sag", "saga"])
def test_ridge_by_stochastic_solvers(solver, seed):
    rng, X, y = any_data(seed)
    model = Ridge(3.0, fit_intercept=flag(rng), solver=solver, tol=1e-13, random_state=0)
    agree(model.set_params(max_iter=200_000), X, y, rel=1e-4)


@pytest.mark.parametrize("seed", SWEEPS)
def test_ridge_of_sparse_rows_and_without_penalty(seed):
    rng, X, y = any_data(seed)
    thin = sparse.csr_matrix(np.where(rng.random(X.shape) < 0.5, X, 0))
    agree(Ridge(0.5, fit_intercept=flag(rng), tol=1e-13), thin, y, rel=1e-4)
    model = Ridge(0.0, fit_intercept=flag(rng), solver="svd").fit(X, y)
    rank = np.linalg.matrix_rank(X - X.mean(axis=0) if model.fit_intercept else X)
    n_targets = y.shape[1] if y.ndim == 2 else 1
    assert effective(model, X) == n_targets * (rank + model.fit_intercept)


@pytest.mark.parametrize("seed", SWEEPS)
def test_ridge_whose_penalty_was_chosen(seed):
    rng, X, y = any_data(seed)
    y = np.column_stack([X[:, 0] + y.reshape(len(y), -1)[:, 0], rng.standard_normal(len(y))])
    each = flag(rng)
    model = RidgeCV([0.1, 1.0, 10.0, 100.0], fit_intercept=flag(rng), alpha_per_target=each)

    def chosen(model):
        return Ridge(model.alpha_, fit_intercept=model.fit_intercept)

    agree(model, X, y, same=chosen)
    agree(model.set_params(alpha_per_target=False, cv=3), X, y[:, 0], same=chosen)


@pytest.mark.parametrize("seed", SWEEPS)
@pytest.mark.parametrize("cls", [Lasso, ElasticNet, LassoLars])
def test_lasso_and_elastic_net(cls, seed):
    rng, X, _ = any_data(seed)
    if cls is LassoLars:  # of columns that are the same, it may take another one for another y
        X = rng.standard_normal(X.shape)
    y = X[:, 0] + rng.standard_normal(len(X))
    if flag(rng):
        y = np.column_stack([y, rng.standard_normal(len(X))])
    model = cls(10 ** rng.uniform(-2, 0), fit_intercept=flag(rng))
    if cls is not LassoLars:
        model.set_params(positive=flag(rng), tol=1e-14, max_iter=1_000_000)
    if cls is ElasticNet:
        model.set_params(l1_ratio=rng.uniform(0.1, 1))
    model = fitted(model, X, y)
    expected = trace(model, X, y=y, step=1e-6)
    assert effective(model, X) == pytest.approx(expected, abs=1e-3)
    if cls is not LassoLars:
        thin = sparse.csr_array(np.where(rng.random(X.shape) < 0.5, X, 0))
        dense, same = (fitted(model, each, y) for each in (thin.toarray(), thin))
        assert effective(same, thin) == pytest.approx(effective(dense, thin.toarray()), abs=1e-6)


def test_a_lasso_of_nothing_and_of_the_same_column_twice(X, y):
    assert effective(Lasso(1e3).fit(X, y), X) == 1
    assert effective(Lasso(1e3, fit_intercept=False).fit(X, y), X) == 0
    twice = np.column_stack([X, X])
    model = fitted(ElasticNet(0.01, l1_ratio=0.9, tol=1e-6, max_iter=100_000), twice, y)
    assert np.count_nonzero(model.coef_) == 6
    assert 3 < effective(model, twice) < 4


@pytest.mark.exhaustive
@pytest.mark.parametrize("model", [Lasso(0.2), ElasticNet(0.2, l1_ratio=0.5)])
def test_it_is_unbiased_for_the_lasso(model):
    """Stein: its mean is the covariance of predictions and targets, in variances of the noise."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((30, 10))
    mean = X[:, :3] @ [2.0, 1.0, 0.5]
    found, covariance = [], []
    for _ in range(2000):
        noise = rng.standard_normal(30)
        model.fit(X, mean + noise)
        found.append(effective(model, X))
        covariance.append(noise @ (model.predict(X) - mean))
    error = np.std(covariance) / np.sqrt(len(covariance))
    assert abs(np.mean(found) - np.mean(covariance)) < 4 * error
    assert error < 0.1


@pytest.mark.parametrize("seed", SWEEPS)
def test_bayesian_regressions_with_their_precisions_as_found(seed):
    rng, X, _ = any_data(seed)
    X = rng.standard_normal(X.shape)
    y = X[:, 0] + rng.standard_normal(len(X))
    intercept = flag(rng)
    model = fitted(BayesianRidge(fit_intercept=intercept), X, y)
    same = Ridge(model.lambda_ / model.alpha_, fit_intercept=intercept, solver="svd")
    assert effective(model, X) == pytest.approx(trace(same, X), rel=1e-6)
    assert np.allclose(model.predict(X), fitted(same, X, y).predict(X))
    model = fitted(ARDRegression(fit_intercept=intercept, threshold_lambda=100.0), X, y)
    kept = model.lambda_ < 100.0
    same = Ridge(1 / model.alpha_, fit_intercept=intercept, solver="svd")
    scaled = X[:, kept] / np.sqrt(model.lambda_[kept])
    expected = trace(same, scaled) if kept.any() else float(intercept)
    assert effective(model, X) == pytest.approx(expected, rel=1e-6)


def test_a_penalty_that_was_tuned_on_the_same_rows(X, y):
    tuned = [LassoCV(cv=2), ElasticNetCV(cv=2), LassoLarsCV(cv=2), LassoLarsIC(noise_variance=1.0),
             LarsCV(cv=2), GridSearchCV(Lasso(), {"alpha": [0.1, 1.0]}, cv=2),
             make_pipeline(StandardScaler(), LassoCV(cv=2))]  # fmt: skip
    for model in tuned:
        reason = summary(fitted(model, X, y), X).effective.reason
        assert reason == "the penalty was tuned on the same rows"
    both = np.column_stack([y, -y])
    for model in (MultiTaskLassoCV(cv=2), MultiTaskElasticNetCV(cv=2)):
        assert effective(fitted(model, X, both), X) is None
    scaled = TransformedTargetRegressor(Lasso(), transformer=StandardScaler())
    reason = "y is scaled, and Lasso is not linear in y"
    assert summary(fitted(scaled, X, y), X).effective.reason == reason
    short = fitted(Lasso(0.001, max_iter=1), X, y)
    assert summary(short, X).effective.reason.startswith("which coefficients are zero is not settl")


@pytest.mark.parametrize("seed", SWEEPS)
@pytest.mark.parametrize("kernel", ["linear", "rbf", "poly", "sigmoid", "laplacian", "mine"])
def test_kernel_ridge(kernel, seed):
    rng, X, y = any_data(seed)
    alpha = float(rng.choice([0.1, 1.0, 30.0]))
    if y.ndim == 2 and flag(rng):
        alpha = np.array([alpha, 5.0])
    model = KernelRidge(alpha, gamma=one_of(rng, None, 0.1), degree=2, coef0=0.5, kernel=kernel)
    if kernel == "mine":
        model.set_params(kernel=lambda a, b, scale=1: scale * a @ b, kernel_params={"scale": 0.5})
    agree(model, X, y, rel=1e-5)


def test_kernel_ridge_of_sparse_rows_and_of_a_kernel_matrix(X, y):
    thin = sparse.csr_array(np.where(X > 1, X, 0))
    agree(KernelRidge(kernel="rbf"), thin, y)
    assert effective(KernelRidge().fit(thin, y), thin.toarray()) > 0
    assert effective(KernelRidge().fit(thin.toarray(), y), thin) > 0
    agree(KernelRidge(kernel="precomputed"), X @ X.T, y)
    agree(KernelRidge(0.0, kernel="poly", degree=3), X, y)


@pytest.mark.parametrize("seed", SWEEPS)
def test_gaussian_process(seed):
    rng, X, y = any_data(seed)
    kernel = one_of(rng, RBF(2.0), RBF() + ConstantKernel(0.5), DotProduct(), 2.0 * RBF(3.0))
    if flag(rng):
        kernel += WhiteKernel(0.3)
    noise = one_of(rng, 0.1, 1.0, rng.random(len(X)) + 0.1)
    model = GaussianProcessRegressor(
        kernel, alpha=noise, optimizer=None, normalize_y=flag(rng), copy_X_train=flag(rng)
    )
    agree(model, X, y)


def test_gaussian_process_whose_kernel_was_fitted(X, y):
    def chosen(model):
        return clone(model).set_params(kernel=model.kernel_, optimizer=None)

    kernel = 1.0 * RBF() + WhiteKernel()
    agree(GaussianProcessRegressor(kernel, normalize_y=True), X, y, same=chosen)
    agree(GaussianProcessRegressor(alpha=0.1), X, y, same=chosen)


@pytest.mark.parametrize("seed", SWEEPS)
@pytest.mark.parametrize("weights", ["uniform", "distance", "mine", None])
def test_nearest_neighbors(weights, seed):
    rng, X, y = any_data(seed)
    if flag(rng):
        X[1] = X[0]  # a row twice
    model = KNeighborsRegressor(
        int(rng.integers(1, 6)),
        weights=(lambda distance: 1 / (1 + distance)) if weights == "mine" else weights,
        algorithm=one_of(rng, "auto", "brute", "kd_tree"),
        p=int(rng.integers(1, 3)),
    )
    agree(model, X, y)


def test_nearest_neighbors_of_other_rows(X, y):
    agree(KNeighborsRegressor(3), sparse.csr_matrix(np.where(X > 1, X, 0)), y)
    apart = np.abs(X[:, :1] - X[:, :1].T)
    agree(KNeighborsRegressor(3, metric="precomputed"), apart, y)
    X[0, 0] = np.nan
    agree(KNeighborsRegressor(3, metric="nan_euclidean"), X, y)
    model = KNeighborsRegressor(3, weights=np.zeros_like).fit(X[1:], y[1:])
    assert summary(model, X[1:]).effective.reason == (
        "the weights of a row's neighbors sum to zero"
    )


LAST = [
    LinearRegression(),
    Ridge(2.0, fit_intercept=False),
    KernelRidge(0.5, kernel="rbf"),
    GaussianProcessRegressor(RBF(2.0), alpha=0.5, optimizer=None),
    KNeighborsRegressor(3, weights="distance"),
]


@pytest.mark.parametrize("last", sweep(LAST, 1), ids=lambda last: type(last).__name__)
@pytest.mark.parametrize("dtype", sweep([np.float64, np.float32], 1))
def test_behind_transformers_that_ignore_y(last, dtype, X, y):
    X = X.astype(dtype)
    rel = 1e-3 if dtype == np.float32 else 1e-6
    halves = ColumnTransformer([("a", StandardScaler(), [0, 1])], remainder="passthrough")
    union = FeatureUnion([("a", PCA(2)), ("b", make_pipeline(MinMaxScaler(), RobustScaler()))])
    for before in (StandardScaler(), PCA(2), PCA(3, whiten=True), KernelPCA(2), halves, union):
        agree(make_pipeline(before, last), X, y, rel=rel)
    model = make_pipeline(StandardScaler(), make_pipeline(PCA(3), last))
    agree(model, X, np.column_stack([y, y**2]), rel=rel)


def test_behind_text_and_frames(y):
    pd = pytest.importorskip("pandas")
    text = [f"one{i % 5} two{i % 3} three" for i in range(len(y))]
    agree(make_pipeline(TfidfVectorizer(), TruncatedSVD(3, random_state=0), Ridge()), text, y)
    agree(make_pipeline(TfidfVectorizer(), KernelRidge()), text, y)
    frame = pd.DataFrame({"a": np.arange(14.0), "b": y**2})
    scaler = StandardScaler().set_output(transform="pandas")
    agree(make_pipeline(scaler, KNeighborsRegressor(3)), frame, y)
    agree(LinearRegression(), frame, y)


def test_of_a_search_that_of_the_winner(X, y):
    pipeline = make_pipeline(StandardScaler(), Ridge())
    search = GridSearchCV(pipeline, {"ridge__alpha": [0.1, 10.0]}, cv=2)
    agree(search, X, y, same=lambda model: model.best_estimator_)
    search = GridSearchCV(KNeighborsRegressor(), {"n_neighbors": [2, 3]}, cv=2)
    agree(make_pipeline(MinMaxScaler(), search), X, y, same=lambda m: _with_winner(m))
    unkept = GridSearchCV(Ridge(), {"alpha": [1.0]}, cv=2, refit=False).fit(X, y)
    assert summary(unkept, X).effective.reason == "there is no formula for GridSearchCV"


def _with_winner(model):
    return make_pipeline(model[0], model[-1].best_estimator_)


@pytest.mark.parametrize("last", sweep(LAST, 2), ids=lambda last: type(last).__name__)
def test_of_transformed_targets(last, X, y):
    shifting = [StandardScaler(), RobustScaler(), MinMaxScaler()]
    follows = isinstance(last, LinearRegression | KNeighborsRegressor)
    for scaler in shifting:
        model = TransformedTargetRegressor(make_pipeline(PCA(3), last), transformer=scaler)
        if follows:
            agree(model, X, y)
            agree(model, X, np.column_stack([y, y**2]))
        else:
            reason = f"y is shifted, and {type(last).__name__} does not shift with it"
            assert summary(model.fit(X, y), X).effective.reason == reason
    for scaler in (
        None,
        MaxAbsScaler(),
        StandardScaler(with_mean=False),
        RobustScaler(with_centering=False),
    ):
        agree(TransformedTargetRegressor(last, transformer=scaler), X, y)


def test_of_targets_that_a_gaussian_process_centres_itself(X, y):
    last = GaussianProcessRegressor(RBF(2.0), alpha=0.5, optimizer=None, normalize_y=True)
    agree(TransformedTargetRegressor(last, transformer=StandardScaler()), X, y)


def test_unknown_has_a_reason(X, y):
    class Mine(StandardScaler):
        """May look at y, for all that is known."""

    classes = (y > 0).astype(int)
    many = np.random.RandomState(0).standard_normal((30, 8))
    logarithms = TransformedTargetRegressor(Ridge(), func=np.exp, inverse_func=np.log)
    no_formula = "there is no formula for {}".format
    not_linear = "with positive=True predictions are not a linear function of y"
    for model, target, reason in [
        (LogisticRegression(), classes, no_formula("LogisticRegression")),
        (KNeighborsClassifier(3), classes, no_formula("KNeighborsClassifier")),
        (LassoLars(positive=True), y, "with positive=True the path does not end at a lasso"),
        (Lars(), y, no_formula("Lars")),
        (MultiTaskLasso(), np.column_stack([y, y]), no_formula("MultiTaskLasso")),
        (RandomForestRegressor(2), y, no_formula("RandomForestRegressor")),
        (StandardScaler(), y, no_formula("StandardScaler")),
        (LinearRegression(positive=True), y, not_linear),
        (Ridge(positive=True), y, not_linear),
        (make_pipeline(SelectKBest(f_regression, k=2), Ridge()), y, "what SelectKBest does to X"),
        (make_pipeline(make_pipeline(Mine()), Ridge()), y, "what Mine does to X may depend on y"),
        (logarithms, np.abs(y), "y goes through FunctionTransformer"),
        (TransformedTargetRegressor(Ridge(), transformer=QuantileTransformer(n_quantiles=5)), y,
         "y goes through QuantileTransformer"),
    ]:  # fmt: skip
        model.fit(X, target)
        assert effective(model, X) is None
        assert summary(model, X).effective.reason.startswith(reason)
        assert summary(model).effective.reason == "needs X"
    blurred = make_pipeline(PCA(2, svd_solver="randomized"), Ridge()).fit(many, many[:, 0])
    assert summary(blurred, many).effective.reason.startswith("a randomized PCA does not")
    assert summary(Ridge(), X).effective.reason == "not fitted"
    assert effective(Ridge(), X) is None
    assert effective(Ridge().fit(X, y), None) is None
    agree(make_pipeline(FunctionTransformer(np.tanh), Ridge()), X, y)


@pytest.mark.parametrize("last", sweep(LAST, 2), ids=lambda last: type(last).__name__)
def test_other_rows_are_named(last, X, y):
    model = make_pipeline(StandardScaler(), last).fit(X, y)
    for function in (lambda rows: effective(model, rows), lambda rows: summary(model, rows)):
        with pytest.raises(ValueError, match=r"X must have the 4 columns that the .*, got 3"):
            function(X[:, :3])
        if isinstance(last, LinearRegression | Ridge):
            continue  # they keep no rows
        for other in (X[:-1], X[::-1], X + 0.01 * (np.arange(4) == 2) * np.arange(14)[:, None]):
            found = function(other)
            assert found is None or found.effective.reason.startswith("X has ")


def test_it_looks_only_and_is_shown(X, y):
    import pickle

    model = make_pipeline(StandardScaler(), KernelRidge(kernel="rbf")).fit(X, y)
    before = pickle.dumps(model), X.copy()
    found = summary(model, X)
    assert found.effective == effective(model, X)
    assert pickle.dumps(model) == before[0]
    assert np.array_equal(X, before[1])
    assert "effective" in str(found)
