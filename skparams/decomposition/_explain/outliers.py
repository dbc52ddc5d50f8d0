"""The rows beyond a limit of T² or SPE, and the features that contribute most."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from skparams._escape import clean, escape_frame
from skparams._records import Unknown
from skparams.decomposition._explain.diagnostics import diagnose, rounding_error
from skparams.decomposition._explain.labels import feature_names, pandas_for
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
        Their T² and squared prediction error, which is the leave-one-out one of training rows.
    hotelling_t2_contributions, spe_contributions : ndarray of shape (n_outliers, n_features)
        Contributions of the features to T² and SPE.
    limits : Limits
        Limits of T² and SPE.
    odd : ndarray of shape (n_outliers, 2)
        Whether T² and SPE are beyond their limits. An SPE of rounding errors never is.
    feature_names : tuple
        Names of the features.
    compared : ndarray of shape (n_samples, 2)
        T² and SPE of all rows, as they were compared with the limits.
    training : bool
        Whether the rows were compared as training rows.
    warnings : tuple of str
        Sentences that say why the result is not reliable; empty if it is.
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
    compared: np.ndarray
    training: bool
    warnings: tuple[str, ...]

    @property
    def limit_values(self) -> tuple[float, float]:
        """The limits of T² and SPE as numbers, NaN where unknown."""
        return numbers_of(self.limits)

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        kind = "training" if self.training else "new"
        t2, spe = map(_as_text, self.limits)
        n = len(self.compared)
        lines = [f"{len(self)} of {n} {kind} rows beyond a limit: T² {t2}, SPE {spe}"]
        rows = zip(self.labels, self.hotelling_t2, self.spe, self.reasons(), strict=True)
        table = [
            (clean(str(label)), f"{t2:.4g}", f"{spe:.4g}", why) for label, t2, spe, why in rows
        ]
        if table:
            table = [("row", "T²", "SPE", "odd in"), *table[:MAX_ROWS]]
            a, b, c = (max(len(row[j]) for row in table) for j in range(3))
            lines += [f"{i:>{a}}  {t2:>{b}}  {spe:>{c}}  {why}" for i, t2, spe, why in table]
        if len(self) > MAX_ROWS:
            lines.append(f"{len(self) - MAX_ROWS} more in to_frame()")
        return "\n".join([*lines, *self.warnings])

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
                ratios = self.spe_contributions[i] / (self.spe_contributions[i].sum() or 1.0)
                parts.append(f"SPE: {self._leading(ratios, n_features)}")
            found.append("; ".join(parts))
        return found

    def _leading(self, ratios: np.ndarray, n_features: int) -> str:
        leading = [j for j in np.argsort(-ratios, kind="stable")[:n_features] if ratios[j] >= 0.005]
        return ", ".join(
            f"{clean(str(self.feature_names[j]))} {100 * ratios[j]:.0f} %" for j in leading
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
        columns: dict[str, Any] = {"hotelling_t2": self.hotelling_t2, "spe": self.spe}
        columns["odd_in"] = self.reasons(n_features)
        return escape_frame(pd.DataFrame(columns, pd.Index(self.labels, name="row")))


def _as_text(limit: float | Unknown) -> str:
    return f"unknown ({limit.reason})" if isinstance(limit, Unknown) else f"{limit:.4g}"


def numbers_of(limits: Limits) -> tuple[float, float]:
    """The limits of T² and SPE as numbers, NaN where unknown."""
    t2, spe = (np.nan if isinstance(limit, Unknown) else limit for limit in limits)
    return t2, spe


def outliers_of(
    pca: FittedPCA,
    X: Any,
    index: Any,
    compared: np.ndarray,
    limits: Limits,
    training: bool | Unknown,
) -> Outliers:
    """Rows beyond a limit, with what the features contribute."""
    # A limit that is not known is exceeded by no row, and printed as unknown.
    t2, spe = numbers_of(limits)
    with np.errstate(divide="ignore", invalid="ignore"):  # a limit may be 0
        ratio = np.fmax.reduce(compared / np.array([t2, spe]), axis=1)
    beyond = compared > np.array([t2, np.maximum(spe, rounding_error(pca))])
    rows = np.flatnonzero(beyond.any(axis=1))
    rows = rows[np.argsort(-ratio[rows], kind="stable")]
    kinds = ("hotelling_t2_contributions", "spe_contributions")
    by_t2, by_spe = diagnose(pca, X[rows], kinds, np.float64)
    labels = rows if index is None else np.asarray(index)[rows]
    warnings = limits.warnings
    if isinstance(training, Unknown):
        warnings += (
            f"Whether these are the training rows is not known: {training.reason}. They are "
            "compared as new ones; training=True or False decides.",
        )
    return Outliers(
        rows,
        labels,
        compared[rows, 0],
        compared[rows, 1],
        by_t2,
        by_spe,
        limits,
        beyond[rows],
        tuple(feature_names(pca)),
        compared,
        training is True,
        warnings,
    )
