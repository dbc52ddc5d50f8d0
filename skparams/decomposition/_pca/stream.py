"""A PCA that continues from its scatter: batches, merging, and fitted attributes on demand."""

import copy
from typing import Any, Self

import numpy as np
from sklearn import get_config
from sklearn.exceptions import NotFittedError
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skparams._blocks import RowBlocks, row_blocks
from skparams._compat import CallbackSupportMixin
from skparams._lazy import is_lazy
from skparams._runtime import AvailableIf, fit_tasks, unchanged_on_error
from skparams.decomposition._pca.by_blocks import moments_of_blocks
from skparams.decomposition._pca.fingerprint import fingerprint_of
from skparams.decomposition._pca.model import ASSIGNABLE, FittedPCA, fitting
from skparams.decomposition._pca.moments import Moments
from skparams.decomposition._pca.rows import (
    count_positive_weights,
    dtype_of,
    finite_moments,
    leaves_freedom,
    merged_moments,
    n_rows_of,
)
from skparams.decomposition._pca.rules import choose, resolve
from skparams.decomposition._pca.solvers import Spectrum, from_moments, units

# Attributes that a stream computes from its scatter when they are first read.
FROM_SCATTER = (
    "components_",
    "explained_variance_",
    "noise_variance_",
    "n_components_",
    "scale_",
    "_weight_sum",
    "_total_variance",
    "_deviations",
    "_residual",
    "_rounding",
)
# Squared rounding errors of a component's entry that may add up in a squared residual, as rows may
# be some standard deviations from the mean.
MAX_ERRORS = 8
NO_SCATTER = (
    "keeps no scatter matrix to add to: it was built by fit, or slimmed. Build it by partial_fit "
    "from the start: PCA().partial_fit(X) learns what PCA().fit(X) does."
)


class StreamingPCA(CallbackSupportMixin, FittedPCA):
    """What a PCA does with batches of rows, and how it keeps a spectrum."""

    n_samples_: int
    _n_positive_weights: int
    _dtype: str  # a name, which loaders of safe formats accept
    _fingerprint: int | None

    @AvailableIf
    def partial_fit(self, X, y=None, sample_weight=None) -> Self:
        """Update the model with a batch of rows.

        All batches together give what ``fit`` gives on all rows, whatever their sizes and order.
        Fitted attributes are computed from the scatter when they are first read, with the
        arguments that the estimator has then (`set_params` included).

        Parameters
        ----------
        X : {array-like, sparse matrix, Dask array or frame, h5py dataset} of shape \
                (n_samples, n_features)
            The rows.
        y : None, default=None
            Ignored.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows.

        Returns
        -------
        self : PCA
            The estimator.

        Raises
        ------
        ValueError
            As for `fit`.
        AttributeError
            After `fit`, which keeps no scatter, and with `missing` or solvers that need all rows.
        MemoryError
            If the scatter, 8 ``n_features ** 2`` bytes, cannot be allocated.
        """
        with unchanged_on_error(self):
            first = "scatter_" not in vars(self)
            # As scikit-learn's context does, which takes as long as the rest of a small batch.
            if first and not get_config()["skip_parameter_validation"]:
                self._validate_params()
            given = X, y, sample_weight
            if is_lazy(X):
                self._add_blocks(*given, first)
                return self
            X = self._checked(X, reset=first, finite=False)
            weight = self._weights(sample_weight, X, are_all=False)
            tasks = fit_tasks(self, *given, task_name="partial-fit", continues=not first)
            shift = None if first else self._shift
            found = finite_moments(X, weight, shift, type(self).__name__)
            start, before = (0, 0) if first else (self.n_samples_, self._fingerprint)
            self._fingerprint = fingerprint_of(X, weight, start, before)
            self._add_moments(found, X.shape[0], count_positive_weights(X, weight), dtype_of(X))
            tasks.finish()
        return self

    def _add_blocks(self, X: Any, y: Any, sample_weight: Any, first: bool) -> None:
        """Add the moments of rows that are not in memory."""
        blocks = self._blocks(X, sample_weight, reset=first)
        tasks = fit_tasks(self, X, y, sample_weight, task_name="partial-fit", continues=not first)
        found = moments_of_blocks(blocks, type(self).__name__)
        self._fingerprint = None  # it takes rows
        self._add_moments(found.moments, found.n_rows, found.n_positive_weights, dtype_of(blocks))
        tasks.finish()

    def _blocks(self, X: Any, sample_weight: Any, *, reset: bool) -> RowBlocks:
        """Rows that are not in memory in blocks, whose features are checked."""
        blocks = row_blocks(type(self).__name__, X, sample_weight=sample_weight)
        row: Any = np.zeros((1, blocks.n_features))
        if blocks.feature_names is not None:
            import pandas as pd

            row = pd.DataFrame(row, columns=blocks.feature_names)
        self._checked(row, reset=reset)
        return blocks

    def merge(self, other) -> Self:
        """Return a model of the rows of both models, which do not change.

        Parameters
        ----------
        other : PCA
            Another model built by ``partial_fit``.

        Returns
        -------
        merged : PCA
            The result of one ``partial_fit`` on all rows, with the arguments of this model.

        Raises
        ------
        ValueError
            If their features differ, if one was built by ``fit``, which keeps no scatter, or if
            their means are so different that squares of the difference overflow.
        """
        if not isinstance(other, StreamingPCA):
            raise TypeError(f"PCA.merge: other must be a PCA, got {type(other).__name__}.")
        for model, name in ((self, "this model"), (other, "other")):
            check_is_fitted(model)
            if "scatter_" not in vars(model):
                raise ValueError(f"PCA.merge: {name} {NO_SCATTER}")
        if self.n_features_in_ != other.n_features_in_:
            raise ValueError(
                f"PCA.merge: other has {other.n_features_in_} features, but this model has "
                f"{self.n_features_in_}; they must be the same."
            )
        names, others = (getattr(m, "feature_names_in_", None) for m in (self, other))
        if names is not None and others is not None and list(names) != list(others):
            raise ValueError(
                f"PCA.merge: other has the feature names {list(others)}, but this model has "
                f"{list(names)}; they must be the same, in the same order."
            )
        merged = copy.copy(self)
        if names is None and others is not None:
            merged.feature_names_in_ = others
        n_rows, n_positive_weights = other.n_samples_, other._n_positive_weights
        merged._fingerprint = None  # rows of both have other positions
        merged._add_moments(other._moments(), n_rows, n_positive_weights, other._dtype)
        return merged

    def set_params(self, **params) -> Self:
        """Set arguments; a model built by ``partial_fit`` uses them for its fitted attributes.

        Parameters
        ----------
        **params : dict
            Arguments of the constructor.

        Returns
        -------
        self : PCA
            The estimator.
        """
        try:
            return super().set_params(**params)
        finally:  # of several arguments some may have been set before one is refused
            if params and "scatter_" in vars(self):
                self._forget(*FROM_SCATTER, *ASSIGNABLE)

    def _check_resumable(self, task_name: str) -> None:
        """ValueError if a checkpoint of a call is no use."""
        if task_name != "partial-fit":
            raise ValueError(
                "fit has no steps to go on from; the partial_fit of a stream has. To keep what fit "
                "gives, use save_params."
            )

    def _check_partial_fit(self) -> None:
        """Refuse arguments without a meaning in a stream, and models without a scatter."""
        name = type(self).__name__
        n_components, solver = str(self.n_components), str(self.svd_solver)  # arrays are invalid
        if n_components == "cv":
            raise AttributeError(
                f"{name}.partial_fit: n_components='cv' needs all rows at once; use fit, or "
                "another rule."
            )
        if self._fills:
            raise AttributeError(
                f"{name}.partial_fit: missing={self.missing!r} needs all rows at once; use fit, "
                "or missing=None and rows without NaN."
            )
        if solver in ("full", "arpack", "randomized"):
            raise AttributeError(
                f"{name}.partial_fit: svd_solver must be 'auto' or 'covariance_eigh', as a stream "
                f"keeps its scatter and no rows, got {self.svd_solver!r}."
            )
        if "mean_" in vars(self) and "scatter_" not in vars(self):
            raise AttributeError(f"{name}.partial_fit: this model {NO_SCATTER}")

    def _moments(self) -> Moments:
        return Moments(self._weight, self._shift, self._offset, self.scatter_, eps=self._eps)

    def _add_moments(
        self, moments: Moments, n_rows: int, n_positive_weights: int, dtype: Any
    ) -> None:
        """Add the moments of more rows, and discard what was computed from earlier ones."""
        if "scatter_" in vars(self):
            moments = merged_moments(self._moments(), moments, type(self).__name__)
            n_rows += self.n_samples_
            n_positive_weights += self._n_positive_weights
            dtype = np.result_type(self._dtype, dtype)
        self._forget(*FROM_SCATTER, *ASSIGNABLE)
        self._fit_svd_solver = "covariance_eigh"
        self.scatter_, self._shift, self._offset = moments.scatter, moments.shift, moments.offset
        self.mean_, self._eps = moments.mean, moments.eps
        self.n_samples_ = n_rows
        self._n_positive_weights = n_positive_weights
        self._weight = moments.n
        self._dtype = np.dtype(dtype).name

    def _check_fitted(self) -> None:
        super()._check_fitted()
        self._compute()

    def _compute(self) -> None:
        """Compute a stream's fitted attributes, unless they are there."""
        if "scatter_" in vars(self) and "components_" not in vars(self):
            refreshed = copy.copy(self)
            refreshed._refresh()
            found = {k: v for k, v in vars(refreshed).items() if k in FROM_SCATTER}
            self.__dict__.update(found)  # at once, as another thread may read too

    def _refresh(self) -> None:
        """Compute the fitted attributes from the moments."""
        if not get_config()["skip_parameter_validation"]:
            self._validate_params()  # they may have changed since the first batch
        moments = self._moments()
        if self.weights == "relative":
            moments = moments.scaled_to(float(self._n_positive_weights))
        if self._n_positive_weights < 2 or not leaves_freedom(moments.n):
            raise NotFittedError(
                f"This {type(self).__name__} instance has seen {self.n_samples_} sample(s) of "
                f"weight {moments.n:g}, while a minimum of 2 is required: call 'partial_fit' with "
                "more."
            )
        n_rows, p = n_rows_of(self._n_positive_weights, moments.n), self.n_features_in_
        n_components, k = resolve(self.n_components, "covariance_eigh", n_rows, p)
        if n_components == "cv":
            raise ValueError("PCA: n_components='cv' needs rows, of which a stream keeps none.")
        self._keep(from_moments(moments, self.scale, k, min(n_rows, p)), n_components)

    def _keep(self, spectrum: Spectrum, n_components: Any) -> None:
        """Choose the number of components, and keep them in the dtype of X."""
        dtype = self._dtype
        k = choose(n_components, spectrum, check_random_state(self.random_state))
        self.n_components_ = k
        self.mean_ = spectrum.mean
        if self.scale:
            self.scale_ = units(spectrum.deviations)
        self.components_ = np.array(spectrum.vectors[:k], dtype, order="C")  # not a view
        self.explained_variance_ = fitting(spectrum.values[:k], dtype)
        self.noise_variance_ = np.float64(spectrum.noise(k))
        self._total_variance = spectrum.total
        self._deviations = spectrum.seen_deviations
        self._residual = spectrum.power_sums(k)
        # what rounding makes of a variance of 0, in the eigenvalues or by the entries of components
        eps = max(spectrum.eps, MAX_ERRORS * float(np.finfo(dtype).eps) ** 2)
        self._rounding = eps * len(spectrum.mean)
        self._weight_sum = spectrum.n

    def _forget(self, *names: str) -> None:
        for name in names:
            self.__dict__.pop(name, None)

    def __getattr__(self, name: str) -> Any:
        kept = vars(self)
        if name in FROM_SCATTER and "scatter_" in kept:
            try:
                self._compute()
            except ValueError as error:  # as an AttributeError too, which hasattr understands
                raise NotFittedError(str(error)) from error
            if name in kept:
                return kept[name]
        derived = getattr(type(self), name, None)
        if isinstance(derived, property) and derived.fget:
            return derived.fget(self)  # Python dropped its error, which says more than ours
        if name == "partial_fit":  # Python asks here once more where it is not available
            self._check_partial_fit()
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __sklearn_is_fitted__(self):
        return "mean_" in vars(self)

    def __skparams__(self):
        from skparams.decomposition._pca.spec import pca_spec

        return pca_spec()

    def __skparams_ready__(self):
        """Return a model with all fitted attributes: looking at a stream does not change it."""
        if "scatter_" not in vars(self) or "components_" in vars(self):
            return self
        refreshed = copy.copy(self)
        refreshed.random_state = copy.deepcopy(self.random_state)  # a rule may draw
        hasattr(refreshed, "components_")
        return refreshed
