"""Roles that were guessed, held against what ``probe`` sees: which attributes count as used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from skparams._probe import NEEDED, Probe, probe
from skparams._records import Probing, Sharpened
from skparams._walk import Walk, join
from skparams.specs import may_be_learned

__all__ = ["sharpened"]

_SECONDS = 1.0


def sharpened(walk: Walk, estimator: Any, X: Any) -> Probing | None:
    """Return what ``probe`` says of the roles that were guessed, None where none was.

    Parameters
    ----------
    walk : Walk
        Over the estimator.
    estimator : estimator
        A fitted one. A copy of it is probed.
    X : array-like
        Its training rows.

    Returns
    -------
    Probing or None
        With a reason where probing was not possible.
    """
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
        found = probe(estimator, X, random_state=0, max_seconds=_SECONDS)
    except Exception as error:  # a third party's code, which must not break what only looks at it
        return Probing((), 0, (), reason=str(error).removeprefix("probe: ").rstrip("."))
    verdicts = _verdicts(found, guessed)
    roles = tuple(
        Sharpened(path, role, new, verdicts[path])
        for path, (role, value) in guessed.items()
        if path in verdicts and (new := _role(role, value, verdicts[path], X)) != role
    )
    left_out = {_attribute(row.path, guessed) for row in found.left_out} - {None}
    return Probing(found.methods, found.n_rows, roles, len(left_out))


def _verdicts(found: Probe, attributes: Mapping[str, Any]) -> dict[str, str]:
    """Return of each attribute whether any part of it is used, or all were seen not to be."""
    seen: dict[str, set[str]] = {}
    for row in found.rows:
        path = _attribute(row.path, attributes)
        if path is not None:
            seen.setdefault(path, set()).add(row.verdict)
    return {
        path: "used" if "used" in verdicts else "unused"
        for path, verdicts in seen.items()
        if "used" in verdicts or verdicts == {"unused"}
    }


def _attribute(path: str, attributes: Mapping[str, Any]) -> str | None:
    """Return the attribute that a path leads to or into."""
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
    if _are_rows(value, X):
        return "data"
    return "parameter" if may_be_learned(value) else "structure"


def _are_rows(value: Any, X: Any) -> bool:
    """Say whether an array is made of rows of X, of more than one."""
    rows: np.ndarray = np.empty(0) if hasattr(X, "tocsr") else np.asarray(X)
    if not isinstance(value, np.ndarray) or value.ndim != 2 or rows.ndim != 2:
        return False
    if not 1 < len(value) <= len(rows) or value.shape[1] != rows.shape[1]:
        return False
    if value.dtype.kind not in "fiu" or rows.dtype.kind not in "fiub":
        return False
    given = {row.tobytes() for row in rows.astype(value.dtype)}
    return all(row.tobytes() in given for row in value)
