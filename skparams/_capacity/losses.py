"""Which loss goes with an estimator, and its value on rows."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import is_classifier, is_regressor
from sklearn.metrics import (
    get_scorer,
    get_scorer_names,
    log_loss,
    mean_squared_error,
    zero_one_loss,
)
from sklearn.utils import column_or_1d
from sklearn.utils.multiclass import type_of_target

from skparams._records import Unknown

_NEGATIVE = "neg_"


class Loss(NamedTuple):
    """What is called with a fitted model, X, y and metadata, and the scorer that it negates."""

    name: str
    function: Callable[..., float]
    scorer: Any = None


def loss_of(loss: Any, settings: Sequence[Any], y: Any) -> Loss | Unknown:
    """The loss that ``loss`` names, by default one that all settings have."""
    if loss is None:
        return _default(settings, y)
    if isinstance(loss, str):
        names = [name for name in get_scorer_names() if name.startswith(_NEGATIVE)]
        if loss not in names:
            raise ValueError(
                f"capacity_curve: loss must be None, a callable, or one of {', '.join(names)}; "
                f"got {loss!r}."
            )
        name, scorer = loss.removeprefix(_NEGATIVE).replace("_", " "), get_scorer(loss)
    elif callable(loss):
        name, scorer = name_of(loss, "loss"), loss
    else:
        raise TypeError(
            "capacity_curve: loss must be None, the name of a scorer such as 'neg_log_loss', or a "
            f"callable, got {reprlib.repr(loss)}."
        )
    return Loss(name, partial(_negated, scorer), scorer)


def name_of(scorer: Any, otherwise: str) -> str:
    """What a callable is called, as a text with spaces."""
    function = getattr(scorer, "_score_func", scorer)  # of what make_scorer returns
    name = getattr(function, "__name__", otherwise)
    return otherwise if name == "<lambda>" else name.replace("_", " ")


def _default(settings: Sequence[Any], y: Any) -> Loss | Unknown:
    """Mean squared error for regression; log loss for classes, or without it zero-one loss."""
    if all(map(is_regressor, settings)):
        return Loss("mean squared error", _squared)
    if not all(map(is_classifier, settings)):
        names = dict.fromkeys(type(each).__name__ for each in settings)
        return Unknown(f"{', '.join(names)} is no classifier and no regressor; choose a loss")
    target = type_of_target(y)
    if target not in ("binary", "multiclass"):
        return Unknown(f"y is {target}; choose a loss")
    if all(hasattr(each, "predict_proba") for each in settings):
        return Loss("log loss", partial(_log, np.unique(column_or_1d(y))))
    return Loss("zero-one loss", _zero_one)


def _negated(scorer: Any, *arguments: Any, **params: Any) -> float:
    return -scorer(*arguments, **params)


def _squared(model: Any, X: Any, y: Any) -> float:
    return mean_squared_error(y, model.predict(X))


def _zero_one(model: Any, X: Any, y: Any) -> float:
    return zero_one_loss(y, model.predict(X))


def _log(labels: np.ndarray, model: Any, X: Any, y: Any) -> float:
    """The log loss, in which classes that the model has not seen have a probability of 0."""
    found = np.asarray(model.predict_proba(X))
    places = np.searchsorted(labels, model.classes_)
    if not np.array_equal(labels[np.minimum(places, len(labels) - 1)], model.classes_):
        raise ValueError(f"{type(model).__name__} has other classes than y")
    probabilities = np.zeros((len(found), len(labels)), found.dtype)
    probabilities[:, places] = found
    return log_loss(y, probabilities, labels=labels)
