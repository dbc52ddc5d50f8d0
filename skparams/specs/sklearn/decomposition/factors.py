"""Factorizations whose components are not orthonormal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np

from skparams._compat import dirichlet_expectation
from skparams._records import Unknown
from skparams.specs import Context, Rule, Spec, common, convergence, parameter, roles

SPECS: dict[str, Spec] = {}


def _n_factors(ctx: Context) -> int | Unknown:
    n = ctx.params["n_components"]
    if n is None or isinstance(n, str):
        given = n is not None and ctx.params["init"] == "custom"
        return Unknown("depends on the H that fit gets") if given else ctx.data.n_features
    return int(n)


def _with_positive_tolerance(ctx: Context) -> str | None:
    return convergence.iterations(ctx) if ctx.params["tol"] > 0 else None


def _nonzero_if_l1(ctx: Context) -> Literal["nonzero"] | None:
    """Count what is not zero if a penalty holds numbers there; ``alpha_H`` may be that of W."""
    alpha = ctx.params["alpha_H"]
    if isinstance(alpha, str):
        alpha = ctx.params["alpha_W"]
    return "nonzero" if alpha and ctx.params["l1_ratio"] else None


def _limits_of_start(ctx: Context) -> Mapping[str, int]:
    """Return the limit of a start from a singular value decomposition."""
    from_svd = str(ctx.params["init"]).startswith("nndsvd")
    return common.at_most("n_components", "rows", "columns")(ctx) if from_svd else {}


_UNITS = common.interchangeable("n_components")
SPECS["NMF"] = SPECS["MiniBatchNMF"] = common.decomposition(
    roles(
        structure="n_components_ _n_components _beta_loss _batch_size _rho _gamma "
        "_transform_max_iter",
        diagnostic="reconstruction_err_",
        state="_components_numerator _components_denominator _ewa_cost _ewa_cost_min "
        "_no_improvement n_steps_",
    ),
    _n_factors,
    free=_nonzero_if_l1,
    extras={
        "units": _UNITS,
        "convergence": _with_positive_tolerance,
        "limits": _limits_of_start,
    },
    float32=True,
)


def _expected_topics(ctx: Context) -> np.ndarray:
    """Return the exponent of the expected logarithm of each word's probability in a topic."""
    return np.exp(dirichlet_expectation(ctx.values["components_"]))


SPECS["LatentDirichletAllocation"] = common.decomposition(
    {
        "exp_dirichlet_component_": Rule("derived", derive=_expected_topics),
        **roles(tuned="doc_topic_prior_ topic_word_prior_", random="random_state_"),
        **roles(diagnostic="bound_", state="n_batch_iter_"),
    },
    extras={"units": _UNITS},
    float32=True,
)


def _n_independent(ctx: Context) -> int:
    most = min(ctx.data.n_samples, ctx.data.n_features)
    n = ctx.params["n_components"]
    return most if n is None or not ctx.params["whiten"] else min(int(n), most)


def _mixing(ctx: Context) -> np.ndarray:
    from scipy.linalg import pinv

    return pinv(ctx.values["components_"], check_finite=False)


_TURNING = common.interchangeable("n_components", "components_")
SPECS["FastICA"] = common.decomposition(
    {
        "mean_": parameter("n_features", when="whiten"),
        "mixing_": Rule("derived", derive=_mixing),
        # The components are the product of these two.
        **roles(auxiliary="whitening_ _unmixing"),
        "_whiten": "structure",  # scikit-learn < 1.9
    },
    _n_independent,
    projects=True,
    extras={"units": _TURNING, "convergence": convergence.iterations},
    float32=True,
)


def _unrotated(ctx: Context) -> int:
    """Count what is free up to the rotation that fit chooses: its angles are fixed."""
    k, p = ctx.shape
    return k * p - k * (k - 1) // 2


def _settled(ctx: Context) -> str | None:
    """Leave out a likelihood that rose by less than the tolerance in the last iteration.

    A slimmed copy lacks the likelihoods, so that nothing can be said about it.
    """
    likelihoods = ctx.values.get("loglike_")
    if likelihoods is None:
        return None
    settled = len(likelihoods) > 1 and likelihoods[-1] - likelihoods[-2] < ctx.params["tol"]
    return None if settled else convergence.iterations(ctx)


def _n_latent(ctx: Context) -> int:
    """Return the number of factors: no more than a decomposition of X has."""
    n = common.n_or_all(ctx)
    rows = ctx.data.rows
    most = ctx.data.n_features
    return min(n, most, rows) if isinstance(rows, int) else min(n, most)


SPECS["FactorAnalysis"] = common.decomposition(
    {
        "noise_variance_": parameter("n_features"),
        "mean_": parameter("n_features"),
        "loglike_": "diagnostic",
    },
    _n_latent,
    free=_unrotated,
    extras={"units": _TURNING, "convergence": _settled},
)
