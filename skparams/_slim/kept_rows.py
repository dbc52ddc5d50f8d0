"""Which attributes hold training rows as they were given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.sparse import issparse

from skparams._records import KeptPlace
from skparams._slim.record import KeptRows
from skparams._walk import (
    Walk,
    check_columns,
    check_estimator,
    check_fitted,
    join,
    n_rows,
    rows_of,
    shares_memory,
)
from skparams.specs import COMMON, EstimatorView, is_number, leaves_in, texts_in

__all__ = ["kept_rows"]

_CONTAINER = (list, tuple, dict, set, frozenset, np.ndarray)


def kept_rows(estimator: Any, X: Any = None) -> KeptRows:
    """Return where an estimator, and those in it, keep training rows as they were given.

    Nearest neighbors, support vector machines, Gaussian processes and kernel methods predict from
    training rows; others keep some that nothing needs. Whoever gets the model gets them.

    Parameters
    ----------
    estimator : estimator
        A fitted estimator. It is not changed.
    X : array-like, default=None
        The training rows. With them, attributes that no Spec describes are compared with the rows:
        whether they are the same object, share memory, or hold some of the rows.

    Returns
    -------
    KeptRows
        ``places`` has the path, the number of rows and their bytes for each array; memory that
        several attributes share is listed once. ``unknown`` has the paths of attributes that no
        Spec describes and that may hold rows. Only if both are empty, no row is kept.

    Raises
    ------
    TypeError
        If ``estimator`` is not an estimator, or is a class, or X has no rows.
    NotFittedError
        If the estimator is not fitted.
    ValueError
        If X has another number of columns than the estimator was fitted on.

    Examples
    --------
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from skparams import kept_rows
    >>> model = KNeighborsClassifier(1).fit([[0.0, 1.0], [1.0, 0.0]], ["a", "b"])
    >>> found = kept_rows(model)
    >>> found.places
    (KeptPlace(path='_fit_X', rows=2, bytes=32), KeptPlace(path='_y', rows=2, bytes=16))
    >>> found.unknown
    ()
    """
    check_estimator("kept_rows", estimator)
    walk = Walk(estimator)
    check_fitted("kept_rows", walk)
    n_samples = None if X is None else n_rows("kept_rows", X)
    if X is not None:
        check_columns("kept_rows", estimator, X)
    places = {each.path: each for node in walk.root.walk() for each in node.kept_places}
    unknown: list[str] = []
    for each in walk.fitted:
        for path, value in _undescribed(each):
            place = _place(path, value, X)
            if place is not None:
                places.setdefault(path, place)
            elif path not in places and (each.path or not _has_none(value, X)):
                unknown.append(path)
    name = type(estimator).__name__
    return KeptRows(name, tuple(places.values()), tuple(unknown), n_samples)


def _undescribed(each: EstimatorView) -> Iterator[tuple[str, Any]]:
    """Yield path and value of what may hold rows in attributes that no Spec describes."""
    for name, value in each.values.items():
        described = name in each.spec.rules and not each.guessed
        if described or name in each.params or name in COMMON or name.startswith("_sklearn_"):
            continue
        path = join(each.path, name)
        for inner, found in leaves_in(path, value):
            if not is_number(found) and getattr(found, "size", 1) != 0:
                yield inner, found
        for inner, found in texts_in(path, value):
            if isinstance(found, _CONTAINER):
                yield inner, found


def _place(path: str, value: Any, X: Any) -> KeptPlace | None:
    """Return what an attribute holds of X, or None if nothing of it was found."""
    if X is None:
        return None
    if shares_memory(value, X):
        n, whole = n_rows("kept_rows", value), value.data if issparse(value) else value
        return KeptPlace(path, n, np.asarray(whole).nbytes)
    n = rows_of(value, X) or 0
    row = np.atleast_2d(np.asarray(value))[0] if n else None
    return None if row is None else KeptPlace(path, n, n * row.nbytes)


def _has_none(value: Any, X: Any) -> bool:
    """Whether a comparison with X shows that an array holds none of its rows and no targets."""
    if X is None or rows_of(value, X) != 0:
        return False
    shape = np.shape(value)
    return len(shape) == 2 or shape[0] != n_rows("kept_rows", X)
