"""Roles that were guessed, corrected by ``probe``: which attributes predictions use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from skparams._probe import NEEDED, Probe, probe
from skparams._records import Probing, RefinedRole
from skparams._walk import Walk, join, n_training_rows
from skparams.specs import may_be_learned

_MAX_CALLS = 100


def refined(walk: Walk, estimator: Any, X: Any) -> Probing | None:
    """Guessed roles corrected by the result of ``probe``; None if no role was guessed."""
    guessed = {
        join(each.path, name): (rule.role, each.values[name])
        for each in walk.fitted
        if each.guessed
        for name, rule in each.spec.rules.items()
        if rule.role != "estimator"
    }
    if not guessed:
        return None
    try:
        found = probe(estimator, X, max_calls=_MAX_CALLS)
    except Exception as error:  # a third party's code, which must not break what only looks at it
        return Probing((), 0, (), reason=str(error).removeprefix("probe: ").rstrip("."))
    verdicts = _verdicts(found, guessed)
    roles = tuple(
        RefinedRole(path, role, new, verdicts[path])
        for path, (role, value) in guessed.items()
        if path in verdicts and (new := _role(role, value, verdicts[path], X)) != role
    )
    not_tried = {_attribute(each.path, guessed) for each in found.not_tried} - {None}
    return Probing(found.methods, found.n_samples_used, roles, len(not_tried - set(verdicts)))


def _verdicts(found: Probe, attributes: Mapping[str, Any]) -> dict[str, str]:
    """The verdict on each attribute: "used" if any of its parts is, else "unused"."""
    seen: dict[str, set[str]] = {}
    for each in found.attributes:
        path = _attribute(each.path, attributes)
        if path is not None:
            seen.setdefault(path, set()).add(each.verdict)
    return {
        path: "used" if "used" in verdicts else "unused"
        for path, verdicts in seen.items()
        if "used" in verdicts or verdicts == {"unused"}
    }


def _attribute(path: str, attributes: Mapping[str, Any]) -> str | None:
    """The attribute that a path leads to or into."""
    return next((part for part in _prefixes(path) if part in attributes), None)


def _prefixes(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path[: max(path.rfind("["), path.rfind("."), path.rfind("__"), 0)]


def _role(guessed: str, value: Any, verdict: str, X: Any) -> str:
    if verdict == "unused":
        return "auxiliary" if guessed == "parameter" else guessed
    if guessed in NEEDED - {"parameter"}:
        return guessed
    rows = isinstance(value, np.ndarray) and value.ndim == 2
    if rows and 1 < len(value) == n_training_rows(value, X):
        return "data"
    return "parameter" if may_be_learned(value) else "structure"
