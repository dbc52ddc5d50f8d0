"""Features that took no part in a PCA, beside its components."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from sklearn.utils import check_array, check_consistent_length
from sklearn.utils.validation import check_is_fitted

from skparams.decomposition._explain.control import Control
from skparams.decomposition._explain.features import quotient
from skparams.decomposition._explain.tables import pandas_for, wants_frame


class Supplementary(NamedTuple):
    """Features that took no part, one row each, one column a component.

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


class SupplementaryTables(Control):
    """What a fitted PCA says of features that took no part in it."""

    def supplementary_features(self, X, Y, sample_weight=None, *, as_frame=None):
        """Return where features that took no part stand among the components.

        Supplementary rows need no method of their own: `coordinates` and `cos2` take any rows.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The training rows.
        Y : array-like of shape (n_samples,) or (n_samples, n_supplementary)
            The other features of the same rows, quantitative.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, the same as in ``fit``.
        as_frame : bool, default=None
            Whether to return frames; by default where the model saw names and pandas is
            installed.

        Returns
        -------
        tables : Supplementary
            A named tuple of three tables, ``coordinates``, ``correlations`` and ``cos2``. A
            feature or a component without variance has correlations of 0.

        Raises
        ------
        ValueError
            If Y has other rows than X, or is not finite; if there is one row, or less by weight.

        References
        ----------
        .. [1] Lê, Josse and Husson, "FactoMineR: an R package for multivariate analysis",
           Journal of Statistical Software 25, 2008.

        Examples
        --------
        >>> from sklearn.datasets import load_wine
        >>> from skparams import PCA
        >>> X = load_wine(as_frame=True).data
        >>> pca = PCA(n_components=2, scale=True).fit(X.drop(columns="proline"))
        >>> others = pca.supplementary_features(X.drop(columns="proline"), X[["proline"]])
        >>> others.correlations.round(3)
                  pca0   pca1
        proline  0.491  0.541
        """
        check_is_fitted(self)
        framed = wants_frame(self, as_frame, "supplementary_features")
        names = _names_of(Y)
        Y = check_array(Y, ensure_2d=False, dtype=np.float64, input_name="Y", allow_nd=False)
        Y = Y.reshape(len(Y), -1)
        check_consistent_length(X, Y)
        scores = self.coordinates(X, as_frame=False).astype(np.float64)
        scores[:, self._rank() :] = 0.0  # not rounding errors, which correlate with anything
        weight = self._weights(sample_weight, Y)
        weight = np.ones(len(Y)) if weight is None else weight
        if weight.sum() <= 1:
            raise ValueError(
                f"{type(self).__name__}.supplementary_features: the weights of the rows must sum "
                f"to more than 1, got {weight.sum():.6g}."
            )
        tables = _tables(scores, Y, weight, self.scale)
        tables = [table.astype(self.components_.dtype, copy=False) for table in tables]
        if framed:
            pd = pandas_for(f"{type(self).__name__}.supplementary_features: as_frame=True")
            index = [f"y{j}" for j in range(Y.shape[1])] if names is None else names
            tables = [pd.DataFrame(table, index, self.get_feature_names_out()) for table in tables]
        return Supplementary(*tables)


def _names_of(Y: Any) -> list[Any] | None:
    """Return the names of a frame's columns, or of a series."""
    if hasattr(Y, "columns"):
        return list(Y.columns)
    return [Y.name] if getattr(Y, "name", None) is not None else None


def _tables(
    scores: np.ndarray, Y: np.ndarray, weight: np.ndarray, scaled: bool
) -> list[np.ndarray]:
    """Return coordinates, correlations and their squares."""
    n = weight.sum()

    def centered(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        first = values[np.argmax(weight > 0)]
        values = values - first  # so that a constant is one exactly, and offsets cost no digits
        values -= weight @ values / n
        return values, np.sqrt(weight @ values**2 / (n - 1))

    (Y, deviations), (scores, spreads) = centered(Y), centered(scores)
    unit_scores = quotient(scores, spreads)
    coordinates = (weight[:, np.newaxis] * Y).T @ unit_scores / (n - 1)
    correlations = quotient(coordinates, deviations[:, np.newaxis])
    return [correlations if scaled else coordinates, correlations, correlations**2]
