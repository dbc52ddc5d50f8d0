"""Which stored bytes are verbatim training rows."""

from __future__ import annotations

from typing import Any

from skparams._records import Memorised
from skparams._walk import Walk, check_estimator, check_fitted

__all__ = ["memorised"]


def memorised(estimator: Any) -> tuple[Memorised, ...]:
    """Return where an estimator, and those in it, keep training rows as they were given.

    Nearest neighbours, support vector machines, Gaussian processes and kernel methods predict
    from training rows; others keep some that nothing needs. Whoever gets the model gets them.

    Parameters
    ----------
    estimator : estimator
        A fitted one. It is only looked at.

    Returns
    -------
    tuple of Memorised
        The path, the number of rows and their bytes for each array. Memory that several
        attributes share is listed once. Empty where no row is kept, as far as the class is
        known: what a class without a Spec keeps is not.

    Raises
    ------
    TypeError
        If ``estimator`` is not an estimator, or is a class.
    NotFittedError
        If it is not fitted.

    Examples
    --------
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from skparams import memorised
    >>> model = KNeighborsClassifier(1).fit([[0.0, 1.0], [1.0, 0.0]], ["a", "b"])
    >>> memorised(model)
    (Memorised(path='_fit_X', rows=2, bytes=32), Memorised(path='_y', rows=2, bytes=16))
    """
    check_estimator("memorised", estimator)
    walk = Walk(estimator)
    check_fitted("memorised", walk)
    return tuple(each for node in walk.root.walk() for each in node.memorised)
