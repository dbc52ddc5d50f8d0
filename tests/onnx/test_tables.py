"""Graphs of networks for tables compute what these predict."""

import numpy as np
import pandas as pd
import pytest
from onnx.reference import ReferenceEvaluator
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline

from skparams import TabularMLPClassifier, TabularMLPRegressor, to_onnx
from tests.onnx.running import outputs, worst_error

BATCHES = (slice(None), slice(3, 4))
TOLERANCE = 1e-5  # activations are in float32, and Exp is not the same everywhere
SETTINGS = {"n_members": 2, "hidden_layer_sizes": (4, 3), "max_iter": 8, "random_state": 0}


def table(n_rows=30):
    """Numbers with gaps in two columns, a constant one, one with outliers, and a score."""
    rng = np.random.default_rng(0)
    X = 3 * rng.standard_normal((n_rows, 5)) + 1000
    score = X[:, 0] - 1000 + 0.3 * rng.standard_normal(n_rows)
    X[::7, 1], X[5:9, 2], X[:, 3], X[4, 4] = np.nan, np.nan, 7, 1e9
    return X, score


def frame(X):
    rng = np.random.default_rng(1)
    made = pd.DataFrame(X, columns=["length (cm)", "width", "height", "constant", "area"])
    made.insert(1, "color", rng.choice(["red", "green", "blü"], len(X)))
    made["size"] = pd.Categorical(rng.choice(["S", "L"], len(X)))
    made["big"] = rng.integers(0, 2, len(X)) > 0
    made["rooms"] = rng.integers(0, 5, len(X))
    made["same"] = "x"
    return made


def classifier(**settings):
    return TabularMLPClassifier(**SETTINGS | settings)


def regressor(**settings):
    return TabularMLPRegressor(**SETTINGS | settings)


TARGETS = {
    "two classes": lambda score: np.where(score > 0, "ja", "né"),
    "booleans": lambda score: score > 0,
    "three classes": lambda score: np.digitize(score, [-0.5, 0.5]) * 10,
}


@pytest.mark.parametrize("target", TARGETS)
def test_classifier(target):
    X, score = table()
    model = classifier().fit(X, TARGETS[target](score))
    for dtype in (np.float32, np.float64):
        assert worst_error(model, X.astype(dtype), BATCHES) < TOLERANCE


@pytest.mark.parametrize(
    ("settings", "dtype"),
    [
        ({}, np.float64),
        ({"loss": "huber"}, np.float32),
        ({"loss": "quantile", "quantile": 0.3}, np.float64),
        ({"loss": "quantile", "quantile": [0.9, 0.1, 0.5, 0.7]}, np.float32),
        ({"loss": "quantile", "quantile": 0.8}, np.float64),
        ({"loss": "quantile", "quantile": [0.8, 0.5, 0.7]}, np.float32),
        ({"loss": "quantile", "quantile": [0.2, 0.3, 0.5]}, np.float64),
    ],
    ids=str,
)
def test_regressor(settings, dtype):
    X, score = table()
    model = regressor(**settings).fit(X, score)
    if "quantile" in settings:
        model.quantile_offsets_ += 0.4 * np.sin(5 * np.arange(model.quantiles_.size))  # crossing
    assert worst_error(model, X.astype(dtype), BATCHES) < TOLERANCE


def test_several_targets():
    X, score = table()
    model = regressor().fit(X, np.column_stack([score, -score + 50]))
    assert worst_error(model, X, BATCHES) < TOLERANCE


@pytest.mark.parametrize("make", [classifier, regressor])
def test_a_frame_with_categories(make):
    X, score = table()
    X = frame(X)
    settings = {"categorical_features": ["color", "size", "big", "rooms", "same"]}
    model = make(**settings).fit(X, score > 0 if make is classifier else score)
    assert worst_error(model, X, BATCHES) < TOLERANCE
    graph = to_onnx(model, X)
    other = X.assign(color="violet", rooms=9)  # unseen
    assert worst_error(model, other, BATCHES, graph) < TOLERANCE
    missing = X.assign(color=None)
    found = outputs(graph, X.assign(color=""))
    name = "probabilities" if make is classifier else "variable"
    expected = model.predict_proba(missing) if make is classifier else model.predict(missing)
    for each in found:
        np.testing.assert_allclose(each[name], expected.reshape(each[name].shape), atol=1e-4)


@pytest.mark.parametrize("categories", [[0], [0, 1], [2]])
def test_an_array_with_numbers_as_categories(categories):
    rng = np.random.default_rng(0)
    X = rng.integers(0, 3, (30, 3)).astype(float)
    X[:, 0] %= 2
    X[::9, 0] = np.nan
    model = regressor(categorical_features=categories).fit(X, X[:, 1] - X[:, 2])
    assert worst_error(model, X, BATCHES) < TOLERANCE


def test_in_a_pipeline_and_of_scaled_outliers():
    X, score = table()
    model = make_pipeline(SimpleImputer(), regressor()).fit(X, score)
    assert worst_error(model, X, BATCHES) < TOLERANCE
    far = X.copy()
    far[:4, 0] = 1e300, -1e300, 1e15, -1e15
    graph = to_onnx(model[-1].fit(X, score), X)
    for each in outputs(graph, far):
        np.testing.assert_allclose(each["variable"][:, 0], model[-1].predict(far), rtol=1e-5)


def test_numbers_where_strings_were():
    X, score = table()
    X = frame(X)[["area", "color"]]
    model = regressor().fit(X, score)
    with pytest.raises(ValueError, match="TabularMLPRegressor cannot be converted: it has strings"):
        to_onnx(model, X.assign(color=3.0))
    with pytest.raises(ValueError, match=r"has numbers in columns where X has text. Convert"):
        to_onnx(model, X.assign(area="3.0"))


def test_every_part_is_in_the_graph():
    """A change of any number that predictions need changes the graph's."""
    X, score = table()
    model = regressor(loss="quantile", quantile=[0.1, 0.5]).fit(X, score)

    def run():
        return np.concatenate(ReferenceEvaluator(to_onnx(model, X)).run(None, {"X": X}), axis=1)

    before, member = run(), model.members_[1]
    arrays = [model.encoder_.medians_[:1], model.encoder_.scales_[:1], model.target_mean_]
    arrays += [model.target_scale_, model.quantile_offsets_, member.input_scale_]
    for array in [*arrays, *member.coefs_, *member.intercepts_]:
        array += 0.5
        assert not np.allclose(run(), before)
        array -= 0.5
