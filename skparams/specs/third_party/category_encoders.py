"""category_encoders: numbers for categories, in tables of pandas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from skparams._records import Unknown
from skparams.specs import Context, Part, Rule, Spec, columns_of, index_of, roles

SPECS: dict[str, Spec] = {}

_REPEATED = Unknown("categories that are missing or unknown repeat other encodings")
_COMBINED = Unknown("predictions use sums and counts together")
_SHARES = Unknown("shares of categories may sum to one")


def _of_each(ctx: Context) -> Iterator[tuple[str, Any]]:
    """Yield the table of each encoded column: by name, or in a list of dicts."""
    if isinstance(ctx.value, Mapping):
        for name, table in ctx.value.items():
            yield f"[{name!r}]", table
    else:
        for i, each in enumerate(ctx.value or ()):
            yield f"[{i}]['mapping']", each["mapping"]


def _encodings(ctx: Context, *, free: Unknown | None = _REPEATED) -> Iterator[Part]:
    """Yield the encodings of each category; there is none where an encoding is NaN."""
    for path, table in _of_each(ctx):
        for name, column in (columns_of(table) or {}).items():
            shown = f"[{name!r}]" if name != "" else ""
            known = column[~np.isnan(np.asarray(column, dtype=float))]
            yield Part(
                path + shown,
                column,
                ("n_categories",),
                count=known.size,
                free=free,
                used=partial(np.asarray, known),
            )
        yield from _index(path, table)


def _counts(ctx: Context) -> Iterator[Part]:
    return _encodings(ctx, free=_SHARES if any(ctx.values["_normalize"].values()) else None)


def _codes(ctx: Context) -> Iterator[Part]:
    """Yield the columns that replace each category, which are drawn from no data."""
    for path, table in _of_each(ctx):
        for name, column in (columns_of(table) or {}).items():
            yield Part(f"{path}[{name!r}]", column, ("n_categories",), role="structure")
        yield from _index(path, table)


def _ordinals(ctx: Context) -> Iterator[Part]:
    """Yield the code of each category, and the categories as text, by which others are encoded."""
    for each in getattr(ctx.value, "mapping", None) or ():
        codes, path = each["mapping"], f".mapping[{each['col']!r}]"
        yield Part(path, columns_of(codes)[""], ("n_categories",), role="structure")  # type: ignore[index]
        names = np.array([repr(category) for category in codes.index])
        yield Part(f"{path}.index", names, ("n_categories",), role="structure")


def _index(path: str, table: Any) -> Iterator[Part]:
    index = index_of(table)
    if index is not None:
        yield Part(f"{path}.index", index, ("n_categories",), role="structure")


_BASE: dict[str, Rule | str] = {
    "ordinal_encoder": Rule("structure", parts=_ordinals),
    **roles(
        structure="invariant_cols cols use_default_cols use_all_cols composite_cols "
        "keep_components composite_members_ min_group_lumping_ hierarchy_depth mapping_supplied "
        "handle_unknown handle_missing _min_group_categories _normalize _min_group_name "
        "_combine_min_nan_groups _min_group_size _handle_unknown _handle_missing",
        auxiliary="lab_encoder_ _sum _count _mean",
        metadata="_dim feature_dtypes_in_ feature_names_out_ data_lines",
        data="X",
    ),
}


def _encoder(*modules_and_names: str, **rules: Rule | str) -> None:
    for name in modules_and_names:
        SPECS[name] = Spec(
            {**_BASE, **rules},
            members=Unknown("depends on the data's categories"),
            extras={"fitted": lambda ctx: ctx.values.get("feature_names_out_") is not None},
        )


# Ordinals, hashes, bits and contrasts: nothing is estimated.
_encoder("utils.BaseEncoder", mapping=Rule("structure", parts=_codes))
_encoder(
    "target_encoder.TargetEncoder",
    "james_stein.JamesSteinEncoder",
    "m_estimate.MEstimateEncoder",
    "woe.WOEEncoder",
    "glmm.GLMMEncoder",
    "quantile_encoder.QuantileEncoder",
    mapping=Rule("parameter", parts=_encodings),
)
_encoder("count.CountEncoder", mapping=Rule("parameter", parts=_counts))
# A sum and a count of each category, and the mean of all for a category that is unknown or rare.
_encoder(
    "leave_one_out.LeaveOneOutEncoder",
    "cat_boost.CatBoostEncoder",
    mapping=Rule("parameter", parts=partial(_encodings, free=_COMBINED)),
    _mean="parameter",
)
SPECS["quantile_encoder.SummaryEncoder"] = Spec(
    {
        "encoder_list": "estimator",
        **roles(
            structure="drop_cols use_default_cols use_all_cols ordinal_encoder mapping",
            metadata="_dim feature_names_out_",
        ),
    },
    members=Unknown("depends on the data's categories"),
)
