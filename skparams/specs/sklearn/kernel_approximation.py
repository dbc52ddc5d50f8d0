"""Maps into the feature space of a kernel: drawn, or made of training rows, not estimated."""

from __future__ import annotations

from skparams.specs import Context, Spec, roles

SPECS: dict[str, Spec] = {}


def _n_basis_rows(ctx: Context) -> int:
    return min(ctx.params["n_components"], ctx.data.n_samples)


# The square root of the inverse of the kernel between the rows that it keeps.
SPECS["Nystroem"] = Spec(
    roles(
        data="components_", structure="component_indices_ _n_features_out", derived="normalization_"
    ),
    sizes={"n_components": _n_basis_rows},
    columns_out="n_components",
    float32=True,
)
for _name in ("RBFSampler", "SkewedChi2Sampler"):
    SPECS[_name] = Spec(
        {
            **roles(random="random_weights_ random_offset_", structure="_n_features_out"),
            "_gamma": "tuned",
        },
        columns_out="n_components",
        float32=True,
    )
SPECS["PolynomialCountSketch"] = Spec(
    roles(random="indexHash_ bitHash_", structure="_n_features_out"), columns_out="n_components"
)


def _n_steps(ctx: Context) -> int:
    """Count a cosine and a sine of each feature for each step but the first."""
    return ctx.data.n_features * (2 * ctx.params["sample_steps"] - 1)


SPECS["AdditiveChi2Sampler"] = Spec(
    {"sample_interval_": "tuned"},  # scikit-learn < 1.9
    sizes={"n_steps": _n_steps},
    columns_out="n_steps",
    float32=True,
)
