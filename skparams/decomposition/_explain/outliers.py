"""Limits of T² and SPE, the rows beyond them, and the features that contribute most."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy.special import betaincinv, chdtri, ndtri

from skparams.decomposition._explain.diagnostics import diagnose, rank_of, rounding_error
from skparams.decomposition._explain.labels import feature_names, pandas_for, row_index
from skparams.decomposition._pca import FittedPCA

# Rows that are printed, and features that are named for each.
MAX_ROWS = 10
MAX_FEATURES = 3


class Limits(NamedTuple):
    """Upper control limits of T² and SPE, which normal rows exceed with probability alpha.

    Parameters
    ----------
    hotelling_t2 : float
        Limit of Hotelling's T².
    spe : float
        Limit of the squared prediction error.
    """

    hotelling_t2: float
    spe: float


@dataclass(frozen=True, eq=False, repr=False)
class Outliers:
    """Rows beyond a limit, in falling order of the larger ratio to a limit.

    Parameters
    ----------
    rows : ndarray of shape (n_outliers,)
        Their positions.
    labels : ndarray of shape (n_outliers,)
        Their labels in the index of a frame, else their positions.
    hotelling_t2, spe : ndarray of shape (n_outliers,)
        Their T² and squared prediction error.
    hotelling_t2_contributions, spe_contributions : ndarray of shape (n_outliers, n_features)
        Contributions of the features to T² and SPE.
    limits : Limits
        Limits of T² and SPE.
    odd : ndarray of shape (n_outliers, 2)
        Whether T² and SPE are beyond their limits. An SPE of rounding errors never is.
    feature_names : tuple
        Names of the features.
    n_samples : int
        How many rows were compared with the limits.
    """

    rows: np.ndarray
    labels: np.ndarray
    hotelling_t2: np.ndarray
    spe: np.ndarray
    hotelling_t2_contributions: np.ndarray
    spe_contributions: np.ndarray
    limits: Limits
    odd: np.ndarray
    feature_names: tuple[Any, ...]
    n_samples: int

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        t2, spe = self.limits
        lines = [f"{len(self)} of {self.n_samples} rows beyond a limit: T² {t2:.4g}, SPE {spe:.4g}"]
        rows = zip(self.labels, self.hotelling_t2, self.spe, self.reasons(), strict=True)
        table = [(str(label), f"{t2:.4g}", f"{spe:.4g}", why) for label, t2, spe, why in rows]
        if table:
            table = [("row", "T²", "SPE", "odd in"), *table[:MAX_ROWS]]
            a, b, c = (max(len(row[j]) for row in table) for j in range(3))
            lines += [f"{i:>{a}}  {t2:>{b}}  {spe:>{c}}  {why}" for i, t2, spe, why in table]
        if len(self) > MAX_ROWS:
            lines.append(f"{len(self) - MAX_ROWS} more in to_frame()")
        return "\n".join(lines)

    def reasons(self, n_features: int = MAX_FEATURES) -> list[str]:
        """Name the features that contribute most to what is beyond a limit.

        Parameters
        ----------
        n_features : int, default=3
            Maximum number of features.

        Returns
        -------
        reasons : list of str
            One text a row, such as ``'T²: ash 61 %, magnesium 22 %'``: contributions over its T².
        """
        found = []
        for i, (t2_exceeds, spe_exceeds) in enumerate(self.odd):
            parts = []
            if t2_exceeds:
                ratios = self.hotelling_t2_contributions[i] / self.hotelling_t2[i]
                parts.append(f"T²: {self._leading(ratios, n_features)}")
            if spe_exceeds:
                ratios = self.spe_contributions[i] / self.spe[i]
                parts.append(f"SPE: {self._leading(ratios, n_features)}")
            found.append("; ".join(parts))
        return found

    def _leading(self, ratios: np.ndarray, n_features: int) -> str:
        leading = [j for j in np.argsort(-ratios, kind="stable")[:n_features] if ratios[j] >= 0.005]
        return ", ".join(f"{self.feature_names[j]} {100 * ratios[j]:.0f} %" for j in leading)

    def to_frame(self, n_features: int = MAX_FEATURES) -> Any:
        """Return a frame with one row an outlier.

        Parameters
        ----------
        n_features : int, default=3
            Maximum number of features that are named.

        Returns
        -------
        frame : DataFrame
            Columns ``hotelling_t2``, ``spe`` and ``odd_in``, the leading features.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        pd = pandas_for("Outliers.to_frame")
        columns: dict[str, Any] = {"hotelling_t2": self.hotelling_t2, "spe": self.spe}
        columns["odd_in"] = self.reasons(n_features)
        return pd.DataFrame(columns, pd.Index(self.labels, name="row"))


def outliers_of(pca: FittedPCA, X: Any, limits: Limits) -> Outliers:
    """Rows beyond a limit, with what the features contribute."""
    index = row_index(X)
    X = pca._checked(X)
    t2, spe = diagnose(pca, X, ("hotelling_t2", "spe"), np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):  # a limit may be 0
        ratio = np.fmax(t2 / limits.hotelling_t2, spe / limits.spe)
    max_spe = max(limits.spe, rounding_error(pca))
    beyond = np.stack([t2 > limits.hotelling_t2, spe > max_spe], axis=1)
    rows = np.flatnonzero(beyond.any(axis=1))
    rows = rows[np.argsort(-ratio[rows], kind="stable")]
    kinds = ("hotelling_t2_contributions", "spe_contributions")
    by_t2, by_spe = diagnose(pca, X[rows], kinds, np.float64)
    labels = rows if index is None else np.asarray(index)[rows]
    names = tuple(feature_names(pca))
    return Outliers(
        rows, labels, t2[rows], spe[rows], by_t2, by_spe, limits, beyond[rows], names, len(t2)
    )


def limits_of(pca: FittedPCA, X: Any, alpha: float) -> Limits:
    """Both limits; the SPE of rows stand in for the eigenvalues if these are unknown."""
    first, second, third = pca._residual
    if first <= rounding_error(pca):
        first = 0.0
    elif np.isnan(second) and X is not None:
        (spe,) = diagnose(pca, pca._checked(X), ["spe"], np.float64)
        first = float(spe.mean())
        second = float((spe / (first or 1.0)).var()) / 2
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
    beta = betaincinv((n - rank) / 2, rank / 2, alpha)
    return float((n - 1) * (n + 1) / n * (1 - beta) / beta)


def spe_limit(residual: tuple[float, float, float], alpha: float) -> float:
    """Limit by Jackson and Mudholkar from sums of powers of the eigenvalues, or by Box.

    The sums of squares and cubes are over powers of the first, as ``Spectrum.power_sums`` are.
    """
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
        h = 1 - 2 * third / (3 * second**2)
        root = -ndtri(alpha) * h * np.sqrt(2 * second)
        root += 1 + second * h * (h - 1)
        if h != 0 and root > 0:
            return float(first * root ** (1 / h))
    return box_limit(first, second, alpha)


def box_limit(first: float, second: float, alpha: float) -> float:
    """Limit by a chi-squared variable, scaled to the same mean and variance."""
    if second <= 0:
        return first
    return float(first * second * chdtri(1 / second, alpha))
