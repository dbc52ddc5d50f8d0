"""One walk over an estimator and those in it: what they hold becomes records.

The walk keeps the arrays of the fitted parameters apart, as leaves, for ``fitted_params`` to
return and for ``set_fitted_params`` to replace. Records hold facts about them only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from sklearn.exceptions import NotFittedError

from skparams.inspection._chain import chained
from skparams.inspection._chosen import DEEPEST, choices, outcomes
from skparams.inspection._counts import add
from skparams.inspection._leaf import (
    Leaf,
    join,
    leaves_of,
    record_of,
    record_of_number,
    with_retained,
)
from skparams.inspection._record import ROLES, FittedAttribute, Node, Stats, Totals
from skparams.inspection._spec import Rule, Spec, registered, registered_for
from skparams.inspection._specs._fallback import COMMON, guess_role, guess_spec
from skparams.inspection._specs._hyperparameters import hyperparameters_of, with_fixed
from skparams.inspection._specs._values import (
    attributes_of,
    estimators_in,
    is_number,
    may_be_learned,
)

__all__ = ["Fitted", "Walk", "class_path", "is_fitted", "rules_of"]

Values = Mapping[str, Any]


def is_fitted(estimator: Any, attributes: Values) -> bool:
    """Say whether an estimator is fitted, by its own word or by what it holds."""
    cls: type = type(estimator)
    spec = registered_for(cls)
    if spec is not None and spec.chained:
        return _last_is_fitted(attributes, spec)
    if hasattr(cls, "__sklearn_is_fitted__"):
        try:
            return bool(estimator.__sklearn_is_fitted__())
        except NotFittedError:  # as a FeatureUnion of transformers that are not fitted
            return False
        except Exception:  # a third party's code, which must not break what only looks at it
            pass
    if not hasattr(cls, "fit"):  # a fitted estimator's own object
        return True
    # Backwards, as what fit sets comes last.
    if any(name.endswith("_") and not name.startswith("_") for name in reversed([*attributes])):
        return True
    if spec is not None and not spec.rules:
        return True  # fit leaves nothing
    if spec is not None and any(rule.role == "parameter" for rule in spec.rules.values()):
        return False  # a Gaussian process predicts without fit, but has learned nothing
    try:
        return hasattr(cls, "__sklearn_tags__") and not estimator.__sklearn_tags__().requires_fit
    except Exception:  # as above
        return False


def _last_is_fitted(attributes: Values, spec: Spec) -> bool:
    """Say whether the last step is fitted, as a pipeline would.

    A pipeline asks for its steps' tags to say so: of pipelines in pipelines, more than once each.
    """
    met: set[int] = set()
    while True:
        names = [name for name, rule in spec.rules.items() if rule.role == "estimator"]
        steps = [step for n in names for _, step in estimators_in(n, attributes.get(n))]
        if not steps or id(steps[-1]) in met:
            return False
        met.add(id(steps[-1]))
        attributes = attributes_of(steps[-1])
        cls: type = type(steps[-1])
        inner = registered_for(cls)
        if inner is None or not inner.chained:
            return is_fitted(steps[-1], attributes)
        spec = inner


def class_path(cls: type) -> str:
    """Return the top package and the class, as Specs are registered: "sklearn.PCA"."""
    return f"{cls.__module__.partition('.')[0]}.{cls.__name__}"


class Fitted(NamedTuple):
    """A fitted estimator that was met, and what it holds."""

    path: str
    estimator: Any
    values: Values
    params: Values
    known: Values  # params, and those that a subclass fixes
    spec: Spec


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
        self._buffers: dict[tuple, str] = {}
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
            rules = rules_of(spec, values, params, known)
            rows = self._attributes(estimator, values, rules, known, path, spec.guessed)
            self.fitted.append(Fitted(path, estimator, values, params, known, spec))
        self._depth += 1
        children: Sequence[Node] = list(self._children(values, params, path, spec, chosen=chosen))
        self._depth -= 1
        if spec.chained:
            children = chained(children)
        unknown = _why_unknown(spec, values, fitted, rows)
        if self._depth == DEEPEST and "estimator" in {rule.role for rule in spec.rules.values()}:
            unknown = f"estimators are nested more than {DEEPEST} deep"
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

    def _attributes(
        self,
        estimator: Any,
        values: Values,
        rules: Mapping[str, Rule],
        params: Values,
        path: str,
        guessed: bool,
    ) -> list[FittedAttribute]:
        """Return the records of all leaves, those of parameters first: they own the buffers."""
        own: list[tuple[Leaf, FittedAttribute]] = []
        numbers: list[FittedAttribute] = []
        for name, rule in sorted(rules.items(), key=lambda item: item[1].role != "parameter"):
            value = values[name]
            if rule.role != "parameter" and is_number(value):
                numbers.append(record_of_number(join(path, name), rule.role, value))
                continue
            leaves = list(leaves_of(estimator, name, value, rule, path))
            named = rule.dims_for(params)
            for i, leaf in enumerate(leaves):
                role = leaf.part.role if leaf.part else rule.role
                if role != "parameter" and leaf.numbers is None:  # an object without any
                    continue
                dims = named(i, len(leaves)) if callable(named) else named
                alias = self._buffers.setdefault(leaf.buffer, leaf.path)
                if role == "parameter":
                    self.leaves.append(leaf)
                    if alias == leaf.path:
                        self.unique.append(leaf)
                row = record_of(
                    leaf, rule, dims, params, guessed, None if alias == leaf.path else alias
                )
                if self._measure and role == "parameter" and leaf.numbers is not None:
                    row = replace(row, stats=self._measure(leaf.used))
                own.append((leaf, row))
        return [*with_retained(own), *numbers]

    def _children(
        self, values: Values, params: Values, path: str, spec: Spec, *, chosen: bool
    ) -> Iterator[Node]:
        for name, rule in spec.rules.items() if self._depth <= DEEPEST else ():
            if name not in values or rule.role != "estimator":
                continue
            chosen_too = (chosen and name in params) or name == spec.winner
            for local, child in estimators_in(name, values[name]):
                if id(child) in self._met:
                    continue
                held = attributes_of(child)
                fitted = is_fitted(child, held)
                # Meta-estimators keep an unfitted template beside the fitted clones.
                if fitted or name in params:
                    yield self._node(
                        child, held, local, join(path, local), fitted=fitted, chosen=chosen_too
                    )


_BY_ROLE = {role: Rule(role) for role in ROLES}


def rules_of(spec: Spec, values: Values, params: Values, known: Values) -> dict[str, Rule]:
    """Return the rule of each attribute that is present: the Spec's first, in its order."""
    rules = {
        name: rule if rule.holds(known) else replace(rule, role=rule.otherwise)
        for name, rule in spec.rules.items()
        if name in values and rule.role != "estimator"
    }
    for name, value in values.items():
        if name not in params and name not in spec.rules:
            rules[name] = _BY_ROLE[COMMON.get(name) or guess_role(name, value)]
    return rules


def _why_unknown(
    spec: Spec,
    values: Values,
    fitted: bool,
    rows: Sequence[FittedAttribute],
) -> str | None:
    """Return why the counts of an estimator are not known, or None where they are."""
    if not fitted:
        return "not fitted"
    if spec.winner and spec.winner not in values:
        return f"{spec.winner} was not kept"
    learned = [row for row in rows if row.role == "parameter"]
    for row in learned:
        if row.count is None:
            return row.reason
    if spec.guessed and not learned:
        hidden = [
            name
            for name, rule in spec.rules.items()
            if rule.role == "state" and may_be_learned(values[name])
        ]
        if hidden:
            return f"no Spec says what {', '.join(hidden)} holds"
    return None


def _totals(
    rows: Sequence[FittedAttribute], children: Sequence[Node], unknown: str | None
) -> Totals:
    """Add up what is in an estimator's own unique buffers and in its children."""
    own = [row for row in rows if row.role == "parameter" and row.alias_of is None]
    parts: list[FittedAttribute | Totals] = [*own, *(child.totals for child in children)]
    if children and not unknown:
        unknown = next((c.totals.reason for c in children if c.totals.stored is None), None)
    if unknown:
        return Totals(None, None, None, unknown)
    stored = add([p.count if isinstance(p, FittedAttribute) else p.stored for p in parts])
    free = add([part.free for part in parts])
    reason = next(part.reason for part in parts if part.free is None) if free is None else None
    return Totals(stored, free, add([part.bytes for part in parts]), reason)


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
