"""Lossy slimming: what goes, what then fails, how much predictions change; and callbacks."""

import copy
import json
import pickle

import numpy as np
import pytest
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.covariance import EmpiricalCovariance
from sklearn.ensemble import BaggingRegressor, RandomForestClassifier
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.manifold import Isomap
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

import skparams
from skparams import assert_same_model, slim, summary
from skparams._slim.compare import change_of
from skparams._walk import results_equal
from skparams.specs import Spec, parameter
from tests import stand_ins
from tests.all_estimators import each_estimator, fit, instances

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture
def X(rng):
    return rng.standard_normal((80, 6))


@pytest.fixture
def y(X):
    return (X[:, 0] + X[:, 1] > 0).astype(int)


def reads_factor(X, y):
    """Whether ``predict`` of a Gaussian process reads ``L_`` without options too."""
    process = GaussianProcessRegressor(alpha=0.1).fit(X, y)
    del process.L_
    try:
        process.predict(X)
    except AttributeError:
        return True
    return False


def lossy(model, X, *ways, **more):
    return slim(model, X, lossy=ways, return_report=True, **more)


def paths(report, role):
    return {each.path for each in report.dropped if each.role == role}


def test_what_only_options_read_goes(X, y):
    process = GaussianProcessRegressor(alpha=0.1).fit(X, y)
    if reads_factor(X, y):
        assert paths(lossy(process, X, "derived")[1], "derived") == set()
        pytest.skip("this scikit-learn reads L_ without options too")
    for model in (process, make_pipeline(StandardScaler(), clone(process)).fit(X, y)):
        before = copy.deepcopy(model)
        small, report = lossy(model, X, "derived")
        assert_same_model(before, model)
        assert vars(before).keys() == vars(model).keys()
        assert {"L_", "gaussianprocessregressor__L_"} & paths(report, "derived")
        assert results_equal(small.predict(X), model.predict(X))
        with pytest.raises(AttributeError, match="L_"):
            small.predict(X, return_std=True)
        assert {"predict(return_std=True)", "predict(return_cov=True)"} <= set(report.failing)
        assert report.compared[0] == "predict"
        assert report.memory_after < report.memory_before - 80 * 80 * 7
    assert "sample_y" in lossy(process, X, "derived")[1].failing
    text = lossy(process, X, "derived")[1].to_text(width=200)
    assert "these raise now: predict(return_std=True), predict(return_cov=True), sample_y" in text
    assert "derived" in text


def test_what_predictions_read_stays(X, y):
    mixture = GaussianMixture(2, random_state=0).fit(X)
    small, report = lossy(mixture, X, "derived")
    assert paths(report, "derived") == {"precisions_"}
    assert results_equal(small.predict_proba(X), mixture.predict_proba(X))
    assert paths(lossy(SVC().fit(X, y), X, "derived")[1], "derived") <= {"_intercept_"}
    assert paths(lossy(Isomap().fit(X), X, "derived")[1], "derived") == set()
    covariance = EmpiricalCovariance().fit(X)
    assert hasattr(lossy(covariance, X, "derived")[0], "precision_")  # mahalanobis reads it
    kept = lossy(mixture, X, "derived", keep=["precisions_"])[0]
    assert hasattr(kept, "precisions_")


@pytest.mark.filterwarnings("ignore::FutureWarning")
@each_estimator
def test_every_estimator_predicts_the_same_without_what_is_derived(name):
    for estimator in instances(name):
        model, X, _ = fit(estimator)
        before = copy.deepcopy(model)
        try:
            slim(model, X)
        except ValueError:  # it makes no predictions
            continue
        small, report = lossy(model, X, "derived", "float32")
        assert_same_model(before, model)
        assert vars(before).keys() == vars(model).keys()
        assert report.lossy == ("derived", "float32")
        assert not set(report.failing) & set(report.compared)
        assert all("(" in call or call == "sample_y" for call in report.failing)
        assert type(small) is type(model)
        assert json.loads(report.to_json())["lossy"] == ["derived", "float32"]
        for change in report.changes:
            assert change.n_changed <= change.n
            if change.relative is not None and not name.startswith("Spectral"):
                assert change.relative < 0.01, (name, change)
        assert summary(small).totals.stored == summary(model).totals.stored


def test_parameters_become_float32_and_changes_are_measured(X, y):
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
    small, report = lossy(model, X, "float32")
    assert {row.dtype for n in summary(small).root.walk() for row in n.parameters} == {"float32"}
    assert model[-1].coef_.dtype == np.float64
    assert set(report.float32) == {
        "standardscaler__mean_",
        "standardscaler__scale_",
        "logisticregression__coef_",
        "logisticregression__intercept_",
    }
    assert report.float64 == ()
    changes = {each.method: each for each in report.changes}
    a, b = model.decision_function(X), small.decision_function(X)
    found = changes["decision_function"]
    assert found.absolute == np.abs(a - b).max() > 0
    assert found.relative == found.absolute / np.abs(a).max() < 1e-5
    assert found.n == 80
    assert found.n_changed == (a != b).sum()
    assert "predict" in report.compared
    text = report.to_text(width=160)
    assert "changed by float32" in text
    assert "decision_function" in text
    assert "decision_function" in report.to_html()


def test_labels_that_change_are_counted(X, y):
    model = LogisticRegression().fit(X, np.array(["no", "yes"])[y])
    model.intercept_ = np.array([1e-50])  # zero in float32
    X[:3] = 0.0
    assert set(model.predict(X[:3])) == {"yes"}
    report = lossy(model, X, "float32")[1]
    change = {each.method: each for each in report.changes}["predict"]
    assert (change.absolute, change.relative) == (None, None)
    assert (change.n_changed, change.n) == (3, 80)


def test_numbers_that_are_not_finite_do_not_change_unseen():
    one, other = np.array([np.nan, np.inf, 1.0]), np.array([np.nan, np.inf, 2.0])
    found = change_of("predict", one, other)
    assert (found.absolute, found.n_changed) == (1.0, 1)
    for wrong in ([np.nan, -np.inf, 1.0], [np.inf, np.inf, 1.0], [np.nan, np.inf, np.nan]):
        assert change_of("predict", one, np.array(wrong)) is None


def test_networks_and_many_members(X, y):
    for cls in (MLPClassifier, skparams.MLPClassifier):
        model = cls((20,), max_iter=5, random_state=0).fit(X, y)
        small, report = lossy(model, X, "float32")
        assert {each.dtype.name for each in small.coefs_} == {"float32"}
        assert set(report.float32) == {"coefs_[0]", "coefs_[1]", "intercepts_[0]", "intercepts_[1]"}
        assert small.predict(X).shape == (80,)
        assert len(pickle.dumps(small)) < len(pickle.dumps(slim(model, X)))
    bag = BaggingRegressor(Ridge(), n_estimators=30, random_state=0).fit(X, y)
    assert len(lossy(bag, X, "float32")[1].float32) == 30  # intercepts are numbers


def test_trees_and_what_compiled_code_reads_are_left(X, y):
    forest = RandomForestClassifier(3, random_state=0).fit(X, y)
    small, report = lossy(forest, X, "float32")
    assert report.float32 == ()
    assert report.changes == ()
    assert len(report.float64) == 6
    assert report.float64[0] == "estimators_[0]__tree_.threshold"
    assert "float64 stays" in str(report)
    assert results_equal(small.predict_proba(X), forest.predict_proba(X))
    needs = Float64Only().fit(X, y)
    model = GridSearchCV(make_pipeline(StandardScaler(), Float64Only()), {}, cv=2).fit(X, y)
    for each in (needs, model):
        small, report = lossy(each, X, "float32")
        assert [path.rpartition("__")[2] for path in report.float64] == ["weights_"]
        assert bool(report.float32) == (each is model)
        assert np.isfinite(small.predict(X)).all()


class Float64Only(RegressorMixin, BaseEstimator):
    """As if its compiled code took no other dtype."""

    @classmethod
    def __skparams__(cls):
        return Spec({"weights_": parameter("n_features")})

    def fit(self, X, y):
        self.weights_ = np.linalg.lstsq(X, y)[0]
        return self

    def predict(self, X):
        if self.weights_.dtype != np.float64:
            raise TypeError("float64 expected")
        return X @ self.weights_


def test_numbers_that_float32_cannot_hold_are_left(X, y):
    model = LinearRegression().fit(X, np.column_stack([y, y]))
    model.coef_ = model.coef_ * 1e300
    report = lossy(model, X, "float32")[1]
    assert report.float64 == ("coef_",)
    assert report.float32 == ("intercept_",)


def test_both_ways_and_what_is_kept(X, y):
    process = GaussianProcessRegressor(alpha=0.1).fit(X, y)
    small, report = lossy(process, X, "float32", "derived")
    assert hasattr(small, "L_") == reads_factor(X, y)
    assert small.alpha_.dtype == np.float32
    assert process.alpha_.dtype == np.float64
    assert report.changes[0].method == "predict"
    small, report = lossy(process, X, "float32", "derived", keep=["alpha_", "L_"])
    assert small.alpha_.dtype == np.float64
    assert hasattr(small, "L_")
    assert "alpha_" in report.float64
    assert lossy(GaussianProcessClassifier().fit(X, y), X, "derived")[0].predict(X).shape == (80,)


def test_bad_input(X, y):
    model = LinearRegression().fit(X, y)
    with pytest.raises(ValueError, match="lossy must be of derived, float32, got 'float16'"):
        slim(model, X, lossy=("float32", "float16"))
    with pytest.raises(ValueError, match="give rows to predict as X"):
        slim(model, lossy=("float32",))
    for wrong in ("float32", 3, (1,)):
        with pytest.raises(TypeError, match="lossy must be a collection of names"):
            slim(model, X, lossy=wrong)
    assert lossy(model, X)[1].lossy == ()


@pytest.mark.parametrize("ways", [(), ("derived", "float32")])
@pytest.mark.parametrize(
    "name",
    [
        name
        for name, cls in vars(stand_ins).items()
        if isinstance(cls, type) and cls.__module__ == stand_ins.__name__ and hasattr(cls, "fit")
    ],
)
def test_stand_ins_give_a_copy_or_one_error_and_stay_as_they_are(name, ways):
    X, y = stand_ins.data()
    model = getattr(stand_ins, name)()
    model.fit(X, y)
    held = getattr(model, "__dict__", {})
    before = {
        key: (id(item), np.array(item).tobytes())
        for key, item in held.items()
        if isinstance(item, np.ndarray)
    }
    names = set(held)
    try:
        small, report = lossy(model, X, *ways)
    except (TypeError, ValueError) as error:
        message = str(error)
        assert message.startswith("slim: ")
        assert name in message
    else:
        assert report.to_text()
        assert report.to_json()
        assert type(small) is type(model)
    assert set(held) == names
    for key, known in before.items():
        assert (id(held[key]), np.array(held[key]).tobytes()) == known


class WritesIntoItself(RegressorMixin, BaseEstimator):
    def fit(self, X, y):
        self.mean_, self.calls_ = np.mean(X, axis=0), np.zeros(1)
        return self

    def predict(self, X):
        self.calls_ += 1
        return X @ self.mean_ + self.calls_


def test_an_estimator_that_writes_into_its_arrays_is_not_changed(X, y):
    model = WritesIntoItself().fit(X, y)
    small = slim(model, X)
    assert model.calls_[0] == 0
    assert small.calls_[0] == 0


# Callbacks


class Hook:
    """As a callback of scikit-learn; holds what no pickle can."""

    def __init__(self):
        self.function = lambda: None

    def __reduce__(self):
        raise TypeError("cannot pickle a hook")


def hooked(model):
    model._skl_callbacks = [Hook()]
    model._parent_callback_ctx = Hook()
    return model


class Guessed(stand_ins.Neighbor):
    """No Spec describes it."""


def test_callbacks_go_before_anything_is_copied(X, y):
    search = GridSearchCV(Ridge(), {}, cv=2).fit(X, y)
    hooked(search.estimator)
    hooked(search.best_estimator_)
    for model in (
        hooked(Ridge().fit(X, y)),
        hooked(make_pipeline(StandardScaler().fit(X), hooked(Ridge().fit(X, y)))),
        hooked(Guessed().fit(X, y)),
        hooked(search),
    ):
        expected = model.predict(X)
        small, report = slim(model, X, return_report=True)
        assert results_equal(small.predict(X), expected)
        for each in each_nested(small):
            assert not any("callback" in name for name in vars(each))
        assert hasattr(model, "_parent_callback_ctx")
        dropped = paths(report, "callback")
        assert any(path.endswith("_parent_callback_ctx") for path in dropped)
        assert report.pickled_before is None
        pickle.dumps(small)
        assert "callback" in str(report)
        assert "callback" in report.to_html()


def each_nested(model):
    yield model
    for value in vars(model).values():
        for each in value if isinstance(value, list) else [value]:
            each = each[1] if isinstance(each, tuple) and len(each) == 2 else each
            if hasattr(each, "fit"):
                yield from each_nested(each)


def test_callbacks_of_scikit_learn(X, y):
    callback = pytest.importorskip("sklearn.callback")
    model = LogisticRegression()
    if not hasattr(model, "set_callbacks"):
        pytest.skip("scikit-learn < 1.9 has no callbacks")
    model.set_callbacks(callback.ProgressBar())
    model.fit(X, y)
    search = make_pipeline(StandardScaler().fit(X), model)
    small, report = slim(search, X, return_report=True)
    assert paths(report, "callback") == {"logisticregression___skl_callbacks"}
    assert not hasattr(small[-1], "_skl_callbacks")
    assert hasattr(model, "_skl_callbacks")


class ByFunction(Ridge):
    def __reduce__(self):
        return made, (type(self), vars(self))


def made(cls, attributes):
    model = cls()
    vars(model).update(attributes)
    return model


def test_callbacks_go_where_a_class_is_pickled_in_its_own_way(X, y):
    model = ByFunction().fit(X, y)
    model._skl_callbacks = ["some"]
    small, report = slim(model, X, return_report=True)
    assert not hasattr(small, "_skl_callbacks")
    assert model._skl_callbacks == ["some"]
    assert paths(report, "callback") == {"_skl_callbacks"}
