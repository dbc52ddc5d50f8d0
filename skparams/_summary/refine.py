"""Roles that were guessed, raised where ``probe`` proves that predictions use an attribute.

No role is lowered: where no change was seen, other rows may still need the attribute.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from skparams._probe import NEEDED, Probe, probe
from skparams._records import Probing, RefinedRole
from skparams._walk import Walk, join, rules_of
from skparams.specs import Guess, counts, leaves_in

_MAX_CALLS = 100


def refined(walk: Walk, estimator: Any, X: Any) -> Probing | None:
    """The guessed roles that ``probe`` raises; None if no role was guessed."""
    guessed = {
        join(each.path, name): (rule.role, each.values[name])
        for each in walk.fitted
        for name, rule in rules_of(each, each.context()).items()
        if isinstance(rule, Guess) and rule.role != "estimator"
    }
    if not guessed:
        return None
    try:
        found = probe(estimator, X, max_calls=_MAX_CALLS)
    except Exception as error:  # a third party's code, which must not break what only looks at it
        return Probing((), 0, (), reason=str(error).removeprefix("probe: ").rstrip("."))
    verdicts = _verdicts(found, guessed)
    roles = tuple(
        RefinedRole(path, role, "parameter" if _holds_floats(path, value) else "structure")
        for path, (role, value) in guessed.items()
        if verdicts.get(path) == "used" and role not in NEEDED
    )
    counted = (path for path, (role, _) in guessed.items() if role == "parameter")
    unused = tuple(path for path in counted if verdicts.get(path) == "unused")
    not_tried = {_attribute(each.path, guessed) for each in found.not_tried} - {None}
    left = len(not_tried - set(verdicts))
    return Probing(found.methods, found.n_samples_used, roles, unused, left)


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


def _holds_floats(path: str, value: Any) -> bool:
    return any(counts(leaf, "fc") for _, leaf in leaves_in(path, value, objects=True))
