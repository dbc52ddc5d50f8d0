"""What changed, as lines: of an estimator its arrays and trees, then the estimators in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from skparams._diff.record import AttributeChange, Change, NodeChange, TreeChange
from skparams._report import UNKNOWN, Row, clean, number, plural, shape, value

__all__ = [
    "MOST_ALIKE",
    "Line",
    "class_of",
    "inside",
    "member",
    "none_of",
    "run_name",
    "runs",
    "short_class",
    "tree_line",
]

_MOST_ARRAYS = 12  # of one estimator
_MOST_NODES = 30  # in one estimator, runs of them counted as one
MOST_ALIKE = 3  # siblings of one class that are not yet a run


@dataclass(frozen=True, slots=True)
class Line:
    """A line below "it learned": ``said`` stands where there is no change to measure."""

    name: str
    what: str
    change: Change | None = None
    said: str = ""
    style: str = ""
    path: str = ""

    def row(self) -> Row:
        measures = ("", "", "", "") if self.change is None else _measured(self.change)
        if self.said:
            measures = (self.said, "", "", "")
        return Row((self.name, self.what, *measures), self.style)


def _measured(change: Change) -> tuple[str, str, str, str]:
    """Return how many values moved, and how far, in words."""
    if not change.n:
        return "none to compare", "", "", ""
    if not change.moved and not change.distance:
        return "same", "", "", ""
    moved = f"{number(change.moved)} of {number(change.n)}"
    if change.distance is None:
        return moved, "", "", ""
    cosine = UNKNOWN if change.cosine is None else f"{change.cosine:.4f}"
    return moved, value(change.largest), value(change.relative), cosine


def class_of(node: NodeChange) -> str:
    """Return the class, or both; with the package where that is all that differs."""
    if node.before is None or node.after is None or node.before == node.after:
        return clean(short_class(node.after or node.before or ""))
    one, two = short_class(node.before), short_class(node.after)
    return clean(f"{node.before} → {node.after}" if one == two else f"{one} → {two}")


def short_class(cls: str) -> str:
    return cls.rpartition(".")[2]


def inside(node: NodeChange, guide: str) -> Iterator[Line]:
    """Yield a node's own parameters and trees, and the estimators in it."""
    shown = sorted(node.parameters, key=lambda row: row.same)[:_MOST_ARRAYS]
    hidden = [row for row in node.parameters if row not in shown]
    for row in node.parameters:
        if row in shown:
            yield _array(row, node, guide)
    for said, is_same in (("changed", False), ("the same", True)):
        rest = [row for row in hidden if row.same is is_same]
        if rest:
            yield Line(f"{guide}… {len(rest):,} more {said}", "", _merged(rest), style="dim")
    if len(node.trees) > MOST_ALIKE:
        yield Line(
            f"{guide}{run_name([tree.path for tree in node.trees])}", f"{len(node.trees):,} trees"
        )
        yield from _grown(node.trees, f"{guide}│ ")
    else:
        for tree in node.trees:
            yield Line(f"{guide}{_local(tree.path, node)}", "", path=tree.path)
            yield from _grown([tree], f"{guide}│ ")
    among = list(runs(node.children))
    for run in among[:_MOST_NODES]:
        yield from _estimator(run[0], guide) if len(run) == 1 else _run(run, guide)
    if len(among) > _MOST_NODES:
        left = [child for run in among[_MOST_NODES:] for child in run]
        change = Change.merged(each for child in left for each in child.changes())
        yield Line(f"{guide}… {len(left):,} more estimators", "", change, style="dim")


def _array(row: AttributeChange, node: NodeChange, guide: str) -> Line:
    name = f"{guide}{_local(row.path, node)}"
    what, style = _axes(row), "dim" if row.same else ""
    if row.before is None or row.after is None:
        return Line(name, what, said="added" if row.before is None else "removed", path=row.path)
    if row.change is None:
        return Line(name, what, said="another shape", path=row.path)
    said = "another dtype" if not row.same and not row.change.moved else ""
    return Line(name, what, row.change, said, style, path=row.path)


def _axes(row: AttributeChange) -> str:
    """Return the shape; of what changed in it, or in the dtype, both."""
    before, after = row.before, row.after
    one, two = (shape(facts.shape) if facts else "" for facts in (before, after))
    if before and after and not row.same and before.dtype != after.dtype:
        one, two = (
            f"{axes} {facts.dtype}".lstrip() for axes, facts in ((one, before), (two, after))
        )
    return clean(two if one == two or not one else f"{one} → {two}" if two else one)


def _grown(trees: Sequence[TreeChange], guide: str) -> Iterator[Line]:
    """Yield how trees grew, and what is asked and held at the places that both have."""
    nodes, deepest = _sizes(trees)
    path = trees[0].path if len(trees) == 1 else trees[0].path.partition("[")[0]
    yield Line(f"{guide}nodes", _to(*nodes), said=_n_same(trees))
    yield Line(f"{guide}depth", _to(*deepest))
    values = [tree.values for tree in trees if tree.values is not None]
    for name, changes in (
        ("splits", [tree.splits for tree in trees]),
        ("thresholds", [tree.thresholds for tree in trees]),
        ("values", values),
    ):
        if changes:
            yield Line(f"{guide}{name}", "", Change.merged(changes), path=f"{path} {name}")


def _n_same(trees: Sequence[TreeChange]) -> str:
    if len(trees) == 1:
        return "same tree" if trees[0].same else ""
    n = sum(tree.same for tree in trees)
    return f"{n:,} of {len(trees):,} trees same" if n else ""


def _to(before: int, after: int) -> str:
    return number(after) if before == after else f"{number(before)} → {number(after)}"


def _estimator(node: NodeChange, guide: str) -> Iterator[Line]:
    name, what = f"{guide}{clean(node.name)}", class_of(node)
    if node.before is None or node.after is None:
        said = "added" if node.before is None else "removed"
        stored = node.stored[node.before is None]
        much = f", {plural(stored, 'number')}" if isinstance(stored, int) else ""
        yield Line(name, what, said=f"{said}{much}", style="bold")
    elif node.same:
        yield Line(name, what, said="same", style="dim")
    else:
        gone = {(True, False): "no longer fitted", (False, True): "now fitted"}
        yield Line(name, what, said=gone.get(node.fitted, ""), style="bold")
        yield from inside(node, f"{guide}│ ")


def _run(run: Sequence[NodeChange], guide: str) -> Iterator[Line]:
    """Yield the lines of several estimators alike, taken as one."""
    both = [node for node in run if node.before is not None and node.after is not None]
    added = sum(node.before is None for node in run)
    removed = sum(node.after is None for node in run)
    words = [f"{n:,} {word}" for n, word in ((added, "added"), (removed, "removed")) if n]
    name = f"{guide}{run_name([node.name for node in run])}"
    trees = [tree for node in both for inner in node.walk() for tree in inner.trees]
    change = None if trees else Change.merged(each for node in both for each in node.changes())
    n_same, stem = sum(node.same for node in both), run[0].path.partition("[")[0]
    if n_same == len(run):
        yield Line(name, _members_of(run), said="same", style="dim")
        return
    yield Line(name, _members_of(run), change, ", ".join(words), "bold", stem)
    if trees:
        yield from _grown(trees, f"{guide}│ ")


def member(node: NodeChange) -> Line:
    """Return the one line of an estimator among many alike."""
    trees = [tree for inner in node.walk() for tree in inner.trees]
    (line, *_) = _estimator(node, "")
    if line.said or node.before is None or node.after is None:
        return line
    what = _growth(trees) if trees else line.what
    change = Change.merged(node.changes())
    return Line(line.name, what, change, none_of(change))


def tree_line(tree: TreeChange) -> Line:
    """Return the one line of a tree among many."""
    values = [] if tree.values is None else [tree.values]
    change = Change.merged([tree.thresholds, *values])
    said = "same" if tree.same else none_of(change)
    return Line(clean(tree.path), _growth([tree]), change, said)


def none_of(change: Change) -> str:
    """Return in words that no value moved: where there is more that differs, "same" is wrong."""
    return f"0 of {number(change.n)}" if change.n and not change.moved else ""


def _growth(trees: Sequence[TreeChange]) -> str:
    nodes, depth = _sizes(trees)
    return f"nodes {_to(*nodes)}, depth {_to(*depth)}"


def _sizes(trees: Sequence[TreeChange]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the number of nodes in all and the depth of the deepest, before and after."""
    before, after = (sum(tree.nodes[i] for tree in trees) for i in (0, 1))
    lower, higher = (max(tree.depth[i] for tree in trees) for i in (0, 1))
    return (before, after), (lower, higher)


def _members_of(run: Sequence[NodeChange]) -> str:
    return f"{len(run):,} × {class_of(run[0])}"


def runs(children: Sequence[NodeChange]) -> Iterator[list[NodeChange]]:
    """Yield long runs of siblings of one class together, and all others on their own."""

    def kind(node: NodeChange) -> tuple[str | None, str]:
        stem = node.name.partition("[")[0] if node.name.endswith("]") else node.name
        return node.after or node.before, stem

    for _, group in groupby(children, key=kind):
        siblings = list(group)
        if len(siblings) > MOST_ALIKE:
            yield siblings
        else:
            yield from ([node] for node in siblings)


def run_name(names: Sequence[str]) -> str:
    first, last = names[0], names[-1]
    if first.rpartition("[")[0] == last.rpartition("[")[0] and first.endswith("]"):
        return clean(f"{first[:-1]} … {last[last.rindex('[') + 1 :]}")
    return clean(f"{first} … {last}")


def _merged(rows: Sequence[AttributeChange]) -> Change:
    return Change.merged(row.change for row in rows if row.change is not None)


def _local(path: str, node: NodeChange) -> str:
    return clean(path.removeprefix(f"{node.path}__") if node.path else path)
