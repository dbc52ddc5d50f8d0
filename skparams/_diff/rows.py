"""What changed, as rows of a frame."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from skparams._diff.lines import short_class
from skparams._diff.record import (
    AttributeChange,
    Change,
    Choice,
    Facts,
    NodeChange,
    TreeChange,
)
from skparams._report import UNKNOWN, clean, shape

if TYPE_CHECKING:
    from skparams._diff.result import Diff

__all__ = ["COLUMNS", "rows", "sides", "status", "written"]

COLUMNS = {
    **dict.fromkeys(("path", "estimator", "role", "status", "before", "after"), "object"),
    **dict.fromkeys(("n", "moved", "nonfinite"), "Int64"),
    **dict.fromkeys(("largest", "relative", "cosine"), "float64"),
}


def rows(diff: Diff) -> Iterator[dict[str, Any]]:
    """Yield what was compared, and the hyperparameters that differ, as rows of a frame."""
    for choice in diff.hyperparameters:
        yield {"path": choice.path, "role": "hyperparameter", **_sides_of(choice)}
    for node in diff.root.walk():
        estimator = short_class(node.after or node.before or "")
        if node.before != node.after:
            yield {"path": node.path, "role": "estimator", **_sides_of(node)}
        for row in (*node.parameters, *node.others):
            yield {"estimator": estimator, **_framed(row)}
        for tree in node.trees:
            yield from ({"estimator": estimator, **each} for each in _framed_tree(tree))


def status(record: Choice | NodeChange | AttributeChange) -> str:
    """Return "added", "removed" or "changed"."""
    if record.before is None:
        return "added"
    return "removed" if record.after is None else "changed"


def written(text: str | None) -> str:
    """Return text that is safe on a terminal, a dash for what is not there."""
    return UNKNOWN if text is None else clean(text)


def _sides_of(record: Choice | NodeChange) -> dict[str, Any]:
    return {"status": status(record), "before": record.before, "after": record.after}


def _framed(row: AttributeChange) -> dict[str, Any]:
    said: dict[str, Any] = {"status": "same" if row.same else status(row)}
    for name in ("before", "after"):
        facts = getattr(row, name)
        said[name] = None if facts is None else _array_of(facts)
    return {"path": row.path, "role": row.role, **said, **_numbers(row.change)}


def _framed_tree(tree: TreeChange) -> Iterator[dict[str, Any]]:
    for name, (before, after) in (("nodes", tree.nodes), ("depth", tree.depth)):
        said = "same" if before == after else "changed"
        both = {"before": str(before), "after": str(after)}
        yield {"path": f"{tree.path} {name}", "role": "structure", "status": said, **both}
    for name, role, change in (
        ("splits", "structure", tree.splits),
        ("thresholds", "parameter", tree.thresholds),
        ("values", "parameter", tree.values),
    ):
        if change is not None:
            said = "changed" if change.moved else "same"
            path = f"{tree.path} {name}"
            yield {"path": path, "role": role, "status": said, **_numbers(change)}


def _numbers(change: Change | None) -> dict[str, Any]:
    if change is None:
        return {}
    names = ("n", "moved", "nonfinite", "largest", "relative", "cosine")
    return {name: getattr(change, name) for name in names}


def sides(row: AttributeChange) -> tuple[str, str]:
    """Return both sides in short: their text, else the shape and, where that differs, the dtype."""
    before, after = row.before, row.after
    one, two = (written(facts.text if facts else None) for facts in (before, after))
    if one == two or UNKNOWN in (one, two):
        one, two = (_array_of(facts) for facts in (before, after))
    return one, two


def _array_of(facts: Facts | None) -> str:
    if facts is None:
        return UNKNOWN
    if facts.shape is None:
        return clean(facts.text or "")
    return clean(f"{shape(facts.shape)} {facts.dtype}".lstrip())
