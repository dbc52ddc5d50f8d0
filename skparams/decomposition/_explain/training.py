"""Whether rows are the training rows, and how far each is off the components of the others."""

from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse as sp

from skparams._records import Unknown
from skparams.decomposition._explain.diagnostics import rank_of
from skparams.decomposition._pca import SHARED, FittedPCA, eigh, fingerprint_of, product, units

# Up to this many rows each is left out in turn, unless that takes more operations, about 10 s;
# otherwise its SPE follows from its leverage.
MAX_ROWS = 200
MAX_WORK = 4e10
# Rows whose SPE give its mean and variance.
MAX_SAMPLE = 4096
# Largest rounding errors of a mean, in deviations of the feature or in means: 1000 eps.
MEAN_ERRORS = 1000
# Share of a deviation that rounding leaves of a feature that is constant without a row.
CONSTANT = 1e-12
# The largest leverage by which an SPE is divided.
MAX_LEVERAGE = 1 - 1e-8


def is_training(pca: FittedPCA, X: Any) -> bool | Unknown:
    """Whether validated rows are the training rows, in their order."""
    n = getattr(pca, "n_samples_", None)
    if n is not None and n != X.shape[0]:
        return False
    known = getattr(pca, "_fingerprint", None)
    if n is None or known is None:
        return Unknown("a model that is merged, slimmed or fitted with weights does not know them")
    if not pca._has_holes(X):
        mean = np.asarray(X.mean(axis=0, dtype=np.float64)).ravel()
        size = np.abs(pca.mean_) + pca._deviations * pca._units()
        eps = np.finfo(pca.components_.dtype).eps
        if (np.abs(mean - pca.mean_) > MEAN_ERRORS * eps * size).any():
            return False
    if known == fingerprint_of(X, None):
        return True
    return Unknown("they are as many and have the same means, but are others or in another order")


def check_t2_of_training(pca: FittedPCA, t2: np.ndarray) -> None:
    """Raise an error if a row that is said to be of training is too far from the mean."""
    n, row = pca._weight_sum, int(t2.argmax())
    largest = (n - 1) ** 2 / n
    if t2[row] > 2 * largest:  # rounding errors may be as large where rows barely differ
        raise ValueError(
            f"Explanation.outliers: training=True, but T² of row {row} is {t2[row]:.4g}, more than "
            f"{largest:.4g}, the largest that a training row can have."
        )


def left_out_spe(pca: FittedPCA, X: Any, t2: np.ndarray, spe: np.ndarray) -> np.ndarray:
    """SPE of each training row by a PCA of the others, or by its leverage if they are many."""
    n, k = pca._weight_sum, rank_of(pca)
    if n - 1 <= k or not spe.any():
        return spe
    n_rows, p = X.shape
    is_whole = n_rows == n == pca.n_samples_ and not pca._has_holes(X)
    width = p if pca._is_scaled else min(n_rows, p)
    work = n_rows**2 * width * min(n_rows, width)
    if is_whole and n_rows <= MAX_ROWS and work <= MAX_WORK:
        return _deleted(pca, X, k)
    leverage = 1 / n + t2 / (n - 1)
    return spe / (1 - np.minimum(leverage, MAX_LEVERAGE)) ** 2


def a_sample(n: int) -> slice:
    """Rows, spread over all, whose SPE settle its mean and variance."""
    return slice(None, None, -(-n // MAX_SAMPLE))


def mean_and_variance(spe: np.ndarray) -> tuple[float, float]:
    """Mean of the SPE of rows, and their variance over the square of the mean."""
    mean = float(spe.mean())
    return mean, float((spe / mean).var(ddof=1)) if mean > 0 else 0.0


def _deleted(pca: FittedPCA, X: Any, k: int) -> np.ndarray:
    """SPE of each row by k components of the others, which are scaled anew."""
    z = ((X.toarray() if sp.issparse(X) else X) - pca.mean_) / pca._units()
    n, p = z.shape
    if not pca._is_scaled and p > n:  # the same rows in the directions that they span
        left, singular, _ = scipy.linalg.svd(z, full_matrices=False)
        z = left * singular
    found = np.empty(n)
    for i in range(n):
        row, others = z[i] * (n / (n - 1)), np.delete(z, i, axis=0) + z[i] / (n - 1)
        if pca._is_scaled:
            deviations = np.sqrt((others**2).sum(axis=0) / (n - 2))
            constant = deviations <= CONSTANT
            others[:, constant] = 0.0
            unit = np.where(constant, 1 / pca.scale_, units(deviations))
            row, others = row / unit, others / unit
        axes = _leading(others, k)
        row = row - axes @ (row @ axes)
        found[i] = row @ row
    return found


def _leading(rows: np.ndarray, k: int) -> np.ndarray:
    """The first k components of centered rows as columns, by products on the smaller side."""
    n, p = rows.shape
    size = min(n, p)
    if k == 0:
        return np.zeros((p, 0))
    small = rows if p <= n else rows.T
    products = product(small.T, small)
    if size < SHARED:
        values, vectors = eigh(products)
        values, vectors = values[max(0, size - k) :], vectors[:, max(0, size - k) :]
    else:
        chosen = (max(0, size - k), size - 1)
        values, vectors = scipy.linalg.eigh(products, check_finite=False, subset_by_index=chosen)
    if p <= n:
        return vectors
    varies = values > size * np.finfo(np.float64).eps * values.max(initial=0.0)
    return rows.T @ (vectors[:, varies] / np.sqrt(values[varies]))
