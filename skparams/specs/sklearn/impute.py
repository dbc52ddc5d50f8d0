"""Imputers: a statistic or a model for each feature, or training rows to search.

A constant that is filled in is not estimated.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from skparams._records import Bounds, NotKnown, Unknown, between
from skparams.specs import Context, Member, Part, Rule, Spec, convergence, members, roles

SPECS: dict[str, Spec] = {}

_INDICATOR = {"indicator_": "estimator"}


def _n_columns(ctx: Context) -> int | Bounds:
    """Return the number of columns: one less for a feature without values, one more for gaps."""
    p = ctx.data.n_features
    if ctx.params["add_indicator"]:
        return between(p, 2 * p)
    return between(p if ctx.params["keep_empty_features"] else 0, p)


def _indicator(ctx: Context) -> Iterator[Member]:
    if ctx.params["add_indicator"]:
        yield Member("indicator_", members.made("sklearn.impute.MissingIndicator"), ctx.data)


def _estimates(ctx: Context) -> bool:
    return ctx.params.get("strategy") != "constant"


def _statistics_before(ctx: Context) -> Iterator[Part]:
    """Yield a number for each feature; of text the most frequent is none."""
    head: Any = ctx.data.head
    if ctx.params["strategy"] == "most_frequent" and head is not None:
        kinds = {getattr(dtype, "kind", "O") for dtype in head.dtypes}
        if not kinds <= set("iuf"):
            raise NotKnown("depends on which columns are numbers")
    yield Part("", dims=("n_features",))


SPECS["SimpleImputer"] = Spec(
    {
        "statistics_": Rule(
            "parameter", ("n_features",), when=_estimates, before=_statistics_before
        ),
        **_INDICATOR,
        **roles(structure="_fit_dtype _fill_dtype"),
    },
    decides={"strategy": ("statistics_",)},
    members=_indicator,
    columns_out="n_columns",
    sizes={"n_columns": _n_columns},
)
SPECS["KNNImputer"] = Spec(
    {**roles(data="_fit_X", derived="_mask_fit_X", structure="_valid_mask"), **_INDICATOR},
    members=_indicator,
    columns_out="n_columns",
    sizes={"n_columns": _n_columns},
    float32=True,
)


def _imputer(ctx: Context) -> str | None:
    """Leave out draws from the posterior, which do not settle."""
    return None if ctx.params["sample_posterior"] else convergence.iterations(ctx)


SPECS["IterativeImputer"] = Spec(
    {
        "imputation_sequence_": "estimator",
        "initial_imputer_": "estimator",
        **_INDICATOR,
        **roles(
            structure="_estimator _is_empty_feature _min_value _max_value imputer_",
            metadata="n_features_with_missing_",
            random="random_state_",
        ),
        "n_iter_": "structure",  # transform asks how many rounds there are
    },
    members=Unknown("a model for each round and each feature with missing values"),
    extras={"convergence": _imputer},
    columns_out="n_columns",
    sizes={"n_columns": _n_columns},
    float32=True,
)
SPECS["MissingIndicator"] = Spec(
    roles(structure="features_ _precomputed", metadata="_n_features"),
    columns_out="n_missing",
    sizes={
        "n_missing": lambda ctx: between(
            ctx.data.n_features if ctx.params["features"] == "all" else 0, ctx.data.n_features
        )
    },
)
