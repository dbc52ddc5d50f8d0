"""Which settings of an estimator meet a budget of parameters or bytes, by planning alone."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping, Sequence
from operator import index
from typing import Any

import numpy as np
from sklearn.model_selection import ParameterGrid

from skparams._choose.budget_names import axis_of, check_name, size_hyperparameter
from skparams._choose.budget_planner import Planner
from skparams._choose.budget_record import Budget
from skparams._choose.budget_search import search
from skparams._report import plural
from skparams._walk import check_estimator
from skparams.specs import estimators_in

MAX_CANDIDATES = 10_000


def fit_budget(
    estimator: Any,
    X: Any = None,
    y: Any = None,
    *,
    max_params: int | None = None,
    max_bytes: int | None = None,
    param_name: str | None = None,
    param_grid: Mapping[str, Sequence[Any]] | Sequence[Mapping[str, Sequence[Any]]] | None = None,
    n_samples: int | None = None,
    n_features: int | None = None,
    n_outputs: int | None = None,
    n_classes: int | None = None,
) -> Budget:
    """Return the settings with which an estimator learns no more than a budget, largest first.

    The inverse of ``plan``: nothing is fitted and no array is allocated. A setting meets the budget
    only if it does so for any data of the shape; of ``Bounds``, the upper one counts.

    Parameters
    ----------
    estimator : estimator
        Any that ``plan`` knows. It is not changed, and what it learned is left aside.
    X, y : array-like, default=None
        The training data, as for ``plan``: their shapes, the dtype and the named columns of X, and
        for classifiers the number of classes in y are used.
    max_params : int, default=None
        The largest number of learned parameters, as ``plan(...).totals.stored`` counts them.
    max_bytes : int, default=None
        The largest number of their bytes. Either this or ``max_params``.
    param_name : str, default=None
        The hyperparameter to search, nested names such as ``"mlp__hidden_layer_sizes"`` included.
        Whole numbers from 1 on are tried. A sequence of integers, as in
        ``hidden_layer_sizes=(64, 32)``, keeps its length and its proportions. By default the one
        hyperparameter that sizes the estimator, where there is only one.
    param_grid : dict of lists, or list of such dicts, default=None
        Instead of ``param_name``: the settings to plan, as for ``GridSearchCV``, at most 10,000.
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
    Budget
        ``settings`` are those that meet the budget, largest first, ``exceeding`` the next ones, and
        ``best_params`` is ready for ``set_params``. Settings of which ``plan`` knows nothing, and
        those that ``fit`` refuses, never meet the budget: ``unknown`` has their reasons.

    Raises
    ------
    TypeError
        If ``estimator`` is not an estimator, or is a class.
    ValueError
        If nothing meets the budget, a name is not a hyperparameter or decides nothing, the count
        both grows and shrinks with it, or an argument is not valid.

    See Also
    --------
    plan : What an estimator will learn, with the hyperparameters that it has.

    Examples
    --------
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skparams import fit_budget
    >>> found = fit_budget(
    ...     MLPClassifier((2, 1)), max_params=1_000_000, n_features=784, n_classes=10
    ... )
    >>> found.best_params
    {'hidden_layer_sizes': (829, 415)}
    >>> found.settings[0].count, found.exceeding[0].count
    (999375, 1000575)
    """
    check_estimator("fit_budget", estimator)
    limits = _limits({"max_params": max_params, "max_bytes": max_bytes})
    if param_name is not None and param_grid is not None:
        raise ValueError("fit_budget: give param_name or param_grid, got both.")
    given = {
        "n_samples": n_samples,
        "n_features": n_features,
        "n_outputs": n_outputs,
        "n_classes": n_classes,
    }
    planner = Planner(estimator, (X, y, given), **limits)
    if param_grid is not None:
        return _of_grid(planner, _grid(estimator, param_grid), limits)
    if param_name is None:
        param_name = size_hyperparameter(planner)
    else:
        check_name(estimator, param_name)
    return _of_one(planner, param_name, limits)


def _limits(limits: Mapping[str, Any]) -> dict[str, int | None]:
    """Return both limits, of which one is an integer, as Python's."""
    given = {name: value for name, value in limits.items() if value is not None}
    if len(given) != 1:
        got = "both" if given else "neither"
        raise ValueError(f"fit_budget: give one of max_params and max_bytes, got {got}.")
    for name, value in given.items():
        whole = hasattr(value, "__index__") and not isinstance(value, bool | np.bool_)
        if not whole or value < 1:
            hint = f" Write {int(value)}." if _is_whole_float(value) else ""
            raise ValueError(
                f"fit_budget: {name} must be an int of at least 1, got {reprlib.repr(value)}.{hint}"
            )
    return {name: None if value is None else index(value) for name, value in limits.items()}


def _is_whole_float(value: Any) -> bool:
    return isinstance(value, float) and value >= 1 and value.is_integer()


def _grid(estimator: Any, param_grid: Any) -> ParameterGrid:
    try:
        grid = ParameterGrid(param_grid)
    except (TypeError, ValueError) as error:
        raise type(error)(
            f"fit_budget: param_grid must be a dict of lists, or a list of them: {error}"
        ) from None
    names = {name: None for part in grid.param_grid for name in part}
    if not names:
        raise ValueError(f"fit_budget: param_grid must name a hyperparameter, got {param_grid!r}.")
    if len(grid) > MAX_CANDIDATES:
        raise ValueError(
            f"fit_budget: param_grid must have at most {MAX_CANDIDATES:,} settings, "
            f"got {len(grid):,}."
        )
    values = [list(each) for part in grid.param_grid for each in part.values()]
    if not any(True for _ in estimators_in("", values)):  # estimators bring names of their own
        for name in names:
            check_name(estimator, name)
    return grid


def _of_grid(planner: Planner, grid: ParameterGrid, limits: Mapping[str, Any]) -> Budget:
    found = []
    for values in grid:
        try:
            found.append(planner.setting(values, planner.new()))
        except ValueError as error:
            raise ValueError(f"fit_budget: {error}") from None
    unknown = tuple(each for each in found if each.reason is not None)
    known = sorted((each for each in found if each.reason is None), key=planner.highest)
    if not known:
        raise ValueError(
            f"fit_budget: how much is learned must be known, got {plural(len(found), 'setting')} "
            f"of which it is not: {found[0].reason}."
        )
    meeting = [each for each in known if each.verdict == "meets"]
    meeting.sort(key=planner.highest, reverse=True)  # keeps the order of those alike
    if not meeting:
        raise ValueError(planner.nothing_meets(known[0]))
    exceeding = tuple(each for each in known if each.verdict != "meets")
    return Budget(
        planner.class_name,
        **limits,
        settings=tuple(meeting),
        exceeding=exceeding,
        unknown=unknown,
        limited_by=None if exceeding else "no setting that is known exceeds the budget",
    )


def _of_one(planner: Planner, name: str, limits: Mapping[str, Any]) -> Budget:
    found = search(*axis_of(planner, name))
    after = () if found.next is None else (found.next,)
    known = found.limited_by is None
    return Budget(
        planner.class_name,
        **limits,
        settings=(found.best,),
        n_smaller=found.n_smaller,
        exceeding=after if known else (),
        unknown=() if known else after,
        limited_by=found.limited_by,
    )
