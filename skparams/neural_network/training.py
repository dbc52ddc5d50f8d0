"""What fit does after validation: epochs of Adam or gradient descent, or L-BFGS.

`train_epochs` and `train_lbfgs` set the fitted attributes of the estimator `mlp` but its weights,
and return the flat buffer of those to keep.
"""

from __future__ import annotations

import copy
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.optimize
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from skparams._compat import check_optimize_result, lbfgs_print_options
from skparams._runtime import Tasks
from skparams.neural_network.activations import Objective
from skparams.neural_network.batches import Batches, Optimizer
from skparams.neural_network.network import Network
from skparams.neural_network.row_order import RowOrder
from skparams.neural_network.schedules import learning_rates

if TYPE_CHECKING:
    from skparams.neural_network.base import BaseMLP

NOT_FINITE = (
    "Solver produced non-finite parameter weights. The input data may contain large values and "
    "need to be preprocessed."
)

# Rows that lbfgs takes at a time, so that its memory does not grow with the data.
LBFGS_BLOCK = 512
# Bytes a sample that copies of rows may take. scikit-learn takes more beyond what we do: its
# shuffle copies the order twice, and its lbfgs keeps the activations and deltas of each unit.
PER_SHUFFLED, PER_UNIT = 8, 4

# Attributes that only adam and sgd set.
_STOCHASTIC = (
    "best_loss_",
    "validation_scores_",
    "best_validation_score_",
    "_no_improvement_count",
    "_optimizer",
)
# Attributes of earlier training, without the weights.
TRAINING = ("t_", "loss_curve_", *_STOCHASTIC)


def delete_attributes(mlp: BaseMLP, *names: str) -> None:
    """Delete attributes that may not exist."""
    for name in names:
        mlp.__dict__.pop(name, None)


def set_attributes(mlp: BaseMLP, attributes: dict[str, Any]) -> None:
    for name, value in attributes.items():
        setattr(mlp, name, value)


def train_epochs(
    mlp: BaseMLP,
    network: Network,
    params: Any,
    data: tuple,
    objective: Objective,
    tasks: Tasks,
    *,
    incremental: bool,
) -> np.ndarray:
    """Train by Adam or gradient descent, one epoch if incremental."""
    early_stopping = mlp.early_stopping
    if early_stopping:
        if incremental:
            raise ValueError("partial_fit does not support early_stopping=True")
        data, held_out = _split(mlp, data)
    n_samples = data[0].shape[0]
    batch_size = _batch_size(mlp, n_samples)
    n_bytes = PER_SHUFFLED * n_samples if mlp.shuffle else 0
    _start(mlp, network, params, incremental)
    dropout = mlp._dropout_rates(), mlp._optimizer.seed
    batches = Batches(network, data, objective, batch_size, params.dtype, n_bytes, *dropout)
    if early_stopping:
        size = min(batch_size, held_out[0].shape[0])
        validation = Batches(network, held_out, objective, size, params.dtype)
    order = _row_order(mlp, n_samples) if mlp.shuffle else None
    best = params.copy() if early_stopping else params

    def fitted() -> dict[str, Any]:
        return _fitted(network, batches, best, params, params.dtype) | _curves(mlp)

    epochs = range(1) if incremental else tasks.steps(mlp.max_iter, "epoch", fitted)
    try:
        with np.errstate(all="ignore"):
            for _ in epochs:
                rows = order.shuffled(mlp._random_state) if order else None
                rates = learning_rates(mlp, batches.n_batches)
                epoch = batches.train_epoch(params, rows, mlp._optimizer, rates, mlp)
                mlp.loss_ = epoch.loss
                mlp.n_iter_ += 1
                mlp.t_ += n_samples
                mlp.loss_curve_.append(mlp.loss_)
                if mlp.verbose:
                    print(f"Iteration {mlp.n_iter_}, loss = {mlp.loss_:.8f}")
                if early_stopping:
                    Z, _ = validation.evaluate(params)
                    score = mlp._validation_score(Z, *held_out[1:])
                    if _update_best_score(mlp, score):
                        best = params.copy()
                else:
                    _update_best_loss(mlp, epoch.is_finite)
                if _update_learning_rate(mlp):
                    tasks.close(done=True)
                    break
            else:
                if not (incremental or tasks.stopped):
                    warnings.warn(
                        f"Stochastic Optimizer: Maximum iterations ({mlp.max_iter}) reached and "
                        "the optimization hasn't converged yet.",
                        ConvergenceWarning,
                        stacklevel=5,
                    )
    except KeyboardInterrupt:
        warnings.warn("Training interrupted by user.", stacklevel=5)
        tasks.close(done=False)
    if incremental and order:
        mlp._order = order
    return best


def _fitted(
    network: Network, batches: Batches, best: np.ndarray, params: np.ndarray, dtype: np.dtype
) -> dict[str, Any]:
    """Attributes of the estimator as if training had stopped, for callbacks.

    `_training` has the weights that training goes on from, which with early stopping are not always
    the best; `_gradients` is missing before the first step.
    """
    attributes: dict[str, Any] = network.fitted(best, dtype)
    now = attributes.copy() if best is params else network.fitted(params, dtype)
    gradients = batches.gradients()
    return attributes | {"_training": now} | ({"_gradients": gradients} if gradients else {})


def _curves(mlp: BaseMLP) -> dict[str, list]:
    """Copies of the lists that training appends to."""
    curves = {name: getattr(mlp, name) for name in ("loss_curve_", "validation_scores_")}
    return {name: list(curve) for name, curve in curves.items() if curve is not None}


def _split(mlp: BaseMLP, data: tuple) -> tuple[tuple, tuple]:
    """Training and validation part; as in scikit-learn, only a single output is stratified."""
    seed, size, strata = mlp._random_state, mlp.validation_fraction, mlp._strata(data[1])
    given = data if data[2] is not None else data[:2]
    parts = train_test_split(*given, random_state=seed, test_size=size, stratify=strata)
    training, validation = ((*parts[i::2], None)[:3] for i in (0, 1))
    if validation[0].shape[0] < 2:
        raise ValueError(
            "The validation set is too small. Increase 'validation_fraction' "
            "or the size of your dataset."
        )
    for part, (*_, weight) in (("training", training), ("validation", validation)):
        if weight is not None and not weight.any():
            raise ValueError(
                f"Sample weights must contain at least one non-zero number in the {part} part "
                f"that early_stopping splits off, of {weight.size} samples."
            )
    return training, validation


def _batch_size(mlp: BaseMLP, n_samples: int) -> int:
    if mlp.batch_size == "auto":
        return min(200, n_samples)
    if mlp.batch_size > n_samples:
        warnings.warn(
            "Got `batch_size` less than 1 or larger than sample size. It is going to be clipped",
            stacklevel=6,
        )
    return min(int(mlp.batch_size), n_samples)


def _row_order(mlp: BaseMLP, n_samples: int) -> RowOrder:
    """The order of the last partial_fit, if it had as many samples, or a new one."""
    order = getattr(mlp, "_order", None)
    if order is None or order.n_samples != n_samples:
        return RowOrder.unshuffled(n_samples, mlp._random_state)
    return order.continued(mlp._random_state)


def _start(mlp: BaseMLP, network: Network, params: np.ndarray, incremental: bool) -> None:
    """Set the attributes that training updates."""
    mlp._optimizer = _optimizer(mlp, params[: network.n_trained], incremental)
    mlp.loss_curve_ = list(getattr(mlp, "loss_curve_", []))
    mlp.t_ = getattr(mlp, "t_", 0)
    best_loss = None
    if incremental:
        mlp.n_iter_ = getattr(mlp, "n_iter_", 0)
        mlp._no_improvement_count = getattr(mlp, "_no_improvement_count", 0)
        best_loss = getattr(mlp, "best_loss_", None)
    else:  # patience and the best loss or score start anew, with warm_start too
        mlp.n_iter_ = mlp._no_improvement_count = 0
    if mlp.early_stopping:
        mlp.best_loss_, mlp.best_validation_score_ = None, -np.inf
        mlp.validation_scores_ = list(getattr(mlp, "validation_scores_", None) or [])
    else:
        mlp.best_loss_ = np.inf if best_loss is None else best_loss
        mlp.validation_scores_ = mlp.best_validation_score_ = None


def _optimizer(mlp: BaseMLP, trained: np.ndarray, incremental: bool) -> Optimizer:
    """A copy of the state to continue with, or a new one."""
    is_adam, learning_rate = mlp.solver != "sgd", float(mlp.learning_rate_init)
    state = getattr(mlp, "_optimizer", None)
    begun = getattr(mlp, "t_", 0) > 0 and hasattr(mlp, "best_loss_")  # not by lbfgs
    if incremental and begun and state is None:
        raise AttributeError(
            f"{type(mlp).__name__}.partial_fit: the optimizer's state is missing, as in a "
            "copy that slim made. Train the model that was slimmed, or keep the state: "
            "slim(model, keep=('state',))."
        )
    if incremental and state is not None and state.solver == mlp.solver:
        state = copy.deepcopy(state)
        if is_adam or mlp.learning_rate == "constant":
            state.learning_rate = learning_rate
        return state
    first, second = np.zeros_like(trained), np.zeros(trained.size if is_adam else 0, trained.dtype)
    state = Optimizer(mlp.solver, learning_rate, first, second)
    if any(mlp._dropout_rates()):
        state.seed = int(mlp._random_state.randint(2**63 - 1, dtype=np.int64))
    return state


def _update_best_loss(mlp: BaseMLP, is_finite: bool) -> None:
    """Count epochs without an improvement of the loss; ValueError if training diverged."""
    if not is_finite:
        raise ValueError(
            f"{NOT_FINITE} In epoch {mlp.n_iter_} the loss was {mlp.loss_:.6g}, with "
            f"learning_rate_init={mlp.learning_rate_init}; a smaller one may help too."
        )
    improves = mlp.loss_ <= mlp.best_loss_ - mlp.tol
    mlp._no_improvement_count = 0 if improves else mlp._no_improvement_count + 1
    mlp.best_loss_ = min(mlp.best_loss_, mlp.loss_)


def _update_best_score(mlp: BaseMLP, score: float) -> bool:
    """Count epochs without an improvement of the score; return whether it is the best so far."""
    mlp.validation_scores_.append(score)
    if mlp.verbose:
        print(f"Validation score: {score:f}")
    fails = score < mlp.best_validation_score_ + mlp.tol  # NaN does not
    mlp._no_improvement_count = mlp._no_improvement_count + 1 if fails else 0
    is_best = score > mlp.best_validation_score_
    if is_best:
        mlp.best_validation_score_ = score
    return is_best


def _update_learning_rate(mlp: BaseMLP) -> bool:
    """Set the learning rate of the next epoch, or return True to stop training."""
    optimizer, sgd = mlp._optimizer, mlp.solver == "sgd"
    if sgd and mlp.learning_rate == "invscaling":
        optimizer.learning_rate = float(mlp.learning_rate_init) / (mlp.t_ + 1) ** mlp.power_t
    if mlp._no_improvement_count <= mlp.n_iter_no_change:
        return False
    stops, ending = True, "Stopping."
    if sgd and mlp.learning_rate == "adaptive":
        if optimizer.learning_rate > 1e-6:
            optimizer.learning_rate /= 5.0
            mlp._no_improvement_count = 0
            stops, ending = False, f"Setting learning rate to {optimizer.learning_rate:f}"
        else:
            ending = "Learning rate too small. Stopping."
    if mlp.verbose:
        what = "Validation score" if mlp.early_stopping else "Training loss"
        print(
            f"{what} did not improve more than tol={mlp.tol:f} for {mlp.n_iter_no_change:.0f} "
            f"consecutive epochs. {ending}"
        )
    return stops


def train_lbfgs(
    mlp: BaseMLP,
    network: Network,
    params: np.ndarray,
    data: tuple,
    objective: Objective,
    tasks: Tasks,
) -> np.ndarray:
    """Minimize the loss, summed over outputs, by SciPy's L-BFGS-B."""
    # In float64: SciPy's line search compares losses more closely than float32 can tell apart.
    size, dtype = min(LBFGS_BLOCK, data[0].shape[0]), np.dtype(np.float64)
    n_bytes = PER_UNIT * network.n_units * data[0].shape[0]
    batches = Batches(network, data, objective, size, dtype, n_bytes)
    kept_dtype, params = params.dtype, params.astype(dtype)
    curve: list[np.float64] = []
    delete_attributes(mlp, *_STOCHASTIC)
    mlp.t_ = getattr(mlp, "t_", 0)
    curve_before = getattr(mlp, "loss_curve_", [])

    def progress() -> dict[str, Any]:
        loss = curve[-1] if curve else np.nan
        return {"loss_": loss, "loss_curve_": [*curve_before, *curve], "n_iter_": len(curve)}

    def fitted() -> dict[str, Any]:
        return _fitted(network, batches, params, params, kept_dtype) | progress()

    iterations = iter(tasks.steps(mlp.max_iter, "iteration", fitted))

    def record(intermediate_result: scipy.optimize.OptimizeResult) -> None:
        nonlocal params
        params = intermediate_result.x.copy()
        curve.append(np.float64(intermediate_result.fun))
        next(iterations, None)  # which begins the next one, if there is one
        if tasks.stopped:
            raise StopIteration

    options = {"maxfun": mlp.max_fun, "maxiter": mlp.max_iter, "gtol": mlp.tol}
    options |= lbfgs_print_options(mlp.verbose)
    try:
        next(iterations)
        with np.errstate(all="ignore"):
            result = scipy.optimize.minimize(
                batches.loss_gradient,
                params,
                args=(mlp.alpha,),
                method="L-BFGS-B",
                jac=True,
                callback=record,
                options=options,
            )
        tasks.close(done=False)
    except KeyboardInterrupt:
        warnings.warn("Training interrupted by user.", stacklevel=5)
        tasks.close(done=False)
        n_iter = len(curve)
    else:
        if not (np.isfinite(result.fun) and np.isfinite(result.x).all()):
            raise ValueError(
                f"{NOT_FINITE} After {result.nit} iterations of lbfgs the loss was "
                f"{result.fun:.6g}."
            )
        params, curve = result.x, curve or [np.float64(result.fun)]
        n_iter = (
            result.nit if tasks.stopped else check_optimize_result("lbfgs", result, mlp.max_iter)
        )
    set_attributes(mlp, progress() | {"n_iter_": n_iter})
    return params
