"""Decompositions: components for each feature, and the mean where rows are centered.

Components that are orthonormal are free in fewer numbers than they have: k of them in p features
in kp - k(k + 1)/2. A scale that is only reported, as the variances of a PCA that does not whiten,
is no parameter.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from skparams._compat import dirichlet_expectation
from skparams._records import Bounds, Count, DataShape, Unknown, between, multiply
from skparams.specs import Member, Params, Rule, Spec, leading_features, parameter, register, row_of


def orthonormal(shape: tuple[int, ...], params: Params) -> int:
    """Count what is free in orthonormal rows: their lengths and angles are fixed."""
    k, p = shape
    return k * p - k * (k + 1) // 2


def n_pca_components(data: DataShape, params: Params) -> int | Bounds:
    """Return the number of components of a PCA, which rules and shares bound only."""
    n: Any = params["n_components"]
    most = min(data.n_samples, data.n_features)
    if n is None:
        return most - (params["svd_solver"] == "arpack")
    if isinstance(n, str):  # of a single feature scikit-learn's "mle" keeps none
        return between(min(1, most - 1), max(1, most - (n == "mle")))
    return int(n) if n >= 1 or n == 0 else between(1, most)


def n_or_all(data: DataShape, params: Params) -> int:
    """Return the number of components, by default that of the features."""
    n = params["n_components"]
    return data.n_features if n is None else int(n)


def _pca_row(data: DataShape, params: Params) -> Count:
    return multiply(n_pca_components(data, params), data.n_features)


_SPECTRUM: dict[str, Rule | str] = {
    "explained_variance_": parameter("n_components", when="whiten"),
    "explained_variance_ratio_": "diagnostic",
    "singular_values_": "auxiliary",
    "noise_variance_": "auxiliary",
    "n_components_": "structure",
}
_TURNING = {"n_components": ("components_",)}
_COMPONENTS = parameter("n_components", "n_features", free=orthonormal)
register(
    "sklearn.PCA",
    Spec(
        {
            "components_": _COMPONENTS,
            "mean_": parameter("n_features"),
            **_SPECTRUM,
            "n_samples_": "metadata",
            "_fit_svd_solver": "structure",
        },
        leading=leading_features,
        sizes={"n_components": n_pca_components},
        n_features_out="n_components",
        units=_TURNING,
        cost=row_of(_pca_row),
        keeps_float32=True,
    ),
)


def _n_our_components(data: DataShape, params: Params) -> int | Bounds:
    """Return the number of components; only "mle" may keep less than one or leave one out."""
    n = params["n_components"]
    if isinstance(n, str) and n != "mle":
        return between(1, min(data.n_samples, data.n_features))
    return n_pca_components(data, params)


def _our_row(data: DataShape, params: Params) -> Count:
    return multiply(_n_our_components(data, params), data.n_features)


# Its singular values and ratios are properties. The moments of a stream are there after
# partial_fit alone, so nothing is said of them before fit.
register(
    "skparams.PCA",
    Spec(
        {
            "components_": _COMPONENTS,
            "mean_": Rule("parameter", ("n_features",), float64=True),
            "scale_": Rule("parameter", ("n_features",), when="scale", float64=True),
            **{
                name: rule
                for name, rule in _SPECTRUM.items()
                if name not in ("explained_variance_ratio_", "singular_values_")
            },
            "scatter_": "state",
            "_shift": "state",
            "_offset": "state",
            "n_samples_": "metadata",
            **dict.fromkeys(
                (
                    "_n_positive_weights",
                    "_weight_sum",
                    "_total_variance",
                    "_deviations",
                    "_residual",
                    "_dtype",
                ),
                "metadata",
            ),
            "_fit_svd_solver": "structure",
        },
        leading=leading_features,
        sizes={"n_components": _n_our_components},
        n_features_out="n_components",
        units=_TURNING,
        cost=row_of(_our_row),
        keeps_float32=True,
    ),
)


def _n_rotated(data: DataShape, params: Params) -> int | Bounds:
    """Return the number of components that are turned: those of the PCA that have a variance."""
    n = _n_our_components(data, params["pca"].get_params(deep=False))
    return min(n, data.n_samples - 1) if isinstance(n, int) else n


def _rotation(shape: tuple[int, ...], params: Params) -> int:
    """Count the angles of a rotation."""
    k = shape[0]
    return k * (k - 1) // 2


register(
    "skparams.RotatedPCA",
    Spec(
        {
            "pca_": "estimator",
            "rotation_": parameter("n_components", "n_components", free=_rotation),
        },
        members=lambda params, data, after: [Member("pca_", params["pca"], data)],
        sizes={"n_components": _n_rotated},
        n_features_out="n_components",
        decides={"method": ("rotation_",)},
    ),
)


def _n_incremental(data: DataShape, params: Params) -> int:
    """Return the number of components: all that the first batch has, where none is given."""
    n = params["n_components"]
    if n is not None:
        return int(n)
    batch = params["batch_size"] or 5 * data.n_features
    return min(data.n_samples, data.n_features, int(batch))


register(
    "sklearn.IncrementalPCA",
    Spec(
        {
            "components_": parameter("n_components", "n_features", free=orthonormal),
            "mean_": parameter("n_features"),
            **_SPECTRUM,
            "singular_values_": "state",
            "var_": "state",
            "batch_size_": "structure",
        },
        leading=leading_features,
        sizes={"n_components": _n_incremental},
        n_features_out="n_components",
        units=_TURNING,
        cost=row_of(lambda data, params: _n_incremental(data, params) * data.n_features),
    ),
)


def _n_truncated(data: DataShape, params: Params) -> int:
    n = params["n_components"]
    return int(n) if params["algorithm"] == "arpack" else min(int(n), data.n_samples)


register(
    "sklearn.TruncatedSVD",
    Spec(
        {
            "components_": parameter("n_components", "n_features", free=orthonormal),
            "explained_variance_": "diagnostic",
            "explained_variance_ratio_": "diagnostic",
            "singular_values_": "auxiliary",
        },
        sizes={"n_components": _n_truncated},
        n_features_out="n_components",
        units=_TURNING,
        cost=row_of(lambda data, params: _n_truncated(data, params) * data.n_features),
        keeps_float32=True,
    ),
)


def _n_factors(data: DataShape, params: Params) -> int | Unknown:
    n = params["n_components"]
    if n is None or isinstance(n, str):
        given = n is not None and params["init"] == "custom"
        return Unknown("depends on the H that fit gets") if given else data.n_features
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
_NMF = Spec(
    {
        "components_": parameter("n_components", "n_features"),
        "n_components_": "structure",
        "reconstruction_err_": "diagnostic",
        **dict.fromkeys(
            ("_n_components", "_beta_loss", "_batch_size", "_rho", "_gamma", "_transform_max_iter"),
            "structure",
        ),
        **_NMF_STATE,
    },
    sizes={"n_components": _n_factors},
    n_features_out="n_components",
    units={"n_components": ()},
    keeps_float32=True,
)
register("sklearn.NMF", _NMF)
register("sklearn.MiniBatchNMF", _NMF)


def _expected_topics(attributes: Mapping[str, Any], params: Params) -> np.ndarray:
    """Return the exponent of the expected logarithm of each word's probability in a topic."""
    return np.exp(dirichlet_expectation(attributes["components_"]))


register(
    "sklearn.LatentDirichletAllocation",
    Spec(
        {
            "components_": parameter("n_components", "n_features"),
            "exp_dirichlet_component_": Rule("derived", derive=_expected_topics),
            "doc_topic_prior_": "tuned",
            "topic_word_prior_": "tuned",
            "bound_": "diagnostic",
            "n_batch_iter_": "state",
            "random_state_": "random",
        },
        n_features_out="n_components",
        units={"n_components": ()},
        keeps_float32=True,
    ),
)


def _n_independent(data: DataShape, params: Params) -> int:
    most = min(data.n_samples, data.n_features)
    n = params["n_components"]
    return most if n is None or not params["whiten"] else min(int(n), most)


def _mixing(attributes: Mapping[str, Any], params: Params) -> np.ndarray:
    from scipy.linalg import pinv

    return pinv(attributes["components_"], check_finite=False)


register(
    "sklearn.FastICA",
    Spec(
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
        n_features_out="n_components",
        units=_TURNING,
        cost=row_of(lambda data, params: _n_independent(data, params) * data.n_features),
        keeps_float32=True,
    ),
)


def _unrotated(shape: tuple[int, ...], params: Params) -> int:
    """Count what is free up to the rotation that fit chooses: its angles are fixed."""
    k, p = shape
    return k * p - k * (k - 1) // 2


register(
    "sklearn.FactorAnalysis",
    Spec(
        {
            "components_": parameter(
                "n_components",
                "n_features",
                free=_unrotated,
            ),
            "noise_variance_": parameter("n_features"),
            "mean_": parameter("n_features"),
            "loglike_": "diagnostic",
        },
        sizes={"n_components": n_or_all},
        n_features_out="n_components",
        units=_TURNING,
    ),
)
