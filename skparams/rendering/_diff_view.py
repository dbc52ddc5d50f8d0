"""What a difference shows, whatever it is shown in: which rows, in which words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from skparams.inspection._diff_record import (
    AttributeChange,
    Change,
    Choice,
    Diff,
    Facts,
    NodeChange,
    TreeChange,
)
from skparams.rendering._bars import Bar, Bars
from skparams.rendering._layout import Column
from skparams.rendering._report import Report, Section
from skparams.rendering._terminal import Row
from skparams.rendering._words import UNKNOWN, clean, few, number, plural, shape, value

__all__ = ["COLUMNS", "bars", "report", "rows"]

COLUMNS = (
    *("path", "estimator", "role", "status", "before", "after"),
    *("n", "moved", "nonfinite", "largest", "relative", "cosine"),
)
_MOST_CHOICES = 40
_MOST_ARRAYS = 12  # of one estimator
_MOST_NODES = 30  # in one estimator, runs of them counted as one
_MOST_OTHERS = 20
_MOST_ALIKE = 3  # siblings of one class that are not yet a run
_MOST_MEMBERS = 200  # of a run that is opened
_MEASURES = [
    Column("moved", right=True),
    Column("largest", right=True, drop=1),
    Column("relative", right=True),
    Column("cosine", right=True, drop=2),
]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line below "it learned": ``said`` stands where there is no change to measure."""

    name: str
    what: str
    change: Change | None = None
    said: str = ""
    style: str = ""
    path: str = ""

    def row(self) -> Row:
        measures = ("", "", "", "") if self.change is None else measured(self.change)
        if self.said:
            measures = (self.said, "", "", "")
        return (self.name, self.what, *measures), self.style


def report(diff: Diff) -> Report:
    """Return what a difference shows."""
    root = diff.root
    lines = list(_inside(root, ""))
    sections = list(_choices(diff))
    if lines:
        columns = [Column("it learned", least=18, code=True), Column("shape", wraps="cut")]
        total = _Line("total", "", Change.merged(root.changes()), style="bold")
        shown = [line.row() for line in [*lines, *([total] if len(lines) > 1 else [])]]
        sections.append(Section([*columns, *_MEASURES], shown, list(_aligned(root))))
    sections += [*_others(root), *_members(root)]
    return Report(_about(diff), sections, list(_notes(diff)))


def measured(change: Change) -> tuple[str, str, str, str]:
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


def _about(diff: Diff) -> list[str]:
    root = diff.root
    if diff.is_empty:
        return [_class_of(root), "no difference" if root.fitted[1] else "not fitted, no difference"]
    words = {
        (True, True): "both fitted",
        (True, False): "fitted before, not after",
        (False, True): "not fitted before, fitted after",
        (False, False): "not fitted",
    }
    return [_class_of(root), words[root.fitted]]


def _class_of(node: NodeChange) -> str:
    """Return the class, or both; with the package where that is all that differs."""
    if node.before is None or node.after is None or node.before == node.after:
        return clean(_short(node.after or node.before or ""))
    one, two = _short(node.before), _short(node.after)
    return clean(f"{node.before} → {node.after}" if one == two else f"{one} → {two}")


def _short(cls: str) -> str:
    return cls.rpartition(".")[2]


def _choices(diff: Diff) -> Iterator[Section]:
    shown = [choice for choice in diff.hyperparameters if _worth(choice)]
    hidden = len(diff.hyperparameters) - len(shown)
    notes = [f"{number(diff.n_same)} more are the same"] if diff.n_same else []
    if hidden:
        notes.append(f"{number(hidden)} at their defaults come or go with a class")
    if not shown:
        return
    rows: list[Row] = [
        ((clean(choice.path), _or_none(choice.before), _or_none(choice.after)), "")
        for choice in shown[:_MOST_CHOICES]
    ]
    if left := len(shown) - _MOST_CHOICES:
        rows += [((f"… {left:,} more", "", ""), "dim")] if left > 0 else []
    columns = [
        Column("you changed", least=16, code=True),
        Column("before", least=12, wraps="fold", code=True),
        Column("after", least=12, wraps="fold", code=True),
    ]
    yield Section(columns, rows, notes)


def _worth(choice: Choice) -> bool:
    """Say whether a hyperparameter is more than the default of a class that comes or goes."""
    return choice.chosen or (choice.before is not None and choice.after is not None)


def _or_none(text: str | None) -> str:
    return UNKNOWN if text is None else clean(text)


def _inside(node: NodeChange, guide: str) -> Iterator[_Line]:
    """Yield a node's own parameters and trees, and the estimators in it."""
    changed = [row for row in node.parameters if not row.same]
    same = [row for row in node.parameters if row.same]
    room = max(_MOST_ARRAYS - len(changed), 0)
    for row in [*changed[:_MOST_ARRAYS], *same[:room]]:
        yield _array(row, node, guide)
    for rest, said in ((changed[_MOST_ARRAYS:], "changed"), (same[room:], "the same")):
        if rest:
            yield _Line(f"{guide}… {len(rest):,} more {said}", "", _merged(rest), style="dim")
    if len(node.trees) > _MOST_ALIKE:
        yield _Line(
            f"{guide}{_run_name([tree.path for tree in node.trees])}", f"{len(node.trees):,} trees"
        )
        yield from _grown(node.trees, f"{guide}│ ")
    else:
        for tree in node.trees:
            yield _Line(f"{guide}{_local(tree.path, node)}", "", path=tree.path)
            yield from _grown([tree], f"{guide}│ ")
    runs = list(_runs(node.children))
    for run in runs[:_MOST_NODES]:
        yield from _estimator(run[0], guide) if len(run) == 1 else _run(run, guide)
    if len(runs) > _MOST_NODES:
        left = [child for run in runs[_MOST_NODES:] for child in run]
        change = Change.merged(each for child in left for each in child.changes())
        yield _Line(f"{guide}… {len(left):,} more estimators", "", change, style="dim")


def _array(row: AttributeChange, node: NodeChange, guide: str) -> _Line:
    name = f"{guide}{_local(row.path, node)}"
    what, style = _axes(row), "dim" if row.same else ""
    if row.before is None or row.after is None:
        return _Line(name, what, said="added" if row.before is None else "removed", path=row.path)
    if row.change is None:
        return _Line(name, what, said="another shape", path=row.path)
    said = "another dtype" if not row.same and not row.change.moved else ""
    return _Line(name, what, row.change, said, style, path=row.path)


def _axes(row: AttributeChange) -> str:
    """Return the shape; of what changed in it, or in the dtype, both."""
    before, after = row.before, row.after
    one, two = (shape(facts.shape) if facts else "" for facts in (before, after))
    if before and after and not row.same and before.dtype != after.dtype:
        one, two = (
            f"{axes} {facts.dtype}".lstrip() for axes, facts in ((one, before), (two, after))
        )
    return clean(two if one == two or not one else f"{one} → {two}" if two else one)


def _grown(trees: Sequence[TreeChange], guide: str) -> Iterator[_Line]:
    """Yield how trees grew, and what is asked and held at the places that both have."""
    nodes, deepest = (sum(tree.nodes[i] for tree in trees) for i in (0, 1)), []
    for i in (0, 1):
        deepest.append(max(tree.depth[i] for tree in trees))
    path = trees[0].path if len(trees) == 1 else _run_name([tree.path for tree in trees])
    yield _Line(f"{guide}nodes", _to(*nodes), said=_n_same(trees))
    yield _Line(f"{guide}depth", _to(*deepest))
    values = [tree.values for tree in trees if tree.values is not None]
    for name, changes in (
        ("splits", [tree.splits for tree in trees]),
        ("thresholds", [tree.thresholds for tree in trees]),
        ("values", values),
    ):
        if changes:
            yield _Line(f"{guide}{name}", "", Change.merged(changes), path=f"{path} {name}")


def _n_same(trees: Sequence[TreeChange]) -> str:
    if len(trees) == 1:
        return "same tree" if trees[0].same else ""
    n = sum(tree.same for tree in trees)
    return f"{n:,} of {len(trees):,} trees same" if n else ""


def _to(before: int, after: int) -> str:
    return number(after) if before == after else f"{number(before)} → {number(after)}"


def _estimator(node: NodeChange, guide: str) -> Iterator[_Line]:
    name, what = f"{guide}{clean(node.name)}", _class_of(node)
    if node.before is None or node.after is None:
        said = "added" if node.before is None else "removed"
        stored = node.stored[node.before is None]
        much = "" if stored is None else f", {plural(stored, 'number')}"
        yield _Line(name, what, said=f"{said}{much}", style="bold")
    elif node.same:
        yield _Line(name, what, said="same", style="dim")
    else:
        gone = {(True, False): "no longer fitted", (False, True): "now fitted"}
        yield _Line(name, what, said=gone.get(node.fitted, ""), style="bold")
        yield from _inside(node, f"{guide}│ ")


def _run(run: Sequence[NodeChange], guide: str) -> Iterator[_Line]:
    """Yield the lines of several estimators alike, taken as one."""
    both = [node for node in run if node.before is not None and node.after is not None]
    added = sum(node.before is None for node in run)
    removed = sum(node.after is None for node in run)
    words = [f"{n:,} {word}" for n, word in ((added, "added"), (removed, "removed")) if n]
    name = f"{guide}{_run_name([node.name for node in run])}"
    trees = [tree for node in both for inner in node.walk() for tree in inner.trees]
    change = None if trees else Change.merged(each for node in both for each in node.changes())
    n_same = sum(node.same for node in both)
    if n_same == len(run):
        yield _Line(name, _members_of(run), said="same", style="dim")
        return
    yield _Line(name, _members_of(run), change, ", ".join(words), "bold", name)
    if trees:
        yield from _grown(trees, f"{guide}│ ")


def _members_of(run: Sequence[NodeChange]) -> str:
    return f"{len(run):,} × {_class_of(run[0])}"


def _runs(children: Sequence[NodeChange]) -> Iterator[list[NodeChange]]:
    """Yield long runs of siblings of one class together, and all others on their own."""

    def kind(node: NodeChange) -> tuple[str | None, str]:
        stem = node.name.partition("[")[0] if node.name.endswith("]") else node.name
        return node.after or node.before, stem

    for _, group in groupby(children, key=kind):
        siblings = list(group)
        if len(siblings) > _MOST_ALIKE:
            yield siblings
        else:
            yield from ([node] for node in siblings)


def _run_name(names: Sequence[str]) -> str:
    first, last = names[0], names[-1]
    if first.endswith("]") and last.endswith("]"):
        return clean(f"{first[:-1]} … {last[last.rindex('[') + 1 :]}")
    return clean(f"{first} … {last}")


def _members(root: NodeChange) -> Iterator[Section]:
    """Yield, for each run of estimators or trees that is shown as one, each of them."""
    columns = [Column("member", code=True), Column("", wraps="cut"), *_MEASURES]
    for node in root.walk():
        for run in _runs(node.children):
            if len(run) > 1 and not all(each.same for each in run):
                rows = [line.row() for each in run[:_MOST_MEMBERS] for line in _estimator(each, "")]
                yield _folded(_run_name([each.path for each in run]), columns, rows, len(run))
        if len(node.trees) > _MOST_ALIKE and not all(tree.same for tree in node.trees):
            lines: list[_Line] = []
            for tree in node.trees[:_MOST_MEMBERS]:
                lines += [_Line(clean(tree.path), ""), *_grown([tree], "│ ")]
            name = _run_name([tree.path for tree in node.trees])
            yield _folded(name, columns, [line.row() for line in lines], len(node.trees))


def _folded(name: str, columns: Sequence[Column], rows: list[Row], n: int) -> Section:
    if n > _MOST_MEMBERS:
        rows = [*rows, ((f"… {n - _MOST_MEMBERS:,} more", *[""] * 5), "dim")]
    return Section(columns, rows, fold=f"each of {name}")


def _merged(rows: Sequence[AttributeChange]) -> Change:
    return Change.merged(row.change for row in rows if row.change is not None)


def _local(path: str, node: NodeChange) -> str:
    return clean(path.removeprefix(f"{node.path}__") if node.path else path)


def _others(root: NodeChange) -> Iterator[Section]:
    found = [row for node in root.walk() for row in node.others if not row.same]
    if not found:
        return
    rows: list[Row] = [
        ((clean(row.path), row.role, *_sides(row), _n_moved(row)), "")
        for row in found[:_MOST_OTHERS]
    ]
    if left := found[_MOST_OTHERS:]:
        rows.append(((f"… {len(left):,} more", "", "", "", ""), "dim"))
    columns = [
        Column("beside them", least=16, code=True),
        Column("", drop=1),
        Column("before", least=12, wraps="fold", code=True),
        Column("after", least=12, wraps="fold", code=True),
        Column("moved", right=True),
    ]
    yield Section(columns, rows)


def _sides(row: AttributeChange) -> tuple[str, str]:
    """Return both sides in short: their text, else the shape and, where that differs, the dtype."""
    before, after = row.before, row.after
    one, two = (_or_none(facts.text if facts else None) for facts in (before, after))
    if one == two or UNKNOWN in (one, two):
        one, two = (_array_of(facts) for facts in (before, after))
    return one, two


def _array_of(facts: Facts | None) -> str:
    if facts is None:
        return UNKNOWN
    if facts.shape is None:
        return clean(facts.text or "")
    return clean(f"{shape(facts.shape)} {facts.dtype}".lstrip())


def _n_moved(row: AttributeChange) -> str:
    change = row.change
    if row.before is None or row.after is None:
        return "added" if row.before is None else "removed"
    return (
        "" if change is None or change.n <= 1 else f"{number(change.moved)} of {number(change.n)}"
    )


def _aligned(root: NodeChange) -> Iterator[str]:
    for node in root.walk():
        for each in node.aligned:
            where = f"{node.path}: " if node.path else ""
            said = f"not aligned: {each.reason}"
            if each.reason is None:
                turned = f", {number(each.turned)} signs turned" if each.turned else ""
                said = (
                    f"aligned: {number(each.moved)} of {number(each.n)} have another place{turned}"
                )
            yield clean(f"{where}{each.dim} {said}")


def _notes(diff: Diff) -> Iterator[str]:
    if not any(map(_worth, diff.hyperparameters)) and diff.n_same:
        yield f"{plural(diff.n_same, 'hyperparameter')} the same"
    if diff.rtol or diff.atol:
        yield f"moved: by more than {value(diff.atol)} + {value(diff.rtol)} × |after|"
    moved = Change.merged(diff.root.changes())
    if moved.nonfinite:
        yield (f"{number(moved.nonfinite)} moved to or from NaN or infinity; norms leave them out")
    guessed = [clean(_short(node.after or "")) for node in diff.root.walk() if not any(node.fitted)]
    if guessed and any(diff.root.fitted):
        yield f"not fitted: {few(dict.fromkeys(guessed))}"


def rows(diff: Diff) -> Iterator[dict[str, Any]]:
    """Yield what was compared, and the hyperparameters that differ, as rows of a frame."""
    for choice in diff.hyperparameters:
        status = "changed"
        if choice.before is None or choice.after is None:
            status = "added" if choice.before is None else "removed"
        yield {
            "path": choice.path,
            "role": "hyperparameter",
            "status": status,
            "before": choice.before,
            "after": choice.after,
        }
    for node in diff.root.walk():
        estimator = _short(node.after or node.before or "")
        if node.before != node.after:
            status = (
                "added" if node.before is None else "removed" if node.after is None else "changed"
            )
            sides = {"before": node.before, "after": node.after}
            yield {"path": node.path, "role": "estimator", "status": status, **sides}
        for row in (*node.parameters, *node.others):
            yield {"estimator": estimator, **_framed(row)}
        for tree in node.trees:
            yield from ({"estimator": estimator, **each} for each in _framed_tree(tree))


def _framed(row: AttributeChange) -> dict[str, Any]:
    one, two = _sides(row)
    if row.change is not None and row.before is not None and row.before.shape is not None:
        one, two = _array_of(row.before), _array_of(row.after)
    sides = {
        "before": None if row.before is None else one,
        "after": None if row.after is None else two,
    }
    status = "same" if row.same else "changed"
    if row.before is None or row.after is None:
        status = "added" if row.before is None else "removed"
    return {"path": row.path, "role": row.role, "status": status, **sides, **_numbers(row.change)}


def _framed_tree(tree: TreeChange) -> Iterator[dict[str, Any]]:
    for name, (before, after) in (("nodes", tree.nodes), ("depth", tree.depth)):
        status = "same" if before == after else "changed"
        sides = {"before": str(before), "after": str(after)}
        yield {"path": f"{tree.path} {name}", "role": "structure", "status": status, **sides}
    for name, role, change in (
        ("splits", "structure", tree.splits),
        ("thresholds", "parameter", tree.thresholds),
        ("values", "parameter", tree.values),
    ):
        if change is not None:
            status = "changed" if change.moved else "same"
            path = f"{tree.path} {name}"
            yield {"path": path, "role": role, "status": status, **_numbers(change)}


def _numbers(change: Change | None) -> dict[str, Any]:
    if change is None:
        return {}
    names = ("n", "moved", "nonfinite", "largest", "relative", "cosine")
    return {name: getattr(change, name) for name in names}


def bars(diff: Diff) -> Bars:
    """Return how much each parameter changed."""
    found = []
    for line in _inside(diff.root, ""):
        if line.path and line.change is not None and line.change.relative is not None:
            found.append(Bar(line.path, line.change.relative))
        elif line.path and line.said:
            found.append(Bar(line.path, None, line.said))
    lengths = [bar.length for bar in found if bar.length is not None]
    title = "No parameter that is in both changed"
    if lengths and max(lengths):
        title = f"{{first}} changed the most: by {value(max(lengths))} times its norm"
    name = _class_of(diff.root)
    return Bars(
        title,
        "norm of the change over the norm before",
        found,
        f"{name} has nothing to draw: no fitted parameter is in both models",
    )
