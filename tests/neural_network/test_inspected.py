"""What inspection shows and counts of networks with all that scikit-learn's have not."""

import numpy as np
import pytest
from sklearn.base import clone

import skparams
from skparams import MLPClassifier, MLPRegressor, count_params, fitted_params, slim, summary

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture
def X(rng):
    return rng.standard_normal((60, 4))


@pytest.fixture
def make(X):
    def make(**arguments):
        arguments = {"hidden_layer_sizes": (5, 3), "max_iter": 3, "random_state": 0} | arguments
        return MLPRegressor(**arguments).fit(X, X[:, 0])

    return make


def roles_of(model):
    return {row.path: row.role for row in summary(model).root.attributes}


def test_roles_and_counts_of_normalization(make):
    model, roles = make(normalization="batch"), {}
    for path, role in roles_of(model).items():
        roles.setdefault(role, []).append(path)
    names = ("coefs_", "intercepts_", "gains_", "running_means_", "running_variances_")
    lengths = (3, 3, 2, 2, 2)
    assert roles["parameter"] == [
        f"{name}[{i}]" for name, n in zip(names, lengths, strict=True) for i in range(n)
    ]
    rows = {row.path: row for row in summary(model).root.attributes}
    assert (rows["gains_[0]"].count, rows["gains_[0]"].free) == (5, 5)
    assert (rows["running_means_[1]"].count, rows["running_means_[1]"].free) == (3, 0)
    assert rows["running_variances_[1]"].dims == ("h2",)
    plain = 4 * 5 + 5 * 3 + 3 + 5 + 3 + 1
    assert count_params(model) == plain + 3 * 8
    assert count_params(model, kind="free") == plain + 8
    assert count_params(make(normalization="layer")) == plain + 8


@pytest.mark.parametrize("fitted", ["batch", "layer", None])
@pytest.mark.parametrize("changed", ["batch", "layer", None])
def test_the_normalization_of_the_fit_counts(fitted, changed, make, X):
    model = make(normalization=fitted)
    n, shown = count_params(model), summary(model, X).root.layers
    model.set_params(normalization=changed)
    assert count_params(model) == n
    assert summary(model, X).root.layers == shown
    np.testing.assert_array_equal(slim(model, X).predict(X), model.predict(X))


def test_each_layer_shows_its_own_activation_and_normalization(make):
    model = make(activation=["gelu", "tanh"], normalization="batch", loss="quantile",
                 quantile=[0.1, 0.5, 0.9])  # fmt: skip
    layers = summary(model).root.layers
    assert [layer.activation for layer in layers] == [None, "gelu", "tanh", "increasing"]
    assert [layer.normalization for layer in layers] == [None, "batch", "batch", None]
    assert [(layer.gains, layer.moments) for layer in layers] == [(0, 0), (5, 10), (3, 6), (0, 0)]
    text, page = str(summary(model)), summary(model)._repr_html_()
    for word in ("normalization", "gelu", "tanh", "increasing", "batch"):
        assert word in text
    for word in ("gains", "moments"):  # which a narrow text leaves out
        assert f">{word}<" in page
    plain = str(summary(make()))
    assert "normalization" not in plain.partition("layers")[2].partition("\n")[0]


def test_state_of_each_solver(make):
    for solver, n in (("sgd", 1), ("adam", 2), ("adamw", 2)):
        model = make(solver=solver, normalization="batch")
        state = {path: role for path, role in roles_of(model).items() if "_optimizer_state" in path}
        assert set(state.values()) == {"state"}
        rows = {row.path: row for row in summary(model).root.attributes}
        moments = [rows[f"_optimizer_state[{name!r}]"].count for name in ("first", "second")]
        trained = count_params(model, kind="free")
        assert sum(moments) == n * trained


@pytest.mark.parametrize("path", ["gains_[0]", "running_means_[1]", "running_variances_[0]"])
def test_numbers_of_normalization_can_be_set(path, make, X):
    model = make(normalization="batch")
    before, new = model.predict(X), fitted_params(model)[path] + 0.5
    assert path in model.get_fitted_params()
    model.set_fitted_params(**{path: new})
    np.testing.assert_array_equal(fitted_params(model)[path], new)
    assert not np.array_equal(model.predict(X), before)
    name, _, rest = path.partition("[")
    np.testing.assert_array_equal(getattr(model, name)[int(rest[:-1])], new)
    with pytest.raises(ValueError, match="shape"):
        model.set_fitted_params(**{path: np.ones(9)})


def test_a_fresh_clone_gets_all_of_it(make, X):
    model = make(normalization="batch", activation=["mish", "selu"], solver="adamw")
    copy = clone(model).set_fitted_params(**model.get_fitted_params(structure=True))
    np.testing.assert_array_equal(copy.predict(X), model.predict(X))
    skparams.assert_same_model(copy, model)


def test_slim_keeps_what_predictions_need(make, X):
    model = make(normalization="batch", solver="adamw", early_stopping=True)
    small = slim(model, X)
    assert {"gains_", "running_means_", "running_variances_"} <= vars(small).keys()
    assert not {"_optimizer_state", "history_", "loss_curve_"} & vars(small).keys()
    np.testing.assert_array_equal(small.predict(X), model.predict(X))
    single, report = slim(model, X, lossy=("float32",), return_report=True)
    assert {array.dtype for array in fitted_params(single).values()} == {np.dtype("float32")}
    assert len(report.float32) == 3 + 3 + 3 * 2


def test_models_that_differ_in_moments_only_are_not_the_same(make):
    one, two = make(normalization="batch"), make(normalization="batch")
    skparams.assert_same_model(one, two)
    two.running_variances_[1][0] += 1e-12
    with pytest.raises(AssertionError, match=r"running_variances_\[1\]"):
        skparams.assert_same_model(one, two)


def test_probe_sees_that_all_of_it_is_used(make, X):
    probed = skparams.probe(make(normalization="batch"), X)
    verdicts = {each.path: each.verdict for each in probed.attributes if each.role == "parameter"}
    assert len(verdicts) == 3 + 3 + 3 * 2
    assert set(verdicts.values()) == {"used"}
    assert not probed.guessed


def test_a_loss_curve_that_is_assigned_goes_on(make, X):
    model = make()
    model.loss_curve_ = [3.0, 2.0]
    assert model.loss_curve_ == [3.0, 2.0]
    model.partial_fit(X, X[:, 0])
    assert model.loss_curve_[:2] == [3.0, 2.0]
    assert len(model.loss_curve_) == len(model.history_["learning_rate"]) == 3
    assert np.isnan(model.history_["learning_rate"][:2]).all()


def test_a_classifier_with_weights_of_classes(X):
    y = (X[:, 0] > 0).astype(int)
    model = MLPClassifier(
        (4,), class_weight={0: 1.0, 1: 2.0}, label_smoothing=0.1, max_iter=3, random_state=0
    ).fit(X, y)
    assert count_params(model) == 4 * 4 + 4 + 4 + 1
    assert not [row.path for row in summary(model).root.attributes if row.guess]
