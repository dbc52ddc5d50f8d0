"""The recipe in PyTorch, where it is installed, beside the oracle."""

import sys

import numpy as np
import pytest

from tests.neural_network import oracles
from tests.neural_network.tabular.naive import flat, forward, naive_train

torch = pytest.importorskip("torch")
torch.set_num_threads(1)

from benchmarks.tabular import torch_recipe as recipe  # noqa: E402
from skparams.neural_network.activations import Objective  # noqa: E402

N, N_MEMBERS, SIZES, N_EPOCHS = 30, 3, (4, 6, 5), 6
LOSSES = {"squared_error": 2, "binary_log_loss": 1, "log_loss": 3}
ACTIVATIONS = {"selu": torch.nn.functional.selu, "mish": torch.nn.functional.mish}


def member(params, i):
    """A copy of a member's parameters, as the oracle has them."""
    arrays = {name: [p[i].detach().numpy().copy() for p in params[name]] for name in params}
    biases = [b[0] for b in arrays["biases"]]
    return {"scale": arrays["scale"][0][:, 0], "weights": arrays["weights"], "biases": biases}


def assert_near(params, expected):
    for p, q in zip(flat(params), flat(expected), strict=True):
        np.testing.assert_allclose(p, q, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("loss", LOSSES)
def test_trains_as_the_oracle_does(loss, activation):
    torch.manual_seed(0)
    n_outputs = LOSSES[loss]
    X, Y = torch.randn(N, SIZES[0], dtype=torch.float64), torch.randint(0, max(2, n_outputs), (N,))
    if loss == "squared_error":
        Y = torch.randn(N, n_outputs, dtype=torch.float64)
    params = recipe.start(N_MEMBERS, (*SIZES, n_outputs), X.dtype)
    starts = [member(params, i) for i in range(N_MEMBERS)]
    held_out = torch.arange(N) % 5 == torch.arange(N_MEMBERS)[:, None]
    held_out[0, 1] = True  # folds of two sizes
    epochs = list(recipe._epochs(held_out, N_EPOCHS, 2))
    rates = recipe.learning_rates(0.1, 2 * N_EPOCHS)
    best = recipe.train(params, X, Y, held_out, iter(epochs), rates, ACTIVATIONS[activation])
    X, Y = X.numpy(), Y.numpy().astype(float).reshape(N, -1)
    for i, start in enumerate(starts):
        batches = [rows[i].numpy() for epoch in epochs for rows in epoch]
        after = [
            naive_train(X, Y, None, start, batches[:n], rates[:n], activation=activation, loss=loss)
            for n in range(2, 2 * N_EPOCHS + 1, 2)
        ]
        assert_near(member(params, i), after[-1])
        rows = held_out[i].numpy()
        outputs = [forward(each, X[rows], activation)[1][-1] for each in after]
        means = [oracles.loss(Objective(loss), Z, Y[rows]).mean() for Z in outputs]
        assert_near(member(best, i), after[np.argmin(means)])


def test_the_last_of_equally_good_epochs_is_kept():
    X, Y = torch.zeros(N, 2), torch.zeros(N, 1)
    params = recipe.start(1, (2, 3, 1), X.dtype)
    held_out, epochs = torch.arange(N)[None] < 5, [[torch.arange(5, N)[None]]] * 2
    Y[:] = 1
    Y[:5] = float("inf")  # every epoch's loss is the same, and parameters move
    best = recipe.train(params, X, Y, held_out, epochs, [0.1] * 2, ACTIVATIONS["mish"])
    assert_near(member(best, 0), member(params, 0))


def test_no_member_trains_on_its_fold():
    y = torch.tensor([0] * 11 + [1] * 26)
    folds = recipe._folds(y, 5, True)
    for fold in range(5):
        assert torch.bincount(y[folds == fold]).tolist()[0] in (2, 3)
    held_out = folds == torch.arange(3)[:, None]
    for batches in recipe._epochs(held_out, 2, 3):
        rows = torch.cat(batches, dim=1)
        assert rows.shape == (3, 29)
        assert not held_out.gather(1, rows).any()
        assert all(len(row.unique()) == 29 for row in rows)


@pytest.mark.parametrize("kind", ["two classes", "three classes", "numbers"])
def test_predicts_what_depends_on_inputs(kind, tmp_path, monkeypatch):
    rng = np.random.RandomState(0)
    X = rng.standard_normal((400, 3)).astype(np.float32)
    y = 50 + 10 * X[:, 0]
    if kind != "numbers":
        y = np.digitize(y, [50] if kind == "two classes" else [45, 55])
    task = "regression" if kind == "numbers" else "classification"
    given = {"X_train": X[:300], "y_train": y[:300], "X_test": X[300:], "task": task}
    np.savez(tmp_path / "data.npz", max_iter=60, hidden_layer_sizes=[8, 8], **given)
    paths = [str(tmp_path / name) for name in ("data.npz", "out.npz")]
    monkeypatch.setattr(sys, "argv", ["torch_recipe", *paths])
    recipe.main()
    out = np.load(paths[1])
    predictions = out["predictions"]
    assert out["seconds"] > 0
    if kind == "numbers":
        assert predictions.shape == (100,)
        assert np.corrcoef(predictions, y[300:])[0, 1] > 0.98
        assert y[:300].min() - 1e-3 <= predictions.min()
        assert predictions.max() <= y[:300].max() + 1e-3
    else:
        np.testing.assert_allclose(predictions.sum(axis=1), 1, rtol=1e-5)
        assert (predictions.argmax(axis=1) == y[300:]).mean() > 0.9
