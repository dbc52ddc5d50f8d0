"""What was chosen: the records of hyperparameters, and of what fit made of some of them."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

from skparams._records import Hyperparameter, Outcome
from skparams._walk.leaf import apart, join
from skparams.specs import (
    MISSING,
    Spec,
    attributes_of,
    defaults_of,
    guess_spec,
    hyperparameters_of,
    registered,
    same,
    short_repr,
    templates_in,
)

__all__ = ["DEEPEST", "choices", "outcomes"]

Values = Mapping[str, Any]
# Levels of estimators in estimators that are looked at, within what Python can recurse.
DEEPEST = 100


def choices(
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
    called: set[str] = set()
    for name, value in params.items():
        inner = dict(templates_in(name, value))
        if not inner:
            default = defaults.get(name, MISSING)
            yield Hyperparameter(
                path=join(path, name),
                value=short_repr(value),
                default=None if default is MISSING else short_repr(default),
                changed=not same(value, default),
                decides=tuple(join(path, attribute) for attribute in decided.get(name, ())),
            )
        elif name not in skip:
            for local, template in inner.items():
                if id(template) in within or len(within) > DEEPEST:
                    continue
                local = apart(name, local, called)
                called.add(local)
                values = attributes_of(template)
                its_params = hyperparameters_of(template, values)
                its_spec = registered(template) or guess_spec(values, its_params)
                yield from choices(template, its_params, join(path, local), its_spec, (), within)


def outcomes(values: Values, path: str, spec: Spec) -> Iterator[Outcome]:
    for name, rule in spec.rules.items():
        if name in values and (rule.role == "tuned" or name in spec.shows):
            value = values[name]
            if isinstance(value, float):
                value = float(f"{value:.6g}")
            yield Outcome(join(path, name), short_repr(value), rule.role)
