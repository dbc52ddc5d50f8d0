"""Decision trees: ``sklearn.tree._tree.Tree``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from skparams._keep.kinds.fields import (
    array,
    check_children,
    check_names,
    check_range,
    integer,
    stored_dtype,
)
from skparams._keep.kinds.kind import Kind

_NO_CHILD, _NO_FEATURE = -1, -2  # scikit-learn's marks of a leaf


def _fields(tree: Any) -> dict[str, Any]:
    """Return an array for each field of the nodes, the values, and the numbers of the layout.

    The depth and the number of nodes follow from these, and capacity is the number of nodes.
    """
    state = tree.__getstate__()
    nodes = state["nodes"]
    _check(nodes, tree.n_features)
    return {
        "n_features": int(tree.n_features),
        "n_classes": [int(n) for n in tree.n_classes],
        "value": np.array(state["values"]),
        **{name: nodes[name].astype(stored_dtype(nodes.dtype[name])) for name in nodes.dtype.names},
    }


def _build(cls: type, fields: Mapping[str, Any]) -> Any:
    """Return a tree with the nodes as they were, once all that walks through them is checked."""
    dtype = cls(1, np.ones(1, np.intp), 1).__getstate__()["nodes"].dtype
    check_names(fields, ("n_features", "n_classes", "value", *dtype.names))
    n_features = integer(fields, "n_features", 1)
    n_classes = _classes(fields["n_classes"])
    first = fields[dtype.names[0]]
    n_nodes = first.size if type(first) is np.ndarray else 0
    value = array(fields, "value", np.float64, (n_nodes, len(n_classes), max(n_classes)))

    nodes = np.zeros(n_nodes, dtype)  # zeros between the fields, as scikit-learn has them
    for name in dtype.names:
        nodes[name] = array(fields, name, stored_dtype(dtype[name]), (n_nodes,))
    _check(nodes, n_features)

    tree = cls(n_features, np.array(n_classes, np.intp), len(n_classes))
    values = np.array(value, order="C")
    tree.__setstate__({"max_depth": 0, "node_count": n_nodes, "nodes": nodes, "values": values})
    tree.max_depth = int(tree.compute_node_depths().max()) - 1
    return tree


def _classes(value: Any) -> list[int]:
    """Return how many classes each output has, one for a number."""
    ok = type(value) is list and value and all(type(n) is int and n >= 1 for n in value)
    if not ok or max(value) >= 2**31:  # with no array of that many values behind it yet
        raise ValueError(f"n_classes must be a list of positive integers, got {value!r:.40}")
    return value


def _check(nodes: np.ndarray[Any, Any], n_features: int) -> None:
    """Raise ValueError unless the nodes are one tree, over features that there are."""
    left, right, feature = nodes["left_child"], nodes["right_child"], nodes["feature"]
    inner = np.flatnonzero(left != _NO_CHILD)
    leaf = left == _NO_CHILD
    if not (right[leaf] == _NO_CHILD).all():
        raise ValueError(f"right_child of a leaf must be {_NO_CHILD}")
    check_children(inner, left[inner], right[inner], len(nodes))
    check_range(feature[inner], "feature", 0, n_features)
    if not (feature[leaf] == _NO_FEATURE).all():
        raise ValueError(f"feature of a leaf must be {_NO_FEATURE}")
    if np.isnan(nodes["threshold"]).any():
        raise ValueError("threshold must not be NaN")
    if nodes["n_node_samples"].min() < 0:
        raise ValueError("n_node_samples must not be negative")
    if "missing_go_to_left" in nodes.dtype.names:
        check_range(nodes["missing_go_to_left"], "missing_go_to_left", 0, 2)


TREES = [Kind(("sklearn.tree._tree.Tree",), _fields, _build)]
