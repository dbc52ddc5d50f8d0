"""Units of a network that predictions would not miss, against a count of one unit at a time."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skparams
from skparams.neural_network.activations import ACTIVATIONS
from skparams.neural_network.network import hidden_values
from tests.summary.found import found

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture
def X(rng):
    return rng.standard_normal((40, 4))


@pytest.fixture
def y(X):
    return X @ np.arange(1.0, 5.0)


@pytest.fixture(params=[MLPRegressor, skparams.MLPRegressor])
def network(request, X, y):
    return request.param(hidden_layer_sizes=(5, 3), max_iter=2, random_state=0).fit(X, y)


def test_units_without_weights(network):
    assert found(network, code="SKP003") == []
    network.coefs_[0][:, :2] = 0
    network.coefs_[1][[1, 4]] = 0
    network.coefs_[2][:] = 0
    assert found(network, code="SKP003") == [
        ("", "2 of 5 units of hidden 1 are constant: all weights into them are zero"),
        ("", "1 of 5 units of hidden 1 add nothing: all weights out of them are zero"),
        ("", "3 of 3 units of hidden 2 add nothing: all weights out of them are zero"),
    ]


def test_dead_units_need_rows(network, X):
    assert found(network, X, "SKP003") == _slowly_dead(network, X)
    network.intercepts_[0][[0, 3]] = -100
    assert found(network, code="SKP003") == []
    message = f"2 of 5 units of hidden 1 are dead: they are zero for each of the {len(X)} rows"
    assert ("", message) in found(network, X, "SKP003")
    assert found(network, X, "SKP003") == found(network, sparse.csr_matrix(X), "SKP003")
    network.activation = "tanh"
    assert found(network, X, "SKP003") == []


def _slowly_dead(network, X):
    """What is expected, a unit at a time."""
    expected, rows = [], X
    for i, (w, b) in enumerate(zip(network.coefs_[:-1], network.intercepts_[:-1], strict=True)):
        units = [[max(0.0, row @ w[:, j] + b[j]) for row in rows] for j in range(len(b))]
        if n := sum(not any(unit) for unit in units):
            what = f"{n} of {len(b)} units of hidden {i + 1} are dead"
            expected.append(("", f"{what}: they are zero for each of the {len(X):,} rows"))
        rows = np.array(units).T
    return expected


@pytest.mark.parametrize("seed", range(10))
def test_dead_units_of_random_networks(seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((int(rng.integers(1, 3000)), 3))
    sizes = tuple(int(n) for n in rng.integers(1, 8, rng.integers(1, 4)))
    network = MLPRegressor(hidden_layer_sizes=sizes, max_iter=1).fit(X[:20], np.ones(len(X[:20])))
    for bias in network.intercepts_:
        bias -= rng.random(len(bias)) * rng.integers(0, 4)
    evenly = X if len(X) <= 2000 else X[np.linspace(0, len(X) - 1, 2000).astype(int)]
    assert found(network, X, "SKP003") == _slowly_dead(network, evenly)


def test_dead_units_behind_transformers(network, X, y):
    pipeline = make_pipeline(StandardScaler(), network).fit(1000 + X, y)
    pipeline[-1].intercepts_[0][:] = -5 * np.abs(pipeline[-1].coefs_[0]).sum(axis=0)
    (one,) = [f for f in found(pipeline, 1000 + X, "SKP003") if "hidden 1" in f[1]]
    assert one[0] == pipeline.steps[-1][0]
    assert one[1].startswith("5 of 5 units of hidden 1 are dead")
    search = GridSearchCV(pipeline, {"standardscaler__with_mean": [True]}, cv=2)
    search.fit(1000 + X, y)
    search.best_estimator_[-1].intercepts_[0][:] = -1000
    paths = [path for path, _ in found(search, 1000 + X, "SKP003")]
    assert f"best_estimator___{pipeline.steps[-1][0]}" in paths


def test_a_network_that_is_not_finite_does_not_break(network, X):
    network.coefs_[0][0, 0] = np.nan
    network.coefs_[1][0, 0] = np.inf
    assert {code for code, *_ in found(network, X)} >= {"SKP002"}


@pytest.fixture
def normalized(X, y):
    def normalized(normalization, activation="relu", **arguments):
        arguments = {"hidden_layer_sizes": (5, 3), "max_iter": 2, "random_state": 0} | arguments
        return skparams.MLPRegressor(
            activation=activation, normalization=normalization, **arguments
        ).fit(X, y)

    return normalized


def _values_by_unit(network, X):
    """The values of hidden layers, a unit at a time, as the formulas of normalization say."""
    rows = X
    for i, activation in enumerate(network._hidden_activations(len(network.coefs_) - 1)):
        Z = np.array([[row @ w for w in network.coefs_[i].T] for row in rows])
        if network.normalization == "batch":
            Z = (Z - network.running_means_[i]) / np.sqrt(network.running_variances_[i] + 1e-5)
        elif network.normalization == "layer":
            Z = np.array([(z - np.mean(z)) / np.sqrt(np.var(z) + 1e-5) for z in Z])
        if network.normalization:
            Z = Z * network.gains_[i]
        ACTIVATIONS[activation].apply(Z := Z + network.intercepts_[i])
        yield activation, Z
        rows = Z


@pytest.mark.parametrize("normalization", [None, "batch", "layer"])
@pytest.mark.parametrize(
    "activation", ["relu", "leaky_relu", "gelu", ["relu", "tanh"], ["silu", "relu"]], ids=str
)
def test_dead_units_are_found_by_the_networks_own_forward_pass(
    normalization, activation, normalized, X, rng
):
    for _ in range(5):
        network = normalized(normalization, activation)
        for shift in network.intercepts_[:-1]:
            shift[:] = rng.choice([0.0, -0.5, -1.5, -100], len(shift))
        expected = []
        for i, (name, values) in enumerate(_values_by_unit(network, X), start=1):
            if name == "relu" and (n := np.count_nonzero(~values.any(axis=0))):
                what = f"{n} of {values.shape[1]} units of hidden {i} are dead"
                expected.append(("", f"{what}: they are zero for each of the 40 rows"))
        for rows in (X, sparse.csr_matrix(X)):
            assert found(network, rows, "SKP003") == expected


def test_units_that_normalization_makes_constant(normalized, X):
    network = normalized("batch")
    network.gains_[0][[0, 1]] = 0
    network.coefs_[0][:, [1, 2]] = 0
    assert found(network, code="SKP003") == [
        ("", "2 of 5 units of hidden 1 are constant: all weights into them are zero"),
        ("", "1 of 5 units of hidden 1 are constant: their gain is zero"),
    ]
    values = next(hidden_values(X, network))
    np.testing.assert_array_equal(np.ptp(values, axis=0)[:3], 0)


def test_layer_normalization_needs_no_weights(normalized, X):
    network = normalized("layer", "gelu")
    network.gains_[0][0] = 0
    network.coefs_[0][:, [0, 2]] = 0  # the mean of the other units is subtracted
    assert found(network, code="SKP003") == [
        ("", "1 of 5 units of hidden 1 are constant: their gain is zero"),
    ]
    values = np.ptp(next(hidden_values(X, network)), axis=0)
    assert values[0] == 0
    assert values[2] > 0
