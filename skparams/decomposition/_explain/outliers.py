"""Rows beyond a limit, and the features that contribute most to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from skparams.decomposition._explain.diagnostics import diagnose, rounding_error
from skparams.decomposition._explain.labels import feature_names, pandas_for, row_index
from skparams.decomposition._explain.limits import Limits
from skparams.decomposition._pca import FittedPCA

# Rows that are printed, and features that are named for each.
MAX_ROWS = 10
MAX_FEATURES = 3


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
        shown = [
            (str(self.labels[i]), f"{self.hotelling_t2[i]:.4g}", f"{self.spe[i]:.4g}", why)
            for i, why in zip(range(min(len(self), MAX_ROWS)), self.reasons(), strict=False)
        ]
        if shown:
            table = [("row", "T²", "SPE", "odd in"), *shown]
            widths = [max(len(row[j]) for row in table) for j in range(3)]
            lines += [
                "  ".join([*(text.rjust(w) for text, w in zip(row, widths, strict=False)), row[3]])
                for row in table
            ]
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
            One text a row, such as ``'T²: ash 61 %, magnesium 22 %'``: shares of its T².
        """
        found = []
        for i in range(len(self)):
            parts = []
            for name, odd, value, shares in (
                ("T²", self.odd[i, 0], self.hotelling_t2, self.hotelling_t2_contributions),
                ("SPE", self.odd[i, 1], self.spe, self.spe_contributions),
            ):
                if odd:
                    parts.append(f"{name}: {self._leading(shares[i] / value[i], n_features)}")
            found.append("; ".join(parts))
        return found

    def _leading(self, shares: np.ndarray, n_features: int) -> str:
        leading = np.argsort(-shares, kind="stable")[:n_features]
        return ", ".join(
            f"{self.feature_names[j]} {100 * shares[j]:.0f} %"
            for j in leading
            if shares[j] >= 0.005
        )

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
        return pd.DataFrame(
            {
                "hotelling_t2": self.hotelling_t2,
                "spe": self.spe,
                "odd_in": self.reasons(n_features),
            },
            index=pd.Index(self.labels, name="row"),
        )


def outliers_of(pca: FittedPCA, X: Any, limits: Limits) -> Outliers:
    """Rows beyond a limit, with what the features contribute."""
    index = row_index(X)
    X = pca._checked(X, accept_sparse="csr")
    t2, spe = diagnose(pca, X, ("hotelling_t2", "spe"), np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):  # a limit may be 0
        ratio = np.fmax(t2 / limits.hotelling_t2, spe / limits.spe)
    max_spe = max(limits.spe, rounding_error(pca))
    beyond = np.stack([t2 > limits.hotelling_t2, spe > max_spe], axis=1)
    odd = np.flatnonzero(beyond.any(axis=1))
    odd = odd[np.argsort(-ratio[odd], kind="stable")]
    shares = ("hotelling_t2_contributions", "spe_contributions")
    by_t2, by_spe = diagnose(pca, X[odd], shares, np.float64)
    labels = odd if index is None else np.asarray(index)[odd]
    names = tuple(feature_names(pca))
    return Outliers(
        odd, labels, t2[odd], spe[odd], by_t2, by_spe, limits, beyond[odd], names, len(t2)
    )
