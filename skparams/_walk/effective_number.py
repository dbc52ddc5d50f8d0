"""The effective degrees of freedom of any estimator, or why it is not known."""

from __future__ import annotations

from typing import Any

import numpy as np

from skparams._records import NotKnown, Unknown
from skparams._walk.checks import n_rows
from skparams.specs import effective_of, n_columns_expected, n_rows_known


def effective(function: str, estimator: Any, X: Any) -> float | Unknown:
    """Return the effective degrees of freedom, or why they are not known.

    Raises ValueError, which begins with the function's name, if X has other columns than the
    estimator was fitted on.
    """
    if X is None:
        return Unknown("needs X")
    check_columns(function, estimator, X)
    n, known = n_rows(function, X), n_rows_known(estimator)
    if known not in (None, n):
        return Unknown(f"X has {n:,} rows, and it was fitted on {known:,}")
    try:
        return effective_of(estimator, X)
    except NotKnown as error:
        return Unknown(str(error))


def check_columns(function: str, estimator: Any, X: Any) -> None:
    """Raise ValueError if X has columns, but not as many as the estimator was fitted on."""
    expected = n_columns_expected(estimator)
    if expected is None:
        return
    shape: tuple[int, ...] = X.shape if hasattr(X, "shape") else np.shape(X)
    if len(shape) == 2 and shape[1] != expected:
        raise ValueError(
            f"{function}: X must have the {expected:,} columns that the "
            f"{type(estimator).__name__} was fitted on, got {shape[1]:,}."
        )
