"""What plan reads of the training data: shapes, a dtype, and the classes in y."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from numbers import Integral
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import is_classifier
from sklearn.utils.multiclass import type_of_target

from skparams._lazy import is_dask, is_lazy, rows_in_block
from skparams._plan.rows import evaluate
from skparams._records import NO_CLASSES, Bounds, Count, DataShape, Unknown, between
from skparams._walk import known_shape, not_read
from skparams.specs import EstimatorView, estimators_in, final_estimator_of, view_of

_NOTHING = DataShape()


def read_data(estimator: Any, X: Any, y: Any, given: Mapping[str, Any]) -> DataShape:
    """Return the shape of the training data, from X and y or from the numbers given instead.

    X and y are not copied; classes are counted only if a classifier is to be fitted. Of what is not
    in memory, nothing but the shape, the dtype and the names of columns is read.
    """
    for name, value in given.items():
        whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
        if value is not None and (not whole or value < 1):
            raise ValueError(f"plan: {name} must be an int of at least 1, got {value!r}.")
    rows, columns = (_NOTHING.rows, _NOTHING.columns) if X is None else _shape_of_X(X)
    y_rows, targets, classes = (
        (_NOTHING.rows, _NOTHING.targets, NO_CLASSES) if y is None else _shape_of_y(estimator, y)
    )
    if isinstance(rows, int) and isinstance(y_rows, int) and rows != y_rows:
        raise ValueError(f"plan: X and y must have as many rows, got {rows:,} and {y_rows:,}.")
    targets = _agreed("n_outputs", given, "y", targets)
    source = "y" if X is None or (isinstance(y_rows, int) and isinstance(rows, Unknown)) else "X"
    return DataShape(
        _agreed("n_samples", given, source, y_rows if source == "y" else rows),
        _agreed("n_features", given, "X", columns),
        1 if isinstance(targets, Unknown) else targets,
        _agreed("n_classes", given, "y", classes),
        dtype=_dtype_of(X),
        head=_head_of(X),
        X=None if is_lazy(X) else X,
        block_rows=_block_rows(X) if is_lazy(X) else None,
    )


def _agreed(name: str, given: Mapping[str, Any], data: str, read: Count) -> Count:
    """Return what is given or read, which must be the same where both are known."""
    value = given[name]
    if value is None or read == value:
        return read
    if isinstance(read, Unknown):
        return int(value)
    raise ValueError(
        f"plan: {name} must be what {data} has where both are given, got {name}={value:,} "
        f"and {_text(read)} in {data}. Leave {name} out."
    )


def _text(count: int | Bounds) -> str:
    return f"{count.low:,} to {count.high:,}" if isinstance(count, Bounds) else f"{count:,}"


def _shape_of_X(X: Any) -> tuple[Count, Count]:
    """Return the numbers of rows and of columns."""
    shape = _shape_of("X", X)
    if len(shape) == 2:
        return shape[0], shape[1]
    return shape[0], Unknown(f"X has {len(shape)} axes, columns are known of two only")


def _shape_of(name: str, data: Any) -> tuple[Count, ...]:
    if is_lazy(data):
        return known_shape("plan", name, data)
    shape = getattr(data, "shape", None)
    if shape is None:
        try:
            shape = np.shape(data)
        except ValueError:  # rows of unequal lengths, as texts cut into words
            shape = (len(data),)
    if len(shape) == 0 or isinstance(data, str | Mapping):
        raise ValueError(f"plan: {name} must have rows, got {type(data).__name__}.")
    return tuple(int(length) for length in shape)


def _shape_of_y(estimator: Any, y: Any) -> tuple[Count, Count, Count]:
    """Return the numbers of rows, of targets, and of classes of each target."""
    shape = _shape_of("y", y)
    targets = 1 if len(shape) == 1 else shape[1]
    if len(shape) > 2 or targets == 0:
        raise ValueError(f"plan: y must have one axis, or two with a column, got shape {shape}.")
    if not _classifies(estimator, set()):
        return shape[0], targets, NO_CLASSES
    if (unread := not_read("y", y)) is not None:
        return shape[0], targets, Unknown(f"{unread.reason}; pass n_classes")
    assert isinstance(targets, int)  # of what is in memory
    try:
        labels: Any = y if issparse(y) else np.asarray(y)
    except ValueError as error:
        raise ValueError(f"plan: y must be an array of targets: {error}.") from None
    if targets > 1:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # many classes for few rows: fit says so too
            if type_of_target(labels) == "multilabel-indicator":
                return shape[0], targets, 2
    if issparse(labels):
        labels = labels.toarray()
    columns = list(labels.reshape(shape[0], targets).T)
    skips = _skips_unlabeled(estimator, set())
    if skips is not False:
        labeled = [column[column != -1] for column in columns]
        columns = labeled if skips else columns + labeled
    try:
        counts = [len(np.unique(column)) for column in columns]
    except TypeError as error:
        raise ValueError(
            f"plan: y must have classes that can be sorted, got {labels.dtype}: {error}."
        ) from None
    return shape[0], targets, between(min(counts), max(counts))


def _classifies(estimator: Any, visited: set[int]) -> bool:
    """Whether an estimator is a classifier or is to fit one, from a search's grid too."""
    visited.add(id(estimator))
    # Of a pipeline the last step is asked: it would ask each step twice, and those in them again.
    last = final_estimator_of(estimator).estimator
    if hasattr(type(last), "__sklearn_tags__") and evaluate(is_classifier, last) is True:
        return True
    inner = _inside(view_of(estimator))
    return any(id(each) not in visited and _classifies(each, visited) for each in inner)


def _skips_unlabeled(estimator: Any, visited: set[int]) -> bool | None:
    """Whether rows of class -1 have no label; None where some of the members take them so.

    A search passes y on; other meta-estimators may encode the classes first.
    """
    visited.add(id(estimator))
    view = view_of(final_estimator_of(estimator).estimator)
    if "unlabeled" in view.spec.extras:
        return True
    inner = (each for each in _inside(view) if id(each) not in visited)
    found = {_skips_unlabeled(each, visited) for each in inner}
    if found <= {False}:
        return False
    return True if view.spec.winner and found == {True} else None


def _inside(view: EstimatorView) -> Iterator[Any]:
    for value in view.params.values():
        yield from (each for _, each in estimators_in("", value))


def _block_rows(X: Any) -> Count:
    """Return how many rows the largest block of X has: Dask's, or one that is read from a file."""
    shape, chunks = known_shape("plan", "X", X), getattr(X, "chunks", None)
    if not is_dask(X):
        columns = shape[1] if len(shape) > 1 else 1
        assert isinstance(columns, int)
        return rows_in_block(columns, X.dtype.itemsize, (chunks or (1,))[0])
    lengths = chunks[0] if chunks else (None,)
    known = all(isinstance(length, Integral) for length in lengths)
    return int(max(lengths)) if known else Unknown("X does not know the lengths of its blocks yet")


def _dtype_of(X: Any) -> str:
    """Return the dtype of what estimators compute with, as their input checks convert it."""
    try:
        frame = hasattr(X, "columns") and hasattr(X, "dtypes")
        dtype = np.result_type(*X.dtypes) if frame else getattr(X, "dtype", None)
    except (TypeError, ValueError):  # a frame library's own dtypes
        dtype = None
    return "float32" if dtype == np.float32 else "float64"


def _head_of(X: Any) -> Any:
    """Return X without its rows where it has named columns."""
    if not hasattr(X, "columns"):
        return None
    if is_lazy(X):
        return getattr(X, "_meta", None)  # Dask's own: head() would compute a partition
    return X.iloc[:0] if hasattr(X, "iloc") else X[:0]
