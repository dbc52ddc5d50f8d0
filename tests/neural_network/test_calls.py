"""An epoch is trained in calls of bounded work, between which Ctrl-C is seen."""

import copy

import numpy as np
import pytest
import scipy.sparse as sp

from skparams import MLPClassifier, MLPRegressor
from skparams.neural_network import batches
from skparams.neural_network.batches import Batches

SOLVERS = [
    {"solver": "adam"},
    {"solver": "sgd", "learning_rate": "adaptive", "nesterovs_momentum": False},
    {"solver": "lbfgs"},
]


def problem(rng, dtype=np.float64):
    X = rng.standard_normal((230, 6)).astype(dtype)
    return X, X[:, :2] @ [1.0, -2.0] + rng.standard_normal(230)


def model(cls=MLPRegressor, **hyperparameters):
    sizes = {"hidden_layer_sizes": (9, 4), "batch_size": 30, "max_iter": 6, "tol": 0}
    return cls(**sizes, random_state=3, **hyperparameters)


def same_bits(first, second):
    pairs = zip(first.coefs_ + first.intercepts_, second.coefs_ + second.intercepts_, strict=True)
    return all(np.array_equal(a, b) for a, b in pairs) and first.loss_curve_ == second.loss_curve_


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("solver", SOLVERS)
def test_results_do_not_depend_on_where_an_epoch_is_cut(solver, sparse, rng, monkeypatch):
    X, y = problem(rng)
    X, weight = sp.csr_matrix(X * (X > 0)) if sparse else X, rng.uniform(0, 2, 230)
    monkeypatch.setattr("skparams.neural_network.lbfgs.BLOCK", 16)
    models = []
    for call in (batches.CALL, 1, 40_000, 200_000):
        monkeypatch.setattr(batches, "CALL", call)
        models.append(model(**solver).fit(X, y, sample_weight=weight))
    assert all(same_bits(models[0], each) for each in models[1:])


def interrupted_at(monkeypatch, call):
    """Let Ctrl-C come with one call of the kernel; return the list of the calls."""
    monkeypatch.setattr(batches, "CALL", 1)
    monkeypatch.setattr("skparams.neural_network.lbfgs.BLOCK", 30)
    create, calls = Batches.__init__, []

    def created(self, *args):
        create(self, *args)
        kernels = copy.copy(vars(self.kernels))
        epoch = self.kernels.epoch

        def counted(*args):
            calls.append(args)
            if len(calls) == call:
                raise KeyboardInterrupt
            epoch(*args)

        self.kernels = type("kernels", (), kernels | {"epoch": staticmethod(counted)})

    monkeypatch.setattr(Batches, "__init__", created)
    return calls


@pytest.mark.filterwarnings("ignore:.*aximum iterations", "ignore:lbfgs failed to converge")
@pytest.mark.parametrize("cls", [MLPClassifier, MLPRegressor])
@pytest.mark.parametrize("solver", SOLVERS)
def test_ctrl_c_keeps_the_weights_so_far(cls, solver, rng, monkeypatch):
    X, y = problem(rng)
    y = y > 0 if cls is MLPClassifier else y
    with monkeypatch.context() as patched:
        calls = interrupted_at(patched, 11)  # eight batches are an epoch of 'adam' and 'sgd'
        with pytest.warns(UserWarning, match=r"^Training interrupted by user\.$"):
            fitted = model(cls, **solver).fit(X, y)
    assert len(calls) == 11
    if fitted.solver != "lbfgs":
        assert fitted.n_iter_ == len(fitted.loss_curve_) == 1
        assert fitted._optimizer_state["t"] == 10
    assert np.isfinite(fitted.predict(X)).all()
    if fitted.solver != "lbfgs":
        fitted.partial_fit(X, y)
    fitted.fit(X, y)
    assert same_bits(fitted, model(cls, **solver).fit(X, y))
