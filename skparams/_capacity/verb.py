"""``capacity_curve``."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from inspect import unwrap
from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin, is_classifier, is_regressor
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.exceptions import FitFailedWarning
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline

from skparams._capacity.checks import (
    WHAT,
    check_error_score,
    values_of,
    with_value,
)
from skparams._capacity.fits import Fit, Task, fit_one
from skparams._capacity.losses import loss_of, name_of
from skparams._capacity.record import CapacityCurve
from skparams._folds import (
    check_metadata,
    check_n_jobs,
    check_target,
    checked_rows,
    routed,
    scorer_of,
    splits_of,
    splitter_of,
)
from skparams._params import check_kind
from skparams._records import Unknown
from skparams._runtime import in_parallel
from skparams._walk import check_estimator, n_rows


def capacity_curve(
    estimator: Any,
    X: Any,
    y: Any = None,
    *,
    param_name: str,
    param_range: Iterable[Any],
    groups: Any = None,
    cv: Any = None,
    scoring: Any = None,
    loss: Any = None,
    kind: str = "stored",
    n_jobs: int | None = None,
    error_score: Any = np.nan,
    params: Mapping[str, Any] | None = None,
) -> CapacityCurve:
    """Return scores and losses against the number of parameters that were learned.

    The estimator is fitted with each value of one hyperparameter on the training rows of each
    split, as scikit-learn's `validation_curve` does, with the same scores. The parameters of each
    fitted model are counted.

    Parameters
    ----------
    estimator : estimator
        It is cloned for each fit, and only read.
    X : array-like of shape (n_samples, n_features)
        The rows.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
        The targets. None for unsupervised learning.
    param_name : str
        Name of the hyperparameter that varies, as `set_params` takes it.
    param_range : iterable
        Its values: numbers, tuples, estimators, whatever it may be.
    groups : array-like of shape (n_samples,), default=None
        Groups for splitting the rows. With metadata routing, pass them in `params`.
    cv : int, cross-validation generator or iterable, default=None
        How to split the rows, as `validation_curve` takes it; None means 5 folds.
    scoring : str or callable, default=None
        The score; None means the estimator's own.
    loss : str or callable, default=None
        A scorer, such as 'neg_log_loss' or a callable with the signature
        `scorer(estimator, X, y)`; the loss is minus what it returns. None means the mean squared
        error for regressors, the log loss for classifiers that have `predict_proba` with each
        value, and the zero-one loss for other classifiers.
    kind : {"stored", "free", "nonzero", "effective"}, default="stored"
        What to count, as in `count_params`.
    n_jobs : int, default=None
        Number of jobs, over values and splits. None means 1 unless in a `joblib` context, -1
        means all processors.
    error_score : "raise" or float, default=nan
        The score where a fit fails, with a FitFailedWarning; "raise" raises the error.
    params : dict, default=None
        Passed to `fit`, split by rows; with metadata routing, to whatever requests it.

    Returns
    -------
    CapacityCurve
        Shown as text by `print` and as HTML in notebooks; `plot()` draws it. After Ctrl-C it has
        the splits that are complete, with a warning; without any, the interrupt goes through.

    Raises
    ------
    TypeError
        If an argument is of the wrong type.
    ValueError
        If a value is not valid, if the training rows of a split have one class only, or if all
        fits fail.

    Warns
    -----
    FitFailedWarning
        If some fits fail.

    See Also
    --------
    CapacityCurveDisplay : The figure.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.tree import DecisionTreeRegressor
    >>> from skparams import capacity_curve
    >>> X, y = load_diabetes(return_X_y=True)
    >>> curve = capacity_curve(
    ...     DecisionTreeRegressor(random_state=0),
    ...     X, y, param_name="max_leaf_nodes", param_range=[2, 8, 200],
    ... )
    >>> curve.n_params
    (3, 15, 399)
    >>> curve.best
    1
    """
    check_estimator(WHAT, estimator)
    check_kind(WHAT, kind)
    check_error_score(error_score)
    check_metadata(WHAT, params, groups)
    check_n_jobs(WHAT, n_jobs)
    values = values_of(param_range)
    settings = [with_value(estimator, param_name, value) for value in values]
    X, y, groups = checked_rows(WHAT, X, y, groups)
    check_target(WHAT, estimator, y)
    scorer = scorer_of(WHAT, estimator, scoring)
    chosen = loss_of(loss, settings, y)
    cv = splitter_of(WHAT, cv, y, classifier=is_classifier(estimator))
    receivers = {
        "estimator": (estimator, "fit"),
        "splitter": (cv, "split"),
        "scorer": (scorer, "score"),
        "loss": (None if isinstance(chosen, Unknown) else chosen.scorer, "score"),
    }
    parts = routed(WHAT, receivers, params, groups)
    splits = splits_of(WHAT, cv, X, y, parts["splitter"], classes=is_classifier(estimator))
    task = Task(
        estimator, X, y, param_name, scorer, chosen,
        parts["estimator"], parts["scorer"], parts["loss"], error_score, kind,
    )  # fmt: skip
    calls = [(task, value, train, test) for train, test in splits for value in values]
    fits = _complete_folds(calls, len(values), n_jobs)
    _warn_of_failures(fits, error_score)
    return _curve(task, values, fits, splits[: len(fits)], _score_name(estimator, scoring))


def _complete_folds(calls: Sequence[tuple], n_settings: int, n_jobs: Any) -> list[list[Fit]]:
    """The fits of each split, of those that were complete at Ctrl-C."""
    found: list[Fit] = []
    try:
        for fit in in_parallel(fit_one, calls, n_jobs=n_jobs, label="capacity"):
            found.append(fit)
    except KeyboardInterrupt:
        n_done, n_splits = len(found) // n_settings, len(calls) // n_settings
        if not n_done:
            raise
        warnings.warn(
            f"{WHAT}: interrupted; the curve has {n_done} of {n_splits} splits.", stacklevel=3
        )
        found = found[: n_done * n_settings]
    return [found[i : i + n_settings] for i in range(0, len(found), n_settings)]


def _warn_of_failures(folds: Sequence[Sequence[Fit]], error_score: Any) -> None:
    """Raise ValueError if all fits failed, and warn if some did."""
    errors = [fit.error for fits in folds for fit in fits]
    failed = Counter(error for error in errors if error)
    if not failed:
        return
    line = "-" * 80
    details = "\n".join(f"{line}\n{n} fits failed with:\n{error}" for error, n in failed.items())
    n_failed = sum(failed.values())
    if n_failed == len(errors):
        first = _last_line(next(iter(failed)))
        raise ValueError(f"{WHAT}: all {n_failed} fits failed: {first}\n{details}")
    warnings.warn(
        f"{WHAT}: {n_failed} of {len(errors)} fits failed, and their scores are {error_score}. "
        f"error_score='raise' raises the error.\n{details}",
        FitFailedWarning,
        stacklevel=3,
    )


def _curve(
    task: Task,
    values: Sequence[Any],
    folds: Sequence[Sequence[Fit]],
    splits: Sequence[tuple[Any, Any]],
    score_name: str,
) -> CapacityCurve:
    """The record of the fits, settings before folds."""

    def array(name: str) -> np.ndarray:
        return np.array([[getattr(fit, name) for fit in fits] for fits in folds]).T

    X, y = task.X, task.y
    return CapacityCurve(
        class_name=type(task.estimator).__name__,
        param_name=task.param_name,
        param_range=tuple(values),
        counted=task.kind,
        fold_n_params=tuple(zip(*([fit.n_params for fit in fits] for fits in folds), strict=True)),
        score_name=score_name,
        train_scores=array("train_score"),
        test_scores=array("test_score"),
        loss_name=task.loss if isinstance(task.loss, Unknown) else task.loss.name,
        train_losses=array("train_loss"),
        test_losses=array("test_loss"),
        n_samples=n_rows(WHAT, X),
        n_train=tuple(len(train) for train, _ in splits),
        n_outputs=_n_outputs(task.estimator, y),
        errors=tuple(
            tuple(_last_line(fit.error) for fit in fits) for fits in zip(*folds, strict=True)
        ),
        score_errors=tuple(
            tuple(fit.score_error for fit in fits) for fits in zip(*folds, strict=True)
        ),
        guessed=any(fit.guessed for fits in folds for fit in fits),
    )


def _last_line(error: str | None) -> str:
    return error.strip().rpartition("\n")[2] if error else ""


def _n_outputs(estimator: Any, y: Any) -> int | None:
    """Number of columns of the target; of more than two classes, one for each class."""
    if y is None:
        return None
    targets = np.asarray(y)
    if targets.ndim == 2 and targets.shape[1] > 1:
        return int(targets.shape[1])
    if is_classifier(estimator):
        n_classes = len(np.unique(targets))
        return n_classes if n_classes > 2 else 1
    return 1 if is_regressor(estimator) else None


def _score_name(estimator: Any, scoring: Any) -> str:
    """What the score is; an estimator's own is named where its class takes it from scikit-learn."""
    if isinstance(scoring, str):
        return scoring.replace("neg_", "negative ", 1).replace("_", " ")
    if scoring is not None:
        return name_of(scoring, "score")
    while isinstance(estimator, Pipeline):
        estimator = estimator.steps[-1][1]
    own = getattr(type(estimator), "score", None)
    own = None if own is None else unwrap(own)
    if own in [cls.score for cls in (ClassifierMixin, KNeighborsClassifier, DummyClassifier)]:
        return "accuracy"
    return "R²" if own in (RegressorMixin.score, DummyRegressor.score) else "score"
