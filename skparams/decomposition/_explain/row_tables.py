"""Tables of rows, with labels: coordinates, shares, and how odd each is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skparams.decomposition._explain.diagnostics import DIAGNOSTICS, Diagnostics
from skparams.decomposition._explain.tables import feature_names, pandas_for, row_index, wants_frame


class Rows(NamedTuple):
    """Tables of the same rows.

    Parameters
    ----------
    coordinates, contributions, cos2 : DataFrame or ndarray of shape (n_samples, n_components)
        What the methods of the same names return.
    hotelling_t2, spe : Series or ndarray of shape (n_samples,)
        The same of T² and the squared prediction error.
    """

    coordinates: Any
    contributions: Any
    cos2: Any
    hotelling_t2: Any
    spe: Any


class RowTables(Diagnostics):
    """Tables of rows, one row each."""

    def row_tables(self, X, sample_weight=None, *, as_frame=None):
        """Return all tables of rows, from one projection.

        That takes a fraction of the time that the five methods take one after the other.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The rows.
        sample_weight : array-like of shape (n_samples,), default=None
            Their weights, the same as in ``fit``; they matter for the contributions only.
        as_frame : bool, default=None
            Whether to return pandas objects; by default as in `coordinates`.

        Returns
        -------
        tables : Rows
            A named tuple of ``coordinates``, ``contributions``, ``cos2``, ``hotelling_t2`` and
            ``spe``.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skparams import PCA
        >>> X = load_iris().data
        >>> rows = PCA(n_components=2, scale=True).fit(X).row_tables(X)
        >>> rows.cos2[:2].round(3)
        array([[0.954, 0.043],
               [0.893, 0.094]])
        >>> rows.hotelling_t2[:2].round(2)
        array([2.  , 1.97])
        """
        check_is_fitted(self)
        return Rows(*self._row_tables(X, as_frame, "row_tables", Rows._fields, sample_weight))

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
        return self._row_table(X, as_frame, "coordinates")

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
        return self._row_table(X, as_frame, "contributions", sample_weight)

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
        check_is_fitted(self)
        return self._row_table(X, as_frame, "cos2")

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
        return self._row_table(X, as_frame, "hotelling_t2")

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
        return self._row_table(X, as_frame, "spe")

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
        return self._row_table(X, as_frame, "hotelling_t2_contributions")

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
        return self._row_table(X, as_frame, "spe_contributions")

    def _row_table(self, X: Any, as_frame: Any, kind: str, sample_weight: Any = None) -> Any:
        return self._row_tables(X, as_frame, kind, [kind], sample_weight)[0]

    def _row_tables(
        self, X: Any, as_frame: Any, method: str, kinds: Sequence[str], sample_weight: Any
    ) -> list[Any]:
        """Return some of the tables, as frames or arrays."""
        framed, index = wants_frame(self, as_frame, method), row_index(X)
        X = self._checked(X, accept_sparse="csr")
        weight = self._weights(sample_weight, X)
        tables = self._diagnose(X, kinds, np.float32 if X.dtype == np.float32 else np.float64)
        if weight is not None:
            tables[kinds.index("contributions")] *= weight[:, np.newaxis]
        if not framed:
            return tables
        pd = pandas_for(f"{type(self).__name__}.{method}: as_frame=True")
        names = {"components": self.get_feature_names_out(), "features": feature_names(self)}
        frames = []
        for kind, table in zip(kinds, tables, strict=True):
            columns = DIAGNOSTICS[kind]
            if columns is None:
                frames.append(pd.Series(table, index, name=kind, copy=False))
            else:
                frames.append(pd.DataFrame(table, index, names[columns], copy=False))
        return frames
