"""Which hyperparameters can be searched, and which one sizes an estimator."""

from __future__ import annotations

import reprlib
from difflib import get_close_matches
from typing import Any

import numpy as np

from skparams._choose.budget_planner import Planner
from skparams._choose.budget_search import Axis
from skparams._records import Unknown
from skparams._report import few
from skparams.specs import estimators_in

# They take whole numbers, and decide what is drawn or shown, not how much is learned.
_NO_SIZE = ("random_state", "n_jobs", "verbose")


def check_name(estimator: Any, name: Any) -> None:
    """Raise ValueError for a name that is no hyperparameter."""
    if not isinstance(name, str):
        raise TypeError(
            f"fit_budget: param_name must be a name, got {reprlib.repr(name)}. "
            "Several names are a param_grid."
        )
    names = list(estimator.get_params(deep=True))
    if name not in names:
        close = get_close_matches(name, names, 3) or names
        raise ValueError(
            f"fit_budget: {type(estimator).__name__} has no hyperparameter {name!r}; "
            f"did you mean {few(map(repr, close), 5)}?"
        )


def axis_of(planner: Planner, name: str) -> tuple[Axis, int]:
    """Return the values of a hyperparameter, and where they start.

    Raises ValueError if it takes no whole numbers.
    """
    current = planner.copy.get_params(deep=True)[name]
    axis = Axis(planner, name, current)
    start = None if _is_no_number(current) else axis.start()
    if start is None:
        raise ValueError(
            f"fit_budget: param_name must be a hyperparameter that takes whole numbers, "
            f"got {name!r}. Give its values as param_grid={{{name!r}: [...]}}."
        )
    return axis, start


def _is_no_number(current: Any) -> bool:
    return isinstance(current, bool | np.bool_) or any(True for _ in estimators_in("", current))


def size_hyperparameter(planner: Planner) -> str:
    """Return the one hyperparameter that decides how much an estimator learns.

    Where several do, it is the one that the names of the dims or the Spec tie to parameters. Raises
    ValueError if that does not leave one.
    """
    params = planner.copy.get_params(deep=True)
    found = [name for name, value in params.items() if _sizes(planner, name, value)]
    if len(found) > 1:
        nodes = planner.plan().root.walk()
        decisive = {each.path for node in nodes for each in node.hyperparameters if each.decides}
        found = [name for name in found if name in decisive] or found
    if len(found) == 1:
        return found[0]
    stored = planner.plan().totals.stored
    if not found and isinstance(stored, Unknown):
        raise ValueError(f"fit_budget: how much is learned must be known: {stored.reason}.")
    if not found:
        raise ValueError(
            f"fit_budget: no hyperparameter of {planner.class_name} that takes whole numbers "
            "decides how much is learned. Give the settings to plan as param_grid."
        )
    raise ValueError(
        f"fit_budget: several hyperparameters of {planner.class_name} decide how much is "
        f"learned. Give one of them as param_name, or a param_grid: {few(found, 12)}."
    )


def _sizes(planner: Planner, name: str, current: Any) -> bool:
    """Whether whole numbers as the value of a hyperparameter change what is learned."""
    if name.rpartition("__")[2] in _NO_SIZE or _is_no_number(current):
        return False
    axis = Axis(planner, name, current)
    start = axis.start()
    if start is None:
        return False
    try:
        ends = [axis.ends(n) for n in (start, start + 1, start + 3)]
    except Exception:  # a third party's set_params, which takes no numbers
        return False
    finally:
        planner.copy.set_params(**{name: current})
    return len(set(ends) - {None}) > 1
