"""Each optimizer step for step, beside a slow NumPy version and PyTorch's."""

import itertools

import numpy as np
import pytest

from skparams import MLPRegressor

SOLVERS = ["adam", "adamw", "sgd"]
N_CASES = 12


class Case:
    """Random data, start weights and hyperparameters."""

    def __init__(self, solver, seed, alpha):
        rng = np.random.RandomState(seed)
        sizes = [int(n) for n in rng.randint(1, 6, rng.randint(2, 5))]
        n = int(rng.randint(5, 25))
        self.X, self.Y = rng.standard_normal((n, sizes[0])), rng.standard_normal((n, sizes[-1]))
        self.weight = rng.uniform(0.1, 2, n)
        shapes = list(itertools.pairwise(sizes))
        self.coefs = [rng.standard_normal(shape) for shape in shapes]
        self.intercepts = [rng.standard_normal(n_out) for _, n_out in shapes]
        self.solver, self.rng = solver, rng
        self.given = {
            "solver": solver,
            "alpha": alpha,
            "hidden_layer_sizes": tuple(sizes[1:-1]),
            "activation": "tanh",
            "batch_size": int(rng.randint(1, n + 1)),
            "learning_rate_init": float(10 ** rng.uniform(-3, -1)),
            "max_iter": int(rng.randint(1, 6)),
            "momentum": float(rng.choice([0, 0.5, 0.9, 1])),
            "nesterovs_momentum": bool(rng.randint(2)),
            "beta_1": float(rng.choice([0, 0.5, 0.9])),
            "beta_2": float(rng.choice([0, 0.5, 0.99, 0.999])),
            "epsilon": float(10 ** rng.uniform(-10, 0)),
            "weight_decay": float(rng.choice([0, 0.01, 0.5, 3])),
        }

    def batches(self):
        for _ in range(self.given["max_iter"]):
            for start in range(0, len(self.X), self.given["batch_size"]):
                yield slice(start, start + self.given["batch_size"])

    def ours(self, fit_quietly, **given):
        init = (self.coefs, self.intercepts)
        common = {"init": init, "shuffle": False, "n_iter_no_change": 1000}
        model = MLPRegressor(**common | self.given | given)
        return fit_quietly(model, self.X, self.Y.squeeze(), self.weight)

    def gradients(self, coefs, intercepts, rows):
        """Of the weighted mean of half the squared error, and the penalty."""
        X, Y, weight = self.X[rows], self.Y[rows], self.weight[rows]
        values = [X]
        for i, (W, b) in enumerate(zip(coefs, intercepts, strict=True)):
            Z = values[-1] @ W + b
            values.append(np.tanh(Z) if i < len(coefs) - 1 else Z)
        D, of_coefs, of_intercepts = (values[-1] - Y) * weight[:, np.newaxis], [], []
        for W, A in zip(reversed(coefs), reversed(values[:-1]), strict=True):
            of_coefs.insert(0, (A.T @ D + self.given["alpha"] * W) / weight.sum())
            of_intercepts.insert(0, D.sum(axis=0) / weight.sum())
            D = D @ W.T * (1 - A**2)
        return of_coefs + of_intercepts


def numpy_steps(case):
    """The weights and biases after training, as textbooks write the steps."""
    params = [array.copy() for array in case.coefs + case.intercepts]
    n, given = len(case.coefs), case.given
    first, second = ([np.zeros_like(array) for array in params] for _ in range(2))
    rate, b1, b2 = given["learning_rate_init"], given["beta_1"], given["beta_2"]
    for t, rows in enumerate(case.batches(), start=1):
        gradients = case.gradients(params[:n], params[n:], rows)
        for k, g in enumerate(gradients):
            if case.solver == "sgd":
                first[k] = given["momentum"] * first[k] - rate * g
                step = first[k]
                if given["nesterovs_momentum"]:
                    step = given["momentum"] * first[k] - rate * g
                params[k] = params[k] + step
                continue
            first[k] = b1 * first[k] + (1 - b1) * g
            second[k] = b2 * second[k] + (1 - b2) * g**2
            if case.solver == "adamw" and k < n:
                params[k] = params[k] - rate * given["weight_decay"] * params[k]
            corrected = rate * np.sqrt(1 - b2**t) / (1 - b1**t)
            params[k] = params[k] - corrected * first[k] / (np.sqrt(second[k]) + given["epsilon"])
    return params


def torch_steps(case, torch):
    """The same by PyTorch's autograd and optimizers."""
    given, n = case.given, len(case.coefs)
    params = [
        torch.tensor(array.copy(), requires_grad=True) for array in case.coefs + case.intercepts
    ]
    groups = [{"params": params[:n]}, {"params": params[n:], "weight_decay": 0.0}]
    rate, betas = given["learning_rate_init"], (given["beta_1"], given["beta_2"])
    if case.solver == "sgd":
        momentum = given["momentum"]
        nesterov = given["nesterovs_momentum"] and momentum > 0
        optimizer = torch.optim.SGD(groups, lr=rate, momentum=momentum, nesterov=nesterov)
    elif case.solver == "adam":
        optimizer = torch.optim.Adam(groups, lr=rate, betas=betas)
    else:
        decay = given["weight_decay"]
        optimizer = torch.optim.AdamW(groups, lr=rate, betas=betas, weight_decay=decay)
    X, Y, weight = map(torch.tensor, (case.X, case.Y, case.weight))
    for t, rows in enumerate(case.batches(), start=1):
        A = X[rows]
        for i in range(n):
            A = A @ params[i] + params[n + i]
            A = torch.tanh(A) if i < n - 1 else A
        loss = 0.5 * (weight[rows, None] * (A - Y[rows]) ** 2).sum()
        loss = loss + 0.5 * given["alpha"] * sum((W**2).sum() for W in params[:n])
        optimizer.zero_grad()
        (loss / weight[rows].sum()).backward()
        for group in optimizer.param_groups:  # PyTorch adds it after the correction of the moment
            if case.solver != "sgd":
                group["eps"] = given["epsilon"] / np.sqrt(1 - betas[1] ** t)
        optimizer.step()
    return [array.detach().numpy() for array in params]


def check_same(model, expected):
    found = model.coefs_ + model.intercepts_
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("alpha", [0.0, 0.3])
@pytest.mark.parametrize("seed", range(N_CASES))
@pytest.mark.parametrize("solver", SOLVERS)
def test_slow_numpy(solver, seed, alpha, fit_quietly):
    case = Case(solver, seed, alpha)
    check_same(case.ours(fit_quietly), numpy_steps(case))


@pytest.mark.parametrize("alpha", [0.0, 0.3])
@pytest.mark.parametrize("seed", range(N_CASES))
@pytest.mark.parametrize("solver", SOLVERS)
def test_pytorch(solver, seed, alpha, fit_quietly):
    torch = pytest.importorskip("torch")
    case = Case(solver, seed, alpha)
    check_same(case.ours(fit_quietly), torch_steps(case, torch))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("solver", SOLVERS)
def test_single_precision(solver, seed, fit_quietly):
    case = Case(solver, seed, 0.1)
    case.given["epsilon"] = 1e-2  # a smaller one amplifies the rounding of small gradients
    model = case.ours(fit_quietly, dtype="float32")
    found = np.concatenate([array.ravel() for array in model.coefs_ + model.intercepts_])
    expected = np.concatenate([array.ravel() for array in numpy_steps(case)])
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)


def test_adamw_without_decay_is_adam(fit_quietly, same_weights):
    for seed in range(N_CASES):
        case = Case("adamw", seed, 0.1)
        adamw = case.ours(fit_quietly, weight_decay=0.0)
        assert same_weights(adamw, case.ours(fit_quietly, solver="adam"))
        assert same_weights(adamw, case.ours(fit_quietly, solver="adam", weight_decay=7.0))


def test_the_schedule_scales_the_decay(rng, fit_quietly):
    """Where all gradients are 0, only the decay changes the weights, and no bias."""
    X, rates, decay = rng.standard_normal((10, 3)), [1.0, 0.5, 0.0], 0.7
    init = ([np.ones((3, 2)), np.zeros((2, 1))], [np.ones(2), np.zeros(1)])
    model = MLPRegressor(
        solver="adamw",
        hidden_layer_sizes=2,
        alpha=0.0,
        max_iter=3,
        learning_rate=lambda share: rates[round(3 * share)],
        learning_rate_init=0.1,
        weight_decay=decay,
        init=init,
    )
    fit_quietly(model, X, np.zeros(10))
    kept = np.prod([1 - 0.1 * rate * decay for rate in rates])
    np.testing.assert_allclose(model.coefs_[0], np.full((3, 2), kept), rtol=1e-12)
    np.testing.assert_array_equal(model.intercepts_[0], np.ones(2))
