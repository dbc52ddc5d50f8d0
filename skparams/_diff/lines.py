"""The table of what changed in the fitted parameters: a line for each array, tree and estimator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from skparams._diff.record import AttributeChange, Change, NodeChange, TreeChange
from skparams._report import (
    UNKNOWN,
    Row,
    clean,
    largest,
    number,
    plural,
    run_name,
    runs,
    shape,
    value,
)

_MAX_ARRAYS = 12  # of one estimator
_MAX_NODES = 30  # in one estimator, a run of them counted as one
_MAX_MEMBERS = 200  # of a run that is opened
CANNOT = "cannot be compared"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table, and the lines below it; ``note`` replaces the figures of the change."""

    name: str
    what: str = ""
    change: Change | None = None
    note: str = ""
    style: str = ""
    path: str = ""
    lines: Sequence[Line] = ()
    opened: bool = True

    def walk(self) -> Iterator[Line]:
        yield self
        for line in self.lines:
            yield from line.walk()

    def row(self) -> Row:
        figures: Sequence[str] = (self.note, "", "", "")
        if self.change is not None and not self.note:
            figures = _figures(self.change)
        rows = [line.row() for line in self.lines]
        return Row((self.name, self.what, *figures), self.style, rows, self.opened)


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
    """The note if no value changed, where "same" would be wrong as something else differs."""
    return f"0 of {number(change.n)}" if change.n and not change.n_changed else ""


def status(before: object, after: object) -> str:
    return "added" if before is None else "removed" if after is None else "changed"


def class_of(node: NodeChange) -> str:
    """The class, or both; with the package if the names are the same."""
    classes = dict.fromkeys(each for each in (node.before, node.after) if each)
    names = dict.fromkeys(each.rpartition(".")[2] for each in classes)
    return clean(" → ".join(names if len(names) == len(classes) else classes))


def learned(node: NodeChange) -> Iterator[Line]:
    """Yield the lines of a node's own parameters and trees, and of the estimators in it."""
    rows, rest = largest(node.parameters, _MAX_ARRAYS, lambda row: int(not row.same))
    yield from (_array(row, node) for row in rows)
    if rest:
        change = Change.merged(row.change for row in rest if row.change is not None)
        yield Line(f"… {len(rest):,} more", "", change, style="dim")
    trees, children = node.trees, node.children
    if len(trees) == 1:
        yield from _tree_lines(trees, trees[0].path)
    else:
        children = (*map(_node_of, trees), *children)
    groups, left = largest(list(runs(children)), _MAX_NODES, _n_changed)
    yield from (_run(run) if len(run) > 1 else _estimator(run[0]) for run in groups)
    if nodes := [child for run in left for child in run]:
        yield Line(f"… {len(nodes):,} more estimators", "", _merged(nodes), style="dim")


def _n_changed(nodes: Sequence[NodeChange]) -> int:
    return sum(not node.same for node in nodes)


def _node_of(tree: TreeChange) -> NodeChange:
    """One of several trees of an estimator, as if it were an estimator."""
    before, after = ("tree" if n else None for n in tree.nodes)
    fitted = before is not None, after is not None
    return NodeChange(tree.path, tree.path, before, after, fitted, (0, 0), trees=(tree,))


def _array(row: AttributeChange, node: NodeChange) -> Line:
    note = ""
    if None in (row.before, row.after):
        note = status(row.before, row.after)
    elif row.change is None:
        note = "another shape"
    elif row.opaque:
        note = CANNOT
    elif not row.same and not row.change.n_changed:
        note = "another dtype"
    name = clean(row.path.removeprefix(f"{node.path}__") if node.path else row.path)
    return Line(name, _axes(row), row.change, note, "dim" if row.same else "", row.path)


def _axes(row: AttributeChange) -> str:
    """The shape, or both; with the dtypes if these differ."""
    sides = [facts for facts in (row.before, row.after) if facts]
    axes = [shape(facts.shape) for facts in sides]
    if not row.same and len({facts.dtype for facts in sides}) == 2:
        axes = [f"{each} {facts.dtype}".lstrip() for each, facts in zip(axes, sides, strict=True)]
    return clean(" → ".join(dict.fromkeys(each for each in axes if each)))


def _tree_lines(trees: Sequence[TreeChange], path: str) -> Iterator[Line]:
    """Yield the sizes of trees, and what changed at the nodes that both models have."""
    note = ""
    if n_same := sum(tree.same for tree in trees):
        note = "same tree" if len(trees) == 1 else f"{n_same:,} of {len(trees):,} trees same"
    nodes, depth = _sizes(trees)
    yield Line("nodes", nodes, note=note)
    yield Line("depth", depth)
    for name in ("splits", "thresholds", "values"):
        changes = [tree.changes[name] for tree in trees if name in tree.changes]
        if changes:
            yield Line(name, "", Change.merged(changes), path=f"{path} {name}")


def _sizes(trees: Sequence[TreeChange]) -> tuple[str, str]:
    """The number of nodes in all trees and the depth of the deepest, before and after."""
    nodes = [sum(tree.nodes[i] for tree in trees) for i in (0, 1)]
    depth = [max(tree.depth[i] for tree in trees) for i in (0, 1)]
    one, two = (" → ".join(dict.fromkeys(map(number, each))) for each in (nodes, depth))
    return one, two


def _estimator(node: NodeChange, *, inside: bool = True) -> Line:
    """The line of an estimator, with the lines of what is inside it."""
    name, what = clean(node.name), class_of(node)
    if node.before is None or node.after is None:
        stored = node.stored[node.before is None]
        size = f", {plural(stored, 'number')}" if isinstance(stored, int) and stored else ""
        return Line(name, what, note=status(node.before, node.after) + size, style="bold")
    if node.same:
        return Line(name, what, note="same", style="dim")
    notes = {(True, False): "no longer fitted", (False, True): "now fitted"}
    lines = list(learned(node)) if inside else ()
    return Line(name, what, None, notes.get(node.fitted, ""), "bold", lines=lines)


def _run(run: Sequence[NodeChange]) -> Line:
    """The line of several estimators of one class, which opens to a line for each."""
    name, what = run_name(run), f"{len(run):,} × {class_of(run[0])}"
    if all(node.same for node in run):
        return Line(name, what, note="same", style="dim")
    both = [node for node in run if None not in (node.before, node.after)]
    added = sum(node.before is None for node in run)
    sides = {"added": added, "removed": len(run) - len(both) - added}
    note = ", ".join(f"{n:,} {word}" for word, n in sides.items() if n)
    trees, path = _trees(both), run[0].path.partition("[")[0]
    members = [_member(node) for node in run[:_MAX_MEMBERS]]
    if more := len(run) - len(members):
        members.append(Line(f"… {more:,} more", style="dim"))
    if not trees:
        return Line(name, what, _merged(both), note, "bold", path, members, opened=False)
    rest = Line(f"… {len(run):,} members", style="dim", lines=members, opened=False)
    return Line(name, what, None, note, "bold", path, [*_tree_lines(trees, path), rest])


def _member(node: NodeChange) -> Line:
    line = _estimator(node, inside=False)
    if line.note:
        return line
    trees, change = _trees([node]), _merged([node])
    what = "nodes {}, depth {}".format(*_sizes(trees)) if trees else line.what
    return Line(line.name, what, change, unchanged(change))


def _trees(nodes: Iterable[NodeChange]) -> list[TreeChange]:
    return [tree for node in nodes for inner in node.walk() for tree in inner.trees]


def _merged(nodes: Iterable[NodeChange]) -> Change:
    return Change.merged(change for node in nodes for change in node.changes())
