"""The trace of the matrix that takes y to the predictions, from refits on y moved row by row."""

import warnings

import numpy as np
from sklearn.base import clone


def trace(estimator, X, n_targets=None, y=None, step=1.0):
    """Refit clones of an estimator, whose hyperparameters must not depend on y.

    Parameters
    ----------
    estimator : estimator
        A regressor, fitted or not.
    X : array-like
        Rows.
    n_targets : int, default=None
        Columns of y, or a y with one axis.
    y : ndarray, default=None
        What is moved, where predictions are linear in y around it only.
    step : float, default=1.0
        By how much.
    """
    n = X.shape[0] if hasattr(X, "shape") else len(X)
    shape = (n,) if n_targets is None else (n, n_targets)
    # Not around zero, where stochastic solvers stop that have not met the unit vector's row yet.
    y = np.random.RandomState(0).standard_normal(shape) if y is None else y
    before, total = predicted(estimator, X, y), 0.0
    for index in np.ndindex(y.shape):
        moved = y.copy()
        moved[index] += step
        total += (predicted(estimator, X, moved) - before)[index]
    return total / step


def predicted(estimator, X, y):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # singular systems, targets that are constant
        return clone(estimator).fit(X, y).predict(X).reshape(y.shape)
