"""Scalers and other transformers of single features.

What a transformer needs for each feature is a parameter: a center, a scale, an exponent, quantiles.
A range that is only kept to be read is derived.
"""

from __future__ import annotations

from collections.abc import Iterator

from skparams._records import DataShape, Unknown
from skparams.specs import After, Member, Params, Rule, Spec, made, parameter, register, row_of

_ROW = row_of(lambda data, params: data.n_features)

register(
    "sklearn.StandardScaler",
    Spec(
        {
            "mean_": parameter("n_features", when="with_mean"),
            "scale_": parameter("n_features", when="with_std"),
            "var_": "derived",
            "n_samples_seen_": "metadata",
        },
        n_features_out="n_features",
        cost=_ROW,
        passes_float32=True,
    ),
)
register(
    "sklearn.MinMaxScaler",
    Spec(
        {
            "min_": parameter("n_features"),
            "scale_": parameter("n_features"),
            **dict.fromkeys(("data_min_", "data_max_", "data_range_"), "derived"),
            "n_samples_seen_": "metadata",
        },
        n_features_out="n_features",
        cost=_ROW,
        keeps_float32=True,
    ),
)
register(
    "sklearn.MaxAbsScaler",
    Spec(
        {
            "scale_": parameter("n_features"),
            "max_abs_": "derived",
            "n_samples_seen_": "metadata",
        },
        n_features_out="n_features",
        cost=_ROW,
        keeps_float32=True,
    ),
)
register(
    "sklearn.RobustScaler",
    Spec(
        {
            "center_": parameter("n_features", when="with_centering"),
            "scale_": Rule("parameter", ("n_features",), when="with_scaling", float64=True),
        },
        n_features_out="n_features",
        cost=_ROW,
        keeps_float32=True,
    ),
)


def _standardized(params: Params, data: DataShape, after: After) -> Iterator[Member]:
    if params["standardize"]:
        yield Member("_scaler", made("sklearn.preprocessing.StandardScaler"), data)


register(
    "sklearn.PowerTransformer",
    Spec(
        {"lambdas_": parameter("n_features"), "_scaler": "estimator"},
        members=_standardized,
        n_features_out="n_features",
        keeps_float32=True,
    ),
)


def _n_quantiles(data: DataShape, params: Params) -> int:
    return min(params["n_quantiles"], data.n_samples)


register(
    "sklearn.QuantileTransformer",
    Spec(
        {
            "quantiles_": parameter("n_quantiles", "n_features"),
            "references_": "structure",
            "n_quantiles_": "tuned",
        },
        sizes={"n_quantiles": _n_quantiles},
        n_features_out="n_features",
        passes_float32=True,
    ),
)
for _name in ("Normalizer", "Binarizer"):
    register(f"sklearn.{_name}", Spec({}, n_features_out="n_features", passes_float32=True))
register(
    "sklearn.FunctionTransformer",
    Spec(
        {},
        n_features_out="n_outputs_of_func",
        sizes={
            "n_outputs_of_func": lambda data, params: (
                data.n_features
                if params["func"] is None
                else Unknown("depends on what the function returns")
            )
        },
        passes_float32=lambda data, params: params["func"] is None,
    ),
)
