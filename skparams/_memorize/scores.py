"""The score of each row: functions of a fitted estimator, X and y, as users write their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import is_classifier, is_regressor
from sklearn.ensemble import StackingClassifier

from skparams._escape import clean
from skparams.specs import final_estimator_of

RowScore = Callable[[Any, Any, Any], Any]


def probability(model: Any, X: Any, y: np.ndarray) -> np.ndarray:
    """The probability of each row's label, averaged over outputs.

    A label that the model was not trained on has none.
    """
    found, classes = model.predict_proba(X), model.classes_
    if isinstance(found, list):  # one for each output
        columns = y.reshape(len(y), -1).T
        each = zip(found, classes, columns, strict=True)
        return np.mean([_of_labels(*output) for output in each], axis=0)
    if y.ndim == 2:
        return np.mean(np.where(y == 1, found, 1 - np.asarray(found)), axis=1)
    return _of_labels(found, classes, y)


def _of_labels(found: Any, classes: Any, labels: np.ndarray) -> np.ndarray:
    found, classes = np.asarray(found, dtype=np.float64), np.asarray(classes)
    if found.shape != (len(labels), len(classes)):
        raise ValueError(
            f"predict_proba returned the shape {found.shape} for {len(labels):,} rows and "
            f"{len(classes):,} classes"
        )
    column = {label: j for j, label in enumerate(classes.tolist())}
    at = np.array([column.get(label, -1) for label in labels.tolist()], dtype=np.intp)
    return np.where(at >= 0, found[np.arange(len(at)), at], 0.0)


def accuracy(model: Any, X: Any, y: np.ndarray) -> np.ndarray:
    """1 if the label is right and 0 if not, averaged over outputs."""
    right = _dense(model.predict(X)).reshape(len(y), -1) == y.reshape(len(y), -1)
    return right.mean(axis=1)


def squared_error(model: Any, X: Any, y: np.ndarray) -> np.ndarray:
    """Minus the squared error, averaged over outputs."""
    predicted = np.asarray(model.predict(X), dtype=np.float64).reshape(len(y), -1)
    if predicted.shape != (len(y), y.size // len(y)):
        raise ValueError(f"predict returned {predicted.shape[1]:,} outputs, y has {y.shape}")
    return -np.square(predicted - y.reshape(len(y), -1)).mean(axis=1)


_FUNCTIONS: dict[str, RowScore] = {
    "probability": probability,
    "accuracy": accuracy,
    "squared_error": squared_error,
}


def _dense(y: Any) -> np.ndarray:
    return np.asarray(y.toarray() if hasattr(y, "toarray") else y)


class Score(NamedTuple):
    """A score, by its name on a page, and whether y has labels (or numbers)."""

    name: str
    function: RowScore
    of_labels: bool


def score_of(estimator: Any, score: Any) -> Score:
    """The score that was asked for, or the estimator's default; raise where it cannot be."""
    classifier, regressor = _is(is_classifier, estimator), _is(is_regressor, estimator)
    if callable(score):
        name = getattr(score, "__name__", type(score).__name__)
        own = name.isidentifier() and name not in _FUNCTIONS  # no lambda, and none of ours
        return Score(name if own else "score", score, classifier)
    if not classifier and not regressor:
        raise TypeError(
            f"memorization: {type(estimator).__name__} is no classifier and no regressor, so score "
            "must be a function of (estimator, X, y) that returns one number for each row; got "
            f"{clean(repr(score))}."
        )
    allowed = ("probability", "accuracy") if classifier else ("squared_error",)
    if score is not None and (not isinstance(score, str) or score not in allowed):
        raise ValueError(
            f"memorization: score must be {' or '.join(map(repr, allowed))} for a "
            f"{'classifier' if classifier else 'regressor'}, or a function of (estimator, X, y) "
            f"that returns one number for each row; got {clean(repr(score))}."
        )
    name = score or allowed[0]
    if name == "probability" and not _has_probabilities(estimator):
        raise ValueError(
            f'memorization: score="probability" needs predict_proba, which this '
            f'{type(estimator).__name__} does not have. Use score="accuracy": 1 where the label '
            "is right, 0 where not."
        )
    return Score(name, _FUNCTIONS[name], classifier)


def _is(kind: Callable[[Any], bool], estimator: Any) -> bool:
    try:
        return bool(kind(estimator))
    except Exception:  # a class without scikit-learn's tags, or a pipeline with one in it
        return False


def _has_probabilities(estimator: Any) -> bool:
    """Whether there will be predict_proba after fit.

    A StackingClassifier without a final estimator does not have it before.
    """
    last = final_estimator_of(estimator).estimator
    stacks = isinstance(last, StackingClassifier) and last.final_estimator is None
    return stacks or hasattr(estimator, "predict_proba")


def labels_of(y: Any, score: Score) -> np.ndarray:
    """Y as an array, a column as one axis; raise where it cannot be scored."""
    labels = _dense(y)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim not in (1, 2):
        raise ValueError(
            f"memorization: y must have one axis, or two with a column for each output, got the "
            f"shape {labels.shape}."
        )
    if score.function is squared_error:
        labels = _numbers(labels)
    return labels


def _numbers(y: np.ndarray) -> np.ndarray:
    try:
        numbers = y.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"memorization: y must be numbers for a regressor: {error}.") from error
    wrong = np.flatnonzero(~np.isfinite(numbers).reshape(len(y), -1).all(axis=1))
    if wrong.size:
        raise ValueError(
            f"memorization: y must be finite, got {y[wrong[0]].tolist()} in row {wrong[0]:,}."
        )
    return numbers


def checked(found: Any, n_rows: int) -> np.ndarray:
    """What a score returned; raise ValueError if it is not one finite number for each row."""
    scores = np.asarray(found, dtype=np.float64)
    if scores.shape != (n_rows,):
        raise ValueError(
            f"it must return one number for each of the {n_rows:,} rows, got the shape "
            f"{scores.shape}"
        )
    if (wrong := np.flatnonzero(~np.isfinite(scores))).size:
        raise ValueError(f"it is {scores[wrong[0]]} in row {wrong[0]:,}")
    return scores
