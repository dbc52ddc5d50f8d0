"""The pages of a SlimReport and of KeptRows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from skparams._records import KeptPlace
from skparams._report import (
    ROLE_WORDS,
    Column,
    Page,
    Row,
    Section,
    clean,
    few,
    left_out,
    memory_notes,
    number,
    plural,
    size,
    value,
)

if TYPE_CHECKING:
    from skparams._slim.record import KeptRows, PredictionChange, SlimReport


_MAX_ROWS = 12
_MAX_METHODS = 12
_MAX_UNKNOWN = 40
_WORDS = ROLE_WORDS | {
    "auxiliary": "not used to predict",
    "derived": "derived from parameters",
    "callback": "callbacks of training",
    "retained": "memory behind a view",
}


def page_of_slim(slimmed: SlimReport) -> Page:
    """The page of a SlimReport: the sizes, what was dropped, and the training rows that remain."""
    before, after = slimmed.pickled_before, slimmed.pickled_after
    sizes = [Row(("in memory", *_sizes(slimmed.memory_before, slimmed.memory_after)))]
    if before is not None and after is not None:
        sizes.insert(0, Row(("pickled", *_sizes(before, after))))
    columns = [
        Column("size"),
        Column("before", right=True),
        Column("after", right=True),
        Column("share", right=True, drop=1),
    ]
    notes = ["the model cannot be pickled"] if before is None else []
    dropped = [
        (clean(each.path or slimmed.class_name), _WORDS[each.role], each.bytes)
        for each in slimmed.dropped
    ]
    heads = Column("dropped", least=16, code=True), Column("what it was", wraps="words")
    sections = [
        Section(columns, sizes, notes),
        _table(heads, dropped),
        _changes(slimmed.changes),
        _kept_table(slimmed.kept_places),
    ]
    about = clean(slimmed.class_name), "slimmed"
    return Page(about, [each for each in sections if each.rows], _notes(slimmed))


def page_of_kept_rows(kept: KeptRows) -> Page:
    """The page of KeptRows: the training rows that were found, and where more may be."""
    n_rows = max((each.rows for each in kept.places), default=0)
    columns = [Column("may hold more", least=18, code=True)]
    rows = [Row((clean(path),)) for path in kept.unknown[:_MAX_UNKNOWN]]
    rows += left_out(len(kept.unknown[_MAX_UNKNOWN:]), columns)
    sections = [_kept_table(kept.places), Section(columns, rows)]
    text = "not known" if kept.unknown and not n_rows else number(n_rows)
    note = "no Spec describes these: kept_rows(estimator, X) compares them with X"
    if kept.n_samples is not None:
        on = plural(kept.n_samples, "row")
        note = f"no Spec describes these, and {on} of X do not rule it out"
    about = clean(kept.class_name), f"training rows kept: {text}"
    return Page(about, [each for each in sections if each.rows], [note] if rows else [])


def _changes(changes: Sequence[PredictionChange]) -> Section:
    """A table of the largest changes of predictions."""
    columns = [
        Column("changed by float32", least=18, code=True),
        Column("largest", right=True),
        Column("relative", right=True),
        Column("different", right=True),
    ]
    rows = [
        Row(
            (
                clean(each.method),
                "" if each.absolute is None else value(each.absolute),
                "" if each.relative is None else value(each.relative),
                f"{number(each.n_changed)} of {number(each.n)}",
            )
        )
        for each in changes
    ]
    return Section(columns, rows)


def _sizes(before: int, after: int) -> tuple[str, str, str]:
    return size(before), size(after), f"{after / before:.1%}"


def _kept_table(places: Sequence[KeptPlace]) -> Section:
    """A table of the training rows in a model, the largest first."""
    heads = Column("training rows in it", least=19, code=True), Column("rows", right=True)
    largest = sorted(places, key=lambda each: -each.bytes)
    return _table(heads, [(clean(each.path), number(each.rows), each.bytes) for each in largest])


def _table(heads: tuple[Column, Column], cells: Sequence[tuple[str, str, int | None]]) -> Section:
    """A table with bytes in its third column; its last row sums up the rows left out."""
    shown = cells[:_MAX_ROWS] if len(cells) > _MAX_ROWS + 1 else cells
    rows = [Row((first, second, size(n_bytes))) for first, second, n_bytes in shown]
    if rest := cells[len(shown) :]:
        rows.append(
            Row((f"… {len(rest):,} more", "", size(sum(each[2] or 0 for each in rest))), "dim")
        )
    return Section([*heads, Column("bytes", right=True)], rows)


def _notes(slimmed: SlimReport) -> list[str]:
    notes = []
    if not slimmed.dropped:
        notes.append("nothing was dropped")
    if slimmed.guessed:
        names = clean(few(slimmed.guessed, 5))
        notes.append(f"no Spec describes {names}, or how it predicts: kept whole")
    if slimmed.compared or slimmed.n_samples is not None:
        on = plural(slimmed.n_samples or 0, "row")
        methods = few(slimmed.compared, _MAX_METHODS) or "none"
        notes.append(f"the same before and after, bit for bit, on {on}: {methods}")
    else:
        notes.append("not compared: slim(estimator, X) compares all methods on X")
    if slimmed.failing:
        calls = few(slimmed.failing, _MAX_METHODS)
        notes.append(f"these raise now: {calls}, which read what is derived")
    if slimmed.float64:
        notes.append(f"float64 stays: {clean(few(slimmed.float64, 5))}")
    if slimmed.nondeterministic:
        methods = few(slimmed.nondeterministic, 5)
        notes.append(f"nondeterministic, so compared at one seed: {methods}")
    return notes + memory_notes(slimmed.memory)
