"""Scores are those of validation_curve, bit for bit, and counts those of models fitted alike."""

import functools

import numpy as np
import pytest
import sklearn
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.cluster import KMeans
from sklearn.datasets import load_diabetes, load_iris, load_linnerud
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import RandomForestRegressor
from sklearn.exceptions import FitFailedWarning
from sklearn.kernel_approximation import RBFSampler
from sklearn.linear_model import (
    Lasso,
    LinearRegression,
    LogisticRegression,
    PoissonRegressor,
    Ridge,
    RidgeClassifier,
)
from sklearn.metrics import (
    accuracy_score,
    get_scorer,
    log_loss,
    make_scorer,
    mean_absolute_error,
    mean_squared_error,
    zero_one_loss,
)
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    KFold,
    RepeatedStratifiedKFold,
    ShuffleSplit,
    TimeSeriesSplit,
    check_cv,
    validation_curve,
)
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler, scale
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from skparams import capacity_curve, count_params
from skparams._capacity.verb import _score_name
from skparams._records import Bounds, Unknown
from tests.sweep import sweep

IRIS = scale(load_iris().data)[::3], load_iris().target[::3]
DIABETES = tuple(each[:80] for each in load_diabetes(return_X_y=True))
LINNERUD = load_linnerud(return_X_y=True)
SPLIT = ShuffleSplit(3, random_state=0)


def _second_feature(model, X, y):
    return float(np.mean(model.predict(X) == y) + X[0, 1])


# name: estimator, data, hyperparameter, values, arguments
CASES = {
    "tree": (
        DecisionTreeClassifier(random_state=0), IRIS, "max_leaf_nodes", [2, 3, 8],
        {"cv": 3},
    ),
    "pipeline with a scorer by name": (
        make_pipeline(StandardScaler(), PolynomialFeatures(), LinearRegression()), DIABETES,
        "polynomialfeatures__degree", [1, 2], {"cv": SPLIT, "scoring": "neg_mean_absolute_error"},
    ),
    "two jobs": (
        LogisticRegression(max_iter=50), IRIS, "C", np.logspace(-2, 1, 3),
        {"cv": 3, "n_jobs": 2, "scoring": "neg_log_loss"},
    ),
    "a scorer that is a function": (
        SVC(), IRIS, "C", [0.1, 1.0], {"cv": SPLIT, "scoring": _second_feature},
    ),
    "a scorer that is made": (
        RidgeClassifier(), IRIS, "alpha", [0.1, 1.0],
        {"cv": SPLIT, "scoring": make_scorer(accuracy_score)},
    ),
    "several outputs": (
        RandomForestRegressor(3, random_state=0), LINNERUD, "max_depth", [1, 3], {"cv": 3},
    ),
    "no target": (KMeans(n_init=1, random_state=0), (IRIS[0], None), "n_clusters", [2, 3], {}),
    "random states": (
        DecisionTreeClassifier(max_features=1, random_state=np.random.RandomState(3)), IRIS,
        "max_depth", [1, 2], {"cv": KFold(3, shuffle=True, random_state=0)},
    ),
    "groups": (
        Ridge(), DIABETES, "alpha", [1.0, 2.0],
        {"cv": GroupKFold(4), "groups": np.arange(80) % 8},
    ),
    "steps": (
        Pipeline([("scale", StandardScaler()), ("model", Ridge())]), DIABETES, "model",
        [Ridge(), DecisionTreeRegressor(max_depth=2, random_state=0)], {"cv": SPLIT},
    ),
    "weights": (
        Ridge(), DIABETES, "alpha", [0.1, 5.0],
        {"cv": SPLIT, "params": {"sample_weight": np.arange(80.0) + 1}},
    ),
    "repeated": (
        LinearDiscriminantAnalysis(solver="lsqr"), IRIS, "shrinkage", [None, "auto", 0.5],
        {"cv": RepeatedStratifiedKFold(n_splits=2, n_repeats=2, random_state=0)},
    ),
    "in the order of time": (
        KNeighborsRegressor(), DIABETES, "n_neighbors", [3, 1], {"cv": TimeSeriesSplit(3)},
    ),
    "splits that are made once": (
        Ridge(), DIABETES, "alpha", (2.0, 1.0),
        {"cv": [(np.arange(40), np.arange(40, 80)), (np.arange(20, 80), np.arange(20))]},
    ),
}  # fmt: skip


def _curve(name):
    estimator, (X, y), param_name, values, arguments = CASES[name]
    return capacity_curve(estimator, X, y, param_name=param_name, param_range=values, **arguments)


@pytest.mark.parametrize("name", sweep(CASES, [name for name in CASES if name != "two jobs"]))
def test_scores_are_those_of_validation_curve(name):
    estimator, (X, y), param_name, values, arguments = CASES[name]
    curve = _curve(name)
    train, test = validation_curve(
        estimator, X, y, param_name=param_name, param_range=values, **arguments
    )
    np.testing.assert_array_equal(curve.train_scores, train)
    np.testing.assert_array_equal(curve.test_scores, test)


@pytest.mark.parametrize("name", sweep(CASES, ["tree", "several outputs", "steps", "no target"]))
def test_counts_are_those_of_models_fitted_alike(name):
    estimator, (X, y), param_name, values, arguments = CASES[name]
    curve = _curve(name)
    cv = check_cv(arguments.get("cv"), y, classifier=sklearn.base.is_classifier(estimator))
    folds = [train for train, _ in cv.split(X, y, arguments.get("groups"))]
    weights = arguments.get("params", {}).get("sample_weight")
    for value, found, total in zip(values, curve.fold_n_params, curve.n_params, strict=True):
        counts = []
        for train in folds:
            model = clone(estimator).set_params(**{param_name: clone(value, safe=False)})
            more = {} if weights is None else {"sample_weight": weights[train]}
            counts.append(
                count_params(model.fit(X[train], None if y is None else y[train], **more))
            )
        assert counts == list(found)
        low, high = min(counts), max(counts)
        assert total == (low if low == high else Bounds(low, high))
    assert curve.n_train == tuple(map(len, folds))


def _losses(function, estimator, X, y, param_name, values):
    """The losses of models fitted alike, on the training and on the validation rows."""
    found = []
    for value in values:
        for train, test in SPLIT.split(X, y):
            model = clone(estimator).set_params(**{param_name: value}).fit(X[train], y[train])
            found.append([function(model, X[rows], y[rows]) for rows in (train, test)])
    return np.array(found).reshape(len(values), -1, 2).transpose(2, 0, 1)


@pytest.mark.parametrize(
    ("estimator", "data", "param_name", "values", "loss", "name", "function"),
    [
        (
            LogisticRegression(max_iter=50), IRIS, "C", [0.01, 1.0], None, "log loss",
            lambda model, X, y: log_loss(y, model.predict_proba(X), labels=[0, 1, 2]),
        ),
        (
            RidgeClassifier(), IRIS, "alpha", [0.1, 9.0], None, "zero-one loss",
            lambda model, X, y: zero_one_loss(y, model.predict(X)),
        ),
        (
            Ridge(), LINNERUD, "alpha", [0.1, 9.0], None, "mean squared error",
            lambda model, X, y: mean_squared_error(y, model.predict(X)),
        ),
        (
            Ridge(), DIABETES, "alpha", [0.1, 9.0], "neg_mean_absolute_error",
            "mean absolute error", lambda model, X, y: mean_absolute_error(y, model.predict(X)),
        ),
        (
            Ridge(), DIABETES, "alpha", [0.1],
            make_scorer(mean_absolute_error, greater_is_better=False),
            "mean absolute error", lambda model, X, y: mean_absolute_error(y, model.predict(X)),
        ),
    ],
)  # fmt: skip
def test_losses(estimator, data, param_name, values, loss, name, function):
    curve = capacity_curve(
        estimator, *data, param_name=param_name, param_range=values, cv=SPLIT, loss=loss
    )
    train, test = _losses(function, estimator, *data, param_name, values)
    assert curve.loss_name == name
    np.testing.assert_array_equal(curve.train_losses, train)
    np.testing.assert_array_equal(curve.test_losses, test)


def test_one_loss_for_all_settings():
    """Where some have no probabilities, all get the zero-one loss."""
    pipeline = Pipeline([("model", RidgeClassifier())])
    models = [RidgeClassifier(), LogisticRegression(max_iter=50)]
    curve = capacity_curve(pipeline, *IRIS, param_name="model", param_range=models, cv=3)
    assert curve.loss_name == "zero-one loss"
    np.testing.assert_allclose(curve.test_losses, 1 - curve.test_scores)


def test_a_class_that_a_fold_has_not_seen_has_the_probability_0():
    X, y = IRIS
    curve = capacity_curve(
        DecisionTreeClassifier(random_state=0), X, y,
        param_name="max_depth", param_range=[1, 2], cv=KFold(3),
    )  # fmt: skip
    eps = np.finfo(float).eps
    np.testing.assert_allclose(curve.test_losses, -np.log(eps))


@pytest.mark.parametrize(
    ("kind", "estimator", "param_name", "values"),
    [
        ("free", LogisticRegression(max_iter=50), "C", [1.0, 2.0]),
        ("nonzero", Lasso(), "alpha", [0.01, 1.0, 100.0]),
        ("effective", Ridge(), "alpha", [0.01, 1.0]),
        ("effective", KNeighborsRegressor(), "n_neighbors", [1, 5]),
    ],
)
def test_kinds_of_counts(kind, estimator, param_name, values):
    data = IRIS if kind == "free" else DIABETES
    curve = capacity_curve(
        estimator, *data, param_name=param_name, param_range=values, cv=SPLIT, kind=kind
    )
    X, y = data
    for value, counts in zip(values, curve.fold_n_params, strict=True):
        for (train, _), count in zip(SPLIT.split(X), counts, strict=True):
            model = clone(estimator).set_params(**{param_name: value}).fit(X[train], y[train])
            rows = {"X": X[train]} if kind == "effective" else {}
            assert count == count_params(model, kind=kind, **rows)


class Opaque(RegressorMixin, BaseEstimator):
    """A class whose number of parameters nobody knows."""

    def __init__(self, k=1):
        self.k = k

    def fit(self, X, y):
        """Keep what cannot be counted."""
        self.model_ = (k for k in range(self.k))
        self.mean_ = np.mean(y)
        if self.k == 3:
            raise RuntimeError("three is too many")
        return self

    def predict(self, X):
        """The mean."""
        return np.full(len(X), self.mean_)


def test_a_count_that_is_not_known_is_not_0():
    curve = capacity_curve(Opaque(), *DIABETES, param_name="k", param_range=[1, 2], cv=3)
    for count in curve.n_params:
        assert isinstance(count, Unknown)
        assert count.reason
    assert np.isnan(curve.sizes).all()
    assert curve.simplest is None
    assert "not known" in str(curve)


def test_fits_that_fail_are_nan_with_a_warning():
    with pytest.warns(FitFailedWarning, match="3 of 6 fits failed"):
        curve = capacity_curve(Opaque(), *DIABETES, param_name="k", param_range=[1, 3], cv=3)
    _, test = validation_curve(Opaque(), *DIABETES, param_name="k", param_range=[1, 3], cv=3)
    np.testing.assert_array_equal(curve.test_scores, test)
    assert np.isnan(curve.test_scores[1]).all()
    assert np.isnan(curve.train_losses[1]).all()
    assert np.isfinite(curve.test_scores[0]).all()
    assert curve.errors == (("",) * 3, ("RuntimeError: three is too many",) * 3)
    assert curve.n_params[1] == Unknown("all fits failed")
    assert all(isinstance(count, Unknown) for count in curve.fold_n_params[1])
    assert "three is too many" in str(curve)
    with pytest.warns(FitFailedWarning):
        curve = capacity_curve(
            Opaque(), *DIABETES, param_name="k", param_range=[1, 3], cv=3, error_score=-7
        )
    assert (curve.test_scores[1] == -7).all()
    with pytest.raises(RuntimeError, match="three is too many"):
        capacity_curve(
            Opaque(), *DIABETES, param_name="k", param_range=[3], cv=3, error_score="raise"
        )
    with pytest.raises(ValueError, match="all 3 fits failed"):
        capacity_curve(Opaque(), *DIABETES, param_name="k", param_range=[3], cv=3)


class Interrupted(Ridge):
    """Interrupted in one of its fits."""

    calls = 0
    at = 0

    def fit(self, X, y):
        """Count the fits."""
        type(self).calls += 1
        if self.calls == self.at:
            raise KeyboardInterrupt
        return super().fit(X, y)


def test_after_ctrl_c_there_are_the_folds_that_are_complete(monkeypatch):
    arguments = {"param_name": "alpha", "param_range": [1.0, 2.0], "cv": 3}
    whole = capacity_curve(Ridge(), *DIABETES, **arguments)
    monkeypatch.setattr(Interrupted, "calls", 0)
    monkeypatch.setattr(Interrupted, "at", 6)
    with pytest.warns(UserWarning, match="interrupted; the curve has 2 of 3 splits"):
        curve = capacity_curve(Interrupted(), *DIABETES, **arguments)
    np.testing.assert_array_equal(curve.test_scores, whole.test_scores[:, :2])
    assert len(curve.n_train) == 2
    monkeypatch.setattr(Interrupted, "calls", 0)
    monkeypatch.setattr(Interrupted, "at", 2)
    with pytest.raises(KeyboardInterrupt):
        capacity_curve(Interrupted(), *DIABETES, **arguments)


def test_settings_with_one_count_stay_apart():
    curve = capacity_curve(
        Ridge(), *DIABETES, param_name="alpha", param_range=[3.0, 1.0, 1.0], cv=3
    )
    assert curve.n_params == (11, 11, 11)
    assert curve.test_scores.shape == (3, 3)
    assert curve.param_range == (3.0, 1.0, 1.0)


def test_best_and_simplest_by_hand():
    curve = _curve("tree")
    means = curve.test_scores.mean(axis=1)
    assert means[curve.best] == means.max()
    error = curve.test_scores[curve.best].std(ddof=1) / 3**0.5
    sizes = [
        size for size, mean in zip(curve.sizes, means, strict=True) if mean >= means.max() - error
    ]
    assert curve.sizes[curve.simplest] == min(sizes)


@pytest.mark.parametrize(
    ("data", "estimator", "outputs"),
    [(IRIS, LogisticRegression(max_iter=50), 3), (DIABETES, Ridge(), 1), (LINNERUD, Ridge(), 3)],
)
def test_the_threshold_is_rows_times_outputs(data, estimator, outputs):
    name = "C" if estimator is not None and hasattr(estimator, "C") else "alpha"
    curve = capacity_curve(estimator, *data, param_name=name, param_range=[1.0], cv=SPLIT)
    assert curve.threshold == outputs * len(next(SPLIT.split(data[0]))[0])


def test_metadata_routing():
    X, y = DIABETES
    weights = np.arange(80.0) + 1
    with sklearn.config_context(enable_metadata_routing=True):
        scorer = get_scorer("r2").set_score_request(sample_weight=True)
        loss = get_scorer("neg_mean_squared_error").set_score_request(sample_weight=True)
        model = Ridge().set_fit_request(sample_weight=True)
        arguments = {"param_name": "alpha", "param_range": [0.1, 5.0], "cv": GroupKFold(4)}
        params = {"sample_weight": weights, "groups": np.arange(80) % 8}
        curve = capacity_curve(model, X, y, scoring=scorer, loss=loss, params=params, **arguments)
        train, test = validation_curve(model, X, y, scoring=scorer, params=params, **arguments)
        losses = validation_curve(model, X, y, scoring=loss, params=params, **arguments)
        unset = Ridge()
        with pytest.raises(ValueError, match="sample_weight"):
            capacity_curve(unset, X, y, params=params, **arguments)
        with pytest.raises(ValueError, match="groups must be in params"):
            capacity_curve(model, X, y, groups=params["groups"], **arguments)
    np.testing.assert_array_equal(curve.train_scores, train)
    np.testing.assert_array_equal(curve.test_scores, test)
    np.testing.assert_array_equal(curve.train_losses, -losses[0])
    np.testing.assert_array_equal(curve.test_losses, -losses[1])


def test_nothing_given_is_changed():
    X, y = DIABETES
    estimator, before = Pipeline([("model", Ridge())]), X.copy()
    candidate = DecisionTreeRegressor(max_depth=1)
    capacity_curve(estimator, X, y, param_name="model", param_range=[candidate], cv=3)
    assert isinstance(estimator.named_steps["model"], Ridge)
    assert not hasattr(candidate, "tree_")
    np.testing.assert_array_equal(X, before)


def _double_descent(n_components=(5, 20, 60, 200, 1000)):
    rng = np.random.RandomState(0)
    X = rng.standard_normal((300, 5))
    y = X[:, 0] + 0.3 * rng.standard_normal(300)
    model = make_pipeline(RBFSampler(gamma=0.1, random_state=0), LinearRegression())
    return capacity_curve(
        model, X, y, param_name="rbfsampler__n_components", param_range=n_components,
        cv=ShuffleSplit(3, train_size=60, random_state=0),
    )  # fmt: skip


def test_what_the_curve_says():
    assert "is worst at 61 parameters, near the number of rows; best at" in str(_double_descent())
    tree = functools.partial(capacity_curve, DecisionTreeRegressor(random_state=0), *DIABETES)
    curve = tree(param_name="max_leaf_nodes", param_range=[60, 3, 2])
    assert f"best at {curve.n_params[curve.best]} parameters; more overfit" in str(curve)
    one = capacity_curve(Ridge(), *DIABETES, param_name="alpha", param_range=[1.0, 2.0], cv=3)
    assert "Each setting has 11 parameters; alpha=" in str(one)


@pytest.mark.parametrize(
    ("estimator", "scoring", "name"),
    [
        (make_pipeline(Ridge()), None, "R²"),
        (RidgeClassifier(), None, "accuracy"),
        (KNeighborsClassifier(), None, "accuracy"),
        (PoissonRegressor(), None, "score"),  # its score is D²
        (GridSearchCV(Ridge(), {}, scoring="max_error"), None, "score"),
        (Ridge(), "neg_root_mean_squared_error", "negative root mean squared error"),
        (Ridge(), make_scorer(mean_absolute_error), "mean absolute error"),
        (Ridge(), lambda model, X, y: 1.0, "score"),
    ],
)
def test_names_of_scores(estimator, scoring, name):
    assert _score_name(estimator, scoring) == name


@pytest.mark.filterwarnings("ignore:Scoring failed", "ignore:.*of a fit is NaN")
@pytest.mark.parametrize("argument", ["scoring", "loss"])
def test_why_a_score_is_not_known_is_on_the_page(argument):
    def fails(model, X, y):
        if len(y) == 20:  # validation rows of two folds
            raise RuntimeError("no\nscore")
        return 1.0

    X = np.arange(61.0)[:, np.newaxis]
    tree, leaves = DecisionTreeRegressor(random_state=0), [2, 3]
    arguments = {"param_name": "max_leaf_nodes", "param_range": leaves, "cv": 3, argument: fails}
    curve = capacity_curve(tree, X, X[:, 0], **arguments)
    what = "score" if argument == "scoring" else "fails"
    text = f"{what}: RuntimeError: no score"
    assert curve.score_errors == (("", text, text),) * 2
    shown = " ".join(str(curve).split())
    assert f"not scored: {text}" in shown
    assert ("not scored in 2 of 3 folds" in shown) == (argument == "scoring")
    assert (
        capacity_curve(tree, X, X[:, 0], **{**arguments, argument: None}).score_errors
        == (("",) * 3,) * 2
    )
