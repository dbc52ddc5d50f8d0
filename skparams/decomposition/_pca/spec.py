"""What inspection knows of ``PCA`` and ``RotatedPCA``."""

from dataclasses import replace
from functools import cache
from typing import Any

from skparams.decomposition._pca.by_blocks import MAX_FEATURES
from skparams.decomposition._pca.rules import needs_all
from skparams.specs import (
    BlockWork,
    Context,
    Member,
    Rule,
    Spec,
    Unknown,
    between,
    common,
    multiply,
    parameter,
    spec_named,
)


def _n_components(ctx: Context) -> Any:
    """Return the number of components; only "mle" may keep less than one or leave one out."""
    n = ctx.params["n_components"]
    if isinstance(n, str) and n != "mle":
        return between(1, min(ctx.data.n_samples, ctx.data.n_features))
    theirs: Any = spec_named("sklearn.decomposition.PCA").sizes
    return theirs["n_components"](ctx)


def _block_work(ctx: Context) -> BlockWork | Unknown:
    """Return what a fit on blocks holds and sends: moments, or vectors and their images."""
    n_components, solver = ctx.params["n_components"], ctx.params["svd_solver"]
    for name, needs in (("n_components", "cv"), ("missing", "em")):
        if isinstance(ctx.params[name], str) and ctx.params[name] == needs:
            return Unknown(f"{name}={needs!r} needs all rows in memory")
    if solver in ("full", "arpack"):
        return Unknown(f"svd_solver={solver!r} needs all rows in memory")
    p, is_float64 = ctx.data.n_features, ctx.data.dtype == "float64"
    if solver != "randomized" and (solver == "covariance_eigh" or p <= MAX_FEATURES):
        moments = 8 * p * (p + 2)
        return BlockWork(
            n_held=1,
            held="and 3 scatter matrices while it merges 2",
            held_bytes=3 * moments,
            sender="a block",
            sent="its scatter matrix, shift and offset",
            sent_bytes=moments,
            n_passes=1 if is_float64 else between(1, 2),
        )
    if needs_all(n_components):
        why = "svd_solver='randomized' needs" if solver == "randomized" else f"{p:,} features need"
        return Unknown(f"{why} an int as n_components, got {n_components!r}")
    vectors = 8 * p * min(n_components + ctx.params["n_oversamples"], p)
    return BlockWork(
        n_held=1,
        held="the vectors, and 3 sets of images while it merges 2",
        held_bytes=4 * vectors + 16 * p,
        sender="a block",
        sent="the images of the vectors, which each worker gets",
        sent_bytes=vectors,
        n_passes=2 + _n_iterations(ctx, n_components),
    )


def _n_iterations(ctx: Context, n_components: int) -> int:
    """Return how many times the range finder multiplies by the covariance, as scikit-learn's."""
    given = ctx.params["iterated_power"]
    if given != "auto":
        return int(given)
    return 7 if n_components < 0.1 * min(ctx.data.n_samples, ctx.data.n_features) else 4


def _is_scaled(ctx: Context) -> bool:
    """Whether scores are those of scaled features; `scale` may have been set after fit."""
    return bool("scale_" in ctx.values or ctx.params["scale"])


@cache
def pca_spec() -> Spec:
    """Return scikit-learn's Spec with what is different.

    Singular values and ratios are properties. The moments of a stream are there after
    ``partial_fit`` alone, so nothing is said of them before fit.
    """
    theirs = spec_named("sklearn.decomposition.PCA")
    properties = ("explained_variance_ratio_", "singular_values_")
    kept = {name: rule for name, rule in theirs.rules.items() if name not in properties}
    ours: dict[str, Rule | str] = {
        "scale_": parameter("n_features", when=_is_scaled),
        **dict.fromkeys(("cv_errors_", "eigenvalue_errors_"), "diagnostic"),
        **dict.fromkeys(("explained_variance_ratio_", "singular_values_"), "derived"),
        **dict.fromkeys(("scatter_", "_shift", "_offset", "_weight"), "state"),
        **dict.fromkeys(("_n_positive_weights", "_weight_sum", "_total_variance"), "metadata"),
        **dict.fromkeys(("_deviations", "_residual", "_dtype", "_eps", "_rounding"), "metadata"),
        "_fingerprint": "metadata",
    }
    names = ("components_", "mean_", "scale_")
    both: dict[str, Rule | str] = {**kept, **ours}
    return replace(
        theirs,
        attributes={name: both[name] for name in dict.fromkeys((*names, *both))},
        sizes={"n_components": _n_components},
        cost=common.predict_cost(lambda ctx: multiply(_n_components(ctx), ctx.data.n_features)),
        float32=False,
        extras={**theirs.extras, "blocks": _block_work},
    )


def _n_rotated(ctx: Context) -> Any:
    """Return the number of components that are turned: those of the PCA that have a variance."""
    n = _n_components(replace(ctx, params=ctx.params["pca"].get_params(deep=False)))
    return min(n, ctx.data.n_samples - 1) if isinstance(n, int) else n


def _angles(ctx: Context) -> int:
    """Count the angles of a rotation; of an oblique one, those of each component."""
    k = ctx.shape[0]
    return k * (k - 1) if ctx.params["method"] == "promax" else k * (k - 1) // 2


@cache
def rotated_spec() -> Spec:
    """Return the Spec of ``RotatedPCA``."""
    return Spec(
        {"pca_": "estimator", "rotation_": parameter("n_components", "n_components", free=_angles)},
        members=lambda ctx: [Member("pca_", ctx.params["pca"], ctx.data)],
        sizes={"n_components": _n_rotated},
        columns_out="n_components",
        decides={"method": ("rotation_",)},
    )
