"""Two decision trees side by side, place by place from their roots."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from skparams._diff.arrays import Tolerance, change_of
from skparams._diff.record import Change, TreeChange

__all__ = ["Tree", "tree_change", "trees_in"]


class Tree(NamedTuple):
    """A tree's nodes as arrays, one row a node, the root first.

    ``left`` is not positive where a node is a leaf. ``asked`` holds whole numbers that say what
    a split asks for but for its threshold, which counts where ``ordered`` says so.
    """

    left: np.ndarray
    right: np.ndarray
    asked: np.ndarray
    ordered: np.ndarray
    threshold: np.ndarray
    value: np.ndarray
    depth: int


def trees_in(name: str, value: Any) -> Iterator[tuple[str, Tree]]:
    """Yield the path and the tree for those that an attribute holds.

    Parameters
    ----------
    name : str
        The attribute's.
    value : object
        A ``sklearn.tree._tree.Tree``, or predictors of histogram gradient boosting in lists.

    Yields
    ------
    str, Tree
        Nothing for other values.
    """
    if isinstance(value, list | tuple):
        for i, item in enumerate(value):
            yield from trees_in(f"{name}[{i}]", item)
        return
    cls = type(value)
    if cls.__module__.partition(".")[0] == "sklearn":
        if cls.__name__ == "Tree":
            yield name, _of_tree(value)
        elif cls.__name__ == "TreePredictor":
            yield name, _of_predictor(value)


def _of_tree(tree: Any) -> Tree:
    state = tree.__getstate__()
    nodes, values = state["nodes"], state["values"]
    return Tree(
        nodes["left_child"],
        nodes["right_child"],
        np.stack([nodes["feature"], nodes["missing_go_to_left"]], axis=1),
        np.ones(len(nodes), bool),
        nodes["threshold"],
        values,
        tree.max_depth,
    )


def _of_predictor(predictor: Any) -> Tree:
    nodes = predictor.nodes
    inner, by_category = nodes["is_leaf"] == 0, nodes["is_categorical"] != 0
    bits = np.zeros((len(nodes), 8), np.int64)
    if by_category.any():
        bits[by_category] = predictor.raw_left_cat_bitsets[nodes["bitset_idx"][by_category]]
    asked = [nodes["feature_idx"], nodes["missing_go_to_left"], by_category]
    return Tree(
        np.where(inner, nodes["left"].astype(np.int64), -1),
        nodes["right"].astype(np.int64),
        np.column_stack([*asked, bits]).astype(np.int64),
        ~by_category,
        nodes["num_threshold"],
        nodes["value"],
        int(nodes["depth"].max()),
    )


def tree_change(
    path: str, before: Tree | None, after: Tree | None, tolerance: Tolerance
) -> TreeChange:
    """Return what became of a tree.

    Parameters
    ----------
    path : str
        Where it is.
    before, after : Tree or None
        Any two; None where there is no tree.
    tolerance : Tolerance
        For thresholds and values.

    Returns
    -------
    TreeChange
        A split whose feature changed has no threshold to compare; below it, places are compared
        all the same.
    """
    if before is None or after is None:
        sizes = [(len(tree.left), tree.depth) if tree else (0, 0) for tree in (before, after)]
        nodes, depth = zip(*sizes, strict=True)
        return TreeChange(path, nodes, depth, Change(0, 0), Change(0, 0), None)
    one, two = _places(before, after)
    splits = (before.left[one] > 0) & (after.left[two] > 0)
    leaves = (before.left[one] <= 0) & (after.left[two] <= 0)
    asked = (before.asked[one[splits]] == after.asked[two[splits]]).all(axis=1)
    shared = np.flatnonzero(splits)[asked]
    shared = shared[before.ordered[one[shared]]]
    values: Change | None = None
    if before.value.shape[1:] == after.value.shape[1:]:
        values = change_of(before.value[one[leaves]], after.value[two[leaves]], tolerance)
    return TreeChange(
        path,
        (len(before.left), len(after.left)),
        (before.depth, after.depth),
        Change(asked.size, int(asked.size - np.count_nonzero(asked))),
        change_of(before.threshold[one[shared]], after.threshold[two[shared]], tolerance),
        values,
    )


def _places(before: Tree, after: Tree) -> tuple[np.ndarray, np.ndarray]:
    """Return the nodes at each place that both trees have, level by level."""
    one = two = np.zeros(1, np.intp)
    found = []
    while one.size:
        found.append((one, two))
        both = (before.left[one] > 0) & (after.left[two] > 0)
        one, two = one[both], two[both]
        one = np.concatenate([before.left[one], before.right[one]])
        two = np.concatenate([after.left[two], after.right[two]])
    return np.concatenate([a for a, _ in found]), np.concatenate([b for _, b in found])
