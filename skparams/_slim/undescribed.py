"""Which of the values that no Spec describes hold training rows, as far as X tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import FunctionType, MethodType
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import issparse
from sklearn.base import TransformerMixin

from skparams._lazy import is_lazy
from skparams._records import KeptPlace
from skparams._walk import (
    TrainingRows,
    Walk,
    join,
    n_rows,
    results_of,
    shares_memory,
    table_of,
    working_copy,
)
from skparams.specs import (
    COMMON,
    EstimatorView,
    estimators_in,
    holds_no_numbers,
    is_estimator,
    is_number,
    items_of,
)

_MAX_DEPTH = 8


class RowsHere(NamedTuple):
    """X as it gets to an estimator, and whether all bits are those that its ``fit`` got."""

    rows: TrainingRows
    exact: bool


class RowSearch:
    """Looks for rows of X in what no Spec describes; without X, all of it is unknown."""

    def __init__(self, walk: Walk, X: Any, n_samples: int | None) -> None:
        self.places: list[KeptPlace] = []
        self.unknown: list[str] = []
        self._X, self._n = X, n_samples
        # Estimators in the walk are searched on their own; nothing is searched twice.
        self._visited = {id(each.estimator): each.estimator for each in walk.fitted}
        given = None if X is None else TrainingRows(X)
        reached: dict[int, RowsHere] = {}
        inner = (item for each in walk.fitted if each.path for item in _undescribed(each))
        if X is not None and any(listed for _, _, listed in inner):
            reached = dict(_reached(walk.fitted, X))
        for each in walk.fitted:
            self._here = [] if given is None else [RowsHere(given, not each.path)]
            if id(each.estimator) in reached:
                self._here.append(reached[id(each.estimator)])
            for name, value, listed in _undescribed(each):
                n = len(self.unknown)
                if listed or X is not None:
                    self._look(join(each.path, name), value)
                if not listed:
                    del self.unknown[n:]

    def _look(self, path: str, value: Any, depth: int = 0) -> None:
        """Add the places with rows in a value; where X does not tell, its path to the unknown."""
        if is_number(value) or id(value) in self._visited:
            return
        if holds_no_numbers(value) and not _may_hold_rows(value):
            return
        self._visited[id(value)] = value
        if is_lazy(value):  # which may be the training data, and is not read
            self.unknown.append(path)
            return
        table = table_of(_texts(value))
        if _holds_tables(value) and not self._rows_in(value, table)[0]:
            table = None
        if table is None and depth < _MAX_DEPTH:
            n_before = len(self.places)
            for local, item in _items(path, value):
                self._look(local, item, depth + 1)
            # What else an object holds is not known.
            known = isinstance(value, list | tuple | dict) or is_estimator(value)
            if known or len(self.places) > n_before:
                return
        if not getattr(value, "size", 1):
            return
        n, n_bytes = self._rows_in(value, table)
        if n:
            self.places.append(KeptPlace(path, n, n_bytes))
        elif n is None:
            self.unknown.append(path)

    def _rows_in(self, value: Any, table: Any) -> tuple[int | None, int]:
        """How many rows of X, as given or as it gets here, a value holds, and their bytes.

        None if X does not tell.
        """
        if not self._here:
            return None, 0
        stored = value.data if issparse(value) else table
        if shares_memory(value, self._X):
            n = self._n if value is self._X else n_rows("", value)
            return n, getattr(stored, "nbytes", 0)
        counts = [each.rows.count_in(value) for each in self._here]
        for n, each in zip(counts, self._here, strict=True):
            if n:
                return n, int(stored.nbytes * n * each.rows.width / np.prod(table.shape))
        ruled_out = any(
            each.exact and (n == 0 or self._is_short(table, each.rows))
            for n, each in zip(counts, self._here, strict=True)
        )
        return (0 if ruled_out else None), 0

    def _is_short(self, table: Any, rows: TrainingRows) -> bool:
        """Whether a value has fewer numbers than one row, and not one for each row."""
        if table is None or rows.table is None or table.shape[0] == self._n:
            return False
        return bool(np.prod(table.shape) < rows.width)


def _undescribed(each: EstimatorView) -> Iterator[tuple[str, Any, bool]]:
    """Name and value of what no Spec describes, and whether it may hold rows by its name.

    Hyperparameters, and names that mean the same everywhere, are looked at only with X.
    """
    for name, value in each.values.items():
        if name in each.params:
            yield name, value, False
        elif (each.guessed or name not in each.spec.rules) and not name.startswith("_sklearn_"):
            yield name, value, name not in COMMON


def _may_hold_rows(value: Any) -> bool:
    """Whether a text, a set or a function may: stored bytes, or what a function has around it."""
    if isinstance(value, FunctionType):
        return bool(value.__closure__ or value.__defaults__ or value.__kwdefaults__)
    if isinstance(value, MethodType):
        return not is_estimator(value.__self__)
    return isinstance(value, bytes | set | frozenset | np.ndarray) and len(value) > 0


def _texts(value: Any) -> Any:
    """The texts of a dictionary that holds nothing else, any other value as it is."""
    if isinstance(value, dict) and all(isinstance(each, str) for each in value.values()):
        return list(value.values())
    return value


def _holds_tables(value: Any) -> bool:
    """Whether a list holds arrays of rows, rather than rows."""
    return isinstance(value, list | tuple) and any(
        isinstance(each, np.ndarray) and each.ndim > 1 for each in value
    )


def _items(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """What ``items_of`` gives, and what a function has around it."""
    if isinstance(value, FunctionType):
        for name, cell in zip(value.__code__.co_freevars, value.__closure__ or (), strict=True):
            if cell != type(cell)():  # an empty one raises
                yield f"{path}.{name}", cell.cell_contents
    yield from items_of(path, value)


def _reached(fitted: Sequence[EstimatorView], X: Any) -> Iterator[tuple[int, RowsHere]]:
    """X as it gets to the steps of pipelines and to the winners of searches, by their identity.

    Only a ``fit_transform`` that calls ``fit`` and ``transform`` gives the bits of ``transform``.
    """
    inside = {id(fitted[0].estimator): (X, True)}
    for view in fitted:  # outer ones first
        if id(view.estimator) not in inside or view.spec.parallel or view.spec.route is None:
            continue
        rows, exact = inside[id(view.estimator)]
        names = [name for name, rule in view.spec.rules.items() if rule.role == "estimator"]
        name = view.spec.winner or names[0]
        steps = [step for _, step in estimators_in(name, view.values.get(name))]
        for step in steps:
            inside[id(step)] = rows, exact
            yield id(step), RowsHere(TrainingRows(rows), exact)
            if step is steps[-1]:
                break
            try:
                rows = results_of(working_copy(step), rows, ["transform"])["transform"]
            except Exception:  # a step that cannot be copied is not called
                break
            if isinstance(rows, Exception):
                break
            exact = exact and type(step).fit_transform is TransformerMixin.fit_transform
