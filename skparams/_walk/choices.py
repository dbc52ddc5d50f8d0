"""Records of hyperparameters and of the values that fit resolved."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

from skparams._records import Hyperparameter, Outcome
from skparams._walk.leaf import distinct, join
from skparams.specs import (
    MISSING,
    EstimatorView,
    defaults_of,
    same,
    short_repr,
    templates_in,
    view_of,
)

# Levels of estimators in estimators that are looked at, within what Python can recurse.
MAX_DEPTH = 100
_SHOWN = ("best_score_",)  # as what fit chose is


def hyperparameter_records(
    view: EstimatorView, skip: Container[str] = (), within: frozenset[int] = frozenset()
) -> Iterator[Hyperparameter]:
    """Yield an estimator's hyperparameters and those of estimators among them, but for some."""
    cls: type = type(view.estimator)
    defaults = defaults_of(cls)
    within |= {id(view.estimator)}  # an estimator may hold itself
    decided = view.spec.decided_by(view.params)
    called: set[str] = set()
    for name, value in view.params.items():
        inner = dict(templates_in(name, value))
        if not inner:
            default = defaults.get(name, MISSING)
            yield Hyperparameter(
                path=join(view.path, name),
                value=short_repr(value),
                default=_default(name, defaults),
                changed=not same(value, default),
                decides=tuple(join(view.path, attribute) for attribute in decided.get(name, ())),
            )
        elif name not in skip:
            for local, template in inner.items():
                if id(template) in within or len(within) > MAX_DEPTH:
                    continue
                local = distinct(name, local, called)
                called.add(local)
                yield from hyperparameter_records(
                    view_of(template, join(view.path, local)), (), within
                )


def _default(name: str, defaults: Mapping[str, Any]) -> str | None:
    """The default as it is shown, ``"unknown"`` if the constructor does not name it."""
    if name not in defaults:
        return "unknown"
    return None if defaults[name] is MISSING else short_repr(defaults[name])


def outcomes(view: EstimatorView) -> Iterator[Outcome]:
    """Yield the values that fit chose, and how well they did."""
    extra = view.spec.extras.get("outcomes")
    words = {} if extra is None else extra(view.context())
    for name, rule in view.spec.rules.items():
        if name in view.values and (rule.role == "tuned" or name in _SHOWN or name in words):
            value = view.values[name]
            if isinstance(value, float):
                value = float(f"{value:.6g}")
            text = short_repr(value)
            yield Outcome(join(view.path, name), text, rule.role, words.get(name, ""))
