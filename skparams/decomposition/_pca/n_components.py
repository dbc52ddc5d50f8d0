"""How many components: the rules that look at the eigenvalues."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import gammaln

RULES = ("mle", "kaiser", "broken_stick", "parallel", "gavish_donoho")
# Shares of the variance in a table of rules.
SHARES = (0.8, 0.9, 0.95, 0.99)

# Draws of the parallel analysis, and the share of them that an eigenvalue has to exceed.
N_DRAWS = 100
QUANTILE = 0.95


@dataclass(frozen=True)
class Evidence:
    """What the rules look at.

    Parameters
    ----------
    eigenvalues : ndarray of shape (min(n_samples, n_features),)
        All of them, falling.
    total : float
        Their sum, the variance of all features.
    n : float
        The sum of the weights.
    deviations : ndarray of shape (n_features,)
        Standard deviations of the features, as the components see them.
    scaled : bool
        Whether the eigenvalues are those of the correlations.
    random_state : RandomState
        Draws for the parallel analysis.
    """

    eigenvalues: np.ndarray
    total: float
    n: float
    deviations: np.ndarray
    scaled: bool
    random_state: np.random.RandomState

    @property
    def ratio(self) -> np.ndarray:
        return ratio_of(self.eigenvalues, self.total)


def ratio_of(variances: np.ndarray, total: float) -> np.ndarray:
    """Return shares of the total variance; of none, each has none."""
    return variances / total if total > 0 else np.zeros_like(variances)


def check(n_components, solver: str, n_samples: int, n_features: int) -> None:
    """Refuse what the data's shape does not allow, in scikit-learn's words."""
    most = min(n_samples, n_features)
    if solver in ("arpack", "randomized"):
        if isinstance(n_components, str):
            raise ValueError(
                f"n_components={n_components!r} cannot be a string with svd_solver='{solver}'"
            )
        if not 1 <= n_components <= most:
            raise ValueError(
                f"n_components={n_components!r} must be between 1 and "
                f"min(n_samples, n_features)={most!r} with svd_solver='{solver}'"
            )
        if solver == "arpack" and n_components == most:
            raise ValueError(
                f"n_components={n_components!r} must be strictly less than "
                f"min(n_samples, n_features)={most!r} with svd_solver='{solver}'"
            )
    elif n_components == "mle":
        if n_samples < n_features:
            raise ValueError("n_components='mle' is only supported if n_samples >= n_features")
    elif not isinstance(n_components, str) and not 0 <= n_components <= most:
        raise ValueError(
            f"n_components={n_components} must be between 0 and "
            f"min(n_samples, n_features)={most} with svd_solver={solver!r}"
        )


def needs_all(n_components) -> bool:
    """Say whether the number follows from the eigenvalues."""
    return isinstance(n_components, str) or not isinstance(n_components, Integral)


def choose(n_components, evidence: Evidence) -> int:
    """Return the number of components that a rule, a share or a number asks for."""
    if isinstance(n_components, str):
        return _BY_NAME[n_components](evidence)
    if not needs_all(n_components) or n_components == 0:
        return int(n_components)
    reached = np.searchsorted(np.cumsum(evidence.ratio), n_components, side="right") + 1
    return int(min(reached, evidence.eigenvalues.size))


def _n_leading(passes: np.ndarray) -> int:
    """Count what passes before the first failure, at least one."""
    return max(1, int(np.argmin(passes))) if not passes.all() else passes.size


def kaiser(evidence: Evidence) -> int:
    """Count the eigenvalues above the mean eigenvalue, at least one."""
    mean = evidence.total / evidence.deviations.size
    return max(1, int((evidence.eigenvalues > mean).sum()))


def broken_stick(evidence: Evidence) -> int:
    """Count the leading shares above those of a stick broken at random into p pieces."""
    p = evidence.deviations.size
    pieces = np.cumsum(1.0 / np.arange(p, 0, -1))[::-1] / p
    return _n_leading(evidence.ratio > pieces[: evidence.eigenvalues.size])


def parallel(evidence: Evidence) -> int:
    """Count the leading eigenvalues above those of independent normal features (Horn, 1965).

    The features have the deviations of the data's, and as many rows. The j-th eigenvalue has to
    exceed the j-th of 95 % of the draws.
    """
    return above(evidence, null_eigenvalues(evidence, QUANTILE))


def above(evidence: Evidence, threshold: np.ndarray) -> int:
    """Count the leading eigenvalues above those at the same place in a threshold."""
    return _n_leading(evidence.eigenvalues > threshold)


def null_eigenvalues(evidence: Evidence, quantiles: Any) -> np.ndarray:
    """Return quantiles of the eigenvalues of independent normal features, along a first axis."""
    draws = np.array([_random_eigenvalues(evidence) for _ in range(N_DRAWS)])
    return np.quantile(draws, quantiles, axis=0)


def _random_eigenvalues(evidence: Evidence) -> np.ndarray:
    """Return the leading eigenvalues of one draw."""
    df, p, draw = round(evidence.n) - 1, evidence.deviations.size, evidence.random_state
    if df >= p:  # Bartlett's factor of a Wishart matrix, whatever the number of rows
        root = np.tril(draw.standard_normal((p, p)), -1)
        root[np.diag_indices(p)] = np.sqrt(draw.chisquare(df - np.arange(p)))
    else:
        root = draw.standard_normal((p, df))
    if evidence.scaled:
        root /= np.linalg.norm(root, axis=1, keepdims=True)
        root[evidence.deviations == 0] = 0  # constant features have no correlations
    else:
        root *= evidence.deviations[:, np.newaxis] / np.sqrt(df)
    return np.linalg.eigvalsh(root @ root.T)[::-1][: evidence.eigenvalues.size]


def gavish_donoho(evidence: Evidence) -> int:
    """Count the singular values above the optimal hard threshold for noise of unknown level.

    Gavish and Donoho, "The optimal hard threshold for singular values is 4/sqrt(3)", 2014.
    """
    n, p = evidence.n, evidence.deviations.size
    beta = min(n, p) / max(n, p)
    singular = np.sqrt(evidence.eigenvalues)
    return max(1, int((singular > _hard_threshold(beta) * np.median(singular)).sum()))


def _hard_threshold(beta: float) -> float:
    """Return the threshold over the median singular value, for matrices of that aspect ratio."""
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


def mle(evidence: Evidence) -> int:
    """Return the dimension that Minka's approximation of the evidence prefers.

    Minka, "Automatic choice of dimensionality for PCA", 2000. Of eigenvalues that are equal, the
    directions can be turned into one another: those pairs have no curvature, and no term.
    """
    return int(np.argmax(log_evidence(evidence.eigenvalues, evidence.n)))


def log_evidence(spectrum: np.ndarray, n: float) -> np.ndarray:
    """Return Minka's log evidence for each dimension below that of the data; -inf for none.

    All dimensions take O(p²): the terms of pairs of kept eigenvalues are cumulated.
    """
    p, tiny = spectrum.size, 1e-15
    found = np.full(p, -np.inf)
    i = np.arange(1, p + 1)
    volume = np.cumsum(gammaln((p - i + 1) / 2.0) - np.log(np.pi) * (p - i + 1) / 2.0)
    with np.errstate(divide="ignore"):
        log, inverse = np.log(spectrum), 1.0 / spectrum
    gaps = spectrum[:, np.newaxis] - spectrum  # of i over j, where j > i
    kept = np.zeros(p + 1)  # the terms of pairs among the first
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
    """Return the sum of the logarithms of a pair's curvature, over those that have one."""
    curvature = gaps * inverse_gaps
    curved = curvature > 0
    return float(np.log(curvature[curved]).sum() + np.log(n) * curved.sum())


_BY_NAME = {
    "mle": mle,
    "kaiser": kaiser,
    "broken_stick": broken_stick,
    "parallel": parallel,
    "gavish_donoho": gavish_donoho,
}


def applies(rule: str | float, evidence: Evidence, n_samples: int) -> bool:
    """Say whether a rule can tell anything of that many rows."""
    return rule != "mle" or n_samples >= evidence.deviations.size


def component_table(evidence: Evidence, n_samples: int) -> Any:
    """Return a frame of how many components each rule keeps, and what they explain."""
    import pandas as pd

    rules = (*RULES, *SHARES)
    counts = [
        choose(rule, evidence) if applies(rule, evidence, n_samples) else None for rule in rules
    ]
    explained = np.concatenate([[0.0], np.cumsum(evidence.ratio)])
    return pd.DataFrame(
        {
            "n_components": pd.array(counts, dtype="Int64"),
            "explained_variance_ratio": [
                np.nan if count is None else explained[count] for count in counts
            ],
        },
        index=pd.Index(rules, name="rule", dtype=object),
    )
