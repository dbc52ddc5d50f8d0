"""Files of parameters, which give the same predictions to the last bit."""

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from skparams import ParamsFileError, inspect_params, load_params, save_params, summary
from tests.neural_network.tabular.small import ESTIMATORS, data, fitted, make, same

pytest.importorskip("safetensors")
each_kind = pytest.mark.parametrize("kind", ESTIMATORS)


def table(kind):
    """A frame with gaps, categories of strings and booleans, and classes of strings."""
    pd = pytest.importorskip("pandas")
    X, y = data(kind)
    frame = pd.DataFrame(X, columns=["length", "width", "height"])
    frame["color"] = pd.Categorical(np.array(["red", "green", "blü"])[np.arange(60) % 3])
    frame["name"] = np.array(["ann", "bob"], dtype=object)[np.arange(60) % 2]
    frame["big"] = np.arange(60) % 4 == 0
    frame.loc[3, ["width", "color", "name"]] = [np.nan, None, None]
    return frame, np.array(["u", "v", "w"])[y] if kind == "classifier" else y


def predictions(model, X):
    names = ("predict", "predict_proba", "decision_function", "predict_quantiles")
    return [getattr(model, name)(X) for name in names if hasattr(model, name)]


def assert_kept(model, X, path):
    save_params(model, path)
    for verify in (True, False):
        loaded = load_params(path, verify=verify)
        for n in (1, 7, len(X)):
            for found, expected in zip(
                predictions(loaded, X[:n]), predictions(model, X[:n]), strict=True
            ):
                np.testing.assert_array_equal(found, expected)
                assert found.dtype == expected.dtype
        assert not any(name.startswith("oof_") and name != "oof_score_" for name in vars(loaded))
        assert loaded.oof_score_ == model.oof_score_
        assert summary(loaded).totals == summary(model).totals
    assert str(inspect_params(path)).startswith(f"{type(model).__name__} · fitted")
    save_params(model, path, state=True)
    assert same(load_params(path), model)


@each_kind
@pytest.mark.parametrize("oof", [True, False])
def test_a_table(kind, oof, tmp_path):
    X, y = table(kind)
    assert_kept(make(kind, oof=oof).fit(X, y), X, tmp_path / "file")


@pytest.mark.parametrize("quantile", [0.3, [0.9, 0.1, 0.5]])
def test_quantiles(quantile, tmp_path):
    model = fitted("regressor", loss="quantile", quantile=quantile)
    assert_kept(model, data("regressor")[0], tmp_path / "file")


def test_several_targets_and_two_classes(tmp_path):
    X, y = data("regressor")
    assert_kept(make("regressor").fit(X, np.column_stack([y, -y, X])), X, tmp_path / "file")
    assert_kept(make("classifier").fit(X, y > 0), X, tmp_path / "file")


@each_kind
def test_in_a_pipeline_and_into_an_estimator(kind, tmp_path):
    X, y = table(kind)
    pipeline, path = make_pipeline(make(kind)).fit(X, y), tmp_path / "file"
    save_params(pipeline, path)
    loaded = load_params(path, into=make_pipeline(make(kind)))
    np.testing.assert_array_equal(loaded.predict(X), pipeline.predict(X))
    with pytest.raises(ValueError, match="n_members"):
        load_params(path, into=make_pipeline(make(kind, n_members=3)))


@each_kind
def test_what_was_kept_trains_again(kind, tmp_path):
    model = fitted(kind)
    save_params(model, tmp_path / "file")
    assert same(load_params(tmp_path / "file").fit(*data(kind)), model)


FORGERIES = {
    "n_features_in_": (lambda model: setattr(model, "n_features_in_", 4), "has 3 features"),
    "members_": (lambda model: setattr(model, "members_", []), "members_ must be a list"),
    "encoder_": (lambda model: setattr(model, "encoder_", model.members_[0]), "encoder_ is a"),
    "input_scale_": (
        lambda model: setattr(model.members_[1], "input_scale_", np.ones(4, np.float32)),
        r"coefs_\[0\] must have the shape|has the shape",
    ),
    "intercepts_": (
        lambda model: model.members_[0].intercepts_.__setitem__(1, np.ones(5, np.float32)),
        "shape",
    ),
    "medians_": (lambda model: setattr(model.encoder_, "medians_", np.ones(2)), "shape"),
    "scales_": (lambda model: setattr(model.encoder_, "scales_", np.full(3, np.nan)), "finite"),
}


@each_kind
@pytest.mark.parametrize("what", FORGERIES)
def test_attributes_that_do_not_go_together(kind, what, tmp_path):
    forge, message = FORGERIES[what]
    model = fitted(kind)
    forge(model)
    with pytest.raises((TypeError, ParamsFileError), match=f"do not go together.*{message}"):
        save_params(model, tmp_path / "file")
    assert not (tmp_path / "file").exists()
