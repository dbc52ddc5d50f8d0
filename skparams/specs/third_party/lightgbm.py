"""LightGBM, whose booster tells its trees as text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np

from skparams._records import Unknown
from skparams.specs import Context, Part, Rule, Spec, roles

SPECS: dict[str, Spec] = {}

_LINE = re.compile(r"^(threshold|decision_type|leaf_value|leaf_const|leaf_coeff)=(.*)$", re.M)
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
    text = ctx.value.model_to_string()
    words: dict[str, list[str]] = {}
    for name, numbers in _LINE.findall(text[: text.find("end of trees")]):
        words.setdefault(name, []).extend(numbers.split())
    kinds = np.array(words.pop("decision_type", []), dtype=np.int64)
    for name, found in words.items():
        array = np.array(found, dtype=np.float64)
        if name == "threshold":
            array = array[kinds & 1 == 0]
        array.flags.writeable = False
        yield Part(f".{name}", array, _DIMS[name])


SPECS["sklearn.LGBMModel"] = Spec(
    {
        "_Booster": Rule("parameter", parts=_trees),
        "_best_iteration": "tuned",
        **roles(
            diagnostic="_best_score _evals_result",
            structure=(
                "_class_map _class_weight _classes _eval_at _le _n_classes _objective _other_params"
            ),
            metadata="_fitted_with_feature_names _n_features _n_features_in fitted_",
        ),
    },
    decides=dict.fromkeys(
        ("n_estimators", "num_leaves", "max_depth", "min_child_samples"), ("_Booster",)
    ),
    members=Unknown("depends on what LightGBM makes of the data"),
)
