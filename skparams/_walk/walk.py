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

from skparams._records import FittedAttribute, Node, Stats, Totals, Unknown, add, chained
from skparams._walk.choices import DEEPEST, choices, outcomes
from skparams._walk.fitted import Fitted, follow_from_names, is_fitted, rules_of
from skparams._walk.leaf import (
    Leaf,
    apart,
    join,
    leaves_of,
    record_of,
    record_of_number,
    with_retained,
)
from skparams.specs import (
    Rule,
    Spec,
    attributes_of,
    estimators_in,
    guess_spec,
    hyperparameters_of,
    is_number,
    may_be_learned,
    registered,
    with_fixed,
)

__all__ = ["Walk", "class_path"]

Values = Mapping[str, Any]
_NOT_FITTED = Unknown("not fitted")


def class_path(cls: type) -> str:
    """Return the top package and the class, as Specs are registered: "sklearn.PCA"."""
    return f"{cls.__module__.partition('.')[0]}.{cls.__name__}"


class Walk:
    """Walk once over an estimator; ``root`` is its record, ``leaves`` its parameters.

    ``unique`` are the leaves of which each has a buffer of its own. Estimators and buffers that
    were met before are known by their identity, so that cycles end and nothing is counted twice.
    ``fitted`` are the estimators that findings are looked for in, ``classes`` those of all by path.

    Parameters
    ----------
    estimator : estimator
        Any.
    measure : callable, default=None
        From an array, its statistics, or None where it has none.
    roles : mapping of str to str, default={}
        By the path of an attribute, its role where no Spec describes its class.
    """

    def __init__(
        self,
        estimator: Any,
        measure: Callable[[Any], Stats | None] | None = None,
        roles: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.leaves: list[Leaf] = []
        self.unique: list[Leaf] = []
        self.fitted: list[Fitted] = []
        self.classes: dict[str, type] = {}
        self._measure = measure
        self._roles = roles
        self._met: set[int] = set()
        self._depth = 0
        self._buffers: dict[tuple, Leaf] = {}  # which keep alive what they are known by
        self._rules: dict[tuple, list[tuple[str, Rule]]] = {}
        values = attributes_of(estimator)
        fitted = is_fitted(estimator, values)
        self.root = self._node(estimator, values, "", "", fitted=fitted, chosen=True)

    def _node(
        self, estimator: Any, values: Values, name: str, path: str, *, fitted: bool, chosen: bool
    ) -> Node:
        """Return the record; ``chosen`` says that its hyperparameters are a user's choice."""
        self._met.add(id(estimator))
        self.classes[path] = type(estimator)
        params = hyperparameters_of(estimator, values)
        spec = registered(estimator) or guess_spec(values, params, self._roles_in(path, values))
        known = with_fixed(params, values)
        rows: list[FittedAttribute] = []
        if fitted:
            rules = self._rules_of(type(estimator), spec, values, params, known)
            rows = self._attributes(estimator, values, rules, known, path, spec.guessed)
            self.fitted.append(Fitted(path, estimator, values, params, known, spec))
        self._depth += 1
        children: Sequence[Node] = list(self._children(values, params, path, spec, chosen=chosen))
        self._depth -= 1
        if spec.chained:
            children = chained(children)
        unknown = _why_unknown(spec, values, fitted, rows)
        if self._depth == DEEPEST and "estimator" in {rule.role for rule in spec.rules.values()}:
            unknown = Unknown(f"estimators are nested more than {DEEPEST} deep")
        # Those of an argument's estimator stand in a record of its own, or the winner's do.
        skip = params if spec.winner in values else spec.rules
        return Node(
            name=name or type(estimator).__name__,
            path=path,
            class_name=type(estimator).__name__,
            fitted=fitted,
            guessed=spec.guessed,
            n_features=_n_features(values, children),
            n_classes=_n_classes(values, children),
            hyperparameters=tuple(choices(estimator, params, path, spec, skip) if chosen else ()),
            outcomes=tuple(outcomes(values, path, spec)) if fitted else (),
            attributes=tuple(rows),
            layers=spec.layers(values, known) if spec.layers and fitted else (),
            leading=spec.leading(values, known) if spec.leading and fitted else None,
            totals=_totals(rows, children, unknown),
            children=tuple(children),
            n_features_out=spec.n_features_out,
        )

    def _roles_in(self, path: str, values: Values) -> dict[str, str]:
        paths = {name: join(path, name) for name in values} if self._roles else {}
        return {name: self._roles[at] for name, at in paths.items() if at in self._roles}

    def _rules_of(
        self, cls: type, spec: Spec, values: Values, params: Values, known: Values
    ) -> list[tuple[str, Rule]]:
        """Return the rules, those of parameters first.

        An ensemble's members hold the same names, and most rules do not ask what is in them.
        """
        names = (cls, id(spec), *values)
        rules = self._rules.get(names)
        if rules is None:
            found = rules_of(spec, values, params, known)
            rules = sorted(found.items(), key=lambda item: item[1].role != "parameter")
            # What is guessed is a Spec of its own, and gone with its identity after the walk.
            if not spec.guessed and follow_from_names(spec, found):
                self._rules[names] = rules
        return rules

    def _attributes(
        self,
        estimator: Any,
        values: Values,
        rules: Sequence[tuple[str, Rule]],
        params: Values,
        path: str,
        guessed: bool,
    ) -> list[FittedAttribute]:
        """Return the records of all leaves, those of parameters first: they own the buffers."""
        own: list[tuple[Leaf, FittedAttribute]] = []
        numbers: list[FittedAttribute] = []
        for name, rule in rules:
            value = values[name]
            if rule.role != "parameter" and is_number(value):
                numbers.append(record_of_number(join(path, name), rule.role, value))
                continue
            leaves = leaves_of(estimator, name, value, rule, path)
            named = rule.dims_for(params)
            for i, leaf in enumerate(leaves):
                role = leaf.part.role if leaf.part else rule.role
                learned = role == "parameter"
                if not learned and leaf.numbers is None:  # an object without any
                    continue
                dims = named(i, len(leaves)) if callable(named) else named
                alias = self._take(leaf, role)
                row = record_of(leaf, role, rule, dims, params, guessed, alias)
                if self._measure and learned and leaf.numbers is not None:
                    row = replace(row, stats=self._measure(leaf.used))
                own.append((leaf, row))
        return [*with_retained(own), *numbers]

    def _take(self, leaf: Leaf, role: str) -> str | None:
        """Keep a leaf if it is a parameter; return where the same buffer was met before."""
        first = self._buffers.setdefault(leaf.buffer, leaf)
        alias = None if first is leaf else first.path
        if role == "parameter":
            self.leaves.append(leaf)
            if alias is None:
                self.unique.append(leaf)
        return alias

    def _children(
        self, values: Values, params: Values, path: str, spec: Spec, *, chosen: bool
    ) -> Iterator[Node]:
        called: set[str] = set()
        for name, rule in spec.rules.items() if self._depth <= DEEPEST else ():
            if name not in values or rule.role != "estimator":
                continue
            chosen_too = (chosen and name in params) or name == spec.winner
            for local, child in estimators_in(name, values[name]):
                if id(child) in self._met:
                    continue
                local = apart(name, local, called)
                called.add(local)
                held = attributes_of(child)
                fitted = is_fitted(child, held)
                # Meta-estimators keep an unfitted template beside the fitted clones.
                if fitted or name in params:
                    yield self._node(
                        child, held, local, join(path, local), fitted=fitted, chosen=chosen_too
                    )


def _why_unknown(
    spec: Spec,
    values: Values,
    fitted: bool,
    rows: Sequence[FittedAttribute],
) -> Unknown | None:
    """Return why the counts of an estimator are not known, or None where they are."""
    if not fitted:
        return _NOT_FITTED
    if spec.winner and spec.winner not in values:
        return Unknown(f"{spec.winner} was not kept")
    learned = [row for row in rows if row.role == "parameter"]
    for row in learned:
        if isinstance(row.count, Unknown):
            return row.count
    if spec.guessed and not learned:
        hidden = [
            name
            for name, rule in spec.rules.items()
            if rule.role == "state" and may_be_learned(values[name])
        ]
        if hidden:
            return Unknown(f"no Spec says what {', '.join(hidden)} holds")
    return None


def _totals(
    rows: Sequence[FittedAttribute], children: Sequence[Node], unknown: Unknown | None
) -> Totals:
    """Add up what is in an estimator's own unique buffers and in its children."""
    if unknown is None and children:
        stored = (child.totals.stored for child in children)
        unknown = next((count for count in stored if isinstance(count, Unknown)), None)
    if unknown is not None:
        return Totals(unknown, unknown, unknown)
    own = [row for row in rows if row.role == "parameter" and row.alias_of is None]
    inner = [child.totals for child in children]
    parts: list[FittedAttribute | Totals] = [*own, *inner]
    return Totals(
        add([row.count for row in own] + [part.stored for part in inner]),
        add([part.free for part in parts if part.free is not None]),
        add([part.bytes for part in parts]),
    )


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
