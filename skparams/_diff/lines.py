"""The table of what changed in the fitted parameters: a line for each array, tree and estimator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from skparams._diff.record import AttributeChange, Change, NodeChange, TreeChange
from skparams._report import UNKNOWN, Row, clean, number, plural, shape, value

__all__ = ["Line", "class_of", "folded", "learned", "short_class", "status", "unchanged"]

_MAX_ARRAYS = 12  # of one estimator
_MAX_NODES = 30  # in one estimator, a run of them counted as one
_MIN_RUN = 4  # siblings of one class that are shown as one


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table; ``note`` replaces the figures of the change."""

    name: str
    what: str
    change: Change | None = None
    note: str = ""
    style: str = ""
    path: str = ""

    def row(self) -> Row:
        figures: Sequence[str] = (self.note, "", "", "")
        if self.change is not None and not self.note:
            figures = _figures(self.change)
        return Row((self.name, self.what, *figures), self.style)


def _figures(change: Change) -> Sequence[str]:
    if not change.n:
        return "none to compare", "", "", ""
    if not change.n_changed and not change.distance:
        return "same", "", "", ""
    changed = f"{number(change.n_changed)} of {number(change.n)}"
    if change.distance is None:
        return changed, "", "", ""
    cosine = UNKNOWN if change.cosine is None else f"{change.cosine:.4f}"
    return changed, value(change.largest), value(change.relative), cosine


def unchanged(change: Change) -> str:
    """Return that no value changed, where "same" would be wrong as something else differs."""
    return f"0 of {number(change.n)}" if change.n and not change.n_changed else ""


def status(before: Any, after: Any) -> str:
    return "added" if before is None else "removed" if after is None else "changed"


def short_class(cls: str | None) -> str:
    return (cls or "").rpartition(".")[2]


def class_of(node: NodeChange) -> str:
    """Return the class, or both; with the package if the names are the same."""
    before, after = node.before or node.after, node.after or node.before
    if before == after:
        return clean(short_class(after))
    one, two = short_class(before), short_class(after)
    return clean(f"{before} → {after}" if one == two else f"{one} → {two}")


def learned(node: NodeChange, guide: str = "") -> Iterator[Line]:
    """Yield a node's own parameters and trees, and the estimators in it."""
    shown = sorted(node.parameters, key=lambda row: row.same)[:_MAX_ARRAYS]
    yield from (_array(row, node, guide) for row in node.parameters if row in shown)
    if rest := [row for row in node.parameters if row not in shown]:
        change = Change.merged(row.change for row in rest if row.change is not None)
        yield Line(f"{guide}… {len(rest):,} more", "", change, style="dim")
    is_run = len(node.trees) >= _MIN_RUN
    for trees in [node.trees] if is_run else [[tree] for tree in node.trees]:
        name = _run_name([tree.path for tree in trees]) if is_run else _local(trees[0].path, node)
        yield Line(guide + name, f"{len(trees):,} trees" if is_run else "")
        yield from _tree_lines(trees, f"{guide}│ ")
    runs = list(_runs(node.children))
    for run in runs[:_MAX_NODES]:
        yield from _estimator(run[0], guide) if len(run) == 1 else _run(run, guide)
    if rest_of := [child for run in runs[_MAX_NODES:] for child in run]:
        yield Line(f"{guide}… {len(rest_of):,} more estimators", "", _merged(rest_of), style="dim")


def _array(row: AttributeChange, node: NodeChange, guide: str) -> Line:
    note, style = "", "dim" if row.same else ""
    if None in (row.before, row.after):
        note = status(row.before, row.after)
    elif row.change is None:
        note = "another shape"
    elif not row.same and not row.change.n_changed:
        note = "another dtype"
    name = f"{guide}{_local(row.path, node)}"
    return Line(name, _axes(row), row.change, note, style, row.path)


def _axes(row: AttributeChange) -> str:
    """Return the shape, or both; with the dtypes if these differ."""
    sides = [facts for facts in (row.before, row.after) if facts]
    axes = [shape(facts.shape) for facts in sides]
    if not row.same and len({facts.dtype for facts in sides}) == 2:
        axes = [f"{each} {facts.dtype}".lstrip() for each, facts in zip(axes, sides, strict=True)]
    return clean(" → ".join(dict.fromkeys(each for each in axes if each)))


def _tree_lines(trees: Sequence[TreeChange], guide: str) -> Iterator[Line]:
    """Yield the sizes of trees, and what changed at the nodes that both have."""
    note = ""
    if n_same := sum(tree.same for tree in trees):
        note = "same tree" if len(trees) == 1 else f"{n_same:,} of {len(trees):,} trees same"
    nodes, depth = _sizes(trees)
    yield Line(f"{guide}nodes", nodes, note=note)
    yield Line(f"{guide}depth", depth)
    path = trees[0].path if len(trees) == 1 else trees[0].path.partition("[")[0]
    for name in ("splits", "thresholds", "values"):
        changes = [tree.changes[name] for tree in trees if name in tree.changes]
        if changes:
            yield Line(f"{guide}{name}", "", Change.merged(changes), path=f"{path} {name}")


def _sizes(trees: Sequence[TreeChange]) -> tuple[str, str]:
    """Return the number of nodes in all trees and the depth of the deepest, before and after."""
    nodes = [sum(tree.nodes[i] for tree in trees) for i in (0, 1)]
    depth = [max(tree.depth[i] for tree in trees) for i in (0, 1)]
    one, two = (" → ".join(dict.fromkeys(map(number, each))) for each in (nodes, depth))
    return one, two


def _estimator(node: NodeChange, guide: str) -> Iterator[Line]:
    name, what = f"{guide}{clean(node.name)}", class_of(node)
    if node.before is None or node.after is None:
        stored = node.stored[node.before is None]
        size = f", {plural(stored, 'number')}" if isinstance(stored, int) else ""
        yield Line(name, what, note=status(node.before, node.after) + size, style="bold")
    elif node.same:
        yield Line(name, what, note="same", style="dim")
    else:
        notes = {(True, False): "no longer fitted", (False, True): "now fitted"}
        yield Line(name, what, note=notes.get(node.fitted, ""), style="bold")
        yield from learned(node, f"{guide}│ ")


def _run(run: Sequence[NodeChange], guide: str) -> Iterator[Line]:
    """Yield the lines of several estimators of one class taken as one."""
    name = f"{guide}{_run_name([node.name for node in run])}"
    what, stem = f"{len(run):,} × {class_of(run[0])}", run[0].path.partition("[")[0]
    if all(node.same for node in run):
        yield Line(name, what, note="same", style="dim")
        return
    added, removed = (
        [node.before for node in run].count(None),
        [node.after for node in run].count(None),
    )
    note = ", ".join(f"{n:,} {word}" for n, word in ((added, "added"), (removed, "removed")) if n)
    both = [node for node in run if None not in (node.before, node.after)]
    trees = _trees(both)
    yield Line(name, what, None if trees else _merged(both), note, "bold", stem)
    if trees:
        yield from _tree_lines(trees, f"{guide}│ ")


def folded(root: NodeChange) -> Iterator[tuple[str, list[Line]]]:
    """Yield each run of estimators or trees that is shown as one: its name, a line for each."""
    for node in root.walk():
        for run in _runs(node.children):
            if len(run) > 1 and not all(each.same for each in run):
                yield _run_name([each.path for each in run]), [_member(each) for each in run]
        if len(node.trees) >= _MIN_RUN and not all(tree.same for tree in node.trees):
            name = _run_name([tree.path for tree in node.trees])
            yield name, [_tree_member(tree) for tree in node.trees]


def _member(node: NodeChange) -> Line:
    line = next(_estimator(node, ""))
    if line.note:
        return line
    trees, change = _trees([node]), _merged([node])
    what = "nodes {}, depth {}".format(*_sizes(trees)) if trees else line.what
    return Line(line.name, what, change, unchanged(change))


def _tree_member(tree: TreeChange) -> Line:
    change = Change.merged(each for name, each in tree.changes.items() if name != "splits")
    what = "nodes {}, depth {}".format(*_sizes([tree]))
    return Line(clean(tree.path), what, change, "same" if tree.same else unchanged(change))


def _trees(nodes: Iterable[NodeChange]) -> list[TreeChange]:
    return [tree for node in nodes for inner in node.walk() for tree in inner.trees]


def _merged(nodes: Iterable[NodeChange]) -> Change:
    return Change.merged(change for node in nodes for change in node.changes())


def _runs(children: Sequence[NodeChange]) -> Iterator[list[NodeChange]]:
    """Yield long runs of siblings of one class together, and all others on their own."""

    def kind(node: NodeChange) -> tuple[str | None, str]:
        stem = node.name.partition("[")[0] if node.name.endswith("]") else node.name
        return node.after or node.before, stem

    for _, group in groupby(children, key=kind):
        siblings = list(group)
        yield from [siblings] if len(siblings) >= _MIN_RUN else ([node] for node in siblings)


def _run_name(names: Sequence[str]) -> str:
    first, last = names[0], names[-1]
    if first.rpartition("[")[0] == last.rpartition("[")[0] and first.endswith("]"):
        return clean(f"{first[:-1]} … {last[last.rindex('[') + 1 :]}")
    return clean(f"{first} … {last}")


def _local(path: str, node: NodeChange) -> str:
    return clean(path.removeprefix(f"{node.path}__") if node.path else path)
