"""What is taken out of any estimator of scikit-learn can be put into another one of its kind."""

import pickle
import warnings
from copy import deepcopy

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from skparams import ParamsMixin, summary
from skparams.specs import spec_of
from tests.all_estimators import each_estimator, fit, instances

# Deprecated classes of scikit-learn are estimators too.
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")

METHODS = (
    "predict",
    "predict_proba",
    "decision_function",
    "score_samples",
    "transform",
    "inverse_transform",
)


def mixed(estimator):
    """The same estimator, of a subclass that has the mixin."""
    cls = type(estimator)
    if issubclass(cls, ParamsMixin):
        return clone(estimator)
    cls = type(cls.__name__, (ParamsMixin, cls), {"__module__": cls.__module__})
    made = clone(estimator)
    if made is estimator:  # a FrozenEstimator
        made = type(estimator)(**estimator.get_params(deep=False))
    made.__class__ = cls
    return made


def results(estimator, X):
    """What each method returns, by name."""
    found = {}
    for method in METHODS:
        if hasattr(estimator, method):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                given = found.get("transform", X) if method == "inverse_transform" else X
                try:
                    found[method] = getattr(estimator, method)(deepcopy(given))
                except (ValueError, TypeError, NotImplementedError, AttributeError) as error:
                    found[method] = repr(error)
    return found


def identical(a, b):
    if sparse.issparse(a):
        return type(a) is type(b) and identical(a.toarray(), b.toarray())
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(identical, a, b))
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray) and a.dtype.kind != "O":
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    return pickle.dumps(a) == pickle.dumps(b)


def assert_same(restored, estimator, X, but=()):
    expected, found = results(estimator, X), results(restored, X)
    assert expected.keys() == found.keys()
    differ = [method for method in expected if not identical(expected[method], found[method])]
    assert [method for method in differ if method not in but] == []


@each_estimator
def test_a_fresh_clone_is_restored(name):
    for estimator in instances(name):
        model, X, _ = fit(mixed(estimator))
        before = pickle.dumps(vars(model))
        taken = model.get_fitted_params(structure=True)
        fresh = clone(model)
        if fresh is not model:
            fresh.set_fitted_params(**taken)
        if taken:  # older versions call what fit leaves as it is not fitted
            check_is_fitted(fresh)
        assert pickle.dumps(vars(model)) == before
        assert summary(fresh).totals == summary(model).totals
        assert_same(fresh, model, X)


@each_estimator
def test_parameters_are_replaced_and_put_back(name):
    for estimator in instances(name):
        model, X, _ = fit(mixed(estimator))
        params = model.get_fitted_params()
        other = deepcopy(model)
        scaled = {path: _scaled(array) for path, array in params.items()}
        other.set_fitted_params(**scaled)
        now = other.get_fitted_params()
        assert [path for path in scaled if not identical(now[path], scaled[path])] == []
        other.set_fitted_params(**params)
        assert_same(other, model, X)


def _scaled(array):
    """Other numbers that are as ordered and as positive as these."""
    if array.dtype.kind not in "fc":
        return array.copy()
    with np.errstate(over="ignore"):
        scaled = array * array.dtype.type(1.25)
    return scaled if sparse.issparse(scaled) else np.asarray(scaled)


# Whose fits on slightly other rows differ in parameters and in what follows from them only.
FOLLOWS = ("parameter", "derived", "auxiliary")
# What takes more than the parameters by which an estimator predicts or transforms.
ASIDE = {"LinearDiscriminantAnalysis": ("transform",), "PCA": ("score_samples",)}
ALWAYS_ALIKE = {
    "BernoulliNB",
    "LinearRegression",
    "LogisticRegression",
    "StandardScaler",
}


def _structure(model, derived):
    """All that is not a parameter, nor follows from parameters."""
    params = model.get_fitted_params()
    return {
        path: value
        for path, value in model.get_fitted_params(structure=True).items()
        if path not in params and path not in derived
    }


@each_estimator
def test_parameters_of_another_fit_predict_as_it_does(name):
    """Where all else is the same: nothing derived may be left behind."""
    for estimator in instances(name):
        model, X, y = fit(mixed(estimator))
        if not (isinstance(X, np.ndarray) and X.dtype.kind == "f") or clone(model) is model:
            continue
        spec = spec_of(model)
        rules = spec.rules if spec else {}
        derived = {n for n, rule in rules.items() if rule.role in FOLLOWS and not rule.parts}
        other = refit(model, X, y)
        if not _alike(_structure(model, derived), _structure(other, derived)):
            assert name not in ALWAYS_ALIKE
            continue
        model.set_fitted_params(**other.get_fitted_params())
        assert_same(model, other, X, ASIDE.get(name, ()))


def _alike(one, two):
    return one.keys() == two.keys() and all(identical(one[path], two[path]) for path in one)


def refit(model, X, y):
    """A clone fitted on rows that are a little off."""
    rng = np.random.RandomState(1)
    X = X * (1 + 0.01 * rng.random_sample(X.shape))
    if model.__sklearn_tags__().input_tags.pairwise:
        X = (X + X.T) / 2
    if isinstance(y, np.ndarray) and y.dtype.kind == "f":
        y = y * (1 + 0.01 * rng.random_sample(y.shape))
    other = clone(model)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return other.fit(X) if y is None else other.fit(X, y)
