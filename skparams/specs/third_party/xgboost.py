"""XGBoost, whose booster exports its model as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from skparams._records import Trees, Unknown, depth_of, together
from skparams.specs import Context, Part, Rule, Spec, common, roles

SPECS: dict[str, Spec] = {}


def _booster(ctx: Context) -> Iterator[Part]:
    """Yield the numbers that predictions use, read-only as they are copies."""
    learner = json.loads(ctx.value.save_raw("json"))["learner"]
    boosted = learner["gradient_booster"]
    yield from _intercept(learner["learner_model_param"])
    if boosted["name"] == "gblinear":
        yield _part("weights", boosted["model"]["weights"], "n_weights")
        return
    model = boosted["gbtree"]["model"] if "gbtree" in boosted else boosted["model"]
    best = learner["attributes"].get("best_iteration")
    n = len(model["trees"])
    if best is not None and "iteration_indptr" in model:
        n = model["iteration_indptr"][int(best) + 1]  # those after it are not used
    drops = boosted.get("weight_drop", model.get("weight_drop"))  # XGBoost ≥ 3.4 has it in model
    if drops:
        yield _part("weight_drop", drops[:n], "n_trees")
    thresholds, values = [], []
    for tree in model["trees"][:n]:
        numbers = np.array(tree["split_conditions"], dtype=np.float32)
        leaf = np.array(tree["left_children"]) == -1
        thresholds.append(numbers[~leaf & (np.array(tree["split_type"]) == 0)])
        values.append(tree["leaf_weights"] if tree.get("leaf_weights") else numbers[leaf])
    trees = together(map(_size, model["trees"][:n]))
    yield _part("split_conditions", np.concatenate([[], *thresholds]), "n_splits", trees)
    yield _part("leaf_values", np.concatenate([[], *values]), "n_leaves", trees)


def _size(tree: Mapping[str, Any]) -> Trees:
    left, right = tree["left_children"], tree["right_children"]
    return Trees(1, len(left), left.count(-1), depth_of(left, right))


def _intercept(model: Mapping[str, str]) -> Iterator[Part]:
    """Yield the score that boosting starts from, where it was estimated."""
    scores = np.array(model["base_score"].strip("[]").split(","), dtype=np.float64)
    # Objectives that estimate none leave zeros.
    if model.get("boost_from_average") == "1" and scores.any():
        yield _part("base_score", scores, "n_scores")


def _part(name: str, numbers: Any, dim: str, trees: Trees | None = None) -> Part:
    return common.copied(f".{name}", np.asarray(numbers, np.float32), (dim,), trees=trees)


SPECS["sklearn.XGBModel"] = Spec(
    {
        "_Booster": Rule("parameter", parts=_booster),
        **roles(structure="n_classes_", diagnostic="evals_result_"),
        "kwargs": "structure",  # hyperparameters beyond those named
    },
    decides=dict.fromkeys(("n_estimators", "max_depth", "max_leaves"), ("_Booster",)),
    members=Unknown("depends on what XGBoost makes of the data"),
)
