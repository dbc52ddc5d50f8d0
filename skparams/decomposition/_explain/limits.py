"""Limits of T² and SPE, from the number of rows and the eigenvalues that are left out."""

from __future__ import annotations

from numbers import Real
from typing import Any, NamedTuple

import numpy as np
from scipy.special import betaincinv, chdtri, ndtri

from skparams.decomposition._explain.diagnostics import diagnose, rank_of, rounding_error
from skparams.decomposition._pca import FittedPCA


class Limits(NamedTuple):
    """Limits that a share of normal rows exceeds.

    Parameters
    ----------
    hotelling_t2 : float
        Limit of Hotelling's T².
    spe : float
        Limit of the squared prediction error.
    """

    hotelling_t2: float
    spe: float


def check_share(share: float, what: str) -> None:
    """Raise an error unless the share is a number between 0 and 1."""
    if not isinstance(share, Real) or not 0 < share < 1:
        raise ValueError(f"{what} must be a number in (0, 1), got {share!r}.")


def limits_of(pca: FittedPCA, X: Any, alpha: float) -> Limits:
    """Both limits; the SPE of rows stand in for the eigenvalues if these are unknown."""
    first, second, third = pca._residual
    if first <= rounding_error(pca):
        first = 0.0
    elif np.isnan(second) and X is not None:
        (spe,) = diagnose(pca, pca._checked(X, accept_sparse="csr"), ["spe"], np.float64)
        first, second = float(spe.mean()), float(spe.var()) / 2
    t2 = t2_limit(pca._weight_sum, rank_of(pca), float(alpha))
    return Limits(t2, spe_limit((first, second, third), float(alpha)))


def t2_limit(n: float, rank: int, alpha: float) -> float:
    """Limit for rows that do not contribute to the mean and the variances."""
    if rank == 0:
        return 0.0
    if n <= rank:
        raise ValueError(
            f"Explanation.limits: there must be more rows than components with variance, got {n:g} "
            f"rows and {rank} components."
        )
    # The quantile of F by that of a beta variable, which keeps all digits if alpha is tiny.
    share = betaincinv((n - rank) / 2, rank / 2, alpha)
    return float((n - 1) * (n + 1) / n * (1 - share) / share)


def spe_limit(residual: tuple[float, float, float], alpha: float) -> float:
    """Limit by Jackson and Mudholkar from sums of powers of the eigenvalues, or by Box."""
    first, second, third = residual
    if first <= 0:
        return 0.0
    if np.isnan(second):
        raise ValueError(
            "Explanation.limits: the eigenvalues that are left out are unknown after 'arpack' and "
            "'randomized'. Pass the training rows, explain(pca, X), or fit with "
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
    """Limit by a chi-squared variable, scaled to the same mean and variance."""
    if second <= 0:
        return first
    return float(second / first * chdtri(first**2 / second, alpha))
