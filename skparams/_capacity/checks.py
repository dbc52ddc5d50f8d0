"""What a capacity curve is made of, checked before the first fit."""

from __future__ import annotations

import numbers
import reprlib
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

import numpy as np
from sklearn import get_config
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.metrics import check_scoring
from sklearn.model_selection import check_cv
from sklearn.utils import Bunch, indexable
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing
from sklearn.utils.multiclass import type_of_target

from skparams._walk import n_rows

WHAT = "capacity_curve"


def check_error_score(error_score: Any) -> None:
    if error_score != "raise" and not isinstance(error_score, numbers.Real):
        raise ValueError(
            f"{WHAT}: error_score must be 'raise' or a number, got {reprlib.repr(error_score)}."
        )


def check_n_jobs(n_jobs: Any) -> None:
    if n_jobs is None or (isinstance(n_jobs, numbers.Integral) and n_jobs):
        return
    error = ValueError if isinstance(n_jobs, numbers.Integral) else TypeError
    raise error(f"{WHAT}: n_jobs must be None or an int that is not 0, got {reprlib.repr(n_jobs)}.")


def check_params(params: Any, groups: Any) -> None:
    if params is not None and not isinstance(params, Mapping):
        raise TypeError(f"{WHAT}: params must be a dict, got {reprlib.repr(params)}.")
    if groups is not None and get_config()["enable_metadata_routing"]:
        raise ValueError(
            f"{WHAT}: groups must be in params with metadata routing: params={{'groups': groups}}."
        )


def values_of(param_range: Any) -> list[Any]:
    if isinstance(param_range, str | bytes | Mapping | Set) or not isinstance(
        param_range, Iterable
    ):
        raise TypeError(
            f"{WHAT}: param_range must be values in an order, as in a list, "
            f"got {reprlib.repr(param_range)}."
        )
    values = list(param_range)
    if not values:
        raise ValueError(f"{WHAT}: param_range must have at least one value, got none.")
    return values


def with_value(estimator: Any, param_name: Any, value: Any) -> Any:
    """An unfitted copy with a value of the hyperparameter."""
    try:
        return clone(estimator).set_params(**{param_name: clone(value, safe=False)})
    except (TypeError, ValueError, AttributeError) as error:
        raise ValueError(
            f"{WHAT}: param_name must be a hyperparameter of {type(estimator).__name__}, "
            f"got {param_name!r}: {error}"
        ) from error


def checked_rows(X: Any, y: Any, groups: Any) -> tuple[Any, Any, Any]:
    n_rows(WHAT, X)
    try:
        X, y, groups = indexable(X, y, groups)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{WHAT}: X, y and groups must have as many rows: {error}") from error
    return X, y, groups


def scorer_of(estimator: Any, scoring: Any) -> Any:
    if scoring is not None and not isinstance(scoring, str) and not callable(scoring):
        raise TypeError(
            f"{WHAT}: scoring must be a str, a callable or None, got {reprlib.repr(scoring)}."
        )
    try:
        return check_scoring(estimator, scoring=scoring)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{WHAT}: scoring: {error}") from error


def splitter_of(cv: Any, y: Any, classifier: bool) -> Any:
    try:
        return check_cv(cv, y, classifier=classifier)
    except (TypeError, ValueError) as error:
        raise type(error)(
            f"{WHAT}: cv must be an int, a splitter or an iterable of splits, "
            f"got {reprlib.repr(cv)}: {error}"
        ) from error


def routed_params(
    estimator: Any, cv: Any, scorer: Any, loss: Any, params: Mapping[str, Any], groups: Any
) -> Any:
    """What of ``params`` goes to fit, to the splitter, to the scorer and to the loss."""
    if not get_config()["enable_metadata_routing"]:
        return Bunch(
            estimator=Bunch(fit=params),
            splitter=Bunch(split={"groups": groups}),
            scorer=Bunch(score={}),
            loss=Bunch(score={}),
        )
    router = MetadataRouter(owner=WHAT)
    for name, item, method in (
        ("estimator", estimator, "fit"),
        ("splitter", cv, "split"),
        ("scorer", scorer, "score"),
        ("loss", loss, "score"),
    ):
        if item is not None:
            mapping = MethodMapping().add(caller="fit", callee=method)
            router.add(method_mapping=mapping, **{name: item})
    try:
        found = process_routing(router, "fit", **params)
    except UnsetMetadataPassedError as error:
        raise UnsetMetadataPassedError(
            message=str(error).replace(f"{WHAT}.fit", WHAT),
            unrequested_params=error.unrequested_params,
            routed_params=error.routed_params,
        ) from None
    if loss is None:
        found.loss = Bunch(score={})
    return found


def splits_of(cv: Any, X: Any, y: Any, params: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    try:
        splits = list(cv.split(X, y, **params))
    except (TypeError, ValueError) as error:
        raise type(error)(f"{WHAT}: cv does not split these rows: {error}") from error
    if not splits:
        raise ValueError(f"{WHAT}: cv must have at least one split, got none.")
    n = n_rows(WHAT, X)
    for i, split in enumerate(splits):
        for rows, name in zip(split, ("training", "validation"), strict=True):
            if not n_chosen(rows):
                raise ValueError(f"{WHAT}: split {i} of cv has no {name} rows.")
            if np.asarray(rows).dtype != bool and not -n <= np.min(rows) <= np.max(rows) < n:
                raise ValueError(
                    f"{WHAT}: split {i} of cv has {name} rows that X, of {n}, has not."
                )
    return splits


def n_chosen(rows: Any) -> int:
    """Number of rows of indices or a mask."""
    rows = np.asarray(rows)
    return int(rows.sum()) if rows.dtype == bool else len(rows)


def check_target(estimator: Any, y: Any) -> None:
    """Raise an error if there is no target where one is needed, or if labels are none."""
    if y is None:
        if is_classifier(estimator) or is_regressor(estimator):
            raise ValueError(f"{WHAT}: y must be given for {type(estimator).__name__}, got None.")
        return
    if not is_classifier(estimator):
        return
    try:
        with np.errstate(invalid="ignore"):  # NaN is cast to int
            type_of_target(y)
        np.unique(np.asarray(y))
    except (TypeError, ValueError) as error:
        raise type(error)(
            f"{WHAT}: y must have labels of one type, none of them missing: {error}"
        ) from error


def check_classes(y: Any, splits: Sequence[tuple[Any, Any]]) -> None:
    """Raise ValueError if a split has one class only in its training rows."""
    labels = np.asarray(y)
    if labels.ndim > 1 and labels.shape[1] > 1:
        return
    labels = labels.ravel()
    for i, (train, _) in enumerate(splits):
        classes = np.unique(labels[train])
        if len(classes) == 1:
            raise ValueError(
                f"{WHAT}: the training rows of split {i} have one class only, "
                f"{classes.tolist()[0]!r}. Use a cv that shuffles or stratifies the rows, and a y "
                "with two classes or more."
            )
