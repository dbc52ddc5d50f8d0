"""Rules for the number of components, which look at the eigenvalues."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import gammaln

RULES = ("mle", "kaiser", "broken_stick", "parallel", "gavish_donoho")
# Explained variances in a table of rules.
SHARES = (0.8, 0.9, 0.95, 0.99)

# Draws of the parallel analysis, and the quantile of them that an eigenvalue has to exceed.
N_DRAWS = 100
QUANTILE = 0.95


@dataclass(frozen=True)
class SpectrumInfo:
    """What the rules look at: all eigenvalues in falling order, and the data's size and scales."""

    eigenvalues: np.ndarray
    total: float  # variance of all features
    n: float  # sum of the weights
    deviations: np.ndarray  # of the features as the components see them
    scaled: bool
    max_components: int  # min(n_samples, n_features)
    random_state: np.random.RandomState

    @property
    def ratios(self) -> np.ndarray:
        return explained_ratios(self.eigenvalues, self.total)


def explained_ratios(variances: np.ndarray, total: float) -> np.ndarray:
    """Explained-variance ratios; all zero if the total variance is zero."""
    return variances / total if total > 0 else np.zeros_like(variances)


def check(n_components, solver: str, n_samples: int, n_features: int) -> None:
    """Raise scikit-learn's error if the data's shape does not allow ``n_components``."""
    max_components = min(n_samples, n_features)
    if solver in ("arpack", "randomized"):
        if isinstance(n_components, str):
            raise ValueError(
                f"n_components={n_components!r} cannot be a string with svd_solver='{solver}'"
            )
        if not 1 <= n_components <= max_components:
            raise ValueError(
                f"n_components={n_components!r} must be between 1 and "
                f"min(n_samples, n_features)={max_components!r} with svd_solver='{solver}'"
            )
        if solver == "arpack" and n_components == max_components:
            raise ValueError(
                f"n_components={n_components!r} must be strictly less than "
                f"min(n_samples, n_features)={max_components!r} with svd_solver='{solver}'"
            )
    elif n_components == "mle":
        if n_samples < n_features:
            raise ValueError("n_components='mle' is only supported if n_samples >= n_features")
    elif not isinstance(n_components, str) and not 0 <= n_components <= max_components:
        raise ValueError(
            f"n_components={n_components} must be between 0 and "
            f"min(n_samples, n_features)={max_components} with svd_solver={solver!r}"
        )


def needs_all(n_components) -> bool:
    """Whether the number of components depends on the eigenvalues."""
    return isinstance(n_components, str) or not isinstance(n_components, Integral)


def choose(n_components, info: SpectrumInfo) -> int:
    """Number of components by a rule, an explained variance ratio or a number."""
    if isinstance(n_components, str):
        return _BY_NAME[n_components](info)
    if not needs_all(n_components):
        return int(n_components)
    reached = np.searchsorted(np.cumsum(info.ratios), n_components, side="right") + 1
    return int(min(reached, info.eigenvalues.size))


def _n_leading(passes: np.ndarray) -> int:
    """Number of values that pass before the first one that fails, at least one."""
    return max(1, int(np.argmin(passes))) if not passes.all() else passes.size


def kaiser(info: SpectrumInfo) -> int:
    """Number of eigenvalues above their mean, at least one."""
    mean = info.total / info.deviations.size
    return max(1, int((info.eigenvalues > mean).sum()))


def broken_stick(info: SpectrumInfo) -> int:
    """Number of leading ratios above those of a stick broken at random into p pieces."""
    p = info.deviations.size
    pieces = np.cumsum(1.0 / np.arange(p, 0, -1))[::-1] / p
    return _n_leading(info.ratios > pieces[: info.eigenvalues.size])


def parallel(info: SpectrumInfo) -> int:
    """Number of leading eigenvalues above those of independent normal features (Horn, 1965)."""
    return above(info, null_eigenvalues(info, QUANTILE))


def above(info: SpectrumInfo, threshold: np.ndarray) -> int:
    """Number of leading eigenvalues above the threshold at the same position."""
    return _n_leading(info.eigenvalues > threshold)


def null_eigenvalues(info: SpectrumInfo, quantiles: Any) -> np.ndarray:
    """Quantiles of the eigenvalues of independent normal features, along a first axis."""
    draws = np.array([_random_eigenvalues(info) for _ in range(N_DRAWS)])
    return np.quantile(draws, quantiles, axis=0)


def _random_eigenvalues(info: SpectrumInfo) -> np.ndarray:
    """Leading eigenvalues of one draw of independent normal features."""
    df, p, draw = round(info.n) - 1, info.deviations.size, info.random_state
    if df >= p:  # Bartlett's factor of a Wishart matrix, whatever the number of rows
        root = np.tril(draw.standard_normal((p, p)), -1)
        root[np.diag_indices(p)] = np.sqrt(draw.chisquare(df - np.arange(p)))
    else:
        root = draw.standard_normal((p, df))
    if info.scaled:
        root /= np.linalg.norm(root, axis=1, keepdims=True)
        root[info.deviations == 0] = 0  # constant features have no correlations
    else:
        root *= info.deviations[:, np.newaxis] / np.sqrt(df)
    return np.linalg.eigvalsh(root @ root.T)[::-1][: info.eigenvalues.size]


def gavish_donoho(info: SpectrumInfo) -> int:
    """Number of singular values above the optimal hard threshold for noise of unknown level."""
    n, p = info.n, info.deviations.size
    beta = min(n, p) / max(n, p)
    singular = np.sqrt(info.eigenvalues)
    return max(1, int((singular > _hard_threshold(beta) * np.median(singular)).sum()))


def _hard_threshold(beta: float) -> float:
    """Threshold over the median singular value, for matrices with that aspect ratio."""
    low, high = (1 - np.sqrt(beta)) ** 2, (1 + np.sqrt(beta)) ** 2

    def share_below(x: float) -> float:  # of the Marchenko-Pastur law
        # t = low + (x - low) sin²(angle) leaves no root in the integrand at the lower end
        def density(angle: float) -> float:
            t = low + (x - low) * np.sin(angle) ** 2
            root = np.sqrt(max(0.0, (high - t) * (t - low)))
            slope = 2 * (x - low) * np.sin(angle) * np.cos(angle)
            return root * slope / (2 * np.pi * beta * t) if t > 0 else 0.0

        return quad(density, 0, np.pi / 2)[0]

    median = brentq(lambda x: share_below(x) - 0.5, low, high)
    b = beta + 1
    known = np.sqrt(2 * b + 8 * beta / (b + np.sqrt(beta**2 + 14 * beta + 1)))
    return known / np.sqrt(median)


def mle(info: SpectrumInfo) -> int:
    """Dimension with the largest evidence in Minka's approximation."""
    return int(np.argmax(log_evidence(info.eigenvalues, info.n)))


def log_evidence(spectrum: np.ndarray, n: float) -> np.ndarray:
    """Minka's log evidence of each dimension below the data's, -inf if undefined, in O(p²)."""
    p, tiny = spectrum.size, 1e-15
    found = np.full(p, -np.inf)
    i = np.arange(1, p + 1)
    volume = np.cumsum(gammaln((p - i + 1) / 2.0) - np.log(np.pi) * (p - i + 1) / 2.0)
    with np.errstate(divide="ignore"):
        log, inverse = np.log(spectrum), 1.0 / spectrum
    gaps = spectrum[:, np.newaxis] - spectrum  # of i over j, where j > i
    kept = np.zeros(p + 1)  # cumulated terms of pairs of kept eigenvalues
    for rank in range(1, p):
        last = rank - 1
        if spectrum[last] < tiny:
            break
        kept[rank] = kept[last] + _pairs(gaps[:last, last], inverse[last] - inverse[:last], n)
        v = max(tiny, spectrum[rank:].sum() / (p - rank))
        across = _pairs(gaps[:rank, rank:], (1.0 / v - inverse[:rank])[:, np.newaxis], n)
        m = p * rank - rank * (rank + 1.0) / 2.0
        found[rank] = (
            -rank * np.log(2.0)
            + volume[rank - 1]
            - log[:rank].sum() * n / 2.0
            - np.log(v) * n * (p - rank) / 2.0
            + np.log(2.0 * np.pi) * (m + rank) / 2.0
            - (kept[rank] + across) / 2.0
            - rank * np.log(n) / 2.0
        )
    return found


def _pairs(gaps: np.ndarray, inverse_gaps: np.ndarray, n: float) -> float:
    """Sum of the log curvatures of pairs of eigenvalues; equal eigenvalues have none."""
    curvature = gaps * inverse_gaps
    curved = curvature > 0
    return float(np.log(curvature[curved]).sum() + np.log(n) * curved.sum())


_BY_NAME = dict(zip(RULES, (mle, kaiser, broken_stick, parallel, gavish_donoho), strict=True))


def applies(rule: str | float, info: SpectrumInfo) -> bool:
    """Whether a rule is defined for data of that shape."""
    return rule != "mle" or info.max_components == info.deviations.size


def component_table(info: SpectrumInfo) -> Any:
    """Frame of how many components each rule keeps, and what they explain."""
    import pandas as pd

    rules = (*RULES, *SHARES)
    counts = [choose(rule, info) if applies(rule, info) else None for rule in rules]
    explained = np.concatenate([[0.0], np.cumsum(info.ratios)])
    return pd.DataFrame(
        {
            "n_components": pd.array(counts, dtype="Int64"),
            "explained_variance_ratio": [np.nan if n is None else explained[n] for n in counts],
        },
        index=pd.Index(rules, name="rule", dtype=object),
    )
