"""What a difference shows: its page, the rows of its frame, and its bars."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from skparams._diff.lines import Line, class_of, learned, status, unchanged
from skparams._diff.record import AttributeChange, Change, Facts, NodeChange
from skparams._diff.sections import hyperparameters, written
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
    left_out,
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
_LEARNED = [
    Column("it learned", least=18, code=True),
    Column("shape", wraps="cut"),
    Column("changed", right=True),
    Column("largest", right=True, drop=1),
    Column("relative", right=True),
    Column("cosine", right=True, drop=2),
]
_OTHERS = [
    Column("other attributes", least=16, code=True),
    Column("", drop=1),
    Column("before", least=12, wraps="fold", code=True),
    Column("after", least=12, wraps="fold", code=True),
]
_MAX_OTHERS = 20


def page(diff: Diff) -> Page:
    sections, notes = hyperparameters(diff.hyperparameters, "you changed", "before", "after")
    sections += [*_learned(diff.root), *_others(diff.root)]
    return Page(_about(diff), sections, [*notes, *_notes(diff)])


def _about(diff: Diff) -> list[str]:
    fitted = ("fitted" if each else "not fitted" for each in diff.root.fitted)
    about = [class_of(diff.root), " → ".join(dict.fromkeys(fitted))]
    return [*about, "no difference"] if diff.is_empty else about


def _learned(root: NodeChange) -> Iterator[Section]:
    lines = list(learned(root))
    if len(lines) > 1 or any(line.lines for line in lines):
        change = Change.merged(root.changes())
        note = "" if root.same else unchanged(change)
        lines.append(Line("total compared", "", change, note, style="bold"))
    if lines:
        yield Section(_LEARNED, [line.row() for line in lines], list(_alignments(root)))


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
        rows = [Row((clean(row.path), row.role, *_sides(row))) for row in found[:_MAX_OTHERS]]
        yield Section(_OTHERS, [*rows, *left_out(len(found[_MAX_OTHERS:]), _OTHERS)])


def _differing(root: NodeChange) -> tuple[list[AttributeChange], int]:
    """The other attributes that differ, and how many come or go with a class."""
    differing = [(row, node) for node in root.walk() for row in node.others if not row.same]
    found = [
        row
        for row, node in differing
        if node.before == node.after or None not in (row.before, row.after)
    ]
    return found, len(differing) - len(found)


def _sides(row: AttributeChange) -> tuple[str, str]:
    """Both sides in short: their text, or shape, dtype and how many values differ."""
    one, two = (written(facts.text if facts else None) for facts in (row.before, row.after))
    if one == two or UNKNOWN in (one, two):
        one, two = (_kind(facts) or UNKNOWN for facts in (row.before, row.after))
    if row.change and one == two:
        two += f": {number(row.change.n_changed)} of {number(row.change.n)} differ"
    return one, two


def _kind(facts: Facts | None) -> str | None:
    """The shape and the dtype of an array, or the text of another value."""
    if facts is None:
        return None
    text = facts.text if facts.shape is None else f"{shape(facts.shape)} {facts.dtype}".lstrip()
    return clean(text or "")


def _notes(diff: Diff) -> Iterator[str]:
    if diff.n_same:
        yield f"{plural(diff.n_same, 'hyperparameter')} the same"
    if n_hidden := _differing(diff.root)[1]:
        yield f"{plural(n_hidden, 'other attribute')} not in both models"
    if diff.rtol or diff.atol:
        yield f"changed: by more than {value(diff.atol)} + {value(diff.rtol)} × |after|"
    if n := Change.merged(diff.root.changes()).nonfinite:
        yield f"{number(n)} changed to or from NaN or infinity; norms leave them out"
    if any(diff.root.fitted):
        unfitted = (node for node in diff.root.walk() if not any(node.fitted))
        if names := dict.fromkeys(clean(node.class_name) for node in unfitted):
            yield f"not fitted: {few(names)}"


def rows(diff: Diff) -> Iterator[dict[str, Any]]:
    """Yield the rows of the frame: what was compared, and the hyperparameters that differ."""
    for each in diff.hyperparameters:
        yield _row(None, each.path, "hyperparameter", each.before, each.after)
    for node in diff.root.walk():
        cls = node.class_name
        if (node.before, node.fitted[0]) != (node.after, node.fitted[1]):
            before, after = (
                side if fitted or not side else f"{side} (not fitted)"
                for side, fitted in zip((node.before, node.after), node.fitted, strict=True)
            )
            yield _row(None, node.path, "estimator", before, after)
        for row in (*node.parameters, *node.others):
            before, after = _kind(row.before), _kind(row.after)
            yield _row(cls, row.path, row.role, before, after, row.change, same=row.same)
        for tree in node.trees:
            for name, (one, two) in (("nodes", tree.nodes), ("depth", tree.depth)):
                path = f"{tree.path} {name}"
                yield _row(cls, path, "structure", str(one), str(two), same=one == two)
            for name, change in tree.changes.items():
                path, role = f"{tree.path} {name}", "structure" if name == "splits" else "parameter"
                yield _row(cls, path, role, change=change, same=not change.n_changed)


def _row(
    estimator: str | None,
    path: str,
    role: str,
    before: str | None = None,
    after: str | None = None,
    change: Change | None = None,
    *,
    same: bool = False,
) -> dict[str, Any]:
    word = "same" if same else "changed" if change else status(before, after)
    values = (path, estimator, role, word, before, after)
    numbers = [getattr(change, name, None) for name in _NUMBERS]
    return dict(zip(COLUMNS, (*values, *numbers), strict=True))


def differences(diff: Diff) -> Iterator[str]:
    """Yield the path, the class and the size of each difference, other classes first."""
    for row in sorted(rows(diff), key=lambda row: row["role"] != "estimator"):
        if row["status"] == "same":
            continue
        owner = f" of {row['estimator']}" if row["estimator"] else ""
        name = clean(row["path"] if owner else f"{row['role']} {row['path']}".strip())
        before, after = (clean(row[side] or "absent") for side in ("before", "after"))
        size = "" if row["largest"] is None else f", by up to {value(row['largest'])}"
        difference = f"{before} instead of {after}"
        if row["n_changed"] and (size or before == after):
            difference = f"{row['n_changed']:,} of {row['n']:,} values differ{size}"
        yield f"{name}{owner}: {difference}"


def bars(diff: Diff) -> Bars:
    """How much each parameter changed."""
    found = []
    for line in (line for each in learned(diff.root) for line in each.walk()):
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
