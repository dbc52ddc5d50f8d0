"""One fit of a capacity curve: its scores, its losses and its number of parameters."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import clone

from skparams._capacity.losses import Loss
from skparams._compat import fit_and_score
from skparams._params import counted
from skparams._records import Count, Unknown
from skparams._walk import Walk


class Fit(NamedTuple):
    """What is kept of one fit."""

    train_score: float
    test_score: float
    train_loss: float
    test_loss: float
    n_params: Count | float
    guessed: bool
    error: str | None
    score_error: str = ""


@dataclass(frozen=True)
class Task:
    """What all fits share."""

    estimator: Any
    X: Any
    y: Any
    param_name: str
    scorer: Any
    loss: Loss | Unknown
    fit_params: Mapping[str, Any]
    score_params: Mapping[str, Any]
    loss_params: Mapping[str, Any]
    error_score: Any
    kind: str


@dataclass
class _Measures:
    """A scorer that keeps the losses, and of the training rows the number of parameters.

    scikit-learn calls it with the validation rows and then with the training rows.
    """

    task: Task
    losses: list[float] = field(default_factory=list)
    n_params: Count | float = 0
    guessed: bool = False
    error: str = ""  # the first one, of the score or the loss

    def __call__(self, model: Any, *rows: Any, **params: Any) -> Any:
        task = self.task
        self.losses.append(self._loss(model, rows, params))
        if len(self.losses) == 2:
            walk = Walk(model)
            self.n_params = counted("capacity_curve", walk, model, task.kind, rows[0])
            self.guessed = walk.root.totals.guessed is not None
        own = {name: params[name] for name in task.score_params}
        try:
            return task.scorer(model, *rows, **own)
        except Exception as error:  # scikit-learn warns of it or raises it
            self._keep("score", error)
            raise

    def _keep(self, what: str, error: Exception) -> None:
        text = " ".join(str(error).split())
        self.error = self.error or f"{what}: {type(error).__name__}: {text}"

    def _loss(self, model: Any, rows: tuple, params: Mapping[str, Any]) -> float:
        loss = self.task.loss
        if isinstance(loss, Unknown):
            return np.nan
        try:
            own = {name: params[name] for name in self.task.loss_params}
            return float(loss.function(model, *rows, **own))
        except Exception as error:
            if self.task.error_score == "raise":
                raise
            self._keep(loss.name, error)
            warnings.warn(
                f"capacity_curve: the {loss.name} of a fit is NaN: {type(error).__name__}: {error}",
                stacklevel=2,
            )
            return np.nan


def fit_one(task: Task, value: Any, train: np.ndarray, test: np.ndarray) -> Fit:
    """Fit a clone with a value of the hyperparameter to the training rows, and score it."""
    measures = _Measures(task)
    found = fit_and_score(
        clone(task.estimator),
        task.X,
        task.y,
        scorer=measures,
        train=train,
        test=test,
        parameters={task.param_name: value},
        fit_params=task.fit_params,
        score_params={**task.score_params, **task.loss_params},
        error_score=task.error_score,
    )
    scores = found["train_scores"], found["test_scores"]
    if isinstance(scores[1], dict):
        raise TypeError("capacity_curve: scoring must return a number, got a dict.")
    if error := found["fit_error"]:
        unknown = Unknown("the fit failed")
        return Fit(*scores, np.nan, np.nan, unknown, guessed=False, error=error)
    test_loss, train_loss = measures.losses
    count = measures.n_params, measures.guessed
    return Fit(*scores, train_loss, test_loss, *count, None, measures.error)
