"""The verbs for two models: what changed, and whether they are the same."""

from __future__ import annotations

import reprlib
from collections.abc import Collection
from numbers import Real
from typing import Any

import numpy as np

from skparams._diff.arrays import Tolerance
from skparams._diff.choices import choice_changes
from skparams._diff.nodes import model_change
from skparams._diff.result import Diff
from skparams._diff.sentences import differences
from skparams._report import plural
from skparams._walk import check_estimator, check_names

__all__ = ["assert_same_model", "check_align", "diff"]


def diff(
    before: Any,
    after: Any,
    *,
    align: bool = False,
    rtol: float = 0.0,
    atol: float = 0.0,
    ignore: Collection[str] = (),
) -> Diff:
    """Return what changed between two models.

    Parameters
    ----------
    before : estimator
        Fitted or not. It is only read.
    after : estimator
        Fitted or not, of the same class or of another one. It is only read.
    align : bool, default=False
        Whether to put components and hidden units of ``after`` in the order and the signs of
        ``before`` first, if the model stays the same in any order.
    rtol, atol : float, default=0.0
        A number has changed if it differs by more than ``atol + rtol * abs(after)``, as in
        ``numpy.testing.assert_allclose``. With a tolerance, another dtype alone is no change.
    ignore : collection of str, default=()
        Names of hyperparameters and of fitted attributes to leave out, such as
        ``("n_jobs", "n_samples_seen_")``, in whatever nested estimator.

    Returns
    -------
    Diff
        Shown as text by ``print`` and as HTML in notebooks.

    Raises
    ------
    TypeError
        If ``before`` or ``after`` is not an estimator, or is a class, ``align`` is not a bool, or
        ``ignore`` is not a collection of names.
    ValueError
        If a tolerance is negative or not finite.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> from skparams import diff
    >>> X, y = [[0.0], [1.0], [2.0]], [0.0, 1.0, 2.0]
    >>> found = diff(Ridge(alpha=1.0).fit(X, y), Ridge(alpha=2.0).fit(X, y))
    >>> found.is_empty
    False
    >>> [(row.path, row.change.moved) for row in found.root.parameters]
    [('coef_', 1), ('intercept_', 1)]
    >>> [(choice.path, choice.before, choice.after) for choice in found.hyperparameters]
    [('alpha', '1.0', '2.0')]
    """
    tolerance = _tolerance("diff", rtol, atol)
    check_names("diff", "ignore", ignore)
    check_align("diff", align)
    check_estimator("diff", before, "before")
    check_estimator("diff", after, "after")
    return _diff(before, after, align, tolerance, ignore)


def assert_same_model(
    actual: Any,
    desired: Any,
    *,
    rtol: float = 0.0,
    atol: float = 0.0,
    ignore: Collection[str] = (),
) -> None:
    """Raise an AssertionError if two models differ in anything that predictions may need.

    The classes, the hyperparameters, and the fitted attributes with the roles parameter, tuned,
    structure, data, random and metadata are compared, in nested estimators too; derived ones if
    predictions use them. Results for the training rows, diagnostics and training state are not
    compared. Two NaN at one place are the same.

    Parameters
    ----------
    actual, desired : estimator
        Fitted or not. They are only read.
    rtol, atol : float, default=0.0
        Two numbers are the same if ``abs(actual - desired) <= atol + rtol * abs(desired)``, as in
        ``numpy.testing.assert_allclose``. If both are 0, the dtypes have to be the same too.
    ignore : collection of str, default=()
        Names of hyperparameters and of fitted attributes that may differ, such as
        ``("n_jobs",)``, in whatever nested estimator.

    Raises
    ------
    AssertionError
        If they differ. The message names the path and the class of the first difference and how
        far it is, and ends with what ``diff(actual, desired)`` shows.
    TypeError
        If ``actual`` or ``desired`` is not an estimator, or is a class, or ``ignore`` is not a
        collection of names.
    ValueError
        If a tolerance is negative or not finite.

    Examples
    --------
    >>> import pickle
    >>> from sklearn.linear_model import Ridge
    >>> from skparams import assert_same_model
    >>> model = Ridge().fit([[0.0], [1.0]], [0.0, 1.0])
    >>> assert_same_model(pickle.loads(pickle.dumps(model)), model)
    """
    tolerance = _tolerance("assert_same_model", rtol, atol)
    check_names("assert_same_model", "ignore", ignore)
    check_estimator("assert_same_model", actual, "actual")
    check_estimator("assert_same_model", desired, "desired")
    found = _diff(actual, desired, False, tolerance, ignore)
    if not found.is_empty:
        __tracebackhide__ = True
        first, *others = differences(found)
        more = f"; {plural(len(others), 'more difference')}" if others else ""
        raise AssertionError(
            f"the models differ (rtol={rtol:g}, atol={atol:g}): {first}{more}\n\n"
            f"{found.to_text(width=100, color=False)}"
        )


def check_align(function: str, align: Any) -> None:
    """Raise TypeError if ``align`` is not a bool."""
    if not isinstance(align, bool | np.bool):
        raise TypeError(f"{function}: align must be True or False, got {reprlib.repr(align)}.")


def _tolerance(function: str, rtol: float, atol: float) -> Tolerance:
    for name, value in (("rtol", rtol), ("atol", atol)):
        if not isinstance(value, Real) or isinstance(value, bool) or not 0 <= value < float("inf"):
            raise ValueError(f"{function}: {name} must be a finite number >= 0, got {value!r}.")
    return Tolerance(float(rtol), float(atol))


def _diff(
    before: Any, after: Any, align: bool, tolerance: Tolerance, ignore: Collection[str]
) -> Diff:
    choices, n_same = choice_changes(before, after, ignore)
    root = model_change(before, after, align, tolerance, ignore)
    return Diff(root, choices, n_same, tolerance.rtol, tolerance.atol, align)
