"""Linear and quadratic discriminant analysis."""

from __future__ import annotations

from skparams._records import Count, DataShape
from skparams.specs import BINARY, Params, Rule, Spec, parameter, register, row_of


def _n_components(data: DataShape, params: Params) -> int:
    asked = params["n_components"]
    return min(data.n_classes - 1, data.n_features) if asked is None else asked


def _scores(data: DataShape, params: Params) -> Count:
    outputs = BINARY["n_outputs"](data, params)
    return outputs * data.n_features


# Predictions take the coefficients alone; the means and the directions that separate the classes
# are where they come from, and serve ``transform``.
register(
    "sklearn.LinearDiscriminantAnalysis",
    Spec(
        {
            "coef_": parameter("n_outputs", "n_features"),
            "intercept_": parameter("n_outputs"),
            "scalings_": "auxiliary",
            "xbar_": "auxiliary",
            "means_": "auxiliary",
            "priors_": "auxiliary",
            "covariance_": "auxiliary",
            "explained_variance_ratio_": "diagnostic",
            "_max_components": "structure",
            "_n_features_out": "structure",
        },
        sizes={**BINARY, "n_components": _n_components},
        n_features_out="n_components",
        cost=row_of(_scores),
        keeps_float32=lambda data, params: params["solver"] == "svd" or data.n_classes == 2,
        passes_float32=lambda data, params: params["solver"] == "svd",
    ),
)


def _orthogonal(shape: tuple[int, ...], params: Params) -> int:
    """Count the angles of a rotation of all features."""
    return shape[0] * (shape[0] - 1) // 2


def _n_matrices(data: DataShape, params: Params) -> int:
    return data.n_classes


def _by_eigenvalues(data: DataShape, params: Params) -> bool:
    return params.get("solver") == "eigen"


def _distances(data: DataShape, params: Params) -> Count:
    """Count a rotation for each class, and the squares of its scaled coordinates."""
    return data.n_classes * data.n_features * (data.n_features + 2)


register(
    "sklearn.QuadraticDiscriminantAnalysis",
    Spec(
        {
            "means_": parameter("n_classes", "n_features"),
            "rotations_": Rule(
                "parameter",
                lambda i, n: ("n_features", "n_features"),
                free=_orthogonal,
                length=_n_matrices,
                float64=_by_eigenvalues,
            ),
            "scalings_": Rule(
                "parameter",
                lambda i, n: ("n_features",),
                length=_n_matrices,
                float64=_by_eigenvalues,
            ),
            "priors_": Rule(
                "parameter",
                ("n_classes",),
                free=lambda shape, params: shape[0] - 1,
                when=lambda params: params["priors"] is None,
                otherwise="structure",
                float64=True,
            ),
            "covariance_": "derived",
        },
        decides={"priors": ("priors_",)},
        cost=row_of(_distances),
        keeps_float32=True,
    ),
)
