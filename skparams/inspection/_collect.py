"""One walk over an estimator and those in it: what they hold becomes records.

The walk keeps the arrays of the fitted parameters apart, as leaves, for ``fitted_params`` to
return and for ``set_fitted_params`` to replace. Records hold facts about them only.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import issparse

from skparams.inspection._record import FittedAttribute, Hyperparameter, Node, Outcome, Totals
from skparams.inspection._spec import Rule, Spec, registered
from skparams.inspection._specs._fallback import COMMON, guess_role, guess_spec
from skparams.inspection._specs._hyperparameters import (
    MISSING,
    defaults_of,
    hyperparameters_of,
    same,
    short_repr,
)
from skparams.inspection._specs._values import (
    attributes_of,
    estimators_in,
    leaves_in,
    may_be_learned,
    templates_in,
)

__all__ = ["Leaf", "Walk", "is_fitted"]

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A number, an array or an unknown object, and where it is in which estimator."""

    path: str
    local: str
    attribute: str
    estimator: Any
    value: Any

    @property
    def numbers(self) -> Any:
        """The array or sparse matrix, a 0-d array for a number, None for an unknown object."""
        if isinstance(self.value, np.ndarray) or issparse(self.value):
            return self.value
        plain = int | float | complex | np.generic | list | tuple
        return np.asarray(self.value) if isinstance(self.value, plain) else None

    @property
    def buffer(self) -> tuple:
        """What two leaves share if they are the same numbers in memory.

        Not the base: an lbfgs network's matrices are all views of one vector.
        """
        array = self.value.data if issparse(self.value) else self.value
        if not isinstance(array, np.ndarray) or array.size == 0:
            return (self.path,)
        return (array.__array_interface__["data"][0], array.shape, array.strides)


def is_fitted(estimator: Any, attributes: Values) -> bool:
    """Say whether an estimator is fitted, by its own word or by what it holds."""
    cls = type(estimator)
    if hasattr(cls, "__sklearn_is_fitted__"):
        return bool(estimator.__sklearn_is_fitted__())
    if any(name.endswith("_") and not name.startswith("_") for name in attributes):
        return True
    return hasattr(cls, "__sklearn_tags__") and not estimator.__sklearn_tags__().requires_fit


class Walk:
    """Walk once over an estimator; ``root`` is its record, ``leaves`` its parameters.

    Estimators and buffers that were met before are known by their identity, so that cycles end
    and nothing is counted twice.
    """

    def __init__(self, estimator: Any) -> None:
        self.leaves: list[Leaf] = []
        self._met: set[int] = set()
        self._buffers: dict[tuple, str] = {}
        self.root = self._node(estimator, "", "", chosen=True)

    def _node(self, estimator: Any, name: str, path: str, *, chosen: bool) -> Node:
        """Return the record; ``chosen`` says that its hyperparameters are a user's choice."""
        self._met.add(id(estimator))
        values = attributes_of(estimator)
        params = hyperparameters_of(estimator, values)
        spec = registered(estimator) or guess_spec(values, params)
        fitted = is_fitted(estimator, values)
        rows = list(self._attributes(estimator, values, params, path, spec)) if fitted else []
        children = list(self._children(values, params, path, spec, chosen=chosen))
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
            hyperparameters=tuple(_rows(estimator, params, path, spec, skip) if chosen else ()),
            outcomes=tuple(_outcomes(values, path, spec)) if fitted else (),
            attributes=tuple(rows),
            layers=spec.layers(values, params) if spec.layers and fitted else (),
            totals=_totals(rows, children, _why_unknown(spec, values, fitted, rows)),
            children=tuple(children),
        )

    def _attributes(
        self, estimator: Any, values: Values, params: Values, path: str, spec: Spec
    ) -> Iterator[FittedAttribute]:
        """Yield the records of all leaves, those of parameters first: they own the buffers."""
        rules = _rules(spec, values, params)
        for name, rule in sorted(rules.items(), key=lambda item: item[1].role != "parameter"):
            looked_into = rule.role == "state"
            leaves = list(leaves_in(name, values[name], objects=looked_into))
            for i, (local, value) in enumerate(leaves):
                leaf = Leaf(_join(path, local), local, name, estimator, value)
                if rule.role == "parameter":
                    self.leaves.append(leaf)
                elif leaf.numbers is None:  # an object that holds no parameter
                    continue
                dims = rule.dims(i, len(leaves)) if callable(rule.dims) else rule.dims
                alias = self._buffers.setdefault(leaf.buffer, leaf.path)
                yield _attribute(
                    leaf, rule, dims, params, spec.guessed, None if alias == leaf.path else alias
                )

    def _children(
        self, values: Values, params: Values, path: str, spec: Spec, *, chosen: bool
    ) -> Iterator[Node]:
        for name, rule in spec.rules.items():
            if name not in values or rule.role != "estimator":
                continue
            chosen_too = (chosen and name in params) or name == spec.winner
            for local, child in estimators_in(name, values[name]):
                # Meta-estimators keep an unfitted template beside the fitted clones.
                template = name not in params and not is_fitted(child, attributes_of(child))
                if id(child) not in self._met and not template:
                    yield self._node(child, local, _join(path, local), chosen=chosen_too)


def _join(path: str, name: str) -> str:
    return f"{path}__{name}" if path else name


def _rules(spec: Spec, values: Values, params: Values) -> dict[str, Rule]:
    """Return the rule of each attribute that is present: the Spec's first, in its order."""
    rules = {
        name: Rule("auxiliary") if rule.when and not params.get(rule.when, True) else rule
        for name, rule in spec.rules.items()
        if name in values and rule.role != "estimator"
    }
    for name, value in values.items():
        if name not in params and name not in spec.rules:
            rules[name] = Rule(COMMON.get(name) or guess_role(name, value))
    return rules


def _attribute(
    leaf: Leaf,
    rule: Rule,
    dims: tuple[str, ...] | None,
    params: Values,
    guessed: bool,
    alias_of: str | None,
) -> FittedAttribute:
    """Return the record of one leaf."""
    array = leaf.numbers
    if array is None:
        kind = f"{type(leaf.value).__module__}.{type(leaf.value).__qualname__}"
        reason = f"no Spec says what the {kind} in {leaf.path} holds"
        return FittedAttribute(
            leaf.path, rule.role, None, None, None, None, None, None, reason, alias_of
        )
    shape = array.shape
    parts = [array]
    if issparse(array):
        parts = [
            getattr(array, name)
            for name in ("data", "indices", "indptr", "row", "col")
            if isinstance(getattr(array, name, None), np.ndarray)
        ]
    count = int(parts[0].size)
    learned = rule.role == "parameter"
    free: int | None = count
    if guessed or not learned:
        free = None
    elif rule.free == "nonzero":
        free = int(np.count_nonzero(parts[0]))
    elif callable(rule.free):
        free = rule.free(shape, params)
    return FittedAttribute(
        path=leaf.path,
        role=rule.role,
        shape=shape,
        dims=dims[len(dims) - len(shape) :] if dims and len(dims) >= len(shape) else None,
        dtype=str(array.dtype),
        count=count,
        free=free,
        bytes=sum(part.nbytes for part in parts),
        reason="guessed, constraints are not known" if guessed and learned else None,
        alias_of=alias_of,
    )


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
    parts = [child.totals for child in children]
    size = sum(row.bytes or 0 for row in own) + sum(part.bytes or 0 for part in parts)
    unknown = unknown or next((part.reason for part in parts if part.stored is None), None)
    if unknown:
        return Totals(None, None, None, unknown)
    stored = sum(row.count or 0 for row in own) + sum(part.stored or 0 for part in parts)
    known: list[FittedAttribute | Totals] = [*own, *parts]
    for part in known:
        if part.free is None:
            return Totals(stored, None, size, part.reason)
    return Totals(stored, sum(part.free or 0 for part in known), size)


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


def _outcomes(values: Values, path: str, spec: Spec) -> Iterator[Outcome]:
    for name, rule in spec.rules.items():
        if name in values and (rule.role == "tuned" or name in spec.shows):
            value = values[name]
            if isinstance(value, float):
                value = float(f"{value:.6g}")
            yield Outcome(_join(path, name), short_repr(value), rule.role)


def _rows(
    estimator: Any,
    params: Values,
    path: str,
    spec: Spec,
    skip: Container[str],
    within: frozenset[int] = frozenset(),
) -> Iterator[Hyperparameter]:
    """Yield an estimator's hyperparameters and those of estimators among them, but for some."""
    cls: type = type(estimator)
    defaults = defaults_of(cls)
    within |= {id(estimator)}  # an estimator may hold itself
    decided = spec.decided_by(params)
    for name, value in params.items():
        inner = dict(templates_in(name, value))
        if not inner:
            default = defaults.get(name, MISSING)
            yield Hyperparameter(
                path=_join(path, name),
                value=short_repr(value),
                default=None if default is MISSING else short_repr(default),
                changed=not same(value, default),
                decides=tuple(_join(path, attribute) for attribute in decided.get(name, ())),
            )
        elif name not in skip:
            for local, template in inner.items():
                if id(template) in within:
                    continue
                values = attributes_of(template)
                its_params = hyperparameters_of(template, values)
                its_spec = registered(template) or guess_spec(values, its_params)
                yield from _rows(template, its_params, _join(path, local), its_spec, (), within)
