"""Random projections: what is drawn is not learned."""

from __future__ import annotations

from typing import Any

from skparams._records import Unknown
from skparams.specs import Context, Spec, roles

SPECS: dict[str, Spec] = {}


def _n_drawn(ctx: Context) -> int | Unknown:
    n: Any = ctx.params["n_components"]
    if n != "auto":
        return int(n)
    from sklearn.random_projection import johnson_lindenstrauss_min_dim

    return int(johnson_lindenstrauss_min_dim(n_samples=ctx.data.n_samples, eps=ctx.params["eps"]))


SPECS["BaseRandomProjection"] = Spec(
    {
        **roles(
            random="components_",
            derived="inverse_components_",
            structure="n_components_ _n_features_out",
        ),
        "density_": "tuned",
    },
    sizes={"n_components": _n_drawn},
    columns_out="n_components",
    float32=True,
)
