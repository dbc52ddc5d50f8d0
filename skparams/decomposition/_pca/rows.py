"""From rows to finite moments, and from a spectrum to what a PCA keeps of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.utils import assert_all_finite, check_random_state
from sklearn.utils.validation import validate_data

from skparams.decomposition._explain.limits import power_sums
from skparams.decomposition._pca.em import em_moments
from skparams.decomposition._pca.model import PCAModel
from skparams.decomposition._pca.moments import Moments, moments_of
from skparams.decomposition._pca.n_components import Evidence, choose, needs_all
from skparams.decomposition._pca.solvers import Spectrum, from_moments, units

# Variances below which float32 runs out of digits.
SMALL = 1e-30


class FittedFromRows(PCAModel):
    """What ``fit`` and ``partial_fit`` of a PCA share."""

    n_components: Any
    random_state: Any
    n_samples_: int
    _dtype: np.dtype

    def _validated(
        self, X: Any, sample_weight: Any, reset: bool, min_samples: int
    ) -> tuple[Any, np.ndarray | None]:
        """Return rows of any real dtype, not yet known to be finite, and their weights."""
        if self._is_plain(X, reset, min_samples):
            self.n_features_in_ = X.shape[1]
        else:
            X = validate_data(
                self,
                X,
                accept_sparse=("csr", "csc"),
                dtype="numeric",
                ensure_all_finite="allow-nan" if self.missing == "em" else False,
                ensure_min_samples=min_samples,
                reset=reset,
            )
        return X, self._weights(sample_weight, X)

    def _is_plain(self, X: Any, reset: bool, min_samples: int) -> bool:
        """Say whether X is good at a glance: to validate it takes longer than a small batch."""
        return (
            type(X) is np.ndarray
            and X.dtype in (np.float32, np.float64)
            and X.ndim == 2
            and X.shape[0] >= min_samples
            and X.shape[1] >= 1
            and (reset or X.shape[1] == self.n_features_in_)
            and "feature_names_in_" not in vars(self)
            and self.missing is None
        )

    def _moments(
        self,
        X: Any,
        weight: np.ndarray | None,
        k: int = 0,
        shift: np.ndarray | None = None,
    ) -> Moments:
        """Return finite moments of the rows."""
        if self.missing == "em" and not sp.issparse(X) and np.isnan(X).any():
            return self._em_moments(X, weight, k)
        try:
            found = moments_of(X, weight, shift=shift)
        except MemoryError as error:
            p = X.shape[1]
            raise MemoryError(
                f"{type(self).__name__}: the scatter of {p} features takes {8 * p * p / 1e9:.3g} "
                "GB, which could not be had. Fit with svd_solver='randomized' or 'arpack', or "
                "fewer features."
            ) from error
        if not found.finite and shift is not None:  # it may be that of rows that are far away
            found = moments_of(X, weight)
        # Squares may overflow in float32, or vanish.
        if X.dtype == np.float32 and (not found.finite or _vanishes(X, found)):
            found = moments_of(X, weight, np.float64)
        if not found.finite:
            raise self._not_finite(X)
        return found

    def _merged(self, one: Moments, other: Moments) -> Moments:
        """Return the finite moments of two sets of rows."""
        with np.errstate(invalid="ignore", over="ignore"):
            found = one.merged(other)
        if not found.finite:
            raise ValueError(
                f"{type(self).__name__}: squares of the differences between batches overflow, as "
                f"their means are up to {float(np.abs(other.mean - one.mean).max()):.3g} apart. "
                "Divide X by a constant."
            )
        return found

    def _em_moments(self, X: np.ndarray, weight: np.ndarray | None, k: int) -> Moments:
        if weight is not None:
            X, weight = X[weight > 0], weight[weight > 0]
        empty = np.flatnonzero(np.isnan(X).all(axis=0))
        if empty.size:
            raise ValueError(
                f"{type(self).__name__}: missing='em' needs a value of each feature, but "
                f"feature {empty[0]} of {X.shape[1]} has none."
            )
        # A rule or a share chooses afterwards, from the covariance without a model.
        k = X.shape[1] if needs_all(self.n_components) else k
        return em_moments(X.astype(np.float64), weight, k, self.scale)

    def _not_finite(self, X: Any) -> ValueError:
        """Raise scikit-learn's error where X is not finite; else say that its squares are not."""
        name = type(self).__name__
        assert_all_finite(X.data if sp.issparse(X) else X, estimator_name=name, input_name="X")
        return ValueError(
            f"{name}: squares of X overflow, whose largest absolute value is "
            f"{float(np.abs(X).max()):.3g}. Divide X by a constant."
        )

    def _n_components(self, solver: str, most: int) -> Any:
        """Return what n_components asks for, by default all that the solver can find."""
        if self.n_components is None:
            return most - (solver == "arpack")
        return self.n_components

    def _keep(self, spectrum: Spectrum, squares: float, n_components: Any, most: int) -> None:
        """Choose how many components there are, and keep them in the dtype of X.

        The sum of the squares of all eigenvalues matters where only the largest were found.
        """
        k, dtype = choose(n_components, self._evidence(spectrum)), self._dtype
        self.n_components_ = k
        self.mean_ = spectrum.mean
        if self.scale:
            self.scale_ = units(spectrum.deviations)
        self.components_ = np.array(spectrum.vectors[:k], dtype, order="C")  # not a view
        # float32 has room for numbers whose squares it has none for.
        fits = spectrum.values.max(initial=0) <= np.finfo(dtype).max
        self.explained_variance_ = spectrum.values[:k].astype(dtype if fits else np.float64)
        self.noise_variance_ = spectrum.noise(k, most)
        self._total_variance = spectrum.total
        self._deviations = _seen(spectrum, self.scale)
        self._residual = power_sums(spectrum.values, k, self.noise_variance_, most, squares)
        self._weight_sum = spectrum.n

    def _evidence(self, spectrum: Spectrum) -> Evidence:
        return Evidence(
            spectrum.values,
            spectrum.total,
            spectrum.n,
            _seen(spectrum, self.scale),
            self.scale,
            check_random_state(self.random_state),
        )

    def _forget(self, *names: str) -> None:
        for name in names:
            self.__dict__.pop(name, None)


def _vanishes(X: Any, moments: Moments) -> bool:
    """Say whether a feature varies, but by so little that float32 has no digits of its square."""
    small = moments.scatter.diagonal() < SMALL * moments.n
    if sp.issparse(X) or not small.any():
        return False
    return bool((X[:, small] != X[:1, small]).any())


def _seen(spectrum: Spectrum, scaled: bool) -> np.ndarray:
    """Return the deviations of the features as the components see them."""
    return (spectrum.deviations > 0).astype(np.float64) if scaled else spectrum.deviations


def spectrum_of(moments: Moments, scaled: bool, k: int, most: int) -> tuple[Spectrum, float]:
    """Return what `from_moments` does, and the sum of all squared eigenvalues or NaN.

    It is known where all are found, and costs little beside finding only the largest.
    """
    spectrum = from_moments(moments, scaled, k, most)
    few = len(spectrum.values) < most
    return spectrum, _squares(moments, scaled) if few else np.nan


def _squares(moments: Moments, scaled: bool) -> float:
    squares = moments.scatter**2
    if scaled:
        inverse = 1.0 / units(np.maximum(moments.scatter.diagonal(), 0))
        return float(inverse @ squares @ inverse)
    return float(squares.sum()) / (moments.n - 1) ** 2


def dtype_of(X: Any) -> np.dtype:
    """Return the dtype of what is learned from X."""
    return np.dtype(np.float32 if X.dtype == np.float32 else np.float64)


def weights_of(X: Any, weight: np.ndarray | None) -> tuple[int, float]:
    """Return how many rows have a weight, and their sum."""
    if weight is None:
        return X.shape[0], float(X.shape[0])
    return int(np.count_nonzero(weight)), float(weight.sum())


def n_rows_of(n_weighty: int, weight_sum: float) -> int:
    """Return how many rows they stand for: repeated ones count as often as they are."""
    return max(n_weighty, int(weight_sum))
