"""Random values of all arguments together: what fit leaves works, or fit says what does not."""

import copy
import pickle

import numpy as np
import pytest
from sklearn.base import clone

import skparams
from tests.neural_network.any_settings import any_network
from tests.plan.plan_against_fit import differences
from tests.sweep import sweep

pytestmark = pytest.mark.filterwarnings("ignore")  # few epochs do not converge

NAMES = ("MLPClassifier", "MLPRegressor")
each_network = pytest.mark.parametrize("name", NAMES)
each_seed = pytest.mark.parametrize("seed", sweep(range(120), 12))


def fitted(seed, name, snapshot):
    """A fitted network with its data, or None where fit refuses the arguments by name."""
    model, X, y, more = any_network(seed, name)
    before, params = snapshot(model), model.get_params()
    refused = None
    try:
        model.fit(X, y, **more)
    except (ValueError, TypeError) as error:
        refused = str(error)
    if refused:
        assert any(argument in refused for argument in [*params, "y "]), refused
        assert before() is None
        return None
    assert all(model.get_params()[key] is params[key] for key in params)
    return model, X, y, more


def predictions(model, X):
    """What the methods return that take rows."""
    names = ["predict", "predict_proba", "predict_log_proba", "predict_quantiles"]
    if getattr(model, "loss", None) != "quantile":
        names.remove("predict_quantiles")
    elif 0.5 not in np.atleast_1d(model.quantile):
        names.remove("predict")
    return {name: getattr(model, name)(X) for name in names if hasattr(model, name)}


def same(one, other):
    return one.keys() == other.keys() and all(np.array_equal(one[k], other[k]) for k in one)


def has_partial_fit(model):
    """Whether training can go on with a batch of rows."""
    is_balanced = isinstance(getattr(model, "class_weight", None), str)
    return hasattr(model, "partial_fit") and not (model.early_stopping or is_balanced)


@each_network
@each_seed
def test_the_network_works(seed, name, snapshot, capsys):
    found = fitted(seed, name, snapshot)
    if found is None:
        return
    model, X, y, more = found
    before = predictions(model, X)
    for array in before.values():
        assert array.dtype.kind not in "fc" or np.isfinite(array).all()
    again = clone(model).fit(X, y, **more)
    assert same(predictions(again, X), before)
    loaded = pickle.loads(pickle.dumps(model))
    assert same(predictions(loaded, X), before)
    skparams.assert_same_model(loaded, model)
    assert skparams.diff(model, loaded).is_empty
    assert str(skparams.summary(loaded, X)) == str(skparams.summary(model, X))
    if has_partial_fit(model):
        for each in (model, loaded):
            each.partial_fit(X, y, sample_weight=more.get("sample_weight"))
        assert same(predictions(loaded, X), predictions(model, X))


@each_network
@each_seed
def test_inspection_knows_all_of_it(seed, name, snapshot, capsys):
    planned = None
    template, X, y, _ = any_network(seed, name)
    planned = skparams.plan(template, X, y)
    found = fitted(seed, name, snapshot)
    if found is None:
        return
    model, X, y, _ = found
    summary = skparams.summary(model, X)
    assert not summary.root.guessed
    assert not [row.path for row in summary.root.attributes if row.guess]
    assert not differences(planned, summary)
    arrays = skparams.fitted_params(model)
    assert model.count_params() == sum(array.size for array in arrays.values())
    trained = [array.size for path, array in arrays.items() if not path.startswith("running_")]
    assert model.count_params(kind="free") == sum(trained)
    layers = summary.root.layers
    assert sum(layer.parameters for layer in layers) == model.count_params()
    assert len(layers) == model.n_layers_
    restored = clone(model).set_fitted_params(**model.get_fitted_params(structure=True))
    assert same(predictions(restored, X), predictions(model, X))
    text, page = str(summary), summary._repr_html_()
    if model.normalization and len(layers) > 2:
        assert model.normalization in text
        assert "gains_" in page


@each_network
@each_seed
def test_slimmed_it_predicts_the_same(seed, name, snapshot, capsys):
    found = fitted(seed, name, snapshot)
    if found is None:
        return
    model, X, *_ = found
    small, report = skparams.slim(model, X, return_report=True)
    assert same(predictions(small, X), predictions(model, X))
    skparams.assert_same_model(small, model)
    assert not {"_optimizer_state", "history_"} & vars(small).keys()
    assert report.pickled_after <= report.pickled_before
    kept = skparams.slim(model, X, keep=("state", "diagnostic"))
    if has_partial_fit(model):
        one, other = copy.deepcopy(model), copy.deepcopy(kept)
        y = found[2]
        assert same(predictions(one.partial_fit(X, y), X), predictions(other.partial_fit(X, y), X))
    single, report = skparams.slim(model, X, lossy=("float32",), return_report=True)
    stay = {path for path, array in skparams.fitted_params(single).items() if array.dtype != "f4"}
    assert stay == set(report.float64)
