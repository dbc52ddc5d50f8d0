"""Searches of other packages: what the winner learned, and a plan that does not fail."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from skparams import count_params, fitted_params, kept_rows, plan, summary
from skparams.specs import Unknown

pytestmark = pytest.mark.filterwarnings("ignore")


def data():
    X = np.random.RandomState(0).standard_normal((80, 4))
    return X, (X[:, 0] > 0).astype(int)


def genetic():
    found = pytest.importorskip("sklearn_genetic")
    space = {"C": found.space.Continuous(0.1, 4.0)}
    few = {"population_size": 4, "generations": 2, "verbose": False}
    return found.GASearchCV(LogisticRegression(), cv=2, param_grid=space, **few)


def bayesian():
    found = pytest.importorskip("skopt")
    return found.BayesSearchCV(LogisticRegression(), {"C": (0.1, 1.0)}, n_iter=2, cv=2)


def optuna():
    found = pytest.importorskip("optuna_integration")
    optuna = pytest.importorskip("optuna")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    space = {"C": optuna.distributions.FloatDistribution(0.1, 1.0)}
    return found.OptunaSearchCV(LogisticRegression(), space, cv=2, n_trials=2)


@pytest.mark.parametrize("make", [genetic, bayesian, optuna])
def test_search(make):
    X, y = data()
    search = make()
    for model in (search, make_pipeline(search)):
        assert isinstance(plan(model, X, y).totals.stored, Unknown)
    assert summary(search).root.status == "not fitted"
    search.fit(X, y)
    found = summary(search, X)
    assert (found.totals.stored, found.totals.free) == (5, 5)
    assert found.totals.exact
    assert list(fitted_params(search)) == ["best_estimator___coef_", "best_estimator___intercept_"]
    places = {place.path for place in kept_rows(search).places}
    assert places == ({"X_", "y_"} if make is genetic else set())


def test_selection():
    sklearn_genetic = pytest.importorskip("sklearn_genetic")
    X, y = data()
    few = {"population_size": 4, "generations": 2, "verbose": False}
    search = sklearn_genetic.GAFeatureSelectionCV(LogisticRegression(), cv=2, **few)
    assert isinstance(plan(search, X, y).totals.stored, Unknown)
    search.fit(X, y)
    assert count_params(search) == search.support_.sum() + 1
