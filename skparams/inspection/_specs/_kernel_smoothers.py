"""Kernel ridge regression and Gaussian process regression: dual weights of the training rows."""

from __future__ import annotations

from skparams.inspection._spec import Spec, parameter, register
from skparams.inspection._specs._common import targets_last
from skparams.inspection._specs._smoothers import gaussian_process, kernel_ridge

register(
    "sklearn.KernelRidge",
    Spec(
        {"dual_coef_": targets_last("n_samples", "n_outputs"), "X_fit_": "data"},
        effective=kernel_ridge,
    ),
)
register(
    "sklearn.GaussianProcessRegressor",
    Spec(
        {
            "alpha_": targets_last("n_samples", "n_outputs"),
            "_y_train_mean": parameter("n_outputs", when="normalize_y"),
            "_y_train_std": parameter("n_outputs", when="normalize_y"),
            "X_train_": "data",
            "y_train_": "data",
            "L_": "derived",
            "kernel_": "tuned",
            "log_marginal_likelihood_value_": "diagnostic",
            "_rng": "random",
        },
        effective=gaussian_process,
    ),
)
