"""Decision trees: the thresholds of inner nodes and the values in leaves.

A tree keeps a threshold and a value for every node. Those that predictions never read, the
thresholds of leaves and the values of inner nodes, are not counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from math import ceil
from numbers import Integral
from typing import Any

from skparams._records import DataShape, NotKnown, Trees, between
from skparams.specs import Part, Rule, Spec, register

__all__ = ["LIMITS", "most_leaves", "tree_parts"]


def tree_parts(tree: Any, *, classes: bool) -> Iterator[Part]:
    """Yield what a ``sklearn.tree._tree.Tree`` holds, as views of its memory.

    Parameters
    ----------
    tree : Tree
        A fitted one.
    classes : bool
        Whether its values are proportions of classes, which add up to one in each leaf.

    Yields
    ------
    Part
        ``.threshold`` and ``.value``; ``.nodes`` is all else that its records hold.
    """
    state = tree.__getstate__()
    nodes, values = state["nodes"], state["values"]
    threshold = nodes["threshold"]
    inner = len(nodes) // 2  # each inner node has two children
    leaves = len(nodes) - inner
    n_outputs = tree.n_outputs
    size = Trees(1, len(nodes), leaves, tree.max_depth)
    n_values = tree.max_n_classes if n_outputs == 1 else int(tree.n_classes.sum())
    yield Part(
        ".threshold",
        threshold,
        ("n_nodes",),
        count=inner,
        used=lambda: threshold[nodes["left_child"] >= 0],
        infinite=True,
        owner=id(tree),
        trees=size,
    )
    yield Part(
        ".value",
        values,
        ("n_nodes", "n_outputs", "n_classes" if classes else "1"),
        count=leaves * n_values,
        free=leaves * (n_values - n_outputs) if classes else None,
        used=lambda: values[nodes["left_child"] < 0],
        owner=id(tree),
        trees=size,
    )
    rest = nodes.nbytes - threshold.nbytes
    yield Part(".nodes", nodes, role="structure", bytes=rest, owner=id(tree))


def most_leaves(data: DataShape, params: Mapping[str, Any]) -> int:
    """Return how many leaves a tree can get.

    Two leaves of one inner node hold the rows that a split needs, all others at least the rows
    that a leaf needs.

    Parameters
    ----------
    data : DataShape
        What the tree will be fitted on.
    params : mapping
        The tree's hyperparameters.

    Returns
    -------
    int
        At least 1.

    Raises
    ------
    NotKnown
        If no hyperparameter limits it, and the number of rows is not known.
    """
    limits = []
    if params.get("max_depth") is not None:
        limits.append(2 ** params["max_depth"])
    if params.get("max_leaf_nodes") is not None:
        limits.append(params["max_leaf_nodes"])
    if params.get("min_weight_fraction_leaf"):
        # A little more than the exact quotient, as the tree compares rounded sums of weights.
        limits.append(int(1 / params["min_weight_fraction_leaf"] * (1 + 1e-9)))
    try:
        n = data.n_samples
    except NotKnown:
        if not limits:
            raise
    else:
        in_leaf = _rows(params.get("min_samples_leaf", 1), n, 1)
        in_split = max(_rows(params.get("min_samples_split", 2), n, 2), 2 * in_leaf)
        limits.append(2 + (n - in_split) // in_leaf if n >= in_split else 1)
    return max(min(limits), 1)


def _rows(value: int | float, n: int, least: int) -> int:
    """Return a number of rows that is given as such or as a fraction."""
    return int(value) if isinstance(value, Integral) else max(ceil(value * n), least)


def _before(data: DataShape, params: Mapping[str, Any], *, classes: bool) -> Iterator[Part]:
    most = most_leaves(data, params)
    yield Part(".threshold", dims=("n_nodes",), count=between(0, most - 1))
    n_classes = data.n_classes if classes else 1
    n_outputs = data.n_outputs
    n_values, n_free = n_outputs * n_classes, n_outputs * (n_classes - 1)
    yield Part(
        ".value",
        dims=("n_nodes", "n_outputs", "n_classes" if classes else "1"),
        count=between(n_values, most * n_values),
        free=between(n_free, most * n_free) if classes else None,
    )


LIMITS = (
    "max_depth",
    "max_leaf_nodes",
    "min_samples_leaf",
    "min_samples_split",
    "min_weight_fraction_leaf",
    "min_impurity_decrease",
    "ccp_alpha",
)


def _tree(name: str, *, classes: bool, **attributes: str) -> None:
    register(
        f"sklearn.{name}",
        Spec(
            {
                "tree_": Rule(
                    "parameter",
                    parts=partial(tree_parts, classes=classes),
                    before=partial(_before, classes=classes),
                ),
                "max_features_": "structure",
                **attributes,
            },
            decides=dict.fromkeys(LIMITS, ("tree_",)),
            sizes={"n_nodes": lambda data, params: between(1, 2 * most_leaves(data, params) - 1)},
        ),
    )


# ExtraTree* are subclasses. Their thresholds are drawn, but the best of several draws is kept.
_tree("DecisionTreeClassifier", classes=True)
_tree("DecisionTreeRegressor", classes=False, class_weight="structure")
