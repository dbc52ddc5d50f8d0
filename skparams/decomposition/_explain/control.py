"""What is normal: limits of T² and SPE, and the rows beyond them."""

from __future__ import annotations

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skparams.decomposition._explain.limits import Limits, check_share, limits_of
from skparams.decomposition._explain.outliers import Outliers
from skparams.decomposition._explain.row_tables import RowTables
from skparams.decomposition._explain.tables import feature_names, row_index


class Control(RowTables):
    """Limits of what a fitted PCA says of rows."""

    _residual: tuple[float, float, float]

    def limits(self, alpha=0.05, X=None):
        """Return the T² and the SPE that a share alpha of normal rows exceeds.

        For T² it is that of rows beyond the training rows, by the F distribution:
        ``k (n² - 1) / (n (n - k)) * F(k, n - k)``. For SPE it is Jackson and Mudholkar's, from the
        eigenvalues that were left out. Where only their sum and the sum of their squares are
        known, it is Box's, a scaled chi squared of the same mean and variance: that is so where
        few of many features' components are computed, and for 'arpack' and 'randomized', which
        need X for it.

        Parameters
        ----------
        alpha : float, default=0.05
            The share of false alarms of each limit, in (0, 1).
        X : {array-like, sparse matrix} of shape (n_samples, n_features), default=None
            The training rows, or others that are in order. They are looked at only where the
            solver left no trace of the other eigenvalues: the mean and variance of their SPE
            stand in.

        Returns
        -------
        limits : Limits
            A named tuple of two floats, ``hotelling_t2`` and ``spe``. SPE's limit is 0 where no
            direction is left, as SPE itself.

        Raises
        ------
        ValueError
            If alpha is not in (0, 1), X is needed, or there are no more rows than components.

        References
        ----------
        .. [1] Tracy, Young and Mason, "Multivariate control charts for individual observations",
           Journal of Quality Technology 24, 1992: T².
        .. [2] Jackson and Mudholkar, "Control procedures for residuals associated with principal
           component analysis", Technometrics 21, 1979: SPE.
        .. [3] Box, "Some theorems on quadratic forms applied in the study of analysis of variance
           problems, I", Annals of Mathematical Statistics 25, 1954.
        .. [4] Nomikos and MacGregor, "Multivariate SPC charts for monitoring batch processes",
           Technometrics 37, 1995: the mean and variance of the rows' SPE.

        Examples
        --------
        >>> from sklearn.datasets import load_wine
        >>> from skparams import PCA
        >>> X = load_wine().data
        >>> pca = PCA(n_components=3, scale=True).fit(X)
        >>> t2, spe = pca.limits(alpha=0.05)
        >>> print(f"{t2:.2f} {spe:.2f}")
        8.11 8.81
        """
        check_is_fitted(self)
        check_share(alpha, f"{type(self).__name__}.limits: alpha")
        unknown = X is not None and np.isnan(self._residual[1])
        return self._limits(alpha, self.spe(X, as_frame=False) if unknown else None)

    def outliers(self, X, alpha=0.05):
        """Return the rows beyond a limit, and the features that make each of them odd.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The rows.
        alpha : float, default=0.05
            The share of rows that each limit is to exclude where nothing is odd. Of many rows
            that is many; a smaller one tells of fewer.

        Returns
        -------
        outliers : Outliers
            The rows, each with its T², SPE and what the features add to both. It prints as a
            table; ``to_frame()`` is one.

        Raises
        ------
        ValueError
            As `limits`, to which X is passed.

        Examples
        --------
        >>> from sklearn.datasets import load_wine
        >>> from skparams import PCA
        >>> X = load_wine(as_frame=True).data
        >>> print(PCA(n_components=3, scale=True).fit(X).outliers(X, alpha=0.001))
        5 of 178 rows beyond a limit: T² 17.29, SPE 16.42
        row     T²    SPE  odd in
         95  1.807  24.53  SPE: magnesium 60 %, proanthocyanins 17 %, ash 5 %
         69  2.663  23.31  SPE: magnesium 65 %, flavanoids 8 %, total_phenols 6 %
        110  1.241  22.83  SPE: proanthocyanins 41 %, malic_acid 16 %, hue 13 %
        121  20.05  7.566  T²: ash 37 %, alcalinity_of_ash 29 %, flavanoids 10 %
         59   18.4   2.97  T²: ash 47 %, alcalinity_of_ash 27 %, proanthocyanins 6 %
        """
        check_is_fitted(self)
        check_share(alpha, f"{type(self).__name__}.outliers: alpha")
        index, names = row_index(X), tuple(feature_names(self))
        X = self._checked(X, accept_sparse="csr")
        t2, spe = self._diagnose(X, ("hotelling_t2", "spe"), np.float64)
        limits = self._limits(alpha, spe)
        with np.errstate(divide="ignore", invalid="ignore"):  # a limit may be 0
            ratio = np.fmax(t2 / limits.hotelling_t2, spe / limits.spe)
        beyond = np.stack([t2 > limits.hotelling_t2, spe > max(limits.spe, self._least())], axis=1)
        odd = np.flatnonzero(beyond.any(axis=1))
        odd = odd[np.argsort(-ratio[odd], kind="stable")]
        shares = ("hotelling_t2_contributions", "spe_contributions")
        by_t2, by_spe = self._diagnose(X[odd], shares, np.float64)
        labels = odd if index is None else np.asarray(index)[odd]
        return Outliers(
            odd, labels, t2[odd], spe[odd], by_t2, by_spe, limits, beyond[odd], names, len(t2)
        )

    def _limits(self, alpha: float, spe: np.ndarray | None) -> Limits:
        """Return the limits; SPE of rows stand in for unknown eigenvalues."""
        first, second, third = self._residual
        if first <= self._least():
            first = 0.0
        elif np.isnan(second) and spe is not None:
            first, second = float(spe.mean(dtype=np.float64)), float(spe.var(dtype=np.float64)) / 2
        return limits_of(self._weight_sum, self._rank(), (first, second, third), float(alpha))
