"""The candidates of a search before it runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sklearn.base import clone
from sklearn.model_selection import ParameterGrid, ParameterSampler

from skparams._records import NotKnown

# Candidates that are looked at. With more, nothing is said: what is left out may be larger.
MAX_CANDIDATES = 10_000
_GRIDS = ("param_grid", "param_distributions")


class DrawnValue:
    """Stands for a hyperparameter that the search draws: sizes that follow from it are unknown."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return "drawn"

    def __deepcopy__(self, memo: Any) -> DrawnValue:
        return self

    __hash__ = object.__hash__

    def _refuse(self, *args: Any) -> Any:
        raise NotKnown(f"depends on {self.name}, which the search draws")

    __bool__ = __int__ = __index__ = __float__ = __len__ = __iter__ = __getitem__ = _refuse
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _refuse
    __neg__ = __abs__ = __round__ = __add__ = __radd__ = __sub__ = __rsub__ = _refuse
    __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = _refuse
    __mod__ = __rmod__ = __pow__ = __rpow__ = _refuse


def candidates(params: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], Any]]:
    """Yield the hyperparameters of each candidate, and an estimator with them that is not fitted.

    A search that draws from lists may draw any of their combinations. With an integer as
    ``random_state`` it draws the same each time, so that the very candidates are known. Raises
    NotKnown if there are too many, or the class is no search of scikit-learn's.
    """
    if params.get("estimator") is None or params.keys().isdisjoint(_GRIDS):
        raise NotKnown("depends on the candidates of the search")
    with _unknown_if_it_raises("the candidates of the search cannot be listed"):
        grid = _grid(params)
        n = len(grid)
        listed = list(grid) if n <= MAX_CANDIDATES else []
    if n > MAX_CANDIDATES:
        raise NotKnown(f"{n:,} candidates are more than the {MAX_CANDIDATES:,} that plan looks at")
    for candidate in listed:
        # As fit does: a candidate's own estimators are cloned before something in them is set.
        with _unknown_if_it_raises("a candidate cannot be cloned"):
            estimator = clone(params["estimator"], safe=False)
            values = clone(candidate, safe=False)
        with _unknown_if_it_raises("a candidate cannot be set", but=ValueError):
            estimator.set_params(**values)  # ValueError for a name that it does not have
        yield candidate, estimator


@contextmanager
def _unknown_if_it_raises(what: str, *, but: type[Exception] | tuple[()] = ()) -> Iterator[None]:
    """Raise NotKnown for an error of other packages' searches, grids and estimators."""
    try:
        yield
    except but:
        raise
    except Exception as error:
        raise NotKnown(f"{what} ({type(error).__name__}: {error})") from None


def _grid(params: Mapping[str, Any]) -> ParameterGrid | ParameterSampler:
    if "param_grid" in params:
        return ParameterGrid(params["param_grid"])
    choices = params["param_distributions"]
    choices = [choices] if isinstance(choices, Mapping) else list(choices)
    grid = ParameterGrid(
        [
            {
                name: [DrawnValue(name)] if hasattr(each, "rvs") else each
                for name, each in choice.items()
            }
            for choice in choices
        ]
    )
    lists_only = not any(hasattr(each, "rvs") for choice in choices for each in choice.values())
    n_iter = params.get("n_iter", params.get("n_candidates"))
    random_state = params.get("random_state")
    if not isinstance(n_iter, int) or not isinstance(random_state, int):
        return grid
    if lists_only and n_iter >= len(grid):
        return grid
    return ParameterSampler(choices, n_iter, random_state=random_state)
