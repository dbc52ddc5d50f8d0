"""Imputers: a statistic or a model for each feature, or training rows to search.

A constant that is filled in is not estimated.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from skparams._records import Bounds, DataShape, NotKnown, between
from skparams.specs import After, Member, Params, Part, Rule, Spec, made, register

_INDICATOR = {"indicator_": "estimator"}


def _n_columns(data: DataShape, params: Params) -> int | Bounds:
    """Return the number of columns: one less for a feature without values, one more for gaps."""
    p = data.n_features
    if params["add_indicator"]:
        return between(p, 2 * p)
    return between(p if params["keep_empty_features"] else 0, p)


def _indicator(params: Params, data: DataShape, after: After) -> Iterator[Member]:
    if params["add_indicator"]:
        yield Member("indicator_", made("sklearn.impute.MissingIndicator"), data)


def _estimates(params: Params) -> bool:
    return params.get("strategy") != "constant"


def _statistics_before(data: DataShape, params: Params) -> Iterator[Part]:
    """Yield a number for each feature; of text the most frequent is none."""
    head: Any = data.head
    if params["strategy"] == "most_frequent" and head is not None:
        kinds = {getattr(dtype, "kind", "O") for dtype in head.dtypes}
        if not kinds <= set("iuf"):
            raise NotKnown("depends on which columns are numbers")
    yield Part("", dims=("n_features",))


register(
    "sklearn.SimpleImputer",
    Spec(
        {
            "statistics_": Rule(
                "parameter", ("n_features",), when=_estimates, before=_statistics_before
            ),
            **_INDICATOR,
            "_fit_dtype": "structure",
            "_fill_dtype": "structure",
        },
        decides={"strategy": ("statistics_",)},
        members=_indicator,
        n_features_out="n_columns",
        sizes={"n_columns": _n_columns},
        keeps_float32=lambda data, params: params["strategy"] == "median",
        passes_float32=True,
    ),
)
register(
    "sklearn.KNNImputer",
    Spec(
        {
            "_fit_X": "data",
            "_mask_fit_X": "derived",
            "_valid_mask": "structure",
            **_INDICATOR,
        },
        members=_indicator,
        n_features_out="n_columns",
        sizes={"n_columns": _n_columns},
        passes_float32=True,
    ),
)
register(
    "sklearn.IterativeImputer",
    Spec(
        {
            "imputation_sequence_": "estimator",
            "initial_imputer_": "estimator",
            **_INDICATOR,
            "_estimator": "structure",
            "_is_empty_feature": "structure",
            "_min_value": "structure",
            "_max_value": "structure",
            "n_iter_": "structure",  # transform asks how many rounds there are
            "n_features_with_missing_": "metadata",
            "imputer_": "structure",
            "random_state_": "random",
        },
        unknown="a model for each round and each feature with missing values",
        n_features_out="n_columns",
        sizes={"n_columns": _n_columns},
        passes_float32=True,
    ),
)
register(
    "sklearn.MissingIndicator",
    Spec(
        {
            "features_": "structure",
            "_precomputed": "structure",
            "_n_features": "metadata",
        },
        n_features_out="n_missing",
        sizes={
            "n_missing": lambda data, params: between(
                data.n_features if params["features"] == "all" else 0, data.n_features
            )
        },
    ),
)
