"""Control limits of T² and SPE, and whether they are reliable."""

from typing import NamedTuple, Self

import numpy as np
from scipy.special import betaincinv

from skparams._records import Unknown
from skparams.decomposition._explain.diagnostics import rank_of, rounding_error
from skparams.decomposition._pca import FittedPCA

# How many times the largest variance that noise gives the last component must have, so that its
# direction is certain enough for the limits to hold.
MIN_RATIO = 3.0


class _Pair(NamedTuple):
    hotelling_t2: float | Unknown
    spe: float | Unknown


class Limits(_Pair):
    """Upper control limits of T² and SPE, which normal rows exceed with probability alpha.

    A named tuple of two, with an attribute that is no item of it.

    Parameters
    ----------
    hotelling_t2 : float or Unknown
        Limit of Hotelling's T².
    spe : float or Unknown
        Limit of the squared prediction error; of training rows, that of their leave-one-out one.
    warnings : tuple of str
        Sentences that say why the limits are not reliable; empty if they are.
    """

    warnings: tuple[str, ...]

    def __new__(
        cls, hotelling_t2: float | Unknown, spe: float | Unknown, warnings: tuple[str, ...] = ()
    ) -> Self:
        self = super().__new__(cls, hotelling_t2, spe)
        self.warnings = warnings
        return self

    def __repr__(self) -> str:
        return "\n".join([super().__repr__(), *self.warnings])


class Noise(NamedTuple):
    """What is outside the components with variance."""

    n: float  # rows
    rank: int  # components with variance
    n_left: int  # directions that are left
    df: float  # degrees of freedom that the rows have left in them
    total: float  # the variance in all of them
    squares: float  # sum of the squared eigenvalues over the square of their sum; NaN if unknown


def noise_of(pca: FittedPCA) -> Noise:
    """The noise that the eigenvalues that are left out estimate."""
    n, rank = pca._weight_sum, rank_of(pca)
    n_left = int(np.count_nonzero(pca._deviations)) - rank
    df = n - 1 - rank
    first, share = pca._residual
    if n_left > 0 and df <= 0:
        return Noise(n, rank, n_left, df, np.nan, np.nan)
    if n_left <= 0 or first <= rounding_error(pca):
        return Noise(n, rank, max(n_left, 0), df, 0.0, np.nan)
    if df > 1:  # the eigenvalues of a sample are more unequal than those of the population
        unbiased = df**2 / ((df - 1) * (df + 2)) * (share - 1 / df)
        share = float(np.clip(unbiased, 1 / n_left, max(share, 1 / n_left)))
    return Noise(n, rank, n_left, df, first * (n - 1) / df, share)


def limits_of(
    pca: FittedPCA, alpha: float, training: bool, left_out: tuple[float, float] | None
) -> Limits:
    """Both limits, from the mean and relative variance of leave-one-out SPE where known."""
    noise = noise_of(pca)
    values = pca.explained_variance_[: noise.rank].astype(np.float64)
    t2 = training_t2(noise, alpha) if training else new_t2(noise, values, alpha)
    warnings = warnings_of(pca, noise, values)
    if noise.df <= 0 < noise.n_left:
        reason = "the components leave no variance of the training rows to estimate it from"
        return Limits(t2, Unknown(reason), warnings)
    if left_out is None and noise.total > 0 and np.isnan(noise.squares):
        warnings += (
            "The limit of SPE is not reliable: after 'arpack' and 'randomized' it takes the "
            "eigenvalues that are left out as equal. Pass the training rows: explain(pca, X).",
        )
    if left_out is None:
        left_out = expected_spe(noise, pca._is_scaled)
    return Limits(t2, spe_limit(noise, alpha, *left_out), warnings)


def training_t2(noise: Noise, alpha: float) -> float | Unknown:
    """Limit for the training rows, whose T² follows a beta distribution."""
    n, k = noise.n, noise.rank
    if k == 0:
        return 0.0
    if noise.df <= 0:
        return Unknown("T² of all training rows is (n - 1)² / n with n - 1 components")
    beta = 1 - betaincinv((n - k - 1) / 2, k / 2, alpha)
    return float((n - 1) ** 2 / n * beta)


def new_t2(noise: Noise, values: np.ndarray, alpha: float) -> float | Unknown:
    """Limit for rows that do not contribute to the mean and the variances."""
    n, k = noise.n, noise.rank
    if k == 0:
        return 0.0
    if n <= k:
        return Unknown(f"there are no more rows ({n:g}) than components ({k})")
    ratios = np.ones(k)
    if k + noise.n_left >= n and noise.total > 0:
        ratios = new_variances(values, noise) / values
    # Of a sum of scores with these variances, the factor and degrees of freedom by Box.
    factor = (ratios**2).sum() / ratios.sum()
    df = ratios.sum() ** 2 / (ratios**2).sum()
    # The quantile of F by that of a beta variable, which keeps all digits if alpha is tiny.
    beta = betaincinv((n - df) / 2, df / 2, alpha)
    return float(factor * (n - 1) * (n + 1) / n * (1 - beta) / beta)


def new_variances(values: np.ndarray, noise: Noise) -> np.ndarray:
    """Variances of new rows along components of more features than rows: these fit the noise too.

    Eigenvalues and the angles between components and those of the population are the limits of a
    spiked covariance where features and rows are many (Paul, 2007).
    """
    unit, gamma = noise.total / noise.n_left, noise.n_left / noise.df
    half = (values / unit + 1 - gamma) / 2
    root = np.sqrt(np.maximum(half**2 - values / unit, 0))
    spikes = np.maximum(half + root, 1 + np.sqrt(gamma)) - 1
    cos2 = np.maximum(1 - gamma / spikes**2, 0) / (1 + gamma / spikes)
    return unit * (1 + spikes * cos2)


def expected_spe(noise: Noise, scaled: bool) -> tuple[float, float]:
    """Mean and relative variance of the SPE of new rows, by the eigenvalues that are left out."""
    n, share = noise.n, noise.squares
    mean = noise.total * n / noise.df
    if scaled and n > 3:  # deviations are estimates too, of which new rows get the inverse squares
        mean *= (n - 1) / (n - 3)
    if np.isnan(share):
        share = 1 / max(noise.n_left, 1)
    # What components miss of a row's scores, as they are estimates, adds to the variance.
    return mean, 2 * share + 2 * noise.rank * (noise.df / n**2) ** 2


def spe_limit(noise: Noise, alpha: float, mean: float, variance: float) -> float:
    """Limit by a scaled variable of the mean and relative variance of new rows' SPE, as Box's.

    It is an F variable instead of Box's chi-squared, as its mean is an estimate.
    """
    if noise.total == 0:
        return 0.0
    if variance <= 0:
        return mean
    df = 2 / variance
    beta = betaincinv(df * noise.df / 2, df / 2, alpha)
    return float(mean * noise.df * (1 - beta) / beta)


def warnings_of(pca: FittedPCA, noise: Noise, values: np.ndarray) -> tuple[str, ...]:
    """Say that limits are not reliable if the last component may be noise."""
    if noise.rank == 0 or noise.total == 0:
        return ()
    name = list(pca.get_feature_names_out())[noise.rank - 1]
    if noise.df <= 0:
        return (
            "The limits are not reliable: the components leave nothing of the training rows, so "
            "that noise is unknown. Keep fewer components.",
        )
    edge = noise.total / noise.n_left * (1 + np.sqrt(noise.n_left / noise.df)) ** 2
    if values[-1] >= MIN_RATIO * edge:
        return ()
    return (
        f"The limits are not reliable: the variance of {name}, {values[-1]:.3g}, is less than "
        f"{MIN_RATIO:g} times the largest that noise gives, {edge:.3g}. Keep fewer components, or "
        "take more rows.",
    )
