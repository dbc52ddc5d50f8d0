"""How levels of categories that the PCA was not fitted on are related to its components."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp
from sklearn.utils import check_consistent_length

from skparams.decomposition._explain.diagnostics import diagnose, rank_of
from skparams.decomposition._pca import FittedPCA

NAME = "Explanation.supplementary_categories"
# Numbers of a block of rows that are centered together.
MAX_BLOCK = 1 << 20


class SupplementaryCategories(NamedTuple):
    """Categories that the PCA was not fitted on: one row each level, one column a component.

    Parameters
    ----------
    coordinates : DataFrame or ndarray of shape (n_levels, n_components)
        The mean scores of the rows of each level.
    v_tests : DataFrame or ndarray of shape (n_levels, n_components)
        How many standard errors the mean of a level is from that of all rows, if as many rows were
        drawn from them without replacement: beyond 2 or so, the level differs from the others. NaN
        for a level of all rows, and for a component without variance.
    cos2 : DataFrame or ndarray of shape (n_levels, n_components)
        Share of each component in the squared distance of the mean row of a level from the mean.
    eta2 : DataFrame or ndarray of shape (n_categories, n_components)
        Share of the variance of each component that lies between the levels of a category. NaN
        for a component without variance.
    counts : Series or ndarray of shape (n_levels,)
        How many rows have each level, or the sum of their weights.
    levels : tuple of (name, level)
        The name of the category and the level of each row of the tables.
    """

    coordinates: Any
    v_tests: Any
    cos2: Any
    eta2: Any
    counts: Any
    levels: tuple[tuple[Any, Any], ...]


def categories(
    pca: FittedPCA, X: Any, Y: Any, names: Sequence[Any], sample_weight: Any
) -> SupplementaryCategories:
    """Tables of the levels of the columns of Y, as arrays."""
    columns = _columns_of(Y)
    check_consistent_length(X, columns[0])
    X = pca._checked(X)
    weight = pca._weights(sample_weight, X)
    weight = np.ones(X.shape[0]) if weight is None else weight
    n = weight.sum()
    if n <= 1:
        raise ValueError(f"{NAME}: the weights of the rows must sum to more than 1, got {n:.6g}.")
    found = [_levels_of(*pair, weight > 0) for pair in zip(columns, names, strict=True)]
    which = np.hstack([column[:, np.newaxis] == levels for column, levels in found])
    which = which * weight[:, np.newaxis]
    counts = which.sum(axis=0)
    sizes = counts[:, np.newaxis]
    (scores,) = diagnose(pca, X, ["coordinates"], np.float64)
    center = weight @ scores / n
    coordinates = which.T @ scores / sizes
    means, variances = coordinates - center, weight @ (scores - center) ** 2 / n
    variances[rank_of(pca) :] = 0.0  # not rounding errors
    # The variance of the mean of rows that are drawn without replacement.
    errors = np.sqrt(variances / sizes * np.maximum(n - sizes, 0) / (n - 1))
    squares = (_mean_rows(pca, X, which / counts) ** 2).sum(axis=1, keepdims=True)
    starts = np.cumsum([0, *(len(levels) for _, levels in found[:-1])])
    between = np.add.reduceat(sizes * means**2, starts) / n
    levels, dtype = zip(names, found, strict=True), pca.components_.dtype
    return SupplementaryCategories(
        coordinates.astype(dtype, copy=False),
        _ratio(means, errors, np.nan).astype(dtype, copy=False),
        _ratio(coordinates**2, squares, 0.0).astype(dtype, copy=False),
        _ratio(between, variances, np.nan).astype(dtype, copy=False),
        counts,
        tuple((name, level) for name, (_, several) in levels for level in several.tolist()),
    )


def _columns_of(Y: Any) -> list[np.ndarray]:
    """The columns of a frame, a series or an array, as arrays."""
    if hasattr(Y, "columns"):
        columns = [np.asarray(Y.iloc[:, j], dtype=object) for j in range(Y.shape[1])]
    else:
        Y = np.asarray(Y)
        if Y.ndim not in (1, 2):
            raise ValueError(f"{NAME}: Y must have one or two dimensions, got {Y.ndim}.")
        columns = list(Y.reshape(len(Y), -1).T)
    if not columns:
        raise ValueError(f"{NAME}: Y must have at least one column, got none.")
    return columns


def _levels_of(column: np.ndarray, name: Any, used: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A column and its levels, sorted; an error if one is missing."""
    try:
        levels = np.unique(column[used])
        missing = bool((levels != levels).any())
    except TypeError:  # None, and text beside numbers, have no order
        missing = True
    if missing:
        raise ValueError(
            f"{NAME}: levels must be of one type, none missing, but those of {name!r} are not. "
            "Name the missing ones too, such as Y.fillna('missing')."
        )
    return column, levels


def _mean_rows(pca: FittedPCA, X: Any, shares: np.ndarray) -> np.ndarray:
    """Weighted means of rows, scaled and less the mean of the training rows."""
    if pca._has_holes(X):
        X = pca._filled(X)
    units, step = pca._units(), max(1, MAX_BLOCK // X.shape[1])
    means = np.zeros((shares.shape[1], X.shape[1]))
    for start in range(0, X.shape[0], step):
        rows = X[start : start + step]
        rows = rows.toarray() if sp.issparse(rows) else rows
        means += shares[start : start + step].T @ ((rows - pca.mean_) / units)
    return means


def _ratio(values: np.ndarray, by: np.ndarray, undefined: float) -> np.ndarray:
    """Divide, with a given result where the divisor is 0."""
    by = np.broadcast_to(by, values.shape)
    return np.divide(values, by, out=np.full(values.shape, undefined), where=by > 0)
