"""What probing proves, what it leaves open, and that it touches nothing."""

import json
import pickle
import random
import re
import threading
import warnings

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.base import BaseEstimator
from sklearn.cluster import DBSCAN
from sklearn.decomposition import PCA
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC

from skparams import fitted_params, probe, slim, summary
from skparams._probe import Probe


@pytest.fixture
def data(rng):
    y = np.arange(60) % 3
    return rng.standard_normal((60, 4)) + 2 * y[:, None], y


def verdicts(found):
    return {each.path: each.verdict for each in found.attributes}


class Unsure(LinearRegression):
    """A regressor whose other methods are properties that say so in their own way."""

    @property
    def predict_proba(self):
        raise ValueError("no probabilities")

    transform = None


def test_methods_that_raise_when_looked_up_are_left_out(data):
    model = Unsure().fit(*data)
    found = probe(model, data[0], random_state=0)
    assert found.methods == ("predict",)
    slim(model, data[0])


class Planted(BaseEstimator):
    """Attributes in every place where one may be kept, each used or not as its name says."""

    def fit(self, X, y=None):
        self.used_ = np.ones(X.shape[1])
        self.unused_ = np.ones(X.shape[1])
        self._used = 2.0
        self._unused = 2.0
        self.held_ = {"used": [np.ones(2), "text"], "unused": (np.ones(2),)}
        self.flag_used_ = True
        self.named_used_ = np.array(["a", "b"])
        self.sparse_used_ = sp.csr_array(np.eye(X.shape[1]))
        self.by_index_used_ = np.array([1, 0, 2])
        self.function_used_ = np.sum
        self.function_unused_ = np.sum
        self.n_features_in_ = X.shape[1]
        return self

    def predict(self, X):
        kept = self.held_["used"]
        found = X @ self.sparse_used_.toarray() @ self.used_ * self._used
        found = found + kept[0].sum() + len(kept[1]) * self.flag_used_
        found = found + X[:, self.by_index_used_] @ np.arange(3.0)
        return found + (self.named_used_[0] == "a") + self.function_used_([1.0])


def test_planted_attributes_are_found_out(data):
    found = probe(Planted().fit(data[0]), data[0], random_state=0)
    rows = {path: verdict for path, verdict in verdicts(found).items() if ".indices" not in path}
    assert len(rows) == 14
    for path, verdict in rows.items():
        expected = "unused" if "unused" in path or path == "n_features_in_" else "used"
        assert (path, verdict) == (path, expected)
    assert found["sparse_used_.indices"].verdict == "not tried"
    assert "compiled code" in found["sparse_used_.indices"].reason
    assert found["function_used_"].reason.startswith("TypeError")
    assert found.methods == ("predict",)
    with pytest.raises(KeyError, match="missing_"):
        found["missing_"]


def test_paths_are_the_collectors(data):
    model = make_pipeline(StandardScaler(), PCA(2), RandomForestClassifier(3, random_state=0))
    search = GridSearchCV(model, {"pca__n_components": [2]}, cv=2).fit(*data)
    found = probe(search, data[0], max_calls=10_000)
    assert set(fitted_params(search)) <= {row.path for row in found.used}
    kept = {
        row.path for node in summary(search).root.walk() for row in node.attributes if row.count
    }
    # A dictionary of numbers is changed as a whole.
    whole = {"best_params_['pca__n_components']", "cv_results_['params'][0]['pca__n_components']"}
    assert kept - whole <= {row.path for row in found.attributes}
    forest = "best_estimator___randomforestclassifier__estimators_[2]__tree_"
    assert found[f"{forest}.nodes"].verdict == "not tried"
    assert found["refit_time_"].verdict == "unused"


def test_parameters_are_used_and_the_rest_is_told_apart(data):
    found = probe(GaussianNB().fit(*data), data[0], random_state=0)
    assert {"theta_", "var_", "class_prior_", "classes_"} <= {row.path for row in found.used}
    assert {"class_count_", "epsilon_"} <= {row.path for row in found.unused + found.not_tried}
    assert found["classes_"].methods == ("predict",)
    assert found["theta_"].methods == ("predict", "predict_proba")
    assert not found.surprising


@pytest.mark.parametrize("kind", ["dense", "sparse", "list", "frame", "read-only"])
def test_nothing_given_is_changed(kind, data):
    X, y = data
    model = make_pipeline(StandardScaler(with_mean=False, copy=False), LogisticRegression())
    model.fit(X.copy(), y)
    if kind == "sparse":
        X = sp.csr_array(X)
    elif kind == "list":
        X = X.tolist()
    elif kind == "frame":
        X = pytest.importorskip("pandas").DataFrame(X)
        model.fit(X.copy(), y)
    elif kind == "read-only":
        X.setflags(write=False)
    identities = {path: id(value) for path, value in fitted_params(model).items()}
    state = np.random.RandomState(0)
    before = pickle.dumps((model, X, state, random.getstate(), np.random.get_state()))
    found = probe(model, X, random_state=state)
    assert pickle.dumps((model, X, state, random.getstate(), np.random.get_state())) == before
    assert {path: id(value) for path, value in fitted_params(model).items()} == identities
    assert found["logisticregression__coef_"].verdict == "used"


def test_models_in_memory_of_compiled_code_are_not_changed(data):
    X, y = data
    for model in (
        RandomForestClassifier(3, random_state=0).fit(X, y),
        HistGradientBoostingRegressor(max_iter=3, min_samples_leaf=5).fit(X, y),
        KNeighborsClassifier().fit(X, y),
    ):
        expected = model.predict(X)
        before = pickle.dumps(model)
        found = probe(model, X, random_state=0)
        assert found.restored
        assert pickle.dumps(model) == before
        assert (model.predict(X) == expected).all()


def test_what_could_crash_is_not_tried(data):
    X, y = data
    for model, path in [
        (KNeighborsClassifier(algorithm="kd_tree"), "_tree.data"),
        (RandomForestClassifier(2), "estimators_[1]__tree_.nodes"),
        (SVC(), "support_"),
        (SVC(), "_n_support"),
        (SVC(), "_effective_probability"),
    ]:
        model.fit(X, y)
        if path == "_effective_probability" and not hasattr(model, path):
            continue  # scikit-learn has it from 1.9 on
        row = probe(model, X, random_state=0)[path]
        assert row.verdict == "not tried"
        assert re.search("compiled code|libsvm", row.reason)
    found = probe(SVC().fit(sp.csr_array(X), y), sp.csr_array(X), random_state=0)
    assert found["support_vectors_"].verdict == "used"


def test_encoders_are_asked_for_categories_in_order():
    X = np.array([[0, 5], [1, 5], [2, 7], [2, 9]])
    for options in ({}, {"handle_unknown": "ignore"}):
        model = OneHotEncoder(sparse_output=False, **options).fit(X)
        found = probe(model, X, random_state=0)
        assert found["categories_[0]"].verdict == "used"


def test_random_predictions_are_compared_at_one_seed(data):
    X, y = data
    found = probe(DummyClassifier(strategy="stratified").fit(X, y), X, random_state=0)
    assert found.nondeterministic == ("predict", "predict_proba")
    assert found.failed == ()
    assert found["class_prior_"].verdict == "used"
    assert "nondeterministic, so compared at one seed: predict, predict_proba" in found.to_text()


class OwnNoise(BaseEstimator):
    """Noise from a generator that it keeps, and a method without any."""

    def fit(self, X, y=None):
        self.noise_ = self.random_state
        self.scale_ = 1.0
        return self

    def __init__(self, random_state=None):
        self.random_state = random_state

    def predict(self, X):
        return self.noise_.normal(size=len(X)) * self.scale_

    def transform(self, X):
        return X


@pytest.mark.parametrize("generator", [np.random.RandomState(0), np.random.default_rng(0)])
def test_a_generator_of_its_own_is_set_back(generator, data):
    model = OwnNoise(generator).fit(data[0])
    before = pickle.dumps(generator)
    found = probe(model, data[0])
    assert pickle.dumps(generator) == before
    assert found.nondeterministic == ("predict",)
    assert found.methods == ("predict", "transform")
    assert (found["scale_"].methods, found["noise_"].methods) == (("predict",), ("predict",))


class Unseeded(BaseEstimator):
    """Noise that no seed decides."""

    def fit(self, X, y=None):
        self.scale_ = 1.0
        return self

    def predict(self, X):
        return np.random.default_rng().standard_normal(len(X)) * self.scale_


def test_predictions_that_no_seed_decides_are_refused(data):
    with pytest.raises(ValueError, match="predict: gives something else on each call"):
        probe(Unseeded().fit(data[0]), data[0])


class Counting(LinearRegression):
    """Counts the calls of its methods, in all copies."""

    calls = 0

    def predict(self, X):
        Counting.calls += 1
        return super().predict(X)


@pytest.mark.parametrize("max_calls", [1, 2, 5, 1000])
def test_calls_are_bounded_and_what_was_not_tried_is_listed(max_calls, data):
    model = Counting().fit(*data)
    Counting.calls = 0
    found = probe(model, data[0], max_calls=max_calls)
    unchanged = 4  # twice at one seed, once at another, and at the end
    assert Counting.calls <= max_calls + unchanged
    assert len(found.used + found.unused) == min(max_calls // 2, 5)
    left = {each.reason for each in found.not_tried}
    assert left == ({f"max_calls={max_calls} allows no more"} if max_calls < 10 else set())
    assert all(text in str(found) for text in left)


def test_one_of_each_kind_is_tried_before_the_second(data):
    X, y = data
    model = RandomForestClassifier(30, random_state=0).fit(X, y)
    found = probe(model, X)
    assert found["estimators_[0]__tree_.value"].verdict == "used"
    assert found["estimators_[29]__tree_.value"].verdict == "not tried"
    assert found == probe(model, X)
    for wrong in (0, -1, "1", None, 2.5, True):
        with pytest.raises((TypeError, ValueError), match=r"max_calls must be a positive int, got"):
            probe(model, X, max_calls=wrong)


class Interrupted(LinearRegression):
    """Ctrl-C arrives while a changed copy predicts."""

    def predict(self, X):
        np.random.rand()
        if self.coef_[0] != self.first_:
            raise KeyboardInterrupt
        return super().predict(X)


def test_an_interrupt_leaves_no_trace(data):
    model = Interrupted().fit(*data)
    model.first_ = model.coef_[0]
    filters, errors = list(warnings.filters), np.geterr()
    before = pickle.dumps((model, data, random.getstate(), np.random.get_state()))
    with pytest.raises(KeyboardInterrupt):
        probe(model, data[0])
    assert pickle.dumps((model, data, random.getstate(), np.random.get_state())) == before
    assert (warnings.filters, np.geterr()) == (filters, errors)


def test_many_rows_are_thinned_out_and_that_is_said(rng):
    X = rng.standard_normal((2000, 3))
    found = probe(Ridge().fit(X, X[:, 0]), X, random_state=0)
    assert (found.n_samples_used, found.n_samples) == (500, 2000)
    assert "500 of 2,000 rows" in str(found)


def test_bad_input(data):
    X, y = data
    with pytest.raises(NotFittedError, match="probe: this Ridge is not fitted"):
        probe(Ridge(), X)
    with pytest.raises(ValueError, match="probe: X must have the 4 columns"):
        probe(Ridge().fit(X, y), X[:, :3])
    with pytest.raises(ValueError, match="probe: DBSCAN has none of the methods predict,"):
        probe(DBSCAN().fit(X), X)
    with pytest.raises(ValueError, match="no method can be compared on this X: predict: ValueErr"):
        probe(Ridge().fit(X, y), np.full((3, 4), np.nan))
    with pytest.raises(TypeError, match="probe: estimator must be an instance"):
        probe(Ridge, X)
    for seed in ("0", True, None, -1):
        with pytest.raises(ValueError, match="random_state must be an int"):
            probe(Ridge().fit(X, y), X, random_state=seed)
    model = Ridge().fit(X, y)
    model.lock_ = threading.Lock()
    with pytest.raises(TypeError, match=r"the _thread\.lock in lock_ of Ridge cannot be copied"):
        probe(model, X)


class Shared:
    """An object that no deep copy is made of."""

    def __init__(self):
        self.numbers = np.ones(3)

    def __deepcopy__(self, memo):
        return self


def test_what_a_deep_copy_shares_is_not_changed(data):
    model = LinearRegression().fit(*data)
    model.shared_ = Shared()
    numbers = model.shared_.numbers
    found = probe(model, data[0])
    assert found["shared_.numbers"].verdict == "unused"
    assert model.shared_.numbers is numbers
    assert (numbers == 1).all()


def test_the_same_call_gives_the_same(data):
    model = GaussianNB().fit(*data)
    first, second = (probe(model, data[0]) for _ in range(2))
    np.random.seed(0)
    assert first == second == probe(model, data[0])


def test_it_is_shown_as_data(data):
    found = probe(LinearRegression().fit(*data), data[0], random_state=0)
    assert isinstance(found, Probe)
    plain = found.to_dict()
    assert json.loads(found.to_json()) == plain
    assert plain["attributes"][0] == {
        "path": "coef_",
        "estimator": "LinearRegression",
        "role": "parameter",
        "verdict": "used",
        "methods": ["predict"],
        "reason": None,
    }
    frame = pytest.importorskip("pandas") and found.to_frame()
    assert list(frame["path"]) == [row.path for row in found.attributes]
    assert frame["methods"][0] == "predict"


def test_text_and_html_say_what_is_proof_and_what_is_not(data):
    model = LinearRegression().fit(*data)
    setattr(model, "<b>evil</b>_", np.ones(2))
    found = probe(model, data[0], random_state=0)
    text, html = found.to_text(width=60), found._repr_html_()
    assert max(map(len, text.splitlines())) <= 60
    for note in ("used is proof", "no change seen is evidence only"):
        assert note in text
        assert note in html
    assert "&lt;b&gt;evil" in html
    assert "<b>evil" not in html
    assert repr(found).startswith("LinearRegression · probed · predict · 60 rows")


def test_a_guessed_role_is_said_to_be_one(data):
    found = probe(Planted().fit(data[0]), data[0], random_state=0)
    assert found.guessed == ("Planted",)
    assert "no Spec describes Planted" in found.to_text()


@pytest.mark.parametrize("X", [None, 3, np.float64(2.0)])
def test_what_has_no_rows_is_refused(X):
    model = Ridge().fit([[0.0], [1.0]], [0.0, 1.0])
    with pytest.raises(TypeError, match=r"^probe: X must be rows, .* got (NoneType|int|float64)"):
        probe(model, X)
