"""Linear models: coefficients for each output and feature, and an intercept for each output.

``n_outputs`` is the number of targets; of a classifier the number of classes, or 1 for two.
"""

from collections.abc import Mapping
from math import prod
from typing import Any

from skparams.inspection._spec import Rule, Spec, parameter, register


def _softmax(shape: tuple[int, ...], params: Mapping[str, Any]) -> int:
    """Count all classes but one: adding the same to each class's score changes nothing.

    One-versus-rest models (liblinear's, and ``multi_class="ovr"`` of older versions) fit each
    class on its own, without that constraint.
    """
    one_by_one = params.get("solver") == "liblinear" or params.get("multi_class") == "ovr"
    if one_by_one or shape[0] == 1:
        return prod(shape)
    return (shape[0] - 1) * prod(shape[1:])


def _linear(
    names: str,
    attributes: Mapping[str, str] | None = None,
    *,
    free: Any = None,
    free_intercept: Any = None,
    decides: Mapping[str, tuple[str, ...]] | None = None,
) -> None:
    """Register one Spec for several classes of scikit-learn."""
    rules: dict[str, Rule | str] = {
        "coef_": parameter("n_outputs", "n_features", free=free),
        "intercept_": parameter("n_outputs", when="fit_intercept", free=free_intercept),
        **(attributes or {}),
    }
    for name in names.split():
        register(f"sklearn.{name}", Spec(rules, decides=decides or {}))


_linear("LinearRegression", {"rank_": "diagnostic", "singular_": "diagnostic"})
_linear(
    "Ridge RidgeCV RidgeClassifier RidgeClassifierCV",
    {
        "alpha_": "tuned",
        "solver_": "structure",
        "gcv_mode": "structure",
        "alpha_per_target": "structure",
        "_label_binarizer": "structure",
        "best_score_": "diagnostic",
        "cv_results_": "output",
    },
)
# A coefficient that the penalty holds at zero is not free.
_linear(
    "Lasso ElasticNet LassoCV ElasticNetCV "
    "MultiTaskLasso MultiTaskElasticNet MultiTaskLassoCV MultiTaskElasticNetCV",
    {
        "alpha_": "tuned",
        "l1_ratio_": "tuned",
        "l1_ratio": "structure",
        "precompute": "structure",
        "positive": "structure",
        "alphas_": "structure",
        "_alphas": "structure",  # scikit-learn < 1.9
        "dual_gap_": "diagnostic",
        "eps_": "diagnostic",
        "mse_path_": "diagnostic",
    },
    free="nonzero",
    decides={"alpha": ("coef_",), "l1_ratio": ("coef_",)},
)
_linear(
    "LogisticRegression LogisticRegressionCV",
    {
        "C_": "tuned",
        "l1_ratio_": "tuned",
        "Cs_": "structure",
        "l1_ratios_": "structure",
        "scores_": "diagnostic",
        "coefs_paths_": "diagnostic",
    },
    free=_softmax,
    free_intercept=_softmax,
)
_linear(
    "SGDClassifier SGDRegressor Perceptron",
    {
        **dict.fromkeys(
            ("t_", "_standard_coef", "_standard_intercept", "_average_coef", "_average_intercept"),
            "state",
        ),
        **dict.fromkeys(
            ("loss", "learning_rate", "epsilon", "power_t", "average", "alpha", "l1_ratio"),
            "structure",
        ),
        "C": "structure",  # scikit-learn < 1.9
        "_loss_function_": "structure",
        "_expanded_class_weight": "structure",
    },
)
_linear("LinearSVC LinearSVR")
_linear("PoissonRegressor GammaRegressor TweedieRegressor", {"_base_loss": "structure"})
