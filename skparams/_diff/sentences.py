"""Each difference between two models as a part of a sentence, for messages."""

from __future__ import annotations

from collections.abc import Iterator

from skparams._diff.record import Change, NodeChange
from skparams._diff.result import Diff
from skparams._diff.rows import sides
from skparams._report import clean, number, value

__all__ = ["differences"]


def differences(diff: Diff) -> Iterator[str]:
    """Yield the path and the class of each difference, and how far it is."""
    if diff.root.before != diff.root.after:
        yield f"the class is {diff.root.before} instead of {diff.root.after}"
    for choice in diff.hyperparameters:
        before, after = (clean(text or "absent") for text in (choice.before, choice.after))
        yield f"the hyperparameter {clean(choice.path)} is {before} instead of {after}"
    for node in diff.root.walk():
        yield from _in_node(node)


def _in_node(node: NodeChange) -> Iterator[str]:
    path = clean(node.path) or "the model"
    if node.before != node.after:
        yield f"{path} is {node.before or 'absent'} instead of {node.after or 'absent'}"
        return
    if node.fitted[0] != node.fitted[1]:
        before, after = ("fitted" if each else "not fitted" for each in node.fitted)
        yield f"{path} ({node.after}) is {before} instead of {after}"
        return
    for row in (*node.parameters, *node.others):
        if not row.same:
            difference = _difference(row.change, " instead of ".join(sides(row)))
            if row.before and row.after and row.before.shape != row.after.shape:
                shapes = (str(facts.shape) for facts in (row.before, row.after))
                difference = f"has the shape {' instead of '.join(shapes)}"
            yield f"{clean(row.path)} of {node.after} {difference}"
    for tree in node.trees:
        parts = {"splits": tree.splits, "thresholds": tree.thresholds, "values": tree.values}
        for name, change in parts.items():
            if change is not None and change.moved:
                yield f"{clean(tree.path)} {name} of {node.after} {_difference(change, '')}"
        if not tree.same:
            before, after = map(number, tree.nodes)
            yield f"{clean(tree.path)} of {node.after} has {before} nodes instead of {after}"


def _difference(change: Change | None, both: str) -> str:
    if change is None or not change.moved or (change.n == 1 and change.largest is None):
        return f"is {both}"
    largest = "" if change.largest is None else f", by up to {value(change.largest)}"
    return f"differs in {number(change.moved)} of {number(change.n)} values{largest}"
