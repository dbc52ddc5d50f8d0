"""The coefficients of the estimators that predict, with the names of features and of classes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from skparams._escape import escape_frame
from skparams._records import CoefficientTable, Node, Unknown
from skparams._report import Page, Report, import_pandas
from skparams._summary.features import MAX_FEATURES, Reached, reached_by
from skparams._walk import Walk, join
from skparams.specs import EstimatorView, Names, coefficients_of, dense, may_have_coefficients

if TYPE_CHECKING:
    import pandas as pd


# What a summary copies, or computes coefficients from, though nobody asked for them.
_MAX_NUMBERS = 10_000
_MAX_KEPT = 10_000_000  # bytes of training rows
_NOT_KEPT = Unknown(
    "not looked for, as the model is large. Ask for them: "
    "summary(estimator, coefficients=True).coefficients()"
)
_WHAT_HAS = (
    "Linear models, linear discriminants, naive Bayes and partial least squares have coefficients"
)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Coefficients(Report):
    """The coefficients of an estimator and of those in it, by the names of their features.

    Shown as text by ``print`` and as HTML in notebooks.

    Parameters
    ----------
    class_name : str
        The class of the estimator.
    tables : tuple of CoefficientTable
        One for each estimator with coefficients; rows are sorted, the largest first.
    """

    class_name: str
    tables: tuple[CoefficientTable, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return all coefficients as a DataFrame, one feature a row, one class or target a column.

        Returns
        -------
        DataFrame
            With the features as index, intercepts first and then the largest first. If several
            estimators have coefficients, the first level of the index is the estimator's path.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        pandas = import_pandas()
        frames = [_frame_of(pandas, table) for table in self.tables]
        if len(frames) == 1:
            return escape_frame(frames[0])
        together = pandas.concat(frames, keys=[t.path for t in self.tables], names=["path"])
        return escape_frame(together)

    def _page(self) -> Page:
        from skparams._summary.coefficients_view import page

        return page(self)


def _frame_of(pandas: Any, table: CoefficientTable) -> pd.DataFrame:
    index, values = list(table.features), table.values
    if table.intercepts is not None:
        index = [table.intercept_attribute, *index]
        values = np.vstack([table.intercepts, values])
    columns = pandas.Index(table.columns, tupleize_cols=False)
    return pandas.DataFrame(values, pandas.Index(index, name="feature"), columns)


def coefficients(walk: Walk, *, asked: bool, ignored: Collection[str]) -> Coefficients | Unknown:
    """Copies of the coefficients in an estimator, or why there are none.

    Unless they are asked for, only a few numbers are copied.
    """
    root = walk.root
    views = {each.path: each for each in walk.fitted}
    if not any(map(may_have_coefficients, walk.fitted)):  # which is fast for a forest too
        views = {}
    found: list[CoefficientTable] = []
    for table in _tables(root, views, asked=asked):
        if isinstance(table, Unknown):
            return table
        if not _is_in(table, ignored):
            found.append(table)
    if not found:
        return Unknown(f"{root.class_name} has none. {_WHAT_HAS}")
    n_numbers = sum(prod(table.values.shape) for table in found)
    if not asked and (n_numbers > _MAX_NUMBERS or not all(map(_has_few_features, root.walk()))):
        return _NOT_KEPT
    reached = reached_by(root, walk.fitted)
    return Coefficients(root.class_name, tuple(_finished(t, reached[t.path]) for t in found))


def _tables(
    node: Node, views: Mapping[str, EstimatorView], *, asked: bool
) -> Iterator[CoefficientTable | Unknown]:
    """Yield those of an estimator, else of those in it from which its predictions come.

    Unless they are asked for, Unknown where it may take long to look for them.
    """
    view = views.get(node.path)
    if view is None:
        return
    if not asked and "coefficients" in view.spec.extras and not _is_small(node):
        yield _NOT_KEPT
        return
    table = coefficients_of(view)
    if table is not None:
        yield replace(table, path=node.path, class_name=node.class_name)
        return
    cls: type = type(view.estimator)
    inside: tuple[Node, ...] = ()
    if view.spec.chained:
        inside = node.children[-1:]
    elif not hasattr(cls, "transform") or hasattr(cls, "predict"):
        inside = node.children
    for child in inside:
        yield from _tables(child, views, asked=asked)


def _is_in(table: CoefficientTable, ignored: Collection[str]) -> bool:
    """Whether the attribute, its estimator or one around it is left out."""
    path = f"{join(table.path, table.attribute)}__"
    return any(path.startswith(f"{each}__") for each in ignored)


def _is_small(node: Node) -> bool:
    """Whether an estimator has few parameters, and few training rows to compute others from."""
    stored = node.totals.stored
    kept = sum(place.bytes for place in node.kept_places)
    return isinstance(stored, int) and stored <= _MAX_NUMBERS and kept <= _MAX_KEPT


def _has_few_features(node: Node) -> bool:
    return node.n_features is None or node.n_features <= MAX_FEATURES


def _finished(table: CoefficientTable, reached: Reached) -> CoefficientTable:
    """A table with names and a copy of the numbers, the largest first."""
    values = dense(table.values)
    p, n = values.shape
    order = np.argsort(-_largest(values, table.by), kind="stable")
    names: Names = reached.names()
    if names is None or len(names) != p:
        names = [f"x{i}" for i in range(p)]
    columns = table.columns or ((table.attribute,) if n == 1 else tuple(f"y{i}" for i in range(n)))
    if len(columns) != n:
        raise ValueError(
            f"The Spec of {table.class_name} has coefficients in {n:,} columns and names "
            f"{len(columns):,} of them."
        )
    return replace(
        table,
        values=values[order],
        intercepts=_intercepts(table.intercepts, n),
        columns=tuple(map(reached.named, columns)),
        features=tuple(names[i] for i in order),
        notes=(*table.notes, *_notes(reached)),
    )


def _notes(reached: Reached) -> Iterator[str]:
    """Yield what the numbers are for, where that is not X and y as they are given."""
    if reached.columns:
        yield f"for {reached.columns}, not for those of X"
    if reached.target:
        yield f"for {reached.target}"


def _largest(values: np.ndarray, by: str) -> np.ndarray:
    """By what rows are sorted; what is not a number comes first."""
    with np.errstate(invalid="ignore"):
        found = np.abs(values).max(axis=1) if by == "size" else np.ptp(values, axis=1)
    return np.where(np.isnan(found), np.inf, found)


def _intercepts(added: Any, n: int) -> np.ndarray | None:
    """A copy with a number for each column, None if there is no such number."""
    numbers = np.ravel([] if added is None else added)
    if numbers.dtype.kind not in "fiu" or numbers.size not in (1, n):
        return None
    return np.array(np.broadcast_to(numbers, n))
