"""What a report of slimming shows, whatever it is shown in: which rows, in which words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skparams._report import UNKNOWN, Column, Page, Row, Section, clean, few, number, plural, size

if TYPE_CHECKING:
    from skparams._slim.record import SlimReport

__all__ = ["page"]

_MOST_ROWS = 12
_MOST_METHODS = 12
_WORDS = {
    "state": "training state",
    "diagnostic": "diagnostic",
    "output": "results for the training rows",
    "data": "training rows",
    "retained": "memory behind the view",
    "search": "the search around its best",
}


def page(slimmed: SlimReport) -> Page:
    """Return what is shown of a SlimReport, in text that is safe on a terminal."""
    sections = [_sizes(slimmed)]
    if slimmed.rows:
        sections.append(_dropped(slimmed))
    if slimmed.memorised:
        sections.append(_memorised(slimmed))
    return Page((clean(slimmed.class_name), "slimmed"), sections, _notes(slimmed))


def _sizes(slimmed: SlimReport) -> Section:
    columns = [
        Column("it takes"),
        Column("before", right=True),
        Column("after", right=True),
        Column("of it", right=True, drop=1),
    ]
    sizes = [
        ("as pickled", slimmed.pickled_before, slimmed.pickled_after),
        ("in memory", slimmed.memory_before, slimmed.memory_after),
    ]
    rows = [
        Row((name, size(before), size(after), f"{after / before:.1%}"))
        for name, before, after in sizes
        if before is not None and after is not None
    ]
    notes = ["it cannot be pickled"] if slimmed.pickled_before is None else []
    return Section(columns, rows, notes)


def _dropped(slimmed: SlimReport) -> Section:
    columns = [
        Column("dropped", least=16, code=True),
        Column("what it was", wraps="words"),
        Column("bytes", right=True),
    ]
    shown = slimmed.rows[:_MOST_ROWS] if len(slimmed.rows) > _MOST_ROWS + 1 else slimmed.rows
    rows = [
        Row((clean(row.path or slimmed.class_name), _WORDS[row.role], size(row.bytes)))
        for row in shown
    ]
    if rest := slimmed.rows[len(shown) :]:
        more = size(sum(row.bytes for row in rest))
        rows.append(Row((f"… {len(rest):,} more", "", more), "dim"))
    return Section(columns, rows)


def _memorised(slimmed: SlimReport) -> Section:
    columns = [
        Column("training rows in it", least=19, code=True),
        Column("rows", right=True),
        Column("bytes", right=True),
    ]
    held = sorted(slimmed.memorised, key=lambda each: -each.bytes)
    shown = held[:_MOST_ROWS] if len(held) > _MOST_ROWS + 1 else held
    rows = [Row((clean(each.path), number(each.rows), size(each.bytes))) for each in shown]
    if rest := held[len(shown) :]:
        more = size(sum(each.bytes for each in rest))
        rows.append(Row((f"… {len(rest):,} more", "", more), "dim"))
    return Section(columns, rows)


def _notes(slimmed: SlimReport) -> list[str]:
    said = []
    if not slimmed.rows:
        said.append("nothing was dropped")
    if slimmed.guessed:
        names = clean(few(slimmed.guessed, 5))
        said.append(f"no Spec describes {names}: what they hold is kept whole")
    if slimmed.compared:
        on = UNKNOWN if slimmed.n_samples is None else plural(slimmed.n_samples, "row")
        said.append(
            f"the same before and after, bit for bit, on {on}: "
            f"{few(slimmed.compared, _MOST_METHODS)}"
        )
        if slimmed.probed:
            tried = plural(len(slimmed.probed), "attribute")
            said.append(f"no prediction changed either when probe changed {tried} of those dropped")
    else:
        said.append("not compared: slim(estimator, X) compares all methods on X")
    if slimmed.unsteady:
        said.append(
            f"not the same from call to call, compared with a seed: {few(slimmed.unsteady, 5)}"
        )
    return said
