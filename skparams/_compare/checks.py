"""The arguments of ``compare``, checked before any work starts."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Mapping, Sequence
from inspect import getattr_static, unwrap
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
from sklearn.metrics import get_scorer
from sklearn.model_selection import RepeatedKFold, RepeatedStratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags
from sklearn.utils.multiclass import type_of_target

from skparams._escape import clean
from skparams._folds import check_n_jobs, scorer_of, splitter_of
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
    check_n_jobs("compare", n_jobs)
    if not isinstance(memory, bool | np.bool_):
        raise TypeError(f"compare: memory must be True or False, got {memory!r}.")


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_)


def _is_int(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool | np.bool_)


def check_cv(
    cv: Any, estimators: Mapping[str, Any], y: Any, groups: Any, random_state: Any
) -> tuple[str, Any]:
    """The splitter and its name; a number of folds, or nothing, is repeated shuffled folds."""
    if not (cv is None or _is_int(cv)):
        splitter = splitter_of("compare", cv, y, classifier=False)
        return type(cv).__name__ if splitter is cv else "ready-made splits", splitter
    if cv is not None and cv < 2:
        raise ValueError(f"compare: cv must have at least 2 folds, got {cv!r}.")
    if groups is not None:
        raise ValueError(
            "compare: groups needs a cv that keeps groups together, as cv=GroupKFold(5); "
            f"got cv={cv!r}, which does not."
        )
    stratified = y is not None and all(map(is_classifier, estimators.values()))
    stratified = stratified and type_of_target(y) in ("binary", "multiclass")
    folds = RepeatedStratifiedKFold if stratified else RepeatedKFold
    n_splits = N_FOLDS if cv is None else int(cv)
    return folds.__name__, folds(n_splits=n_splits, n_repeats=N_REPEATS, random_state=random_state)


def check_apart(splits: Sequence[tuple[np.ndarray, np.ndarray]]) -> None:
    """Raise ValueError if rows are used for training and test at once."""
    for i, (train, test) in enumerate(splits):
        if (both := np.intersect1d(train, test)).size:
            raise ValueError(
                f"compare: in split {i} of cv, row {both[0]} is both a training and a test row."
            )


def check_scores(estimators: Mapping[str, Any], scoring: Any) -> tuple[str, dict[str, Any]]:
    """The name of the score, and a scorer for each competitor."""
    scorers = {name: scorer_of("compare", each, scoring) for name, each in estimators.items()}
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
    return unwrap(score) in (ClassifierMixin.score, RegressorMixin.score)
