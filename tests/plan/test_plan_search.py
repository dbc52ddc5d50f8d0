"""A search before it runs: the range over its candidates, and a row for each."""

import pickle
import warnings
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import loguniform, randint
from sklearn.base import BaseEstimator
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    HalvingRandomSearchCV,
    ParameterGrid,
    RandomizedSearchCV,
)
from sklearn.neural_network import MLPRegressor
from sklearn.preprocessing import StandardScaler

from skparams import plan, summary
from skparams.specs import Bounds, Member, Spec, Unknown, parameter

GRID = {"hidden_layer_sizes": [(2,), (3, 4), 5], "alpha": [0.1, 1.0]}


@pytest.fixture
def X(rng):
    return rng.standard_normal((40, 3))


def stored(hidden):
    sizes = [3, *hidden, 1]
    return sum((a + 1) * b for a, b in pairwise(sizes))


SIZES = [stored((2,)), stored((3, 4)), stored((5,))]


class Outer(BaseEstimator):
    """A meta-estimator with one member."""

    def __init__(self, inner=None):
        self.inner = inner

    def fit(self, X, y=None):
        raise AssertionError("plan must not fit")

    def __skparams__(self):
        def members(ctx):
            return [Member("inner_", ctx.params["inner"], ctx.data)] if ctx.params["inner"] else []

        return Spec({"inner_": "estimator"}, members=members)


def test_a_row_for_each_candidate_and_the_range_over_them(X):
    found = plan(GridSearchCV(MLPRegressor(), GRID), X, X[:, 0])
    assert [dict(each.params) for each in found.candidates] == [
        {name: repr(value) for name, value in each.items()} for each in ParameterGrid(GRID)
    ]
    assert [each.totals.stored for each in found.candidates] == SIZES * 2
    assert found.totals.stored == found.totals.free == Bounds(min(SIZES), max(SIZES))
    assert found.totals.bytes == Bounds(8 * min(SIZES), 8 * max(SIZES))
    assert found.cost.parameter_bytes == found.totals.bytes
    assert found.cost.predict_macs_per_sample == Bounds(2 * 3 + 2, 3 * 3 + 3 * 4 + 4)
    (winner,) = found.root.children
    assert (winner.path, winner.class_name) == ("best_estimator_", "MLPRegressor")
    rows = {row.path: row for row in winner.attributes}
    assert rows["best_estimator___coefs_[0]"].shape == (3, Bounds(2, 5))
    assert rows["best_estimator___coefs_[1]"].shape == (Bounds(2, 5), Bounds(1, 4))
    # only the deeper network has a third matrix
    assert rows["best_estimator___coefs_[2]"].count == Bounds(0, 4)
    assert found.root.n_features == 3


def test_hyperparameters_that_decide_nothing_leave_it_exact(X):
    search = GridSearchCV(Ridge(), {"alpha": np.logspace(-3, 3, 5)})
    found = plan(search, X, X[:, 0])
    assert found.totals.stored == 4
    assert len(found.candidates) == 5
    assert dict(found.candidates[0].params) == {"alpha": "0.001"}


def test_numpy_grids_and_lists_of_grids(X):
    grids = [{"hidden_layer_sizes": np.arange(2, 4)}, {"hidden_layer_sizes": [(7,)]}]
    found = plan(GridSearchCV(MLPRegressor(), grids), X, X[:, 0])
    assert [each.totals.stored for each in found.candidates] == [11, 16, 36]
    assert found.totals.stored == Bounds(11, 36)


def test_candidates_may_replace_what_is_inside(X):
    ridge = Ridge()
    grid = [
        {"inner": [ridge], "inner__fit_intercept": [True, False]},
        {"inner": [StandardScaler()]},
    ]
    search = GridSearchCV(Outer(LinearRegression()), grid)
    before = pickle.dumps(search)
    found = plan(search, X, X[:, 0])
    assert [each.totals.stored for each in found.candidates] == [4, 3, 6]
    assert found.totals.stored == Bounds(3, 6)
    (inner,) = found.root.children[0].children
    assert inner.class_name == "Ridge or StandardScaler"
    assert pickle.dumps(search) == before
    none = plan(GridSearchCV(Outer(), {"inner": [None, ridge]}), X, X[:, 0])
    assert none.totals.stored == Bounds(0, 4)
    assert none.root.children[0].children[0].times == Bounds(0, 1)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(
    "search",
    [
        GridSearchCV(MLPRegressor(max_iter=2, random_state=0), GRID, cv=2),
        HalvingGridSearchCV(MLPRegressor(max_iter=2, random_state=0), GRID, cv=2),
        RandomizedSearchCV(
            MLPRegressor(max_iter=2, random_state=0), GRID, cv=2, n_iter=3, random_state=1
        ),
        RandomizedSearchCV(
            MLPRegressor(max_iter=2, random_state=0), GRID, cv=2, n_iter=3, random_state=None
        ),
        RandomizedSearchCV(
            MLPRegressor(max_iter=2, random_state=0),
            [{"hidden_layer_sizes": randint(1, 9)}, GRID],
            cv=2,
            n_iter=5,
            random_state=3,
        ),
        HalvingRandomSearchCV(
            MLPRegressor(max_iter=2, random_state=0),
            {"hidden_layer_sizes": randint(1, 9)},
            n_candidates=4,
            cv=2,
            random_state=2,
        ),
    ],
    ids=lambda search: type(search).__name__,
)
def test_the_search_finds_what_was_planned(X, search):
    y = X[:, 0]
    found = plan(search, X, y)
    search.fit(X, y)
    candidates = [dict(each.params) for each in found.candidates]
    tried = [
        {name: repr(value) for name, value in each.items()} for each in search.cv_results_["params"]
    ]
    if search.get_params().get("random_state", 0) is not None:
        if "Halving" in type(search).__name__:  # later rounds repeat some
            tried = tried[: len(candidates)]
            assert sorted(map(str, tried)) == sorted(map(str, candidates))
        else:
            assert tried == candidates
    assert all(each in candidates for each in tried)
    fitted = summary(search).totals.stored
    assert found.totals.stored.low <= fitted <= found.totals.stored.high
    best = {name: repr(value) for name, value in search.best_params_.items()}
    totals = next(each.totals for each in found.candidates if dict(each.params) == best)
    assert totals.stored == fitted


def test_what_is_drawn_is_unknown_only_where_it_decides(X):
    y = np.arange(40) % 3
    search = RandomizedSearchCV(LogisticRegression(), {"C": loguniform(0.1, 10)})
    found = plan(search, X, y)
    assert found.totals.stored == 12
    assert [dict(each.params) for each in found.candidates] == [{"C": "drawn"}]
    search = RandomizedSearchCV(MLPRegressor(), {"hidden_layer_sizes": randint(1, 9)})
    found = plan(search, X, y)
    assert found.totals.stored.reason == "depends on hidden_layer_sizes, which the search draws"
    drawn = RandomizedSearchCV(
        Outer(LinearRegression()), {"inner__fit_intercept": randint(0, 2), "inner__tol": [1, 2]}
    )
    assert (
        plan(drawn, X, y).totals.stored.reason
        == "depends on inner__fit_intercept, which the search draws"
    )


def test_without_refit_nothing_is_kept(X):
    search = GridSearchCV(Ridge(), {"alpha": [1.0]}, cv=2, refit=False)
    found = plan(search, X, X[:, 0])
    assert found.totals.stored.reason == "best_estimator_ is not kept with refit=False"
    assert [each.totals.stored for each in found.candidates] == [4]
    assert isinstance(summary(search.fit(X, X[:, 0])).totals.stored, Unknown)


def test_too_many_candidates_are_not_looked_at(X):
    grid = {"alpha": range(1000), "tol": range(1000)}
    found = plan(GridSearchCV(Ridge(), grid), X, X[:, 0])
    assert found.totals.stored.reason == (
        "1,000,000 candidates are more than the 10,000 that plan looks at"
    )
    assert found.candidates == ()
    sampled = RandomizedSearchCV(Ridge(), grid, n_iter=20, random_state=0)
    assert plan(sampled, X, X[:, 0]).totals.stored == 4


def test_searches_inside_give_their_range(X):
    inner = GridSearchCV(MLPRegressor(), GRID)
    outer = plan(Outer(inner), X, X[:, 0])
    assert outer.totals.stored == Bounds(min(SIZES), max(SIZES))
    assert outer.candidates == ()
    nested = plan(GridSearchCV(inner, {"estimator__alpha": [1, 2]}), X, X[:, 0])
    assert nested.totals.stored == Bounds(min(SIZES), max(SIZES))
    assert len(nested.candidates) == 2


def test_a_candidate_that_cannot_be_set_raises_as_in_fit(X):
    with pytest.raises(ValueError, match="Invalid parameter 'wrong' for estimator Ridge"):
        plan(GridSearchCV(Ridge(), {"wrong": [1]}), X, X[:, 0])


def test_a_search_of_another_kind_is_unknown(X):
    class Bayes(GridSearchCV):
        def __init__(self, estimator=None, space=None, refit=True):
            self.estimator = estimator
            self.space = space
            self.refit = refit

    found = plan(Bayes(Ridge(), {"alpha": (0, 1)}), X, X[:, 0])
    assert found.totals.stored.reason == "depends on the candidates of the search"


def test_planning_a_search_does_not_warn_nor_draw(X):
    state = np.random.RandomState(0)
    search = RandomizedSearchCV(MLPRegressor(), GRID, n_iter=100, random_state=state)
    before = state.get_state()[1].copy()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(plan(search, X, X[:, 0]).candidates) == 6
    assert np.array_equal(state.get_state()[1], before)
    search = RandomizedSearchCV(
        Outer(Ridge()), {"inner": [Ridge()], "inner__alpha": [1]}, n_iter=9, random_state=0
    )
    assert plan(search, X, X[:, 0]).totals.stored == 4


def test_a_winner_without_a_grid_is_unknown():
    spec = Spec({"a_": parameter("best")}, route="best_estimator_")

    class Mine(BaseEstimator):
        def fit(self, X, y=None):
            return self

        def __skparams__(self):
            return spec

    assert plan(Mine()).totals.stored.reason == "depends on the candidates of the search"
