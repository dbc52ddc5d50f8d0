"""Validation data: passed to fit or split off, and the loss and score of a network on them."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import check_scoring
from sklearn.model_selection import train_test_split

from skparams._compat import accepts_sample_weight
from skparams._runtime import validate_data
from skparams.neural_network.activations import ACTIVATIONS
from skparams.neural_network.batches import Batches

if TYPE_CHECKING:
    from skparams.neural_network.base import BaseMLP

Data = tuple[Any, np.ndarray, np.ndarray | None]


def check_validation(
    mlp: BaseMLP,
    given: tuple,
    Y_train: np.ndarray,
    dtype: np.dtype,
    data_of: Callable[[Any, np.ndarray, Any], Data],
) -> Data:
    """The arguments X_val, y_val and sample_weight_val of fit as data that training can use.

    X_val gets the dtype of training, so that a number that it does not have is an error.
    """
    names = ("X_val", "y_val", "sample_weight_val")
    provided = [name for name, value in zip(names, given, strict=True) if value is not None]
    for name in names[:2]:
        if name not in provided:  # the words are HistGradientBoosting's
            raise ValueError(f"{provided[0]} is provided, but {name} was not provided.")
    X, y, weight = given
    try:
        with np.errstate(over="ignore"):
            X, y = validate_data(
                mlp,
                X,
                y,
                accept_sparse=("csr", "csc"),
                multi_output=True,
                ensure_min_samples=2,  # as of the part that early stopping splits off
                dtype=dtype,
                reset=False,
            )
        Y = mlp._encode_other_targets(y, "y_val", "y")
        if Y.shape[1] != Y_train.shape[1]:
            raise ValueError(f"y_val has {Y.shape[1]} outputs, but y has {Y_train.shape[1]}.")
        return data_of(X, Y, weight)
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        message = f"{type(mlp).__name__}.fit: invalid validation data ({', '.join(provided)})"
        raise kind(f"{message}: {error}") from error


def split(mlp: BaseMLP, data: Data, random_state: np.random.RandomState) -> tuple[Data, Data]:
    """Training and validation part; as in scikit-learn, only a single output is stratified."""
    size, strata = mlp.validation_fraction, mlp._strata(data[1])
    given = data if data[2] is not None else data[:2]
    parts = train_test_split(*given, random_state=random_state, test_size=size, stratify=strata)
    training, validation = ((*parts[i::2], None)[:3] for i in (0, 1))
    if validation[0].shape[0] < 2:
        raise ValueError(
            "The validation set is too small. Increase 'validation_fraction' "
            "or the size of your dataset."
        )
    for part, (*_, weight) in (("training", training), ("validation", validation)):
        if weight is not None and not weight.any():
            raise zero_weights_of_part(part, weight.size)
    return training, validation


def zero_weights_of_part(part: str, n_samples: int) -> ValueError:
    """What is raised where the training or the validation part has no weight."""
    return ValueError(
        f"Sample weights must contain at least one non-zero number in the {part} part "
        f"that early_stopping splits off, of {n_samples} samples."
    )


class Validation:
    """Computes the loss and score of the network that `mlp` trains, on validation data.

    The loss is the mean that training with `batches` minimizes, without penalty, and ``n_summed``
    times that if training takes a sum over outputs. ``dtype`` is that of the fitted parameters.
    """

    def __init__(
        self, mlp: BaseMLP, batches: Batches, data: Data, dtype: np.dtype, n_summed: int = 1
    ):
        self._mlp, self._dtype, self._n_summed = mlp, dtype, n_summed
        self._X, self._Y, self._weight = data
        self._batches = batches.with_data(data)
        self._scorer: Any = None
        if mlp.scoring is not None and not is_loss(mlp):
            self._scorer = check_scoring(mlp, scoring=mlp.scoring)
            self._targets = mlp._decode_targets(self._Y)
            takes_weight = self._weight is not None and accepts_sample_weight(self._scorer)
            self._weights = {"sample_weight": self._weight} if takes_weight else {}

    def evaluate(self, params: np.ndarray) -> tuple[float, float]:
        """Loss and score; of the score larger is better."""
        Z, loss = self._batches.evaluate(params)
        loss *= self._n_summed
        if is_loss(self._mlp):
            return loss, -loss
        if self._scorer is None:
            return loss, self._mlp._validation_score(Z, self._Y, self._weight)
        ACTIVATIONS[self._mlp.out_activation_].apply(Z)
        return loss, self._score(params) if np.isfinite(Z).all() else float("nan")

    def _score(self, params: np.ndarray) -> float:
        """What the scorer returns for the estimator with these parameters."""
        mlp = self._mlp
        # X is checked already, and may have been a frame: without names there is no warning.
        names = mlp.__dict__.pop("feature_names_in_", None)
        mlp.__dict__.update(self._batches.network.views(params.astype(self._dtype, copy=False)))
        try:
            score = self._scorer(mlp, self._X, self._targets, **self._weights)
        finally:
            if names is not None:
                mlp.feature_names_in_ = names
        if hasattr(score, "item") and np.size(score) == 1:
            score = score.item()
        if not isinstance(score, Real):
            raise ValueError(
                f"scoring={mlp.scoring!r} must return a number, got {score!r} of type "
                f"{type(score).__name__}."
            )
        return float(score)


def is_loss(mlp: BaseMLP) -> bool:
    """Whether the validation score is the negative loss."""
    return isinstance(mlp.scoring, str) and mlp.scoring == "loss"


def watched(mlp: BaseMLP) -> str:
    """What early stopping compares epochs by, in messages."""
    return "Validation loss" if is_loss(mlp) else "Validation score"


def check_best_score(mlp: BaseMLP, validation: list[tuple[float, float]]) -> None:
    """Raise an error if no epoch has a score by which its weights are the best.

    With its own score, the estimator keeps the weights that training starts from, as scikit-learn.
    """
    if mlp.scoring is not None and validation and mlp.best_validation_score_ == -np.inf:
        raise ValueError(
            f"{type(mlp).__name__}: with scoring={mlp.scoring!r} early stopping needs a validation "
            f"score that is a finite number, got {validation[-1][1]} in all {len(validation)} "
            "epochs. Use another scoring, or validation data on which it is defined."
        )
