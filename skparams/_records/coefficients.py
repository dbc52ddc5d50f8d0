"""A table of coefficients: features, classes or targets, and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

# A class as it is in ``classes_``, or a name.
Label = str | int | float | bool


@dataclass(frozen=True, slots=True, eq=False)
class CoefficientTable:
    """The coefficients of one estimator, a row a feature and a column a class or target.

    A Spec gives the arrays as the estimator holds them. In a report they are a dense copy whose
    rows are sorted, and all else is filled in.

    Parameters
    ----------
    attribute : str
        The attribute that holds them, such as ``"coef_"``.
    values : ndarray or sparse matrix of shape (n_features, n_columns) or (n_features,)
        The coefficients.
    intercepts : ndarray of shape (n_columns,) or float, default=None
        What is added for each column, if anything.
    intercept_attribute : str, default ``"intercept_"``
        The attribute that holds them.
    columns : tuple of str, int, float, bool or pairs of these, default=()
        The names of the columns: classes, pairs of classes, the positive one first, or targets. One
        column that belongs to neither has the name of the attribute.
    features : tuple of str, default=()
        The names of the rows.
    by : {"size", "range"}, default="size"
        What is largest in the first row: the absolute value of a coefficient, or the difference
        between columns.
    path : str, default=""
        Where the estimator is.
    class_name : str, default=""
        Its class.
    notes : tuple of str, default=()
        What else to know in order to read the numbers.

    See Also
    --------
    Spec : Its ``extras`` may have tables.

    Examples
    --------
    >>> import numpy as np
    >>> from skparams.specs import CoefficientTable
    >>> CoefficientTable("coef_", np.array([0.5, -2.0]), 1.0).values.shape
    (2,)
    """

    attribute: str
    values: Any
    intercepts: Any = None
    intercept_attribute: str = "intercept_"
    columns: tuple[Label | tuple[Label, Label], ...] = ()
    features: tuple[str, ...] = ()
    by: Literal["size", "range"] = "size"
    path: str = ""
    class_name: str = ""
    notes: tuple[str, ...] = ()
