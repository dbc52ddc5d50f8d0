"""Linear models: coefficients for each output and feature, and an intercept for each output.

``n_outputs`` is the number of targets; of a classifier the number of classes, or 1 for two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any

from skparams._compat import LBFGS_KEEPS_FLOAT32, RIDGE_CV_KEEPS_FLOAT32
from skparams._records import Bounds, Cost, DataShape, Size
from skparams.specs import (
    BINARY,
    MULTILABEL,
    ONE,
    Params,
    Rule,
    Said,
    Spec,
    if_known,
    linear_regression,
    parameter,
    register,
    ridge,
)

__all__ = ["epoch_of", "linear"]


def linear(
    names: str,
    attributes: Mapping[str, Rule | str] | None = None,
    *,
    sizes: Mapping[str, Size] | None = None,
    free: Any = None,
    free_intercept: Any = None,
    decides: Mapping[str, tuple[str, ...]] | None = None,
    keeps_float32: bool | Said = True,
    epochs: bool = False,
    effective: Callable[[Any, Any], float] | None = None,
) -> None:
    """Register one Spec for several classes of scikit-learn.

    Parameters
    ----------
    names : str
        The classes.
    attributes : mapping, default=None
        What fit leaves beside coefficients and intercepts.
    sizes : mapping, default=None
        As for ``Spec``; by default there is an output for each column of y.
    free, free_intercept : callable or "nonzero", default=None
        As for ``Rule``.
    decides : mapping, default=None
        As for ``Spec``.
    keeps_float32 : bool or callable, default=True
        As for ``Spec``.
    epochs : bool, default=False
        Whether each epoch takes each row once.
    effective : callable, default=None
        As for ``Spec``.
    """
    rules: dict[str, Rule | str] = {
        "coef_": parameter("n_outputs", "n_features", free=free),
        "intercept_": parameter(
            "n_outputs", when="fit_intercept", free=free_intercept, otherwise="structure"
        ),
        **(attributes or {}),
    }

    def row(data: DataShape, params: Params) -> int:
        outputs = sizes["n_outputs"](data, params) if sizes else data.n_outputs
        assert isinstance(outputs, int)
        return data.n_features * outputs

    def cost(data: DataShape, params: Params, n_parameters: int) -> Cost:
        once = if_known(lambda: row(data, params))
        if not epochs:
            return Cost(predict_macs_per_sample=once)
        epoch = if_known(lambda: epoch_of(data, row(data, params)))
        return Cost(predict_macs_per_sample=once, train_macs_per_epoch=epoch)

    spec = Spec(
        rules,
        decides=decides or {},
        sizes=sizes or {},
        cost=cost,
        keeps_float32=keeps_float32,
        effective=effective,
    )
    for name in names.split():
        register(f"sklearn.{name}", spec)


def epoch_of(data: DataShape, row: int) -> Bounds:
    """Count an epoch's multiply-adds: a loss that is zero for a row spares its update."""
    return Bounds(data.n_samples * row, 2 * data.n_samples * row)


def _softmax(shape: tuple[int, ...], params: Params) -> int:
    """Count all classes but one: adding the same to each class's score changes nothing.

    One-versus-rest models (liblinear's, and ``multi_class="ovr"`` of older versions) fit each
    class on its own, without that constraint.
    """
    one_by_one = params.get("solver") == "liblinear" or params.get("multi_class") == "ovr"
    if one_by_one or shape[0] == 1:
        return prod(shape)
    return (shape[0] - 1) * prod(shape[1:])


linear(
    "LinearRegression",
    {"rank_": "diagnostic", "singular_": "diagnostic"},
    effective=linear_regression,
)

_RIDGE: dict[str, Rule | str] = {
    "alpha_": "tuned",
    "solver_": "structure",
    "gcv_mode": "structure",
    "alpha_per_target": "structure",
    "_label_binarizer": "structure",
    "best_score_": "diagnostic",
    "cv_results_": "output",
}
linear("Ridge", _RIDGE, effective=ridge)
linear("RidgeCV", _RIDGE, keeps_float32=RIDGE_CV_KEEPS_FLOAT32, effective=ridge)
linear("RidgeClassifier", _RIDGE, sizes=MULTILABEL)
linear("RidgeClassifierCV", _RIDGE, sizes=MULTILABEL, keeps_float32=RIDGE_CV_KEEPS_FLOAT32)

# The precisions of the noise and of the coefficients, and the coefficients' covariance, give the
# standard deviation of a prediction, not the prediction.
linear(
    "BayesianRidge ARDRegression",
    {
        "alpha_": "auxiliary",
        "lambda_": "auxiliary",
        "sigma_": "auxiliary",
        "X_offset_": "auxiliary",
        "X_scale_": "auxiliary",
        "scores_": "diagnostic",
    },
    sizes=ONE,
)

_LOGISTIC: dict[str, Rule | str] = {
    "C_": "tuned",
    "l1_ratio_": "tuned",
    "Cs_": "structure",
    "l1_ratios_": "structure",
    "scores_": "diagnostic",
    "coefs_paths_": "diagnostic",
}


def _logistic_keeps_float32(data: DataShape, params: Params) -> bool:
    solver = params["solver"]
    return solver != "liblinear" and (solver != "lbfgs" or LBFGS_KEEPS_FLOAT32)


linear(
    "LogisticRegression",
    _LOGISTIC,
    sizes=BINARY,
    free=_softmax,
    free_intercept=_softmax,
    keeps_float32=_logistic_keeps_float32,
)
linear(
    "LogisticRegressionCV",
    _LOGISTIC,
    sizes=BINARY,
    free=_softmax,
    free_intercept=_softmax,
    keeps_float32=False,
)

linear(
    "PoissonRegressor GammaRegressor TweedieRegressor",
    {"_base_loss": "structure"},
    sizes=ONE,
    keeps_float32=LBFGS_KEEPS_FLOAT32,
)
linear(
    "HuberRegressor", {"scale_": "auxiliary", "outliers_": "output"}, sizes=ONE, keeps_float32=False
)
linear(
    "TheilSenRegressor",
    {
        "breakdown_": "diagnostic",
        "n_subpopulation_": "structure",
        "copy_X": "structure",  # scikit-learn < 1.8
    },
    sizes=ONE,
    keeps_float32=False,
)
linear("LinearSVC", sizes=BINARY, keeps_float32=False)
linear("LinearSVR", sizes=ONE, keeps_float32=False)
