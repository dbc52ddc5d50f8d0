"""What predictions use but is derived from parameters, computed as scikit-learn computes it.

SciPy is imported where it is used: inspecting needs none of it, replacing parameters does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from skparams.specs.spec import Params

Attributes = Mapping[str, Any]

__all__ = [
    "interpolation",
    "largest_threshold",
    "precisions",
    "precisions_cholesky",
    "smallest_threshold",
]


def precisions_cholesky(attributes: Attributes, params: Params) -> np.ndarray:
    """Return the Cholesky factors of the inverse of a mixture's covariances."""
    from scipy.linalg import cholesky, solve_triangular

    def factor(covariance: np.ndarray) -> np.ndarray:
        lower = cholesky(covariance, lower=True)
        identity = np.eye(len(lower), dtype=lower.dtype)
        return solve_triangular(lower, identity, lower=True).T

    covariances = attributes["covariances_"]
    if params["covariance_type"] == "full":
        factors = np.empty_like(covariances)
        for k, covariance in enumerate(covariances):
            factors[k] = factor(covariance)
        return factors
    if params["covariance_type"] == "tied":
        return factor(covariances)
    return 1.0 / np.sqrt(covariances)


def precisions(attributes: Attributes, params: Params) -> np.ndarray:
    """Return the inverse of a mixture's covariances."""
    factors = precisions_cholesky(attributes, params)
    if params["covariance_type"] == "full":
        return np.array([factor @ factor.T for factor in factors])
    return factors @ factors.T if params["covariance_type"] == "tied" else factors**2


def smallest_threshold(attributes: Attributes, params: Params) -> Any:
    """Return where an isotonic regression begins."""
    return np.min(attributes["X_thresholds_"])


def largest_threshold(attributes: Attributes, params: Params) -> Any:
    """Return where an isotonic regression ends."""
    return np.max(attributes["X_thresholds_"])


def interpolation(attributes: Attributes, params: Params) -> Any:
    """Return the function that interpolates between an isotonic regression's thresholds."""
    from scipy.interpolate import interp1d

    x, y = attributes["X_thresholds_"], attributes["y_thresholds_"]
    if len(y) == 1:
        return lambda T: y.repeat(T.shape)
    return interp1d(x, y, kind="linear", bounds_error=params["out_of_bounds"] == "raise")
