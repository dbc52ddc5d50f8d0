"""The trace of the matrix that takes y to the predictions, from refits on y plus unit vectors."""

import warnings

import numpy as np
from sklearn.base import clone


def trace(estimator, X, n_targets=None):
    """Refit clones of an estimator, whose hyperparameters must not depend on y.

    Parameters
    ----------
    estimator : estimator
        A regressor, fitted or not.
    X : array-like
        Rows.
    n_targets : int, default=None
        Columns of y, or a y with one axis.
    """
    n = X.shape[0] if hasattr(X, "shape") else len(X)
    shape = (n,) if n_targets is None else (n, n_targets)
    # Not around zero, where stochastic solvers stop that have not met the unit vector's row yet.
    y = np.random.RandomState(0).standard_normal(shape)
    before, total = predicted(estimator, X, y), 0.0
    for index in np.ndindex(shape):
        moved = y.copy()
        moved[index] += 1.0
        total += (predicted(estimator, X, moved) - before)[index]
    return total


def predicted(estimator, X, y):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # singular systems, targets that are constant
        return clone(estimator).fit(X, y).predict(X).reshape(y.shape)
