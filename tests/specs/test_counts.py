"""Counts and paths: formulas, unique buffers, and no dependence on what is shown."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier, VotingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skparams
from skparams import count_params, diff, fitted_params, plan, summary
from skparams._records import Totals
from skparams.specs import Spec, Unknown, parameter

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture
def X(rng):
    return rng.standard_normal((60, 4))


@pytest.fixture
def y():
    return np.arange(60) % 3


def test_counts_are_sums_over_the_arrays(fitted):
    arrays = fitted_params(fitted).values()
    assert count_params(fitted) == sum(array.size for array in arrays)
    assert count_params(fitted, kind="nonzero") == sum(map(np.count_nonzero, arrays))
    assert summary(fitted).totals.bytes == sum(array.nbytes for array in arrays)
    assert count_params(fitted, kind="free") <= count_params(fitted)


def test_looking_changes_nothing(fitted):
    import pickle

    before = pickle.dumps(fitted)
    for _ in range(2):
        str(summary(fitted)), summary(fitted).to_html(), fitted_params(fitted)
    assert pickle.dumps(fitted) == before


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_a_network_has_its_weights_and_biases(X, y, solver):
    mlp = MLPClassifier((5, 2), max_iter=2, solver=solver, random_state=0).fit(X, y)
    assert count_params(mlp) == 4 * 5 + 5 + 5 * 2 + 2 + 2 * 3 + 3
    assert count_params(MLPClassifier((5,), max_iter=2).fit(X, y > 0)) == 4 * 5 + 5 + 5 + 1
    found = fitted_params(mlp)
    assert list(found) == [f"{name}[{i}]" for name in ("coefs_", "intercepts_") for i in range(3)]
    assert found["coefs_[1]"] is mlp.coefs_[1]


def test_training_state_is_twice_the_parameters_and_no_parameter(X, y):
    mlp = MLPClassifier((5,), max_iter=2).fit(X, y)
    # Aliases of the weights, which older versions keep beside Adam's moments, are no state.
    kept = [r for r in summary(mlp).root.attributes if r.path.startswith("_optimizer") and r.shape]
    assert sum(row.bytes for row in kept) == 2 * summary(mlp).totals.bytes
    mlp._best_coefs = mlp.coefs_
    again = summary(mlp)
    assert all(r.alias_of for r in again.root.attributes if r.path.startswith("_best_coefs"))


def test_without_an_intercept_there_is_no_parameter_for_it(X, y):
    model = LinearRegression(fit_intercept=False).fit(X, y)
    assert list(fitted_params(model)) == ["coef_"]
    scaler = StandardScaler(with_mean=False).fit(X)
    assert list(fitted_params(scaler)) == ["scale_"]
    roles = {row.path: row.role for row in summary(scaler).root.attributes}
    assert roles["mean_"] == "auxiliary"


def test_paths_through_pipelines_searches_and_lists(X, y):
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    search = GridSearchCV(pipeline, {"logisticregression__C": [1.0, 2.0]}, cv=2).fit(X, y)
    fitted = pipeline.fit(X, y)
    assert list(fitted_params(fitted)) == [
        "standardscaler__mean_",
        "standardscaler__scale_",
        "logisticregression__coef_",
        "logisticregression__intercept_",
    ]
    assert next(iter(fitted_params(search))) == "best_estimator___standardscaler__mean_"
    assert count_params(search) == count_params(fitted) == 8 + 15
    assert fitted_params(fitted, deep=False) == {}
    bag = BaggingClassifier(LogisticRegression(), 5).fit(X, y)
    assert "estimators_[3]__coef_" in fitted_params(bag)
    assert count_params(bag) == 5 * 15


def test_a_search_shows_the_winner_and_not_the_template(X, y):
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    search = GridSearchCV(pipeline, {"logisticregression__C": [1.0, 1.5]}, cv=2)
    paths = [row.path for node in summary(search).root.walk() for row in node.hyperparameters]
    assert "estimator__logisticregression__C" in paths
    found = summary(search.fit(X, y))
    rows = {row.path: row for node in found.root.walk() for row in node.hyperparameters}
    assert "estimator__logisticregression__C" not in rows
    assert "best_estimator___logisticregression__C" in rows
    assert {o.path for o in found.root.outcomes} == {"best_params_", "best_score_"}
    unkept = GridSearchCV(pipeline, {"logisticregression__C": [1.0]}, cv=2, refit=False).fit(X, y)
    assert summary(unkept).totals.stored.reason == "best_estimator_ was not kept"
    assert count_params(unkept) is None


def test_what_is_shared_counts_once(X, y):
    model = LogisticRegression().fit(X, y)
    vote = VotingClassifier([("a", LogisticRegression()), ("b", LogisticRegression())]).fit(X, y)
    assert count_params(vote) == 30  # not 60, with named_estimators_
    vote.estimators_[1].coef_ = vote.estimators_[0].coef_
    assert count_params(vote) == 18
    assert count_params(vote, kind="nonzero") == 18
    second = summary(vote).root.children[-1].parameters[0]
    assert second.alias_of.endswith("estimators_[0]__coef_")
    model.coef_ = model.coef_[:, ::-1]  # a view of another order is the same numbers, once
    assert count_params(model) == 15


@pytest.mark.parametrize("first", ["owner", "view"])
def test_an_array_and_views_of_all_of_it_are_one_buffer(X, y, first):
    model = LogisticRegression().fit(X, y)
    owner = np.arange(12.0)
    held = {
        "owner": owner,
        "view": owner[:],
        "of_view": owner[:][:],
        "part": owner[:6],
        "shaped": owner.reshape(3, 4),
        "again": owner,
    }
    vars(model).update({f"{name}_": held[name] for name in (first, *held)})
    alias = {r.path: r.alias_of for r in summary(model).root.attributes}
    assert {name for name in held if alias[f"{name}_"] is None} == {first, "part", "shaped"}
    assert {alias[f"{name}_"] for name in held} == {None, f"{first}_"}


class Difference(RegressorMixin, BaseEstimator):
    """Two lists of named estimators, which may use one name."""

    def __init__(self, plus=(), minus=()):
        self.plus = plus
        self.minus = minus

    def fit(self, X, y):
        self.plus_ = [(name, clone(each).fit(X, y)) for name, each in self.plus]
        self.minus_ = [(name, clone(each).fit(X, -y)) for name, each in self.minus]
        return self


def test_estimators_of_one_name_are_told_apart(X, y):
    def fitted(alpha):
        return Difference([("a", Ridge(1.0))], [("a", Ridge(alpha))]).fit(X, y)

    model = fitted(2.0)
    assert count_params(model) == 2 * (4 + 1)
    paths = ["a__coef_", "a__intercept_", "minus_['a']__coef_", "minus_['a']__intercept_"]
    assert list(fitted_params(model)) == paths
    chosen = {row.path: row.value for row in summary(model).root.hyperparameters}
    assert (chosen["a__alpha"], chosen["minus['a']__alpha"]) == ("1.0", "2.0")
    found = diff(model, fitted(3.0))
    assert [choice.path for choice in found.hyperparameters] == ["minus['a']__alpha"]
    moved = {row.path for node in found.root.walk() for row in node.parameters if not row.same}
    assert moved == set(paths[2:])


def test_members_of_one_class_are_each_taken_by_what_they_hold(X, y):
    bag = BaggingClassifier(LogisticRegression(), 4, random_state=0).fit(X, y)
    bag.estimators_[1].extra_ = np.ones(7)
    bag.estimators_[2].fit_intercept = False
    n = [child.totals.stored for child in summary(bag).root.children]
    assert n == [15, 22, 12, 15]
    forest = RandomForestClassifier(3, random_state=0).fit(X, y)
    before = [child.totals.stored for child in summary(forest).root.children]
    forest.estimators_[1].extra_ = np.ones(7)
    after = [child.totals.stored for child in summary(forest).root.children]
    assert np.subtract(after, before).tolist() == [0, 7, 0]


def test_totals_do_not_depend_on_depth(X, y):
    pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
    assert summary(pipeline, depth=0).totals == summary(pipeline).totals
    shallow = str(summary(pipeline, depth=0))
    assert "coef_" not in shallow.partition("it learned")[2]
    assert "23" in shallow


def test_sparse_coefficients_count_what_is_stored(X, y):
    model = LogisticRegression().fit(X, y)
    model.coef_[0] = 0
    model.sparsify()
    assert count_params(model) == 8 + 3
    assert sparse.issparse(fitted_params(model)["coef_"])
    row = summary(model).root.parameters[0]
    assert row.shape == (3, 4)
    assert row.bytes == sum(
        getattr(model.coef_, part).nbytes for part in ("data", "indices", "indptr")
    )


def test_not_fitted_is_unknown_and_not_zero():
    found = summary(MLPClassifier())
    assert found.totals == Totals(*3 * [Unknown("not fitted")])
    assert found.root.hyperparameters
    assert count_params(MLPClassifier()) is None
    assert count_params(make_pipeline(StandardScaler(), MLPClassifier())) is None
    with pytest.raises(NotFittedError, match="this MLPClassifier is not fitted"):
        fitted_params(MLPClassifier())


def test_a_forest_is_a_few_lines(X, y):
    forest = RandomForestClassifier(500, max_depth=2, random_state=0).fit(X, y)
    found = summary(forest)
    text = str(found)
    assert found.totals.stored == sum(map(count_params, forest.estimators_))
    assert len(text.splitlines()) < 20
    assert "500 × tree" in text


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (MLPClassifier, "got the class MLPClassifier. Make one: MLPCl"),
        (None, "got NoneType: None"),
        ({"a": 1}, "got dict: {'a': 1}"),
        ("MLPClassifier", "got str: 'MLPClassifier'"),
    ],
)
@pytest.mark.parametrize("function", [summary, fitted_params, count_params])
def test_what_is_no_estimator_is_named(function, wrong, message):
    with pytest.raises(TypeError, match=f"{function.__name__}: estimator must.*{message}"):
        function(wrong)


def test_arguments_out_of_range_are_named(X, y):
    model = LogisticRegression().fit(X, y)
    with pytest.raises(
        ValueError, match="must be one of stored, free, nonzero, effective, got 'all'"
    ):
        count_params(model, kind="all")
    with pytest.raises(ValueError, match="n_samples must be an int of at least 1, got 0"):
        summary(model, n_samples=0)
    with pytest.raises(ValueError, match=r"depth must be an int of at least 0, got 1\.5"):
        summary(model, depth=1.5)
    with pytest.raises(ValueError, match="give X or n_samples, not both"):
        summary(model, X, n_samples=60)
    assert summary(model, X).n_samples == 60 == summary(model, X.tolist()).n_samples


def test_numbers_and_lists_are_parameters_too():
    class Plain(BaseEstimator):
        def fit(self, X, y=None):
            self.slope_, self.table_, self.nested_ = 2.0, [1.0, 2.0], {"a": (np.ones(3),)}
            return self

        def __skparams__(self):
            return Spec({name: parameter() for name in ("slope_", "table_", "nested_")})

    model = Plain().fit(None)
    assert list(fitted_params(model)) == ["slope_", "table_", "nested_['a'][0]"]
    assert count_params(model) == 6


@pytest.mark.parametrize("base", [skparams.MLPClassifier, MLPClassifier])
def test_a_subclass_may_fix_hyperparameters(base, X, y):
    class Small(base):
        def __init__(self, alpha=1e-4):
            super().__init__((4,), activation="tanh", max_iter=2, random_state=0)
            self.alpha = alpha

    model = Small(alpha=1e-3)
    planned, found = plan(model, X, y), summary(model.fit(X, y))
    assert planned.totals == found.totals == summary(base((4,), max_iter=2).fit(X, y)).totals
    assert found.root.layers[1].activation == "tanh"
    assert [choice.path for choice in found.root.hyperparameters] == ["alpha"]
