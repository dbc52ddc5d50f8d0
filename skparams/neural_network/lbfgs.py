"""Training by L-BFGS."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.optimize

from skparams._compat import check_optimize_result, lbfgs_print_options
from skparams._runtime import Tasks
from skparams.neural_network.activations import Objective
from skparams.neural_network.batches import Batches
from skparams.neural_network.history import History
from skparams.neural_network.network import Network
from skparams.neural_network.training import (
    NOT_FINITE,
    STOCHASTIC,
    delete_attributes,
    fitted_so_far,
    set_attributes,
)
from skparams.neural_network.validation import Data, Validation

if TYPE_CHECKING:
    from skparams.neural_network.base import BaseMLP

# Rows at a time, so that the memory does not grow with the data.
BLOCK = 512
# Bytes a sample and unit that copies of rows may take. scikit-learn keeps the activations and
# deltas of each unit.
PER_UNIT = 4


def train_lbfgs(
    mlp: BaseMLP,
    network: Network,
    params: np.ndarray,
    data: Data,
    objective: Objective,
    held_out: Data | None,
    tasks: Tasks,
) -> np.ndarray:
    """Minimize the loss, summed over outputs, by SciPy's L-BFGS-B."""
    # In float64: SciPy's line search compares losses more closely than float32 can tell apart.
    size, dtype = min(BLOCK, data[0].shape[0]), np.dtype(np.float64)
    n_bytes = PER_UNIT * network.n_units * data[0].shape[0]
    batches = Batches(network, data, objective, size, dtype, n_bytes)
    earlier, history, validation = getattr(mlp, "history_", {}), History(), None
    if held_out is not None:
        n_summed = network.sizes[-1] if objective.loss == "squared_error" else 1
        validation = Validation(mlp, batches, held_out, params.dtype, n_summed)
    kept_dtype = params.dtype
    params = x_of_norm = params.astype(dtype)
    gradient_norm = np.nan
    delete_attributes(mlp, *STOCHASTIC)
    mlp.t_ = getattr(mlp, "t_", 0)

    def progress() -> dict[str, Any]:
        loss = np.float64(history.epochs[-1][0]) if history.epochs else np.nan
        return {"loss_": loss, "history_": history.joined(earlier), "n_iter_": len(history)}

    def fitted() -> dict[str, Any]:
        return fitted_so_far(network, batches, params, params, kept_dtype) | progress()

    def loss_gradient(x: np.ndarray) -> tuple[float, np.ndarray]:
        nonlocal x_of_norm, gradient_norm
        loss, gradient = batches.loss_gradient(x, mlp.alpha)
        x_of_norm, gradient_norm = x.copy(), float(np.linalg.norm(gradient))
        return loss, gradient

    def record(intermediate_result: scipy.optimize.OptimizeResult) -> None:
        nonlocal params
        x, loss = intermediate_result.x.copy(), intermediate_result.fun
        if not np.array_equal(x, x_of_norm):  # the line search went back
            loss_gradient(x)
        history.epochs.append((loss, np.nan, gradient_norm))
        if validation is not None:
            history.validation.append(validation.evaluate(x))
        params = x

    iterations = iter(tasks.steps(mlp.max_iter, "iteration", fitted))

    def next_iteration(intermediate_result: scipy.optimize.OptimizeResult) -> None:
        record(intermediate_result)
        next(iterations, None)  # which begins the next task, if there is one
        if tasks.stopped:
            raise StopIteration

    options = {"maxfun": mlp.max_fun, "maxiter": mlp.max_iter, "gtol": mlp.tol}
    options |= lbfgs_print_options(mlp.verbose)
    try:
        next(iterations)
        with np.errstate(all="ignore"):
            result = scipy.optimize.minimize(
                loss_gradient,
                params,
                method="L-BFGS-B",
                jac=True,
                callback=next_iteration,
                options=options,
            )
            if not history.epochs:
                record(result)
        tasks.close(done=False)
    except KeyboardInterrupt:
        warnings.warn("Training interrupted by user.", stacklevel=5)
        tasks.close(done=False)
        n_iter = len(history)
    else:
        if not (np.isfinite(result.fun) and np.isfinite(result.x).all()):
            raise ValueError(
                f"{NOT_FINITE} After {result.nit} iterations of lbfgs the loss was "
                f"{result.fun:.6g}."
            )
        params = result.x
        n_iter = (
            result.nit if tasks.stopped else check_optimize_result("lbfgs", result, mlp.max_iter)
        )
    set_attributes(mlp, progress() | {"n_iter_": n_iter})
    return params
