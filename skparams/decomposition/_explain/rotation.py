"""A PCA whose components are rotated so that each has few large loadings."""

import copy
from operator import attrgetter
from typing import Any, Self

import numpy as np
from sklearn.base import clone
from sklearn.utils import check_array, get_tags
from sklearn.utils.validation import check_is_fitted

from skparams._lazy import is_lazy
from skparams._runtime import unchanged_on_error
from skparams.decomposition._explain.checks import check_option
from skparams.decomposition._explain.diagnostics import (
    diagnose,
    inverse_variances,
    quotient,
    rank_of,
)
from skparams.decomposition._explain.orthomax import METHODS, rotation_of
from skparams.decomposition._pca import BasePCA, by_rows, dtype_of, refuse_frames


class RotatedPCA(BasePCA):
    """A PCA whose components are rotated to be easier to name.

    ``explain(pca).rotate()`` returns one of a fitted PCA; ``fit`` fits the PCA first.

    The loadings are rotated, with each feature's scaled to a communality of 1 first (Kaiser's
    normalization). What the components explain together, T², SPE and what ``inverse_transform``
    restores do not change. The directions in ``components_`` are no longer orthogonal. Scores stay
    uncorrelated, but for 'promax'.

    Parameters
    ----------
    pca : PCA
        The estimator that is fitted and rotated.
    method : {'varimax', 'quartimax', 'promax'}, default='varimax'
        'varimax' makes the squared loadings of each component uneven, 'quartimax' those of each
        feature. 'promax' lets the components of 'varimax' correlate, which leaves fewer large
        loadings where what they stand for is related.

    Attributes
    ----------
    pca_ : PCA
        The fitted PCA. Components without variance are left out of the rotation.
    rotation_ : ndarray of shape (n_components, n_components)
        The matrix that the loadings of ``pca_`` are multiplied by; orthogonal but for 'promax'.
    component_correlations_ : ndarray of shape (n_components, n_components)
        Correlations of the rotated components; the identity but for 'promax'.
    components_ : ndarray of shape (n_components, n_features)
        The rotated loadings, scaled to norm 1, by falling variance.
    explained_variance_ : ndarray of shape (n_components,)
        Sums of the squared rotated loadings; with 'promax' of their products with the covariances
        of feature and component. Their sum is that of the PCA.
    explained_variance_ratio_ : ndarray of shape (n_components,)
        Explained variance over the variance of all features.
    loadings_ : ndarray of shape (n_features, n_components)
        The rotated loadings: by how much a feature grows with a component, the others held.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of shape (n_features,)
        Their names, where X has names that are all strings.

    See Also
    --------
    explain : Rotates a fitted PCA, and has the tables of a rotated one.

    References
    ----------
    .. [1] Kaiser, "The varimax criterion for analytic rotation in factor analysis", Psychometrika
       23, 1958.
    .. [2] Hendrickson and White, "Promax: a quick method for rotation to oblique simple structure",
       British Journal of Statistical Psychology 17, 1964.
    .. [3] Jolliffe, "Principal Component Analysis", 2nd edition, 2002, section 11.1.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skparams import PCA, explain
    >>> X = load_iris().data
    >>> pca = PCA(n_components=2, scale=True).fit(X)
    >>> rotated = explain(pca).rotate("varimax")
    >>> rotated.loadings_.round(2)
    array([[ 0.96,  0.05],
           [-0.14,  0.99],
           [ 0.94, -0.31],
           [ 0.93, -0.26]])
    >>> rotated.explained_variance_.round(2), pca.explained_variance_.round(2)
    (array([2.7 , 1.13]), array([2.92, 0.91]))
    """

    def __init__(self, pca, method="varimax") -> None:
        self.pca = pca
        self.method = method

    def fit(self, X, y=None, sample_weight=None) -> Self:
        """Fit the PCA, and rotate its components.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The rows.
        y : None, default=None
            Ignored.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows.

        Returns
        -------
        self : RotatedPCA
            The fitted estimator.
        """
        with unchanged_on_error(self):
            check_option(self.method, METHODS, f"{type(self).__name__}: method")
            self._rotate(clone(self.pca).fit(X, sample_weight=sample_weight))
        return self

    def _rotate(self, pca: Any) -> Self:
        loadings = pca._loadings()[:, : rank_of(pca)]
        rotation = rotation_of(loadings, self.method)
        turned = loadings @ rotation
        structure = turned @ _correlations(rotation)
        order = np.argsort(-(turned * structure).sum(axis=0), kind="stable")
        largest = np.abs(turned).argmax(axis=0)
        signs = np.where(turned[largest, np.arange(turned.shape[1])] < 0, -1.0, 1.0)
        self.pca_, self.rotation_ = pca, (rotation * signs)[:, order]
        return self

    @property
    def components_(self) -> Any:
        """The rotated loadings, scaled to norm 1."""
        components = quotient(self._loadings(), self._norms()).T
        return components.astype(self.pca_.components_.dtype, copy=False)

    @property
    def explained_variance_(self) -> Any:
        """The share of each rotated component in the variance that all explain."""
        variances = (self._loadings() * self._structure()).sum(axis=0)
        return variances.astype(self.pca_.components_.dtype, copy=False)

    @property
    def component_correlations_(self) -> Any:
        """Correlations of the rotated components."""
        check_is_fitted(self)
        return _correlations(self.rotation_)

    n_features_in_ = property(attrgetter("pca_.n_features_in_"), doc="Number of features.")
    feature_names_in_ = property(attrgetter("pca_.feature_names_in_"), doc="Names of the features.")
    _deviations = property(attrgetter("pca_._deviations"))
    _total_variance = property(attrgetter("pca_._total_variance"))

    def transform(self, X) -> Any:
        """Return the rotated scores of rows.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The rows.

        Returns
        -------
        X_new : ndarray of shape (n_samples, n_components)
            Over the training rows they have the correlations `component_correlations_`. Their
            variances are the sums of the squared loadings, or 1 if the PCA has `whiten` set.
        """
        check_is_fitted(self)
        if is_lazy(X):
            refuse_frames(self, X)
            return by_rows(self, "transform", X)
        X = self.pca_._checked(X)
        (scores,) = diagnose(self.pca_, X, ["coordinates"], dtype_of(X))
        inverse = np.sqrt(inverse_variances(self.pca_)[: len(self.rotation_)])
        axes = inverse[:, np.newaxis] * np.linalg.inv(self.rotation_).T * self._spreads()
        return scores[:, : len(axes)] @ axes.astype(scores.dtype)

    def inverse_transform(self, X) -> Any:
        """Map rotated scores back to rows, the same as those of the PCA.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_components)
            Rotated scores.

        Returns
        -------
        X_original : ndarray of shape (n_samples, n_features)
            Rows in the space of the components, in the units of the training rows.
        """
        check_is_fitted(self)
        if is_lazy(X):
            return by_rows(self, "inverse_transform", X)
        X = check_array(X, input_name="X", dtype=[np.float64, np.float32])
        rows = quotient(X.astype(np.float64), self._spreads()) @ self._loadings().T
        return (rows * self.pca_._units() + self.pca_.mean_).astype(X.dtype, copy=False)

    def _loadings(self) -> np.ndarray:
        check_is_fitted(self)
        return self.pca_._loadings()[:, : len(self.rotation_)] @ self.rotation_

    def _contributions(self) -> np.ndarray:
        return quotient(self._loadings() ** 2, self._norms() ** 2)

    def _structure(self) -> np.ndarray:
        """Covariances of the features with the components of unit variance."""
        return self._loadings() @ _correlations(self.rotation_)

    def _norms(self) -> np.ndarray:
        return np.sqrt((self._loadings() ** 2).sum(axis=0))

    def _spreads(self) -> np.ndarray:
        """Standard deviations of the scores."""
        norms = self._norms()
        return np.ones_like(norms) if self.pca_.whiten else norms

    def __sklearn_tags__(self):
        tags, of_pca = super().__sklearn_tags__(), get_tags(self.pca)
        tags.transformer_tags.preserves_dtype = of_pca.transformer_tags.preserves_dtype
        tags.input_tags.sparse = of_pca.input_tags.sparse
        tags.input_tags.allow_nan = of_pca.input_tags.allow_nan
        return tags

    def __skparams__(self):
        from skparams.decomposition._pca import rotated_spec

        return rotated_spec()

    def __sklearn_is_fitted__(self):
        return "rotation_" in vars(self)


def _correlations(rotation: np.ndarray) -> np.ndarray:
    """Correlations of components whose loadings are multiplied by a matrix."""
    return np.linalg.inv(rotation.T @ rotation)


def rotate(pca: Any, method: str) -> RotatedPCA:
    """A rotated copy of a fitted PCA."""
    check_option(method, METHODS, "Explanation.rotate: method")
    pca = copy.copy(pca)  # a fit replaces its arrays and never writes into them
    return RotatedPCA(pca, method)._rotate(pca)
