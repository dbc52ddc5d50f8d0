"""Kernel ridge regression: weights of training rows, which are kept beside them."""

from __future__ import annotations

from skparams.specs import Spec, common, smoothers

SPECS: dict[str, Spec] = {}


SPECS["KernelRidge"] = Spec(
    {"dual_coef_": common.targets_last("n_samples", "n_outputs"), "X_fit_": "data"},
    # A kernel between two rows takes about one multiply-add for each feature.
    cost=common.row_of(lambda ctx: ctx.data.n_samples * (ctx.data.n_features + ctx.data.n_outputs)),
    extras={"effective": smoothers.kernel_ridge},
)
