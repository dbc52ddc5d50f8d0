"""Trees of histogram boosting: ``TreePredictor``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from sklearn.utils import check_array

from skparams._compat import predictor_dtype
from skparams._keep.kinds.fields import (
    array,
    check_children,
    check_names,
    check_range,
    stored_dtype,
)
from skparams._keep.kinds.kind import Kind

_BITSETS = ("binned_left_cat_bitsets", "raw_left_cat_bitsets")
_WORDS = 8  # of 32 bits, for 256 categories
_FLAGS = ("is_leaf", "is_categorical", "missing_go_to_left")


def _fields(predictor: Any) -> dict[str, Any]:
    """Return an array for each field of the nodes but their depth, and the bitsets."""
    nodes = predictor.nodes
    _check(nodes, len(predictor.raw_left_cat_bitsets))
    return {
        **{name: getattr(predictor, name) for name in _BITSETS},
        **{
            name: nodes[name].astype(stored_dtype(nodes.dtype[name])) for name in _kept(nodes.dtype)
        },
    }


def _kept(dtype: np.dtype[Any]) -> list[str]:
    return [name for name in dtype.names or () if name != "depth"]


def _build(cls: type, fields: Mapping[str, Any]) -> Any:
    """Return a predictor with the nodes as they were, once all that walks them is checked."""
    dtype = np.dtype(predictor_dtype())
    check_names(fields, (*_BITSETS, *_kept(dtype)))
    raw = array(fields, "raw_left_cat_bitsets", np.uint32, (None, _WORDS))
    binned = array(fields, "binned_left_cat_bitsets", np.uint32, (len(raw), _WORDS))

    first = fields["value"]
    n_nodes = first.size if type(first) is np.ndarray else 0
    nodes: np.ndarray[Any, Any] = np.zeros(n_nodes, dtype)
    for name in _kept(dtype):
        nodes[name] = array(fields, name, stored_dtype(dtype[name]), (n_nodes,))
    inner = _check(nodes, len(raw))
    nodes["depth"] = _depths(inner, nodes["left"][inner], nodes["right"][inner], n_nodes)
    return cls(nodes, np.array(binned, order="C"), np.array(raw, order="C"))


def _check(nodes: np.ndarray[Any, Any], n_bitsets: int) -> np.ndarray[Any, Any]:
    """Return where the inner nodes are; raise ValueError unless the nodes are one tree.

    Which features there are, only the ensemble knows.
    """
    for name in _FLAGS:
        check_range(nodes[name], name, 0, 2)
    inner = np.flatnonzero(nodes["is_leaf"] == 0)
    leaves = nodes[nodes["is_leaf"] == 1]
    left, right = nodes["left"][inner], nodes["right"][inner]
    check_children(inner, left.astype(np.intp), right.astype(np.intp), len(nodes))
    for name in ("left", "right", "feature_idx", "is_categorical"):
        check_range(leaves[name], f"{name} of a leaf", 0, 1)
    if np.isnan(nodes["num_threshold"]).any():
        raise ValueError("num_threshold must not be NaN")
    categorical = nodes["is_categorical"] == 1
    check_range(nodes["bitset_idx"][categorical], "bitset_idx", 0, n_bitsets)
    check_range(nodes["bitset_idx"][~categorical], "bitset_idx of a threshold", 0, 1)
    check_range(nodes["feature_idx"], "feature_idx", 0, 2**31)
    return inner


def _depths(
    inner: np.ndarray[Any, Any],
    left: np.ndarray[Any, Any],
    right: np.ndarray[Any, Any],
    n_nodes: int,
) -> np.ndarray[Any, Any]:
    """Return how deep each node is; each round doubles how far its known ancestor is."""
    ancestor = np.zeros(n_nodes, np.intp)
    ancestor[left] = ancestor[right] = inner
    depths = np.ones(n_nodes, np.intp)
    depths[0] = 0
    while ancestor.any():
        depths += depths[ancestor]
        ancestor = ancestor[ancestor]
    return depths


def _no_fields(function: Any) -> dict[str, Any]:
    expected = _to_floats()
    if function.func is not expected.func or function.keywords != expected.keywords:
        raise ValueError("a partial function is not kept")
    return {}


def _to_floats() -> Any:
    """Return how histogram boosting reads features that are numbers."""
    return partial(check_array, dtype=[np.float64], ensure_all_finite=False)


def _build_function(cls: type, fields: Mapping[str, Any]) -> Any:
    check_names(fields, ())
    return _to_floats()


BOOSTING = [
    Kind(("sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",), _fields, _build),
    Kind(("functools.partial",), _no_fields, _build_function),
]
