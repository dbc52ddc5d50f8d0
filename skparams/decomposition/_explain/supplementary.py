"""Other features of the training rows, and the components."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from sklearn.utils import check_array, check_consistent_length

from skparams.decomposition._explain.diagnostics import diagnose, quotient, rank_of
from skparams.decomposition._pca import FittedPCA, dtype_of


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


def supplementary(pca: FittedPCA, X: Any, Y: Any, sample_weight: Any) -> list[np.ndarray]:
    """Coordinates, correlations and squared correlations of other features."""
    Y = check_array(Y, ensure_2d=False, dtype=np.float64, input_name="Y", allow_nd=False)
    Y = Y.reshape(len(Y), -1)
    check_consistent_length(X, Y)
    X = pca._checked(X, accept_sparse="csr")
    scores = diagnose(pca, X, ["coordinates"], dtype_of(X))[0].astype(np.float64)
    scores[:, rank_of(pca) :] = 0.0  # not rounding errors, which correlate with anything
    weight = pca._weights(sample_weight, Y)
    weight = np.ones(len(Y)) if weight is None else weight
    n = weight.sum()
    if n <= 1:
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
    tables = [correlations if pca.scale else coordinates, correlations, correlations**2]
    return [table.astype(pca.components_.dtype, copy=False) for table in tables]
