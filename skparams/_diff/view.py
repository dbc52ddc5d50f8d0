"""What a difference shows: its page, the rows of its frame, and its bars."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from skparams._diff.lines import Line, class_of, folded, learned, short_class, status, unchanged
from skparams._diff.record import AttributeChange, Change, Facts, NodeChange
from skparams._diff.sections import hidden_hyperparameters, hyperparameters, limited, written
from skparams._report import (
    UNKNOWN,
    Bar,
    Bars,
    Column,
    Page,
    Row,
    Section,
    clean,
    few,
    longest,
    number,
    plural,
    shape,
    value,
)

if TYPE_CHECKING:
    from skparams._diff.result import Diff

__all__ = ["COLUMNS", "bars", "differences", "page", "rows"]

_NUMBERS = {
    **dict.fromkeys(("n", "n_changed", "nonfinite"), "Int64"),
    **dict.fromkeys(("largest", "relative", "cosine"), "float64"),
}
COLUMNS = {
    **dict.fromkeys(("path", "estimator", "role", "status", "before", "after"), "object"),
    **_NUMBERS,
}
_MAX_OTHERS = 20
_MAX_MEMBERS = 200  # of a run that is opened
_FIGURES = [
    Column("changed", right=True),
    Column("largest", right=True, drop=1),
    Column("relative", right=True),
    Column("cosine", right=True, drop=2),
]


def page(diff: Diff) -> Page:
    """Return the page."""
    sections = [*hyperparameters(diff.hyperparameters, "you changed", "before", "after")]
    sections += [*_learned(diff.root), *_others(diff.root)]
    for name, lines in folded(diff.root):
        columns = [Column("member", code=True), Column("", wraps="cut"), *_FIGURES]
        members = limited([line.row() for line in lines], _MAX_MEMBERS)
        sections.append(Section(columns, members, fold=f"each of {name}"))
    return Page(_about(diff), sections, list(_notes(diff)))


def _about(diff: Diff) -> list[str]:
    fitted = ("fitted" if each else "not fitted" for each in diff.root.fitted)
    about = [class_of(diff.root), " → ".join(dict.fromkeys(fitted))]
    return [*about, "no difference"] if diff.is_empty else about


def _learned(root: NodeChange) -> Iterator[Section]:
    lines = list(learned(root))
    if len(lines) > 1:
        change = Change.merged(root.changes())
        note = "" if root.same else unchanged(change)
        lines.append(Line("total compared", "", change, note, style="bold"))
    if lines:
        columns = [Column("it learned", least=18, code=True), Column("shape", wraps="cut")]
        rows = [line.row() for line in lines]
        yield Section([*columns, *_FIGURES], rows, list(_alignments(root)))


def _alignments(root: NodeChange) -> Iterator[str]:
    for node in root.walk():
        for each in node.aligned:
            start = clean(f"{node.path}: {each.dim}" if node.path else each.dim)
            if each.reason is not None:
                yield f"{start} not aligned: {each.reason}"
                continue
            note = f"{start} aligned: {number(each.reordered)} of {number(each.n)} reordered"
            yield note + (f", {plural(each.flipped, 'sign')} flipped" if each.flipped else "")


def _others(root: NodeChange) -> Iterator[Section]:
    """Yield the other attributes that differ, of two classes only those that both have."""
    if found := _differing(root)[0]:
        columns = [
            Column("other attributes", least=16, code=True),
            Column("", drop=1),
            Column("before", least=12, wraps="fold", code=True),
            Column("after", least=12, wraps="fold", code=True),
        ]
        rows = [Row((clean(row.path), row.role, *_sides(row))) for row in found]
        yield Section(columns, limited(rows, _MAX_OTHERS))


def _differing(root: NodeChange) -> tuple[list[AttributeChange], int]:
    """Return the other attributes that differ, and how many come or go with a class."""
    differing = [(row, node) for node in root.walk() for row in node.others if not row.same]
    found = [
        row
        for row, node in differing
        if node.before == node.after or None not in (row.before, row.after)
    ]
    return found, len(differing) - len(found)


def _sides(row: AttributeChange) -> tuple[str, str]:
    """Return both sides in short: their text, or shape, dtype and how many values differ."""
    one, two = (written(facts.text if facts else None) for facts in (row.before, row.after))
    if one == two or UNKNOWN in (one, two):
        one, two = (_kind(facts) or UNKNOWN for facts in (row.before, row.after))
    if row.change and one == two:
        two += f": {number(row.change.n_changed)} of {number(row.change.n)} differ"
    return one, two


def _kind(facts: Facts | None) -> str | None:
    """Return the shape and the dtype of an array, another value's text."""
    if facts is None:
        return None
    text = facts.text if facts.shape is None else f"{shape(facts.shape)} {facts.dtype}".lstrip()
    return clean(text or "")


def _notes(diff: Diff) -> Iterator[str]:
    if diff.n_same:
        yield f"{plural(diff.n_same, 'hyperparameter')} the same"
    yield from hidden_hyperparameters(diff.hyperparameters)
    if n_hidden := _differing(diff.root)[1]:
        yield f"{plural(n_hidden, 'other attribute')} not in both models"
    if diff.rtol or diff.atol:
        yield f"changed: by more than {value(diff.atol)} + {value(diff.rtol)} × |after|"
    if n := Change.merged(diff.root.changes()).nonfinite:
        yield f"{number(n)} changed to or from NaN or infinity; norms leave them out"
    if any(diff.root.fitted):
        unfitted = (node for node in diff.root.walk() if not any(node.fitted))
        if names := dict.fromkeys(clean(short_class(node.after)) for node in unfitted):
            yield f"not fitted: {few(names)}"


def rows(diff: Diff) -> Iterator[dict[str, Any]]:
    """Yield the rows of the frame: what was compared, and the hyperparameters that differ."""
    for each in diff.hyperparameters:
        yield _row(each.path, "hyperparameter", each.before, each.after)
    for node in diff.root.walk():
        if (node.before, node.fitted[0]) != (node.after, node.fitted[1]):
            before, after = (
                cls if fitted or not cls else f"{cls} (not fitted)"
                for cls, fitted in zip((node.before, node.after), node.fitted, strict=True)
            )
            yield _row(node.path, "estimator", before, after)
        for row in _attribute_rows(node):
            yield {"estimator": short_class(node.after or node.before), **row}


def differences(diff: Diff) -> Iterator[str]:
    """Yield the path, the class and the size of each difference, other classes first."""
    for row in sorted(rows(diff), key=lambda row: row["role"] != "estimator"):
        if row["status"] == "same":
            continue
        owner = f" of {row['estimator']}" if "estimator" in row else ""
        name = clean(row["path"] if owner else f"{row['role']} {row['path']}".strip())
        before, after = (clean(row[side] or "absent") for side in ("before", "after"))
        size = "" if row.get("largest") is None else f", by up to {value(row['largest'])}"
        difference = f"{before} instead of {after}"
        if row.get("n_changed") and (size or before == after):
            difference = f"{row['n_changed']:,} of {row['n']:,} values differ{size}"
        yield f"{name}{owner}: {difference}"


def _attribute_rows(node: NodeChange) -> Iterator[dict[str, Any]]:
    for each in (*node.parameters, *node.others):
        before, after = (_kind(facts) for facts in (each.before, each.after))
        yield _row(each.path, each.role, before, after, each.change, same=each.same)
    for tree in node.trees:
        for name, pair in (("nodes", tree.nodes), ("depth", tree.depth)):
            one, two = map(str, pair)
            yield _row(f"{tree.path} {name}", "structure", one, two, same=one == two)
        for name, change in tree.changes.items():
            role = "structure" if name == "splits" else "parameter"
            yield _row(f"{tree.path} {name}", role, change=change, same=not change.n_changed)


def _row(
    path: str,
    role: str,
    before: str | None = None,
    after: str | None = None,
    change: Change | None = None,
    *,
    same: bool = False,
) -> dict[str, Any]:
    word = "same" if same else "changed" if change else status(before, after)
    row = {"path": path, "role": role, "status": word, "before": before, "after": after}
    return row | {name: getattr(change, name) for name in _NUMBERS if change}


def bars(diff: Diff) -> Bars:
    """Return how much each parameter changed."""
    found = []
    for line in learned(diff.root):
        if line.path and line.change is not None and line.change.relative is not None:
            found.append(Bar(line.path, line.change.relative))
        elif line.path and line.note:
            found.append(Bar(line.path, None, line.note))
    title = "No parameter that is in both changed"
    if largest := longest(found):
        title = f"{{first}} changed the most: by {value(largest)} times its norm"
    return Bars(
        title,
        "norm of the change over the norm before",
        found,
        f"{class_of(diff.root)} has nothing to draw: no fitted parameter is in both models",
    )
