"""What ``diff`` returns: its page, its frame and its figure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from skparams._diff.lines import CANNOT, Line, class_of, learned, status, unchanged
from skparams._diff.record import AttributeChange, Change, Facts, HyperparameterChange, NodeChange
from skparams._diff.sections import hyperparameters, written
from skparams._report import (
    UNKNOWN,
    Bar,
    Column,
    Frame,
    Page,
    Plotted,
    Row,
    Section,
    clean,
    draw_bars,
    few,
    left_out,
    longest,
    number,
    plural,
    shape,
    value,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_NUMBERS = {
    **dict.fromkeys(("n", "n_changed", "nonfinite"), "Int64"),
    **dict.fromkeys(("largest", "relative", "cosine"), "float64"),
}
_COLUMNS = {
    **dict.fromkeys(("path", "estimator", "role", "status", "before", "after"), "object"),
    **_NUMBERS,
}
_LEARNED = [
    Column("it learned", least=18, code=True),
    Column("shape", wraps="cut", code=True),
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


@dataclass(frozen=True, slots=True, repr=False)
class Diff(Plotted):
    """What changed between two models.

    Shown as text by ``print`` and as HTML in notebooks.

    Parameters
    ----------
    root : NodeChange
        The estimator.
    hyperparameters : tuple of HyperparameterChange
        Those that were added, removed or changed.
    n_same : int
        How many hyperparameters are the same.
    rtol, atol : float
        A number has changed if it differs by more than ``atol + rtol * abs(after)``.
    aligned : bool
        Whether units of ``after`` were put in the order and the signs of ``before``.
    """

    _in_json: ClassVar = ("is_empty",)

    root: NodeChange
    hyperparameters: tuple[HyperparameterChange, ...]
    n_same: int
    rtol: float = 0.0
    atol: float = 0.0
    aligned: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether no difference was found."""
        return not self.hyperparameters and self.root.same

    def _page(self) -> Page:
        fitted = ("fitted" if each else "not fitted" for each in self.root.fitted)
        about = [class_of(self.root), " → ".join(dict.fromkeys(fitted))]
        about += ["no difference"] if self.is_empty else []
        sections, notes = hyperparameters(self.hyperparameters, "you changed", "before", "after")
        others, n_hidden = _different_others(self.root)
        if rows := list(_learned(self.root)):
            sections.append(Section(_LEARNED, rows, list(_alignments(self.root))))
        if rows := [Row((clean(row.path), row.role, *_sides(row))) for row in others[:_MAX_OTHERS]]:
            rows += left_out(len(others[_MAX_OTHERS:]), _OTHERS)
            sections.append(Section(_OTHERS, rows))
        return Page(about, sections, [*notes, *_notes(self, n_hidden)])

    def _frame(self) -> Frame:
        return _COLUMNS, _frame_rows(self)

    def _draw(self, ax: Axes | None) -> Axes:
        bars = []
        for line in (line for each in learned(self.root) for line in each.walk()):
            if line.path and line.change is not None and line.change.relative is not None:
                bars.append(Bar(line.path, line.change.relative))
            elif line.path and line.note:
                bars.append(Bar(line.path, None, line.note))
        title = "No parameter that is in both changed"
        if largest := longest(bars):
            title = f"{{first}} changed the most: by {value(largest)} times its norm"
        below = "norm of the change over the norm before"
        why = "has nothing to draw: no fitted parameter is in both models"
        nothing = f"{class_of(self.root)} {why}"
        return draw_bars(bars, ax, title=title, below=below, nothing=nothing)


def _learned(root: NodeChange) -> Iterator[Row]:
    lines = list(learned(root))
    yield from (line.row() for line in lines)
    if len(lines) > 1 or any(line.lines for line in lines):
        change = Change.merged(root.changes())
        note = "" if root.same else unchanged(change)
        yield Line("total compared", "", change, note, style="bold").row()


def _alignments(root: NodeChange) -> Iterator[str]:
    for node in root.walk():
        for each in node.aligned:
            start = clean(f"{node.path}: {each.dim}" if node.path else each.dim)
            if each.reason is not None:
                yield f"{start} not aligned: {each.reason}"
                continue
            note = f"{start} aligned: {number(each.reordered)} of {number(each.n)} reordered"
            yield note + (f", {plural(each.flipped, 'sign')} flipped" if each.flipped else "")


def _different_others(root: NodeChange) -> tuple[list[AttributeChange], int]:
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
    if row.opaque:
        return one, f"{CANNOT}: {clean(row.opaque)}"
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


def _notes(diff: Diff, n_hidden: int) -> Iterator[str]:
    if diff.n_same:
        yield f"{plural(diff.n_same, 'hyperparameter')} the same"
    if n_hidden:
        yield f"{plural(n_hidden, 'other attribute')} not in both models"
    if diff.rtol or diff.atol:
        yield f"changed: by more than {value(diff.atol)} + {value(diff.rtol)} × |after|"
    if n := Change.merged(diff.root.changes()).nonfinite:
        yield f"{number(n)} changed to or from NaN or infinity; norms leave them out"
    if any(diff.root.fitted):
        unfitted = (node for node in diff.root.walk() if not any(node.fitted))
        if names := dict.fromkeys(clean(node.class_name) for node in unfitted):
            yield f"not fitted: {few(names)}"


def _frame_rows(diff: Diff) -> Iterator[dict[str, Any]]:
    """Yield the hyperparameters that differ, and all that was compared."""
    for each in diff.hyperparameters:
        found = _row(each.path, None, "hyperparameter", sides=each.values)
        yield found | ({"status": CANNOT} if each.opaque else {})
    for node in diff.root.walk():
        cls = node.class_name
        if (node.before, node.fitted[0]) != (node.after, node.fitted[1]):
            pairs = zip((node.before, node.after), node.fitted, strict=True)
            sides = [f"{c} (not fitted)" if c and not fitted else c for c, fitted in pairs]
            yield _row(node.path, None, "estimator", sides=sides)
        for row in (*node.parameters, *node.others):
            sides = [_kind(row.before), _kind(row.after)]
            yield _row(row.path, cls, row.role, sides=sides, change=row.change, same=row.same)
        for tree in node.trees:
            for name, sizes in (("nodes", tree.nodes), ("depth", tree.depth)):
                sides, same = [f"{n}" for n in sizes], sizes[0] == sizes[1]
                yield _row(f"{tree.path} {name}", cls, "structure", sides=sides, same=same)
            for name, change in tree.changes.items():
                role = "structure" if name == "splits" else "parameter"
                same = not change.n_changed
                yield _row(f"{tree.path} {name}", cls, role, change=change, same=same)


def _row(
    *names: str | None,
    sides: Iterable[str | None] = (None, None),
    change: Change | None = None,
    same: bool = False,
) -> dict[str, Any]:
    before, after = sides
    word = "same" if same else "changed" if change else status(before, after)
    if change and change.opaque and not change.n_changed:
        word = CANNOT
    numbers = [getattr(change, name, None) for name in _NUMBERS]
    return dict(zip(_COLUMNS, (*names, word, before, after, *numbers), strict=True))


def differences(diff: Diff) -> Iterator[str]:
    """Yield the path, the class and the size of each difference, other classes first."""
    for row in sorted(_frame_rows(diff), key=lambda row: row["role"] != "estimator"):
        if row["status"] in ("same", CANNOT):
            continue
        owner = f" of {row['estimator']}" if row["estimator"] else ""
        name = clean(row["path"] if owner else f"{row['role']} {row['path']}".strip())
        before, after = (clean(row[side] or "absent") for side in ("before", "after"))
        size = "" if row["largest"] is None else f", by up to {value(row['largest'])}"
        difference = f"{before} instead of {after}"
        if row["n_changed"] and (size or before == after):
            difference = f"{row['n_changed']:,} of {row['n']:,} values differ{size}"
        yield f"{name}{owner}: {difference}"


def opaque(diff: Diff) -> Iterator[tuple[str, str]]:
    """Yield the path of all that cannot be compared, and what is there."""
    for each in diff.hyperparameters:
        if each.opaque:
            yield each.path, f"hyperparameter {clean(each.path)} holds a {clean(each.opaque)}"
    for node in diff.root.walk():
        for row in (*node.parameters, *node.others):
            if row.opaque:
                place = f"{clean(row.path)} of {node.class_name}"
                yield row.path, f"{place} holds a {clean(row.opaque)}"
