"""Summaries with every part, of small fitted estimators."""

import warnings

import numpy as np
import pytest
from sklearn.ensemble import BaggingClassifier
from sklearn.linear_model import Lasso, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from skparams import plan, summary

NAMES = ["bagging", "evil", "lasso", "network", "network-deep", "network-plan", "network-unfitted"]
NAMES += ["pipeline", "search", "search-plan", "search-unfitted"]


def found():
    """Summaries by name; those that are not fitted have it in their name."""
    rng = np.random.RandomState(0)
    X, y = rng.standard_normal((60, 4)), np.arange(60) % 3
    X[:, 0] += 9 * y  # far apart, so that every fold is scored 1.0

    def network(**changed):
        return MLPClassifier((5, 3), max_iter=1, random_state=0, **changed)

    pipeline = Pipeline([("scaler", StandardScaler()), ("model", LogisticRegression(C=10.0))])
    evil = Pipeline([("<b>[red]x", StandardScaler()), ("</style>", LogisticRegression(C=3.0))])
    search = GridSearchCV(pipeline, {"model__C": [10.0, 20.0]}, cv=2)
    widths = GridSearchCV(network(), {"hidden_layer_sizes": [(i,) for i in range(1, 21)]})
    fitted = {
        "network": network(alpha=0.01).fit(X, y),
        "network-unfitted": network(),
        "network-deep": MLPClassifier((6,) * 14, max_iter=1, random_state=0).fit(X, y),
        "pipeline": pipeline.fit(X, y),
        "search": GridSearchCV(pipeline, {"model__C": [10.0, 20.0]}, cv=2).fit(X, y),
        "search-unfitted": search,
        "bagging": BaggingClassifier(LogisticRegression(), 20, random_state=0).fit(X, y),
        "lasso": Lasso(alpha=0.1).fit(X, X[:, 1]),
        "evil": evil.fit(X, y),
    }
    shown = {name: summary(estimator, n_samples=60) for name, estimator in fitted.items()}
    return shown | {"network-plan": plan(network(), X, y), "search-plan": plan(widths, X, y)}


@pytest.fixture(scope="session")
def summaries():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one iteration does not converge
        shown = found()
    assert sorted(shown) == sorted(NAMES)
    return shown


@pytest.fixture(params=NAMES)
def named_summary(request, summaries):
    return request.param, summaries[request.param]
