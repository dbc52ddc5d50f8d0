"""What changed between two models."""

from __future__ import annotations

import reprlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from numbers import Real
from typing import Any, NamedTuple, overload

import numpy as np

from skparams.inspection._align import aligned
from skparams.inspection._change import Tolerance, change_of
from skparams.inspection._choice_change import choice_changes
from skparams.inspection._collect import Walk, class_path
from skparams.inspection._diff_record import (
    Alignment,
    AttributeChange,
    Diff,
    Facts,
    NodeChange,
    TreeChange,
)
from skparams.inspection._held import Held, held_by, units_of
from skparams.inspection._record import Node
from skparams.inspection._specs._hyperparameters import short_repr
from skparams.inspection._spread import spread
from skparams.inspection._spread_record import Spread
from skparams.inspection._summary import check_estimator
from skparams.inspection._tree_change import tree_change
from skparams.inspection._value_change import comparable, compare

__all__ = ["assert_same_model", "diff"]

_MOST_WRITTEN = 6  # numbers of an array that are written out


@overload
def diff(
    before: Sequence[Any],
    after: None = ...,
    *,
    align: bool = ...,
    rtol: float = ...,
    atol: float = ...,
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
        If ``before`` or ``after`` is not an estimator, or is a class.
    ValueError
        If a list has fewer than two models, or a tolerance is negative or not finite.

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
    _check_ignore("diff", ignore)
    if isinstance(before, list | tuple):
        if after is not None:
            raise TypeError("diff: give a list of models alone, or two models.")
        if len(before) < 2:
            raise ValueError(f"diff: a list must have at least 2 models, got {len(before)}.")
        for i, model in enumerate(before):
            check_estimator("diff", model, f"before[{i}]")
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
        If ``a`` or ``b`` is not an estimator, or is a class.
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
    _check_ignore("assert_same_model", ignore)
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


def _check_ignore(function: str, ignore: Collection[str]) -> None:
    if isinstance(ignore, str) or not all(isinstance(name, str) for name in ignore):
        raise TypeError(
            f"{function}: ignore must be a collection of names, got {reprlib.repr(ignore)}."
        )


def _diff(
    before: Any, after: Any, align: bool, tolerance: Tolerance, ignore: Collection[str]
) -> Diff:
    choices, n_same = choice_changes(before, after, ignore)
    sides = _Side(Walk(before)), _Side(Walk(after))
    root = _Comparison(*sides, align, tolerance, ignore).node(sides[0].root, sides[1].root)
    return Diff(root, choices, n_same, tolerance.rtol, tolerance.atol, align)


class _Side:
    def __init__(self, walk: Walk) -> None:
        self.root = walk.root
        self.classes = walk.classes
        self.fitted = {each.path: each for each in walk.fitted}
        self.met = {id(each.estimator) for each in walk.fitted}

    def held(self, path: str, ignore: Collection[str]) -> Held:
        """Return what an estimator holds, nothing where there is none that is fitted."""
        found = self.fitted.get(path)
        return held_by(found, ignore, self.met) if found else Held()


class _Comparison(NamedTuple):
    before: _Side
    after: _Side
    align: bool
    tolerance: Tolerance
    ignore: Collection[str]

    def node(self, before: Node | None, after: Node | None) -> NodeChange:
        """Return what became of an estimator; one that is on one side only is not looked into."""
        both = [before, after]
        some = after or before
        assert some is not None
        parts: tuple[Any, ...] = ((), (), (), ())
        children: list[NodeChange] = []
        if before and after:
            parts = self._attributes(some.path)
            one, two = ({child.name: child for child in node.children} for node in (before, after))
            children = [self.node(one.get(n), two.get(n)) for n in dict.fromkeys([*one, *two])]
        sides = zip((self.before, self.after), both, strict=True)
        names = [class_path(side.classes[node.path]) if node else None for side, node in sides]
        stored = [node.totals.stored if node else 0 for node in both]
        return NodeChange(
            name=some.name,
            path=some.path,
            before=names[0],
            after=names[1],
            fitted=(bool(before and before.fitted), bool(after and after.fitted)),
            stored=(stored[0], stored[1]),
            parameters=parts[0],
            others=parts[1],
            trees=parts[2],
            aligned=parts[3],
            children=tuple(children),
        )

    def _attributes(self, path: str) -> tuple[Any, ...]:
        """Return the changes of parameters, of other attributes, of trees, and the alignments."""
        sides = [side.fitted.get(path) for side in (self.before, self.after)]
        one, two = (side.held(path, self.ignore) for side in (self.before, self.after))
        arrays: Mapping[str, np.ndarray] = {}
        alignments: tuple[Alignment, ...] = ()
        if self.align and sides[0] and sides[1]:
            units = units_of(sides[1])
            if units and units == {dim: units_of(sides[0]).get(dim) for dim in units}:
                arrays, alignments = aligned(one.named(), two.named(), units)
        parameters: list[AttributeChange] = []
        others: list[AttributeChange] = []
        for name in dict.fromkeys([*one.arrays, *two.arrays]):
            if name in one.aliases & two.aliases:
                continue
            row = self._array(name, one, two, arrays.get(name))
            (parameters if row.role == "parameter" else others).append(row)
        for name in dict.fromkeys([*one.whole, *two.whole]):
            row = self._whole(name, one.whole.get(name), two.whole.get(name))
            if not (alignments and row.role == "derived"):  # which follow the order of units
                (parameters if row.role == "parameter" else others).append(row)
        return tuple(parameters), tuple(others), tuple(self._trees(one, two)), alignments

    def _array(
        self, path: str, before: Held, after: Held, aligned: np.ndarray | None
    ) -> AttributeChange:
        found = [side.arrays.get(path) for side in (before, after)]
        facts = [_facts(each[0].numbers) if each else None for each in found]
        role, dims = next((each[1], each[2]) for each in reversed(found) if each)
        change, same = None, False
        one, two = found
        if one and two and one[0].numbers.shape == two[0].numbers.shape:
            first, second = one[0].used, two[0].used if aligned is None else aligned
            if first.shape == second.shape:
                change = change_of(first, second, self.tolerance)
                same = not change.moved and self._one_dtype(*facts)
        return AttributeChange(path, role, dims, facts[0], facts[1], change, same)

    def _whole(
        self, path: str, before: tuple[Any, str] | None, after: tuple[Any, str] | None
    ) -> AttributeChange:
        facts = [_facts(each[0]) if each else None for each in (before, after)]
        role = (after or before or (None, ""))[1]
        change, same = None, False
        if before and after and _one_shape(before[0], after[0]):
            change = compare(before[0], after[0], self.tolerance)
            same = not change.moved and self._one_dtype(*facts)
        return AttributeChange(path, role, None, facts[0], facts[1], change, same)

    def _one_dtype(self, before: Facts | None, after: Facts | None) -> bool:
        """Say whether two sides have one dtype, as far as that matters: text may be longer."""
        if not self.tolerance.exact or before is None or after is None:
            return True
        return before.dtype == after.dtype or (before.dtype or "")[:2] in ("<U", "|S")

    def _trees(self, before: Held, after: Held) -> Iterator[TreeChange]:
        for path in dict.fromkeys([*before.trees, *after.trees]):
            yield tree_change(path, before.trees.get(path), after.trees.get(path), self.tolerance)


def _one_shape(before: Any, after: Any) -> bool:
    if comparable(before) and comparable(after):
        return before.shape == after.shape
    return comparable(before) == comparable(after)


def _facts(value: Any) -> Facts:
    if not comparable(value):
        return Facts(None, type(value).__name__, short_repr(value))
    small = (
        isinstance(value, np.ndarray) and value.size <= _MOST_WRITTEN and value.dtype.names is None
    )
    return Facts(value.shape, str(value.dtype), short_repr(value) if small else None)
