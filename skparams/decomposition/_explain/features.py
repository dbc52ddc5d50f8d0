"""What the components say of the features: loadings, correlations, contributions."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skparams.decomposition._explain.tables import (
    feature_index,
    feature_names,
    pandas_for,
    wants_frame,
)

TABLES = ("loadings", "correlations", "contributions", "communalities")


def quotient(values: np.ndarray, by: np.ndarray) -> np.ndarray:
    """Return values divided, and 0 where that would be by 0."""
    return np.divide(values, by, out=np.zeros_like(values), where=by > 0)


class FeatureTables:
    """Tables of the features, one row each. They follow from what is stored, and are not."""

    components_: np.ndarray
    explained_variance_: np.ndarray
    get_feature_names_out: Any
    _deviations: np.ndarray

    @property
    def loadings_(self):
        """Covariances of the features with the components scaled to unit variance."""
        return self.feature_table("loadings")

    @property
    def correlations_(self):
        """Correlations of the features with the components."""
        return self.feature_table("correlations")

    @property
    def contributions_(self):
        """Share of each feature in each component; each component's sum to 1."""
        return self.feature_table("contributions")

    @property
    def communalities_(self):
        """Share of each feature's variance that all components together explain."""
        return self.feature_table("communalities")

    def feature_table(self, kind="loadings", *, as_frame=None):
        """Return a table of the features: the properties of the same names, as you like them.

        Parameters
        ----------
        kind : {'loadings', 'correlations', 'contributions', 'communalities'}, default='loadings'
            Which numbers.

            - 'loadings' are ``components_.T * sqrt(explained_variance_)``: the covariances of
              the features, scaled where `scale` is set, with components of unit variance.
            - 'correlations' are those of the features with the components: loadings over the
              features' standard deviations. With `scale` they are the loadings.
            - 'contributions' are the squares of the components' entries. Those of a component
              sum to 1.
            - 'communalities' are the sums of the squared correlations: the share of a feature's
              variance that all kept components explain together. One column.
        as_frame : bool, default=None
            Whether to return pandas objects with names; by default where the model saw names and
            pandas is installed. Else an array.

        Returns
        -------
        table : DataFrame, Series or ndarray of shape (n_features, n_components)
            One row a feature, one column a component, in the dtype of the components. Features
            without variance have correlations and a communality of 0. Communalities are a Series
            or an array of shape (n_features,).

        Raises
        ------
        ValueError
            If there is no such table.
        ImportError
            If a frame was asked for and pandas is not installed.

        References
        ----------
        .. [1] Jolliffe, "Principal Component Analysis", 2nd edition, 2002, sections 2.1 and 3.4.
        .. [2] Abdi and Williams, "Principal component analysis", WIREs Computational Statistics
           2, 2010: contributions and squared cosines.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skparams import PCA
        >>> X, _ = load_iris(return_X_y=True, as_frame=True)
        >>> pca = PCA(n_components=2, scale=True).fit(X)
        >>> pca.feature_table("correlations").round(3)
                            pca0   pca1
        sepal length (cm)  0.890  0.361
        sepal width (cm)  -0.460  0.883
        petal length (cm)  0.992  0.023
        petal width (cm)   0.965  0.064
        >>> pca.feature_table("communalities", as_frame=False).round(3)
        array([0.923, 0.991, 0.984, 0.935])
        """
        check_is_fitted(self)
        if kind not in TABLES:
            raise ValueError(
                f"{type(self).__name__}.feature_table: kind must be one of {list(TABLES)}, got "
                f"{kind!r}."
            )
        table = getattr(self, f"_{kind}")().astype(self.components_.dtype, copy=False)
        if not wants_frame(self, as_frame, "feature_table"):
            return table
        pd = pandas_for(f"{type(self).__name__}.feature_table: as_frame=True")
        if table.ndim == 1:
            return pd.Series(table, feature_names(self), name="communality")
        return pd.DataFrame(table, feature_names(self), self.get_feature_names_out())

    def explained_by(self, feature, *, as_frame=None):
        """Return what ties one feature to each component, in both directions.

        Parameters
        ----------
        feature : str or int
            Its name or its position.
        as_frame : bool, default=None
            Whether to return a frame; by default where the model saw names and pandas is
            installed.

        Returns
        -------
        table : DataFrame or ndarray of shape (n_components, 4)
            One row a component. Columns: the feature's ``loading`` on it; their ``correlation``;
            its ``contribution``, the share of the component that the feature makes; ``cos2``,
            the share of the feature's variance that the component explains. The latter sum to
            the feature's communality.

        Raises
        ------
        ValueError
            If there is no such feature.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skparams import PCA
        >>> X, _ = load_iris(return_X_y=True, as_frame=True)
        >>> PCA(n_components=2, scale=True).fit(X).explained_by("sepal width (cm)").round(3)
              loading  correlation  contribution   cos2
        pca0   -0.460       -0.460         0.073  0.212
        pca1    0.883        0.883         0.852  0.779
        """
        check_is_fitted(self)
        j = feature_index(self, feature, "explained_by")
        loading, correlation, contribution = (getattr(self, f"_{kind}")()[j] for kind in TABLES[:3])
        table = np.column_stack([loading, correlation, contribution, correlation**2])
        table = table.astype(self.components_.dtype, copy=False)
        if not wants_frame(self, as_frame, "explained_by"):
            return table
        pd = pandas_for(f"{type(self).__name__}.explained_by: as_frame=True")
        columns = ["loading", "correlation", "contribution", "cos2"]
        return pd.DataFrame(table, self.get_feature_names_out(), columns)

    def _loadings(self) -> np.ndarray:
        variances = self.explained_variance_.astype(np.float64)
        return self.components_.T.astype(np.float64) * np.sqrt(variances)

    def _correlations(self) -> np.ndarray:
        return quotient(self._loadings(), self._deviations[:, np.newaxis])

    def _contributions(self) -> np.ndarray:
        return self.components_.T.astype(np.float64) ** 2

    def _communalities(self) -> np.ndarray:
        return (self._correlations() ** 2).sum(axis=1)
