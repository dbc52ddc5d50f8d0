"""What a difference shows, whatever it is shown in: which rows, in which words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from skparams._diff.lines import (
    MOST_ALIKE,
    Line,
    class_of,
    inside,
    member,
    none_of,
    run_name,
    runs,
    short_class,
    tree_line,
)
from skparams._diff.record import AttributeChange, Change, Choice, NodeChange
from skparams._diff.rows import sides, status, written
from skparams._report import (
    Bar,
    Bars,
    Column,
    Page,
    Row,
    Section,
    clean,
    few,
    left_out,
    longest,
    number,
    plural,
    value,
)

if TYPE_CHECKING:
    from skparams._diff.result import Diff

__all__ = ["bars", "page"]

_MOST_CHOICES = 40
_MOST_OTHERS = 20
_MOST_MEMBERS = 200  # of a run that is opened
_MEASURES = [
    Column("moved", right=True),
    Column("largest", right=True, drop=1),
    Column("relative", right=True),
    Column("cosine", right=True, drop=2),
]


def page(diff: Diff) -> Page:
    """Return what a difference shows."""
    root = diff.root
    lines = list(inside(root, ""))
    sections = list(_choices(diff))
    if lines:
        columns = [Column("it learned", least=18, code=True), Column("shape", wraps="cut")]
        change = Change.merged(root.changes())
        total = Line("total", "", change, style="bold")
        if not _all_compared(root):  # "same" would say that nothing else changed either
            total = Line("total of those compared", "", change, none_of(change), style="bold")
        shown = [line.row() for line in [*lines, *([total] if len(lines) > 1 else [])]]
        sections.append(Section([*columns, *_MEASURES], shown, list(_aligned(root))))
    sections += [*_others(root), *_members(root)]
    return Page(_about(diff), sections, list(_notes(diff)))


def _all_compared(root: NodeChange) -> bool:
    """Say whether each number of either model has one in the other to be compared with."""
    return all(
        None not in (node.before, node.after)
        and all(row.change is not None for row in node.parameters)
        and all(tree.nodes[0] == tree.nodes[1] == 2 * tree.splits.n + 1 for tree in node.trees)
        for node in root.walk()
    )


def _about(diff: Diff) -> list[str]:
    root = diff.root
    if diff.is_empty:
        return [class_of(root), "no difference" if root.fitted[1] else "not fitted, no difference"]
    words = {
        (True, True): "both fitted",
        (True, False): "fitted before, not after",
        (False, True): "not fitted before, fitted after",
        (False, False): "not fitted",
    }
    return [class_of(root), words[root.fitted]]


def _choices(diff: Diff) -> Iterator[Section]:
    shown = [choice for choice in diff.hyperparameters if _worth(choice)]
    hidden = len(diff.hyperparameters) - len(shown)
    notes = [f"{number(diff.n_same)} more are the same"] if diff.n_same else []
    if hidden:
        notes.append(f"{number(hidden)} at their defaults come or go with a class")
    if not shown:  # then the page's notes say so
        return
    rows = [
        Row((clean(choice.path), written(choice.before), written(choice.after)))
        for choice in shown[:_MOST_CHOICES]
    ]
    columns = [
        Column("you changed", least=16, code=True),
        Column("before", least=12, wraps="fold", code=True),
        Column("after", least=12, wraps="fold", code=True),
    ]
    yield Section(columns, [*rows, *left_out(len(shown[_MOST_CHOICES:]), columns)], notes)


def _worth(choice: Choice) -> bool:
    """Say whether a hyperparameter is more than the default of a class that comes or goes."""
    return choice.chosen or (choice.before is not None and choice.after is not None)


def _members(root: NodeChange) -> Iterator[Section]:
    """Yield, for each run of estimators or trees that is shown as one, each of them."""
    for node in root.walk():
        for run in runs(node.children):
            if len(run) > 1 and not all(each.same for each in run):
                yield _folded(run_name([each.path for each in run]), [member(each) for each in run])
        if len(node.trees) > MOST_ALIKE and not all(tree.same for tree in node.trees):
            name = run_name([tree.path for tree in node.trees])
            yield _folded(name, [tree_line(tree) for tree in node.trees])


def _folded(name: str, lines: Sequence[Line]) -> Section:
    columns = [Column("member", code=True), Column("", wraps="cut"), *_MEASURES]
    rows = [line.row() for line in lines[:_MOST_MEMBERS]]
    rows += left_out(len(lines[_MOST_MEMBERS:]), columns)
    return Section(columns, rows, fold=f"each of {name}")


def _others(root: NodeChange) -> Iterator[Section]:
    """Yield the other attributes that differ; of two classes only those that both have."""
    found, n_hidden = _differing(root)
    notes = [f"{number(n_hidden)} come or go with a class"] if n_hidden else []
    if not found:  # as for choices
        return
    rows = [
        Row((clean(row.path), row.role, *sides(row), _n_moved(row))) for row in found[:_MOST_OTHERS]
    ]
    columns = [
        Column("beside them", least=16, code=True),
        Column("", drop=1),
        Column("before", least=12, wraps="fold", code=True),
        Column("after", least=12, wraps="fold", code=True),
        Column("moved", right=True),
    ]
    yield Section(columns, [*rows, *left_out(len(found[_MOST_OTHERS:]), columns)], notes)


def _differing(root: NodeChange) -> tuple[list[AttributeChange], int]:
    """Return the other attributes that differ, and how many come or go with a class."""
    differing = [
        (row, node.before == node.after or status(row) == "changed")
        for node in root.walk()
        for row in node.others
        if not row.same
    ]
    found = [row for row, worth in differing if worth]
    return found, len(differing) - len(found)


def _n_moved(row: AttributeChange) -> str:
    if status(row) != "changed":
        return status(row)
    change = row.change
    if change is None or change.n <= 1:
        return ""
    return f"{number(change.moved)} of {number(change.n)}"


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
    if not any(map(_worth, diff.hyperparameters)):
        if diff.n_same:
            yield f"{plural(diff.n_same, 'hyperparameter')} the same"
        if n := len(diff.hyperparameters):
            yield plural(
                n,
                "hyperparameter at its default comes or goes with a class",
                "hyperparameters at their defaults come or go with a class",
            )
    found, n_hidden = _differing(diff.root)
    if n_hidden and not found:
        yield plural(
            n_hidden,
            "other attribute comes or goes with a class",
            "other attributes come or go with a class",
        )
    if diff.rtol or diff.atol:
        yield f"moved: by more than {value(diff.atol)} + {value(diff.rtol)} × |after|"
    moved = Change.merged(diff.root.changes())
    if moved.nonfinite:
        yield f"{number(moved.nonfinite)} moved to or from NaN or infinity; norms leave them out"
    if any(diff.root.fitted):
        unfitted = (node for node in diff.root.walk() if not any(node.fitted))
        if names := dict.fromkeys(clean(short_class(node.after or "")) for node in unfitted):
            yield f"not fitted: {few(names)}"


def bars(diff: Diff) -> Bars:
    """Return how much each parameter changed."""
    found = []
    for line in inside(diff.root, ""):
        if line.path and line.change is not None and line.change.relative is not None:
            found.append(Bar(line.path, line.change.relative))
        elif line.path and line.said:
            found.append(Bar(line.path, None, line.said))
    furthest = longest(found)
    title = "No parameter that is in both changed"
    if furthest:
        title = f"{{first}} changed the most: by {value(furthest)} times its norm"
    name = class_of(diff.root)
    return Bars(
        title,
        "norm of the change over the norm before",
        found,
        f"{name} has nothing to draw: no fitted parameter is in both models",
    )
