"""Mixtures of Gaussians."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from skparams._records import Count
from skparams.specs import Context, Part, Rule, Spec, common, parameter, roles

SPECS: dict[str, Spec] = {}


def _symmetric(ctx: Context) -> int:
    """Count the upper triangle of each matrix."""
    if ctx.params["covariance_type"] in ("full", "tied"):
        return prod(ctx.shape[:-2]) * ctx.shape[-1] * (ctx.shape[-1] + 1) // 2
    return prod(ctx.shape)


def _multiply_adds(ctx: Context) -> Count:
    k, p = ctx.params["n_components"], ctx.data.n_features
    each = p * (p + 1) if ctx.params["covariance_type"] in ("full", "tied") else 2 * p
    return k * each


def _not_converged(ctx: Context) -> str | None:
    if ctx.values["converged_"]:
        return None
    return f"converged_ is False after n_iter_={ctx.values['n_iter_']:,} iterations"


_COMPONENT = ("n_components",)


def _precisions_cholesky(ctx: Context) -> np.ndarray:
    """Return the Cholesky factors of the inverse of a mixture's covariances."""
    from scipy.linalg import cholesky, solve_triangular

    def factor(covariance: np.ndarray) -> np.ndarray:
        lower = cholesky(covariance, lower=True)
        identity = np.eye(len(lower), dtype=lower.dtype)
        return solve_triangular(lower, identity, lower=True).T

    covariances = ctx.values["covariances_"]
    if ctx.params["covariance_type"] == "full":
        factors = np.empty_like(covariances)
        for k, covariance in enumerate(covariances):
            factors[k] = factor(covariance)
        return factors
    if ctx.params["covariance_type"] == "tied":
        return factor(covariances)
    return 1.0 / np.sqrt(covariances)


def _precisions(ctx: Context) -> np.ndarray:
    """Return the inverse of a mixture's covariances."""
    factors = _precisions_cholesky(ctx)
    if ctx.params["covariance_type"] == "full":
        return np.array([factor @ factor.T for factor in factors])
    return factors @ factors.T if ctx.params["covariance_type"] == "tied" else factors**2


_AXES = {
    "full": ("n_components", "n_features", "n_features"),
    "tied": ("n_features", "n_features"),
    "diag": ("n_components", "n_features"),
    "spherical": ("n_components",),
}
_COVARIANCES = Rule("parameter", lambda ctx: _AXES[ctx.params["covariance_type"]], _symmetric)
_FIT: dict[str, Rule | str] = {
    "precisions_": Rule("derived", derive=_precisions),
    "precisions_cholesky_": Rule("derived", derive=_precisions_cholesky),
    **roles(diagnostic="converged_ lower_bound_ lower_bounds_ _init_prev_time _iter_prev_time"),
}
SPECS["GaussianMixture"] = Spec(
    {
        "weights_": parameter("n_components", free=common.simplex),
        "means_": parameter("n_components", "n_features"),
        "covariances_": _COVARIANCES,
        **_FIT,
    },
    decides={"covariance_type": ("covariances_",)},
    extras={
        "units": common.interchangeable("n_components"),
        "convergence": _not_converged,
        "limits": common.at_most("n_components", "rows"),
    },
    cost=common.predict_cost(_multiply_adds),
    float32=True,
)


def _concentrations(ctx: Context) -> Iterator[Part]:
    """Yield one array for a Dirichlet distribution, and two for a Dirichlet process."""
    two = ctx.params["weight_concentration_prior_type"] == "dirichlet_process"
    for path in ("[0]", "[1]") if two else ("",):
        yield Part(path, dims=_COMPONENT, free=0)


def _expected_weights(ctx: Context) -> np.ndarray:
    """Return the mean of the distribution of the weights."""
    concentration = ctx.values["weight_concentration_"]
    if ctx.params["weight_concentration_prior_type"] != "dirichlet_process":
        return concentration / np.sum(concentration)
    broken = concentration / (concentration[0] + concentration[1])
    weights = broken[0] * np.hstack((1, np.cumprod(broken[1][:-1])))
    return weights / np.sum(weights)


# Each concentration, precision and degree of freedom is a prior plus the rows that fell to the
# component, and these sum to all rows: the three together are free in one number less than there
# are components, as the weights of a GaussianMixture are.
SPECS["BayesianGaussianMixture"] = Spec(
    {
        "weight_concentration_": Rule("parameter", _COMPONENT, free=0, before=_concentrations),
        "mean_precision_": parameter("n_components", free=common.simplex),
        "degrees_of_freedom_": Rule(
            "parameter",
            lambda ctx: () if ctx.params["covariance_type"] == "tied" else _COMPONENT,
            free=0,
        ),
        "means_": parameter("n_components", "n_features"),
        "covariances_": _COVARIANCES,
        "weights_": Rule("derived", derive=_expected_weights),
        **roles(
            tuned="weight_concentration_prior_ mean_precision_prior_ mean_prior_ "
            "degrees_of_freedom_prior_ covariance_prior_"
        ),
        **_FIT,
    },
    decides={
        "weight_concentration_prior_type": ("weight_concentration_",),
        "covariance_type": ("degrees_of_freedom_", "covariances_"),
    },
    cost=common.predict_cost(_multiply_adds),
    extras={
        "convergence": _not_converged,
        "limits": common.at_most("n_components", "rows"),
    },
)
