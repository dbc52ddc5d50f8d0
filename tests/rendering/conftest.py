"""Summaries with every part, of made-up records and of small fitted estimators."""

import os
from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import BaggingClassifier
from sklearn.linear_model import Lasso, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from skparams.inspection import summary

STORED = Path(__file__).parent / "stored"
OVERWRITE = bool(os.environ.get("SKPARAMS_OVERWRITE"))


def network(**changed):
    return MLPClassifier((5, 3), max_iter=1, random_state=0, **changed)


def estimators():
    """Estimators by the name of their stored text, fitted where that is in the name."""
    rng = np.random.RandomState(0)
    X, y = rng.standard_normal((60, 4)), np.arange(60) % 3
    X[:, 0] += 9 * y  # far apart, so that every fold is scored 1.0
    pipeline = Pipeline([("scaler", StandardScaler()), ("model", LogisticRegression(C=10.0))])
    evil = Pipeline([("<b>[red]x", StandardScaler()), ("</style>", LogisticRegression(C=3.0))])
    return {
        "network": network(alpha=0.01).fit(X, y),
        "network-unfitted": network(),
        "network-deep": MLPClassifier((6,) * 14, max_iter=1, random_state=0).fit(X, y),
        "pipeline": pipeline.fit(X, y),
        "search": GridSearchCV(pipeline, {"model__C": [10.0, 20.0]}, cv=2).fit(X, y),
        "search-unfitted": GridSearchCV(pipeline, {"model__C": [10.0, 20.0]}, cv=2),
        "bagging": BaggingClassifier(LogisticRegression(), 20, random_state=0).fit(X, y),
        "lasso": Lasso(alpha=0.1).fit(X, X[:, 1]),
        "evil": evil.fit(X, y),
    }


NAMES = sorted(
    ["network", "network-unfitted", "network-deep", "pipeline", "search", "search-unfitted"]
    + ["bagging", "lasso", "evil"]
)


@pytest.fixture(scope="session")
def summaries():
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one iteration does not converge
        found = estimators()
    assert sorted(found) == NAMES
    return {name: summary(estimator, n_samples=60) for name, estimator in found.items()}


@pytest.fixture(params=NAMES)
def named_summary(request, summaries):
    return request.param, summaries[request.param]


@pytest.fixture
def compare():
    """Compare with a stored file, or write it anew where SKPARAMS_OVERWRITE is set."""

    def check(name, text):
        path = STORED / name
        if OVERWRITE:
            path.write_text(text + "\n", encoding="utf-8")
        assert path.read_text(encoding="utf-8") == text + "\n"

    return check
