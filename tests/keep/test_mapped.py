"""Models whose arrays joblib maps from a file, read-only: they do all that others do."""

import warnings

import joblib
import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skparams import PCA, MLPClassifier, MLPRegressor, explain, fitted_params, slim, summary
from tests.keep.same import check_same, quiet
from tests.keep.test_skops import PCAS
from tests.neural_network.any_settings import any_network


@pytest.fixture
def mapped(tmp_path):
    """A function that returns a model as joblib maps it; the files must not change."""
    files = {}

    def load(model):
        path = tmp_path / f"{len(files)}.joblib"
        joblib.dump(model, path)
        files[path] = path.read_bytes()
        return joblib.load(path, mmap_mode="r")

    yield load
    assert all(path.read_bytes() == before for path, before in files.items())


def n_mapped(model):
    return sum(isinstance(array, np.memmap) for array in fitted_params(model).values())


def check_network(seed, name, mapped):
    model, X, y, more = any_network(
        seed, name, verbose=False, learning_rate="adaptive", scoring=None
    )
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model.fit(X, y, **more)
        except ValueError:  # values that do not go together
            return False
        loaded = mapped(model)
        assert n_mapped(loaded)
        np.testing.assert_array_equal(loaded.predict(X), model.predict(X))
        str(summary(loaded, X)), slim(loaded, X)
        check_same(loaded, model)
        continues = hasattr(model, "partial_fit") and not model.early_stopping
        continues &= getattr(model, "class_weight", None) != "balanced"
        for each in (model, loaded):
            each.partial_fit(X, y) if continues else each.fit(X, y, **more)
        check_same(loaded, model)
        state = getattr(loaded, "_optimizer_state", {})
        assert not any(isinstance(value, np.memmap) for value in state.values())
        loaded = mapped(model).set_params(warm_start=True)
        model.set_params(warm_start=True)
        for each in (model, loaded):
            each.fit(X, y, **more)
        check_same(loaded, model)
    return True


@pytest.mark.parametrize("name", ["MLPClassifier", "MLPRegressor"])
@pytest.mark.parametrize(
    "seeds", [range(12), pytest.param(range(12, 70), marks=pytest.mark.exhaustive)]
)
def test_networks_of_any_settings(name, seeds, mapped):
    assert sum(check_network(seed, name, mapped) for seed in seeds) > len(seeds) / 3


@pytest.mark.parametrize("given", PCAS, ids=range(len(PCAS)))
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_pca(given, dtype, mapped, rng):
    X = rng.standard_normal((40, 6)).astype(dtype)
    if "missing" in given:
        X[::7, 2] = np.nan
    model = PCA(**given).fit(X)
    loaded = mapped(model)
    assert n_mapped(loaded)
    check_same(loaded, model)
    for method in ("transform", "score_samples"):
        np.testing.assert_array_equal(getattr(loaded, method)(X), getattr(model, method)(X))
    for method in ("get_covariance", "get_precision"):
        np.testing.assert_array_equal(getattr(loaded, method)(), getattr(model, method)())
    scores = model.transform(X)
    np.testing.assert_array_equal(loaded.inverse_transform(scores), model.inverse_transform(scores))
    str(summary(loaded, X)), slim(loaded, X)
    if "missing" not in given:
        np.testing.assert_array_equal(explain(loaded, X).loadings, explain(model, X).loadings)
    for each in (model, loaded):
        each.fit(X)
    check_same(loaded, model)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_stream(dtype, mapped, rng):
    X = rng.standard_normal((60, 5)).astype(dtype)
    model = PCA(2).partial_fit(X[:20]).partial_fit(X[20:33])
    loaded, other = mapped(model), PCA(2).partial_fit(X[:9])
    check_same(loaded.merge(other), model.merge(other))
    check_same(other.merge(loaded), other.merge(model))
    for each in (model, loaded):
        each.partial_fit(X[33:])
    assert type(loaded.scatter_) is np.ndarray
    check_same(loaded, model)
    np.testing.assert_array_equal(loaded.transform(X), model.transform(X))


def test_in_a_search_over_pipelines(mapped, rng):
    X = rng.standard_normal((60, 4))
    steps = StandardScaler(), PCA(2), MLPClassifier((3,), max_iter=2, random_state=0)
    search = GridSearchCV(make_pipeline(*steps), {"mlpclassifier__alpha": [0.1, 1]}, cv=2)
    quiet(search.fit, X, X[:, 0] > 0)
    loaded = mapped(search)
    np.testing.assert_array_equal(loaded.predict_proba(X), search.predict_proba(X))
    assert str(summary(loaded)) == str(summary(search))


def test_other_ways_to_a_model(mapped, rng):
    X = rng.standard_normal((60, 4))
    model = MLPRegressor(hidden_layer_sizes=(3,), max_iter=2, random_state=0)
    quiet(model.fit, X, X[:, 0])
    loaded = mapped(model)
    np.testing.assert_array_equal(loaded.to_sklearn().predict(X), model.predict(X))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        loaded.to_sklearn().partial_fit(X, X[:, 0])
    loaded.set_fitted_params(**{"coefs_[0]": model.coefs_[0] + 1})
    assert loaded.coefs_[0][0, 0] == model.coefs_[0][0, 0] + 1
