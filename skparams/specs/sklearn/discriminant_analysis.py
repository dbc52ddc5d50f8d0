"""Linear and quadratic discriminant analysis."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from skparams._records import Count
from skparams.specs import Context, Rule, Spec, affine, common, parameter, roles

SPECS: dict[str, Spec] = {}


def _n_components(ctx: Context) -> int:
    n = ctx.params["n_components"]
    return min(ctx.data.n_classes - 1, ctx.data.n_features) if n is None else n


def _limits(ctx: Context) -> Mapping[str, int]:
    classes, columns = ctx.data.classes, ctx.data.columns
    known = [columns] if isinstance(columns, int) else []
    known += [classes - 1] if isinstance(classes, int) else []
    return {"n_components": min(known)} if known else {}


def _scores(ctx: Context) -> Count:
    return common.BINARY["n_outputs"](ctx) * ctx.data.n_features


# Predictions take the coefficients alone; the means and the directions that separate the classes
# are where they come from, and serve ``transform``.
SPECS["LinearDiscriminantAnalysis"] = Spec(
    {
        "coef_": parameter("n_outputs", "n_features"),
        "intercept_": parameter("n_outputs"),
        **roles(
            auxiliary="scalings_ xbar_ means_ priors_ covariance_",
            diagnostic="explained_variance_ratio_",
            structure="_max_components _n_features_out",
        ),
    },
    sizes={**common.BINARY, "n_components": _n_components},
    columns_out="n_components",
    cost=common.predict_cost(_scores),
    extras={"form": partial(affine, softmax_of=lambda ctx: True), "limits": _limits},
)


def _orthogonal(ctx: Context) -> int:
    """Count the angles of a rotation of all features."""
    return ctx.shape[0] * (ctx.shape[0] - 1) // 2


def _n_classes(ctx: Context) -> int:
    return ctx.data.n_classes


def _distances(ctx: Context) -> Count:
    """Count a rotation for each class, and the squares of its scaled coordinates."""
    return ctx.data.n_classes * ctx.data.n_features * (ctx.data.n_features + 2)


SPECS["QuadraticDiscriminantAnalysis"] = Spec(
    {
        "means_": parameter("n_classes", "n_features"),
        "rotations_": Rule(
            "parameter", ("n_features", "n_features"), free=_orthogonal, length=_n_classes
        ),
        "scalings_": Rule("parameter", ("n_features",), length=_n_classes),
        "priors_": Rule(
            "parameter",
            ("n_classes",),
            free=common.simplex,
            when=lambda ctx: ctx.params["priors"] is None,
            otherwise="structure",
        ),
        "covariance_": "derived",
    },
    decides={"priors": ("priors_",)},
    cost=common.predict_cost(_distances),
)
