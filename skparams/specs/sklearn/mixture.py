"""Mixtures of Gaussians."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

import numpy as np

from skparams._records import Count, DataShape
from skparams.specs import (
    Params,
    Part,
    Rule,
    Spec,
    parameter,
    precisions,
    precisions_cholesky,
    register,
    row_of,
    without_free,
)


def _symmetric(shape: tuple[int, ...], params: Params) -> int:
    """Count the upper triangle of each matrix."""
    if params["covariance_type"] in ("full", "tied"):
        return prod(shape[:-2]) * shape[-1] * (shape[-1] + 1) // 2
    return prod(shape)


def _multiply_adds(data: DataShape, params: Params) -> Count:
    k, p = params["n_components"], data.n_features
    each = p * (p + 1) if params["covariance_type"] in ("full", "tied") else 2 * p
    return k * each


_COMPONENT = ("n_components",)
_COVARIANCES = Rule(
    "parameter",
    {
        "full": ("n_components", "n_features", "n_features"),
        "tied": ("n_features", "n_features"),
        "diag": ("n_components", "n_features"),
        "spherical": ("n_components",),
    },
    free=_symmetric,
    by="covariance_type",
)
_FIT: dict[str, Rule | str] = {
    "precisions_": Rule("derived", derive=precisions),
    "precisions_cholesky_": Rule("derived", derive=precisions_cholesky),
    "converged_": "diagnostic",
    "lower_bound_": "diagnostic",
    "lower_bounds_": "diagnostic",
    "_init_prev_time": "diagnostic",
    "_iter_prev_time": "diagnostic",
}
register(
    "sklearn.GaussianMixture",
    Spec(
        {
            "weights_": parameter("n_components", free=lambda shape, params: shape[0] - 1),
            "means_": parameter("n_components", "n_features"),
            "covariances_": _COVARIANCES,
            **_FIT,
        },
        units={"n_components": ()},
        cost=row_of(_multiply_adds),
        keeps_float32=True,
    ),
)


def _concentrations(data: DataShape, params: Params) -> Iterator[Part]:
    """Yield one array for a Dirichlet distribution, and two for a Dirichlet process."""
    two = params["weight_concentration_prior_type"] == "dirichlet_process"
    for path in ("[0]", "[1]") if two else ("",):
        yield Part(path, dims=_COMPONENT, free=0)


def _expected_weights(attributes: Mapping[str, Any], params: Params) -> np.ndarray:
    """Return the mean of the distribution of the weights."""
    concentration = attributes["weight_concentration_"]
    if params["weight_concentration_prior_type"] != "dirichlet_process":
        return concentration / np.sum(concentration)
    broken = concentration / (concentration[0] + concentration[1])
    weights = broken[0] * np.hstack((1, np.cumprod(broken[1][:-1])))
    return weights / np.sum(weights)


# Each concentration, precision and degree of freedom is a prior plus the rows that fell to the
# component, and these sum to all rows: the three together are free in one number less than there
# are components, as the weights of a GaussianMixture are.
register(
    "sklearn.BayesianGaussianMixture",
    Spec(
        {
            "weight_concentration_": Rule(
                "parameter", _COMPONENT, free=without_free, before=_concentrations
            ),
            "mean_precision_": parameter("n_components", free=lambda shape, params: shape[0] - 1),
            "degrees_of_freedom_": Rule(
                "parameter",
                {**dict.fromkeys(("full", "diag", "spherical"), _COMPONENT), "tied": ()},
                free=without_free,
                by="covariance_type",
            ),
            "means_": parameter("n_components", "n_features"),
            "covariances_": _COVARIANCES,
            "weights_": Rule("derived", derive=_expected_weights),
            "weight_concentration_prior_": "tuned",
            "mean_precision_prior_": "tuned",
            "mean_prior_": "tuned",
            "degrees_of_freedom_prior_": "tuned",
            "covariance_prior_": "tuned",
            **_FIT,
        },
        decides={"weight_concentration_prior_type": ("weight_concentration_",)},
        cost=row_of(_multiply_adds),
    ),
)
