"""Regularized training step for step beside PyTorch's, where it is installed."""

import numpy as np
import pytest

from skparams import MLPClassifier, MLPRegressor

torch = pytest.importorskip("torch")
torch.set_num_threads(1)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

N = 30
SETTINGS = {
    "hidden_layer_sizes": (5, 4),
    "solver": "sgd",
    "learning_rate_init": 0.1,
    "momentum": 0.9,
    "nesterovs_momentum": False,
    "batch_size": 10,
    "shuffle": False,
    "alpha": 0.0,
    "activation": "tanh",
    "random_state": 0,
}


@pytest.fixture
def X(rng):
    return rng.standard_normal((N, 3))


def twin(model):
    """The same network in PyTorch, in double precision."""
    layers, last = [], len(model.coefs_) - 1
    for i, (W, b) in enumerate(zip(model.coefs_, model.intercepts_, strict=True)):
        normalized = i < last and model.normalization is not None
        linear = torch.nn.Linear(*W.shape, bias=not normalized, dtype=torch.float64)
        linear.weight.data = torch.tensor(W.T.copy())
        layers.append(linear)
        if i == last:
            linear.bias.data = torch.tensor(b)
            break
        if normalized:
            kind = {"batch": torch.nn.BatchNorm1d, "layer": torch.nn.LayerNorm}[model.normalization]
            layers.append(kind(len(b), dtype=torch.float64))
            layers[-1].weight.data = torch.tensor(model.gains_[i])
        else:
            layers.append(linear)
        layers[-1].bias.data = torch.tensor(b)
        if not normalized:
            layers.pop()
        layers.append(torch.nn.Tanh())
    return torch.nn.Sequential(*layers)


def train(network, loss, X, Y, *, max_norm=None, penalty=0.0, n_epochs=3):
    """Train in the order of the rows, as SETTINGS has it."""
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    for _ in range(n_epochs):
        for start in range(0, len(X), 10):
            rows = slice(start, start + 10)
            optimizer.zero_grad()
            value = loss(network(torch.tensor(X[rows])), torch.tensor(Y[rows]))
            weights = [m.weight for m in network if isinstance(m, torch.nn.Linear)]
            value = value + 0.5 * penalty / 10 * sum((weight**2).sum() for weight in weights)
            value.backward()
            if max_norm is not None:
                torch.nn.utils.clip_grad_norm_(network.parameters(), max_norm)
            optimizer.step()


def assert_equal(network, model, rtol=1e-9):
    linears = [each for each in network if isinstance(each, torch.nn.Linear)]
    for linear, W in zip(linears, model.coefs_, strict=True):
        np.testing.assert_allclose(linear.weight.detach().numpy().T, W, rtol=rtol, atol=1e-12)
    norms = [each for each in network if type(each) in (torch.nn.BatchNorm1d, torch.nn.LayerNorm)]
    for i, norm in enumerate(norms):
        np.testing.assert_allclose(norm.weight.detach().numpy(), model.gains_[i], rtol=rtol)
    shifted = [*norms, linears[-1]] if norms else linears
    for each, b in zip(shifted, model.intercepts_, strict=True):
        np.testing.assert_allclose(each.bias.detach().numpy(), b, rtol=rtol, atol=1e-12)


def half_squared_error(output, target):
    return ((output - target) ** 2).sum() / 2 / len(target)


@pytest.mark.parametrize("normalization", ["batch", "layer"])
def test_normalization(normalization, X):
    y = X[:, 0] + X[:, 1] ** 2
    model = MLPRegressor(normalization=normalization, **SETTINGS)
    start = _started(model, X, y)
    network = twin(start)
    train(network, half_squared_error, X, y[:, None])
    for _ in range(3):
        start.partial_fit(X, y)
    assert_equal(network, start)
    for norm, mean in zip(network[1:6:3], getattr(start, "running_means_", []), strict=False):
        np.testing.assert_allclose(norm.running_mean.numpy(), mean, rtol=1e-9, atol=1e-12)
    if normalization == "layer":  # PyTorch's running variances are unbiased
        network.eval()
        with torch.no_grad():
            predicted = network(torch.tensor(X)).numpy()[:, 0]
        np.testing.assert_allclose(start.predict(X), predicted, rtol=1e-9)


def _started(model, X, y, **given):
    """The network at its start: one epoch with a learning rate of nearly nothing."""
    rate = model.learning_rate_init
    model.set_params(learning_rate_init=1e-300).partial_fit(X, y, **given)
    for name, value in (("running_means_", 0.0), ("running_variances_", 1.0)):
        for array in getattr(model, name, []):
            array[:] = value
    model._optimizer_state["first"][:] = 0
    return model.set_params(learning_rate_init=rate)


def test_weights_of_a_batch_are_repeated_rows(X, rng):
    y, repeats = X[:, 0] + X[:, 1] ** 2, rng.randint(0, 4, N)
    settings = {**SETTINGS, "batch_size": N, "normalization": "batch"}
    model = _started(MLPRegressor(**settings), X, y)
    network, rows = twin(model), np.repeat(np.arange(N), repeats)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    for _ in range(5):
        optimizer.zero_grad()
        half_squared_error(network(torch.tensor(X[rows])), torch.tensor(y[rows, None])).backward()
        optimizer.step()
        model.partial_fit(X, y, repeats)
    assert_equal(network, model)


@pytest.mark.parametrize("max_norm", [0.05, 0.5, 100.0])
@pytest.mark.parametrize("alpha", [0.0, 3.0])
def test_clipping(max_norm, alpha, X):
    y = 3 * X[:, 0] + X[:, 1] ** 2
    model = MLPRegressor(max_gradient_norm=max_norm, **{**SETTINGS, "alpha": alpha})
    network = twin(_started(model, X, y))
    train(network, half_squared_error, X, y[:, None], max_norm=max_norm, penalty=alpha)
    for _ in range(3):
        model.partial_fit(X, y)
    assert_equal(network, model, rtol=1e-3)  # PyTorch adds 1e-6 to the norm


@pytest.mark.parametrize("smoothing", [0.1, 0.7])
def test_label_smoothing(smoothing, X, rng):
    y = rng.randint(0, 4, N)
    model = MLPClassifier(label_smoothing=smoothing, **SETTINGS)
    network = twin(_started(model, X, y, classes=np.arange(4)))
    train(network, torch.nn.CrossEntropyLoss(label_smoothing=smoothing), X, y)
    for _ in range(3):
        model.partial_fit(X, y)
    assert_equal(network, model)


def test_label_smoothing_of_two_values(X, rng):
    smoothing = 0.2
    for Y in (X[:, 0] > 0, rng.randint(0, 2, (N, 3))):
        model = MLPClassifier(label_smoothing=smoothing, **SETTINGS)
        classes = [False, True] if Y.ndim == 1 else [0, 1, 2]
        network = twin(_started(model, X, Y, classes=classes))
        soft = Y.reshape(N, -1) * (1 - smoothing) + smoothing / 2
        loss = torch.nn.BCEWithLogitsLoss(reduction="sum")
        train(network, lambda Z, T, loss=loss: loss(Z, T) / len(T), X, soft)
        for _ in range(3):
            model.partial_fit(X, Y)
        assert_equal(network, model)
