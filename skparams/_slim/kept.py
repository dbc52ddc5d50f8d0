"""Which attributes hold training rows unchanged."""

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
    n_training_rows,
    shares_memory,
)
from skparams.specs import COMMON, EstimatorView, is_number, leaves_in, texts_in

_CONTAINER = (list, tuple, dict, set, frozenset, np.ndarray)


def kept_rows(estimator: Any, X: Any = None) -> KeptRows:
    """Return where an estimator, or one nested in it, keeps training rows unchanged.

    Nearest neighbors, support vector machines, Gaussian processes and kernel methods predict from
    training rows; others keep some without a use. Whoever gets the model gets these rows.

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
            n, n_bytes = _rows_kept(value, X)
            if n:
                places.setdefault(path, KeptPlace(path, n, n_bytes))
            elif path not in places and (each.path or n is None):
                unknown.append(path)
    name = type(estimator).__name__
    return KeptRows(name, tuple(places.values()), tuple(unknown), n_samples)


def _undescribed(each: EstimatorView) -> Iterator[tuple[str, Any]]:
    """Path and value of all arrays and containers that no Spec describes and that may hold rows."""
    for name, value in each.values.items():
        described = name in each.spec.rules and not each.guessed
        if described or name in each.params or name in COMMON or name.startswith("_sklearn_"):
            continue
        path = join(each.path, name)
        for inner, leaf in leaves_in(path, value):
            if not is_number(leaf) and getattr(leaf, "size", 1) != 0:
                yield inner, leaf
        for inner, leaf in texts_in(path, value):
            if isinstance(leaf, _CONTAINER):
                yield inner, leaf


def _rows_kept(value: Any, X: Any) -> tuple[int | None, int]:
    """How many rows of X a value holds and their bytes; None if X does not tell."""
    if X is None:
        return None, 0
    if shares_memory(value, X):
        stored = value.data if issparse(value) else value
        return n_rows("kept_rows", value), np.asarray(stored).nbytes
    n = n_training_rows(value, X)
    if n:
        return n, n * np.atleast_2d(np.asarray(value))[0].nbytes
    may_be_targets = np.shape(value) == (n_rows("kept_rows", X),)
    return None if may_be_targets else n, 0
