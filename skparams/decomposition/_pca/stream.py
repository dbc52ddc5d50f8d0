"""A PCA that goes on from its scatter: batches, merging, and learning when it is read."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from sklearn import get_config
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from skparams._runtime import AvailableIf, unchanged_on_error
from skparams.decomposition._pca.moments import Moments
from skparams.decomposition._pca.n_components import check, needs_all
from skparams.decomposition._pca.rows import (
    FittedFromRows,
    dtype_of,
    n_rows_of,
    spectrum_of,
    weights_of,
)

# What is learned from the scatter of a stream, when it is first read.
FROM_SCATTER = (
    "components_",
    "explained_variance_",
    "noise_variance_",
    "n_components_",
    "scale_",
    "_total_variance",
    "_deviations",
    "_residual",
)
# What only a stream has.
OF_STREAM = ("scatter_", "_shift", "_offset", "_n_weighty")
NO_SCATTER = (
    "keeps no scatter matrix to add to: it was built by fit, or slimmed. Build it by partial_fit "
    "from the start: PCA().partial_fit(X) learns what PCA().fit(X) does."
)


class StreamingPCA(FittedFromRows):
    """What a PCA does with the rows that come in batches."""

    svd_solver: str
    scatter_: np.ndarray
    _shift: np.ndarray
    _offset: np.ndarray
    _n_weighty: int

    @AvailableIf
    def partial_fit(self, X, y=None, sample_weight=None):
        """Take in a batch of rows; all batches together give what ``fit`` gives on all rows.

        Batches may have any size and order. What is learned is computed from the scatter when it
        is first read, with the arguments that the estimator then has (`set_params` included).

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
        self : PCA
            The estimator.

        Raises
        ------
        ValueError
            As `fit`.
        AttributeError
            After `fit`, which keeps no scatter, and with `missing` or solvers that need all rows.
        MemoryError
            Where the scatter, 8 ``n_features ** 2`` bytes, cannot be had.
        """
        with unchanged_on_error(self):
            first = "scatter_" not in vars(self)
            # As scikit-learn's context does, which takes as long as the rest of a small batch.
            if first and not get_config()["skip_parameter_validation"]:
                self._validate_params()
            X, weight = self._validated(X, sample_weight, reset=first, min_samples=1)
            found = self._moments(X, weight, shift=None if first else self._shift)
            dtype = dtype_of(X)
            n_rows, n_weighty = X.shape[0], weights_of(X, weight)[0]
            if not first:
                found = self._merged(self._stream(), found)
                n_rows += self.n_samples_
                n_weighty += self._n_weighty
                dtype = np.result_type(self._dtype, dtype)
            self._keep_stream(found, n_rows, n_weighty, dtype)
        return self

    def merge(self, other):
        """Return a model of the rows of both; neither of the two changes.

        Parameters
        ----------
        other : PCA
            Another model built by ``partial_fit``.

        Returns
        -------
        merged : PCA
            What one ``partial_fit`` on all rows gives, with the arguments of this model.

        Raises
        ------
        ValueError
            Where their features differ, one was built by ``fit``, which keeps no scatter, or their
            means are so far apart that squares of the difference overflow.
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
        merged._keep_stream(
            self._merged(self._stream(), other._stream()),
            self.n_samples_ + other.n_samples_,
            self._n_weighty + other._n_weighty,
            np.result_type(self._dtype, other._dtype),
        )
        return merged

    def set_params(self, **params):
        """Set arguments; a model built by ``partial_fit`` is read anew with them.

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
                self._forget(*FROM_SCATTER)

    def _check_partial_fit(self) -> None:
        """Refuse what has no meaning in a stream, or no scatter to go on from."""
        name = type(self).__name__
        if self.missing is not None:
            raise AttributeError(
                f"{name}.partial_fit: missing={self.missing!r} needs all rows at once; use fit, "
                "or missing=None and rows without NaN."
            )
        if self.svd_solver not in ("auto", "covariance_eigh"):
            raise AttributeError(
                f"{name}.partial_fit: svd_solver must be 'auto' or 'covariance_eigh', as a stream "
                f"keeps its scatter and no rows, got {self.svd_solver!r}."
            )
        if "mean_" in vars(self) and "scatter_" not in vars(self):
            raise AttributeError(f"{name}.partial_fit: this model {NO_SCATTER}")

    def _stream(self) -> Moments:
        return Moments(self._weight_sum, self._shift, self._offset, self.scatter_)

    def _keep_stream(self, moments: Moments, n_rows: int, n_weighty: int, dtype: Any) -> None:
        """Keep the moments, and forget what was learned from earlier ones.

        Rows count in ``n_samples_`` whatever their weight; ``n_weighty`` of them have one.
        """
        self._forget(*FROM_SCATTER)
        self._fit_svd_solver = "covariance_eigh"
        self.scatter_, self._shift, self._offset = moments.scatter, moments.shift, moments.offset
        self.mean_ = moments.mean
        self.n_samples_ = n_rows
        self._n_weighty = n_weighty
        self._weight_sum = moments.n
        self._dtype = np.dtype(dtype)

    def _read(self) -> None:
        """Learn from the scatter of a stream."""
        if self._n_weighty < 2 or self._weight_sum <= 1:
            raise NotFittedError(
                f"This {type(self).__name__} instance has seen {self.n_samples_} sample(s) of "
                f"weight {self._weight_sum:g}, while a minimum of 2 is required: call "
                "'partial_fit' with more."
            )
        n_rows = n_rows_of(self._n_weighty, self._weight_sum)
        most = min(n_rows, self.n_features_in_)
        n_components = self._n_components("covariance_eigh", most)
        try:
            if not get_config()["skip_parameter_validation"]:
                self._validate_params()  # they may have changed since the first batch
            check(n_components, "covariance_eigh", n_rows, self.n_features_in_)
        except ValueError as error:  # as an AttributeError too, which hasattr understands
            raise NotFittedError(str(error)) from error
        k = most if needs_all(n_components) else int(n_components)
        spectrum, squares = spectrum_of(self._stream(), self.scale, k, most)
        self._keep(spectrum, squares, n_components, most)

    def __getattr__(self, name: str) -> Any:
        held = vars(self)
        if name in FROM_SCATTER and "scatter_" in held:
            if "components_" not in held:
                read = copy.copy(self)
                read._read()
                found = {each: vars(read)[each] for each in FROM_SCATTER if each in vars(read)}
                self.__dict__.update(found)  # at once, as another thread may read too
            if name in held:
                return held[name]
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
        """Return a model that has learned from its stream: to look at one changes nothing."""
        if "scatter_" not in vars(self) or "components_" in vars(self):
            return self
        read = copy.copy(self)
        read.random_state = copy.deepcopy(self.random_state)  # a rule may draw
        hasattr(read, "components_")
        return read
