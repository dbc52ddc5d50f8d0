"""What a fitted PCA says of rows: coordinates, shares, and how odd each is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.utils.validation import check_is_fitted

from skparams._compat import check_sample_weight
from skparams.decomposition._features import quotient
from skparams.decomposition._limits import Limits, check_share, limits_of
from skparams.decomposition._model import PCAModel
from skparams.decomposition._outliers import Outliers
from skparams.decomposition._tables import feature_names, pandas_for, row_index, wants_frame


class RowTables(PCAModel):
    """Tables of rows, one row each, in blocks and in float64."""

    _residual: tuple[float, float, float]

    def coordinates(self, X, *, as_frame=None):
        """Return the scores of rows, never whitened.

        Training rows and others (supplementary ones) alike.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The rows.
        as_frame : bool, default=None
            Whether to return a frame with names and the rows' index; by default where the model
            saw names and pandas is installed. Else an array.

        Returns
        -------
        table : DataFrame or ndarray of shape (n_samples, n_components)
            One row each, float32 where X is, else float64. Those of the training rows have the
            variances `explained_variance_`.

        Notes
        -----
        FactoMineR and prince divide by ``n``, not ``n - 1``, where they scale features; their
        coordinates of scaled data are larger by ``sqrt(n / (n - 1))``.
        """
        check_is_fitted(self)
        return self._row_table(X, as_frame, "coordinates", lambda z, scores: scores, "components")

    def contributions(self, X, sample_weight=None, *, as_frame=None):
        """Return the share of each row in each component's variance.

        It is ``score ** 2 / ((n - 1) * eigenvalue)``; those of all training rows sum to 1.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The rows.
        sample_weight : array-like of shape (n_samples,), default=None
            Their weights, the same as in ``fit``.
        as_frame : bool, default=None
            As in `coordinates`.

        Returns
        -------
        table : DataFrame or ndarray of shape (n_samples, n_components)
            One row each; 0 where a component has no variance.

        See Also
        --------
        PCA.contributions_ : Shares of the features.
        """
        check_is_fitted(self)
        inverse = self._inverse_variances() / (self._weight_sum - 1)
        return self._row_table(
            X,
            as_frame,
            "contributions",
            lambda z, scores: scores**2 * inverse,
            "components",
            sample_weight,
        )

    def cos2(self, X, *, as_frame=None):
        """Return the share of each component in each row's squared distance from the mean.

        A row's shares sum to 1 where there are as many components as features, and to less where
        some of its distance is in no component.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The rows.
        as_frame : bool, default=None
            As in `coordinates`.

        Returns
        -------
        table : DataFrame or ndarray of shape (n_samples, n_components)
            One row each; 0 for a row that is the mean.
        """

        def squared_cosines(z: np.ndarray, scores: np.ndarray) -> np.ndarray:
            norms = np.einsum("ij,ij->i", z, z)
            return quotient(scores**2, norms[:, np.newaxis])

        check_is_fitted(self)
        return self._row_table(X, as_frame, "cos2", squared_cosines, "components")

    def hotelling_t2(self, X, *, as_frame=None):
        """Return Hotelling's T²: how far each row is from the mean along the components.

        It is the sum of the squared scores, each divided by its component's variance. Components
        without variance, below the rounding error of the largest, take no part.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The rows.
        as_frame : bool, default=None
            Whether to return a Series with the rows' index; by default as in `coordinates`.

        Returns
        -------
        t2 : Series or ndarray of shape (n_samples,)
            One number a row.

        References
        ----------
        .. [1] Hotelling, "Multivariate quality control", 1947.
        .. [2] Jackson, "A User's Guide to Principal Components", 1991, section 1.7.
        """
        check_is_fitted(self)
        inverse = self._inverse_variances()
        return self._row_table(X, as_frame, "hotelling_t2", lambda z, scores: scores**2 @ inverse)

    def spe(self, X, *, as_frame=None):
        """Return the squared prediction error: how far each row is from the components' space.

        Also known as Q. It is the squared distance between the row and what
        ``inverse_transform`` makes of its scores; with `scale`, of the scaled features. Components
        without variance count as what is around that space. Where no direction is left, it is 0.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The rows.
        as_frame : bool, default=None
            Whether to return a Series with the rows' index; by default as in `coordinates`.

        Returns
        -------
        spe : Series or ndarray of shape (n_samples,)
            One number a row.

        References
        ----------
        .. [1] Jackson and Mudholkar, "Control procedures for residuals associated with principal
           component analysis", Technometrics 21, 1979.
        """
        check_is_fitted(self)
        return self._row_table(X, as_frame, "spe", self._squared_errors)

    def hotelling_t2_contributions(self, X, *, as_frame=None):
        """Return what each feature adds to each row's T².

        It is the feature's deviation times the sum over the components of score, entry and
        inverse variance. A row's contributions sum to its T²; one may be negative.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The rows.
        as_frame : bool, default=None
            As in `coordinates`.

        Returns
        -------
        table : DataFrame or ndarray of shape (n_samples, n_features)
            One row each.

        References
        ----------
        .. [1] Westerhuis, Gurden and Smilde, "Generalized contribution plots in multivariate
           statistical process monitoring", 2000.
        """
        check_is_fitted(self)
        return self._row_table(
            X, as_frame, "hotelling_t2_contributions", self._t2_shares, "features"
        )

    def spe_contributions(self, X, *, as_frame=None):
        """Return what each feature adds to each row's SPE: its squared residual.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The rows.
        as_frame : bool, default=None
            As in `coordinates`.

        Returns
        -------
        table : DataFrame or ndarray of shape (n_samples, n_features)
            One row each, which sums to its SPE.

        References
        ----------
        .. [1] Westerhuis, Gurden and Smilde, "Generalized contribution plots in multivariate
           statistical process monitoring", 2000.
        """
        check_is_fitted(self)
        return self._row_table(
            X, as_frame, "spe_contributions", self._squared_residuals, "features"
        )

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
        inverse = self._inverse_variances()
        n_rows, p = X.shape
        t2, spe = np.empty((2, n_rows))
        for rows, z, scores in self._deviates(X):
            t2[rows] = scores**2 @ inverse
            spe[rows] = self._squared_errors(z, scores)
        limits = self._limits(alpha, spe)
        with np.errstate(divide="ignore", invalid="ignore"):  # a limit may be 0
            ratio = np.fmax(t2 / limits.hotelling_t2, spe / limits.spe)
        odd = np.flatnonzero((t2 > limits.hotelling_t2) | (spe > max(limits.spe, self._least())))
        odd = odd[np.argsort(-ratio[odd], kind="stable")]
        by_t2, by_spe = np.empty((2, odd.size, p))
        for rows, z, scores in self._deviates(X[odd]):
            by_t2[rows] = self._t2_shares(z, scores)
            by_spe[rows] = self._squared_residuals(z, scores)
        labels = odd if index is None else np.asarray(index)[odd]
        return Outliers(odd, labels, t2[odd], spe[odd], by_t2, by_spe, limits, names, n_rows)

    def _limits(self, alpha: float, spe: np.ndarray | None) -> Limits:
        """Return the limits; SPE of rows stand in for unknown eigenvalues."""
        first, second, third = self._residual
        if first <= self._least():
            first = 0.0
        elif np.isnan(second) and spe is not None:
            first, second = float(spe.mean(dtype=np.float64)), float(spe.var(dtype=np.float64)) / 2
        return limits_of(self._weight_sum, self._rank(), (first, second, third), float(alpha))

    def _row_table(
        self,
        X: Any,
        as_frame: bool | None,
        method: str,
        compute: Callable[[np.ndarray, np.ndarray], np.ndarray],
        columns: str | None = None,
        sample_weight: Any = None,
    ) -> Any:
        """Return what compute makes of deviations and scores, block by block, with labels."""
        framed, index = wants_frame(self, as_frame, method), row_index(X)
        X = self._checked(X, accept_sparse="csr")
        weight = None
        if sample_weight is not None:
            weight = check_sample_weight(sample_weight, X, dtype=np.float64)[:, np.newaxis]
        width = {"components": len(self.components_), "features": X.shape[1]}
        shape = (X.shape[0], width[columns]) if columns else X.shape[:1]
        table = np.empty(shape, np.float32 if X.dtype == np.float32 else np.float64)
        for rows, z, scores in self._deviates(X):
            table[rows] = compute(z, scores)
            if weight is not None:
                table[rows] *= weight[rows]
        if not framed:
            return table
        pd = pandas_for(f"{type(self).__name__}.{method}: as_frame=True")
        if columns is None:
            return pd.Series(table, index, name=method, copy=False)
        names = feature_names(self) if columns == "features" else self.get_feature_names_out()
        return pd.DataFrame(table, index, names, copy=False)

    def _deviates(self, X: Any) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
        """Yield where rows are from, their deviations from the mean, and their scores.

        In blocks and in float64. Deviations are those of scaled features where `scale` is set.
        """
        if self.missing == "em" and not sp.issparse(X) and np.isnan(X).any():
            X = self._filled(X)
        axes = self.components_.T.astype(np.float64)
        inverse = 1.0 / self.scale_ if self.scale else None
        for rows, z in self._centered(X, np.float64):
            if inverse is not None:
                z *= inverse
            yield rows, z, z @ axes

    def _rank(self) -> int:
        """Return how many components have a variance that is more than rounding error."""
        return int((self.explained_variance_ > self._least()).sum())

    def _least(self) -> float:
        """Return the rounding error of a variance."""
        eps, p = np.finfo(self.components_.dtype).eps, self.components_.shape[1]
        return float(eps * p * self.explained_variance_.max(initial=0.0))

    def _inverse_variances(self) -> np.ndarray:
        """Return the inverse of each component's variance, and 0 where it has none."""
        inverse = np.zeros(len(self.components_))
        rank = self._rank()
        inverse[:rank] = 1.0 / self.explained_variance_[:rank].astype(np.float64)
        return inverse

    def _residuals(self, z: np.ndarray, scores: np.ndarray) -> np.ndarray:
        """Return what of deviations is not in the components, in place."""
        rank = self._rank()
        if rank == z.shape[1]:  # nothing is left, not even rounding errors
            z[:] = 0.0
        else:
            z -= scores[:, :rank] @ self.components_[:rank].astype(np.float64)
        return z

    def _squared_errors(self, z: np.ndarray, scores: np.ndarray) -> np.ndarray:
        residuals = self._residuals(z, scores)
        return np.einsum("ij,ij->i", residuals, residuals)

    def _squared_residuals(self, z: np.ndarray, scores: np.ndarray) -> np.ndarray:
        return self._residuals(z, scores) ** 2

    def _t2_shares(self, z: np.ndarray, scores: np.ndarray) -> np.ndarray:
        slopes = (scores * self._inverse_variances()) @ self.components_.astype(np.float64)
        return z * slopes
