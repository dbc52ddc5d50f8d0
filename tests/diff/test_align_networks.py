"""Hidden units of our networks in another order, and with other signs, are found again.

Units change their signs here in each way that leaves the predictions as they are.
"""

import copy

import numpy as np
import pytest

import skparams
from skparams import diff, spread
from tests.sweep import sweep

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

ODD = ("identity", "tanh")
NORMALIZATIONS = (None, "batch", "layer")


@pytest.fixture
def X(rng):
    return rng.standard_normal((60, 6))


@pytest.fixture
def fitted(X):
    """A network whose gains and shifts are not those of the start, some of them negative."""

    def fitted(seed, **arguments):
        rng = np.random.default_rng(seed)
        arguments = {"hidden_layer_sizes": (7, 5), "max_iter": 3, "random_state": seed} | arguments
        model = skparams.MLPRegressor(**arguments).fit(X, X[:, 0])
        for name in ("intercepts_", "gains_"):
            for array in getattr(model, name, ()):
                array[:] += rng.standard_normal(array.shape)
        return model

    return fitted


def arrays_of(model, i):
    """The arrays that have an axis for the units of hidden layer i, and which axis."""
    yield "into", model.coefs_[i], 1
    yield "out", model.coefs_[i + 1], 0
    yield "shift", model.intercepts_[i], 0
    for name in ("gains_", "running_means_", "running_variances_"):
        if hasattr(model, name):
            yield name, getattr(model, name)[i], 0


def flips(activation, normalization):
    """What changes its sign together for a unit while the predictions stay the same."""
    if activation in ODD:
        if normalization is None:
            yield {"into", "shift", "out"}
        else:  # the shift is added behind the gain
            yield {"gains_", "shift", "out"}
    if normalization == "batch":
        yield {"into", "running_means_", "gains_"}


def permute(model, rng):
    """Permute and flip the units of all hidden layers in place; return whether any flipped."""
    names = model._hidden_activations(len(model.coefs_) - 1)
    flipped = False
    for i, activation in enumerate(names):
        n = len(model.intercepts_[i])
        order = rng.permutation(n)
        for _, array, axis in arrays_of(model, i):
            array[...] = np.take(array, order, axis=axis)
        for group in flips(activation, model.normalization):
            signs = np.where(rng.uniform(size=n) < 0.5, -1.0, 1.0)
            flipped = flipped or (signs < 0).any()
            for name, array, axis in arrays_of(model, i):
                if name in group:
                    array *= signs[:, None] if (array.ndim, axis) == (2, 0) else signs
    return flipped


def cases():
    for normalization in NORMALIZATIONS:
        for activation in ("relu", "tanh", "gelu", ["identity", "silu"], ["mish", "tanh"]):
            for seed in range(4):
                yield normalization, activation, seed


@pytest.mark.parametrize(
    "case", sweep(cases(), [case for case in cases() if case[2] == 0]), ids=str
)
def test_units_are_found(case, fitted, X, rng):
    normalization, activation, seed = case
    one = fitted(seed, normalization=normalization, activation=activation)
    two = copy.deepcopy(one)
    flipped = permute(two, rng)
    np.testing.assert_allclose(two.predict(X), one.predict(X), rtol=1e-9, atol=1e-9)
    assert not diff(one, two).is_empty
    found = diff(one, two, align=True)
    assert found.is_empty
    assert any(each.flipped for each in found.root.aligned) == flipped
    assert not any(each.largest for each in spread([one, two], align=True).parameters)


def test_signs_that_mean_something_stay():
    """The weights into a unit do not turn with layer normalization, nor with relu."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((60, 6))
    for normalization, activation in (("layer", "relu"), ("layer", "tanh"), (None, "relu")):
        one = skparams.MLPRegressor(
            hidden_layer_sizes=(5,),
            max_iter=3,
            random_state=0,
            normalization=normalization,
            activation=activation,
        ).fit(X, X[:, 0])
        two = copy.deepcopy(one)
        two.coefs_[0][:, 1] *= -1
        two.coefs_[1][1] *= -1
        two.intercepts_[0][1] *= -1
        assert not np.allclose(one.predict(X), two.predict(X))
        assert not diff(one, two, align=True).is_empty


def test_running_moments_of_one_unit_are_no_other_units(fitted):
    one = fitted(0, normalization="batch")
    two = copy.deepcopy(one)
    two.running_means_[0][[0, 1]] = two.running_means_[0][[1, 0]]
    assert not diff(one, two, align=True).is_empty
