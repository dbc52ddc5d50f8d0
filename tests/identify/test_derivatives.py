"""Derivatives against central differences of the predictions, over random models."""

import copy
from itertools import combinations

import numpy as np
import pytest
from scipy.linalg import helmert

from skparams import fitted_params
from skparams.neural_network.activations import SELU_ALPHA, SELU_SCALE, slopes_of
from skparams.specs import networks
from tests.identify.models import ACTIVATIONS, linear_model, network, outputs, projection, whole
from tests.sweep import sweep

STEP = 1e-6


def central(model, X, path, array, place):
    """Central differences of all outputs in a number of an array that the model holds."""
    is_number = path in vars(model) and np.ndim(getattr(model, path)) == 0
    before, found = array[place], []
    for value in (before + STEP, before - STEP, before):
        if is_number:
            setattr(model, path, value)
        else:
            array[place] = value
        found.append(outputs(model, X).ravel())
    return (found[0] - found[1]) / (2 * STEP)


def slow_jacobian(model, X):
    """All derivatives of each array, number by number."""
    model = copy.deepcopy(model)
    return {
        path: np.column_stack([central(model, X, path, array, i) for i in np.ndindex(array.shape)])
        for path, array in fitted_params(model).items()
    }


@pytest.mark.parametrize("number", sweep(range(60), range(0, 60, 10)))
def test_networks(number):
    rng = np.random.default_rng(number)
    model, X = network(rng, ACTIVATIONS[number % 9], ours=True if number % 9 > 3 else None)
    jacobian, J = whole(model, X)
    slow = slow_jacobian(model, X)
    assert slow.keys() == jacobian.spans.keys()
    for path, expected in slow.items():
        found = J[:, jacobian.spans[path]]
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=2e-7 * np.abs(J).max())


@pytest.mark.parametrize("number", sweep(range(80), range(0, 20)))
def test_linear_models(number):
    """With several outputs, the block stands on the diagonal; of a softmax, in contrasts."""
    rng = np.random.default_rng(number)
    model, X = linear_model(rng, number)
    jacobian, J = whole(model, X)
    slow = slow_jacobian(model, X)
    assert slow.keys() == jacobian.spans.keys()
    n_outputs = np.atleast_2d(model.coef_).shape[0]
    mixing = helmert(n_outputs) if n_outputs > 2 and jacobian.n_repeats < n_outputs else None
    mixing = np.eye(n_outputs) if mixing is None else mixing
    assert jacobian.n_repeats == len(mixing)
    for path, expected in slow.items():
        of_output = J[:, jacobian.spans[path]]
        found = mixing[np.newaxis, :, :, np.newaxis] * of_output[:, np.newaxis, np.newaxis]
        found = found.reshape(len(X) * len(mixing), -1)
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("number", sweep(range(60), range(0, 60, 5)))
def test_projections(number):
    """Along changes that leave the components orthonormal, to first order."""
    rng = np.random.default_rng(number)
    model, X = projection(rng)
    jacobian, J = whole(model, X)
    slow = slow_jacobian(model, X)
    assert slow.keys() == jacobian.spans.keys()
    slow["components_"] = slow["components_"] @ tangents(jacobian.basis, jacobian.n_outputs).T
    for path, expected in slow.items():
        found = J[:, jacobian.spans[path]]
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def tangents(basis, k):
    """Orthonormal directions in which the first k rows stay orthonormal, one in each row."""
    p = len(basis)
    np.testing.assert_allclose(basis @ basis.T, np.eye(p), atol=1e-12)
    found = []
    for i, j in combinations(range(k), 2):
        change = np.zeros((k, p))
        change[i], change[j] = basis[j] / np.sqrt(2), -basis[i] / np.sqrt(2)
        found.append(change)
    for i in range(k):
        for direction in basis[k:]:
            change = np.zeros((k, p))
            change[i] = direction
            found.append(change)
    return np.array(found).reshape(-1, k * p)


def test_slopes_have_all_digits_where_units_saturate():
    Z = np.linspace(-40, 40, 81)
    slopes = networks.HIDDEN["tanh"].slope(Z)
    np.testing.assert_allclose(slopes, 1 / np.cosh(Z) ** 2, rtol=1e-13)
    slopes = networks.HIDDEN["logistic"].slope(Z)
    np.testing.assert_allclose(slopes, 0.25 / np.cosh(Z / 2) ** 2, rtol=1e-13)
    left = SELU_SCALE * SELU_ALPHA * np.exp(Z[Z < 0])
    np.testing.assert_allclose(slopes_of("selu", Z)[Z < 0], left, rtol=1e-14)
