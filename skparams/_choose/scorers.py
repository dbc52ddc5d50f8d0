"""Scorers of size, for ``scoring``: greater is better, so they are negative."""

from __future__ import annotations

from typing import Any, Literal

from skparams._choose.counting import counted, reason_of
from skparams._params import check_kind
from skparams._walk import Walk, check_estimator, check_fitted, pickled_size


def n_params_scorer(
    estimator: Any,
    X: Any = None,
    y: Any = None,
    *,
    kind: Literal["free", "stored", "nonzero"] = "free",
) -> int:
    """Return minus the number of fitted parameters, for ``scoring``.

    scikit-learn takes a greater score as better, so the score is negative, as those whose names
    begin with ``neg_``: a search with ``refit`` set to it chooses the fewest parameters.

    Parameters
    ----------
    estimator : estimator
        Fitted.
    X, y : array-like, default=None
        Ignored.
    kind : {"free", "stored", "nonzero"}, default="free"
        What is counted, as in `count_params`. ``functools.partial(n_params_scorer,
        kind="stored")`` is a scorer too.

    Returns
    -------
    int
        Zero or less.

    Raises
    ------
    TypeError
        If ``estimator`` is not an estimator.
    NotFittedError
        If it is not fitted.
    ValueError
        If ``kind`` is not one of those listed, or the count is not known, as of an estimator that
        no Spec describes. A search or ``cross_validate`` then gives ``error_score``.

    See Also
    --------
    model_bytes_scorer : Minus the bytes of the pickled estimator.
    count_params : The number itself.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.model_selection import cross_validate
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skparams import n_params_scorer
    >>> X, y = load_iris(return_X_y=True)
    >>> scoring = {"accuracy": "accuracy", "n_params": n_params_scorer}
    >>> cross_validate(GaussianNB(), X, y, scoring=scoring)["test_n_params"]
    array([-26, -26, -26, -26, -26])
    """
    name = "n_params_scorer"
    check_estimator(name, estimator)
    check_kind(name, kind, ("free", "stored", "nonzero"))
    check_fitted(name, Walk(estimator))
    count = counted(name, estimator, kind, None).ranked
    if not isinstance(count, int):
        raise ValueError(
            f"{name}: the {kind} parameters of {type(estimator).__name__} are not known: "
            f"{reason_of(count)}."
        )
    return -count


def model_bytes_scorer(estimator: Any, X: Any = None, y: Any = None) -> int:
    """Return minus the bytes of the pickled estimator, for ``scoring``.

    scikit-learn takes a greater score as better, so the score is negative, as those whose names
    begin with ``neg_``: a search with ``refit`` set to it chooses the smallest file.

    Parameters
    ----------
    estimator : estimator
        Fitted or not.
    X, y : array-like, default=None
        Ignored.

    Returns
    -------
    int
        Minus the length of ``pickle.dumps(estimator)``, which also has training state,
        diagnostics and kept rows. It may differ by a few bytes between processes, as pickle
        writes an object that occurs several times once.

    Raises
    ------
    TypeError
        If ``estimator`` is not an estimator.
    ValueError
        If it cannot be pickled. A search or ``cross_validate`` then gives ``error_score``.

    See Also
    --------
    n_params_scorer : Minus the number of fitted parameters.
    slim : A copy that predicts the same and keeps less.

    Examples
    --------
    >>> import pickle
    >>> from sklearn.linear_model import Ridge
    >>> from skparams import model_bytes_scorer
    >>> model = Ridge().fit([[0.0], [1.0]], [0.0, 1.0])
    >>> model_bytes_scorer(model) == -len(pickle.dumps(model))
    True
    """
    name = "model_bytes_scorer"
    check_estimator(name, estimator)
    n_bytes = pickled_size(estimator)
    if n_bytes is None:
        raise ValueError(f"{name}: this {type(estimator).__name__} cannot be pickled.")
    return -n_bytes
