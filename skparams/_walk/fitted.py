"""Whether an estimator is fitted, and by which rules its attributes go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sklearn.exceptions import NotFittedError

from skparams._records import ROLES
from skparams.specs import (
    COMMON,
    Context,
    EstimatorView,
    Rule,
    Spec,
    estimators_in,
    guess_role,
    view_of,
)

_BY_ROLE = {role: Rule(role) for role in ROLES}


def is_fitted(view: EstimatorView) -> bool:
    """Whether an estimator is fitted: ``__sklearn_is_fitted__``, else fitted attributes."""
    estimator, spec = view.estimator, None if view.guessed else view.spec
    cls: type = type(estimator)
    if spec is not None and spec.chained:
        return _last_is_fitted(view)
    if hasattr(cls, "__sklearn_is_fitted__"):
        try:
            return bool(estimator.__sklearn_is_fitted__())
        except NotFittedError:  # as a FeatureUnion of transformers that are not fitted
            return False
        except Exception:  # a third party's code, which must not break what only looks at it
            pass
    if not hasattr(cls, "fit"):  # a fitted estimator's own object
        return True
    for name in reversed([*view.values]):  # backwards, as what fit sets comes last
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


def _last_is_fitted(view: EstimatorView) -> bool:
    """Whether the last step is fitted, as a pipeline would say.

    A pipeline asks for its steps' tags to say so: of pipelines in pipelines, more than once each.
    """
    visited: set[int] = set()
    while view.spec.chained and not view.guessed:
        names = [name for name, rule in view.spec.rules.items() if rule.role == "estimator"]
        steps = [step for n in names for _, step in estimators_in(n, view.values.get(n))]
        if not steps or id(steps[-1]) in visited:
            return False
        visited.add(id(steps[-1]))
        view = view_of(steps[-1])
    return is_fitted(view)


def rules_of(view: EstimatorView, ctx: Context) -> dict[str, Rule]:
    """Return the rule of each attribute that is present: the Spec's first, in its order."""
    rules = {
        name: rule if rule.holds(ctx) else replace(rule, role=rule.otherwise)
        for name, rule in view.spec.rules.items()
        if name in view.values and rule.role != "estimator"
    }
    for name, value in view.values.items():
        if name not in view.params and name not in view.spec.rules:
            rules[name] = _BY_ROLE[COMMON.get(name) or guess_role(name, value)]
    return rules


def depend_on_names_only(spec: Spec, rules: Mapping[str, Rule]) -> bool:
    """Whether attribute names alone determine the rules, so that they can be cached."""
    return all(
        spec.rules[name].when is None if name in spec.rules else name in COMMON for name in rules
    )
