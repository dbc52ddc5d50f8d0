"""Rules for the number of components, which look at the eigenvalues."""

from numbers import Integral
from typing import Any

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import gammaln

from skparams._runtime import Progress
from skparams.decomposition._pca.solvers import Spectrum

RULES = ("mle", "kaiser", "broken_stick", "parallel", "gavish_donoho", "cv")
# Explained-variance ratios in a table of rules.
RATIOS = (0.8, 0.9, 0.95, 0.99)

# Draws of the parallel analysis, and the quantile of them that an eigenvalue has to exceed.
N_DRAWS = 100
# Seconds after which the analysis shows a bar.
PROGRESS_AFTER = 2.0
QUANTILE = 0.95


def needs_all(n_components: Any) -> bool:
    """Whether the number of components depends on the eigenvalues."""
    return not isinstance(n_components, Integral)


def resolve(n_components: Any, solver: str, n_samples: int, n_features: int) -> tuple[Any, int]:
    """``n_components`` or its default, and how many eigenvalues to find; scikit-learn's errors."""
    max_components = min(n_samples, n_features)
    if n_components is None:
        n_components = max_components - (solver == "arpack")
    what, size = f"n_components={n_components!r}", f"min(n_samples, n_features)={max_components!r}"
    if solver in ("arpack", "randomized"):
        if isinstance(n_components, str):
            raise ValueError(f"{what} cannot be a string with svd_solver='{solver}'")
        if not 1 <= n_components <= max_components:
            raise ValueError(f"{what} must be between 1 and {size} with svd_solver='{solver}'")
        if solver == "arpack" and n_components == max_components:
            raise ValueError(f"{what} must be strictly less than {size} with svd_solver='arpack'")
    elif n_components == "mle":
        if n_samples < n_features:
            raise ValueError(f"{what} is only supported if n_samples >= n_features")
    elif not isinstance(n_components, str) and not 0 <= n_components <= max_components:
        raise ValueError(f"{what} must be between 0 and {size} with svd_solver='{solver}'")
    return n_components, max_components if needs_all(n_components) else int(n_components)


def choose(n_components: Any, spectrum: Spectrum, random_state: np.random.RandomState) -> int:
    """Number of components by a rule, an explained variance ratio or a number."""
    if n_components == "parallel":
        return _n_leading(spectrum.values > null_eigenvalues(spectrum, QUANTILE, random_state))
    if isinstance(n_components, str):
        return _BY_NAME[n_components](spectrum)
    return _reaching(n_components, spectrum) if needs_all(n_components) else int(n_components)


def _reaching(ratio: float, spectrum: Spectrum) -> int:
    """Smallest number of components that explain more than a ratio of the variance."""
    reached = np.searchsorted(np.cumsum(spectrum.ratios), ratio, side="right") + 1
    return min(int(reached), spectrum.values.size)


def _n_leading(passes: np.ndarray) -> int:
    """Number of values that pass before the first one that fails, at least one."""
    return max(1, int(np.argmin(passes))) if not passes.all() else passes.size


def kaiser(spectrum: Spectrum) -> int:
    """Number of eigenvalues above their mean, at least one."""
    mean = spectrum.total / max(1, spectrum.n_varying)
    return max(1, int((spectrum.values > mean).sum()))


def broken_stick(spectrum: Spectrum) -> int:
    """Number of leading ratios above those of a stick broken at random into as many pieces."""
    rank = spectrum.rank
    pieces = np.cumsum(1.0 / np.arange(rank, 0, -1))[::-1] / rank
    return _n_leading(spectrum.ratios[:rank] > pieces[: spectrum.values.size])


def null_eigenvalues(
    spectrum: Spectrum, quantiles: Any, random_state: np.random.RandomState
) -> np.ndarray:
    """Quantiles of the eigenvalues of independent normal features (Horn, 1965)."""
    # a Generator draws normal numbers several times as fast
    draw = np.random.default_rng(random_state.randint(np.iinfo(np.int32).max, size=4))
    draws, bar = [], Progress("PCA: parallel analysis", N_DRAWS, after=PROGRESS_AFTER)
    for _ in range(N_DRAWS):
        draws.append(_random_eigenvalues(spectrum, draw))
        bar(1)
    return np.quantile(np.array(draws), quantiles, axis=0)


def _random_eigenvalues(spectrum: Spectrum, draw: np.random.Generator) -> np.ndarray:
    """Leading eigenvalues of one draw of independent normal features.

    They are those of a matrix of as many rows as there are features or degrees of freedom,
    whichever are fewer.
    """
    deviations = spectrum.seen_deviations[spectrum.deviations > 0]
    df, p = max(1, round(spectrum.n) - 1), deviations.size
    if df >= p:  # Bartlett's factor of a Wishart matrix, whatever the number of rows
        root = np.tril(draw.standard_normal((p, p)), -1)
        root[np.diag_indices(p)] = np.sqrt(draw.chisquare(df - np.arange(p)))
    else:
        root = draw.standard_normal((p, df))
    if spectrum.scaled:
        root /= np.linalg.norm(root, axis=1, keepdims=True)
    else:
        root *= deviations[:, np.newaxis] / np.sqrt(df)
    product = root @ root.T if p <= df else root.T @ root
    found = np.linalg.eigvalsh(product)[::-1][: spectrum.values.size]
    return np.pad(found, (0, spectrum.values.size - found.size))


def gavish_donoho(spectrum: Spectrum) -> int:
    """Number of singular values above the optimal hard threshold for noise of unknown level."""
    n, p = spectrum.n, max(1, spectrum.n_varying)
    beta = min(n, p) / max(n, p)
    singular = np.sqrt(spectrum.values[: spectrum.rank])
    return max(1, int((singular > _hard_threshold(beta) * np.median(singular)).sum()))


def _hard_threshold(beta: float) -> float:
    """Threshold over the median singular value, for matrices with that aspect ratio."""
    low, high = (1 - np.sqrt(beta)) ** 2, (1 + np.sqrt(beta)) ** 2

    def distribution(x: float) -> float:  # of the Marchenko-Pastur law
        # t = low + (x - low) sin²(angle) leaves no root in the integrand at the lower end
        def density(angle: float) -> float:
            t = low + (x - low) * np.sin(angle) ** 2
            root = np.sqrt(max(0.0, (high - t) * (t - low)))
            slope = 2 * (x - low) * np.sin(angle) * np.cos(angle)
            return root * slope / (2 * np.pi * beta * t) if t > 0 else 0.0

        return quad(density, 0, np.pi / 2)[0]

    median = brentq(lambda x: distribution(x) - 0.5, low, high)
    b = beta + 1
    known = np.sqrt(2 * b + 8 * beta / (b + np.sqrt(beta**2 + 14 * beta + 1)))
    return known / np.sqrt(median)


def mle(spectrum: Spectrum) -> int:
    """Dimension with the largest evidence in Minka's approximation."""
    values = spectrum.values[: spectrum.n_varying] if spectrum.scaled else spectrum.values
    return int(np.argmax(log_evidence(values, spectrum.n))) if values.size else 0


def log_evidence(spectrum: np.ndarray, n: float) -> np.ndarray:
    """Minka's log evidence of each dimension below the data's, -inf if undefined, in O(p²)."""
    p, tiny = spectrum.size, 1e-15 * spectrum[0]
    found = np.full(p, -np.inf)
    i = np.arange(1, p + 1)
    volume = np.cumsum(gammaln((p - i + 1) / 2.0) - np.log(np.pi) * (p - i + 1) / 2.0)
    with np.errstate(divide="ignore"):
        log, inverse = np.log(spectrum), 1.0 / spectrum
    gaps = spectrum[:, np.newaxis] - spectrum  # of i over j, where j > i
    kept = np.zeros(p + 1)  # cumulated terms of pairs of kept eigenvalues
    for rank in range(1, p):
        last = rank - 1
        if spectrum[last] <= tiny:
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


_BY_NAME = {f.__name__: f for f in (mle, kaiser, broken_stick, gavish_donoho)}


def compare_rules(
    spectrum: Spectrum, random_state: np.random.RandomState
) -> tuple[dict[str, int], np.ndarray]:
    """How many components each rule keeps, if it applies, and the band of the parallel analysis."""
    band = null_eigenvalues(spectrum, [1 - QUANTILE, QUANTILE], random_state)
    counts = {rule: function(spectrum) for rule, function in _BY_NAME.items()}
    counts["parallel"] = _n_leading(spectrum.values > band[1])
    if spectrum.max_components < spectrum.deviations.size:
        del counts["mle"]
    return {rule: counts[rule] for rule in RULES if rule in counts}, band


def component_table(spectrum: Spectrum, counts: dict[str, int]) -> Any:
    """Frame of how many components each rule and ratio keeps, and what they explain."""
    import pandas as pd

    explained = np.concatenate([[0.0], np.cumsum(spectrum.ratios)])
    found: dict[Any, int | None] = {rule: counts.get(rule) for rule in RULES}
    found |= {ratio: _reaching(ratio, spectrum) for ratio in RATIOS}
    ratios = [np.nan if n is None else explained[n] for n in found.values()]
    n_components = pd.array(list(found.values()), dtype="Int64")
    columns = {"n_components": n_components, "explained_variance_ratio": ratios}
    return pd.DataFrame(columns, pd.Index(list(found), name="rule", dtype=object))
