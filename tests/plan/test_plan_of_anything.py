"""The plan of anything is a plan, or one error about an argument: odd searches, odd data."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.model_selection._search import BaseSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skparams import plan
from skparams._plan import Plan
from skparams.specs import Unknown
from tests import stand_ins
from tests.all_estimators import N, P, data_for, each_estimator, instances

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")


class Space:
    """A range of values, as searches of other packages take."""

    def __init__(self, low, high):
        self.low, self.high = low, high


class Genetic(BaseSearchCV):
    """A search whose grid is of objects, as GASearchCV's."""

    def __init__(self, estimator=None, param_grid=None, cv=3, refit=True):
        self.estimator = estimator
        self.param_grid = param_grid
        self.cv = cv
        self.refit = refit


class Bayes(BaseSearchCV):
    """A search that calls its grid something else."""

    def __init__(self, estimator=None, search_spaces=None, n_iter=50, cv=None, refit=True):
        self.estimator = estimator
        self.search_spaces = search_spaces
        self.n_iter = n_iter
        self.cv = cv
        self.refit = refit


class Renamed(BaseSearchCV):
    """A search that calls its estimator something else."""

    def __init__(self, model=None, param_grid=None):
        self.model = model
        self.param_grid = param_grid


class Drawing(BaseSearchCV):
    """A search over distributions."""

    def __init__(self, estimator=None, param_distributions=None, n_iter=3, random_state=0):
        self.estimator = estimator
        self.param_distributions = param_distributions
        self.n_iter = n_iter
        self.random_state = random_state


class RaisingParams(BaseEstimator):
    """``get_params`` raises."""

    def __init__(self, estimator=None):
        self.inner = estimator

    def get_params(self, deep=True):
        """Raises."""
        raise RuntimeError("no hyperparameters")

    def fit(self, X, y=None):
        """Nothing."""
        return self


class RaisingProperties(ClassifierMixin, BaseEstimator):
    """Its properties, its tags and ``set_params`` raise."""

    def __init__(self, estimator=None):
        self.estimator = estimator

    @property
    def classes_(self):
        """Raises."""
        raise RuntimeError("no classes")

    @property
    def _estimator_type(self):
        raise RuntimeError("no type")

    def __sklearn_tags__(self):
        raise RuntimeError("no tags")

    def set_params(self, **params):
        """Raises."""
        raise RuntimeError("cannot be set")

    def fit(self, X, y=None):
        """Nothing."""
        return self


class RaisingSplits:
    """``get_n_splits`` raises."""

    def get_n_splits(self, *args):
        """Raises."""
        raise RuntimeError("no splits")


class BadDistribution:
    """``rvs`` takes no random state."""

    def rvs(self):
        """Draws one value only."""
        return 1.0


SPACE = {"alpha": Space(0, 1)}
ODD = [
    Genetic(Ridge(), SPACE),
    Genetic(make_pipeline(StandardScaler(), Ridge()), {"ridge__alpha": Space(0, 1)}),
    Genetic(None, {"alpha": [1.0]}),
    Genetic(Ridge(), None),
    Genetic(Ridge(), [SPACE, 3]),
    Genetic("ridge", {"alpha": [1.0]}, cv=RaisingSplits()),
    Bayes(Ridge(), SPACE),
    Bayes(None, None, cv=RaisingSplits()),
    Renamed(Ridge(), {"alpha": [1.0]}),
    Drawing(Ridge(), SPACE),
    Drawing(Ridge(), {"alpha": BadDistribution()}),
    Drawing(Ridge(), {"alpha": [1.0, 2.0]}, n_iter=1, random_state=Space(0, 1)),
    Drawing(Ridge(), {"alpha": BadDistribution()}, n_iter=-1),
    Drawing(Ridge(), 3),
    GridSearchCV(Ridge(), {"alpha": 1.0}),
    GridSearchCV(None, {"alpha": [1.0]}),
    GridSearchCV(RaisingProperties(), {"estimator": [Ridge()]}),
    GridSearchCV(RaisingParams(Ridge()), {"estimator": [Ridge()]}),
    RandomizedSearchCV(Ridge(), {"alpha": BadDistribution()}, random_state=0),
    RaisingParams(Ridge()),
    RaisingProperties(LogisticRegression()),
    make_pipeline(StandardScaler(), RaisingProperties()),
    make_pipeline(RaisingProperties(), LogisticRegression()),
    make_pipeline(RaisingParams(), Genetic(Ridge(), SPACE)),
]
STAND_INS = [
    cls()
    for cls in vars(stand_ins).values()
    if isinstance(cls, type) and hasattr(cls, "fit") and cls.__module__ == stand_ins.__name__
]


def planned(estimator, *data, **sizes):
    """A plan with a page."""
    found = plan(estimator, *data, **sizes)
    assert isinstance(found, Plan)
    assert found.to_text()
    assert found.to_html()
    stored = found.totals.stored
    assert isinstance(stored, Unknown) or stored is not None
    return found


def assert_planned_in_all_ways(estimator, X, y):
    """Plan with and without X and y, alone and in a pipeline and a search."""
    for each in (
        estimator,
        make_pipeline(StandardScaler(), estimator),
        GridSearchCV(estimator, {}),
        Genetic(estimator, SPACE),
    ):
        planned(each)
        planned(each, X)
        planned(each, X, y)
        planned(each, n_samples=N, n_features=P, n_classes=3)


@each_estimator
def test_plans_of_all_estimators(name):
    for estimator in instances(name):
        assert_planned_in_all_ways(estimator, *data_for(estimator))


@pytest.mark.parametrize("estimator", ODD + STAND_INS, ids=lambda each: type(each).__name__)
def test_plans_of_odd_estimators(estimator):
    X, y = stand_ins.data()
    assert_planned_in_all_ways(estimator, X, y)
    assert_planned_in_all_ways(estimator, X, (y > 0).astype(int))


def test_a_search_over_unknown_spaces_is_unknown_with_a_reason():
    reason = planned(Genetic(Ridge(), SPACE), n_features=3).totals.stored.reason
    assert reason.startswith("the candidates of the search cannot be listed (TypeError: ")
    reason = planned(Drawing(Ridge(), SPACE), n_features=3).totals.stored.reason
    assert reason.startswith("the candidates of the search cannot be listed (TypeError: ")


WORDS = np.array(["a", "b", "c"], dtype=object)


@pytest.mark.parametrize("estimator", [LogisticRegression(), Ridge(), STAND_INS[0]])
@pytest.mark.parametrize(
    "y",
    [
        np.zeros((3, 0)),
        np.zeros((3, 2, 2)),
        np.zeros(0),
        np.zeros((0, 2)),
        np.array(1),
        WORDS,
        WORDS.astype(str),
        np.array([None, 1, "a"], dtype=object),
        np.array([np.nan, 1, 2]),
        [[1], [1, 2], [3]],
        [{"a": 1}, {"a": 2}, {}],
        (each for each in range(3)),
        "abc",
        {"a": 1},
        3,
        object(),
    ],
    ids=lambda each: type(each).__name__,
)
def test_odd_targets_are_planned_or_refused(estimator, y):
    for name, data in (("y", (None, y)), ("X", (y, None))):
        message = ""
        try:
            planned(estimator, *data)
        except (TypeError, ValueError) as error:
            message = str(error)
        assert not message or message.startswith(f"plan: {name} must")
