"""What probing proves, what it leaves open, and that it touches nothing."""

import json
import pickle
import random
import re
import threading

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
    return {row.path: row.verdict for row in found.rows}


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
    for name in ("predict_proba", "transform"):
        with pytest.raises(ValueError, match=f"^probe: Unsure has no method '{name}'"):
            probe(model, data[0], methods=name)


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
    found = probe(search, data[0], random_state=0)
    assert set(fitted_params(search)) <= {row.path for row in found.used}
    kept = {
        row.path for node in summary(search).root.walk() for row in node.attributes if row.count
    }
    # A dictionary of numbers is changed as a whole.
    whole = {"best_params_['pca__n_components']", "cv_results_['params'][0]['pca__n_components']"}
    assert kept - whole <= {row.path for row in found.rows}
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


def test_methods_can_be_chosen(data):
    model = GaussianNB().fit(*data)
    found = probe(model, data[0], methods="predict_log_proba", random_state=0)
    assert found.methods == ("predict_log_proba",)
    assert found["classes_"].verdict == "unused"
    for methods, message in [
        ("transform", "GaussianNB has no method 'transform'"),
        ((), r"methods must be names of methods, got \(\)"),
        ([1], r"methods must be names of methods, got \[1\]"),
    ]:
        with pytest.raises(ValueError, match=message):
            probe(model, data[0], methods=methods)


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
    held = {path: id(value) for path, value in fitted_params(model).items()}
    state = np.random.RandomState(0)
    before = pickle.dumps((model, X, state, random.getstate(), np.random.get_state()))
    found = probe(model, X, random_state=state)
    assert pickle.dumps((model, X, state, random.getstate(), np.random.get_state())) == before
    assert {path: id(value) for path, value in fitted_params(model).items()} == held
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
    assert found.random == ("predict", "predict_proba")
    assert found.unstable == ()
    assert found["class_prior_"].verdict == "used"
    assert found["n_classes_"].verdict != "left out"
    assert "not deterministic: predict, predict_proba" in found.to_text()


class Unseeded(BaseEstimator):
    """Noise that no seed decides."""

    def fit(self, X, y=None):
        self.scale_ = 1.0
        return self

    def predict(self, X):
        return np.random.default_rng().standard_normal(len(X)) * self.scale_


def test_predictions_that_no_seed_decides_are_refused(data):
    with pytest.raises(ValueError, match="predict of this estimator return something else"):
        probe(Unseeded().fit(data[0]), data[0])


def test_time_is_bounded_and_what_was_left_out_is_listed(data):
    X, y = data
    model = RandomForestClassifier(30, random_state=0).fit(X, y)
    found = probe(model, X, random_state=0, max_seconds=1e-9)
    assert found.left_out
    assert not found.used
    assert {row.verdict for row in found.rows} == {"left out", "not tried"}
    assert f"the time was up: {len(found.left_out)} attributes left out" in str(found)
    for wrong in (0, -1, "1", None, float("nan"), True):
        with pytest.raises(ValueError, match="max_seconds must be a positive number"):
            probe(model, X, max_seconds=wrong)


def test_many_rows_are_thinned_out_and_that_is_said(rng):
    X = rng.standard_normal((2000, 3))
    found = probe(Ridge().fit(X, X[:, 0]), X, random_state=0)
    assert (found.n_rows, found.n_samples) == (500, 2000)
    assert "500 of 2,000 rows" in str(found)


def test_bad_input(data):
    X, y = data
    with pytest.raises(NotFittedError, match="probe: this Ridge is not fitted"):
        probe(Ridge(), X)
    with pytest.raises(ValueError, match="probe: X must have the 4 columns"):
        probe(Ridge().fit(X, y), X[:, :3])
    with pytest.raises(ValueError, match="probe: DBSCAN has no method to call with X"):
        probe(DBSCAN().fit(X), X)
    with pytest.raises(ValueError, match="no method can be called with this X: predict: ValueErr"):
        probe(Ridge().fit(X, y), np.full((3, 4), np.nan))
    with pytest.raises(TypeError, match="probe: estimator must be an instance"):
        probe(Ridge, X)
    for seed in ("0", True):
        with pytest.raises(ValueError, match="random_state must be an int"):
            probe(Ridge().fit(X, y), X, random_state=seed)
    model = Ridge().fit(X, y)
    model.lock_ = threading.Lock()
    with pytest.raises(TypeError, match=r"this Ridge cannot be copied.*pickle"):
        probe(model, X)


class Shared:
    """An object that no copy is made of."""

    def __init__(self):
        self.numbers = np.ones(3)

    def __deepcopy__(self, memo):
        return self


def test_what_a_copy_shares_is_left_alone(data):
    model = LinearRegression().fit(*data)
    model.shared_ = Shared()
    held = model.shared_.numbers
    found = probe(model, data[0], random_state=0)
    assert found["shared_.numbers"].reason == "a copy shares it with the estimator itself"
    assert model.shared_.numbers is held


def test_a_seed_makes_it_reproducible(data):
    model = GaussianNB().fit(*data)
    first, second = (probe(model, data[0], random_state=3) for _ in range(2))
    assert first.rows == second.rows


def test_it_is_shown_as_data(data):
    found = probe(LinearRegression().fit(*data), data[0], random_state=0)
    assert isinstance(found, Probe)
    plain = found.to_dict()
    assert json.loads(found.to_json()) == plain
    assert plain["rows"][0] == {
        "path": "coef_",
        "estimator": "LinearRegression",
        "role": "parameter",
        "verdict": "used",
        "methods": ["predict"],
        "reason": None,
    }
    frame = pytest.importorskip("pandas") and found.to_frame()
    assert list(frame["path"]) == [row.path for row in found.rows]
    assert frame["methods"][0] == "predict"


def test_text_and_html_say_what_is_proof_and_what_is_not(data):
    model = LinearRegression().fit(*data)
    setattr(model, "<b>evil</b>_", np.ones(2))
    found = probe(model, data[0], random_state=0)
    text, html = found.to_text(width=60), found._repr_html_()
    assert max(map(len, text.splitlines())) <= 60
    for said in ("used is proof", "no change seen is evidence only"):
        assert said in text
        assert said in html
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
