"""What fit does after validation: epochs of Adam or gradient descent.

`train_epochs`, as `lbfgs.train_lbfgs`, sets the fitted attributes of the estimator `mlp` but its
weights, and returns the flat buffer of those to keep.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from skparams._runtime import Tasks
from skparams.neural_network.activations import Objective
from skparams.neural_network.batches import Batches, Optimizer
from skparams.neural_network.history import History
from skparams.neural_network.network import Network
from skparams.neural_network.regularization import check_batch, dropout_rates
from skparams.neural_network.resume import Course
from skparams.neural_network.samples import EpochRows, RowOrder, continued, unshuffled
from skparams.neural_network.schedules import ends_at_max_iter, learning_rates
from skparams.neural_network.validation import (
    Data,
    Validation,
    check_best_score,
    is_loss,
    watched,
)

if TYPE_CHECKING:
    from skparams.neural_network.base import BaseMLP

NOT_FINITE = (
    "Solver produced non-finite parameter weights. The input data may contain large values and "
    "need to be preprocessed."
)

# Bytes a sample that copies of rows may take. scikit-learn takes more beyond what we do: its
# shuffle copies the order twice.
PER_SHUFFLED = 8

# Attributes that only adam and sgd set.
STOCHASTIC = (
    "best_loss_",
    "best_validation_score_",
    "_no_improvement_count",
    "_optimizer_state",
)
# Attributes of earlier training, without the weights.
TRAINING = ("t_", "history_", *STOCHASTIC)


def delete_attributes(mlp: BaseMLP, *names: str) -> None:
    """Delete attributes that may not exist."""
    for name in names:
        mlp.__dict__.pop(name, None)


def set_attributes(mlp: Any, attributes: dict[str, Any]) -> None:
    for name, value in attributes.items():
        setattr(mlp, name, value)


def train_epochs(
    mlp: BaseMLP,
    network: Network,
    params: np.ndarray,
    data: Data,
    objective: Objective,
    held_out: Data | None,
    tasks: Tasks,
    course: Course,
    *,
    incremental: bool,
) -> np.ndarray:
    """Train by Adam or gradient descent, one epoch if incremental."""
    if mlp.early_stopping:
        if incremental:
            raise ValueError("partial_fit does not support early_stopping=True")
        if held_out is None:
            data, held_out = course.split(data, tasks.needs_state)
    course.set_data(data, held_out)
    n_samples = data[0].shape[0]
    size = batch_size(mlp, n_samples)
    check_batch(mlp, size)
    begin_training(mlp, network, params, course, incremental)
    n_bytes = PER_SHUFFLED * n_samples if mlp.shuffle else 0
    dropout = dropout_rates(mlp), mlp._optimizer_state["seed"]
    batches = Batches(network, data, objective, size, params.dtype, n_bytes, *dropout)
    order = None
    if mlp.shuffle:
        order = course.row_order(n_samples) or _row_order(mlp, n_samples)
    training = Training(mlp, params, batches, EpochRows(n_samples, order), held_out, course)
    return train(training, tasks, incremental=incremental)


def train(training: Training, tasks: Tasks, *, incremental: bool = False) -> np.ndarray:
    """Train epochs, one if incremental, until they are done, and return the weights to keep."""
    mlp, course = training.mlp, training.course
    epochs: Iterable[int] = range(1)
    if not incremental:
        if tasks.needs_state:
            course.attributes = training.state
        before = course.n_epochs_before
        n_epochs = before if course.converged else mlp.max_iter
        epochs = tasks.steps(n_epochs, "epoch", training.fitted, before)
    course.is_whole = True
    try:
        with np.errstate(all="ignore"):
            for _ in epochs:
                training.train_epoch()
                if course.converged:
                    tasks.close(done=True)
                    break
            else:
                has_ended = course.converged or tasks.stopped or ends_at_max_iter(mlp)
                if not (incremental or has_ended):
                    _warn_of_max_iter(mlp)
    except KeyboardInterrupt:
        warnings.warn("Training interrupted by user.", stacklevel=6)
        tasks.close(done=False)
    return training.finish(incremental)


class Training:
    """The weights, the order of the samples, and the record, which each epoch changes."""

    def __init__(
        self,
        mlp: BaseMLP,
        params: np.ndarray,
        batches: Batches,
        rows: EpochRows,
        held_out: Data | None,
        course: Course,
    ) -> None:
        self.mlp, self.course = mlp, course
        self._network, self._batches, self._rows = batches.network, batches, rows
        self._validation = None
        if held_out is not None:
            self._validation = Validation(mlp, self._batches, held_out, params.dtype)
        record = getattr(mlp, "history_", {})
        self._earlier, self._history = History.continued(record, course.n_epochs_before)
        self._params, self._best = params, params.copy() if mlp.early_stopping else params
        resumed = course.resumed
        if resumed is not None:
            batches.squared_norm = resumed["squared_norm"]
            if resumed["weights"] is not None:  # those in the fitted attributes are the best
                self._params = self._network.pack(resumed["weights"], params.dtype)

    def train_epoch(self) -> None:
        """Train an epoch, and see whether it was the last."""
        mlp, course = self.mlp, self.course
        course.is_whole = False
        rows = self._rows.next_order(mlp._random_state)
        rates = learning_rates(mlp, self._batches.n_batches)
        epoch = self._batches.train_epoch(self._params, rows, mlp._optimizer_state, rates, mlp)
        self._history.epochs.append((epoch.loss, rates[-1], epoch.gradient_norm))
        _count_epoch(mlp, epoch.loss, self._rows.n_samples)
        if self._validation is not None:
            _validate(mlp, self._history, self._validation, self._params)
        if not mlp.early_stopping:
            _update_best_loss(mlp, epoch.is_finite)
        elif _update_best_score(mlp, self._history.validation[-1][1]):
            self._best = self._params.copy()
        course.converged = _update_learning_rate(mlp)
        course.is_whole = True

    def fitted(self) -> dict[str, Any]:
        """The attributes of the estimator as if training had stopped, for callbacks."""
        dtype = self._params.dtype
        attributes = fitted_so_far(self._network, self._batches, self._best, self._params, dtype)
        attributes["history_"] = self._history.joined(self._earlier)
        return attributes | self.course.attributes()

    def state(self) -> dict[str, Any]:
        """What a checkpoint has beside them."""
        weights = None
        if self._best is not self._params:
            weights = self._network.fitted(self._params, self._params.dtype)
        order, squared_norm = self._rows.order, self._batches.squared_norm
        return {"_resume": self.course.state(weights, order, squared_norm)}

    def finish(self, incremental: bool) -> np.ndarray:
        """Set the attributes that epochs do not, and return the best weights."""
        mlp = self.mlp
        if self._network.normalization == "batch":  # epochs have the moments of their batches
            with np.errstate(all="ignore"):
                mlp.loss_ = self._batches.loss(self._best, mlp.alpha)
        if incremental and self._rows.order:
            mlp._order = self._rows.order
        mlp.history_ = self._history.joined(self._earlier)
        if mlp.early_stopping:
            check_best_score(mlp, self._history.validation)
        return self._best


def _count_epoch(mlp: BaseMLP, loss: float, n_samples: int) -> None:
    mlp.loss_ = loss
    mlp.n_iter_ += 1
    mlp.t_ += n_samples
    if mlp.verbose:
        print(f"Iteration {mlp.n_iter_}, loss = {mlp.loss_:.8f}")


def _validate(mlp: BaseMLP, history: History, validation: Validation, params: np.ndarray) -> None:
    history.validation.append(validation.evaluate(params))
    if mlp.verbose:
        shown = history.validation[-1][0 if is_loss(mlp) else 1]
        print(f"{watched(mlp)}: {shown:f}")


def _warn_of_max_iter(mlp: BaseMLP) -> None:
    warnings.warn(
        f"Stochastic Optimizer: Maximum iterations ({mlp.max_iter}) reached and the optimization "
        "hasn't converged yet.",
        ConvergenceWarning,
        stacklevel=7,
    )


def fitted_so_far(
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


def batch_size(mlp: BaseMLP, n_samples: int) -> int:
    if mlp.batch_size == "auto":
        return min(200, n_samples)
    if mlp.batch_size > n_samples:
        warnings.warn(
            "Got `batch_size` less than 1 or larger than sample size. It is going to be clipped",
            stacklevel=6,
        )
    return min(int(mlp.batch_size), n_samples)


def begin_training(
    mlp: BaseMLP, network: Network, params: np.ndarray, course: Course, incremental: bool
) -> None:
    """Set the attributes that training updates, or keep those of the fit that is resumed."""
    if course.resumed is None:
        _start(mlp, network, params, incremental)
    else:
        mlp._optimizer_state = _copied(mlp, mlp._optimizer_state, params[: network.n_trained])


def _row_order(mlp: BaseMLP, n_samples: int) -> RowOrder:
    """The order of the last partial_fit, if it had as many samples, or a new one."""
    order = getattr(mlp, "_order", None)
    if order is None or order["n_samples"] != n_samples:
        return unshuffled(n_samples, mlp._random_state)
    return continued(order, mlp._random_state)


def _start(mlp: BaseMLP, network: Network, params: np.ndarray, incremental: bool) -> None:
    mlp._optimizer_state = _optimizer(mlp, params[: network.n_trained], incremental)
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
    else:
        mlp.best_loss_ = np.inf if best_loss is None else best_loss
        mlp.best_validation_score_ = None


def _optimizer(mlp: BaseMLP, trained: np.ndarray, incremental: bool) -> Optimizer:
    """A copy of the state to continue with, or a new one."""
    is_adam, learning_rate = mlp.solver != "sgd", float(mlp.learning_rate_init)
    state: Optimizer | None = getattr(mlp, "_optimizer_state", None)
    begun = getattr(mlp, "t_", 0) > 0 and hasattr(mlp, "best_loss_")  # not by lbfgs
    if incremental and begun and state is None:
        raise AttributeError(
            f"{type(mlp).__name__}.partial_fit: the optimizer's state is missing, as in a "
            "copy that slim made. Train the model that was slimmed, or keep the state: "
            "slim(model, keep=('state',))."
        )
    if incremental and state is not None and state["solver"] == mlp.solver:
        state = _copied(mlp, state, trained)
        if is_adam or mlp.learning_rate == "constant":
            state["learning_rate"] = learning_rate
        return _with_seed(mlp, state)
    first, second = np.zeros_like(trained), np.zeros(trained.size if is_adam else 0, trained.dtype)
    fresh = Optimizer(
        solver=str(mlp.solver),
        learning_rate=learning_rate,
        first=first,
        second=second,
        t=0,
        seed=None,
    )
    return _with_seed(mlp, fresh)


def _copied(mlp: BaseMLP, state: Optimizer, trained: np.ndarray) -> Optimizer:
    """A copy that training may change; ValueError if kernels would write outside of it."""
    # np.array: the arrays may be read-only, of a file.
    first, second = (np.array(state[name]) for name in ("first", "second"))
    sizes = trained.shape, (0 if mlp.solver == "sgd" else trained.size,)
    if (first.shape, second.shape) != sizes or state["solver"] != mlp.solver:
        raise ValueError(
            f"{type(mlp).__name__}: the state of the optimizer is of {state['solver']!r}, with "
            f"moments of shapes {first.shape} and {second.shape}; this network needs {mlp.solver!r}"
            f" and {sizes[0]} and {sizes[1]}."
        )
    return {**state, "first": first, "second": second}


def _with_seed(mlp: BaseMLP, state: Optimizer) -> Optimizer:
    """Draw the seed of dropout, if there is none; without dropout no random number is drawn."""
    if state["seed"] is None and any(dropout_rates(mlp)):
        # A warm start draws the same number again, but has seen samples.
        drawn = mlp._random_state.randint(2**63 - 1, dtype=np.int64)
        state["seed"] = int(drawn) + getattr(mlp, "t_", 0)
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
    fails = score < mlp.best_validation_score_ + mlp.tol  # NaN does not, as in scikit-learn
    if mlp.scoring is not None:
        fails = fails or np.isnan(score)
    mlp._no_improvement_count = mlp._no_improvement_count + 1 if fails else 0
    is_best = score > mlp.best_validation_score_
    if is_best:
        mlp.best_validation_score_ = score
    return is_best


def _update_learning_rate(mlp: BaseMLP) -> bool:
    """Set the learning rate of the next epoch, or return True to stop training."""
    optimizer, sgd = mlp._optimizer_state, mlp.solver == "sgd"
    if sgd and mlp.learning_rate == "invscaling":
        optimizer["learning_rate"] = float(mlp.learning_rate_init) / (mlp.t_ + 1) ** mlp.power_t
    if mlp._no_improvement_count <= mlp.n_iter_no_change:
        return False
    stops, ending = True, "Stopping."
    if sgd and mlp.learning_rate == "adaptive":
        if optimizer["learning_rate"] > 1e-6:
            optimizer["learning_rate"] /= 5.0
            mlp._no_improvement_count = 0
            stops, ending = False, f"Setting learning rate to {optimizer['learning_rate']:f}"
        else:
            ending = "Learning rate too small. Stopping."
    if mlp.verbose:
        what = watched(mlp) if mlp.early_stopping else "Training loss"
        print(
            f"{what} did not improve more than tol={mlp.tol:f} for {mlp.n_iter_no_change:.0f} "
            f"consecutive epochs. {ending}"
        )
    return stops
