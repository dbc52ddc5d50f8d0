"""Numbers of each row from one projection, and of features that the PCA was not fitted on."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils import check_array, check_consistent_length

from skparams.decomposition._pca import FittedPCA, dtype_of, leaves_freedom, over_blocks, product

# The numbers that there are of each row, and what their columns are.
COLUMNS = {
    "coordinates": "components",
    "row_contributions": "components",
    "cos2": "components",
    "hotelling_t2": None,
    "spe": None,
    "hotelling_t2_contributions": "features",
    "spe_contributions": "features",
}


class RowTables(NamedTuple):
    """Tables of the same rows.

    Parameters
    ----------
    coordinates, row_contributions, cos2 : DataFrame or ndarray of shape (n_samples, n_components)
        What the methods of the same names return.
    hotelling_t2, spe : Series or ndarray of shape (n_samples,)
        T² and squared prediction error.
    """

    coordinates: Any
    row_contributions: Any
    cos2: Any
    hotelling_t2: Any
    spe: Any


class Supplementary(NamedTuple):
    """Features that the PCA was not fitted on: one row each, one column a component.

    Parameters
    ----------
    coordinates : DataFrame or ndarray of shape (n_features, n_components)
        Their covariances with the components of unit variance; with `scale` of the scaled
        features, and so the correlations.
    correlations : DataFrame or ndarray of shape (n_features, n_components)
        Their correlations with the components.
    cos2 : DataFrame or ndarray of shape (n_features, n_components)
        The squares of the correlations: the share of a feature's variance that a component
        explains.
    """

    coordinates: Any
    correlations: Any
    cos2: Any


def diagnose(pca: FittedPCA, X: Any, kinds: Sequence[str], dtype: Any) -> list[np.ndarray]:
    """Compute some kinds of numbers of validated rows; at most the last kind is one of SPE."""
    if pca._has_holes(X):
        X = pca._filled(X)
    width = {"components": pca.components_.shape[:1], "features": X.shape[1:], None: ()}
    tables = [np.empty(X.shape[:1] + width[COLUMNS[kind]], dtype) for kind in kinds]
    numbers = _Diagnostics(pca)
    axes = numbers.components.T
    inverse = 1.0 / pca.scale_ if pca._is_scaled else None

    def compute(rows: slice, z: np.ndarray) -> None:
        if inverse is not None:
            z *= inverse
        scores = product(z, axes)
        for kind, table in zip(kinds, tables, strict=True):
            table[rows] = getattr(numbers, kind)(z, scores)

    over_blocks(X, pca.mean_, np.float64, compute)
    return tables


class _Diagnostics:
    """Each method computes a table of rows, from their scaled deviations z and their scores."""

    def __init__(self, pca: FittedPCA) -> None:
        self.components = pca.components_.astype(np.float64)
        self.inverse = inverse_variances(pca)
        self.rank = np.count_nonzero(self.inverse)
        self.df = pca._weight_sum - 1

    def coordinates(self, z: np.ndarray, scores: np.ndarray) -> np.ndarray:
        return scores

    def row_contributions(self, z: np.ndarray, scores: np.ndarray) -> np.ndarray:
        return (scores * np.sqrt(self.inverse / self.df)) ** 2

    def cos2(self, z: np.ndarray, scores: np.ndarray) -> np.ndarray:
        norms = np.einsum("ij,ij->i", z, z)
        norms[norms == 0] = 1.0  # rows at the mean have scores of 0
        return scores**2 / norms[:, np.newaxis]

    def hotelling_t2(self, z: np.ndarray, scores: np.ndarray) -> np.ndarray:
        return np.einsum("ij,j->i", scores**2, self.inverse)

    def hotelling_t2_contributions(self, z: np.ndarray, scores: np.ndarray) -> np.ndarray:
        return z * product(scores, self.inverse[:, np.newaxis] * self.components)

    def spe(self, z: np.ndarray, scores: np.ndarray) -> np.ndarray:
        residuals = self._residuals(z, scores)
        return np.einsum("ij,ij->i", residuals, residuals)

    def spe_contributions(self, z: np.ndarray, scores: np.ndarray) -> np.ndarray:
        return self._residuals(z, scores) ** 2

    def _residuals(self, z: np.ndarray, scores: np.ndarray) -> np.ndarray:
        """Overwrite deviations with what is not in the components."""
        if self.rank == self.components.shape[1]:  # nothing is left, not even rounding errors
            z[:] = 0.0
        else:
            z -= product(scores[:, : self.rank], self.components[: self.rank])
        return z


def rounding_error(pca: FittedPCA) -> float:
    """The rounding error of a variance."""
    return float(pca._rounding * pca.explained_variance_.max(initial=0.0))


def rank_of(pca: FittedPCA) -> int:
    """How many components have a variance above rounding error."""
    return int((pca.explained_variance_ > rounding_error(pca)).sum())


def inverse_variances(pca: FittedPCA) -> np.ndarray:
    """Inverse variances of the components, 0 for those without variance."""
    inverse = np.zeros(len(pca.components_))
    rank = rank_of(pca)
    smallest = float(pca.explained_variance_[rank - 1]) if rank else 1.0
    if smallest < np.finfo(pca.explained_variance_.dtype).tiny:
        raise ValueError(
            f"explain: squares of X underflow, as component {rank - 1} has a variance of "
            f"{smallest:.3g}. Multiply X by a constant, and fit again."
        )
    inverse[:rank] = 1.0 / pca.explained_variance_[:rank].astype(np.float64)
    return inverse


def quotient(values: np.ndarray, by: np.ndarray) -> np.ndarray:
    """Divide, with a result of 0 where the divisor is 0."""
    return np.divide(values, by, out=np.zeros_like(values), where=by > 0)


def supplementary(pca: FittedPCA, X: Any, Y: Any, sample_weight: Any) -> list[np.ndarray]:
    """Coordinates, correlations and squared correlations of other features."""
    Y = _numbers(Y)
    Y = Y.reshape(len(Y), -1)
    check_consistent_length(X, Y)
    X = pca._checked(X)
    scores = diagnose(pca, X, ["coordinates"], dtype_of(X))[0].astype(np.float64)
    scores[:, rank_of(pca) :] = 0.0  # not rounding errors, which correlate with anything
    weight = pca._weights(sample_weight, Y)
    weight = np.ones(len(Y)) if weight is None else weight
    n = weight.sum()
    if not leaves_freedom(n):
        raise ValueError(
            "Explanation.supplementary_features: the weights of the rows must sum to more than 1, "
            f"got {n:.6g}."
        )

    def centered(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        first = values[np.argmax(weight > 0)]
        values = values - first  # so that constants are exact, and offsets lose no digits
        values -= weight @ values / n
        return values, np.sqrt(weight @ values**2 / (n - 1))

    (Y, deviations), (scores, spreads) = centered(Y), centered(scores)
    unit_scores = quotient(scores, spreads)
    coordinates = (weight[:, np.newaxis] * Y).T @ unit_scores / (n - 1)
    correlations = quotient(coordinates, deviations[:, np.newaxis])
    tables = [correlations if pca._is_scaled else coordinates, correlations, correlations**2]
    return [table.astype(pca.components_.dtype, copy=False) for table in tables]


def _numbers(Y: Any) -> np.ndarray:
    """Y as numbers; of text the error names the method for categories."""
    try:
        return check_array(Y, ensure_2d=False, dtype=np.float64, input_name="Y", allow_nd=False)
    except ValueError as error:
        if any(isinstance(value, str) for value in np.asarray(Y, dtype=object).flat):
            raise ValueError(
                "Explanation.supplementary_features: Y must be numbers, got text. For categories, "
                "call supplementary_categories."
            ) from error
        raise
