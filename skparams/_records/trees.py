"""How large decision trees are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from skparams._records.counts import Count, add, span


@dataclass(slots=True, unsafe_hash=True)
class Trees:
    """The size of a decision tree, or of several: how many, and the bounds of each one's size.

    Parameters
    ----------
    n : int, Bounds or Unknown
        How many trees.
    nodes, leaves : int, Bounds or Unknown
        Of one tree.
    depth : int, Bounds or Unknown
        The number of splits on the longest way to a leaf.

    See Also
    --------
    Spec : Its ``extras`` may have trees.

    Examples
    --------
    >>> from skparams.specs import Bounds, Trees
    >>> Trees(100, Bounds(1, 15), Bounds(1, 8), depth=Bounds(0, 3)).leaves
    Bounds(low=1, high=8)
    """

    n: Count
    nodes: Count
    leaves: Count
    depth: Count


def together(each: Iterable[Trees]) -> Trees | None:
    """Return the size of several, None of none; an object that comes up twice counts once."""
    found = list({id(trees): trees for trees in each}.values())
    if len(found) < 2:
        return found[0] if found else None
    return Trees(
        add(trees.n for trees in found),
        span(trees.nodes for trees in found),
        span(trees.leaves for trees in found),
        span(trees.depth for trees in found),
    )


def depth_of(left: Sequence[int], right: Sequence[int]) -> int:
    """Return the depth of a tree from the children of its nodes, which have larger numbers.

    Of a leaf that has no number of its own, the child is negative, as of one that has no children.
    """
    depths = [0] * len(left)
    deepest = 0
    for i, children in enumerate(zip(left, right, strict=True)):
        for child in children:
            if child >= 0:
                depths[child] = depths[i] + 1
        deepest = max(deepest, depths[i])
    return deepest
