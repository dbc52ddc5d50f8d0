"""Decision trees: the thresholds of inner nodes and the values in leaves."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from skparams._records import between
from skparams.specs import Context, Part, Rule, Spec, trees

SPECS: dict[str, Spec] = {}


def _before(ctx: Context, *, classes: bool) -> Iterator[Part]:
    most = trees.most_leaves(ctx.data, ctx.params)
    yield Part(".threshold", dims=("n_nodes",), count=between(0, most - 1))
    n_classes = ctx.data.n_classes if classes else 1
    n_outputs = ctx.data.n_outputs
    n_values, n_free = n_outputs * n_classes, n_outputs * (n_classes - 1)
    yield Part(
        ".value",
        dims=("n_nodes", "n_outputs", "n_classes" if classes else "1"),
        count=between(n_values, most * n_values),
        free=between(n_free, most * n_free) if classes else None,
    )


def _tree(name: str, *, classes: bool, **attributes: str) -> None:
    SPECS[name] = Spec(
        {
            "tree_": Rule(
                "parameter",
                parts=lambda ctx: trees.tree_parts(ctx.value, classes=classes),
                before=partial(_before, classes=classes),
            ),
            "max_features_": "structure",
            **attributes,
        },
        decides=dict.fromkeys(trees.LIMITS, ("tree_",)),
        extras={"n_samples": lambda ctx: ctx.values["tree_"].n_node_samples[0]},
        sizes={"n_nodes": lambda ctx: between(1, 2 * trees.most_leaves(ctx.data, ctx.params) - 1)},
    )


# ExtraTree* are subclasses. Their thresholds are drawn, but the best of several draws is kept.
_tree("DecisionTreeClassifier", classes=True)
_tree("DecisionTreeRegressor", classes=False, class_weight="structure")
