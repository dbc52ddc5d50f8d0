"""What fit learns from rows that members held out, and that hyperparameters reach the training."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss, mean_squared_error, r2_score

from skparams.neural_network._tabular import budget
from skparams.neural_network._tabular.conformal import quantile_offsets
from skparams.neural_network._tabular.temperature import fit_temperature
from tests.neural_network.tabular.small import ESTIMATORS, data, fitted, make, same

each_kind = pytest.mark.parametrize("kind", ESTIMATORS)
each_weight = pytest.mark.parametrize("weighted", [False, True])
SETTINGS = {"n_members": 3, "max_iter": 6}
EVERY_FOLD = SETTINGS | {"n_members": 5}


def a_weight(weighted, n_samples=60):
    """Weights of which every seventh is 0, or none."""
    if not weighted:
        return None
    weight = np.random.RandomState(1).uniform(0.1, 3, n_samples)
    weight[::7] = 0
    return weight


def decisions(model, X):
    """Decisions of each member, of shape (n_members, n_samples, n_outputs)."""
    inputs = model.encoder_.transform(X)
    return np.array([member.decision_function(inputs) for member in model.members_])


def held_out_decisions(model):
    """The out-of-fold decisions before the temperature, or standardized targets."""
    if hasattr(model, "temperature_"):
        return model.oof_decision_function_ * model.temperature_
    return ((model.oof_prediction_ - model.target_mean_) / model.target_scale_)[:, np.newaxis]


@each_kind
@each_weight
def test_each_row_has_the_decision_of_the_member_that_held_it_out(kind, weighted):
    (X, y), weight = data(kind), a_weight(weighted)
    model = make(kind, **SETTINGS).fit(X, y, weight)
    Z = held_out_decisions(model)
    rows = np.flatnonzero(np.isfinite(Z).all(axis=1))
    n_used = 60 if weight is None else np.count_nonzero(weight)
    assert abs(rows.size - 0.6 * n_used) <= 2
    assert weight is None or weight[rows].all()
    errors = np.abs(decisions(model, X)[:, rows] - Z[rows]).max(axis=2)
    assert errors.min(axis=0).max() < 1e-5
    for i, member in enumerate(model.members_):
        own = rows[errors.argmin(axis=0) == i]
        assert abs(own.size - n_used / 5) <= 1
        given, loss = None if weight is None else weight[own], member.history_["validation_loss"]
        if kind == "classifier":
            P = np.exp(Z[own] - Z[own].max(axis=1, keepdims=True))
            expected = log_loss(y[own], P / P.sum(axis=1, keepdims=True), sample_weight=given)
        else:
            target = (y - model.target_mean_) / model.target_scale_
            expected = mean_squared_error(target[own], Z[own, 0], sample_weight=given) / 2
        assert loss[member.best_iter_ - 1] == pytest.approx(expected, rel=1e-4)


def test_a_row_that_members_share_has_the_mean_of_their_decisions():
    X, y = data("classifier")[0][:8], np.array([0, 0, 0, 1, 2, 3, 4, 5])  # folds of a row each
    model = make("classifier", scoring=lambda *_: 0.0, **EVERY_FOLD).fit(X, y)  # last epochs
    Z, of_members = held_out_decisions(model), decisions(model, X)
    rows = np.flatnonzero(np.isfinite(Z).all(axis=1))
    assert rows.tolist() == [0, 1, 2]
    sharing = [0, 3], [1, 4], [2]
    means = np.array([of_members[members].mean(axis=0) for members in sharing])[:, rows]
    errors = np.abs(means - Z[rows]).max(axis=2)
    assert sorted(errors.argmin(axis=0)) == [0, 1, 2]
    assert errors.min(axis=0).max() < 1e-5


@each_weight
def test_temperature_and_score_of_a_classifier(weighted):
    (X, y), weight = data("classifier"), a_weight(weighted)
    model = make("classifier", **EVERY_FOLD).fit(X, y, weight)
    Z = held_out_decisions(model)
    used = np.isfinite(Z).all(axis=1)
    given = None if weight is None else weight[used]
    expected = fit_temperature(Z[used], y[used], given, "softmax", prior=4.0)
    assert model.temperature_ == pytest.approx(expected, rel=1e-4)
    assert abs(expected - fit_temperature(Z[used], y[used], given, "softmax")) > 0.01
    score = accuracy_score(y[used], Z[used].argmax(axis=1), sample_weight=given)
    assert model.oof_score_ == pytest.approx(score)


@each_weight
def test_standardization_offsets_and_score_of_a_regressor(weighted):
    (X, y), weight = data("regressor"), a_weight(weighted)
    settings = EVERY_FOLD | {"loss": "quantile", "quantile": 0.8}
    model = make("regressor", **settings).fit(X, y, weight)
    used = slice(None) if weight is None else weight > 0
    given = None if weight is None else weight[used]
    mean = np.average(y[used], weights=given)
    scale = np.sqrt(np.average((y[used] - mean) ** 2, weights=given))
    learned = *model.target_mean_, *model.target_scale_, *model.target_range_[:, 0]
    np.testing.assert_allclose(learned, [mean, scale, y[used].min(), y[used].max()])
    # The out-of-fold decisions are those of one member for each row, as predictions are clipped.
    moved = decisions(model, X)[:, used, 0] * scale + mean + model.quantile_offsets_
    clipped = moved.clip(*model.target_range_[:, 0])
    owner = np.abs(clipped - model.oof_prediction_[used]).argmin(axis=0)
    quantile = moved[owner, np.arange(owner.size)] - model.quantile_offsets_
    offsets = quantile_offsets(quantile[:, np.newaxis], y[used], [0.8], given)
    np.testing.assert_allclose(model.quantile_offsets_, offsets, rtol=1e-5)
    score = r2_score(y[used], model.oof_prediction_[used], sample_weight=given)
    assert model.oof_score_ == pytest.approx(score)


@each_kind
def test_predictions_are_of_the_mean_of_members(kind):
    model, (X, _) = fitted(kind, **SETTINGS), data(kind, 200)
    Z = decisions(model, X).mean(axis=0, dtype=np.float64)
    if kind == "classifier":
        np.testing.assert_allclose(model.decision_function(X), Z / model.temperature_, rtol=1e-6)
    else:
        y = (Z[:, 0] * model.target_scale_ + model.target_mean_).clip(*model.target_range_[:, 0])
        np.testing.assert_allclose(model.predict(X), y, rtol=1e-6)
    scales = [np.abs(member.input_scale_) for member in model.members_]
    np.testing.assert_allclose(model.feature_scale_, np.mean(scales, axis=0), rtol=1e-6)


OTHERS = [
    *((kind, {}, changed) for kind in ESTIMATORS for changed in (
        {"dropout": 0.3}, {"weight_decay": 0.1}, {"learning_rate_init": 0.05}, {"max_iter": 5},
        {"hidden_layer_sizes": 5}, {"random_state": 1},
    )),
    ("classifier", {}, {"label_smoothing": 0.3}),
    ("classifier", {}, {"class_weight": {0: 2}}),
    ("regressor", {}, {"loss": "absolute_error"}),
    ("regressor", {"loss": "huber"}, {"huber_delta": 0.3}),
    ("regressor", {"loss": "quantile"}, {"quantile": 0.7}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "settings", "changed"), OTHERS, ids=str)
def test_each_hyperparameter_changes_what_is_learned(kind, settings, changed):
    first, second = (fitted(kind, **settings, **more).members_[0] for more in ({}, changed))
    assert not all(map(np.array_equal, first.coefs_, second.coefs_))


@each_kind
def test_auto_is_what_the_budget_says(kind):
    X, y = data(kind)
    model = make(kind, max_iter="auto", hidden_layer_sizes="auto").fit(X, y)
    n_epochs, sizes = budget.n_epochs(60), budget.hidden_layer_sizes(60)
    assert model.n_iter_ == n_epochs
    assert same(model, make(kind, max_iter=n_epochs, hidden_layer_sizes=sizes).fit(X, y))


def test_training_starts_from_what_targets_have_without_inputs():
    """Class frequencies and quantiles: the first step, of rate 0, trains nothing."""
    X, y = data("classifier")
    Z = make("classifier", max_iter=1).fit(X, y).members_[0].intercepts_[-1]
    np.testing.assert_allclose(np.exp(Z) / np.exp(Z).sum(), np.bincount(y) / 60, rtol=1e-6)
    X, y = data("regressor")
    levels = [0.8, 0.5, 0.1]
    model = make("regressor", loss="quantile", quantile=levels, max_iter=1).fit(X, y)
    found = model.predict_quantiles(X[:1])[0] - model.quantile_offsets_
    np.testing.assert_allclose(found, np.quantile(y, levels), rtol=1e-6)
