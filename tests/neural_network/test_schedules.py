"""Learning rates that change during training."""

import copy
import pickle
import warnings
from fractions import Fraction

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from skparams import MLPClassifier, MLPRegressor
from skparams.neural_network.batches import Batches
from skparams.neural_network.schedules import SCHEDULES

RATE = 0.02
GIVEN = {
    "hidden_layer_sizes": 3,
    "batch_size": 7,
    "max_iter": 5,
    "learning_rate_init": RATE,
    "random_state": 0,
    "n_iter_no_change": 1000,
}
N = 30  # 5 batches


@pytest.fixture
def data(rng):
    X = rng.standard_normal((N, 4))
    return X, X[:, 0] - X[:, 1]


@pytest.fixture
def rates(monkeypatch):
    """Learning rates that training has used so far, batch by batch."""
    used, train = [], Batches.train_epoch

    def record(self, params, order, state, learning_rates, mlp):
        used.extend(learning_rates)
        return train(self, params, order, state, learning_rates, mlp)

    monkeypatch.setattr(Batches, "train_epoch", record)
    return used


def closed_form(name, share):
    if name == "cosine":
        return (1 + np.cos(np.pi * share)) / 2
    if name == "warmup":
        return np.minimum(10 * share, 1)
    up = 1 / 25 + (1 - 1 / 25) * (1 - np.cos(np.pi * share / 0.3)) / 2
    down = 4e-6 + (1 - 4e-6) * (1 + np.cos(np.pi * (share - 0.3) / 0.7)) / 2
    return np.where(share < 0.3, up, down)


@pytest.mark.parametrize("solver", ["adam", "adamw", "sgd"])
@pytest.mark.parametrize("name", SCHEDULES)
def test_closed_forms(name, solver, data, rates, fit_quietly):
    fit_quietly(MLPRegressor(learning_rate=name, solver=solver, **GIVEN), *data)
    share = np.arange(25) / 25
    np.testing.assert_allclose(rates, RATE * closed_form(name, share), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", SCHEDULES)
def test_pytorch_has_the_same(name):
    torch = pytest.importorskip("torch")
    n = 50
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    schedulers = torch.optim.lr_scheduler
    if name == "cosine":
        schedule = schedulers.CosineAnnealingLR(optimizer, T_max=n)
    elif name == "warmup":  # which may not begin at 0 there
        schedule = schedulers.LinearLR(optimizer, 1e-300, 1.0, total_iters=n // 10)
    else:  # whose last step is at the share 1, and whose peak is one step earlier
        part = (0.3 * n + 1) / (n + 1)
        schedule = schedulers.OneCycleLR(
            optimizer, 1.0, total_steps=n + 1, pct_start=part, cycle_momentum=False
        )
    for i in range(n):
        factor = SCHEDULES[name](i / n)
        assert factor == pytest.approx(schedule.get_last_lr()[0], rel=1e-9, abs=1e-12)
        optimizer.step()
        schedule.step()


def test_ends_of_the_schedules():
    ends = {"cosine": (1, 0), "one_cycle": (0.04, 4e-6), "warmup": (0, 1)}
    for name, (first, last) in ends.items():
        assert SCHEDULES[name](0.0) == pytest.approx(first, abs=1e-15)
        assert SCHEDULES[name](1.0) == pytest.approx(last, rel=1e-9, abs=1e-15)
    assert SCHEDULES["one_cycle"](0.3) == SCHEDULES["warmup"](0.1) == 1


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("solver", ["adam", "adamw", "sgd"])
def test_a_name_is_its_callable(solver, name, data, fit_quietly, same_weights):
    one, two = (
        fit_quietly(MLPRegressor(learning_rate=given, solver=solver, **GIVEN), *data)
        for given in (name, SCHEDULES[name])
    )
    assert same_weights(one, two)
    assert one.loss_curve_ == two.loss_curve_


@pytest.mark.parametrize("solver", ["adam", "adamw", "sgd"])
def test_a_factor_of_one_is_constant(solver, data, fit_quietly, same_weights):
    one, two = (
        fit_quietly(MLPRegressor(learning_rate=given, solver=solver, **GIVEN), *data)
        for given in ("constant", lambda share: 1)
    )
    assert same_weights(one, two)


def test_rates_are_those_of_single_epochs(data, fit_quietly, same_weights):
    """With one batch an epoch, a user can set the rate between two calls of partial_fit."""
    X, y = data
    given = GIVEN | {"batch_size": N, "solver": "adam"}
    model = fit_quietly(MLPRegressor(learning_rate=lambda share: 1 - share / 2, **given), X, y)
    steps = MLPRegressor(**given)
    for epoch in range(5):
        steps.set_params(learning_rate_init=RATE * (1 - epoch / 10)).partial_fit(X, y)
    assert same_weights(model, steps)


@pytest.mark.parametrize("name", [*SCHEDULES, np.cos])
@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_partial_fit_follows_the_schedule(solver, name, data, rates, fit_quietly, same_weights):
    X, y = data
    model = MLPRegressor(learning_rate=name, solver=solver, **GIVEN)
    whole = fit_quietly(clone(model), X, y)
    expected = rates.copy()
    rates.clear()
    for _ in range(5):
        model.partial_fit(X, y)
    assert rates == expected
    assert same_weights(model, whole)
    rates.clear()
    schedule = SCHEDULES.get(name, name)
    model.partial_fit(X, y)
    assert rates == pytest.approx([RATE * schedule(1.0)] * 5, rel=1e-12)


def test_shares_in_partial_fit_end_at_one(data):
    shares = []

    def schedule(share):
        shares.append(share)
        return 1.0

    model = MLPRegressor(learning_rate=schedule, **GIVEN | {"max_iter": 2})
    for _ in range(4):
        model.partial_fit(*data)
    assert shares == [*np.arange(10) / 10, *[1.0] * 10]
    assert {type(share) for share in shares} == {float}


def test_warm_start_and_fit_begin_anew(data, rates, fit_quietly):
    model = MLPRegressor(learning_rate="cosine", warm_start=True, **GIVEN)
    for _ in range(2):
        fit_quietly(model, *data)
        fit_quietly(clone(model), *data)
    assert rates == rates[:25] * 4


@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_early_stopping_has_fewer_batches(solver, data, rates, fit_quietly):
    given = GIVEN | {"early_stopping": True, "solver": solver}
    model = fit_quietly(MLPRegressor(learning_rate="cosine", **given), *data)
    share = np.arange(20) / 20  # 27 samples, 4 batches
    np.testing.assert_allclose(rates, RATE * closed_form("cosine", share), rtol=1e-12)
    assert len(model.validation_scores_) == 5


def test_a_batch_that_joins_another_has_no_rate(rng, rates, fit_quietly):
    X = rng.standard_normal((29, 4))
    fit_quietly(MLPRegressor(learning_rate="cosine", normalization="batch", **GIVEN), X, X[:, 0])
    share = np.arange(20) / 20
    np.testing.assert_allclose(rates, RATE * closed_form("cosine", share), rtol=1e-12)


def test_training_that_stops_early_does_not_shorten_the_schedule(data, rates, fit_quietly):
    given = GIVEN | {"n_iter_no_change": 1, "tol": 1e9}
    model = fit_quietly(MLPRegressor(learning_rate="warmup", **given), *data)
    assert model.n_iter_ < model.max_iter
    share = np.arange(len(rates)) / 25
    np.testing.assert_allclose(rates, RATE * closed_form("warmup", share), rtol=1e-12)


@pytest.mark.parametrize("name", ["constant", *SCHEDULES, np.cos])
def test_a_schedule_that_ends_needs_no_warning(name, data):
    model = MLPRegressor(learning_rate=name, **GIVEN)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(*data)
    assert len(caught) == (name not in ("cosine", "one_cycle"))


def test_lbfgs_has_no_learning_rate(data, fit_quietly, same_weights):
    def fails(share):
        raise AssertionError

    models = [
        fit_quietly(MLPRegressor(learning_rate=given, **GIVEN | {"solver": "lbfgs"}), *data)
        for given in ("constant", "cosine", fails)
    ]
    assert same_weights(models[0], models[1])
    assert same_weights(models[0], models[2])


@pytest.mark.parametrize(
    "factor",
    [0, 1, True, 0.5, np.float32(0.5), np.int8(1), np.array(0.5), np.array(1), Fraction(1, 2)],
    ids=repr,
)
def test_any_number_is_a_factor(factor, data, rates, fit_quietly):
    fit_quietly(MLPRegressor(learning_rate=lambda share: factor, **GIVEN), *data)
    assert rates == [RATE * float(factor)] * 25


NOT_FACTORS = [
    *(np.nan, np.inf, -np.inf, -1e-9, -1, None, "1", 1j, [0.5], np.array([0.5]), np.array(np.nan)),
    *(np.array("a"), np.datetime64("2026-01-01"), Ellipsis, np.ones(2), (), {}),
]


@pytest.mark.parametrize("bad", NOT_FACTORS, ids=repr)
@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_what_is_no_factor_is_named(solver, bad, data, fit_quietly, snapshot):
    """At whichever batch it comes, and the estimator is as before."""
    X, y = data
    seen = []

    def schedule(share):
        seen.append(share)
        return bad if share >= 0.44 else 1.0

    given = GIVEN | {"solver": solver, "random_state": np.random.RandomState(0)}
    new = MLPRegressor(learning_rate=schedule, **given)
    fitted = fit_quietly(MLPRegressor(**given), X, y).set_params(learning_rate=schedule)
    once = fit_quietly(MLPRegressor(**given | {"max_iter": 3}), X, y)
    once.set_params(max_iter=5, learning_rate=schedule)
    message = r"learning_rate of MLPRegressor is a callable, .* for 0\.(44|6)\."
    for model, method in ((new, "fit"), (fitted, "fit"), (once, "partial_fit")):
        unchanged = snapshot(model)
        with pytest.raises(ValueError, match=message) as error:
            getattr(model, method)(X, y)
        assert repr(bad) in str(error.value) or isinstance(bad, np.ndarray)
        assert unchanged() is None
    assert seen


def test_errors_of_a_callable_are_its_own(data, snapshot):
    def fails(share):
        raise KeyError("mine")

    def interrupts(share):
        if share > 0.5:
            raise KeyboardInterrupt
        return 1

    model = MLPClassifier(learning_rate=fails, **GIVEN)
    unchanged = snapshot(model)
    with pytest.raises(KeyError, match="mine"):
        model.fit(data[0], data[1] > 0)
    assert unchanged() is None
    with pytest.raises(TypeError):
        model.set_params(learning_rate=lambda: 1).fit(data[0], data[1] > 0)
    with pytest.warns(UserWarning, match="interrupted"):
        model.set_params(learning_rate=interrupts).fit(data[0], data[1] > 0)
    assert model.n_iter_ == 2


@pytest.mark.parametrize("bad", ["cos", "Cosine", "step", "", 1, None, ("cosine",), np.nan])
def test_unknown_schedules(bad, data, snapshot):
    model = MLPClassifier(learning_rate=bad)
    unchanged = snapshot(model)
    with pytest.raises(ValueError, match="'learning_rate' parameter of MLPClassifier must be a"):
        model.fit(data[0], data[1] > 0)
    assert unchanged() is None


def half(share):
    return 0.5


def test_schedules_travel(data, fit_quietly, same_weights):
    model = MLPRegressor(learning_rate=half, **GIVEN)
    fitted = fit_quietly(clone(model), *data)
    again = fit_quietly(pickle.loads(pickle.dumps(model)), *data)
    assert same_weights(fitted, again)
    assert copy.deepcopy(fitted).learning_rate is half


def test_schedules_in_a_search(data, fit_quietly):
    grid = {
        "learning_rate": ["constant", "invscaling", *SCHEDULES, half],
        "solver": ["adam", "sgd"],
    }
    search = GridSearchCV(MLPRegressor(**GIVEN), grid, cv=2)
    fit_quietly(search, *data)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
