"""Two decision trees, compared node by node from their roots."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from skparams._diff.arrays import Tolerance, change_of
from skparams._diff.record import Change, TreeChange


class Tree(NamedTuple):
    """The nodes of a tree as arrays, the root first; a leaf has no positive ``left``.

    ``split`` has the integers that define a split: the feature, the side of missing values, the
    categories. ``threshold`` is NaN for a split by categories.
    """

    left: np.ndarray
    right: np.ndarray
    split: np.ndarray
    threshold: np.ndarray
    value: np.ndarray
    depth: int


def trees_in(path: str, value: Any) -> Iterator[tuple[str, Tree]]:
    """Yield scikit-learn's trees in an attribute, by path."""
    if isinstance(value, list | tuple):
        for i, item in enumerate(value):
            yield from trees_in(f"{path}[{i}]", item)
        return
    cls = type(value)
    if cls.__module__.partition(".")[0] == "sklearn":
        if cls.__name__ == "Tree":
            yield path, _of_tree(value)
        elif cls.__name__ == "TreePredictor":
            yield path, _of_predictor(value)


def _of_tree(tree: Any) -> Tree:
    state = tree.__getstate__()
    nodes = state["nodes"]
    return Tree(
        nodes["left_child"],
        nodes["right_child"],
        np.stack([nodes["feature"], nodes["missing_go_to_left"]], axis=1),
        nodes["threshold"],
        state["values"],
        tree.max_depth,
    )


def _of_predictor(predictor: Any) -> Tree:
    nodes = predictor.nodes
    by_category = nodes["is_categorical"] != 0
    bits = np.zeros((len(nodes), 8), np.int64)
    if by_category.any():
        bits[by_category] = predictor.raw_left_cat_bitsets[nodes["bitset_idx"][by_category]]
    split = [nodes["feature_idx"], nodes["missing_go_to_left"], by_category, bits]
    return Tree(
        np.where(nodes["is_leaf"] == 0, nodes["left"].astype(np.int64), -1),
        nodes["right"].astype(np.int64),
        np.column_stack(split).astype(np.int64),
        np.where(by_category, np.nan, nodes["num_threshold"]),
        nodes["value"],
        int(nodes["depth"].max()),
    )


def tree_change(
    path: str, before: Tree | None, after: Tree | None, tolerance: Tolerance
) -> TreeChange:
    """The change of a tree, or of one that only one model has.

    Below a split whose feature changed, nodes at one place are compared all the same.
    """
    sizes = [(len(tree.left), tree.depth) if tree else (0, 0) for tree in (before, after)]
    nodes, depth = zip(*sizes, strict=True)
    if before is None or after is None:
        return TreeChange(path, nodes, depth, Change(0, 0), Change(0, 0), None)
    one, two = _places(before, after)
    splits = (before.left[one] > 0) & (after.left[two] > 0)
    leaves = (before.left[one] <= 0) & (after.left[two] <= 0)
    same_split = (before.split[one[splits]] == after.split[two[splits]]).all(axis=1)
    shared = np.flatnonzero(splits)[same_split]
    old, new = before.threshold[one[shared]], after.threshold[two[shared]]
    numeric = ~(np.isnan(old) & np.isnan(new))
    values: Change | None = None
    if before.value.shape[1:] == after.value.shape[1:]:
        values = change_of(before.value[one[leaves]], after.value[two[leaves]], tolerance)
    return TreeChange(
        path,
        nodes,
        depth,
        Change(same_split.size, int(np.count_nonzero(~same_split))),
        change_of(old[numeric], new[numeric], tolerance),
        values,
    )


def _places(before: Tree, after: Tree) -> tuple[np.ndarray, np.ndarray]:
    """The nodes at each place that both trees have, level by level."""
    one = two = np.zeros(1, np.intp)
    levels = []
    while one.size:
        levels.append((one, two))
        both = (before.left[one] > 0) & (after.left[two] > 0)
        one, two = one[both], two[both]
        one = np.concatenate([before.left[one], before.right[one]])
        two = np.concatenate([after.left[two], after.right[two]])
    return np.concatenate([a for a, _ in levels]), np.concatenate([b for _, b in levels])
