"""Estimators with every family's Spec, fitted on small data."""

import numpy as np
import pytest
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.linear_model import (
    ElasticNet,
    ElasticNetCV,
    GammaRegressor,
    Lasso,
    LassoCV,
    LinearRegression,
    LogisticRegression,
    MultiTaskElasticNet,
    MultiTaskElasticNetCV,
    MultiTaskLasso,
    MultiTaskLassoCV,
    Perceptron,
    PoissonRegressor,
    Ridge,
    RidgeClassifier,
    RidgeClassifierCV,
    RidgeCV,
    SGDClassifier,
    SGDRegressor,
    TweedieRegressor,
)
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV, RandomizedSearchCV
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC, LinearSVR

P, K, T = 4, 3, 2  # features, classes, targets

CLASSIFIERS = [
    MLPClassifier(hidden_layer_sizes=(5, 2), max_iter=3, random_state=0),
    MLPClassifier(hidden_layer_sizes=5, max_iter=3, solver="sgd", random_state=0),
    MLPClassifier(hidden_layer_sizes=(5,), max_iter=3, solver="lbfgs", random_state=0),
    MLPClassifier(hidden_layer_sizes=(5,), max_iter=3, early_stopping=True, random_state=0),
    LogisticRegression(),
    RidgeClassifier(),
    RidgeClassifierCV(),
    SGDClassifier(random_state=0),
    SGDClassifier(average=True, random_state=0),
    Perceptron(random_state=0),
    LinearSVC(),
    GridSearchCV(LogisticRegression(), {"C": [1, 2]}, cv=2),
    RandomizedSearchCV(LogisticRegression(), {"C": [1, 2]}, n_iter=2, cv=2),
    HalvingGridSearchCV(LogisticRegression(), {"C": [1, 2]}, cv=2),
    make_pipeline(StandardScaler(), LogisticRegression()),
]
REGRESSORS = [
    MLPRegressor(hidden_layer_sizes=(5,), max_iter=3, random_state=0),
    LinearRegression(),
    LinearRegression(fit_intercept=False),
    Ridge(),
    RidgeCV(),
    Lasso(alpha=0.1),
    LassoCV(cv=2),
    ElasticNet(alpha=0.1),
    ElasticNetCV(cv=2),
    SGDRegressor(random_state=0),
    LinearSVR(),
    PoissonRegressor(),
    GammaRegressor(),
    TweedieRegressor(),
    StandardScaler(),
    StandardScaler(with_mean=False, with_std=False),
]
MULTI_TARGET = [
    MLPRegressor(hidden_layer_sizes=(5,), max_iter=3, random_state=0),
    LinearRegression(),
    Ridge(),
    MultiTaskLasso(alpha=0.1),
    MultiTaskElasticNet(alpha=0.1),
    MultiTaskLassoCV(cv=2),
    MultiTaskElasticNetCV(cv=2),
]


def data(kind):
    """X, and a y for classifiers ("classes", "binary"), regressors, or several targets."""
    rng = np.random.RandomState(0)
    X = rng.standard_normal((60, P))
    targets = np.exp(X[:, :T]) + 0.1
    y = {
        "classes": np.arange(60) % K,
        "binary": np.arange(60) % 2,
        "target": targets[:, 0],
        "targets": targets,
    }[kind]
    return X, y


@pytest.fixture(
    params=[
        *(("classes", e) for e in CLASSIFIERS),
        *(("binary", e) for e in CLASSIFIERS),
        *(("target", e) for e in REGRESSORS),
        *(("targets", e) for e in MULTI_TARGET),
    ],
    ids=lambda param: f"{type(param[1]).__name__}-{param[0]}",
)
def fitted(request):
    """Each estimator that a Spec describes, fitted on each kind of target it takes."""
    import warnings

    from sklearn.base import clone

    kind, estimator = request.param
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # not converged, deprecated defaults: not the point here
        return clone(estimator).fit(*data(kind))
