"""Random projections: what is drawn is not learned."""

from __future__ import annotations

from typing import Any

from skparams._records import DataShape, Unknown
from skparams.specs import Params, Spec, register


def _n_drawn(data: DataShape, params: Params) -> int | Unknown:
    n: Any = params["n_components"]
    if n != "auto":
        return int(n)
    from sklearn.random_projection import johnson_lindenstrauss_min_dim

    return int(johnson_lindenstrauss_min_dim(n_samples=data.n_samples, eps=params["eps"]))


register(
    "sklearn.BaseRandomProjection",
    Spec(
        {
            "components_": "random",
            "inverse_components_": "derived",
            "n_components_": "structure",
            "density_": "tuned",
            "_n_features_out": "structure",
        },
        sizes={"n_components": _n_drawn},
        n_features_out="n_components",
        passes_float32=True,
    ),
)
