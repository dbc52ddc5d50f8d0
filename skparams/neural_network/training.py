"""Training loops: epochs with stopping rules around the compiled epoch, and SciPy's L-BFGS-B."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import scipy.optimize

from skparams._compat import check_optimize_result, lbfgs_print_options
from skparams.neural_network.batches import SGD, Adam, Batches

NOT_FINITE = (
    "Solver produced non-finite parameter weights. The input data may contain large values and "
    "need to be preprocessed."
)


@dataclass
class Progress:
    """What training knows after each epoch, and a later call may continue from.

    Attributes
    ----------
    order : ndarray of shape (n_samples,)
        The order of rows in the last epoch; the next one shuffles it on.
    n_iter : int
        Epochs since training began anew.
    t : int
        Rows seen, over all epochs.
    n_no_change : int
        Epochs in a row that did not improve by tol.
    best_loss, best_score : float
        The best so far; the score is only kept with a validation set.
    best_params : ndarray or None
        A copy of the buffer at the best score.
    """

    order: np.ndarray
    loss_curve: list[float] = field(default_factory=list)
    validation_scores: list[float] = field(default_factory=list)
    n_iter: int = 0
    t: int = 0
    n_no_change: int = 0
    best_loss: float = np.inf
    best_score: float = -np.inf
    best_params: np.ndarray | None = None

    def judge_loss(self, tol: float) -> None:
        """Count the epoch as an improvement, or not, by its training loss."""
        loss = self.loss_curve[-1]
        self.n_no_change = self.n_no_change + 1 if loss > self.best_loss - tol else 0
        self.best_loss = min(self.best_loss, loss)

    def judge_score(self, score: float, params: np.ndarray, tol: float) -> None:
        """Count the epoch as an improvement, or not, by its validation score; NaN is neither."""
        self.validation_scores.append(score)
        self.n_no_change = self.n_no_change + 1 if score < self.best_score + tol else 0
        if score > self.best_score:
            self.best_score = score
            self.best_params = params.copy()


def train(
    batches: Batches,
    params: np.ndarray,
    optimizer: Adam | SGD,
    progress: Progress,
    settings: dict,
    random_state: np.random.RandomState,
    *,
    n_epochs: int,
    score: Callable[[np.ndarray], float] | None = None,
) -> bool:
    """Train params in place, epoch by epoch; return whether a rule or the user ended it.

    Parameters
    ----------
    batches : Batches
        The training rows.
    params : ndarray of shape (n_params,)
        The network's buffer.
    optimizer : Adam or SGD
        Its state, continued in place.
    progress : Progress
        What earlier epochs left, continued in place.
    settings : dict
        The estimator's hyperparameters.
    random_state : RandomState
        Shuffles the rows.
    n_epochs : int
        The most epochs to train.
    score : callable, optional
        Gives the validation score of params: early stopping.

    Raises
    ------
    ValueError
        Where the loss or a parameter is not finite and no validation score can see to it.
    """
    try:
        with batches.ready(), np.errstate(all="ignore"):
            for _ in range(n_epochs):
                if settings["shuffle"]:
                    progress.order = random_state.permutation(progress.order)
                loss = batches.train_epoch(params, progress.order, optimizer, settings)
                progress.n_iter += 1
                progress.t += len(progress.order)
                progress.loss_curve.append(loss)
                if settings["verbose"]:
                    print(f"Iteration {progress.n_iter}, loss = {loss:.8f}")
                if score is None:
                    _check_finite(loss, params, progress.n_iter, settings)
                    progress.judge_loss(settings["tol"])
                else:
                    progress.judge_score(score(params), params, settings["tol"])
                    if settings["verbose"]:
                        print(f"Validation score: {progress.validation_scores[-1]:f}")
                if _ends(optimizer, progress, settings, by_score=score is not None):
                    return True
    except KeyboardInterrupt:
        warnings.warn("Training interrupted by user.", stacklevel=6)
        return True
    return False


def _check_finite(loss: float, params: np.ndarray, n_iter: int, settings: dict) -> None:
    if not (np.isfinite(loss) and np.isfinite(params).all()):
        raise ValueError(
            f"{NOT_FINITE} In epoch {n_iter} the loss was {loss:.6g}, with "
            f"learning_rate_init={settings['learning_rate_init']}; a smaller one may help too."
        )


def _ends(optimizer: Adam | SGD, progress: Progress, settings: dict, by_score: bool) -> bool:
    """Set the learning rate of the next epoch; say whether training ends instead."""
    if isinstance(optimizer, SGD) and settings["learning_rate"] == "invscaling":
        optimizer.learning_rate = (
            float(settings["learning_rate_init"]) / (progress.t + 1) ** settings["power_t"]
        )
    if progress.n_no_change <= settings["n_iter_no_change"]:
        return False
    what = "Validation score did not improve" if by_score else "Training loss did not improve"
    message = (
        f"{what} more than tol={settings['tol']:f} for {settings['n_iter_no_change']:.0f} "
        "consecutive epochs."
    )
    slows_down = isinstance(optimizer, SGD) and settings["learning_rate"] == "adaptive"
    if slows_down and optimizer.learning_rate > 1e-6:
        optimizer.learning_rate /= 5.0
        progress.n_no_change = 0
        ending = f"Setting learning rate to {optimizer.learning_rate:f}"
    elif slows_down:
        ending = "Learning rate too small. Stopping."
    else:
        ending = "Stopping."
    if settings["verbose"]:
        print(f"{message} {ending}")
    return "Stopping" in ending


def train_lbfgs(
    batches: Batches, params: np.ndarray, settings: dict
) -> tuple[np.ndarray, list[float], int]:
    """Minimise the loss, summed over outputs, with SciPy's L-BFGS-B.

    Returns the parameters, the loss after each iteration, and the number of iterations.
    """
    loss_curve: list[float] = []
    reached = params

    def record(intermediate_result: scipy.optimize.OptimizeResult) -> None:
        nonlocal reached
        reached = intermediate_result.x.copy()
        loss_curve.append(float(intermediate_result.fun))

    try:
        with batches.ready(), np.errstate(all="ignore"):
            result = scipy.optimize.minimize(
                batches.loss_gradient,
                params,
                args=(settings["alpha"],),
                method="L-BFGS-B",
                jac=True,
                callback=record,
                options={
                    "maxfun": settings["max_fun"],
                    "maxiter": settings["max_iter"],
                    "gtol": settings["tol"],
                    **lbfgs_print_options(settings["verbose"]),
                },
            )
    except KeyboardInterrupt:
        warnings.warn("Training interrupted by user.", stacklevel=6)
        return reached, loss_curve, len(loss_curve)
    if not (np.isfinite(result.fun) and np.isfinite(result.x).all()):
        raise ValueError(
            f"{NOT_FINITE} After {result.nit} iterations of lbfgs the loss was {result.fun:.6g}."
        )
    n_iter = check_optimize_result("lbfgs", result, settings["max_iter"])
    return result.x, loss_curve or [float(result.fun)], n_iter
