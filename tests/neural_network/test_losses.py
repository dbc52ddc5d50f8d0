"""Each loss, its gradient through each activation, and what it is good for."""

from itertools import product

import numba
import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.linear_model import GammaRegressor, QuantileRegressor
from sklearn.metrics import mean_gamma_deviance, mean_pinball_loss

from skparams import MLPRegressor
from skparams.neural_network._kernels import loss_kernels, unit_kernels
from skparams.neural_network.activations import ACTIVATIONS, Objective
from skparams.neural_network.batches import Batches
from skparams.neural_network.network import Network
from tests.neural_network import oracles
from tests.sweep import sweep

quiet = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
each_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64])

OBJECTIVES = [
    Objective("squared_error"),
    Objective("poisson"),
    Objective("binary_log_loss"),
    Objective("log_loss"),
    Objective("absolute_error", (1.0,)),
    Objective("huber", (0.7,)),
    Objective("gamma", (1.0,)),
    Objective("quantile", (0.3,)),
    Objective("quantile", (0.1, 0.5, 0.9)),
    Objective("binary_log_loss", (0.2,)),
    Objective("log_loss", (0.2,)),
]
NAMES = [f"{objective.loss}{objective.parameters or ''}" for objective in OBJECTIVES]
# Arguments of MLPRegressor for losses that scikit-learn does not have.
SETTINGS = [
    {"loss": "absolute_error"},
    {"loss": "huber", "huber_delta": 0.3},
    {"loss": "gamma"},
    {"loss": "quantile", "quantile": 0.8},
    {"loss": "quantile", "quantile": [0.5, 0.2, 0.9]},
]
each_setting = pytest.mark.parametrize("setting", SETTINGS, ids=str)

loss_and_delta = numba.njit(lambda *arguments: loss_kernels.loss_and_delta(*arguments))
activate = numba.njit(lambda *arguments: unit_kernels.activate(*arguments))


def n_outputs_of(objective):
    return len(objective.parameters) if objective.loss == "quantile" else 3


def targets(objective, rng, n):
    """Random targets in the range of a loss."""
    if objective.loss == "log_loss":
        return rng.randint(0, 3, (n, 1)).astype(float)
    Y = rng.standard_normal((n, 1 if objective.loss == "quantile" else 3))
    if objective.loss == "gamma":
        return np.exp(Y)
    if objective.loss == "poisson":
        return np.floor(np.exp(Y))
    return (Y > 0).astype(float) if objective.loss == "binary_log_loss" else Y


def kernel_loss(objective, Z, Y, weight):
    """The weighted loss of the kernels, and its derivative in Z."""
    D, scratch = Z.copy(), np.empty((2, unit_kernels.CHUNK), Z.dtype)
    z, bits = D.reshape(-1), scratch[1].view(f"i{Z.dtype.itemsize}")
    with np.errstate(all="ignore"):
        activate(z, Z.shape[1], ACTIVATIONS[objective.activation].code, scratch, bits)
        parameters = objective.parameters
        parameters = None if parameters is None else np.array(parameters)
        return loss_and_delta(z, Z.shape[1], Y, weight, objective.code, parameters), D


@each_dtype
@pytest.mark.parametrize("objective", OBJECTIVES, ids=NAMES)
def test_loss_and_its_derivative_are_those_of_the_textbook(objective, dtype, rng):
    Z = rng.standard_normal((9, n_outputs_of(objective))).astype(dtype)
    Y, weight = targets(objective, rng, 9).astype(dtype), rng.uniform(0.5, 2, 9).astype(dtype)

    def loss(Z):
        return weight @ oracles.loss(objective, Z.astype(float), Y.astype(float))

    found, D = kernel_loss(objective, Z, Y, weight)
    assert D.dtype == dtype
    tolerance = 1e-5 if dtype == np.float32 else 1e-7
    assert found == pytest.approx(loss(Z), rel=tolerance)
    for at in np.ndindex(Z.shape):
        step = np.zeros(Z.shape)
        step[at] = 1e-6
        difference = (loss(Z + step) - loss(Z - step)) / 2e-6
        assert D[at] == pytest.approx(difference, rel=tolerance, abs=tolerance)


@each_dtype
@pytest.mark.parametrize(
    "objective",
    [objective for objective in OBJECTIVES if objective.loss in ("absolute_error", "quantile")],
    ids=str,
)
def test_at_a_kink_the_derivative_is_0(objective, dtype):
    Z = np.zeros((1, n_outputs_of(objective)), dtype)
    if (
        objective.loss == "quantile"
    ):  # increments are at least 0; these are so small that they vanish
        Z[0, 1:] = -1000
    found, D = kernel_loss(objective, Z, np.zeros((1, 3), dtype), np.ones(1, dtype))
    assert found == 0
    assert not D.any()


@pytest.mark.parametrize("delta", [0.7, 1e-3, 30.0])
def test_huber_has_no_jump_at_delta(delta):
    Z = np.array([[delta * (1 - 1e-9)], [delta * (1 + 1e-9)], [-delta]])
    objective = Objective("huber", (delta,))
    pieces = [kernel_loss(objective, z[None], np.zeros((1, 1)), np.ones(1)) for z in Z]
    for value, slope in pieces:
        assert value == pytest.approx(0.5 * delta**2)
        assert abs(slope) == pytest.approx(delta)


@each_dtype
@pytest.mark.parametrize("objective", OBJECTIVES[4:9], ids=NAMES[4:9])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_outputs_that_are_not_finite_are_seen(objective, dtype, value):
    Z = np.ones((2, n_outputs_of(objective)), dtype)
    Z[1, 0] = value
    Y = np.ones((2, 1 if objective.loss == "quantile" else 3), dtype)
    found, D = kernel_loss(objective, Z, Y, np.ones(2, dtype))
    assert not np.isfinite(found) or objective.loss == "gamma"
    if np.isnan(value):
        assert np.isnan(D[1, 0])


@pytest.mark.parametrize("objective", OBJECTIVES[4:6], ids=NAMES[4:6])
def test_errors_that_float32_cannot_square_or_hold_have_a_loss(objective):
    Z, Y = np.full((1, 3), 3e38, np.float32), np.full((1, 3), -3e38, np.float32)
    found, D = kernel_loss(objective, Z, Y, np.ones(1, np.float32))
    assert found == pytest.approx(3 * 6e38 * objective.parameters[0], rel=1e-6)
    np.testing.assert_allclose(D, objective.parameters[0], rtol=1e-6)


def textbook_loss(objective, network, params, data, alpha):
    """The mean loss with penalty, and how near the case is to a kink."""
    X, Y, weight = data
    arrays = network.views(params)
    inputs = oracles.forward(arrays["coefs_"], arrays["intercepts_"], network.activations, X)
    penalty = 0.5 * alpha * np.square(params[: network.n_coefs]).sum()
    total = weight @ oracles.loss(objective, inputs[-1], Y) + penalty
    distance = oracles.distance_to_kink(objective, network.activations, inputs, Y)
    return total / weight.sum(), distance


def random_case(objective, activations, alpha, rng):
    """A random network and samples that keep 1e-3 away from all kinks."""
    n, sizes = 11, [2, *rng.randint(2, 5, len(activations)), n_outputs_of(objective)]
    network, weight = Network(sizes, activations), np.ones(n)
    data = rng.standard_normal((n, 2)), targets(objective, rng, n), weight
    if rng.rand() < 0.7:
        weight[1:] = rng.choice([0.0, 0.5, 1.0, 3.0], n - 1)
    for _ in range(1000):
        params = rng.standard_normal(network.n_params)
        if textbook_loss(objective, network, params, data, alpha)[1] > 1e-3:
            return network, params, data
    raise AssertionError("no case that keeps away from kinks")


def gradient_errors(network, params, gradient, loss):
    """For each array the largest error of the gradient relative to its largest element."""
    differences = np.empty_like(gradient)
    for k in range(params.size):
        step = np.zeros_like(params)
        step[k] = 1e-6 * max(1.0, abs(params[k]))
        differences[k] = (loss(params + step) - loss(params - step)) / (2 * step[k])
    for name, arrays in network.views(gradient).items():
        for array, expected in zip(arrays, network.views(differences)[name], strict=True):
            yield np.abs(array - expected).max() / max(np.abs(expected).max(), 1e-4)


HIDDEN = [name for name, f in ACTIVATIONS.items() if f.derivative]
# Each activation with each loss, alone in a layer and with others; those that run by default have
# each loss and each activation.
CASES = list(product(range(len(OBJECTIVES)), range(len(HIDDEN)), range(4)))
KEPT = [(i, i % len(HIDDEN), 0) for i in range(len(OBJECTIVES))]


@pytest.mark.parametrize("case", sweep(CASES, KEPT), ids=str)
def test_gradient_is_that_of_central_differences(case):
    loss, activation, seed = case
    rng = np.random.RandomState(seed)
    objective, first = OBJECTIVES[loss], HIDDEN[activation]
    others = [HIDDEN[i] for i in rng.randint(0, len(HIDDEN), seed % 3)]
    batch_size, alpha = rng.randint(1, 12), rng.choice([0.0, 0.3])
    network, params, data = random_case(objective, [first, *others], alpha, rng)

    def loss(params):
        return textbook_loss(objective, network, params, data, alpha)[0]

    given = (*data[:2], None) if (data[2] == 1).all() else data
    batches = Batches(network, given, objective, batch_size, np.dtype(np.float64))
    found, gradient = batches.loss_gradient(params, alpha)
    assert found == pytest.approx(loss(params), rel=1e-9)
    assert max(gradient_errors(network, params, gradient, loss)) < 1e-6


@pytest.fixture
def data(rng):
    X = rng.standard_normal((60, 3))
    return X, np.exp(0.3 * X[:, 0] + 0.1 * rng.standard_normal(60))


@pytest.fixture
def model():
    def make(setting, **arguments):
        small = {"hidden_layer_sizes": (4,), "max_iter": 4, "random_state": 0}
        return MLPRegressor(**small | setting | arguments)

    return make


def losses_at(model, X, y):
    """The loss of each sample by the textbook, given a fitted model."""
    Y = y.reshape(len(y), -1)
    _, objective = model._n_outputs_and_objective(Y)
    return oracles.loss(objective, model._decision_function(X), Y)


class TestTraining:
    @quiet
    @each_setting
    @pytest.mark.parametrize("solver", ["adam", "sgd", "adamw", "lbfgs"])
    def test_it_lowers_the_loss(self, setting, solver, data, model):
        start = model(setting, solver=solver, max_iter=1, learning_rate_init=1e-12).fit(*data)
        rates = {"sgd": 1e-3}.get(solver, 0.01)
        end = model(setting, solver=solver, max_iter=80, learning_rate_init=rates).fit(*data)
        assert losses_at(end, *data).mean() < 0.7 * losses_at(start, *data).mean()
        assert end.loss_curve_[-1] < end.loss_curve_[0]

    @quiet
    @each_setting
    def test_loss_is_the_mean_with_penalty(self, setting, data, model):
        for alpha in (0.0, 2.0):
            fitted = model(setting, solver="lbfgs", alpha=alpha, max_iter=3).fit(*data)
            penalty = 0.5 * alpha * sum(np.square(coef).sum() for coef in fitted.coefs_)
            expected = losses_at(fitted, *data).mean() + penalty / len(data[0])
            assert fitted.loss_ == pytest.approx(expected, rel=1e-9)

    @quiet
    @pytest.mark.filterwarnings("ignore:Got `batch_size`")
    @each_setting
    @pytest.mark.parametrize("solver", ["adam", "lbfgs"])
    def test_weights_are_repetitions(self, setting, solver, data, model):
        X, y = data
        counts = np.arange(len(y)) % 4
        arguments = {"solver": solver, "batch_size": 1000, "shuffle": False, "max_iter": 8}
        weighted = model(setting, **arguments).fit(X, y, counts.astype(float))
        repeated = model(setting, **arguments).fit(X.repeat(counts, 0), y.repeat(counts))
        np.testing.assert_allclose(weighted.predict(X), repeated.predict(X), rtol=1e-7)

    @quiet
    @each_setting
    def test_calls_of_partial_fit_are_epochs(self, setting, data, model, same_weights):
        whole, parts = model(setting, max_iter=3).fit(*data), model(setting)
        for _ in range(3):
            parts.partial_fit(*data)
        assert same_weights(whole, parts)
        assert whole.loss_curve_ == parts.loss_curve_

    @quiet
    @each_setting
    @pytest.mark.parametrize("solver", ["adam", "lbfgs"])
    def test_warm_start_goes_on(self, setting, solver, data, model):
        fitted = model(setting, solver=solver, warm_start=True, max_iter=15).fit(*data)
        before = losses_at(fitted, *data).mean()
        fitted.fit(*data)
        assert len(fitted.loss_curve_) > 15 or solver == "lbfgs"
        assert losses_at(fitted, *data).mean() < before

    @quiet
    @each_setting
    def test_early_stopping_keeps_the_best_score(self, setting, data, model):
        fitted = model(setting, early_stopping=True, max_iter=30, validation_fraction=0.5)
        fitted.fit(*data)
        assert np.isfinite(fitted.validation_scores_).all()
        assert fitted.best_validation_score_ == max(fitted.validation_scores_)

    @quiet
    @pytest.mark.parametrize("loss", ["absolute_error", "huber", "gamma"])
    @pytest.mark.parametrize("solver", ["adam", "lbfgs"])
    def test_several_outputs(self, loss, solver, data, model):
        X, y = data
        Y = np.column_stack([y, y**2, 1 / y])
        fitted = model({"loss": loss}, solver=solver, max_iter=10).fit(X, Y)
        assert fitted.predict(X).shape == Y.shape
        assert fitted.n_outputs_ == 3
        if solver == "lbfgs":
            penalty = 0.5 * 1e-4 * sum(np.square(coef).sum() for coef in fitted.coefs_) / len(X)
            expected = losses_at(fitted, X, Y).mean() + penalty
            assert fitted.loss_ == pytest.approx(expected, rel=1e-9)

    @quiet
    @each_setting
    @pytest.mark.parametrize("solver", ["adam", "lbfgs"])
    def test_float32_stays_and_is_near_float64(self, setting, solver, data, model):
        X, y = data
        double, single = (
            model(setting, solver=solver).fit(X.astype(dtype), y.astype(dtype))
            for dtype in (np.float64, np.float32)
        )
        assert {array.dtype for array in single.coefs_} == {np.dtype(np.float32)}
        assert single.predict(X.astype(np.float32)).dtype == np.float32
        np.testing.assert_allclose(single.predict(X), double.predict(X), rtol=1e-3)
        assert isinstance(single.loss_, np.float64)


class TestBadInput:
    @pytest.mark.parametrize("bad", [0.0, -1.0, -1e-300])
    def test_gamma_needs_positive_targets(self, bad, data, snapshot):
        X, y = data
        model = MLPRegressor("gamma", (2,))
        changed = snapshot(model)
        with pytest.raises(ValueError, match="valid range of the loss 'gamma'"):
            model.fit(X, np.where(np.arange(len(y)) == 7, bad, y))
        assert changed() is None

    @pytest.mark.parametrize("delta", [0, -1.0, np.inf, np.nan, "1", None])
    def test_huber_delta_is_positive(self, delta, data, snapshot):
        model = MLPRegressor("huber", (2,), huber_delta=delta)
        changed = snapshot(model)
        with pytest.raises(ValueError, match="'huber_delta' parameter of MLPRegressor must be"):
            model.fit(*data)
        assert changed() is None

    @quiet
    def test_training_goes_on_with_the_same_output_activation_only(self, data):
        model = MLPRegressor("gamma", (2,), max_iter=2, warm_start=True).fit(*data)
        with pytest.raises(ValueError, match="out_activation_ is 'exp'"):
            model.set_params(loss="huber").fit(*data)
        model.set_params(loss="poisson").fit(*data)


class TestOptimum:
    """Without hidden layers, lbfgs finds what scikit-learn's linear models find."""

    @pytest.fixture
    def linear(self, rng):
        X = rng.standard_normal((300, 3))
        return X, X @ [1.0, -2.0, 0.5] + 1 + rng.standard_t(2, 300)

    def fit(self, loss, data, **arguments):
        arguments = {"tol": 1e-9, "max_iter": 5000, "alpha": 0, "random_state": 0} | arguments
        return MLPRegressor(loss, (), solver="lbfgs", **arguments).fit(*data)

    @quiet
    @pytest.mark.parametrize("level", [0.1, 0.5, 0.8])
    def test_quantile(self, level, linear):
        X, y = linear
        found = self.fit("quantile", linear, quantile=level)
        expected = QuantileRegressor(quantile=level, alpha=0).fit(X, y)
        losses = [
            mean_pinball_loss(y, model.predict(X), alpha=level) for model in (found, expected)
        ]
        assert losses[1] * (1 - 1e-9) <= losses[0] <= 1.005 * losses[1]
        assert found.loss_ == pytest.approx(losses[0], rel=1e-9)

    @quiet
    def test_absolute_error(self, linear):
        X, y = linear
        found = self.fit("absolute_error", linear)
        expected = QuantileRegressor(alpha=0).fit(X, y)
        losses = [np.abs(y - model.predict(X)).mean() for model in (found, expected)]
        assert losses[1] * (1 - 1e-9) <= losses[0] <= 1.005 * losses[1]

    @quiet
    @pytest.mark.parametrize("delta", [0.2, 1.0, 5.0])
    def test_huber(self, delta, linear):
        X, y = linear

        def loss(w):
            r = np.abs(X @ w[:3] + w[3] - y)
            return np.where(r < delta, 0.5 * r**2, delta * (r - 0.5 * delta)).mean()

        found = self.fit("huber", linear, huber_delta=delta)
        expected = minimize(loss, np.zeros(4), method="BFGS", options={"gtol": 1e-7})
        assert found.loss_ == pytest.approx(expected.fun, rel=1e-8)
        found = np.append(found.coefs_[0], found.intercepts_[0])
        np.testing.assert_allclose(found, expected.x, rtol=1e-3)

    @quiet
    def test_gamma(self, linear, rng):
        X = linear[0]
        y = rng.gamma(2, np.exp(0.3 * X[:, 0] + 1))
        found = self.fit("gamma", (X, y))
        expected = GammaRegressor(alpha=0, tol=1e-9).fit(X, y)
        np.testing.assert_allclose(found.coefs_[0][:, 0], expected.coef_, rtol=1e-4, atol=1e-5)
        assert found.loss_ == pytest.approx(mean_gamma_deviance(y, found.predict(X)) / 2)


@quiet
def test_robust_losses_find_the_signal_under_heavy_tailed_noise():
    errors = {"squared_error": [], "absolute_error": [], "huber": []}
    for seed in range(2):
        rng = np.random.RandomState(seed)
        X = rng.uniform(-2, 2, (150, 2))
        signal = np.sin(2 * X[:, 0]) + X[:, 1]
        y = signal + 0.3 * rng.standard_cauchy(150)
        for loss, found in errors.items():
            model = MLPRegressor(loss, (8,), "tanh", solver="lbfgs", max_iter=40, random_state=seed)
            found.append(np.abs(model.fit(X, y).predict(X) - signal).mean())
    means = {loss: np.mean(found) for loss, found in errors.items()}
    assert means["absolute_error"] < 0.5 * means["squared_error"]
    assert means["huber"] < 0.5 * means["squared_error"]
