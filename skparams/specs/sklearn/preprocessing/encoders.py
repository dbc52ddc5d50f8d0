"""Encoders: categories are structure; of a target encoder the encodings are learned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from skparams._records import NotKnown, Unknown
from skparams.specs import Context, Part, Rule, Spec, parameter, roles

SPECS: dict[str, Spec] = {}

_BY_DATA = Unknown("depends on the data's categories")


def _n_one_hot(ctx: Context) -> int | Unknown:
    """Count the columns where the categories are given and none is dropped or merged."""
    categories: Any = ctx.params["categories"]
    merges = ctx.params["max_categories"] is not None or ctx.params["min_frequency"] is not None
    if isinstance(categories, str) or merges:
        return _BY_DATA
    drop: Any = ctx.params["drop"]
    if drop is None:
        return sum(len(each) for each in categories)
    if isinstance(drop, str) and drop == "if_binary":
        return sum(1 if len(each) == 2 else len(each) for each in categories)
    return sum(len(each) - 1 for each in categories)


_CATEGORIES = roles(
    structure=(
        "categories_ _infrequent_enabled _infrequent_indices "
        "_default_to_infrequent_mappings _missing_indices"
    )
)
SPECS["OneHotEncoder"] = Spec(
    {**_CATEGORIES, **roles(structure="drop_idx_ _drop_idx_after_grouping _n_features_outs")},
    sizes={"n_columns": _n_one_hot},
    columns_out="n_columns",
)
SPECS["OrdinalEncoder"] = Spec(_CATEGORIES, columns_out="n_features")


def _n_targets(ctx: Context) -> int:
    """Return the number of columns for a feature: that of the classes where they are several."""
    kind = ctx.params["target_type"]
    if kind in ("continuous", "binary"):
        return 1
    return ctx.data.n_classes if kind == "multiclass" or ctx.data.n_classes > 2 else 1


def _n_encoded(ctx: Context) -> int:
    return ctx.data.n_features * _n_targets(ctx)


def _encodings_before(ctx: Context) -> Iterator[Part]:
    categories: Any = ctx.params["categories"]
    if isinstance(categories, str):
        raise NotKnown(_BY_DATA.reason)
    each = _n_targets(ctx)
    for i, values in enumerate(categories):
        for j in range(each):
            yield Part(f"[{i * each + j}]", count=len(values))


SPECS["TargetEncoder"] = Spec(
    {
        "encodings_": Rule("parameter", ("n_categories",), before=_encodings_before),
        "target_mean_": parameter("n_targets"),
        **roles(structure="target_type_ _label_encoder"),
        **_CATEGORIES,
    },
    sizes={"n_encoded": _n_encoded, "n_targets": _n_targets},
    columns_out="n_encoded",
)
SPECS["LabelBinarizer"] = Spec(roles(structure="y_type_ sparse_input_"))
SPECS["LabelEncoder"] = Spec({})


def _n_binary(ctx: Context) -> int | Unknown:
    classes: Any = ctx.params["classes"]
    return Unknown("depends on the classes in y") if classes is None else len(classes)


SPECS["MultiLabelBinarizer"] = Spec(
    {"_cached_dict": "structure"}, sizes={"n_binary": _n_binary}, columns_out="n_binary"
)
