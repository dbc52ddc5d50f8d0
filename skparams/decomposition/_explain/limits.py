"""Limits of T² and SPE, from the number of rows and the eigenvalues that were left out."""

from __future__ import annotations

from numbers import Real
from typing import NamedTuple

import numpy as np
from scipy.special import betaincinv, chdtri, ndtri


class Limits(NamedTuple):
    """What a share of normal rows exceeds.

    Parameters
    ----------
    hotelling_t2 : float
        Of Hotelling's T².
    spe : float
        Of the squared prediction error.
    """

    hotelling_t2: float
    spe: float


def power_sums(
    values: np.ndarray, k: int, noise: float, most: int, squares: float
) -> tuple[float, float, float]:
    """Return the sums of powers 1 to 3 of the eigenvalues after the k-th, NaN where unknown.

    Parameters
    ----------
    values : ndarray of shape (n_values,)
        The largest eigenvalues, or all.
    k : int
        How many are left in.
    noise : float
        The mean of the others.
    most : int
        How many there are.
    squares : float
        The sum of the squares of all, NaN where it is unknown.
    """
    if len(values) >= most:
        rest = values[k:most]
        return float(rest.sum()), float((rest**2).sum()), float((rest**3).sum())
    n_left = most - k
    first = noise * n_left
    # The difference may have no digits left, but is between that of equal ones and of one.
    second = squares - float((values[:k] ** 2).sum())
    return first, float(np.clip(second, first**2 / n_left, first**2)), np.nan


def check_share(share: float, what: str) -> None:
    """Refuse what is no share."""
    if not isinstance(share, Real) or not 0 < share < 1:
        raise ValueError(f"{what} must be a number in (0, 1), got {share!r}.")


def limits_of(n: float, rank: int, residual: tuple[float, float, float], alpha: float) -> Limits:
    """Return both limits."""
    return Limits(t2_limit(n, rank, alpha), spe_limit(residual, alpha))


def t2_limit(n: float, rank: int, alpha: float) -> float:
    """Return the limit for a row that took no part in the mean and the variances."""
    if rank == 0:
        return 0.0
    if n <= rank:
        raise ValueError(
            f"PCA.limits: needs more rows than components, got {n:g} rows and {rank} components "
            "with variance."
        )
    # The quantile of F through that of a beta variable, which has all digits where alpha is tiny.
    share = betaincinv((n - rank) / 2, rank / 2, alpha)
    return float((n - 1) * (n + 1) / n * (1 - share) / share)


def spe_limit(residual: tuple[float, float, float], alpha: float) -> float:
    """Return the limit for sums of squares whose expected power sums are given."""
    first, second, third = residual
    if first <= 0:
        return 0.0
    if np.isnan(second):
        raise ValueError(
            "PCA.limits: the eigenvalues that were left out are unknown after 'arpack' and "
            "'randomized'. Pass the training rows, limits(alpha, X), or fit with "
            "svd_solver='full' or 'covariance_eigh'."
        )
    if not np.isnan(third):
        h = 1 - 2 * first * third / (3 * second**2)
        root = -ndtri(alpha) * h * np.sqrt(2 * second) / first
        root += 1 + second * h * (h - 1) / first**2
        if h != 0 and root > 0:
            return float(first * root ** (1 / h))
    return box_limit(first, second, alpha)


def box_limit(first: float, second: float, alpha: float) -> float:
    """Return that of a chi squared, scaled to the same mean and variance."""
    if second <= 0:
        return first
    return float(second / first * chdtri(first**2 / second, alpha))
