"""A slimmed copy is of the model's class, predicts the same and keeps less."""

import copy
import pickle
import subprocess
import sys
import threading
from itertools import product

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.cluster import DBSCAN, KMeans
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestRegressor, VotingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier, LocalOutlierFactor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.utils.validation import check_is_fitted

import skparams
from skparams import assert_same_model, kept_rows, slim, spread, summary
from skparams._walk import calls_of, results_equal, results_of
from skparams.specs import Spec, parameter
from tests.all_estimators import each_estimator, fit, instances

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture
def X(rng):
    return rng.standard_normal((120, 20))


@pytest.fixture
def y(X):
    return (X[:, 0] > 0).astype(int)


@pytest.fixture(params=[MLPClassifier, skparams.MLPClassifier], ids=["sklearn", "skparams"])
def network(request, X, y):
    return request.param((30, 20), max_iter=3, random_state=0).fit(X, y)


@pytest.fixture
def search(X, y):
    network = MLPClassifier((30, 20), max_iter=3, random_state=0)
    return GridSearchCV(network, {"alpha": [0.1, 0.2]}, cv=2).fit(X, y)


def copies(estimator):
    """The ways in which a slimmed estimator gets about."""
    yield estimator
    yield pickle.loads(pickle.dumps(estimator))
    yield pickle.loads(pickle.dumps(estimator, protocol=0))
    yield copy.copy(estimator)
    yield copy.deepcopy(estimator)


class Threaded(LinearRegression):
    def __init__(self, n_jobs=2):
        super().__init__(n_jobs=n_jobs)


def made(cls, attributes):
    model = cls()
    vars(model).update(attributes)
    return model


class ByFunction(Threaded):
    def __reduce__(self):
        return made, (type(self), vars(self))


class ByTuple(Threaded):
    def __getstate__(self):
        return tuple(vars(self).items())

    def __setstate__(self, state):
        vars(self).update(dict(state))


class ByOtherNames(Threaded):
    def __getstate__(self):
        return {"kept": vars(self)}

    def __setstate__(self, state):
        (attributes,) = state.values()
        vars(self).update(attributes)


@pytest.mark.parametrize("Model", [ByFunction, ByTuple, ByOtherNames])
def test_ways_of_its_own_to_be_pickled(Model, X, y):
    model = Model().fit(X, y)
    for each in (model, make_pipeline(StandardScaler(), Model()).fit(X, y)):
        small = slim(each, X)
        assert results_equal(small.predict(X), each.predict(X))
    assert model.n_jobs == 2


def test_a_slimmed_copy_is_the_same_model(X, y):
    network = MLPClassifier((30, 20), max_iter=3, early_stopping=True, random_state=0)
    for model in (
        make_pipeline(StandardScaler(), network),
        VotingClassifier([("a", network), ("b", clone(network))]),
    ):
        model.fit(X, y)
        small = slim(model, X)
        assert_same_model(model, small, rtol=0)
        assert_same_model(small, model, rtol=0)
        assert not spread([model, small]).hyperparameters


# What goes, and what it spares


def test_training_state_goes_and_predictions_stay(network, X):
    for each in copies(slim(network, X)):
        assert results_equal(each.predict_proba(X), network.predict_proba(X))
        assert not hasattr(each, "_optimizer")
        assert not hasattr(each, "loss_curve_")
        assert each.n_iter_ == 3  # a number costs nothing


@pytest.mark.parametrize("Network", [MLPClassifier, skparams.MLPClassifier])
def test_a_search_over_a_network_is_a_third_at_most(Network, X, y):
    search = GridSearchCV(Network(random_state=0, max_iter=3), {"alpha": [0.1, 0.2]}, cv=2)
    search.fit(X, y)
    least = len(pickle.dumps(search)) / 3
    assert len(pickle.dumps(slim(search))) <= least
    assert len(pickle.dumps(slim(search.best_estimator_))) <= least


def test_what_a_view_keeps_alive_goes(rng):
    X = rng.standard_normal((200_000, 2))
    model = LinearRegression().fit(X, X[:, 0])
    model.coef_ = rng.standard_normal(200_000)[:2]  # as some versions of SciPy return them
    slimmed, report = slim(model, return_report=True)
    assert slimmed.coef_.base is None
    assert report.memory_before > 1_600_000
    assert report.memory_after < 10_000
    assert len(pickle.dumps(slimmed)) < 10_000
    assert ("coef_", "retained", 1_599_984) in [(r.path, r.role, r.bytes) for r in report.dropped]


def test_a_slimmed_copy_has_no_array_of_the_caller(X, y):
    for model in (KNeighborsClassifier().fit(X, y), GaussianProcessRegressor().fit(X, y)):
        slimmed = slim(model, X)
        arrays = [v for v in vars(slimmed).values() if isinstance(v, np.ndarray)]
        assert not any(np.shares_memory(each, given) for each in arrays for given in (X, y))


def test_memory_that_was_shared_still_is(X, y):
    slimmed = slim(KNeighborsClassifier(algorithm="kd_tree").fit(X, y))
    assert np.shares_memory(slimmed._fit_X, np.asarray(slimmed._tree.data))


def test_views_of_what_stays_are_still_views(X, y):
    model = LinearRegression().fit(X, y)
    model.all_ = np.ones((3, 4))
    model.some_ = model.all_[1:, ::2]
    slimmed = slim(model)
    assert results_equal(slimmed.some_, model.some_)
    assert np.shares_memory(slimmed.some_, slimmed.all_)
    assert not np.shares_memory(slimmed.all_, model.all_)


def test_layout_in_memory_is_kept(X):
    model = Ridge().fit(X, X[:, :3])
    model.coef_ = np.asfortranarray(model.coef_)
    assert slim(model).coef_.flags.f_contiguous


def test_results_stay_where_there_is_nothing_else(X):
    assert not hasattr(slim(KMeans(2, n_init=1).fit(X)), "labels_")
    clusters = DBSCAN(eps=8).fit(X)
    assert clusters.components_.size
    slimmed = slim(clusters)
    assert results_equal(slimmed.labels_, clusters.labels_)
    assert not hasattr(slimmed, "components_")  # the caller's rows
    outliers = slim(LocalOutlierFactor().fit(X))
    assert outliers.negative_outlier_factor_.size == 120
    assert outliers.kneighbors(X)[0].size


def test_what_no_spec_describes_is_kept(X):
    class Guessed(BaseEstimator):
        def fit(self, X):
            self.loss_curve_ = np.zeros(1000)
            return self

        def predict(self, X):
            return self.loss_curve_[: len(X)]

    slimmed, report = slim(Guessed().fit(X), X, return_report=True)
    assert slimmed.loss_curve_.size == 1000
    assert report.guessed == ("Guessed",)
    assert "no Spec describes Guessed" in str(report)


def test_the_same_attributes_go_whatever_their_size(X):
    for n in (2, 20):
        model = LinearRegression().fit(X[:, :n], X[:, 0])
        report = slim(model, return_report=True)[1]
        assert [each.path for each in report.dropped if each.role != "retained"] == ["singular_"]


# The copy is of the same class


def test_the_copy_is_of_the_same_class(search, X, y):
    network = MLPClassifier((30, 20), max_iter=3, random_state=0)
    piped = make_pipeline(StandardScaler(), network).fit(X, y)
    for model in (search, piped, network.fit(X, y), skparams.MLPClassifier(max_iter=3).fit(X, y)):
        for each in copies(slim(model)):
            assert type(each) is type(model)
            check_is_fitted(each)
            assert is_classifier(each)
            assert repr(each) == repr(model)
            assert each._repr_html_()
            assert str(summary(each)).splitlines()[0] == str(summary(model)).splitlines()[0]
            assert type(clone(each)) is type(model)
    small = slim(search)
    assert type(small.best_estimator_) is MLPClassifier
    assert vars(small).keys() < vars(search).keys()


def test_output_is_set_as_before(X):
    pytest.importorskip("pandas")
    scaler = skparams.PCA(2).partial_fit(X)
    named = slim(scaler).set_output(transform="pandas").transform(X)
    assert list(named) == ["pca0", "pca1"]


def test_what_was_dropped_raises_the_error_of_the_class(search):
    for each in copies(slim(search)):
        with pytest.raises(AttributeError, match=r"object has no attribute 'cv_results_'$"):
            _ = each.cv_results_


@pytest.mark.exhaustive  # a process of its own
def test_a_pickle_loads_without_skparams(search, X, tmp_path):
    pickled = pickle.dumps(slim(search))
    assert b"skparams" not in pickled
    (tmp_path / "model").write_bytes(pickle.dumps((pickled, X, search.predict(X))))
    code = """
import pickle, sys
with open(sys.argv[1], "rb") as file:
    model, X, y = pickle.load(file)
assert (pickle.loads(model).predict(X) == y).all()
assert not any(name.partition(".")[0] == "skparams" for name in sys.modules)
"""
    subprocess.run([sys.executable, "-c", code, tmp_path / "model"], check=True)


def test_slimmed_twice(network):
    some = slim(network, keep=("state",))
    assert some._optimizer
    assert not hasattr(some, "loss_curve_")
    twice = slim(some)
    assert not hasattr(twice, "loss_curve_")
    assert not hasattr(twice, "_optimizer")


# Further training


def test_training_does_not_go_on_from_nothing(network, X, y):
    for each in [*copies(slim(network))]:
        with pytest.raises(AttributeError, match=r"loss_curve_|optimizer's state is missing"):
            each.partial_fit(X, y)
        each.fit(X, y).partial_fit(X, y)
        assert each.loss_curve_


def test_our_network_refuses_wherever_its_optimizer_is_gone(X, y):
    model = skparams.MLPClassifier(max_iter=3, random_state=0).fit(X, y)
    with pytest.raises(AttributeError, match=r"MLPClassifier.partial_fit.*keep=\('state',\)"):
        slim(model, keep=("diagnostic",)).partial_fit(X, y)
    model.set_params(solver="lbfgs").fit(X, y)  # which has no optimizer
    slim(model).set_params(solver="adam").partial_fit(X, y)


def test_a_slimmed_stream_says_that_it_has_ended(X):
    stream = skparams.PCA(3).partial_fit(X)
    for each in copies(slim(stream, X)):
        assert results_equal(each.transform(X), copy.deepcopy(stream).transform(X))
        with pytest.raises(AttributeError, match="keeps no scatter matrix"):
            each.partial_fit(X)
        with pytest.raises(ValueError, match="or slimmed"):
            stream.merge(each)


def _trained_on(model, X, y):
    """What predictions are after further training, or None if it raises."""
    model = copy.deepcopy(model)
    try:
        if hasattr(model, "partial_fit"):
            model.partial_fit(X, y)
        else:
            model.set_params(warm_start=True).fit(X, y)
    except AttributeError:
        return None
    return results_of(model, X, calls_of(model))


@pytest.mark.filterwarnings("ignore")
@each_estimator
def test_training_goes_on_the_same_or_raises(name):
    """Never silently from another state; in some, averaging is what keeps a state."""
    options = [{}, {"average": True}] if name.startswith(("SGD", "PassiveAgg")) else [{}]
    for estimator, option in product(instances(name), options):
        params = estimator.get_params(deep=False)
        if not hasattr(estimator, "partial_fit") and "warm_start" not in params:
            continue
        model, X, y = fit(estimator.set_params(**option))
        expected, found = _trained_on(model, X, y), _trained_on(slim(model), X, y)
        assert found is None or results_equal(found, expected)


# What is kept on request


def test_keep(search, X):
    path = "best_estimator___loss_curve_"
    for keep, stays, goes in [
        (["cv_results_"], ["cv_results_"], [path]),
        (["loss_curve_"], [path], ["cv_results_"]),
        ([path], [path], ["cv_results_"]),
        (["diagnostic"], [path, "cv_results_"], []),
    ]:
        report = slim(search, keep=keep, return_report=True)[1]
        dropped = {row.path for row in report.dropped}
        assert not dropped & set(stays)
        assert dropped >= {*goes, "best_estimator____optimizer"}


def test_training_goes_on_with_its_state_kept(network, X, y):
    slimmed = slim(network, keep=("state", "diagnostic"))
    for each in (slimmed, network):
        each.partial_fit(X, y)
    assert results_equal(slimmed.predict_proba(X), network.predict_proba(X))


# Compared on X


def test_what_the_methods_give_is_compared(X, y):
    report = slim(GaussianProcessRegressor().fit(X, y), X, return_report=True)[1]
    assert report.compared == ("predict", "predict(return_std=True)", "predict(return_cov=True)")
    report = slim(KNeighborsClassifier().fit(X, y), X, return_report=True)[1]
    assert {"predict_proba", "kneighbors"} <= set(report.compared)
    sparse_X = sparse.csr_matrix(X)
    report = slim(StandardScaler(with_mean=False).fit(X), sparse_X, return_report=True)[1]
    assert report.compared == ("transform", "inverse_transform")


class Liar(BaseEstimator):
    """Its Spec says that predictions do not need what they need."""

    def fit(self, X):
        self.coef_ = np.ones(X.shape[1])
        self.history_ = np.ones(1000)
        self.other_ = np.ones(1000)
        return self

    def predict(self, X):
        return X @ self.coef_ * (self.history_[0] if self.honest else 1) + self.shift

    honest = True

    @property
    def shift(self):
        return 1.0 if "other_" in vars(self) else 0.0

    def __skparams__(self):
        return Spec(
            {"coef_": parameter("n_features"), "history_": "diagnostic", "other_": "output"}
        )


def test_what_predictions_need_is_refused_by_name(X):
    model = Liar().fit(X)
    with pytest.raises(ValueError, match=r"Liar.predict needs history_, which has .* diagnostic"):
        slim(model, X)
    with pytest.raises(ValueError, match=r"Liar.predict needs other_.*keep=\('other_',\)"):
        slim(model, X, keep=("history_",))
    kept = slim(model, X, keep=("history_", "other_"))
    assert results_equal(kept.predict(X), model.predict(X))


def test_what_changes_from_call_to_call_is_compared_with_a_seed(X, y):
    model = DummyClassifier(strategy="stratified").fit(X, y)
    before = np.random.get_state()[1].copy()
    report = slim(model, X, return_report=True)[1]
    assert "predict" in report.nondeterministic
    assert "nondeterministic, so compared at one seed" in str(report)
    assert (np.random.get_state()[1] == before).all()


def test_results_are_the_same_to_the_bit():
    for a, b in [
        (np.zeros(2), -np.zeros(2)),
        (np.zeros(2), np.zeros(2, np.float32)),
        (np.zeros((2, 1)), np.zeros(2)),
        ([np.zeros(2)], [np.ones(2)]),
        (sparse.csr_matrix(np.eye(2)), sparse.csc_matrix(np.eye(2))),
        (sparse.csr_matrix(np.eye(2)), sparse.csr_matrix(2 * np.eye(2))),
        (np.array(["a", None], object), np.array(["a", 0], object)),
        (ValueError("one"), ValueError("two")),
        (ValueError("one"), np.zeros(2)),
    ]:
        assert not results_equal(a, b)
        assert results_equal(a, copy.deepcopy(a)) or isinstance(a, ValueError)
    assert results_equal(np.array([np.nan]), np.array([np.nan]))
    assert results_equal(np.array([np.nan], object), np.array([np.nan], object))


# Bad input; nothing given changes


def test_nothing_given_is_changed(search, network, X):
    stream = skparams.PCA(2).partial_fit(X)  # which learns when it is read
    view = LinearRegression().fit(X, X[:, 0])
    for model in (search, network, stream, view):
        before, attributes = pickle.dumps(model), dict(vars(model))
        rows = X.tobytes()
        slim(model, X, return_report=True)
        assert pickle.dumps(model) == before
        assert vars(model).keys() == attributes.keys()
        assert all(vars(model)[name] is value for name, value in attributes.items())
        assert X.tobytes() == rows


def test_bad_input(search, X):
    with pytest.raises(TypeError, match="slim: estimator must be an instance, got the class"):
        slim(MLPClassifier)
    with pytest.raises(TypeError, match="slim: estimator must have fit and get_params, got int"):
        slim(3)
    with pytest.raises(NotFittedError, match="slim: this MLPClassifier is not fitted"):
        slim(MLPClassifier())
    with pytest.raises(ValueError, match="cannot predict X: X has 3 features, but MLPClassifier"):
        slim(search, X[:, :3])
    with pytest.raises(ValueError, match="DBSCAN makes none: it has none of predict, "):
        slim(DBSCAN().fit(X), X)
    with pytest.raises(TypeError, match="keep must be a collection of names, got 'labels_'"):
        slim(search, keep="labels_")
    with pytest.raises(ValueError, match="GridSearchCV has no 'labels_'"):
        slim(search, keep=("labels_",))


def test_what_cannot_be_copied_is_named(X, y):
    model = make_pipeline(StandardScaler(), Ridge()).fit(X, y)
    model[1].lock_ = threading.Lock()
    with pytest.raises(TypeError, match=r"the _thread\.lock in ridge__lock_ of Pipeline cannot"):
        slim(model)


def test_functions_without_a_name_are_copied(X, y):
    model = make_pipeline(FunctionTransformer(lambda X: 2 * X), MLPRegressor(max_iter=2)).fit(X, y)
    slimmed, report = slim(model, X, return_report=True)
    assert slimmed[0].func is model[0].func
    assert report.pickled_before is None
    assert "the model cannot be pickled" in str(report)


def test_every_call_is_compared(X, y):
    assert calls_of(LinearRegression().fit(X, y)) == ["predict"]


def test_threads_of_the_model_stay_and_do_not_decide(X, y):
    forest = RandomForestRegressor(20, n_jobs=2, random_state=0).fit(X, y)
    report = slim(forest, X, return_report=True)[1]
    assert report.nondeterministic == ()
    assert slim(forest).n_jobs == 2


# The report


def test_the_report_in_every_form(search, X):
    pandas = pytest.importorskip("pandas")
    slimmed, report = slim(search, X, return_report=True)
    assert report.pickled_before == len(pickle.dumps(search))
    assert report.pickled_after == len(pickle.dumps(slimmed))
    dropped = sum(row.bytes for row in report.dropped)
    assert report.memory_before - report.memory_after == pytest.approx(dropped, abs=500)
    assert report.to_dict()["dropped"][0]["path"] == "best_estimator____optimizer"
    assert report.to_json().startswith('{"schema": ')
    frame = report.to_frame()
    assert isinstance(frame, pandas.DataFrame)
    assert frame["bytes"].sum() == dropped
    assert "best_estimator____optimizer" in report._repr_html_()
    assert repr(report) == str(report)


def test_rows_that_are_still_kept_are_reported(X, y):
    model = KNeighborsClassifier().fit(X, y)
    report = slim(model, return_report=True)[1]
    assert report.kept_places == kept_rows(model).places
    assert "training rows in it" in str(report)
