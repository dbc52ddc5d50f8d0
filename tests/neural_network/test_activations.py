"""Each activation and loss has one code, and the kernels compute what its NumPy functions do."""

import numba
import numpy as np
import pytest
from scipy.special import log_softmax, xlogy

from skparams.neural_network import layer_kernels, loss_kernels, unit_kernels as kernels
from skparams.neural_network.activations import ACTIVATIONS, LOSSES

HIDDEN = {name: f for name, f in ACTIVATIONS.items() if f.derivative}
PLAIN = [name for name, f in HIDDEN.items() if not f.is_special]
each_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def called(helper):
    """A function that calls a compiled helper, which only compiled code can call."""
    return numba.njit(lambda *args: helper(*args))


add_bias, activate_inputs = called(kernels.add_bias), called(kernels.activate)
multiply_derivative = called(kernels.multiply_derivative)
activate_special = called(layer_kernels._activate)
loss_and_delta = called(loss_kernels.loss_and_delta)


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


@each_dtype
@pytest.mark.parametrize("name", HIDDEN)
def test_value_and_slope(name, dtype, Z):
    f, Z = HIDDEN[name], Z.astype(dtype)
    expected, found, slopes = Z.copy(), Z.copy(), np.empty_like(Z)
    f.apply(expected)
    scratch = np.empty((2, kernels.CHUNK), dtype)
    arguments = found.reshape(-1), slopes.reshape(-1), Z.shape[1], f.code, scratch
    activate_special(*arguments, scratch[1].view(f"i{Z.dtype.itemsize}"))
    tolerance = 100 * np.finfo(dtype).eps
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)
    derivative = f.derivative(Z, expected)
    np.testing.assert_allclose(slopes, derivative, rtol=tolerance, atol=tolerance)


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


def loss_of(name, Z, Y):
    """The loss of each sample given the output layer's input, as a textbook has it."""
    if name == "squared_error":
        return 0.5 * ((Z - Y) ** 2).sum(axis=1)
    if name == "poisson":
        return (xlogy(Y, Y) - Y * Z - Y + np.exp(Z)).sum(axis=1)
    if name == "binary_log_loss":
        return (np.logaddexp(0, Z) - Y * Z).sum(axis=1)
    return -np.take_along_axis(log_softmax(Z, axis=1), Y.astype(int), axis=1)[:, 0]


@each_dtype
@pytest.mark.parametrize("name", ["squared_error", "poisson", "binary_log_loss", "log_loss"])
def test_loss_and_its_gradient(name, dtype, rng):
    Z = rng.standard_normal((7, 3))
    weight = rng.uniform(0.5, 2, 7).astype(dtype)
    Y = rng.randint(0, 2, (7, 1 if name == "log_loss" else 3)).astype(dtype)

    def loss(Z):
        return weight @ loss_of(name, Z, Y)

    D = Z.astype(dtype)
    activate(D, ACTIVATIONS[LOSSES[name].activation].code)
    found = loss_and_delta(D.reshape(-1), 3, Y, weight, LOSSES[name].code, None)
    tolerance = 1e-5 if dtype == np.float32 else 1e-8
    assert found == pytest.approx(loss(Z), rel=tolerance)
    for at in np.ndindex(Z.shape):
        step = np.zeros_like(Z)
        step[at] = 1e-6
        difference = (loss(Z + step) - loss(Z - step)) / 2e-6
        assert D[at] == pytest.approx(difference, rel=tolerance, abs=tolerance)
