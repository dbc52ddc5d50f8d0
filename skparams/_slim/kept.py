"""Which attributes hold training rows unchanged."""

from __future__ import annotations

from typing import Any

from skparams._slim.record import KeptRows
from skparams._slim.undescribed import RowSearch
from skparams._walk import Walk, check_columns, check_estimator, check_fitted, n_rows


def kept_rows(estimator: Any, X: Any = None) -> KeptRows:
    """Return where an estimator, or one nested in it, keeps training rows unchanged.

    Nearest neighbors, support vector machines, Gaussian processes and kernel methods predict from
    training rows; others keep some without a use. Whoever gets the model gets these rows.

    Parameters
    ----------
    estimator : estimator
        A fitted estimator. It is not changed.
    X : array-like, default=None
        The training rows. With them, attributes that no Spec describes, and hyperparameters, are
        compared with the rows, as they are given and as they get there through the steps of
        pipelines: whether they are the same object, share memory, or hold some rows by value.

    Returns
    -------
    KeptRows
        ``places`` has the path, the number of rows and their bytes for each array; memory that
        several attributes share is listed once. ``unknown`` has the paths of attributes that no
        Spec describes and that may hold rows. Only if both are empty, no attribute has a row; what
        hyperparameters hold is looked at only with X.

    Raises
    ------
    TypeError
        If ``estimator`` is not an estimator, or is a class, or X has no rows.
    NotFittedError
        If the estimator is not fitted.
    ValueError
        If X has another number of columns than the estimator was fitted on.

    See Also
    --------
    slim : Drops what predictions do not need.

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
    search = RowSearch(walk, X, n_samples)
    places = {each.path: each for node in walk.root.walk() for each in node.kept_places}
    for each in search.places:
        places.setdefault(each.path, each)
    unknown = tuple(path for path in search.unknown if path not in places)
    return KeptRows(type(estimator).__name__, tuple(places.values()), unknown, n_samples)
