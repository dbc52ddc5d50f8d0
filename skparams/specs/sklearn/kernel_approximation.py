"""Maps into the feature space of a kernel: drawn, or made of training rows, not estimated."""

from __future__ import annotations

from skparams._records import DataShape
from skparams.specs import Params, Spec, register


def _n_basis_rows(data: DataShape, params: Params) -> int:
    return min(params["n_components"], data.n_samples)


# The square root of the inverse of the kernel between the rows that it keeps.
register(
    "sklearn.Nystroem",
    Spec(
        {
            "components_": "data",
            "component_indices_": "structure",
            "normalization_": "derived",
            "_n_features_out": "structure",
        },
        sizes={"n_components": _n_basis_rows},
        n_features_out="n_components",
        passes_float32=True,
    ),
)
for _name in ("RBFSampler", "SkewedChi2Sampler"):
    register(
        f"sklearn.{_name}",
        Spec(
            {
                "random_weights_": "random",
                "random_offset_": "random",
                "_gamma": "tuned",
                "_n_features_out": "structure",
            },
            n_features_out="n_components",
            passes_float32=True,
        ),
    )
register(
    "sklearn.PolynomialCountSketch",
    Spec(
        {"indexHash_": "random", "bitHash_": "random", "_n_features_out": "structure"},
        n_features_out="n_components",
    ),
)


def _n_steps(data: DataShape, params: Params) -> int:
    """Count a cosine and a sine of each feature for each step but the first."""
    return data.n_features * (2 * params["sample_steps"] - 1)


register(
    "sklearn.AdditiveChi2Sampler",
    Spec(
        {"sample_interval_": "tuned"},  # scikit-learn < 1.9
        sizes={"n_steps": _n_steps},
        n_features_out="n_steps",
        passes_float32=True,
    ),
)
