"""Linear models whose penalty or stopping rule holds coefficients at zero."""

from __future__ import annotations

from skparams.specs import ONE, Rule
from skparams.specs.sklearn.linear import linear

# A coefficient that is held at zero is not free.
_DESCENT: dict[str, Rule | str] = {
    "alpha_": "tuned",
    "l1_ratio_": "tuned",
    "l1_ratio": "structure",
    "precompute": "structure",
    "positive": "structure",
    "alphas_": "structure",
    "_alphas": "structure",  # scikit-learn < 1.9
    "n_alphas": "structure",  # scikit-learn < 1.9
    "dual_gap_": "diagnostic",
    "eps_": "diagnostic",
    "mse_path_": "diagnostic",
}
_PENALTY = {"alpha": ("coef_",), "l1_ratio": ("coef_",)}

linear(
    "Lasso ElasticNet MultiTaskLasso MultiTaskElasticNet MultiTaskLassoCV MultiTaskElasticNetCV",
    _DESCENT,
    free="nonzero",
    decides=_PENALTY,
)
linear("LassoCV ElasticNetCV", _DESCENT, sizes=ONE, free="nonzero", decides=_PENALTY)

_ANGLE: dict[str, Rule | str] = {
    "alpha_": "tuned",
    "active_": "structure",
    "alphas_": "diagnostic",
    "coef_path_": "diagnostic",
    "cv_alphas_": "diagnostic",
    "mse_path_": "diagnostic",
    "criterion_": "diagnostic",
    "noise_variance_": "diagnostic",
    "fit_path": "structure",
    "jitter": "structure",
    "method": "structure",
    "n_nonzero_coefs": "structure",
    "random_state": "structure",
}
_STOPPING = {"alpha": ("coef_",), "n_nonzero_coefs": ("coef_",), "criterion": ("coef_",)}

linear("Lars LassoLars", _ANGLE, free="nonzero", decides=_STOPPING)
linear("LarsCV LassoLarsCV LassoLarsIC", _ANGLE, sizes=ONE, free="nonzero", decides=_STOPPING)

linear(
    "OrthogonalMatchingPursuit",
    {"n_nonzero_coefs_": "tuned"},
    free="nonzero",
    decides={"n_nonzero_coefs": ("coef_",), "tol": ("coef_",)},
)
linear(
    "OrthogonalMatchingPursuitCV",
    {"n_nonzero_coefs_": "tuned"},
    sizes=ONE,
    free="nonzero",
)
linear(
    "QuantileRegressor",
    sizes=ONE,
    free="nonzero",
    decides={"alpha": ("coef_",)},
    keeps_float32=False,
)
