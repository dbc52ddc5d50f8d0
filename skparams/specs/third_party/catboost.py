"""CatBoost: the leaf values and the bias that it returns, its splits as it exports them in JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from skparams._records import Trees, Unknown, together
from skparams.specs import Context, Part, Rule, Spec, common, roles

SPECS: dict[str, Spec] = {}

_NO_JSON = Unknown("CatBoost exports no model with text or embedding features as JSON")
_COUNTED = frozenset(["border", "leaf_values", "leaf_weights", "value", "weight"])
_EMPTY = str(2**64 - 1)  # the hash in a place of a table that holds no category


def _model(ctx: Context) -> Iterator[Part]:
    """Yield the numbers of all trees, read-only as they are copies."""
    exported = _json(ctx.estimator)
    if exported is None:
        # These bytes tell when the model was trained, and no two fits are the same. Loading such a
        # model, which might mend that, can crash in CatBoost 1.2.10.
        content = np.frombuffer(_saved(ctx.estimator, "cbm"), dtype=np.uint8)
        yield Part(".model", content, count=_NO_JSON, free=_NO_JSON)
        return
    found = exported.get("oblivious_trees") or exported.get("trees") or []
    sizes = _oblivious_size if "oblivious_trees" in exported else _size
    trees = together(map(sizes, found))
    borders: list[float] = []
    skeleton = [_without_numbers(tree, borders) for tree in found]
    yield common.copied(".borders", borders, ("n_splits",), trees=trees)
    scale, bias = ctx.estimator.get_scale_and_bias()
    bias = np.atleast_1d(np.asarray(bias, dtype=np.float64))
    values = np.asarray(ctx.estimator.get_leaf_values(), dtype=np.float64)
    dims = ("n_leaves", "n_outputs")[: bias.size]
    values = values.reshape(-1, *[bias.size] * (bias.size > 1))
    yield common.copied(".leaf_values", values, dims, trees=trees)
    # Objectives without a start from the average leave zeros.
    role = "parameter" if bias.any() else "structure"
    yield common.copied(".bias", bias, ("n_outputs",), role=role)
    yield common.copied(".scale", float(scale), (), role="structure")
    yield from _categories(exported.get("ctr_data") or {})
    labels = exported.get("model_info", {}).get("class_params")
    about = [exported.get("features_info"), labels, skeleton]
    text = json.dumps(about, sort_keys=True).encode()
    yield common.copied(".structure", np.frombuffer(text, np.uint8), ("n_bytes",), role="structure")


def _json(model: Any) -> Any:
    try:
        return json.loads(_saved(model, "json"))
    except Exception as error:  # CatBoostError, whose class is not imported here
        if "only in cbm format" in str(error):
            return None
        raise


def _saved(model: Any, kind: str) -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder, "model")
        model.save_model(str(file), format=kind)
        return file.read_bytes()


def _without_numbers(tree: Any, borders: list[float]) -> Any:
    """Return a tree without what is counted, and append its borders: one for each level.

    A split by one category has no border.
    """
    if isinstance(tree, list):
        return [_without_numbers(item, borders) for item in tree]
    if not isinstance(tree, dict):
        return tree
    if "border" in tree:
        borders.append(tree["border"])
    is_split = "split_type" in tree  # its value is a category, others are in leaves
    return {
        key: _without_numbers(item, borders)
        for key, item in tree.items()
        if key not in _COUNTED or (is_split and key == "value")
    }


def _oblivious_size(tree: Mapping[str, Any]) -> Trees:
    depth = len(tree.get("splits") or ())
    return Trees(1, 2 ** (depth + 1) - 1, 2**depth, depth)


def _size(tree: Mapping[str, Any]) -> Trees:
    n_leaves, depth = _leaves_and_depth(tree)
    return Trees(1, 2 * n_leaves - 1, n_leaves, depth)


def _leaves_and_depth(tree: Mapping[str, Any]) -> tuple[int, int]:
    if "split" not in tree:
        return 1, 0
    sides = [_leaves_and_depth(tree[side]) for side in ("left", "right")]
    return sum(n for n, _ in sides), 1 + max(depth for _, depth in sides)


def _categories(tables: Mapping[str, Any]) -> Iterator[Part]:
    """Yield the statistics of the target for each category, and the hashes of the categories."""
    for i, table in enumerate(tables.values()):
        stride = table["hash_stride"]
        flat = table["hash_map"]
        rows = [flat[j : j + stride] for j in range(0, len(flat), stride)]
        rows = [row for row in rows if str(row[0]) != _EMPTY]
        statistics = np.array([row[1:] for row in rows], dtype=np.float64)
        hashes = np.array([int(row[0]) for row in rows], dtype=np.uint64)
        path, dims = f".categories[{i}]", ("n_categories", "n_statistics")
        yield common.copied(f"{path}.statistics", statistics, dims)
        yield common.copied(f"{path}.hashes", hashes, dims[:1], role="structure")


SPECS["core._CatBoostBase"] = Spec(
    {
        "_object": Rule("parameter", parts=_model),
        "_learning_rate": "tuned",
        **roles(
            metadata="_is_fitted_",
            structure="_tree_count",
            # CatBoost's copies lose the number of features.
            diagnostic="_n_features_in _prediction_values_change _loss_value_change",
            state="_init_params _canonized_params _random_seed",
        ),
    },
    decides=dict.fromkeys(
        ("iterations", "n_estimators", "depth", "max_depth", "max_leaves", "border_count"),
        ("_object",),
    ),
    members=Unknown("depends on what CatBoost makes of the data"),
    extras={"fitted": lambda ctx: ctx.estimator.is_fitted()},
)
