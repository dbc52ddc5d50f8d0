"""Linear models: coefficients for each output and feature, and an intercept for each output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import prod
from typing import Literal

import numpy as np
from scipy.sparse import csc_array, issparse

from skparams._records import Unknown
from skparams.specs import (
    Context,
    Member,
    Rule,
    Spec,
    common,
    convergence,
    linear,
    members,
    nonzero_if_l1,
    roles,
    smoothers,
)

SPECS: dict[str, Spec] = {}


def _one_by_one(ctx: Context) -> bool:
    """Whether each class is fitted on its own, as by liblinear, or there are two classes."""
    return not _all_at_once(ctx) or ctx.shape[0] == 1


def _all_at_once(ctx: Context) -> bool:
    params = ctx.params
    return params.get("solver") != "liblinear" and params.get("multi_class") != "ovr"


def _softmax(ctx: Context) -> int | Literal["nonzero"] | None:
    """Count all classes but one: adding the same to each class's score changes nothing.

    An L1 penalty decides what to add.
    """
    nonzero = nonzero_if_l1(ctx)
    if nonzero or _one_by_one(ctx):
        return nonzero
    if issparse(ctx.value):  # of a column that is not stored, none is there to leave out
        return ctx.value.nnz - int(np.count_nonzero(np.diff(csc_array(ctx.value).indptr)))
    return (ctx.shape[0] - 1) * prod(ctx.shape[1:])


def _softmax_intercept(ctx: Context) -> int | Literal["nonzero"] | None:
    """Count as many, for no penalty decides; but for liblinear's, which is a coefficient too."""
    if ctx.params.get("solver") == "liblinear":
        return nonzero_if_l1(ctx)
    return None if _one_by_one(ctx) else ctx.shape[0] - 1


SPECS["LinearRegression"] = linear(
    roles(diagnostic="rank_ singular_"), float32=True, effective=smoothers.linear_regression
)

_RIDGE: dict[str, Rule | str] = {
    "alpha_": "tuned",
    **roles(
        structure="solver_ gcv_mode alpha_per_target _label_binarizer",
        diagnostic="best_score_",
        output="cv_results_",
    ),
}
SPECS["Ridge"] = linear(_RIDGE, float32=True, effective=smoothers.ridge)
SPECS["RidgeCV"] = linear(_RIDGE, effective=smoothers.ridge)
SPECS["RidgeClassifier"] = linear(_RIDGE, sizes=common.MULTILABEL, float32=True)
SPECS["RidgeClassifierCV"] = linear(_RIDGE, sizes=common.MULTILABEL)

# The precisions of the noise and of the coefficients, and the coefficients' covariance, give the
# standard deviation of a prediction, not the prediction.
SPECS["BayesianRidge"] = SPECS["ARDRegression"] = linear(
    roles(auxiliary="alpha_ lambda_ sigma_ X_offset_ X_scale_", diagnostic="scores_"),
    sizes=common.ONE,
    float32=True,
    effective=smoothers.bayesian,
)

_LOGISTIC: dict[str, Rule | str] = {
    **roles(tuned="C_ l1_ratio_", structure="Cs_ l1_ratios_", diagnostic="scores_ coefs_paths_"),
}
SPECS["LogisticRegression"] = SPECS["LogisticRegressionCV"] = linear(
    _LOGISTIC,
    sizes=common.BINARY,
    free=_softmax,
    free_intercept=_softmax_intercept,
    softmax_of=_all_at_once,
)
for _name in ("PoissonRegressor", "GammaRegressor", "TweedieRegressor"):
    SPECS[_name] = linear({"_base_loss": "structure"}, sizes=common.ONE)
SPECS["HuberRegressor"] = linear(roles(auxiliary="scale_", output="outliers_"), sizes=common.ONE)


def _theil_sen(ctx: Context) -> str | None:
    """TheilSen numbers iterations from 0, and has none for a single coefficient."""
    n_coefs = np.size(ctx.values["coef_"]) + ctx.params["fit_intercept"]
    limit = ctx.params["max_iter"]
    return convergence.at_limit(int(n_coefs > 1 and ctx.values["n_iter_"] + 1 >= limit), 1, limit)


SPECS["TheilSenRegressor"] = linear(
    {
        **roles(diagnostic="breakdown_", structure="n_subpopulation_"),
        "copy_X": "structure",  # scikit-learn < 1.8
    },
    sizes=common.ONE,
    convergence=_theil_sen,
)


def _on_inliers(ctx: Context) -> Iterator[Member]:
    estimator = members.made("sklearn.linear_model.LinearRegression", given=ctx.params["estimator"])
    yield Member("estimator_", estimator, replace(ctx.data, rows=Unknown("depends on the inliers")))


SPECS["RANSACRegressor"] = Spec(
    {
        "estimator_": "estimator",
        **roles(
            output="inlier_mask_",
            diagnostic="n_trials_ n_skips_no_inliers_ n_skips_invalid_data_ n_skips_invalid_model_",
        ),
    },
    members=_on_inliers,
)
