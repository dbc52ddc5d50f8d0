"""What changed between two models, and whether they are the same."""

from __future__ import annotations

import reprlib
from collections.abc import Collection, Sequence
from numbers import Real
from typing import Any, overload

import numpy as np

from skparams._diff.arrays import Tolerance
from skparams._diff.choices import choice_changes
from skparams._diff.nodes import model_change
from skparams._diff.record import Diff
from skparams._diff.spread import spread
from skparams._diff.spread_record import Spread
from skparams._walk import check_estimator, check_names

__all__ = ["assert_same_model", "diff"]


@overload
def diff(
    before: Sequence[Any],
    after: None = ...,
    *,
    align: bool = ...,
    ignore: Collection[str] = ...,
) -> Spread: ...
@overload
def diff(
    before: Any,
    after: Any,
    *,
    align: bool = ...,
    rtol: float = ...,
    atol: float = ...,
    ignore: Collection[str] = ...,
) -> Diff: ...
def diff(
    before: Any,
    after: Any = None,
    *,
    align: bool = False,
    rtol: float = 0.0,
    atol: float = 0.0,
    ignore: Collection[str] = (),
) -> Diff | Spread:
    """Return what changed between two models, or how far several are apart.

    Parameters
    ----------
    before : estimator or list of estimator
        Any, fitted or not. It is only looked at. Of a list, as of the models of
        cross-validation's folds, the spread of each parameter is returned.
    after : estimator, default=None
        Any, of the same class or of another one. None with a list.
    align : bool, default=False
        Whether to put components and hidden units of ``after`` in the order and the signs of
        ``before`` first, where they may have any and the model is the same.
    rtol, atol : float, default=0.0
        A number has moved where it differs by more than ``atol + rtol * abs(after)``, as in
        ``numpy.testing.assert_allclose``. With a tolerance, another dtype alone is no change.
        For two models only.
    ignore : collection of str, default=()
        Names of hyperparameters and of fitted attributes to leave out, such as
        ``("n_jobs", "n_samples_seen_")``, in whatever estimator they are.

    Returns
    -------
    Diff or Spread
        Shown as text by ``print`` and as HTML in notebooks.

    Raises
    ------
    TypeError
        If ``before`` or ``after`` is not an estimator, or is a class, ``align`` is not a bool, or
        ``ignore`` is no collection of names.
    ValueError
        If a list has fewer than two models or comes with a tolerance, or a tolerance is negative
        or not finite.

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
    if not isinstance(align, bool | np.bool):
        raise TypeError(f"diff: align must be True or False, got {reprlib.repr(align)}.")
    if isinstance(before, list | tuple):
        if after is not None:
            raise TypeError("diff: give a list of models alone, or two models.")
        if len(before) < 2:
            raise ValueError(f"diff: a list must have at least 2 models, got {len(before)}.")
        for i, model in enumerate(before):
            check_estimator("diff", model, f"before[{i}]")
        if not tolerance.exact:
            raise ValueError(
                "diff: rtol and atol are for two models; of a list the spread is measured, got "
                f"rtol={rtol!r}, atol={atol!r}."
            )
        return spread(before, align=align, ignore=ignore)
    check_estimator("diff", before, "before")
    check_estimator("diff", after, "after")
    return _diff(before, after, align, tolerance, ignore)


def assert_same_model(
    a: Any, b: Any, *, rtol: float = 1e-7, atol: float = 0.0, ignore: Collection[str] = ()
) -> None:
    """Raise an AssertionError if two models differ in anything that predictions may need.

    Compared are the classes, the hyperparameters, and the fitted attributes with the roles
    parameter, tuned, structure, data, random and metadata, of the estimators in them too; derived
    ones where predictions use these. Results for the training rows, diagnostics and training
    state are not. Two NaN at one place are the same.

    Parameters
    ----------
    a, b : estimator
        Any two, fitted or not. They are only looked at.
    rtol, atol : float, default=1e-07, 0.0
        Two numbers are the same where they differ by at most ``atol + rtol * abs(b)``, as in
        ``numpy.testing.assert_allclose``. With both 0 the dtypes have to be the same too.
    ignore : collection of str, default=()
        Names of hyperparameters and of fitted attributes that may differ, such as
        ``("n_jobs",)``.

    Raises
    ------
    AssertionError
        If they differ; the message is what ``diff`` shows.
    TypeError
        If ``a`` or ``b`` is not an estimator, or is a class, or ``ignore`` is no collection of
        names.
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
    check_estimator("assert_same_model", a, "a")
    check_estimator("assert_same_model", b, "b")
    found = _diff(a, b, False, tolerance, ignore)
    if not found.is_empty:
        __tracebackhide__ = True
        raise AssertionError(
            f"the models differ (rtol={rtol:g}, atol={atol:g})\n\n"
            f"{found.to_text(width=100, color=False)}"
        )


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
