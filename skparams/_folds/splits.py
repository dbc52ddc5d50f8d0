"""The rows of each split, checked before the first fit."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.model_selection import check_cv
from sklearn.utils import get_tags, indexable
from sklearn.utils.multiclass import type_of_target

from skparams._escape import clean
from skparams._lazy import refuse_lazy
from skparams._walk import SOME_ROWS, n_rows


def check_n_jobs(function: str, n_jobs: Any) -> None:
    """Raise TypeError or ValueError if ``n_jobs`` is no number of jobs."""
    whole = isinstance(n_jobs, Integral) and not isinstance(n_jobs, bool | np.bool_)
    if n_jobs is not None and not (whole and n_jobs):
        error = ValueError if whole else TypeError
        raise error(
            f"{function}: n_jobs must be None or an int other than 0, got {reprlib.repr(n_jobs)}."
        )


def checked_rows(function: str, X: Any, y: Any, groups: Any = None) -> tuple[Any, Any, Any]:
    """X, y and groups as what rows can be taken from, with as many rows each."""
    n_rows(function, X)
    refuse_lazy(function, SOME_ROWS, y=y, groups=groups)
    try:
        X, y, groups = indexable(X, y, groups)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{function}: X, y and groups must have as many rows: {error}") from error
    return X, y, groups


def check_target(function: str, estimator: Any, y: Any) -> None:
    """Raise an error if y is missing where it is needed, or has labels that are missing."""
    if y is None:
        if get_tags(estimator).target_tags.required:
            raise ValueError(
                f"{function}: y must be given for {type(estimator).__name__}, got None."
            )
    elif is_classifier(estimator):
        try:
            with np.errstate(invalid="ignore"):  # NaN is cast to int
                type_of_target(y)
            np.unique(np.asarray(y))
        except (TypeError, ValueError) as error:
            raise type(error)(
                f"{function}: y must have labels of one type, none of them missing: {error}"
            ) from error


def splitter_of(function: str, cv: Any, y: Any, *, classifier: bool) -> Any:
    """A splitter, as ``cross_validate`` takes ``cv``."""
    try:
        return check_cv(cv, y, classifier=classifier)
    except (TypeError, ValueError) as error:
        raise type(error)(
            f"{function}: cv must be None, an int, a splitter or an iterable of pairs of training "
            f"and test rows, got {clean(reprlib.repr(cv))}: {error}"
        ) from error


def splits_of(
    function: str, cv: Any, X: Any, y: Any, metadata: Mapping[str, Any], *, classes: bool
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Indices of the training and the test rows of each split, from 0.

    ``metadata`` goes to the splitter. Raises ValueError if there is no split, if one has no rows or
    rows that X does not have, and with ``classes`` if its training rows have one class only.
    """
    try:
        splits = [tuple(split) for split in cv.split(X, y, **metadata)]
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{function}: cv must split the rows, and {clean(reprlib.repr(cv))} does not: {error}"
        ) from error
    if not splits:
        raise ValueError(f"{function}: cv must have at least one split, got none.")
    labels = _labels(y) if classes else None
    if labels is not None and (labels == labels[0]).all():
        raise ValueError(f"{function}: y must have two classes or more, got {_shown(labels[0])}.")
    n, found = n_rows(function, X), []
    for i, split in enumerate(splits):
        if len(split) != 2:
            raise ValueError(
                f"{function}: split {i} of cv must be a pair of training rows and test rows, got "
                f"{len(split)} items."
            )
        train = _indices(function, i, "training", split[0], n)
        found.append((train, _indices(function, i, "test", split[1], n)))
        if labels is not None and (labels[train] == labels[train[0]]).all():
            raise ValueError(
                f"{function}: the training rows of split {i} of cv have one class only, "
                f"{_shown(labels[train[0]])}. Use a cv that keeps the shares of the classes, as "
                "StratifiedKFold(shuffle=True) and StratifiedShuffleSplit do, or fewer splits."
            )
    return found


def _labels(y: Any) -> np.ndarray | None:
    """The class of each row, if each row has one."""
    if y is None or type_of_target(y) not in ("binary", "multiclass"):
        return None
    return np.asarray(y).ravel()


def _shown(label: Any) -> str:
    return clean(repr(label.item() if isinstance(label, np.generic) else label))


def _indices(function: str, number: int, kind: str, given: Any, n: int) -> np.ndarray:
    """Rows of a split, given as indices or as a mask, as indices from 0."""
    rows, what = np.asarray(given), f"{function}: the {kind} rows of split {number} of cv must be"
    if rows.dtype == bool and rows.shape == (n,):
        rows = np.flatnonzero(rows)
    if rows.ndim != 1 or not rows.size or rows.dtype.kind not in "iu":
        raise ValueError(
            f"{what} indices, at least one, or a mask of {n:,} rows, got {reprlib.repr(given)}."
        )
    if rows.max() >= n or rows.min() < -n:
        wrong = rows[(rows >= n) | (rows < -n)][0]
        raise ValueError(f"{what} below {n:,}, the number of rows of X, got {wrong}.")
    return np.where(rows < 0, rows + n, rows)
