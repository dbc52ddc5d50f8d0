"""LightGBM, whose booster exports its trees as text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np

from skparams._records import Trees, Unknown, depth_of, together
from skparams.specs import Context, Part, Rule, Spec, common, roles

SPECS: dict[str, Spec] = {}

_LINE = re.compile(r"^(threshold|decision_type|leaf_value|leaf_const|leaf_coeff)=(.*)$", re.M)
_SIDES = ("left", "right")
_CHILDREN = re.compile(r"^(left_child|right_child)=(.*)$", re.M)
_DIMS: Mapping[str, tuple[str]] = {
    "threshold": ("n_splits",),
    "leaf_value": ("n_leaves",),
    "leaf_const": ("n_leaves",),
    "leaf_coeff": ("n_coefs",),
}


def _trees(ctx: Context) -> Iterator[Part]:
    """Yield the numbers of all trees that predictions use, read-only as they are copies.

    The text has all digits, and after early stopping the best iterations only. A split by
    categories has no threshold. Trees with linear models in their leaves have two lines more.
    """
    text = ctx.value.model_to_string().partition("end of trees")[0]
    trees = together(map(_size, text.split("\nTree=")[1:]))
    words: dict[str, list[str]] = {}
    for name, numbers in _LINE.findall(text):
        words.setdefault(name, []).extend(numbers.split())
    kinds = np.array(words.pop("decision_type", []), dtype=np.int64)
    for name, found in words.items():
        array = np.array(found, dtype=np.float64)
        if name == "threshold":
            array = array[kinds & 1 == 0]
        yield common.copied(f".{name}", array, _DIMS[name], trees=trees)


def _size(tree: str) -> Trees:
    """Return the size of a tree, whose text names the children of inner nodes only."""
    found = dict(_CHILDREN.findall(tree))
    left, right = ([int(i) for i in found.get(f"{side}_child", "").split()] for side in _SIDES)
    n_inner = len(left)
    return Trees(1, 2 * n_inner + 1, n_inner + 1, depth_of(left, right) + bool(n_inner))


SPECS["sklearn.LGBMModel"] = Spec(
    {
        "_Booster": Rule("parameter", parts=_trees),
        "_best_iteration": "tuned",
        **roles(
            diagnostic="_best_score _evals_result",
            structure="_class_map _class_weight _classes _eval_at _le _n_classes _objective "
            "_other_params",
            metadata="_fitted_with_feature_names _n_features _n_features_in fitted_",
        ),
    },
    decides=dict.fromkeys(
        ("n_estimators", "num_leaves", "max_depth", "min_child_samples"), ("_Booster",)
    ),
    members=Unknown("depends on what LightGBM makes of the data"),
)
