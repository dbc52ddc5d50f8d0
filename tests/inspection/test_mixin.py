"""ParamsMixin: what was learned can be taken out and put back, all or nothing."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from skparams.inspection import ParamsMixin, Spec, Summary, parameter

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
