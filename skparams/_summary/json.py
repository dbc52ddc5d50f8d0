"""A summary as plain data, in the layout that docs/schema.md describes."""

from __future__ import annotations

import json
import math
from dataclasses import fields, is_dataclass
from typing import Any

from skparams._records import Bounds, Unknown
from skparams._summary.record import Summary

__all__ = ["SCHEMA", "plain", "to_dict", "to_json"]

# One more where a key goes, or means something else. New keys leave it as it is.
SCHEMA = 2


def to_dict(summary: Summary) -> dict[str, Any]:
    """Return a summary as dictionaries, lists, strings, numbers and None.

    Parameters
    ----------
    summary : Summary
        Any.

    Returns
    -------
    dict
        What ``json.loads`` would return of ``to_json``.
    """
    shown = {name: plain(getattr(summary, name)) for name in _names(summary) if name != "depth"}
    root = shown.pop("root")
    return {"schema": SCHEMA, **shown, "estimator": root}


def to_json(summary: Summary, indent: int | None = None) -> str:
    """Return a summary as JSON, in ASCII, with integers of any size written out.

    Parameters
    ----------
    summary : Summary
        Any.
    indent : int, default=None
        Spaces for each level; by default all is in one line.

    Returns
    -------
    str
        Without NaN and infinity, which JSON does not have: they are null.
    """
    return json.dumps(to_dict(summary), indent=indent, allow_nan=False)


def plain(value: Any) -> Any:
    """Return records, tuples and numbers as what JSON has."""
    if isinstance(value, Bounds):
        return {"from": value.low, "to": value.high}
    if isinstance(value, Unknown):
        return {"unknown": value.reason}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if is_dataclass(value):
        return {name: plain(getattr(value, name)) for name in _names(value)}
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value


def _names(record: Any) -> list[str]:
    return [field.name for field in fields(record)]
