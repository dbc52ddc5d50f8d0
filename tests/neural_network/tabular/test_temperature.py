"""The temperature: the minimum of the mean log-loss, where that is known and where it is not."""

import warnings

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import log_expit, log_softmax

from skparams.neural_network._tabular.temperature import fit_temperature
from tests.sweep import sweep

ACTIVATIONS = ["logistic", "softmax"]


def log_loss(Z, targets, weight, activation, temperature=1.0):
    """Weighted mean log-loss, without blocks or derivatives."""
    Z, y = Z.astype(np.float64) / temperature, targets.reshape(-1).astype(int)
    if activation == "logistic":
        losses = -log_expit(np.where(y == 1, 1, -1) * Z[:, 0])
    else:
        losses = -log_softmax(Z, axis=1)[np.arange(len(y)), y]
    return np.average(losses, weights=weight)


def problem(activation, rng, n=300, scale=None):
    """Decision values, targets that they predict more or less well, and weights."""
    n_outputs = 1 if activation == "logistic" else int(rng.randint(2, 6))
    scale = 10 ** rng.uniform(-1, 2) if scale is None else scale
    logits = rng.standard_normal((n, n_outputs))
    noise = rng.gumbel(size=(n, max(n_outputs, 2)))
    if activation == "logistic":
        targets = (logits + noise[:, :1] - noise[:, 1:] > 0).astype(np.float32)
    else:
        targets = (logits + noise).argmax(axis=1)
    return scale * logits, targets, rng.exponential(size=n)


@pytest.fixture(params=ACTIVATIONS)
def activation(request):
    return request.param


@pytest.mark.parametrize("prior", [0, 5])
@pytest.mark.parametrize("seed", sweep(range(30), 6))
def test_is_the_minimum(activation, seed, prior):
    rng = np.random.RandomState(seed)
    data = problem(activation, rng)
    if seed % 2:
        data = (*data[:2], None)
    found = fit_temperature(*data, activation, prior=prior)

    def loss(log_temperature):
        mean = log_loss(*data, activation, np.exp(log_temperature))
        return mean + prior / len(data[0]) * (np.exp(-log_temperature) - 1 + log_temperature)

    limits = -np.log(20), np.log(20)
    best = minimize_scalar(loss, bounds=limits, method="bounded", options={"xatol": 1e-9})
    assert np.log(found) == pytest.approx(best.x, abs=2e-5)
    lowest = min(loss(x) for x in np.linspace(*limits, 400))
    assert loss(np.log(found)) <= min(best.fun, lowest) + 1e-14
    assert log_loss(*data, activation, found) <= log_loss(*data, activation) + 1e-14


@pytest.mark.parametrize("temperature", [0.3, 1.0, 4.0])
def test_is_what_the_logits_were_multiplied_by(activation, temperature, rng):
    n = 40_000
    Z, targets, _ = problem(activation, rng, n, temperature)
    found = fit_temperature(Z, targets, None, activation)
    # The information of 1 / T is the mean variance of the logits within samples: here > 0.1.
    assert abs(np.log(found / temperature)) < 5 / np.sqrt(0.1 * n)


def test_two_classes_have_one_temperature(rng):
    Z, targets, weight = problem("logistic", rng)
    two = np.column_stack([np.zeros(len(Z)), Z])
    one_column = fit_temperature(Z, targets[:, None], weight, "logistic")
    assert fit_temperature(two, targets, weight, "softmax") == pytest.approx(one_column, rel=1e-8)


def test_blocks_do_not_matter(activation, rng, monkeypatch):
    data = problem(activation, rng)
    whole = fit_temperature(*data, activation)
    monkeypatch.setattr("skparams.neural_network._tabular.temperature.BLOCK_SIZE", 7)
    assert fit_temperature(*data, activation) == pytest.approx(whole, rel=1e-8)


class TestWeights:
    def test_integers_are_repetitions(self, activation, rng):
        Z, targets, _ = problem(activation, rng, scale=3)
        weight = rng.randint(0, 4, len(Z))
        repeated = fit_temperature(
            Z.repeat(weight, axis=0), targets.repeat(weight), None, activation
        )
        assert fit_temperature(Z, targets, weight, activation) == pytest.approx(repeated, rel=1e-8)

    def test_only_ratios_matter(self, activation, rng):
        Z, targets, _ = problem(activation, rng, scale=3)
        found = fit_temperature(Z, targets, np.full(len(Z), 0.3), activation, prior=30)
        expected = fit_temperature(Z, targets, None, activation, prior=30)
        assert found == pytest.approx(expected, rel=1e-8)


class TestLimits:
    @staticmethod
    def decisions(activation, correct):
        targets = np.arange(30) % 2
        signs = np.where(targets == 1, 1.0, -1.0) * (1 if correct else -1)
        Z = signs[:, None] * np.linspace(0.01, 2, 30)[:, None]
        return (Z if activation == "logistic" else np.hstack([-Z, Z])), targets

    def test_separated_classes(self, activation):
        assert fit_temperature(*self.decisions(activation, True), None, activation) == 1 / 20

    def test_all_wrong(self, activation):
        assert fit_temperature(*self.decisions(activation, False), None, activation) == 20

    @pytest.mark.parametrize("value", [0.0, 3.0])
    def test_constant_decisions(self, value):
        Z = np.full((10, 3), value)
        assert fit_temperature(Z, np.arange(10) % 3, None, "softmax") == 1

    def test_loss_is_zero_already(self, activation):
        Z, targets = self.decisions(activation, True)
        assert fit_temperature(np.sign(Z) * 1e5, targets, None, activation) == 1

    @pytest.mark.parametrize("weight", [None, np.empty(0)])
    @pytest.mark.parametrize("prior", [0, 4])
    def test_no_sample(self, activation, weight, prior):
        Z = np.empty((0, 2))
        assert fit_temperature(Z, np.empty(0), weight, activation, prior=prior) == 1


class TestPrior:
    def test_shrinks_towards_one(self, activation, rng):
        for scale in (0.2, 5):
            data = problem(activation, rng, scale=scale)
            found = [fit_temperature(*data, activation, prior=p) for p in (0, 1, 10, 100, 1e9)]
            assert (np.diff(np.abs(np.log(found))) < 0).all()
            assert found[-1] == pytest.approx(1, abs=1e-5)

    def test_separated_classes_have_a_finite_temperature(self, activation):
        data = *TestLimits.decisions(activation, True), None
        assert 0.2 < fit_temperature(*data, activation, prior=4) < 0.8

    @pytest.mark.exhaustive
    def test_new_samples_of_nearly_separated_classes(self, rng):
        """Without it, the log-loss of samples not seen is often far above that at T = 1."""

        def decisions(n):
            Z = 15 * rng.standard_normal((n, 1))
            return Z, (Z + rng.logistic(size=(n, 1)) > 0).astype(int)

        new = decisions(20_000)
        fits = [
            [fit_temperature(*decisions(30), None, "logistic", prior=prior) for _ in range(100)]
            for prior in (0, 4)
        ]
        without, found = ([log_loss(*new, None, "logistic", T) for T in row] for row in fits)
        best = log_loss(*new, None, "logistic")
        assert np.mean(without) > best + 0.1
        assert np.mean(found) < best + 0.01


def test_unpredicted_samples_are_left_out(activation, rng):
    Z, targets, _ = problem(activation, rng, scale=3)
    weight = rng.exponential(size=len(Z))
    expected = fit_temperature(Z[20:], targets[20:], weight[20:], activation)
    Z[:20, -1] = np.nan
    assert fit_temperature(Z, targets, weight, activation) == expected


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_decisions(activation, dtype, rng):
    Z, targets, weight = problem(activation, rng, scale=3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert fit_temperature((1e4 * Z).astype(dtype), targets, weight, activation) == 20
        # One sample of a wrong class, far from the others, decides.
        Z[0] = 1e4 if activation == "logistic" else 1e4 * np.eye(Z.shape[1])[0]
        targets[0] = 0 if activation == "logistic" else 1
        assert 1 < fit_temperature(Z.astype(dtype), targets, weight, activation) <= 20


def test_float32_is_summed_in_float64(activation, rng):
    Z, targets, _ = problem(activation, rng, 5000, 3)
    Z = Z.astype(np.float32)
    wide = fit_temperature(Z.astype(np.float64), targets, None, activation)
    kept = Z.copy()
    assert fit_temperature(Z, targets, None, activation) == wide
    assert np.array_equal(Z, kept)
    kept = Z.astype(np.float64)
    fit_temperature(kept, targets, None, activation)
    assert np.array_equal(Z, kept)
