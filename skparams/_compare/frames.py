"""The tables of a comparison as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from skparams._records import Count, Unknown, low_high
from skparams._report import Frame

if TYPE_CHECKING:
    from skparams._compare.record import Comparison, Competitor

_SECONDS = ("median", "lower_quartile", "upper_quartile", "first")
_COUNTS = ("parameters", "bytes", "peak_memory")
_COMPETITORS = {
    **dict.fromkeys(("name", "class_name"), "object"),
    **dict.fromkeys(("mean", "std"), "float64"),
    **{f"{step}_seconds_{name}": "float64" for step in ("fit", "predict") for name in _SECONDS},
    "row_seconds": "float64",
    **{f"{name}{end}": "Int64" for name in _COUNTS for end in ("_low", "_high")},
    "guessed": "bool",
    "error": "object",
    "n_failed": "Int64",
}
_PAIRS = {
    **dict.fromkeys(("first", "second"), "object"),
    **dict.fromkeys(("difference", "low", "high", "p_value", "adjusted_p"), "float64"),
    "finding": "object",
    **dict.fromkeys(("p_worse", "p_equivalent", "p_better"), "float64"),
    "reason": "object",
}


def of_competitors(comparison: Comparison) -> Frame:
    """One row a competitor, the highest mean first."""
    return _COMPETITORS, map(_row, comparison.ranking)


def _row(each: Competitor) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(each, name) for name in ("name", "class_name")}
    row |= {
        "guessed": each.guessed,
        "mean": each.mean,
        "std": each.std,
        "row_seconds": each.row_seconds,
    }
    for step in ("fit", "predict"):
        seconds = getattr(each, f"{step}_seconds")
        row |= {f"{step}_seconds_{name}": getattr(seconds, name) for name in _SECONDS}
    for name in _COUNTS:
        row[f"{name}_low"], row[f"{name}_high"] = _ends(getattr(each, name))
    if each.failure:
        row |= {"error": each.failure.text, "n_failed": each.failure.n_folds}
    return row


def _ends(count: Count | None) -> tuple[int | None, int | None]:
    return (None, None) if count is None or isinstance(count, Unknown) else low_high(count)


def of_pairs(comparison: Comparison) -> Frame:
    """One row a pair."""
    return _PAIRS, _rows_of_pairs(comparison)


def _rows_of_pairs(comparison: Comparison) -> Iterator[dict[str, Any]]:
    for pair in comparison.pairs:
        row = {name: getattr(pair, name, None) for name in _PAIRS} | {"reason": pair.no_test}
        worse, equivalent, better = pair.probabilities or (None, None, None)
        yield row | {"p_worse": worse, "p_equivalent": equivalent, "p_better": better}
