"""What an estimator will learn, before it is fitted."""

from __future__ import annotations

from typing import Any

from skparams._plan.blocks import in_blocks
from skparams._plan.data import read_data
from skparams._plan.record import Plan
from skparams._plan.walk import PlanWalk
from skparams._records import DataShape
from skparams._walk import check_estimator


def plan(
    estimator: Any,
    X: Any = None,
    y: Any = None,
    *,
    n_samples: int | None = None,
    n_features: int | None = None,
    n_outputs: int | None = None,
    n_classes: int | None = None,
) -> Plan:
    """Return what an estimator will learn, before it is fitted and without fitting it.

    Parameters
    ----------
    estimator : estimator
        Any. It is only looked at; if it is fitted, what it learned is left aside.
    X, y : array-like, default=None
        The training data. Only their shapes, the dtype and the named columns of X, and for
        classifiers the number of classes in y are used; for ``TabularMLPClassifier`` and
        ``TabularMLPRegressor`` also which categories and missing numbers X has. Data that is not in
        memory, such as a Dask array, is not read: of y then, classes are not counted.
    n_samples : int, default=None
        The number of training rows, instead of X or y.
    n_features : int, default=None
        The number of columns of X, instead of X.
    n_outputs : int, default=None
        The number of columns of y, instead of y. 1 by default.
    n_classes : int, default=None
        The number of classes in y, instead of y.

    Returns
    -------
    Plan
        Counts are exact integers, ``Bounds`` where fit decides how many there will be, and
        ``Unknown`` with a reason where nothing can be said. ``cost`` has memory and multiply-adds;
        of a search, ``candidates`` has the totals of each candidate. ``blocks`` has what a fit on
        blocks of rows takes, of PCA and networks where X is not in memory or large.

    Raises
    ------
    TypeError
        If ``estimator`` is not an estimator, or is a class.
    ValueError
        If a number is not an int of at least 1, or is not what X or y has, or X and y differ in
        their rows.

    See Also
    --------
    summary : Shows what a fitted model learned.
    fit_budget : Finds the settings with at most so many parameters.

    Examples
    --------
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skparams import plan
    >>> wide = plan(MLPClassifier((1_000_000, 1_000_000)), n_features=784, n_classes=10)
    >>> wide.totals.stored
    1000796000010
    """
    check_estimator("plan", estimator)
    given = {
        "n_samples": n_samples,
        "n_features": n_features,
        "n_outputs": n_outputs,
        "n_classes": n_classes,
    }
    return plan_of(estimator, read_data(estimator, X, y, given))


def plan_of(estimator: Any, data: DataShape) -> Plan:
    """Return the plan of an estimator for data of a shape that was read before."""
    walk = PlanWalk(estimator, data)
    n_rows = data.rows if isinstance(data.rows, int) else None
    return Plan(
        walk.root,
        n_rows,
        walk.cost,
        tuple(walk.candidates),
        tuple(walk.refused),
        in_blocks(estimator, data),
    )
