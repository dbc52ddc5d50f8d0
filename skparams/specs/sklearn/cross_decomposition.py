"""Partial least squares and canonical correlation: directions in X and in y, and their loadings.

What transforms and predictions use are rotations and loadings; the weights from which the rotations
are made serve nothing else. As the weights are bound to lengths and angles, and each loading to the
weights before it, of 2kp numbers in X k(k + 1) follow from others, and likewise in y.
"""

from __future__ import annotations

import numpy as np

from skparams.specs import (
    CoefficientTable,
    Context,
    Rule,
    Spec,
    common,
    convergence,
    parameter,
    roles,
    stored_coefficients,
)

SPECS: dict[str, Spec] = {}


def _coefficients(ctx: Context) -> np.ndarray:
    coef = ctx.values["x_rotations_"] @ ctx.values["y_loadings_"].T
    return (coef * ctx.values["_y_std"]).T / ctx.values["_x_std"]


def _of_centered(ctx: Context) -> CoefficientTable | None:
    return stored_coefficients(ctx, notes=("intercept_ is the prediction for the mean of X",))


_OF_X = parameter("n_features", "n_components", free=common.orthonormal)
_SCALES: dict[str, Rule | str] = {
    "_x_mean": parameter("n_features"),
    "_x_std": parameter("n_features", when="scale", otherwise="structure"),
    "_y_std": parameter("n_outputs", when="scale", otherwise="structure"),
    "_n_features_out": "structure",
}


def _pls(y_rotations: Rule, y_loadings: Rule, *limited_by: str) -> Spec:
    return Spec(
        {
            "x_rotations_": _OF_X,
            "x_loadings_": _OF_X,
            "y_rotations_": y_rotations,
            "y_loadings_": y_loadings,
            **_SCALES,
            "intercept_": parameter("n_outputs"),
            "_y_mean": Rule("derived", derive=lambda ctx: ctx.values["intercept_"]),
            "coef_": Rule("derived", derive=_coefficients),
            **roles(
                auxiliary="x_weights_ y_weights_",
                output="x_scores_ y_scores_ _x_scores _y_scores",
                structure="_predict_1d _norm_y_weights deflation_mode mode algorithm",
            ),
        },
        columns_out="n_components",
        cost=common.predict_cost(lambda ctx: ctx.data.n_features * ctx.data.n_outputs),
        extras={
            "convergence": convergence.iterations,
            "coefficients": _of_centered,
            "limits": common.at_most("n_components", *limited_by),
        },
    )


_AXES = ("n_outputs", "n_components")
_BLOCKS = ("rows", "columns", "targets")
_OF_Y = parameter(*_AXES, free=common.orthonormal)
SPECS["_PLS"] = _pls(_OF_Y, _OF_Y, *_BLOCKS)
# Regression of y on the scores of X: the rotations of y are the pseudo-inverse of its loadings.
SPECS["PLSRegression"] = _pls(parameter(*_AXES, free=0), parameter(*_AXES), "rows", "columns")
SPECS["PLSSVD"] = Spec(
    {
        "x_weights_": _OF_X,
        "y_weights_": _OF_Y,
        **_SCALES,
        "_y_mean": parameter("n_outputs"),
    },
    columns_out="n_components",
    cost=common.predict_cost(lambda ctx: ctx.data.n_features * ctx.params["n_components"]),
    extras={"limits": common.at_most("n_components", *_BLOCKS)},
)
