"""Rows beyond a limit, and the features that make them odd."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from skparams.decomposition._explain.limits import Limits
from skparams.decomposition._explain.tables import pandas_for

# Rows that are printed, and features named for each.
MOST_ROWS = 10
MOST_FEATURES = 3


@dataclass(frozen=True, eq=False, repr=False)
class Outliers:
    """Rows beyond a limit, the oddest first: by the larger of the two ratios to a limit.

    Parameters
    ----------
    rows : ndarray of shape (n_outliers,)
        Their positions.
    labels : ndarray of shape (n_outliers,)
        Their labels in the index of a pandas frame, else their positions.
    hotelling_t2, spe : ndarray of shape (n_outliers,)
        T² and squared prediction error.
    hotelling_t2_contributions, spe_contributions : ndarray of shape (n_outliers, n_features)
        What each feature adds to them.
    limits : Limits
        Of T² and SPE.
    odd : ndarray of shape (n_outliers, 2)
        Whether T² and SPE are beyond their limits. An SPE that is rounding is beyond none.
    feature_names : tuple
        Names of the features.
    n_samples : int
        The number of rows that were looked at.
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
            for i, why in zip(range(min(len(self), MOST_ROWS)), self.reasons(), strict=False)
        ]
        if shown:
            table = [("row", "T²", "SPE", "odd in"), *shown]
            widths = [max(len(row[j]) for row in table) for j in range(3)]
            lines += [
                "  ".join([*(text.rjust(w) for text, w in zip(row, widths, strict=False)), row[3]])
                for row in table
            ]
        if len(self) > MOST_ROWS:
            lines.append(f"{len(self) - MOST_ROWS} more in to_frame()")
        return "\n".join(lines)

    def reasons(self, n_features: int = MOST_FEATURES) -> list[str]:
        """Return for each row the features that add most to what is beyond its limit.

        Parameters
        ----------
        n_features : int, default=3
            How many features at most.

        Returns
        -------
        reasons : list of str
            Such as ``'T²: ash 61 %, magnesium 22 %'``: shares of the row's T².
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

    def to_frame(self, n_features: int = MOST_FEATURES) -> Any:
        """Return a frame, one row an outlier.

        Parameters
        ----------
        n_features : int, default=3
            How many features are named at most.

        Returns
        -------
        frame : DataFrame
            Columns ``hotelling_t2``, ``spe`` and ``odd_in``, the features that add most.

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
