"""What to look at: findings with codes, which ``explain_finding`` explains one by one.

Without the number of rows, nothing is compared with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import compress
from typing import Any

from scipy.sparse import issparse

from skparams._compat import invalid_hyperparameter_first
from skparams._records import Count, Finding, Node, Unknown
from skparams._report import size
from skparams._summary.finding_texts import TEXTS
from skparams._summary.stats import count_nonfinite, may_be_nonfinite
from skparams._walk import Leaf, Walk, evenly_spaced, join, shares_memory
from skparams.specs import EstimatorView, final_estimator_of

_MIN_RETAINED = 1000  # bytes that are worth a word
_MAX_NAMES = 3  # of attributes with training rows
_ROUNDING = 1e-6  # of a trace


def findings(
    walk: Walk,
    root: Node,
    estimator: Any,
    *,
    X: Any = None,
    n_samples: Count | None = None,
    effective: float | Unknown,
) -> list[Finding]:
    """What to look at in a fitted estimator and those in it, by code."""
    found = [
        *_too_many(walk.root.totals.free, effective, n_samples),
        *_not_finite(walk.unique),
        *_of_specs(walk.fitted, estimator, X),
        *(finding for node in root.walk() for finding in _kept_rows(node)),
        *_not_copied(walk.fitted, X),
    ]
    return sorted(found, key=lambda finding: finding.code)


def _too_many(
    free: Count, effective: float | Unknown, n_samples: Count | None
) -> Iterator[Finding]:
    known = not isinstance(effective, Unknown)
    kind = "effective degrees of freedom" if known else "free parameters"
    count: Count | float = effective if known else free
    if isinstance(count, Unknown) or not isinstance(n_samples, int):
        return
    assert isinstance(count, int | float)  # there are no bounds after fit
    # A smoother as effective as there are rows gives back any target. More it cannot be, for one.
    most = n_samples * (1 - _ROUNDING) if known else n_samples
    if count > most:
        written = f"{count:,}" if isinstance(count, int) else f"{count:,.1f}"
        rows = "row" if n_samples == 1 else "rows"
        rate = count / n_samples
        ratio = f"{rate:,.1f}" if rate < 100 else f"{rate:,.0f}"
        message = f"{written} {kind} for {n_samples:,} {rows} ({ratio} a row)"
        yield Finding("SKP001", "", f"{message}: may memorize")


def _not_finite(leaves: list[Leaf]) -> Iterator[Finding]:
    leaves = [leaf for leaf in leaves if leaf.numbers is not None]
    # All numbers are looked at first, which takes less time than to select those in use.
    doubtful = may_be_nonfinite(leaf.numbers for leaf in leaves)
    for leaf in compress(leaves, doubtful):
        n_nan, n_infinite = count_nonfinite(leaf.used)
        if leaf.part and leaf.part.infinite:
            n_infinite = 0
        parts = [f"{n_nan:,} NaN"] * (n_nan > 0) + [f"{n_infinite:,} infinite"] * (n_infinite > 0)
        if parts:
            numbers = "number" if leaf.used.size == 1 else "numbers"
            message = f"{' and '.join(parts)} of {leaf.used.size:,} {numbers}"
            yield Finding("SKP002", leaf.path, message)


def _of_specs(fitted: list[EstimatorView], estimator: Any, X: Any) -> Iterator[Finding]:
    """Yield what the classes' Specs know; the last estimator's gets the rows that reach it."""
    last = None if X is None else final_estimator_of(estimator)
    for view in fitted:
        extras = view.spec.extras
        with invalid_hyperparameter_first(view.estimator):
            if "findings" in extras:
                reached = last is not None and view.estimator is last.estimator
                data = last.data(evenly_spaced(X)) if last is not None and reached else None
                ctx = view.context(data)
                yield from _checked(view.estimator, view.path, extras["findings"](ctx))
            try:
                message = extras["convergence"](view.context()) if "convergence" in extras else None
            except KeyError:  # a diagnostic that was not put back with the fitted parameters
                message = None
            if message:
                yield Finding("SKP004", view.path, message)


def _checked(estimator: Any, path: str, found: Any) -> Iterator[Finding]:
    for code, message in found:
        if code not in TEXTS:
            raise ValueError(
                f"The Spec of {type(estimator).__name__} has a finding with the code {code!r}; "
                f"codes are {', '.join(TEXTS)}."
            )
        yield Finding(code, path, message)


def _kept_rows(node: Node) -> Iterator[Finding]:
    """Yield training rows in the model, and memory that its arrays keep alive."""
    data = node.kept_places
    if data:
        n_rows = max(data, key=lambda each: each.bytes).rows
        rows = "training row" if n_rows == 1 else "training rows"
        names = [each.path.removeprefix(f"{node.path}__") for each in data]
        where = ", ".join(names[:_MAX_NAMES]) + ", …" * (len(names) > _MAX_NAMES)
        n_bytes = size(sum(each.bytes for each in data))
        message = f"keeps {n_rows:,} {rows} ({n_bytes}) in {where}"
        yield Finding("SKP005", node.path, message)
    for row in node.attributes:
        if row.retained >= _MIN_RETAINED:
            message = f"holds {size(row.bytes)} and keeps {size(row.retained)} more alive"
            yield Finding("SKP006", row.path, message)


def _not_copied(fitted: list[EstimatorView], X: Any) -> Iterator[Finding]:
    """Yield the attributes that are X itself, or a view of it, rather than a copy."""
    n_bytes = getattr(getattr(X, "data", X) if issparse(X) else X, "nbytes", 0)
    if n_bytes < _MIN_RETAINED:
        return
    for each in fitted:
        for name, value in each.values.items():
            if name not in each.params and shares_memory(value, X):
                message = f"is X itself, not a copy: {size(n_bytes)} stay with the model"
                yield Finding("SKP006", join(each.path, name), message)
