"""Decompositions into orthonormal components, and the mean where rows are centered.

Components that are orthonormal are free in fewer numbers than they have: k of them in p features
in kp - k(k + 1)/2. A scale that is only reported, as the variances of a PCA that does not whiten,
is no parameter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from skparams._records import Bounds, NotKnown, Projection, between
from skparams.specs import (
    Context,
    Member,
    Rule,
    Spec,
    common,
    leading_features,
    members,
    parameter,
    roles,
)

SPECS: dict[str, Spec] = {}


def n_pca_components(ctx: Context) -> int | Bounds:
    """Return the number of components of a PCA, which rules and shares bound only."""
    n: Any = ctx.params["n_components"]
    if isinstance(n, int | float) and (n >= 1 or n == 0):
        return int(n)
    most = min(ctx.data.n_samples, ctx.data.n_features)
    if n is None:
        return most - (ctx.params["svd_solver"] == "arpack")
    if isinstance(n, str):  # of a single feature scikit-learn's "mle" keeps none
        return between(min(1, most - 1), max(1, most - (n == "mle")))
    return between(1, most)


def _form(ctx: Context) -> Projection:
    """Return what ``transform`` computes. Deviations that it clips have no derivative."""
    components = np.asarray(ctx.values["components_"], dtype=np.float64)
    held = (ctx.values.get(name) for name in ("mean_", "scale_"))
    mean, scale = (None if a is None else np.asarray(a, dtype=np.float64) for a in held)
    variances = None
    if ctx.params.get("whiten"):
        variances = np.asarray(ctx.values["explained_variance_"], dtype=np.float64)
        eps = np.finfo(ctx.values["explained_variance_"].dtype).eps
        if not (np.sqrt(variances) > 2 * eps * np.sqrt(variances.max(initial=0.0))).all():
            raise NotKnown("a whitened component has no variance")
    return Projection("transform", np.asarray, False, components, mean, scale, variances)


_SPECTRUM: dict[str, Rule | str] = {
    "explained_variance_": parameter("n_components", when="whiten"),
    **roles(
        diagnostic="explained_variance_ratio_",
        auxiliary="singular_values_ noise_variance_",
        structure="n_components_",
    ),
}


def _uses_arpack(ctx: Context) -> bool:
    """Whether the solver is one that cannot find all components."""
    return "arpack" in (ctx.params.get("svd_solver"), ctx.params.get("algorithm"))


_EXTRAS = {
    "form": _form,
    "leading": leading_features,
    "limits": common.at_most("n_components", "rows", "columns", less=_uses_arpack),
    "units": common.interchangeable("n_components", "components_"),
}
SPECS["PCA"] = common.decomposition(
    {
        "mean_": parameter("n_features"),
        **_SPECTRUM,
        **roles(metadata="n_samples_", structure="_fit_svd_solver"),
    },
    n_pca_components,
    free=common.orthonormal,
    projects=True,
    extras=_EXTRAS,
    float32=True,
)


def _n_incremental(ctx: Context) -> int:
    """Return the number of components: all that the first batch has, where none is given."""
    n = ctx.params["n_components"]
    if n is not None:
        return int(n)
    batch = ctx.params["batch_size"] or 5 * ctx.data.n_features
    return min(ctx.data.n_samples, ctx.data.n_features, int(batch))


def _incremental_limits(ctx: Context) -> Mapping[str, int]:
    limits = dict(common.at_most("n_components", "rows", "columns")(ctx))
    if ctx.params["batch_size"] is not None:
        limits["n_components"] = min(*limits.values(), int(ctx.params["batch_size"]))
    return limits


SPECS["IncrementalPCA"] = common.decomposition(
    {
        "mean_": parameter("n_features"),
        **_SPECTRUM,
        **roles(state="singular_values_ var_", structure="batch_size_"),
    },
    _n_incremental,
    free=common.orthonormal,
    projects=True,
    # A float from scikit-learn 1.9 on, but no sum of weights.
    extras=_EXTRAS
    | {
        "n_samples": lambda ctx: ctx.values["n_samples_seen_"],
        "limits": _incremental_limits,
    },
)


def _n_truncated(ctx: Context) -> int:
    n = ctx.params["n_components"]
    return int(n) if ctx.params["algorithm"] == "arpack" else min(int(n), ctx.data.n_samples)


SPECS["TruncatedSVD"] = common.decomposition(
    roles(diagnostic="explained_variance_ explained_variance_ratio_", auxiliary="singular_values_"),
    _n_truncated,
    free=common.orthonormal,
    projects=True,
    extras={
        "form": _EXTRAS["form"],
        "limits": common.at_most("n_components", "columns", less=_uses_arpack),
        "units": _EXTRAS["units"],
    },
    float32=True,
)


def _n_components(ctx: Context) -> int | Bounds:
    """Return the number of components: without one, that of the eigenvalues above zero."""
    n = ctx.data.n_samples if ctx.params["n_components"] is None else ctx.params["n_components"]
    most = min(n, ctx.data.n_samples)
    all_kept = ctx.params["n_components"] is not None and not ctx.params["remove_zero_eig"]
    return most if all_kept else between(0, most)


def _center(ctx: Context) -> Iterator[Member]:
    centerer = members.made("sklearn.preprocessing.KernelCenterer")
    yield Member("_centerer", centerer, ctx.data.with_columns(ctx.data.rows))


def _projected(ctx: Context) -> np.ndarray:
    """Return the training rows as ``transform`` puts them out."""
    return ctx.values["eigenvectors_"] * np.sqrt(ctx.values["eigenvalues_"])


SPECS["KernelPCA"] = Spec(
    {
        "eigenvectors_": parameter("n_samples", "n_components", free=common.orthonormal),
        "eigenvalues_": parameter("n_components"),
        "dual_coef_": parameter("n_samples", "n_features", when="fit_inverse_transform"),
        "_centerer": "estimator",
        "X_fit_": "data",
        "X_transformed_fit_": Rule("derived", derive=_projected),
        "gamma_": "tuned",
    },
    sizes={"n_components": _n_components},
    members=_center,
    columns_out="n_components",
    float32=True,
)
