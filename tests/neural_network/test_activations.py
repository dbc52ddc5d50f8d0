"""Each activation and loss has one code, and the kernels compute what its NumPy functions do."""

import numba
import numpy as np
import pytest

from skparams import MLPClassifier, MLPRegressor
from skparams.neural_network._kernels import (
    activation_kernels,
    loss_kernels,
    unit_kernels as kernels,
)
from skparams.neural_network.activations import ACTIVATIONS, LOSSES
from tests.neural_network import oracles

HIDDEN = {name: f for name, f in ACTIVATIONS.items() if f.derivative}
PLAIN = [name for name, f in HIDDEN.items() if not f.is_special]
each_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def called(helper):
    """A function that calls a compiled helper, which only compiled code can call."""
    return numba.njit(lambda *args: helper(*args))


add_bias, activate_inputs = called(kernels.add_bias), called(kernels.activate)
multiply_derivative = called(kernels.multiply_derivative)
activate_with_slopes = called(activation_kernels.activate_with_slopes)


@pytest.fixture
def Z(rng):
    """Inputs around 0 and far from it."""
    Z = rng.standard_normal((6, 5)) * np.geomspace(1e-3, 30, 6)[:, None]
    Z[0, 0] = 0.0
    return Z


def activate(Z, code):
    """The value that the kernels compute, in place."""
    z, (n, n_out), zeros = Z.reshape(-1), Z.shape, np.zeros(Z.shape[1], Z.dtype)
    scratch = np.empty((2, kernels.CHUNK), Z.dtype)
    add_bias(z, 0, n, n_out, zeros, 0, code == kernels.RELU)
    if code != kernels.RELU:
        activate_inputs(z, n_out, code, scratch, scratch[1].view(f"i{Z.dtype.itemsize}"))


@pytest.mark.parametrize(("table", "module"), [(ACTIVATIONS, kernels), (LOSSES, loss_kernels)])
def test_table_and_kernels_have_the_same_codes(table, module):
    codes = {name: row.code for name, row in table.items() if name != "increasing"}
    assert sorted(codes.values()) == list(range(len(codes)))
    assert codes == {name: getattr(module, name.upper()) for name in codes}


@each_dtype
@pytest.mark.parametrize("name", [*PLAIN, "exp", "softmax"])
def test_value(name, dtype, Z):
    expected, found = Z.astype(dtype), Z.astype(dtype)
    ACTIVATIONS[name].apply(expected)
    activate(found, ACTIVATIONS[name].code)
    if name == "softmax":  # which the loss divides by the sum of a row
        found /= found.sum(axis=1, keepdims=True)
    assert found.dtype == expected.dtype == dtype
    info = np.finfo(dtype)
    np.testing.assert_allclose(found, expected, rtol=50 * info.eps, atol=10 * info.tiny)


@each_dtype
@pytest.mark.parametrize("name", PLAIN)
def test_derivative(name, dtype, Z, rng):
    f, Z = HIDDEN[name], Z.astype(dtype)
    A = Z.copy()
    f.apply(A)
    D = rng.standard_normal(Z.shape).astype(dtype)
    expected = D * f.derivative(Z, A)
    multiply_derivative(D.reshape(-1), A.reshape(-1), f.code)
    eps = np.finfo(dtype).eps
    np.testing.assert_allclose(D, expected, rtol=10 * eps, atol=10 * eps)


def compiled_value_and_slope(name, z):
    """What the kernels of special networks compute."""
    value, slope, scratch = z.copy(), np.empty_like(z), np.empty((2, kernels.CHUNK), z.dtype)
    bits = scratch[1].view(f"i{z.dtype.itemsize}")
    with np.errstate(all="ignore"):  # as in training
        activate_with_slopes(value, slope, 1, HIDDEN[name].code, scratch, bits)
    return value, slope


def numpy_value_and_slope(name, z):
    """What predictions compute, and its derivative."""
    value, before = z.copy(), z.copy()
    HIDDEN[name].apply(value)
    slope = HIDDEN[name].derivative(z, value)
    assert np.array_equal(z, before, equal_nan=True)
    return value, slope


each_version = pytest.mark.parametrize(
    "value_and_slope", [compiled_value_and_slope, numpy_value_and_slope]
)


def slope_of(name, z):
    """The derivative of the oracle, by central differences in extended steps."""
    f, h = oracles.ACTIVATIONS[name], 1e-3
    near, far = (f(z + h) - f(z - h)) / (2 * h), (f(z + 2 * h) - f(z - 2 * h)) / (4 * h)
    return (4 * near - far) / 3


@each_version
@each_dtype
@pytest.mark.parametrize("name", HIDDEN)
def test_value_is_that_of_the_textbook(name, dtype, value_and_slope):
    z = np.linspace(-45, 45, 2003).astype(dtype)
    z = np.concatenate([z, np.geomspace(1e-12, 1, 50, dtype=dtype), -np.geomspace(1e-12, 1, 50)])
    z = z.astype(dtype)
    found, _ = value_and_slope(name, z)
    assert found.dtype == dtype
    expected = oracles.ACTIVATIONS[name](z.astype(float))
    eps = np.finfo(dtype).eps
    np.testing.assert_allclose(found, expected, rtol=4 * eps, atol=4.5 * eps)


@each_version
@each_dtype
@pytest.mark.parametrize("name", HIDDEN)
def test_slope_is_that_of_central_differences(name, dtype, value_and_slope):
    z = np.linspace(-25.03, 25.03, 501).astype(dtype)  # 0 is a kink of some
    z = z[np.abs(z) > 2e-3]
    _, slope = value_and_slope(name, z)
    assert slope.dtype == dtype
    tolerance = 1e-10 if dtype == np.float64 else 1e-6
    expected = slope_of(name, z.astype(float))
    np.testing.assert_allclose(slope, expected, rtol=tolerance, atol=tolerance)


@each_version
@each_dtype
@pytest.mark.parametrize("name", HIDDEN)
def test_far_from_0_values_and_slopes_are_the_limits(name, dtype, value_and_slope):
    f = oracles.ACTIVATIONS[name]
    z = np.array([50, 90, 700, 1000, 1e5, 1e30, np.finfo(dtype).max, np.inf], dtype)
    z = np.concatenate([-z, z])
    with np.errstate(over="ignore"):
        value, slope = value_and_slope(name, z)
        expected = f(z.astype(float)).astype(dtype)
    np.testing.assert_allclose(value, expected, rtol=1e-6, atol=1e-18)
    # All are straight lines out there.
    line = [f(side * 70.0) - f(side * 60.0) for side in (-1, 1)]
    expected = np.repeat([-line[0] / 10, line[1] / 10], z.size // 2)
    np.testing.assert_allclose(slope, expected, rtol=1e-6, atol=1e-18)


@each_version
@each_dtype
@pytest.mark.parametrize("name", HIDDEN)
def test_nan_is_seen_and_changes_no_neighbor(name, dtype, value_and_slope):
    z = np.array([-1.5, np.nan, 0.5, np.nan] * 3, dtype)
    value, _ = value_and_slope(name, z)
    assert np.array_equal(np.isnan(value), np.isnan(z))
    alone, _ = value_and_slope(name, z[~np.isnan(z)])
    assert np.array_equal(value[~np.isnan(z)], alone)


@each_version
@each_dtype
@pytest.mark.parametrize("zero", [0.0, -0.0])
@pytest.mark.parametrize(
    ("name", "left"), [("relu", 0.0), ("leaky_relu", 0.01), ("selu", 1.7580993408473766)]
)
def test_at_a_kink_the_slope_is_that_of_the_left_side(name, left, zero, dtype, value_and_slope):
    value, slope = value_and_slope(name, np.array([zero], dtype))
    assert value == 0
    assert slope == pytest.approx(left, rel=1e-6)


@pytest.mark.parametrize("name", HIDDEN)
def test_values_and_slopes_are_those_of_pytorch(name):
    torch = pytest.importorskip("torch")
    functions = {"identity": lambda x: x, "logistic": torch.sigmoid, "tanh": torch.tanh}
    function = functions.get(name) or getattr(torch.nn.functional, name)
    z = np.linspace(-12, 12, 999)
    x = torch.tensor(z, requires_grad=True)
    y = function(x)
    (slopes,) = torch.autograd.grad(y.sum(), x)
    value, slope = compiled_value_and_slope(name, z)
    np.testing.assert_allclose(value, y.detach().numpy(), rtol=1e-14, atol=1e-14)
    np.testing.assert_allclose(slope, slopes.numpy(), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("name", HIDDEN)
def test_derivative_is_that_of_central_differences(name, Z):
    f, h, Z = HIDDEN[name], 1e-6, Z[Z != 0]
    up, A, down = Z + h, Z.copy(), Z - h
    for values in (up, A, down):
        f.apply(values)
    np.testing.assert_allclose(f.derivative(Z, A), (up - down) / (2 * h), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", HIDDEN)
def test_is_odd(name, Z):
    f, plus, minus = HIDDEN[name], Z.copy(), -Z
    f.apply(plus)
    f.apply(minus)
    assert np.allclose(plus, -minus, rtol=1e-14, atol=0) == f.is_odd


class TestLayers:
    """Activations of the layers of a network."""

    NAMES = ("gelu", "tanh", "leaky_relu")

    @pytest.fixture
    def data(self, rng):
        X = rng.standard_normal((40, 3))
        return X, np.sin(X).sum(axis=1)

    @pytest.mark.parametrize("form", [list, tuple, np.array, lambda names: np.array(names, object)])
    def test_a_network_may_have_one_of_its_own_in_each(self, form, data, fit_quietly):
        names = self.NAMES
        model = MLPRegressor("squared_error", (5, 4, 3), form(names), max_iter=5, random_state=0)
        fit_quietly(model, *data)
        inputs = oracles.forward(model.coefs_, model.intercepts_, names, data[0])
        np.testing.assert_allclose(model.predict(data[0]), inputs[-1][:, 0], rtol=1e-12)

    @pytest.mark.parametrize("name", HIDDEN)
    def test_a_list_of_the_same_is_the_name(self, name, data, fit_quietly, same_weights):
        models = [
            MLPRegressor("squared_error", (4, 3), activation, max_iter=4, random_state=0)
            for activation in (name, [name, name])
        ]
        for model in models:
            fit_quietly(model, *data)
        assert same_weights(*models)

    def test_without_hidden_layers_the_list_is_empty(self, data, fit_quietly, same_weights):
        models = [
            MLPRegressor("squared_error", (), activation, max_iter=4, random_state=0)
            for activation in ([], "relu")
        ]
        for model in models:
            fit_quietly(model, *data)
        assert same_weights(*models)

    @pytest.mark.parametrize("Estimator", [MLPClassifier, MLPRegressor])
    @pytest.mark.parametrize(
        "activation",
        [
            "softmax",
            "increasing",
            "Gelu",
            ["relu"],
            ["relu", "tanh", "relu"],
            ["relu", "swish"],
            ["relu", "exp"],
            ["relu", 3],
            ["relu", ["tanh"]],
            [["relu", "tanh"]],
            [],
            pytest.param({"relu", "tanh"}, id="a set"),
            {"relu": 1, "tanh": 2},
            np.array("relu"),
            None,
        ],
        ids=str,
    )
    def test_another_is_refused(self, Estimator, activation, data, fit_quietly, snapshot):
        X, y = data[0], data[1] if Estimator is MLPRegressor else data[1] > 0
        model = Estimator(hidden_layer_sizes=(3, 2), activation=activation)
        changed = snapshot(model)
        with pytest.raises(
            ValueError, match=f"'activation' parameter of {Estimator.__name__} must"
        ):
            model.fit(X, y)
        assert changed() is None
        good = Estimator(hidden_layer_sizes=(3, 2), max_iter=2, random_state=0)
        fit_quietly(good, X, y).set_params(activation=activation)
        with pytest.raises(
            ValueError, match=f"'activation' parameter of {Estimator.__name__} must"
        ):
            good.predict(X)

    def test_predictions_do_not_depend_on_later_hidden_layer_sizes(self, data, fit_quietly):
        model = fit_quietly(MLPRegressor(hidden_layer_sizes=(3, 2), max_iter=2), *data)
        before = model.predict(data[0])
        assert np.array_equal(model.set_params(hidden_layer_sizes=(7,)).predict(data[0]), before)

    def test_initial_weights_lie_in_the_bounds_of_glorot_and_bengio(self, data, fit_quietly):
        names = ["silu", "logistic", "mish"]
        model = MLPRegressor("squared_error", (40, 30, 20), names, random_state=0)
        fit_quietly(model.set_params(learning_rate_init=1e-30, max_iter=1), *data)
        sizes = [3, 40, 30, 20, 1]
        for i, factor in enumerate([6, 2, 6, 6]):
            bound = np.sqrt(factor / (sizes[i] + sizes[i + 1]))
            largest = np.abs(model.coefs_[i]).max()
            assert 0.8 * bound < largest <= bound
