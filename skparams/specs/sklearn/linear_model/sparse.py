"""Linear models whose penalty or stopping rule holds coefficients at zero."""

from __future__ import annotations

from functools import partial

from skparams.specs import Rule, Spec, common, linear, roles, smoothers

SPECS: dict[str, Spec] = {}

# A coefficient that is held at zero is not free.
_DESCENT: dict[str, Rule | str] = {
    "alpha_": "tuned",
    "l1_ratio_": "tuned",
    **roles(
        structure="l1_ratio precompute positive alphas_", diagnostic="dual_gap_ eps_ mse_path_"
    ),
    "_alphas": "structure",  # scikit-learn < 1.9
    "n_alphas": "structure",  # scikit-learn < 1.9
}
_PENALTY = {"alpha": ("coef_",), "l1_ratio": ("coef_",)}

_descent = partial(linear, _DESCENT, free="nonzero", decides=_PENALTY, float32=True)
SPECS["Lasso"] = SPECS["ElasticNet"] = _descent(effective=smoothers.lasso)
SPECS["MultiTaskLasso"] = SPECS["MultiTaskElasticNet"] = _descent()
_tuned = partial(_descent, effective=smoothers.tuned_lasso)
SPECS["MultiTaskLassoCV"] = SPECS["MultiTaskElasticNetCV"] = _tuned()
SPECS["LassoCV"] = SPECS["ElasticNetCV"] = _tuned(sizes=common.ONE)

_ANGLE: dict[str, Rule | str] = {
    "alpha_": "tuned",
    **roles(
        structure="active_ fit_path jitter method n_nonzero_coefs random_state",
        diagnostic="alphas_ coef_path_ cv_alphas_ mse_path_ criterion_ noise_variance_",
    ),
}
_STOPPING = {"alpha": ("coef_",), "n_nonzero_coefs": ("coef_",), "criterion": ("coef_",)}

_angle = partial(linear, _ANGLE, free="nonzero", decides=_STOPPING, float32=True, convergence=None)
SPECS["Lars"] = _angle()
SPECS["LassoLars"] = _angle(effective=smoothers.lasso_lars)
SPECS["LarsCV"] = SPECS["LassoLarsCV"] = SPECS["LassoLarsIC"] = _angle(
    sizes=common.ONE, effective=smoothers.tuned_lasso
)

_pursuit = partial(
    linear, {"n_nonzero_coefs_": "tuned"}, free="nonzero", float32=True, convergence=None
)
SPECS["OrthogonalMatchingPursuit"] = _pursuit(
    decides={"n_nonzero_coefs": ("coef_",), "tol": ("coef_",)}
)
SPECS["OrthogonalMatchingPursuitCV"] = _pursuit(sizes=common.ONE)
SPECS["QuantileRegressor"] = linear(sizes=common.ONE, free="nonzero", decides={"alpha": ("coef_",)})
