"""ParamsMixin: what was learned can be taken out and put back, all or nothing."""

import pickle
import threading

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator, clone
from sklearn.ensemble import RandomForestRegressor
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from skparams import ParamsMixin
from skparams._plan import Plan
from skparams._summary import Summary
from skparams.specs import Part, Rule, Spec, parameter

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


class Net(ParamsMixin, MLPClassifier):
    pass


class Steps(ParamsMixin, Pipeline):
    pass


class Mixed(ParamsMixin, BaseEstimator):
    def fit(self):
        self.w_ = np.ones(3, dtype=np.float32)
        self.nested_ = {"a": (1.0, [2.0, 3.0])}
        self.sparse_ = sparse.csr_array(np.eye(2))
        return self

    def __skparams__(self):
        return Spec({name: parameter() for name in ("w_", "nested_", "sparse_")})


@pytest.fixture
def data(rng):
    return rng.standard_normal((60, 4)), np.arange(60) % 3


def test_what_is_taken_out_and_put_in_predicts_the_same(data):
    X, y = data
    first = Net((5,), max_iter=3, random_state=0).fit(X, y)
    second = Net((5,), max_iter=1, random_state=1).fit(X, y)
    assert not np.array_equal(first.predict_proba(X), second.predict_proba(X))
    assert second.set_fitted_params(**first.get_fitted_params()) is second
    np.testing.assert_array_equal(first.predict_proba(X), second.predict_proba(X))
    assert second.coefs_[0] is not first.coefs_[0]
    second.coefs_[0][:] = 0
    assert first.coefs_[0].any()


def test_setting_goes_into_estimators_inside(data):
    X, y = data
    steps = Steps([("scale", StandardScaler()), ("model", LogisticRegression())]).fit(X, y)
    steps.set_fitted_params(scale__mean_=np.zeros(4), model__coef_=np.ones((3, 4)))
    assert not steps["scale"].mean_.any()
    assert (steps["model"].coef_ == 1).all()
    assert list(steps.get_fitted_params(deep=False)) == []


def test_kinds_of_containers_and_numbers_stay():
    model = Mixed().fit()
    assert list(model.get_fitted_params()) == [
        "w_",
        "nested_['a'][0]",
        "nested_['a'][1]",
        "sparse_",
    ]
    model.set_fitted_params(
        **{"w_": [1, 2, 3], "nested_['a'][0]": 5, "nested_['a'][1]": [6, 7]},
        sparse_=sparse.coo_array(np.ones((2, 2))),
    )
    assert model.w_.dtype == np.float32
    assert model.nested_ == {"a": (5.0, [6.0, 7.0])}
    assert type(model.nested_["a"][0]) is float
    assert model.sparse_.format == "csr"
    assert model.sparse_.sum() == 4


def test_arrays_that_others_hold_are_not_written_to():
    model = Mixed().fit()
    model.w_.flags.writeable = False
    old = model.w_
    model.set_fitted_params(w_=np.zeros(3))
    assert (old == 1).all()
    assert not model.w_.any()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"v_": 1}, r"Mixed has no fitted parameter 'v_'; allowed are w_, nested_\['a'\]\[0\]"),
        ({"w_": np.ones(4)}, r"w_ must have the shape \(3,\), got \(4,\)"),
        ({"w_": np.ones((3, 1))}, r"w_ must have the shape \(3,\), got \(3, 1\)"),
        ({"w_": [1j, 2j, 3j]}, "w_ must have numbers that fit float32, got complex128"),
        ({"w_": ["a", "b", "c"]}, "w_ must have numbers that fit float32, got <U1"),
        ({"w_": sparse.csr_array(np.ones((3, 1)))}, "w_ must be dense as it is now, got csr_array"),
        ({"sparse_": np.eye(2)}, "sparse_ must be sparse as it is now, got ndarray"),
    ],
)
def test_all_or_nothing(wrong, message):
    model = Mixed().fit()
    with pytest.raises(ValueError, match=message):
        model.set_fitted_params(**{"nested_['a'][0]": 9.0}, **wrong)
    assert model.nested_["a"][0] == 1.0
    assert (model.w_ == 1).all()


def test_unfitted():
    for call in (Net().get_fitted_params, Net().set_fitted_params):
        with pytest.raises(NotFittedError, match="this Net is not fitted"):
            call()
    assert Net().count_params() is None
    assert not Net().summary().root.fitted


def test_summary_and_count_are_methods_too(data):
    model = Net((5,), max_iter=1).fit(*data)
    assert model.count_params() == model.count_params(kind="free") == 43
    found = model.summary(data[0], depth=0)
    assert isinstance(found, Summary)
    assert (found.n_samples, found.depth) == (60, 0)
    assert model.summary(n_samples=7).n_samples == 7
    assert model.count_params(kind="effective", X=data[0]) is None
    few = model.summary(n_samples=7, stats=True, ignore=("SKP004",))
    assert [finding.code for finding in few.findings] == ["SKP001"]
    assert all(row.stats for row in few.root.parameters)


def test_plan_is_a_method_too():
    planned = Net((5,)).plan(n_features=4, n_classes=3)
    assert isinstance(planned, Plan)
    assert planned.totals.stored == 43


class Trees(ParamsMixin, RandomForestRegressor):
    pass


def test_parts_of_objects_are_replaced_in_copies(data):
    X, y = data
    forest = Trees(3, random_state=0).fit(X, y)
    trees = [tree.tree_ for tree in forest.estimators_]
    params = forest.get_fitted_params()
    values = {path: 2 * array for path, array in params.items() if path.endswith("tree_.value")}
    assert len(values) == 3
    before = forest.predict(X)
    forest.set_fitted_params(**values)
    np.testing.assert_allclose(forest.predict(X), 2 * before)
    assert [tree.tree_ for tree in forest.estimators_] != trees
    np.testing.assert_array_equal(trees[0].value * 2, forest.estimators_[0].tree_.value)


class Curve:
    """Holds its numbers out of reach: what it returns is computed."""

    def __init__(self, scale):
        self.scale = scale

    @property
    def theta(self):
        return np.log([self.scale])


class Curved(ParamsMixin, BaseEstimator):
    def fit(self):
        self.curve_, self.w_ = Curve(2.0), np.ones(2)
        return self

    def __skparams__(self):
        parts = Rule("parameter", parts=lambda ctx: [Part(".theta", ctx.value.theta)])
        return Spec({"w_": parameter("n_features"), "curve_": parts})


def test_a_part_that_is_computed_is_refused():
    model = Curved().fit()
    with pytest.raises(
        ValueError, match=r"curve_\.theta of Curved is computed by the Curve in curve"
    ):
        model.set_fitted_params(w_=[3.0, 3.0], **{"curve_.theta": [0.0]})
    assert model.curve_.scale == 2.0
    assert (model.w_ == 1).all()
    model.set_fitted_params(**model.get_fitted_params())


class Doubling(ParamsMixin, BaseEstimator):
    """Predicts with what is derived from its parameter."""

    def fit(self, X=None, y=None):
        self.w_ = np.ones(2)
        self.double_, self.labels_, self._moment = 2 * self.w_, np.arange(3), np.ones(2)
        return self

    def __skparams__(self):
        double = Rule("derived", derive=lambda ctx: 2 * ctx.values["w_"])
        return Spec(
            {
                "double_": double,
                "w_": parameter("n_features"),
                "labels_": "output",
                "_moment": "state",
            }
        )


def test_what_is_derived_follows():
    model = Doubling().fit().set_fitted_params(w_=[3.0, 4.0])
    assert model.double_.tolist() == [6.0, 8.0]


def test_structure_leaves_out_what_predictions_do_not_need():
    model = Doubling().fit()
    taken = model.get_fitted_params(structure=True)
    assert set(taken) == {"w_", "double_"}
    assert taken["w_"] is model.w_
    assert taken["double_"] is not model.double_
    restored = clone(model).set_fitted_params(**taken)
    assert set(vars(restored)) == {"w_", "double_"}
    assert restored.w_ is not model.w_


def test_structure_restores_a_clone_of_nested_estimators(data):
    X, y = data
    steps = Steps([("scale", StandardScaler()), ("model", LogisticRegression(C=0.1))]).fit(X, y)
    taken = steps.get_fitted_params(structure=True)
    assert "model__classes_" in taken
    fresh = clone(steps)
    inner = fresh["model"]
    fresh.set_fitted_params(**taken)
    assert fresh["model"] is inner
    np.testing.assert_array_equal(fresh.predict_proba(X), steps.predict_proba(X))
    assert not set(steps.get_fitted_params(deep=False, structure=True))


def test_parameters_are_enough_where_the_spec_knows_of_nothing_else():
    class Centerer(ParamsMixin, BaseEstimator):
        def __skparams__(self):
            return Spec({"mean_": parameter("n_features")})

    assert Centerer().set_fitted_params(mean_=np.ones(2)).mean_.tolist() == [1.0, 1.0]


def test_without_structure_a_clone_is_not_fitted(data):
    X, y = data
    for model in (
        Net((5,), max_iter=1).fit(X, y),
        Steps([("scale", StandardScaler()), ("model", LogisticRegression())]).fit(X, y),
        Trees(2).fit(X, y),
    ):
        fresh = clone(model)
        before = pickle.dumps(vars(fresh))
        with pytest.raises(NotFittedError, match=r"get_fitted_params\(structure=True\)"):
            fresh.set_fitted_params(**model.get_fitted_params())
        assert pickle.dumps(vars(fresh)) == before


def test_classes_can_be_renamed(data):
    X, y = data
    model = Net((5,), max_iter=1).fit(X, y)
    found = model.set_fitted_params(classes_=np.array(["a", "b", "c"])).classes_
    assert found.tolist() == ["a", "b", "c"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"coefs_[0]": np.ones((3, 5))},
        {"coefs_[9]": np.ones((4, 5))},
        {"coefs_[0]": [["a"] * 5] * 4},
        {"coefs_[0]": [[1.0], [1.0, 2.0]]},
        {"coefs_[0]": object()},
        {"coefs_[0]": None},
        {"unknown_": np.ones(3)},
        {"hidden_layer_sizes": (7,)},
        {"alpha": 3.0},
        {"": 1.0},
        {"classes_": threading.Lock()},
    ],
)
def test_an_error_leaves_the_estimator_as_it_was(data, wrong):
    X, y = data
    model = Net((5,), max_iter=3, random_state=0).fit(X, y)
    before, held = pickle.dumps(model), dict(vars(model))
    good = {"coefs_[1]": np.zeros((5, 3)), "classes_": np.array(["a", "b", "c"])}
    with pytest.raises((ValueError, TypeError), match=r"^set_fitted_params: "):
        model.set_fitted_params(**{**good, **wrong})
    assert pickle.dumps(model) == before
    assert all(vars(model)[name] is value for name, value in held.items())


def test_an_estimator_that_refuses_an_attribute_is_as_it_was():
    class Strict(Doubling):
        def __setattr__(self, name, value):
            if name == "double_" and hasattr(self, "double_"):
                raise RuntimeError("refused")
            super().__setattr__(name, value)

    model = Strict().fit()
    with pytest.raises(RuntimeError, match="refused"):
        model.set_fitted_params(w_=[5.0, 5.0])
    assert model.w_.tolist() == [1.0, 1.0]


def test_numbers_that_are_not_finite_are_taken():
    model = Doubling().fit().set_fitted_params(w_=[np.nan, np.inf])
    np.testing.assert_array_equal(model.w_, [np.nan, np.inf])


def test_what_cannot_be_copied_is_named():
    class Locked(ParamsMixin, BaseEstimator):
        def fit(self):
            self.w_, self.lock_ = np.ones(2), threading.Lock()
            return self

    with pytest.raises(TypeError, match=r"get_fitted_params: the _thread\.lock in lock_ cannot be"):
        Locked().fit().get_fitted_params(structure=True)


def test_a_class_that_no_spec_describes_is_restored():
    class Unknown(ParamsMixin, BaseEstimator):
        def fit(self, X, y=None):
            self.n_features_in_ = 2
            self.w_, self._hidden, self.loss_ = np.ones(2), {"a": [np.ones(3)]}, 0.5
            return self

    model = Unknown().fit(None)
    restored = clone(model).set_fitted_params(**model.get_fitted_params(structure=True))
    assert repr(sorted(vars(restored).items())) == repr(sorted(vars(model).items()))
    assert restored._hidden["a"][0] is not model._hidden["a"][0]
