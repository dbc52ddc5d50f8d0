"""Factorizations whose components are not orthonormal."""

from __future__ import annotations

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


_NMF_STATE = dict.fromkeys(
    (
        "_components_numerator",
        "_components_denominator",
        "_ewa_cost",
        "_ewa_cost_min",
        "_no_improvement",
        "n_steps_",
    ),
    "state",
)


def _with_positive_tolerance(ctx: Context) -> str | None:
    return convergence.iterations(ctx) if ctx.params["tol"] > 0 else None


_NMF = Spec(
    {
        "components_": parameter("n_components", "n_features"),
        **roles(
            structure=(
                "n_components_ _n_components _beta_loss _batch_size _rho _gamma _transform_max_iter"
            ),
            diagnostic="reconstruction_err_",
        ),
        **_NMF_STATE,
    },
    sizes={"n_components": _n_factors},
    columns_out="n_components",
    extras={"units": lambda ctx: {"n_components": ()}, "convergence": _with_positive_tolerance},
    float32=True,
)
SPECS["NMF"] = _NMF
SPECS["MiniBatchNMF"] = _NMF


def _expected_topics(ctx: Context) -> np.ndarray:
    """Return the exponent of the expected logarithm of each word's probability in a topic."""
    return np.exp(dirichlet_expectation(ctx.values["components_"]))


SPECS["LatentDirichletAllocation"] = Spec(
    {
        "components_": parameter("n_components", "n_features"),
        "exp_dirichlet_component_": Rule("derived", derive=_expected_topics),
        "doc_topic_prior_": "tuned",
        "topic_word_prior_": "tuned",
        **roles(diagnostic="bound_", state="n_batch_iter_", random="random_state_"),
    },
    columns_out="n_components",
    extras={"units": lambda ctx: {"n_components": ()}},
    float32=True,
)


def _n_independent(ctx: Context) -> int:
    most = min(ctx.data.n_samples, ctx.data.n_features)
    n = ctx.params["n_components"]
    return most if n is None or not ctx.params["whiten"] else min(int(n), most)


def _mixing(ctx: Context) -> np.ndarray:
    from scipy.linalg import pinv

    return pinv(ctx.values["components_"], check_finite=False)


SPECS["FastICA"] = Spec(
    {
        "components_": parameter("n_components", "n_features"),
        "mean_": parameter("n_features", when="whiten"),
        "mixing_": Rule("derived", derive=_mixing),
        # the components are the one times the other
        "whitening_": "auxiliary",
        "_unmixing": "auxiliary",
        "_whiten": "structure",  # scikit-learn < 1.9
    },
    sizes={"n_components": _n_independent},
    columns_out="n_components",
    extras={"units": common.turning_components, "convergence": convergence.iterations},
    cost=common.row_of(lambda ctx: _n_independent(ctx) * ctx.data.n_features),
    float32=True,
)


def _unrotated(ctx: Context) -> int:
    """Count what is free up to the rotation that fit chooses: its angles are fixed."""
    k, p = ctx.shape
    return k * p - k * (k - 1) // 2


def _settled(ctx: Context) -> str | None:
    """Leave out a likelihood that rose by less than the tolerance in the last iteration."""
    likelihoods = ctx.values["loglike_"]
    settled = len(likelihoods) > 1 and likelihoods[-1] - likelihoods[-2] < ctx.params["tol"]
    return None if settled else convergence.iterations(ctx)


SPECS["FactorAnalysis"] = Spec(
    {
        "components_": parameter("n_components", "n_features", free=_unrotated),
        "noise_variance_": parameter("n_features"),
        "mean_": parameter("n_features"),
        "loglike_": "diagnostic",
    },
    sizes={"n_components": common.n_or_all},
    columns_out="n_components",
    extras={"units": common.turning_components, "convergence": _settled},
)
