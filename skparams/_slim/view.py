"""What is shown of a SlimReport: what was dropped, and what is left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from skparams._records import KeptPlace
from skparams._report import UNKNOWN, Column, Page, Row, Section, clean, few, number, plural, size

if TYPE_CHECKING:
    from skparams._slim.record import SlimReport

__all__ = ["kept_section", "page", "shortened"]

_MAX_ROWS = 12
_MAX_METHODS = 12
_WORDS = {
    "state": "training state",
    "diagnostic": "diagnostic",
    "output": "results for the training rows",
    "data": "training rows",
    "retained": "memory behind a view",
}


def page(slimmed: SlimReport) -> Page:
    """Return what is shown of a SlimReport, in text that is safe on a terminal."""
    sections = [_sizes(slimmed)]
    if slimmed.dropped:
        columns = [
            Column("dropped", least=16, code=True),
            Column("what it was", wraps="words"),
            Column("bytes", right=True),
        ]
        cells = [
            (clean(each.path or slimmed.class_name), _WORDS[each.role], each.bytes)
            for each in slimmed.dropped
        ]
        sections.append(shortened(columns, cells))
    if slimmed.kept_places:
        sections.append(kept_section(slimmed.kept_places))
    return Page((clean(slimmed.class_name), "slimmed"), sections, _notes(slimmed))


def kept_section(places: Sequence[KeptPlace]) -> Section:
    """Return the table of the training rows in a model, the largest first."""
    columns = [
        Column("training rows in it", least=19, code=True),
        Column("rows", right=True),
        Column("bytes", right=True),
    ]
    largest = sorted(places, key=lambda each: -each.bytes)
    cells = [(clean(each.path), number(each.rows), each.bytes) for each in largest]
    return shortened(columns, cells)


def shortened(columns: Sequence[Column], cells: Sequence[tuple[str, str, int]]) -> Section:
    """Return a table that ends in a line which sums up what is left out."""
    shown = cells[:_MAX_ROWS] if len(cells) > _MAX_ROWS + 1 else cells
    lines = [Row((first, second, size(n_bytes))) for first, second, n_bytes in shown]
    if rest := cells[len(shown) :]:
        lines.append(Row((f"… {len(rest):,} more", "", size(sum(each[2] for each in rest))), "dim"))
    return Section(columns, lines)


def _sizes(slimmed: SlimReport) -> Section:
    columns = [
        Column("size"),
        Column("before", right=True),
        Column("after", right=True),
        Column("share", right=True, drop=1),
    ]
    sizes = [
        ("pickled", slimmed.pickled_before, slimmed.pickled_after),
        ("in memory", slimmed.memory_before, slimmed.memory_after),
    ]
    lines = [
        Row((name, size(before), size(after), f"{after / before:.1%}"))
        for name, before, after in sizes
        if before is not None and after is not None
    ]
    notes = ["the model cannot be pickled"] if slimmed.pickled_before is None else []
    return Section(columns, lines, notes)


def _notes(slimmed: SlimReport) -> list[str]:
    notes = []
    if not slimmed.dropped:
        notes.append("nothing was dropped")
    if slimmed.guessed:
        names = clean(few(slimmed.guessed, 5))
        notes.append(f"no Spec describes {names}: what they hold is kept whole")
    if slimmed.compared:
        on = UNKNOWN if slimmed.n_samples is None else plural(slimmed.n_samples, "row")
        methods = few(slimmed.compared, _MAX_METHODS)
        notes.append(f"the same before and after, bit for bit, on {on}: {methods}")
    else:
        notes.append("not compared: slim(estimator, X) compares all methods on X")
    if slimmed.nondeterministic:
        methods = few(slimmed.nondeterministic, 5)
        notes.append(f"nondeterministic, so compared at one seed: {methods}")
    return notes
