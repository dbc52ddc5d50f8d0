"""Whether an estimator is fitted, what a fitted one holds, and by which rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from sklearn.exceptions import NotFittedError

from skparams._records import ROLES
from skparams.specs import (
    COMMON,
    Rule,
    Spec,
    attributes_of,
    estimators_in,
    guess_role,
    registered_for,
)

__all__ = ["Fitted", "follow_from_names", "is_fitted", "rules_of"]

Values = Mapping[str, Any]


class Fitted(NamedTuple):
    """A fitted estimator that was met, and what it holds."""

    path: str
    estimator: Any
    values: Values
    params: Values
    known: Values  # params, and those that a subclass fixes
    spec: Spec


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
    for name in reversed([*attributes]):  # backwards, as what fit sets comes last
        if name.endswith("_") and not name.startswith("_"):
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


def follow_from_names(spec: Spec, rules: Mapping[str, Rule]) -> bool:
    """Say whether ``rules_of`` gives the same rules wherever the names are the same."""
    return all(
        spec.rules[name].when is None if name in spec.rules else name in COMMON for name in rules
    )
