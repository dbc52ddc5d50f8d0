"""Round trips of our estimators through skops.io, with the class as the only untrusted type."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.decomposition import PCA as TheirPCA
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from skops.io.exceptions import UntrustedTypesFoundException

from skparams import PCA, MLPClassifier, MLPRegressor, explain
from tests.keep.same import check_same, quiet
from tests.neural_network.any_settings import any_network, half

CLASSIFIER = "skparams.neural_network.classifier.MLPClassifier"
REGRESSOR = "skparams.neural_network.regressor.MLPRegressor"
OF_PCA = "skparams.decomposition._pca.estimator.PCA"
OF_ROTATED = "skparams.decomposition._explain.rotation.RotatedPCA"

PCAS = [
    {"n_components": 2},
    {"n_components": 3, "svd_solver": "full", "whiten": True},
    {"n_components": 2, "svd_solver": "randomized", "random_state": 0},
    {"n_components": 2, "svd_solver": "arpack", "random_state": np.random.RandomState(3)},
    {"n_components": 2, "scale": True, "weights": "relative"},
    {"n_components": 2, "scale": True, "missing": "em"},
    {"n_components": 0.8},
    *({"n_components": rule, "random_state": 0} for rule in ("mle", "kaiser", "broken_stick")),
    *({"n_components": rule, "random_state": 0} for rule in ("parallel", "gavish_donoho", "cv")),
]


def round_trip(model, *trusted):
    """The model that is loaded; what else than `trusted` it holds that is untrusted fails."""
    data = skops.io.dumps(model)
    assert skops.io.get_untrusted_types(data=data) == sorted(trusted)
    return skops.io.loads(data, trusted=list(trusted))


def check_network(seed, name):
    model, X, y, more = any_network(
        seed, name, verbose=False, learning_rate="adaptive", scoring=None
    )
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(X, y, **more)
    except ValueError:  # values that do not go together
        return False
    loaded = round_trip(model, CLASSIFIER if name == "MLPClassifier" else REGRESSOR)
    check_same(loaded, model)
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))
    continues = hasattr(model, "partial_fit") and not model.early_stopping
    continues &= getattr(model, "class_weight", None) != "balanced"
    for each in (model, loaded):
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            each.partial_fit(X, y) if continues else each.fit(X, y, **more)
    check_same(loaded, model)
    check_same(round_trip(model, type(model).__module__ + "." + name), model)
    return True


@pytest.mark.parametrize("name", ["MLPClassifier", "MLPRegressor"])
@pytest.mark.parametrize(
    "seeds", [range(12), pytest.param(range(12, 70), marks=pytest.mark.exhaustive)]
)
def test_networks_of_any_settings(name, seeds):
    n_kept = sum(check_network(seed, name) for seed in seeds)
    assert n_kept > len(seeds) / 3


@pytest.mark.parametrize("solver", ["adam", "adamw", "sgd"])
@pytest.mark.parametrize("random_state", [0, None, "generator"])
def test_partial_fit_goes_on_in_the_middle(solver, random_state, rng):
    X, y = rng.standard_normal((50, 4)), np.array(list("abcab") * 10)
    random_state = np.random.RandomState(1) if random_state == "generator" else random_state
    model = MLPClassifier((5,), solver=solver, random_state=random_state, dropout=0.2)
    for _ in range(3):
        model.partial_fit(X, y, classes=["a", "b", "c"])
    loaded = round_trip(model, CLASSIFIER)
    for _ in range(2):
        model.partial_fit(X, y)  # draws from the global generator, of which `loaded` has a copy
        loaded.partial_fit(X, y)
    check_same(loaded, model)
    np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))


@pytest.mark.parametrize("given", PCAS, ids=range(len(PCAS)))
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_pca(given, dtype, rng):
    X = rng.standard_normal((40, 6)).astype(dtype) @ rng.standard_normal((6, 6)).astype(dtype)
    if "missing" in given:
        X[::7, 2] = np.nan
    weight = rng.uniform(1, 2, 40) if "weights" in given else None
    model = PCA(**given).fit(X, sample_weight=weight)
    loaded = round_trip(model, OF_PCA)
    check_same(loaded, model)
    np.testing.assert_array_equal(loaded.transform(X), model.transform(X))
    np.testing.assert_array_equal(loaded.score_samples(X), model.score_samples(X))
    np.testing.assert_array_equal(loaded.get_precision(), model.get_precision())


@pytest.mark.parametrize("read", [False, True])
@pytest.mark.parametrize("n_components", [2, 0.8, "parallel"])
def test_a_stream_goes_on_in_the_middle(n_components, read, rng):
    X = rng.standard_normal((60, 5)) * [5, 4, 1, 1, 1]
    model = PCA(n_components, random_state=0).partial_fit(X[:20]).partial_fit(X[20:33])
    if read:  # computes components
        assert len(model.components_)
    loaded = round_trip(model, OF_PCA)
    assert vars(loaded).keys() == vars(model).keys()
    for each in (model, loaded):
        each.partial_fit(X[33:])
    check_same(loaded, model)
    np.testing.assert_array_equal(loaded.transform(X), model.transform(X))


@pytest.mark.parametrize("method", ["varimax", "promax"])
def test_rotated_components(method, rng):
    X = rng.standard_normal((40, 6))
    model = explain(PCA(3).fit(X)).rotate(method)
    loaded = round_trip(model, OF_PCA, OF_ROTATED)
    np.testing.assert_array_equal(loaded.transform(X), model.transform(X))


def test_in_a_pipeline_in_a_search(rng):
    X = pd.DataFrame(rng.standard_normal((60, 4)), columns=["a|b", "<b>", "日本", "d"])
    y = np.where(X["a|b"] > 0, "yes", "no")
    steps = StandardScaler(), PCA(2), MLPClassifier((3,), max_iter=2, random_state=0)
    search = GridSearchCV(make_pipeline(*steps), {"mlpclassifier__alpha": [0.1, 1]}, cv=2)
    quiet(search.fit, X, y)
    data = skops.io.dumps(search)
    untrusted = skops.io.get_untrusted_types(data=data)  # scorer and splitter of a search, too
    assert [name for name in untrusted if not name.startswith("sklearn.")] == [OF_PCA, CLASSIFIER]
    loaded = skops.io.loads(data, trusted=untrusted)
    np.testing.assert_array_equal(loaded.predict_proba(X), search.predict_proba(X))
    assert list(loaded.feature_names_in_) == list(X.columns)


@pytest.mark.parametrize(
    "labels",
    [
        np.array([True, False] * 20),
        np.array(["a", "b", "ü|<"] * 10 + ["a"] * 10, dtype=object),
        np.array(["a", "bcd"] * 20),
        np.array([3.0, -1.0] * 20),
        np.array([2**40, 5] * 20),
    ],
    ids=lambda labels: str(labels.dtype),
)
def test_classes_of_any_type(labels, rng):
    X = rng.standard_normal((40, 3))
    model = quiet(MLPClassifier((3,), max_iter=2, random_state=0).fit, X, labels)
    loaded = round_trip(model, CLASSIFIER)
    check_same(loaded, model)
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))


def test_without_trust_nothing_is_loaded(rng):
    X = rng.standard_normal((40, 3))
    for model in (PCA(2).fit(X), MLPRegressor(max_iter=2, random_state=0)):
        with pytest.raises(UntrustedTypesFoundException, match=type(model).__name__):
            skops.io.loads(skops.io.dumps(model))
    assert skops.io.get_untrusted_types(data=skops.io.dumps(TheirPCA(2).fit(X))) == []


def test_a_function_that_the_user_passed_is_named(rng):
    X = rng.standard_normal((40, 3))
    model = MLPRegressor(hidden_layer_sizes=(3,), max_iter=2, learning_rate=half, random_state=0)
    quiet(model.fit, X, X[:, 0])
    loaded = round_trip(model, REGRESSOR, "tests.neural_network.any_settings.half")
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))


def test_a_copy_of_a_copy_has_the_same_pickle(rng):
    X = rng.standard_normal((40, 3))
    model = MLPRegressor(hidden_layer_sizes=(3,), random_state=0).partial_fit(X, X[:, 0])
    one, two = round_trip(model, REGRESSOR), pickle.loads(pickle.dumps(model))
    check_same(one, two)
    assert abs(len(pickle.dumps(one)) - len(pickle.dumps(two))) < 100
