"""Adam with extreme gradients and arguments, compared with scikit-learn at the same seed."""

import numpy as np
import pytest
from sklearn import neural_network as theirs

from skparams import neural_network as ours

pytestmark = pytest.mark.filterwarnings("ignore")  # of scikit-learn: overflows, no convergence

TOLERANCE = {"float64": 1e-12, "float32": 1e-5}


def weights(module, name, X, y, given):
    """All weights and biases after three epochs; None if they are not finite."""
    arguments = {"hidden_layer_sizes": (5,), "max_iter": 3, "batch_size": 20, "random_state": 0}
    model = getattr(module, name)(**arguments, **given)
    try:
        model.fit(X, y)
    except ValueError as error:
        if "non-finite" not in str(error):
            raise
        return None
    return np.concatenate([each.ravel() for each in [*model.coefs_, *model.intercepts_]])


def assert_as_scikit_learn(name, dtype, unit=1.0, **given):
    rng = np.random.RandomState(0)
    X = rng.standard_normal((60, 4))
    y = X[:, 0] + X[:, 1]
    y = y.astype(dtype) if name == "MLPRegressor" else (y > 0).astype(int) + (y > 1)
    X = (X * unit).astype(dtype)
    expected, found = (weights(module, name, X, y, given) for module in (theirs, ours))
    assert (found is None) == (expected is None)
    if expected is not None:
        assert found.dtype == expected.dtype
        atol = TOLERANCE[dtype] * np.abs(expected).max()
        np.testing.assert_allclose(found, expected, rtol=TOLERANCE[dtype], atol=atol)


OPEN, BOUNDED = ("relu", "identity"), ("tanh", "logistic")
LARGE = [
    *(("MLPRegressor", "float64", f, u) for f in OPEN for u in (1e100, 1e140)),
    *(("MLPRegressor", "float64", f, u) for f in OPEN for u in (1e70, 1e160, 1e300)),
    *(("MLPRegressor", "float64", f, u) for f in BOUNDED for u in (1e140, 1e300)),
    *(("MLPRegressor", "float32", f, u) for f in OPEN for u in (1e15, 1e17, 1e18, 1e25)),
    *(("MLPClassifier", "float64", f, u) for f in OPEN for u in (1e160, 1e200)),
    *(("MLPClassifier", "float64", f, 1e140) for f in OPEN + BOUNDED),
    *(("MLPClassifier", "float32", f, u) for f in OPEN for u in (1e17, 1e25, 1e30)),
    *(("MLPClassifier", "float32", f, u) for f in BOUNDED for u in (1e17, 1e30)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "dtype", "activation", "unit"), LARGE)
def test_inputs_in_a_large_unit(name, dtype, activation, unit):
    assert_as_scikit_learn(name, dtype, unit, activation=activation)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("unit", [1e-30, 1e-17, 1e-10])
def test_inputs_in_a_small_unit(unit, dtype):
    assert_as_scikit_learn("MLPRegressor", dtype, unit)


@pytest.mark.parametrize("name", ["MLPRegressor", "MLPClassifier"])
@pytest.mark.parametrize(
    "given",
    [
        {"beta_2": 0.0},
        {"beta_2": 0.5},
        {"beta_2": 1 - 1e-4},
        *({"beta_2": 1 - x} for x in (1e-8, 1e-10, 1e-12, 1e-16)),
        {"beta_1": 0.0},
        {"beta_1": 0.5},
        {"beta_1": 0.9999},
        *({"beta_1": 1 - x} for x in (1e-8, 1e-12, 1e-16)),
        {"beta_1": 1 - 1e-12, "beta_2": 1 - 1e-12},
        {"beta_1": 0.0, "beta_2": 0.0},
    ],
    ids=str,
)
def test_decay_rates(given, name):
    assert_as_scikit_learn(name, "float64", **given)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("epsilon", [5e-324, 1e-300, 1e-45, 1e-30, 1e-16, 1.0, 1e8, 1e30, 1e300])
def test_epsilon(epsilon, dtype):
    assert_as_scikit_learn("MLPRegressor", dtype, epsilon=epsilon)


@pytest.mark.parametrize("rate", [1e-300, 1e-30, 1e-10, 1.0, 100.0])
def test_learning_rates(rate):
    assert_as_scikit_learn("MLPRegressor", "float64", learning_rate_init=rate)
