"""One walk over an estimator and those in it: what they hold becomes records.

The walk keeps the arrays of the fitted parameters apart, as leaves, for ``fitted_params`` to
return and for ``set_fitted_params`` to replace. Records hold facts about them only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from skparams._compat import invalid_hyperparameter_first
from skparams._records import FittedAttribute, Node, Stats, Totals, Unknown, add, chained
from skparams._walk.choices import MAX_DEPTH, hyperparameter_records, outcomes
from skparams._walk.fitted import depend_on_names_only, held_beside, rules_of, status_of
from skparams._walk.leaf import (
    GUESSED,
    Leaf,
    add_retained_bytes,
    distinct,
    join,
    leaves_of,
    record_of,
    record_of_number,
)
from skparams.specs import (
    Context,
    EstimatorView,
    Guess,
    Rule,
    counts,
    dims_of,
    estimators_in,
    is_number,
    view_of,
)

_IN_RECORDS = ("layers", "leading")  # of the extras of a Spec
Values = Mapping[str, Any]
Rules = Sequence[tuple[str, Rule]]
_NOT_FITTED = Unknown("not fitted")
_NOTHING = Totals(0, 0, 0)


def class_path(cls: type) -> str:
    """Return the top package and the class, as Specs are registered: "sklearn.PCA"."""
    return f"{cls.__module__.partition('.')[0]}.{cls.__name__}"


class Walk:
    """Walk once over an estimator; ``root`` is its record, ``leaves`` its parameters.

    ``unique`` are the leaves of which each has a buffer of its own. Estimators and buffers that
    were visited before are known by their identity, so that cycles end and nothing counts twice.
    ``fitted`` are the fitted estimators in it, ``views`` all of them by path. ``measure`` returns
    statistics of an array, and ``roles`` are of attributes, by path, where no Spec describes a
    class.
    """

    def __init__(
        self,
        estimator: Any,
        measure: Callable[[Any], Stats | None] | None = None,
        roles: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.leaves: list[Leaf] = []
        self.unique: list[Leaf] = []
        self.fitted: list[EstimatorView] = []
        self.views: dict[str, EstimatorView] = {}
        self._measure = measure
        self._roles = roles
        self._visited: set[tuple[int, str]] = set()  # with the role of what is in them
        self._depth = 0
        self._buffers: dict[tuple, Leaf] = {}  # which keep alive what they are known by
        self._rules: dict[tuple, Rules] = {}
        view = view_of(estimator, "", roles)
        self.root = self._node(view, type(estimator).__name__, status_of(view), chosen=True)

    def _node(self, view: EstimatorView, name: str, status: str, *, chosen: bool) -> Node:
        """Return the record; ``chosen`` says that its hyperparameters are a user's choice."""
        estimator, spec = view.estimator, view.spec
        self._visited.add((id(estimator), view.place.role))
        self.views[view.path] = view
        rows: list[FittedAttribute] = []
        extras: dict[str, Any] = {}
        guesses: Mapping[str, Guess] = {}
        fitted = status != "not fitted"
        if fitted:
            self.fitted.append(view)
            with invalid_hyperparameter_first(estimator):
                ctx = view.context()
                rules, guesses = self._rules_of(view, ctx)
                rows = self._attributes(view, ctx, rules)
                found = spec.extras
                extras = {key: found[key](ctx) for key in _IN_RECORDS if key in found}
        unknown, guessed, place = _unknown_reason(view, status, rows), view.guessed, view.place.role
        children: Sequence[Node] = ()
        if spec.nested or guesses:
            guessed = guessed or any(rule.role == "estimator" for rule in guesses.values())
            self._depth += 1
            children = list(self._children(view, guesses, chosen=chosen))
            self._depth -= 1
            if spec.chained:
                children = chained(children)
            if self._depth == MAX_DEPTH and spec.nested:
                unknown = Unknown(f"estimators are nested more than {MAX_DEPTH} deep")
        totals = _NOTHING
        if place == "parameter":
            totals = totals_of(rows, children, unknown, guessed=guessed)
        # Those of an argument's estimator stand in a record of its own, or the winner's do.
        skip = view.params if spec.winner in view.values else spec.rules
        return Node(
            name=name,
            path=view.path,
            class_name=type(estimator).__name__,
            status=status,
            guessed=view.guessed,
            n_features=_n_features(view.values, children),
            n_classes=_n_classes(view.values, children),
            hyperparameters=tuple(hyperparameter_records(view, skip) if chosen else ()),
            outcomes=tuple(outcomes(view)) if fitted else (),
            attributes=tuple(rows),
            layers=extras.get("layers", ()),
            leading=extras.get("leading"),
            totals=totals,
            children=tuple(children),
            n_features_out=spec.columns_out if isinstance(spec.columns_out, str) else None,
            role=place,
        )

    def _rules_of(self, view: EstimatorView, ctx: Context) -> tuple[Rules, Mapping[str, Guess]]:
        """Return the rules, those of parameters first, and the guesses among them by name.

        An ensemble's members hold the same names, and most rules do not ask what is in them.
        """
        names = (type(view.estimator), id(view.spec), view.place.role, *view.values)
        known = self._rules.get(names)
        if known is not None:
            return known, {}
        found = rules_of(view, ctx)
        rules = sorted(found.items(), key=lambda item: item[1].role != "parameter")
        # What is guessed is a Spec of its own, and gone with its identity after the walk.
        if not view.guessed and depend_on_names_only(view.spec, found):
            self._rules[names] = rules
        return rules, {name: rule for name, rule in rules if isinstance(rule, Guess)}

    def _attributes(self, view: EstimatorView, ctx: Context, rules: Rules) -> list[FittedAttribute]:
        """Return the records of all leaves, those of parameters first: they own the buffers."""
        own: list[tuple[Leaf, FittedAttribute]] = []
        numbers: list[FittedAttribute] = []
        for name, rule in rules:
            value = view.values[name]
            guess = rule if isinstance(rule, Guess) else None
            if rule.role != "parameter" and is_number(value):
                row = record_of_number(join(view.path, name), rule.role, value)
                if guess:
                    row.guess = guess.reason
                numbers.append(row)
                continue
            leaves, dims = leaves_of(view, ctx, name, rule), rule.dims
            for i, leaf in enumerate(leaves):
                role = leaf.part.role if leaf.part else rule.role
                if guess and role == "parameter" and not counts(leaf.value, guess.kinds):
                    role = "structure"
                learned = role == "parameter"
                if not learned and leaf.numbers is None:  # an object without any
                    continue
                named = dims_of(rule, ctx, i, len(leaves)) if callable(dims) else dims
                alias = self._take(leaf, role, view.place.role)
                row = record_of(leaf, role, rule, named, ctx, alias)
                if guess:
                    row.guess = guess.reason
                    row.free = None if row.free is None else GUESSED
                if self._measure and learned and leaf.numbers is not None:
                    row = replace(row, stats=self._measure(leaf.used))
                own.append((leaf, row))
        return [*add_retained_bytes(own), *numbers]

    def _take(self, leaf: Leaf, role: str, place: str) -> str | None:
        """Keep a leaf if it is a parameter; return where the same buffer was met before.

        What is not counted in one place is not met before in another where it is.
        """
        key = leaf.buffer if place == "parameter" else (*leaf.buffer, place)
        first = self._buffers.setdefault(key, leaf)
        alias = None if first is leaf else first.path
        if role == "parameter":
            self.leaves.append(leaf)
            if alias is None:
                self.unique.append(leaf)
        return alias

    def _children(
        self, view: EstimatorView, guesses: Mapping[str, Guess], *, chosen: bool
    ) -> Iterator[Node]:
        """Yield the records of the estimators in it: where a Spec says so, and in all guesses.

        Those that a search keeps beside its winner predict nothing.
        """
        rules = {**view.spec.nested, **guesses} if guesses else view.spec.nested
        called: set[str] = set()
        winner = view.spec.winner if view.spec.winner in view.values else None
        for name, rule in rules.items() if self._depth <= MAX_DEPTH else ():
            if name not in view.values:
                continue
            guess = isinstance(rule, Guess)
            if guess and winner not in (None, name):
                continue
            chosen_too = (chosen and name in view.params) or name == view.spec.winner
            place = view.place_of(name)
            for local, child in estimators_in(name, view.values[name], objects=guess):
                if view.spec.chained:
                    place = view.place_of(name, child)
                if (id(child), place.role) in self._visited or (
                    place.role != "parameter" and (id(child), "parameter") in self._visited
                ):
                    continue
                local = distinct(name, local, called)
                called.add(local)
                inner = view_of(child, join(view.path, local), self._roles, place)
                status = status_of(inner)
                # Meta-estimators keep an unfitted template beside the fitted clones.
                if status != "not fitted" or name in view.params:
                    yield self._node(inner, local, status, chosen=chosen_too)


def _unknown_reason(
    view: EstimatorView, status: str, rows: Sequence[FittedAttribute]
) -> Unknown | None:
    """Return why the counts of an estimator are not known, or None where they are."""
    if status == "not fitted":
        return _NOT_FITTED
    if status == "unknown" and view.guessed:  # a pipeline's last step has a record of its own
        name, held = type(view.estimator).__name__, ", ".join(held_beside(view)[:3])
        return Unknown(f"{name} holds {held}, which does not show whether it is fitted")
    if view.spec.winner and view.spec.winner not in view.values:
        return Unknown(f"{view.spec.winner} was not kept")
    for row in rows:
        if row.role == "parameter" and isinstance(row.count, Unknown):
            return row.count
    return None


def totals_of(
    rows: Sequence[FittedAttribute],
    children: Sequence[Node],
    unknown: Unknown | None,
    *,
    guessed: bool = False,
) -> Totals:
    """Add up what is in an estimator's own unique buffers and in its children.

    ``guessed`` says that they are a guess as a whole, as those of a class that no Spec describes.
    Otherwise a guessed attribute makes them one, unless it is a single number and no parameter.
    """
    if unknown is not None:
        return Totals(unknown, unknown, unknown)
    own = [row for row in rows if row.role == "parameter" and row.alias_of is None]
    inner = [child.all_totals for child in children]
    stored = add([row.count for row in own] + [part.stored for part in inner])
    n_bytes = add([row.bytes for row in own] + [part.bytes for part in inner])
    doubtful = [row for row in rows if row.guess]
    guesses = [part.guessed for part in inner if part.guessed is not None]
    if guessed or guesses or any(row in own or row.shape != () for row in doubtful):
        guesses += [row.count for row in doubtful if row in own]
        return Totals(stored, GUESSED, n_bytes, add(guesses))
    free = add([r.free for r in own if r.free is not None] + [part.free for part in inner])
    return Totals(stored, free, n_bytes)


def _n_features(values: Values, children: Sequence[Node]) -> int | None:
    n = values.get("n_features_in_")
    if isinstance(n, int | np.integer):
        return int(n)
    return next((c.n_features for c in children if c.n_features is not None), None)


def _n_classes(values: Values, children: Sequence[Node]) -> int | None:
    classes = values.get("classes_")
    if isinstance(classes, np.ndarray) and classes.ndim == 1:
        return len(classes)
    return next((c.n_classes for c in reversed(children) if c.n_classes is not None), None)
