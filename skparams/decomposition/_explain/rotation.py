"""Components turned so that each has few large loadings: varimax and quartimax."""

from __future__ import annotations

import copy
import warnings
from typing import Any

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin, clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_array, get_tags
from sklearn.utils.validation import check_is_fitted

from skparams._params import ParamsMixin
from skparams._runtime import VersionedEstimator, one_blas_thread, unchanged_on_error
from skparams.decomposition._explain.features import FeatureTables, quotient

# The weight of the columns' evenness in the criterion.
METHODS = {"varimax": 1.0, "quartimax": 0.0}
# The largest change of the rotation at which the iteration ends. The criterion is flat around its
# maximum: that it no longer grows leaves half of the digits open.
TOLERANCE = 1e-13
MAX_ITER = 5000


def rotation_of(loadings: np.ndarray, method: str) -> np.ndarray:
    """Return the orthogonal matrix that turns loadings, by Kaiser's normalised criterion.

    Each feature's loadings are scaled to a communality of 1 first. The iteration is a gradient
    projection, one singular value decomposition a step; it warns where steps do not suffice.
    """
    norms = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    rows = quotient(loadings, norms)
    rotation, change = np.eye(loadings.shape[1]), 0.0
    with one_blas_thread():  # threads that wait for small products take turns, far longer
        for _ in range(MAX_ITER):
            turned = rows @ rotation
            mean = METHODS[method] * (turned**2).mean(axis=0)
            left, _, right = np.linalg.svd(rows.T @ (turned**3 - turned * mean))
            before, rotation = rotation, left @ right
            change = np.abs(rotation - before).max(initial=0.0)
            if change <= TOLERANCE:
                return rotation
    warnings.warn(
        f"RotatedPCA: {method} did not converge within {MAX_ITER} steps; the last one changed the "
        f"rotation by {change:.1e}, more than {TOLERANCE:.0e}.",
        ConvergenceWarning,
        stacklevel=2,
    )
    return rotation


class RotatedPCA(
    FeatureTables,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
    ParamsMixin,
    VersionedEstimator,
):
    """A PCA whose components are turned to be easier to name.

    ``PCA.rotate`` makes one of a fitted PCA; ``fit`` fits the PCA that it is given first.

    The loadings are rotated, each feature's scaled to a communality of 1 first, as Kaiser did.
    What the components explain together does not change, and neither do T², SPE and what
    ``inverse_transform`` restores: those of rows are in ``pca_``. Scores stay uncorrelated; the
    directions in ``components_`` are no longer orthogonal.

    Parameters
    ----------
    pca : PCA
        What is fitted and turned.
    method : {'varimax', 'quartimax'}, default='varimax'
        'varimax' makes the squared loadings of each component uneven, 'quartimax' those of each
        feature.

    Attributes
    ----------
    pca_ : PCA
        The fitted PCA. Components without variance are not turned, but left out.
    rotation_ : ndarray of shape (n_components, n_components)
        Orthogonal; the rotated loadings are those of ``pca_`` times it.
    components_ : ndarray of shape (n_components, n_features)
        The rotated loadings, scaled to norm 1, by falling variance.
    explained_variance_ : ndarray of shape (n_components,)
        Sums of the squared rotated loadings. They sum to what they did before.
    explained_variance_ratio_ : ndarray of shape (n_components,)
        Their shares in the variance of all features.
    loadings_, correlations_, contributions_ : DataFrame or ndarray
        As those of `PCA`.
    communalities_ : Series or ndarray of shape (n_features,)
        The same as before.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Their names, where X has names that are all strings.

    See Also
    --------
    PCA.rotate : Turns a fitted PCA.

    References
    ----------
    .. [1] Kaiser, "The varimax criterion for analytic rotation in factor analysis", Psychometrika
       23, 1958.
    .. [2] Jolliffe, "Principal Component Analysis", 2nd edition, 2002, section 11.1.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skparams import PCA
    >>> X = load_iris().data
    >>> pca = PCA(n_components=2, scale=True).fit(X)
    >>> rotated = pca.rotate("varimax")
    >>> rotated.loadings_.round(2)
    array([[ 0.96,  0.05],
           [-0.14,  0.99],
           [ 0.94, -0.31],
           [ 0.93, -0.26]])
    >>> rotated.explained_variance_.round(2), pca.explained_variance_.round(2)
    (array([2.7 , 1.13]), array([2.92, 0.91]))
    """

    def __init__(self, pca, method="varimax"):
        self.pca = pca
        self.method = method

    def fit(self, X, y=None, sample_weight=None):
        """Fit the PCA, and turn its components.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The rows.
        y : Ignored
            Ignored.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows.

        Returns
        -------
        self : RotatedPCA
            The fitted estimator.
        """
        with unchanged_on_error(self):
            check_method(self.method, type(self).__name__)
            self._turn(clone(self.pca).fit(X, sample_weight=sample_weight))
        return self

    def _turn(self, pca: Any) -> RotatedPCA:
        loadings = pca._loadings()[:, : pca._rank()]
        rotation = rotation_of(loadings, self.method)
        turned = loadings @ rotation
        order = np.argsort(-(turned**2).sum(axis=0), kind="stable")
        largest = np.abs(turned).argmax(axis=0)
        signs = np.where(turned[largest, np.arange(turned.shape[1])] < 0, -1.0, 1.0)
        self.pca_, self.rotation_ = pca, (rotation * signs)[:, order]
        return self

    @property
    def components_(self):  # type: ignore[override]
        """The rotated loadings, scaled to norm 1."""
        check_is_fitted(self)
        components = quotient(self._loadings(), np.sqrt(self._variances())).T
        return components.astype(self.pca_.components_.dtype, copy=False)

    @property
    def explained_variance_(self):  # type: ignore[override]
        """Sums of the squared rotated loadings."""
        check_is_fitted(self)
        return self._variances().astype(self.pca_.components_.dtype, copy=False)

    @property
    def explained_variance_ratio_(self):
        """Shares in the variance of all features."""
        check_is_fitted(self)
        total = self.pca_._total_variance
        return self.explained_variance_ / (total if total > 0 else 1.0)

    @property
    def n_features_in_(self):
        """Number of features."""
        check_is_fitted(self)
        return self.pca_.n_features_in_

    @property
    def feature_names_in_(self):
        """Names of the features."""
        check_is_fitted(self)
        return self.pca_.feature_names_in_

    @property
    def _deviations(self):  # type: ignore[override]
        return self.pca_._deviations

    @property
    def _n_features_out(self):
        return self.rotation_.shape[1]

    def transform(self, X):
        """Return the rotated scores of rows.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The rows.

        Returns
        -------
        X_new : ndarray of shape (n_samples, n_components)
            Uncorrelated over the training rows, with the variances `explained_variance_`, or 1
            where the PCA has `whiten` set.
        """
        check_is_fitted(self)
        scores = self.pca_.coordinates(X, as_frame=False)
        inverse = np.sqrt(self.pca_._inverse_variances()[: len(self.rotation_)])
        axes = inverse[:, np.newaxis] * self.rotation_ * self._spreads()
        return scores[:, : len(axes)] @ axes.astype(scores.dtype)

    def inverse_transform(self, X):
        """Return the rows that have the given scores; the same that the PCA restores.

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
        X = check_array(X, input_name="X", dtype=[np.float64, np.float32])
        rows = quotient(X.astype(np.float64), self._spreads()) @ self._loadings().T
        return (rows * self.pca_._unit() + self.pca_.mean_).astype(X.dtype, copy=False)

    def _loadings(self) -> np.ndarray:
        return self.pca_._loadings()[:, : len(self.rotation_)] @ self.rotation_

    def _contributions(self) -> np.ndarray:
        return quotient(self._loadings() ** 2, self._variances())

    def _variances(self) -> np.ndarray:
        return (self._loadings() ** 2).sum(axis=0)

    def _spreads(self) -> np.ndarray:
        """Return the standard deviations of the scores."""
        variances = self._variances()
        return np.ones_like(variances) if self.pca_.whiten else np.sqrt(variances)

    def __sklearn_tags__(self):
        tags, of_pca = super().__sklearn_tags__(), get_tags(self.pca)
        tags.transformer_tags.preserves_dtype = of_pca.transformer_tags.preserves_dtype
        tags.input_tags.sparse = of_pca.input_tags.sparse
        tags.input_tags.allow_nan = of_pca.input_tags.allow_nan
        return tags

    def __skparams__(self):
        from skparams.decomposition._pca.spec import rotated_spec

        return rotated_spec()

    def __sklearn_is_fitted__(self):
        return "rotation_" in vars(self)


def check_method(method: Any, what: str) -> None:
    """Refuse a rotation that there is not."""
    if not isinstance(method, str) or method not in METHODS:
        raise ValueError(f"{what}: method must be one of {list(METHODS)}, got {method!r}.")


def rotated(pca: Any, method: str) -> RotatedPCA:
    """Return a fitted PCA, turned; it does not change."""
    check_method(method, f"{type(pca).__name__}.rotate")
    pca = copy.copy(pca)  # what a fit holds is replaced and never written into
    return RotatedPCA(pca, method)._turn(pca)
