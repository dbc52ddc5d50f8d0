"""Encoders: categories are structure; of a target encoder the encodings are learned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from skparams._records import DataShape, NotKnown, Unknown
from skparams.specs import Params, Part, Rule, Spec, parameter, register

_BY_DATA = Unknown("depends on the data's categories")


def _n_one_hot(data: DataShape, params: Params) -> int | Unknown:
    """Count the columns where the categories are given and none is dropped or merged."""
    categories: Any = params["categories"]
    merges = params["max_categories"] is not None or params["min_frequency"] is not None
    if isinstance(categories, str) or merges:
        return _BY_DATA
    drop: Any = params["drop"]
    if drop is None:
        return sum(len(each) for each in categories)
    if isinstance(drop, str) and drop == "if_binary":
        return sum(1 if len(each) == 2 else len(each) for each in categories)
    return sum(len(each) - 1 for each in categories)


_CATEGORIES = {
    "categories_": "structure",
    "_infrequent_enabled": "structure",
    "_infrequent_indices": "structure",
    "_default_to_infrequent_mappings": "structure",
    "_missing_indices": "structure",
}
register(
    "sklearn.OneHotEncoder",
    Spec(
        {
            **_CATEGORIES,
            "drop_idx_": "structure",
            "_drop_idx_after_grouping": "structure",
            "_n_features_outs": "structure",
        },
        sizes={"n_columns": _n_one_hot},
        n_features_out="n_columns",
        passes_float32=False,
    ),
)
register(
    "sklearn.OrdinalEncoder",
    Spec(_CATEGORIES, n_features_out="n_features", passes_float32=False),
)


def _n_targets(data: DataShape, params: Params) -> int:
    """Return the number of columns for a feature: that of the classes where they are several."""
    kind = params["target_type"]
    if kind in ("continuous", "binary"):
        return 1
    return data.n_classes if kind == "multiclass" or data.n_classes > 2 else 1


def _n_encoded(data: DataShape, params: Params) -> int:
    return data.n_features * _n_targets(data, params)


def _encodings_before(data: DataShape, params: Params) -> Iterator[Part]:
    categories: Any = params["categories"]
    if isinstance(categories, str):
        raise NotKnown(_BY_DATA.reason)
    each = _n_targets(data, params)
    for i, values in enumerate(categories):
        for j in range(each):
            yield Part(f"[{i * each + j}]", count=len(values))


register(
    "sklearn.TargetEncoder",
    Spec(
        {
            "encodings_": Rule(
                "parameter", lambda i, n: ("n_categories",), before=_encodings_before
            ),
            "target_mean_": parameter("n_targets"),
            "target_type_": "structure",
            "_label_encoder": "structure",
            **_CATEGORIES,
        },
        sizes={"n_encoded": _n_encoded, "n_targets": _n_targets},
        n_features_out="n_encoded",
        passes_float32=False,
    ),
)
register(
    "sklearn.LabelBinarizer",
    Spec({"y_type_": "structure", "sparse_input_": "structure"}),
)
register("sklearn.LabelEncoder", Spec({}))


def _n_binary(data: DataShape, params: Params) -> int | Unknown:
    classes: Any = params["classes"]
    return Unknown("depends on the classes in y") if classes is None else len(classes)


register(
    "sklearn.MultiLabelBinarizer",
    Spec({"_cached_dict": "structure"}, sizes={"n_binary": _n_binary}, n_features_out="n_binary"),
)
