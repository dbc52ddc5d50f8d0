"""Finite moments of rows, and how many rows they count as."""

from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.utils import assert_all_finite

from skparams._compat import check_sample_weight
from skparams.decomposition._pca.moments import Moments, moments_of

# Variances below which float32 runs out of digits.
SMALL = 1e-30
# Minimum degrees of freedom: weights in float32 that should sum to 1 do so to seven digits.
MIN_FREEDOM = 1e-6


def finite_moments(
    X: Any, weight: np.ndarray | None, shift: np.ndarray | None, name: str
) -> Moments:
    """Moments of the rows about a shift, if one is known; errors name the estimator."""
    try:
        found = moments_of(X, weight, shift=shift)
    except MemoryError as error:
        p = X.shape[1]
        raise MemoryError(
            f"{name}: the scatter of {p} features takes {8 * p * p / 1e9:.3g} GB, which could not "
            "be allocated. Fit with svd_solver='randomized' or 'arpack', or fewer features."
        ) from error
    if not found.finite and shift is not None:  # these rows may be far from the shift
        found = moments_of(X, weight)
    # Squares may overflow in float32, or vanish.
    if X.dtype == np.float32 and (not found.finite or _vanishes(X, found)):
        found = moments_of(X, weight, np.float64)
    if not found.finite:
        raise not_finite(X, name)
    return found


def merged_moments(one: Moments, other: Moments, name: str) -> Moments:
    """Moments of two sets of rows, or an error if they are not finite."""
    with np.errstate(invalid="ignore", over="ignore"):
        found = one.merged(other)
    if not found.finite:
        raise ValueError(
            f"{name}: the means of two batches differ by "
            f"{float(np.abs(other.mean - one.mean).max()):.3g}, and the square of this overflows. "
            "Divide X by a constant."
        )
    return found


def not_finite(X: Any, name: str) -> ValueError:
    """Raise scikit-learn's error if X is not finite, else return one that its squares are not."""
    check_finite(X, name)
    return ValueError(
        f"{name}: squares of X overflow, whose largest absolute value is "
        f"{float(np.abs(X).max()):.3g}. Divide X by a constant."
    )


def check_finite(X: Any, name: str) -> None:
    """Raise scikit-learn's error if X is not finite."""
    try:
        assert_all_finite(X.data if sp.issparse(X) else X, estimator_name=name, input_name="X")
    except ValueError as error:
        raise about_missing(error, name) from None


def about_missing(error: ValueError, name: str) -> ValueError:
    """An error of scikit-learn's, which of missing values says what a PCA does with them."""
    if "Input X contains NaN" not in str(error):
        return error
    return ValueError(
        f"Input X contains NaN.\n{name} fits and transforms dense rows with missing values if "
        "missing='em' is set. Without it, or for sparse rows, leave out or fill what is missing."
    )


def _vanishes(X: Any, moments: Moments) -> bool:
    """Whether a feature varies by so little that float32 has no digits of its square."""
    if sp.issparse(X):
        return False
    # One at a time, as a copy of many may not fit in memory.
    small = np.flatnonzero(moments.scatter.diagonal() < SMALL * moments.n)
    return any((X[:, j] != X[0, j]).any() for j in small)


def is_in_file(X: Any) -> bool:
    """Whether X is an array in a file, mapped into memory, or a view of one."""
    while isinstance(X, np.ndarray):
        if isinstance(X, np.memmap):
            return True
        X = X.base
    return False


def dtype_of(X: Any) -> np.dtype:
    """The dtype of what is learned from X, or computed of its rows."""
    return np.dtype(np.float32 if X.dtype == np.float32 else np.float64)


def checked_weights(sample_weight: Any, X: Any, name: str) -> np.ndarray:
    """Weights of rows in float64, or an error if they cannot be; it names the estimator."""
    weight = check_sample_weight(sample_weight, X, dtype=np.float64)
    if (weight < 0).any():
        raise ValueError(f"{name}: sample_weight must not be negative, got {weight.min()}.")
    return weight


def check_freedom(weight_sum: float) -> None:
    """ValueError if weights leave variances no divisor."""
    if not leaves_freedom(weight_sum):
        raise ValueError(
            "PCA: sample_weight must sum to more than 1, as it counts rows and variances are "
            f"divided by the sum minus 1, got a sum of {weight_sum:.6g}. Weights that only "
            "compare rows, as those of a survey, need PCA(weights='relative'), and two rows "
            "with a weight."
        )


def count_positive_weights(X: Any, weight: np.ndarray | None) -> int:
    """How many rows have a positive weight."""
    return X.shape[0] if weight is None else int(np.count_nonzero(weight))


def leaves_freedom(weight_sum: float) -> bool:
    """Whether variances have a divisor, the sum minus 1, that is more than rounding errors."""
    return weight_sum - 1 > MIN_FREEDOM


def relative_weights(weight: np.ndarray) -> np.ndarray:
    """Weights scaled to sum to the number of rows that have some."""
    total = weight.sum()
    return weight / total * np.count_nonzero(weight) if total > 0 else weight


def n_rows_of(n_positive_weights: int, weight_sum: float) -> int:
    """How many rows they count as: a row with weight 2 counts twice."""
    return max(n_positive_weights, int(weight_sum))
