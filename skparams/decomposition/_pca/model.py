"""A fitted PCA: projecting, restoring and scoring rows; its covariance and precision."""

import copy
import warnings
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted

from skparams._compat import invalid_hyperparameter_first
from skparams._lazy import is_lazy, refuse_lazy
from skparams._params import ParamsMixin
from skparams._runtime import VersionedEstimator, validate_data
from skparams.decomposition._pca.blocks import over_blocks, product
from skparams.decomposition._pca.density import (
    given_observed,
    has_density,
    log_density,
    matrix,
    precision_of,
)
from skparams.decomposition._pca.lazy_rows import by_rows, refuse_frames
from skparams.decomposition._pca.rows import (
    about_missing,
    checked_weights,
    dtype_of,
    relative_weights,
)
from skparams.decomposition._pca.solvers import explained_ratios

# Fitted attributes of scikit-learn's PCA.
THEIR_ATTRIBUTES = (
    *("components_", "explained_variance_", "explained_variance_ratio_", "singular_values_"),
    *("mean_", "n_components_", "n_samples_", "noise_variance_"),
    *("n_features_in_", "feature_names_in_"),
)
# Properties that may be assigned, until the next fit.
ASSIGNABLE = ("explained_variance_ratio_", "singular_values_")


def fitting(values: np.ndarray, dtype: Any) -> np.ndarray:
    """Variances in a dtype, or in float64 if they overflow or vanish in it where rows do not."""
    largest, info = np.abs(values).max(initial=0.0), np.finfo(dtype)
    fits = largest == 0 or info.tiny <= largest <= info.max
    return values.astype(dtype if fits else np.float64, copy=False)


class Assignable(property):
    """A property whose value may be assigned, as code that trims a fitted model does."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is not None and self.name in vars(instance):
            return vars(instance)[self.name]
        return super().__get__(instance, owner)

    def __set__(self, instance: Any, value: Any) -> None:
        vars(instance)[self.name] = value


class BasePCA(ClassNamePrefixFeaturesOutMixin, TransformerMixin, ParamsMixin, VersionedEstimator):
    """What a PCA and a rotated one share."""

    if TYPE_CHECKING:  # a stream computes some attributes when they are read

        def __getattr__(self, name: str) -> Any: ...

    @Assignable
    def explained_variance_ratio_(self) -> Any:
        """Explained-variance ratios; all zero if the total variance is zero."""
        return explained_ratios(self.explained_variance_, self._total_variance)

    @property
    def loadings_(self) -> Any:
        """Covariances of the features with the components scaled to unit variance."""
        self._check_fitted()
        return self._loadings().astype(self.components_.dtype, copy=False)

    def _check_fitted(self) -> None:
        check_is_fitted(self)

    @property
    def _n_features_out(self):
        self._check_fitted()
        return len(self.components_)


class FittedPCA(BasePCA):
    """What a PCA does once it is fitted."""

    n_features_in_: int

    @Assignable
    def singular_values_(self) -> Any:
        """Singular values of the centered rows: the norms of the scores."""
        return np.sqrt(self.explained_variance_ * (self._weight_sum - 1))

    eigenvalues_ = property(attrgetter("explained_variance_"), doc="Eigenvalues of the covariance.")
    eigenvectors_ = property(attrgetter("components_.T"), doc="Eigenvectors, one in each column.")

    def _loadings(self) -> np.ndarray:
        variances = self.explained_variance_.astype(np.float64)
        return self.components_.T.astype(np.float64) * np.sqrt(variances)

    def _contributions(self) -> np.ndarray:
        return self.components_.T.astype(np.float64) ** 2

    def transform(self, X) -> Any:
        """Project rows on the components.

        The mean is subtracted in float64 before the product, so that large offsets lose no digits.

        Parameters
        ----------
        X : {array-like, sparse matrix, Dask array or frame, h5py dataset} of shape \
                (n_samples, n_features)
            The rows.

        Returns
        -------
        X_new : ndarray or Dask array of shape (n_samples, n_components)
            The scores, in float32 if X is, else in float64; a Dask array, which is not computed
            here, for one.
        """
        self._check_fitted()
        with invalid_hyperparameter_first(self):
            if is_lazy(X):
                refuse_frames(self, X)
                return by_rows(self, "transform", X)
            return self._project(self._checked(X))

    def _checked(
        self, X: Any, *, reset: bool = False, min_samples: int = 1, finite: bool = True
    ) -> Any:
        """Validated rows of any real dtype; missing values are allowed if `missing` is set."""
        # A plain array and a model without names: validation takes longer than a row's scores, or
        # the moments of a small batch.
        plain = (
            type(X) is np.ndarray
            and X.dtype in (np.float32, np.float64)
            and X.ndim == 2
            and X.shape[0] >= min_samples
            and X.shape[1] >= 1
            and (reset or X.shape[1] == self.n_features_in_)
            and "feature_names_in_" not in vars(self)
        )
        if plain and (finite or self._fills):
            with np.errstate(over="ignore", invalid="ignore"):
                plain = np.isfinite(X.sum())
        if plain:
            self.n_features_in_ = X.shape[1]
            return X
        return self._validated(
            X,
            accept_sparse=("csr", "csc"),
            ensure_all_finite="allow-nan" if self._fills else finite,
            ensure_min_samples=min_samples,
            reset=reset,
        )

    def _validated(self, X: Any, **checks: Any) -> Any:
        """Validated rows; the error about missing values says what there is for them."""
        try:
            return validate_data(self, X, dtype="numeric", **checks)
        except ValueError as error:
            raise about_missing(error, type(self).__name__) from None

    def _weights(self, sample_weight: Any, X: Any, are_all: bool = True) -> np.ndarray | None:
        """Validated weights, scaled if `weights` says so and they are all; None without any."""
        if sample_weight is None:
            return None
        name = type(self).__name__
        refuse_lazy(name, "It may be lazy where X is", sample_weight=sample_weight)
        weight = checked_weights(sample_weight, X, name)
        return relative_weights(weight) if are_all and self.weights == "relative" else weight

    @property
    def _is_scaled(self) -> bool:
        """Whether the model is one of scaled features, whatever `scale` has become since."""
        return "scale_" in vars(self)

    def _units(self) -> np.ndarray:
        """Divisors of the features."""
        components = self.components_
        return self.scale_ if self._is_scaled else np.ones(components.shape[1], components.dtype)

    def _whitener(self) -> np.ndarray:
        """Divisors of whitened scores, clipped if a component has no variance."""
        deviations = np.sqrt(self.explained_variance_)
        largest = deviations.max(initial=0.0) or deviations.dtype.type(1)
        return np.maximum(deviations, np.finfo(deviations.dtype).eps * largest)

    def _project(self, X: Any) -> np.ndarray:
        dtype = dtype_of(X)
        axes = (self.components_ / self._units()).T
        if sp.issparse(X):
            scores = X @ axes.astype(np.float64)
            scores -= self.mean_ @ axes.astype(np.float64)
            scores = scores.astype(dtype, copy=False)
        else:
            if self._has_holes(X):
                X = self._filled(X).astype(dtype)
            scores = np.empty((len(X), axes.shape[1]), dtype)
            axes = axes.astype(dtype, copy=False)

            def project(rows: slice, centered: np.ndarray) -> None:
                product(centered, axes, out=scores[rows])

            over_blocks(X, self.mean_, dtype, project)
        if self.whiten:
            scores /= self._whitener().astype(dtype)
        return scores

    @property
    def _fills(self) -> bool:
        """Whether missing values are filled; an array, as any invalid value, fills none."""
        return str(self.missing) == "em"

    def _has_holes(self, X: Any) -> bool:
        """Whether there are missing values to fill."""
        return self._fills and not sp.issparse(X) and bool(np.isnan(X).any())

    def _filled(self, X: np.ndarray) -> np.ndarray:
        """Rows with expected values in place of missing ones."""
        return given_observed(self, X)[0]

    def inverse_transform(self, X) -> Any:
        """Map scores back to rows.

        Parameters
        ----------
        X : {array-like, Dask array} of shape (n_samples, n_components)
            Scores, whitened if `whiten` is set.

        Returns
        -------
        X_original : ndarray or Dask array of shape (n_samples, n_features)
            Rows in the space of the components, in the units of the training rows.
        """
        self._check_fitted()
        if is_lazy(X):
            return by_rows(self, "inverse_transform", X)
        X = check_array(X, input_name="X", dtype=[np.float64, np.float32])
        axes = self.components_ * self._units()
        with invalid_hyperparameter_first(self):
            if self.whiten:
                axes = np.sqrt(self.explained_variance_)[:, np.newaxis] * axes
        rows = X @ axes.astype(X.dtype, copy=False)
        return np.add(rows, self.mean_, out=rows, casting="same_kind")

    def get_covariance(self) -> Any:
        """Compute the covariance of the rows by the generative model.

        It is ``components_.T * (explained_variance_ - noise_variance_) * components_ +
        noise_variance_ * eye(n_features)``, in the units of the training rows if `scale` is set.
        Whitening does not change it.

        Returns
        -------
        cov : ndarray of shape (n_features, n_features)
            The covariance.
        """
        self._check_fitted()
        noise = float(self.noise_variance_)
        values = np.maximum(self.explained_variance_.astype(np.float64), noise)
        found = matrix(self.components_, values, noise)
        found *= np.multiply.outer(self._units(), self._units())
        return fitting(found, self.components_.dtype)

    def get_precision(self) -> Any:
        """Compute the inverse of the covariance by the generative model.

        The noise variance counts as at least eps times the largest eigenvalue.

        Returns
        -------
        precision : ndarray of shape (n_features, n_features)
            The inverse of the covariance.
        """
        self._check_fitted()
        precision = precision_of(self, self._rounding)
        precision /= np.multiply.outer(self._units(), self._units())
        return fitting(precision, self.components_.dtype)

    def score_samples(self, X) -> Any:
        """Return the log-likelihood of each row by the generative model.

        Bishop, "Pattern Recognition and Machine Learning", 12.2.1. With `missing`, the likelihood
        of a row with NaN is that of its other values. Without noise variance, if the components
        contain all directions that vary but not all directions, no density exists: the
        log-likelihood is -inf, with a warning.

        Parameters
        ----------
        X : {array-like, Dask array or frame, h5py dataset} of shape (n_samples, n_features)
            The rows.

        Returns
        -------
        ll : ndarray or Dask array of shape (n_samples,)
            Their log-likelihoods.
        """
        self._check_fitted()
        if not has_density(self):
            warnings.warn(
                f"{type(self).__name__}: n_components={self.n_components!r} leaves no noise "
                f"variance in {self.n_features_in_} features, so that log-likelihoods are -inf. "
                "Set a smaller n_components, and leave out constant features.",
                stacklevel=2,
            )
        return by_rows(self, "_densities", X) if is_lazy(X) else self._densities(X)

    def _densities(self, X: Any) -> np.ndarray:
        """The log-likelihood of each row."""
        finite = "allow-nan" if self._fills else True
        X = self._validated(X, ensure_all_finite=finite, reset=False)
        if not has_density(self):
            return np.full(len(X), -np.inf, dtype_of(X))
        return log_density(self, X).astype(dtype_of(X), copy=False)

    def to_sklearn(self) -> Any:
        """Return scikit-learn's PCA with the same components.

        It is for tools that look for scikit-learn's class. `n_components` is the number of
        components. Results are the same up to rounding, but scikit-learn subtracts the mean after
        the product, which loses digits where it is large, and with `whiten` its covariance and
        scores are those of whitened rows. Nothing is shared with this model.

        Returns
        -------
        pca : sklearn.decomposition.PCA
            The fitted estimator.

        Raises
        ------
        ValueError
            If scikit-learn's class cannot be the same model: with `scale` or `missing`.
        """
        from sklearn.decomposition import PCA

        self._check_fitted()
        changed = ["scale=True"] if self._is_scaled else []
        changed += [f"missing={self.missing!r}"] if self._fills else []
        if changed:
            raise ValueError(
                f"{type(self).__name__}.to_sklearn: scikit-learn's PCA does not have "
                f"{' and '.join(changed)}."
            )
        given, names = self.get_params(deep=False), PCA().get_params()
        pca = PCA(**{name: copy.deepcopy(given[name]) for name in names})
        pca.n_components = self.n_components_
        for name in THEIR_ATTRIBUTES:
            if hasattr(self, name):
                setattr(pca, name, copy.deepcopy(getattr(self, name)))
        pca._fit_svd_solver = getattr(self, "_fit_svd_solver", "covariance_eigh")  # of a stream
        return pca

    def score(self, X, y=None) -> float:
        """Return the mean log-likelihood of the rows by the generative model.

        Parameters
        ----------
        X : {array-like, Dask array or frame, h5py dataset} of shape (n_samples, n_features)
            The rows.
        y : None, default=None
            Ignored.

        Returns
        -------
        ll : float
            The mean of `score_samples`.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skparams import PCA
        >>> X = load_iris().data
        >>> PCA(n_components=2).fit(X).score(X) > PCA(n_components=1).fit(X).score(X)
        True
        """
        return float(np.mean(self.score_samples(X), dtype=np.float64))
