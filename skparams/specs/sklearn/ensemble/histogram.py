"""Histogram-based gradient boosting, which keeps all that it learned in private attributes."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

import numpy as np

from skparams._records import NotKnown, Trees, between, multiply
from skparams.specs import Context, Part, Rule, Spec, roles, trees

SPECS: dict[str, Spec] = {}


def _trees(ctx: Context) -> Iterator[Part]:
    """Yield what the predictors hold; a split by categories has no threshold."""
    for i, iteration in enumerate(ctx.value):
        for j, tree in enumerate(iteration):
            yield from _tree(f"[{i}][{j}]", tree)


def _tree(path: str, tree: Any) -> Iterator[Part]:
    nodes = tree.nodes
    thresholds, values = nodes["num_threshold"], nodes["value"]
    no_threshold = nodes["is_leaf"] | nodes["is_categorical"]
    n_thresholds = len(nodes) - int(np.count_nonzero(no_threshold))
    leaves = len(nodes) - len(nodes) // 2  # each inner node has two children
    size = Trees(1, len(nodes), leaves, int(np.maximum.reduce(nodes["depth"])))
    yield Part(
        f"{path}.nodes['num_threshold']",
        thresholds,
        ("n_nodes",),
        count=n_thresholds,
        used=lambda: thresholds[no_threshold == 0],
        infinite=True,
        trees=size,
    )
    yield Part(
        f"{path}.nodes['value']",
        values,
        ("n_nodes",),
        count=leaves,
        used=lambda: values[nodes["is_leaf"] == 1],
        trees=size,
    )
    rest = nodes.nbytes - 8 * (n_thresholds + leaves)
    yield Part(f"{path}.nodes", nodes, role="structure", bytes=rest)
    if tree.raw_left_cat_bitsets.size:
        yield Part(f"{path}.raw_left_cat_bitsets", tree.raw_left_cat_bitsets, role="structure")
        yield Part(f"{path}.binned_left_cat_bitsets", tree.binned_left_cat_bitsets, role="state")


def _bins(ctx: Context) -> Iterator[Part]:
    """Yield the edges of the bins, which training uses; predictions compare unbinned values.

    Of a categorical feature they are the known categories, which predictions look values up in.
    """
    for i, (edges, categorical) in enumerate(
        zip(ctx.value.bin_thresholds_, ctx.value.is_categorical_, strict=True)
    ):
        role = "structure" if categorical else "auxiliary"
        yield Part(f".bin_thresholds_[{i}]", edges, role=role)


def _trees_per_iteration(ctx: Context) -> int:
    if "class_weight" in ctx.params and ctx.data.n_classes > 2:  # a classifier
        return ctx.data.n_classes
    return 1


def _iterations(ctx: Context) -> tuple[int, int]:
    """Return the least and the largest number of iterations."""
    early = ctx.params["early_stopping"]
    if isinstance(early, str):
        try:
            early = ctx.data.n_samples > 10_000
        except NotKnown:
            early = True
    return (1 if early else ctx.params["max_iter"]), ctx.params["max_iter"]


def _before(ctx: Context) -> Iterator[Part]:
    low, high = (n * _trees_per_iteration(ctx) for n in _iterations(ctx))
    most = trees.most_leaves(ctx.data, ctx.params)
    leaves = between(low, high * most)
    limit = ctx.params["max_depth"]
    depth = most - 1 if limit is None else min(limit, most - 1)
    sizes = Trees(between(low, high), between(1, 2 * most - 1), between(1, most), between(0, depth))
    splits = between(0, high * (most - 1))
    yield Part("[…].nodes['num_threshold']", count=splits, bytes=multiply(8, splits), trees=sizes)
    yield Part("[…].nodes['value']", count=leaves, bytes=multiply(8, leaves), trees=sizes)


def _baseline_free(ctx: Context) -> int:
    """Count all classes but one: the logarithms of their proportions are centered."""
    return max(prod(ctx.shape) - 1, 1)


def _n_samples(ctx: Context) -> int | None:
    """Return the rows of the first tree, if none are held out."""
    held_out = ctx.values["do_early_stopping_"]
    return None if held_out else ctx.values["_predictors"][0][0].nodes[0]["count"]


SPECS["BaseHistGradientBoosting"] = Spec(
    {
        "_predictors": Rule("parameter", parts=_trees, before=_before),
        "_baseline_prediction": Rule("parameter", ("1", "n_trees_per_iteration"), _baseline_free),
        "_bin_mapper": Rule("structure", parts=_bins),
        **roles(
            structure="_preprocessor _label_encoder _loss _n_features _is_categorical_remapped "
            "is_categorical_ n_trees_per_iteration_ do_early_stopping_ "
            "_use_validation_data _scorer",
            metadata="_fitted_with_sw",
            state="_in_fit",
            random="_random_seed _feature_subsample_rng",
            diagnostic="train_score_ validation_score_",
        ),
    },
    decides=dict.fromkeys(
        ("max_iter", "max_leaf_nodes", "max_depth", "min_samples_leaf", "early_stopping"),
        ("_predictors",),
    ),
    sizes={"n_trees_per_iteration": _trees_per_iteration},
    extras={"n_samples": _n_samples},
)
