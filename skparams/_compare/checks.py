"""The arguments of ``compare``, checked before any work starts."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from inspect import getattr_static
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn import get_config
from sklearn.base import (
    ClassifierMixin,
    RegressorMixin,
    clone,
    is_classifier,
    is_regressor,
)
from sklearn.metrics import check_scoring, get_scorer, get_scorer_names
from sklearn.model_selection import RepeatedKFold, RepeatedStratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags
from sklearn.utils.multiclass import type_of_target

from skparams._escape import clean
from skparams._report import few
from skparams._walk import check_estimator
from skparams.specs import final_estimator_of

# With 3 repeats the standard error of the test is 8 % larger than with scikit-learn's 10, and the
# comparison takes less than a third of the time.
N_REPEATS, N_FOLDS = 3, 5
# scikit-learn's names of the scores that classifiers and regressors have in common.
_COMMON = {"accuracy": "accuracy", "R²": "r2"}


def check_estimators(estimators: Any) -> dict[str, Any]:
    """The competitors by name; TypeError or ValueError if they are no dict of estimators."""
    if not isinstance(estimators, Mapping):
        raise TypeError(
            "compare: estimators must be a dict of estimators by name, as "
            f"{{'ridge': Ridge()}}, got {type(estimators).__name__}: {reprlib.repr(estimators)}."
        )
    if not estimators:
        raise ValueError("compare: estimators must have at least one estimator, got an empty dict.")
    shown: dict[str, str] = {}
    for name, estimator in estimators.items():
        if not isinstance(name, str):
            raise TypeError(
                f"compare: the names in estimators must be str, got {type(name).__name__}: "
                f"{reprlib.repr(name)}."
            )
        look = " ".join(clean(name).split())
        if not look:
            raise ValueError(f"compare: a name in estimators must have letters, got {name!r}.")
        if look in shown:
            raise ValueError(
                f"compare: the names in estimators must look different, got {shown[look]!r} and "
                f"{name!r}."
            )
        shown[look] = name
        check_estimator("compare", estimator, f"estimators[{name!r}]")
        try:
            get_tags(clone(estimator))
        except Exception as error:  # any class may raise anything
            raise TypeError(
                f"compare: estimators[{name!r}] must be an estimator that scikit-learn can clone "
                f"and tell the kind of, but {type(error).__name__}: {error}"
            ) from error
    return dict(estimators)


def check_options(
    estimators: Mapping[str, Any], baseline: Any, rope: Any, n_jobs: Any, memory: Any
) -> None:
    """Raise for a baseline that is no competitor, and for numbers that are none."""
    if baseline is not None and baseline not in list(estimators):
        names = few([repr(name) for name in estimators], 10)
        raise ValueError(f"compare: baseline must be None or one of {names}, got {baseline!r}.")
    if rope is not None and not (_is_number(rope) and 0 < rope < math.inf):
        raise ValueError(
            "compare: rope must be None or the largest difference of the score that does not "
            f"matter, a number above 0, got {rope!r}."
        )
    if n_jobs is not None and not (_is_int(n_jobs) and n_jobs != 0):
        raise ValueError(f"compare: n_jobs must be None or an int other than 0, got {n_jobs!r}.")
    if not isinstance(memory, bool | np.bool_):
        raise TypeError(f"compare: memory must be True or False, got {memory!r}.")


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_)


def _is_int(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool | np.bool_)


def check_target(estimators: Mapping[str, Any], y: Any) -> None:
    """Raise ValueError if there is no y and a competitor needs one."""
    if y is not None:
        return
    for name, estimator in estimators.items():
        if get_tags(estimator).target_tags.required:
            raise ValueError(f"compare: y must be given, as {name!r} needs it to be fitted.")


def check_cv(cv: Any, estimators: Mapping[str, Any], y: Any, groups: Any, random_state: Any) -> Any:
    """The splitter, or the list of splits that was given."""
    if cv is None or _is_int(cv):
        n_splits = N_FOLDS if cv is None else int(cv)
        if n_splits < 2:
            raise ValueError(f"compare: cv must have at least 2 folds, got {cv!r}.")
        if groups is not None:
            raise ValueError(
                "compare: groups needs a cv that keeps groups together, as cv=GroupKFold(5); "
                f"got cv={cv!r}, which does not."
            )
        stratified = y is not None and all(map(is_classifier, estimators.values()))
        stratified = stratified and type_of_target(y) in ("binary", "multiclass")
        folds = RepeatedStratifiedKFold if stratified else RepeatedKFold
        return folds(n_splits=n_splits, n_repeats=N_REPEATS, random_state=random_state)
    if hasattr(cv, "split") and not isinstance(cv, str | type):
        return cv
    if isinstance(cv, Iterable) and not isinstance(cv, str | Mapping):
        return [_pair_of_indices(split) for split in cv]
    raise ValueError(
        "compare: cv must be None, a number of folds, a splitter such as RepeatedKFold(), or a "
        f"list of pairs of training and test rows, got {reprlib.repr(cv)}."
    )


def _pair_of_indices(split: Any) -> tuple[Any, Any]:
    try:
        train, test = split
    except (TypeError, ValueError):
        raise ValueError(
            "compare: cv must have pairs of training and test rows, got one that is "
            f"{reprlib.repr(split)}."
        ) from None
    return train, test


def check_splits(
    splits: list[tuple[Any, Any]], n_samples: int, estimators: Mapping[str, Any], y: Any
) -> list[tuple[np.ndarray, np.ndarray]]:
    """The rows of each fold; ValueError for an empty fold and one whose rows have one class."""
    if not splits:
        raise ValueError("compare: cv must have at least one fold, got none.")
    labels = _labels(estimators, y)
    found = []
    for i, split in enumerate(splits):
        train, test = (_rows(rows, n_samples, i) for rows in split)
        if np.intersect1d(train, test).size:
            raise ValueError(f"compare: in fold {i} of cv, test rows are training rows too.")
        if labels is not None and len(classes := np.unique(labels[train]).tolist()) == 1:
            raise ValueError(
                f"compare: all training rows of fold {i} are of the class {classes[0]!r}. Use a cv "
                "that has all classes in each fold, as StratifiedKFold(shuffle=True)."
            )
        found.append((train, test))
    return found


def _labels(estimators: Mapping[str, Any], y: Any) -> np.ndarray | None:
    """The classes of the rows, if a competitor learns classes and each row has one."""
    if y is None or not any(map(is_classifier, estimators.values())):
        return None
    return np.asarray(y).ravel() if type_of_target(y) in ("binary", "multiclass") else None


def _rows(rows: Any, n_samples: int, fold: int) -> np.ndarray:
    rows = np.asarray(rows)
    if rows.dtype == bool and rows.shape == (n_samples,):
        rows = np.flatnonzero(rows)
    if rows.ndim != 1 or not rows.size or rows.dtype.kind not in "iu":
        raise ValueError(
            f"compare: fold {fold} of cv must have indices of training rows and of test rows, got "
            f"{reprlib.repr(rows)}."
        )
    if rows.min() < -n_samples or rows.max() >= n_samples:
        raise ValueError(
            f"compare: fold {fold} of cv has the row {rows.max()}, and X has {n_samples} rows."
        )
    return rows % n_samples


def check_scores(estimators: Mapping[str, Any], scoring: Any) -> tuple[str, dict[str, Any]]:
    """The name of the score, and a scorer for each competitor."""
    if isinstance(scoring, str) and scoring not in get_scorer_names():
        names = get_scorer_names()
        near = [name for name in names if name.startswith(scoring)] if scoring else []
        near = near or get_close_matches(scoring, names) or ["accuracy", "r2"]
        raise ValueError(
            f"compare: scoring must be the name of a metric, such as {few(map(repr, near))}, got "
            f"{scoring!r}. sklearn.metrics.get_scorer_names() lists them."
        )
    if scoring is not None and not isinstance(scoring, str) and not callable(scoring):
        raise ValueError(
            "compare: scoring must be None, the name of one metric or a callable, got "
            f"{reprlib.repr(scoring)}."
        )
    scorers = {name: check_scoring(each, scoring) for name, each in estimators.items()}
    if isinstance(scoring, str):
        return scoring, scorers
    if scoring is not None:
        return getattr(scoring, "__name__", None) or repr(scoring), scorers
    kinds = {name: _kind_of_score(each) for name, each in estimators.items()}
    if len(set(kinds.values())) > 1:
        shown = few([f"{kind} of {name!r}" for name, kind in kinds.items()], 5)
        raise ValueError(
            "compare: scoring must be given, as the estimators' own scores are not of one kind: "
            f"{shown}."
        )
    kind = next(iter(kinds.values()))
    if not get_config()["enable_metadata_routing"]:
        # The same number, from predictions that can be timed: a pipeline's score does not call its
        # own predict.
        common = [name for name, each in estimators.items() if _has_common_score(each)]
        scorers |= dict.fromkeys(common, get_scorer(_COMMON[kind])) if common else {}
    return kind, scorers


def _kind_of_score(estimator: Any) -> str:
    """What the method ``score`` of an estimator returns."""
    final = final_estimator_of(estimator).estimator
    scoring = final.get_params(deep=False).get("scoring")
    if scoring is not None and not _has_common_score(final):
        return scoring if isinstance(scoring, str) else repr(scoring)
    if is_classifier(final):
        return "accuracy"
    return "R²" if is_regressor(final) else f"score of {type(final).__name__}"


def _has_common_score(estimator: Any) -> bool:
    """Whether ``score`` is that of all classifiers or of all regressors, from predictions."""
    score = getattr_static(type(estimator), "score", None)
    if score is getattr_static(Pipeline, "score"):
        return _has_common_score(estimator.steps[-1][1])
    return score in (ClassifierMixin.score, RegressorMixin.score)
