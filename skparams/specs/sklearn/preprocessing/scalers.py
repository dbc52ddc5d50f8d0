"""Scalers and other transformers of single features, and kernel centering.

What a transformer needs for each feature is a parameter: a center, a scale, an exponent, quantiles.
A range that is only kept to be read is derived.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from skparams._records import Unknown
from skparams.specs import Context, Member, Rule, Spec, common, members, parameter, roles

SPECS: dict[str, Spec] = {}


def _scaler(attributes: dict[str, Rule | str], **more: Any) -> Spec:
    cost = common.predict_cost(lambda ctx: ctx.data.n_features)
    return Spec(attributes, columns_out="n_features", cost=cost, **more)


SPECS["StandardScaler"] = _scaler(
    {
        "mean_": parameter("n_features", when="with_mean"),
        "scale_": parameter("n_features", when="with_std"),
        **roles(derived="var_", metadata="n_samples_seen_"),
    }
)
SPECS["MinMaxScaler"] = _scaler(
    {
        "min_": parameter("n_features"),
        "scale_": parameter("n_features"),
        **roles(derived="data_min_ data_max_ data_range_", metadata="n_samples_seen_"),
    },
    float32=True,
)
SPECS["MaxAbsScaler"] = _scaler(
    {"scale_": parameter("n_features"), **roles(derived="max_abs_", metadata="n_samples_seen_")},
    float32=True,
)
SPECS["RobustScaler"] = _scaler(
    {
        "center_": parameter("n_features", when="with_centering"),
        "scale_": parameter("n_features", when="with_scaling"),
    }
)


def _standardized(ctx: Context) -> Iterator[Member]:
    if ctx.params["standardize"]:
        yield Member("_scaler", members.made("sklearn.preprocessing.StandardScaler"), ctx.data)


SPECS["PowerTransformer"] = Spec(
    {"lambdas_": parameter("n_features"), "_scaler": "estimator"},
    members=_standardized,
    columns_out="n_features",
    float32=True,
)


def _n_quantiles(ctx: Context) -> int:
    return min(ctx.params["n_quantiles"], ctx.data.n_samples)


SPECS["QuantileTransformer"] = Spec(
    {
        "quantiles_": parameter("n_quantiles", "n_features"),
        "references_": "structure",
        "n_quantiles_": "tuned",
    },
    sizes={"n_quantiles": _n_quantiles},
    columns_out="n_features",
)
for _name in ("Normalizer", "Binarizer"):
    SPECS[_name] = Spec({}, columns_out="n_features", float32=True)


def _n_outputs_of_func(ctx: Context) -> int | Unknown:
    names = ctx.params["feature_names_out"]
    if ctx.params["func"] is None or (isinstance(names, str) and names == "one-to-one"):
        return ctx.data.n_features
    return Unknown("depends on what the function returns")


SPECS["FunctionTransformer"] = Spec(
    {}, columns_out="n_outputs_of_func", sizes={"n_outputs_of_func": _n_outputs_of_func}
)


def _mean_of_means(ctx: Context) -> Any:
    rows = ctx.values["K_fit_rows_"]
    return np.sum(rows) / len(rows)


SPECS["KernelCenterer"] = Spec(
    {"K_fit_rows_": parameter("n_samples"), "K_fit_all_": Rule("derived", derive=_mean_of_means)},
    columns_out="n_samples",
    float32=True,
)
