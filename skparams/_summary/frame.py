"""A summary as a DataFrame, one row an attribute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from skparams._records import Bounds, Count, FittedAttribute, Node, Stats, Unknown
from skparams._report import shape
from skparams._summary.record import Summary

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["imported_pandas", "to_frame"]

_COUNTS = ("count", "free", "bytes")
_STATS = tuple(field.name for field in fields(Stats))
_LARGEST = 2**63 - 1


def to_frame(summary: Summary) -> pd.DataFrame:
    """Return a summary's attributes, one a row.

    Parameters
    ----------
    summary : Summary
        Any.

    Returns
    -------
    DataFrame
        Before fit with ``times``, ``low`` and ``high``, and with the statistics where there are
        some.

    Raises
    ------
    ImportError
        If pandas is not installed.
    """
    pandas = imported_pandas()
    nodes = list(summary.root.walk())
    stats = any(row.stats for node in nodes for row in node.attributes)
    rows = [_row(row, node) for node in nodes for row in node.attributes]
    frame = pandas.DataFrame(rows, columns=list(_columns(summary.planned, stats)), dtype=object)
    whole = [*_COUNTS, "retained", "times", "zeros", "nonfinite"]
    for name in frame:
        if name in whole or name.partition("_")[2] in ("low", "high"):
            # Integers that are too long for 64 bits stay Python's.
            if all(n is None or abs(n) <= _LARGEST for n in frame[name]):
                frame[name] = frame[name].astype("Int64")
        elif name in _STATS:
            frame[name] = frame[name].astype(float)
    return frame


def imported_pandas() -> Any:
    """Return pandas, or say how to install it."""
    try:
        import pandas
    except ImportError as error:
        raise ImportError(
            'to_frame: needs pandas. Install it with pip install "skparams[frame]".'
        ) from error
    return pandas


def _columns(planned: bool, stats: bool) -> Iterator[str]:
    yield from ("path", "estimator", "role", "shape", "dims", "dtype")
    if planned:
        yield "times"
    for name in _COUNTS:
        yield name
        if planned:
            yield from (f"{name}_low", f"{name}_high")
    yield from ("retained", "alias_of", "reason")
    if stats:
        yield from _STATS


def _row(row: FittedAttribute, node: Node) -> dict[str, Any]:
    found: dict[str, Any] = {
        "path": row.path,
        "estimator": node.class_name,
        "role": row.role,
        "shape": None if row.shape is None else shape(row.shape) or "()",
        "dims": None if row.dims is None else " × ".join(row.dims),
        "dtype": row.dtype,
        "times": _exact(node.times),
        "retained": row.retained,
        "alias_of": row.alias_of,
        "reason": next(
            (n.reason for n in (row.count, row.free, row.bytes) if isinstance(n, Unknown)), None
        ),
    }
    for name in _COUNTS:
        count: Count | None = getattr(row, name)
        low, high = count if isinstance(count, Bounds) else 2 * (_exact(count),)
        found |= {name: _exact(count), f"{name}_low": low, f"{name}_high": high}
    return found | {name: getattr(row.stats, name, None) for name in _STATS}


def _exact(count: Count | None) -> int | None:
    return None if isinstance(count, Bounds | Unknown) else count
