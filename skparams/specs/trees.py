"""What the Specs of trees and of ensembles of trees share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil
from numbers import Integral
from typing import Any

import numpy as np

from skparams._records import DataShape, NotKnown, Trees, between
from skparams.specs.common import roles
from skparams.specs.context import Context
from skparams.specs.members import made
from skparams.specs.spec import Part, Rule

LIMITS = (
    "max_depth",
    "max_leaf_nodes",
    "min_samples_leaf",
    "min_samples_split",
    "min_weight_fraction_leaf",
    "min_impurity_decrease",
    "ccp_alpha",
)


FOREST = {
    "estimator_": "structure",  # a template, not fitted
    **roles(
        structure="estimator_params",
        diagnostic="oob_score_",
        metadata="_n_samples _n_samples_bootstrap _sample_weight",
    ),
}


def grown(ctx: Context, tree: str) -> Any:
    """Return a tree as an ensemble makes it, with the limits that are its own hyperparameters."""
    limits = {name: ctx.params[name] for name in LIMITS if name in ctx.params}
    return made(f"sklearn.tree.{tree}", limits)


def tree_parts(tree: Any, *, classes: bool) -> Iterator[Part]:
    """Yield what a ``sklearn.tree._tree.Tree`` holds, as views of its memory.

    With ``classes`` its values are proportions of classes, which add up to one in each leaf.
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
    rest = nodes.nbytes + values.nbytes - 8 * (inner + leaves * n_values)
    yield Part(".nodes", nodes, role="structure", bytes=rest, owner=id(tree))


def most_leaves(data: DataShape, params: Mapping[str, Any]) -> int:
    """Return how many leaves a tree can get; raises NotKnown if nothing limits them.

    Two leaves of one inner node hold the rows that a split needs, all others at least the rows
    that a leaf needs.
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


def _weights(ctx: Context) -> Iterator[Part]:
    """Yield the estimators' weights. Boosting that ends early leaves zeros behind them."""
    value = ctx.value
    n = max(len(np.trim_zeros(value, "b")), 1)
    yield Part("", value, ("n_estimators",), count=n, used=lambda: value[:n])


def _weights_before(ctx: Context) -> Iterator[Part]:
    yield Part("", dims=("n_estimators",), count=between(1, ctx.params["n_estimators"]))


BOOSTED: dict[str, Rule | str] = {
    "estimator_weights_": Rule("parameter", parts=_weights, before=_weights_before),
    "estimators_": "estimator",
    "estimator_": "structure",  # a template, not fitted
    **roles(structure="estimator_params", diagnostic="estimator_errors_"),
}
BAGGED: dict[str, Rule | str] = {
    "estimators_": "estimator",
    "estimator_": "structure",  # a template, not fitted
    **roles(
        structure="estimator_params estimators_features_ _max_samples _max_features",
        diagnostic="oob_score_",
        metadata="_n_samples _sample_weight",
        random="_seeds",
    ),
}
