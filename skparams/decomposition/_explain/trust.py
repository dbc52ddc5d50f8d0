"""Intervals from resamples, and where they are not to be trusted."""

from collections.abc import Sequence

import numpy as np
from scipy.special import expit, logit, ndtri

# By how much intervals are widened: resamples of 100 rows vary a little less than samples do.
WIDER = 1.05
# Standard errors of the difference of two logarithms of eigenvalues that they must be apart. Of
# equal eigenvalues of 200 rows, 1 to 3 % are.
MIN_GAP = 2.6


def interval_of(
    estimates: np.ndarray, resamples: np.ndarray, level: float, stretch: np.ndarray | float = 1.0
) -> np.ndarray:
    """Normal intervals, less the bias of the resamples, of numbers that are not bounded."""
    errors = WIDER * stretch * resamples.std(axis=0, ddof=1)
    centers = 2 * estimates - resamples.mean(axis=0)
    half = ndtri((1 + level) / 2) * errors
    return np.stack([centers - half, centers + half])


def unbounded(values: np.ndarray, kind: str) -> np.ndarray:
    """Logarithms of eigenvalues, logarithms of the odds of ratios, and loadings."""
    return {"eigenvalues": np.log, "ratios": logit}.get(kind, np.asarray)(values)


def bounded(values: np.ndarray, kind: str) -> np.ndarray:
    """The inverse of `unbounded`."""
    return {"eigenvalues": np.exp, "ratios": expit}.get(kind, np.asarray)(values)


def largest_eigenvalues(z: np.ndarray, weight: np.ndarray | None, k: int) -> np.ndarray:
    """The first k eigenvalues of centered rows, by products on the smaller side; 0 beyond all."""
    weight = np.ones(len(z)) if weight is None else weight
    rows = z - weight @ z / weight.sum()
    rows *= np.sqrt(weight)[:, np.newaxis]
    n, p = rows.shape
    values = np.linalg.eigvalsh(rows.T @ rows if p <= n else rows @ rows.T)[::-1]
    found = np.zeros(k)
    found[: min(k, len(values))] = np.maximum(values[:k], 0) / (weight.sum() - 1)
    return found


def warnings_of(
    n: int,
    p: int,
    eigenvalues: np.ndarray,
    errors: np.ndarray,
    at_bound: np.ndarray,
    names: Sequence[str],
) -> tuple[str, ...]:
    """Sentences that say where intervals are not to be trusted.

    ``errors`` are the standard errors of the logarithms of the eigenvalues, of which there is one
    more: that of the next component.
    """
    found = []
    if n < p:
        found.append(f"Intervals are not to be trusted: {n:,} rows are fewer than {p:,} features.")
    free = ~at_bound & (eigenvalues[:-1] > 0)
    close = []
    for i in np.flatnonzero(free):
        other = errors[i + 1] if i + 1 < len(errors) and free[i + 1] else errors[i]
        gap = np.log(eigenvalues[i] / eigenvalues[i + 1]) if eigenvalues[i + 1] > 0 else np.inf
        if gap < MIN_GAP * np.hypot(errors[i], other):
            close.append(
                (names[int(i)], names[int(i) + 1] if i + 1 < len(names) else "the one after it")
            )
    if close:
        pairs = ", ".join(f"{one} and {other}" for one, other in close[:3])
        pairs += f", and of {len(close) - 3} more pairs" if len(close) > 3 else ""
        found.append(
            f"Intervals are not to be trusted where components may have changed places: the "
            f"eigenvalues of {pairs} are too close for {n:,} rows."
        )
    if at_bound.any():
        which = ", ".join(names[int(i)] for i in np.flatnonzero(at_bound)[:3])
        found.append(
            f"Intervals are not to be trusted at a bound: in some resamples {which} "
            f"{'have' if at_bound.sum() > 1 else 'has'} no variance, or all of it."
        )
    return tuple(found)
