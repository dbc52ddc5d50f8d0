"""Forests: many trees. Those that are grown without looking at y are drawn, not estimated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from numbers import Integral

from skparams._records import Unknown, between
from skparams.specs import Context, Member, Part, Rule, Spec, members, parameter, roles, trees

SPECS: dict[str, Spec] = {}


def _trees(ctx: Context, *, tree: str) -> Iterator[Member]:
    data = ctx.data
    limits = {name: ctx.params[name] for name in trees.LIMITS if name in ctx.params}
    most = ctx.params.get("max_samples")
    # A float is a part of the rows, or of their weights, which are known in fit.
    if ctx.params.get("bootstrap") and isinstance(most, Integral) and isinstance(data.rows, int):
        data = replace(data, rows=min(data.rows, int(most)))
    yield Member(
        "estimators_",
        members.made(f"sklearn.tree.{tree}", limits),
        data,
        ctx.params["n_estimators"],
    )


def _forest(name: str, tree: str, **attributes: str) -> None:
    SPECS[name] = Spec(
        {
            "estimators_": "estimator",
            "estimator": "structure",  # no argument of a forest
            **trees.FOREST,
            **attributes,
        },
        decides=dict.fromkeys(("n_estimators", *trees.LIMITS), ("estimators_",)),
        members=partial(_trees, tree=tree),
    )


_forest("RandomForestClassifier", "DecisionTreeClassifier")
_forest("RandomForestRegressor", "DecisionTreeRegressor", class_weight="structure")
_forest("ExtraTreesClassifier", "ExtraTreeClassifier")
_forest("ExtraTreesRegressor", "ExtraTreeRegressor", class_weight="structure")


def drawn_trees(ctx: Context) -> Iterator[Part]:
    """Yield what trees hold that no y was used for: thresholds that are drawn, and no values."""
    for i, tree in enumerate(ctx.value):
        for part in trees.tree_parts(tree.tree_, classes=False):
            role = {".threshold": "random", ".value": "auxiliary"}.get(part.path, part.role)
            yield replace(part, path=f"[{i}]__tree_{part.path}", role=role)


SPECS["RandomTreesEmbedding"] = Spec(
    {
        "estimators_": Rule("random", parts=drawn_trees),
        **roles(
            structure=(
                "one_hot_encoder_ estimator bootstrap oob_score class_weight max_samples "
                "_n_features_out"
            )
        ),
        **trees.FOREST,
    },
    columns_out=lambda ctx: between(
        ctx.params["n_estimators"],
        ctx.params["n_estimators"] * trees.most_leaves(ctx.data, ctx.params),
    ),
)


def _path_lengths(ctx: Context) -> Iterator[Part]:
    """Yield, for each tree, what its leaves add to a path; other nodes keep unused numbers."""
    for i, per_node in enumerate(ctx.value):
        yield Part(f"[{i}]", per_node, ("n_nodes",), count=len(per_node) - len(per_node) // 2)


def _path_lengths_before(ctx: Context) -> Iterator[Part]:
    most = ctx.params["max_samples"]
    n = ctx.data.n_samples
    if isinstance(most, str):
        rows = min(256, n)
    else:
        rows = min(int(most), n) if isinstance(most, Integral) else n
    # A tree may get as deep as the logarithm of the rows drawn for it.
    limits = {"max_depth": max(rows - 1, 1).bit_length()}
    leaves = between(1, trees.most_leaves(replace(ctx.data, rows=rows), limits))
    for i in range(ctx.params["n_estimators"]):
        yield Part(f"[{i}]", dims=("n_nodes",), count=leaves)


# The thresholds are drawn. What is estimated is how isolated each leaf is, from the number of
# rows in it, and with ``contamination`` the offset; otherwise the offset is always -0.5.
SPECS["IsolationForest"] = Spec(
    {
        "_average_path_length_per_tree": Rule(
            "parameter", parts=_path_lengths, before=_path_lengths_before
        ),
        "offset_": parameter(
            when=lambda ctx: ctx.params["contamination"] != "auto", otherwise="structure"
        ),
        "estimators_": Rule("random", parts=drawn_trees),
        **roles(
            structure=(
                "estimators_features_ max_samples_ _decision_path_lengths _max_features "
                "_max_samples estimator bootstrap_features oob_score"
            ),
            random="_seeds",
        ),
        **trees.FOREST,
    },
    decides={
        **dict.fromkeys(("n_estimators", "max_samples"), ("_average_path_length_per_tree",)),
        "contamination": ("offset_",),
    },
    sizes={"n_nodes": lambda ctx: Unknown("depends on the draws")},
)
