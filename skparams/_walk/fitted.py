"""Whether an estimator is fitted, and by which rules its attributes go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sklearn.exceptions import NotFittedError

from skparams.specs import (
    COMMON,
    Context,
    EstimatorView,
    Rule,
    Spec,
    estimators_in,
    guess_rule,
    view_of,
)

_SETTINGS = ("_sklearn_", "_metadata_request", "_repr_")  # of an estimator that need not be fitted


def status_of(view: EstimatorView) -> str:
    """Return ``Node.status``: what the Spec says, else the class, else the attributes.

    As for scikit-learn's ``check_is_fitted``, an attribute that ends in an underscore shows that an
    estimator is fitted. One that no Spec describes and that holds anything else beside its
    constructor's arguments may be fitted or not.
    """
    spec = view.spec
    if not view.guessed and "fitted" in spec.extras:
        return _word(spec.extras["fitted"](view.context()))
    if not view.guessed and spec.chained:
        return _status_of_last(view)
    if (answer := _own_answer(view.estimator)) is not None:
        return _word(answer)
    cls: type = type(view.estimator)
    if not hasattr(cls, "fit"):  # a fitted estimator's own object
        return "fitted"
    for name in reversed([*view.values]):  # backwards, as what fit sets comes last
        if name.endswith("_") and not name.startswith("__"):
            return "fitted"
    if not view.guessed and any(rule.role == "parameter" for rule in spec.rules.values()):
        return "not fitted"  # a Gaussian process predicts without fit, but has learned nothing
    if (not view.guessed and not spec.rules) or not _requires_fit(view.estimator):
        return "stateless"
    return "unknown" if view.guessed and held_beside(view) else "not fitted"


def held_beside(view: EstimatorView) -> list[str]:
    """Return the names of what an estimator holds beside its constructor's arguments."""
    cls: type = type(view.estimator)
    names = [
        name
        for name, value in view.values.items()
        if name not in view.params and value is not None and not name.startswith(_SETTINGS)
    ]
    compiled = any(not base.__flags__ & 1 << 9 for base in cls.__mro__[:-1])  # no heap type
    return names or (["compiled memory"] if compiled else [])


def _own_answer(estimator: Any) -> bool | None:
    """What ``__sklearn_is_fitted__`` says, None if there is none or it raises."""
    if not hasattr(type(estimator), "__sklearn_is_fitted__"):
        return None
    try:
        return bool(estimator.__sklearn_is_fitted__())
    except NotFittedError:  # as a FeatureUnion of transformers that are not fitted
        return False
    except Exception:  # a third party's code, which must not break what only looks at it
        return None


def _requires_fit(estimator: Any) -> bool:
    try:
        tagged = hasattr(type(estimator), "__sklearn_tags__")
        return not tagged or bool(estimator.__sklearn_tags__().requires_fit)
    except Exception:  # as above
        return True


def _word(fitted: Any) -> str:
    return "fitted" if fitted else "not fitted"


def _status_of_last(view: EstimatorView) -> str:
    """The status of the last step, as a pipeline would say.

    A pipeline asks for its steps' tags to say so: of pipelines in pipelines, more than once each.
    """
    visited: set[int] = set()
    while view.spec.chained and not view.guessed:
        names = [name for name, rule in view.spec.rules.items() if rule.role == "estimator"]
        steps = [step for n in names for _, step in estimators_in(n, view.values.get(n))]
        if not steps or id(steps[-1]) in visited:
            return "not fitted"
        visited.add(id(steps[-1]))
        view = view_of(steps[-1])
    return status_of(view)


def rules_of(view: EstimatorView, ctx: Context) -> dict[str, Rule]:
    """Return the rule of each attribute that is present: the Spec's first, in its order.

    Attributes in which a Spec expects estimators only have none, others that it does not name a
    guess.
    """
    rules = {
        name: rule if rule.holds(ctx) else replace(rule, role=rule.otherwise)
        for name, rule in view.spec.rules.items()
        if name in view.values and (rule.role != "estimator" or view.guessed)
    }
    for name, value in view.values.items():
        if name not in view.params and name not in view.spec.rules:
            rules[name] = guess_rule(type(view.estimator), name, value, view.values)
    if view.place.role == "parameter":
        return rules
    return {
        name: replace(rule, role=view.place.role) if rule.role == "parameter" else rule
        for name, rule in rules.items()
    }


def depend_on_names_only(spec: Spec, rules: Mapping[str, Rule]) -> bool:
    """Whether attribute names alone determine the rules, so that they can be cached."""
    return all(
        spec.rules[name].when is None if name in spec.rules else name in COMMON for name in rules
    )
