"""The page of an Identifiability."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from skparams._records import Unknown
from skparams._report import (
    Column,
    Page,
    Row,
    Section,
    clean,
    left_out,
    number,
    plural,
    shape,
    value,
)

if TYPE_CHECKING:
    from skparams._identify.record import Identifiability

_MAX_ROWS = 40


def page(found: Identifiability) -> Page:
    """The page: directions of each parameter, why some are lost, the cut, and notes."""
    name = f"{found.path}: {found.class_name}" if found.path else found.class_name
    about = [clean(name)]
    if isinstance(found.rank, Unknown):
        about += ["rank not known", plural(found.n_samples, "row")]
        return Page(about, [], [clean(found.rank.reason)])
    about += [
        f"{number(found.rank)} of {number(found.n_params)} directions seen",
        clean(found.method),
        plural(found.n_samples, "row"),
    ]
    sections = [_arrays(found), _lost(found), _cut(found)]
    return Page(about, [section for section in sections if section.rows], [*_notes(found)])


def _arrays(found: Identifiability) -> Section:
    columns = [
        Column("parameter", code=True, least=16),
        Column("shape", right=True),
        Column("stored", right=True),
        Column("seen alone", right=True),
    ]
    rows = [
        Row([clean(each.path), shape(each.shape), number(each.stored), number(each.seen)])
        for each in found.arrays
    ]
    if len(rows) > _MAX_ROWS:
        n = len(rows) - _MAX_ROWS + 1
        rows[-n:] = left_out(n, columns)
    rows.append(Row(["together", "", number(found.n_params), number(found.rank)], "bold"))
    return Section(columns, rows)


def _lost(found: Identifiability) -> Section:
    columns = [Column("lost", right=True, least=6), Column("why", wraps="words")]
    rows = [Row([number(each.n_directions), each.cause]) for each in found.lost]
    if len(rows) > 1:
        rows.append(Row([number(found.n_lost), "together"], "bold"))
    return Section(columns, rows)


def _cut(found: Identifiability) -> Section:
    counted, others = found.around_cut
    rounding = found.rounding or 0.0
    below = dict.fromkeys(value(x) if x > rounding else f"< {value(rounding)}" for x in others)
    shown = [
        ("smallest that count", ", ".join(map(value, counted)) or "none"),
        ("tolerance", value(found.tolerance)),
        ("largest that do not", ", ".join(below) or "none"),
        ("gap", value(found.gap)),
    ]
    columns = [Column("singular values", least=20), Column("")]
    return Section(columns, [Row(cells) for cells in shown])


def _notes(found: Identifiability) -> Iterator[str]:
    if found.uncertain and found.rank_range:
        low, high = found.rank_range
        yield (
            f"uncertain: no clear gap at the tolerance; {number(low)} to {number(high)} "
            "as it moves by a factor of 1,000"
        )
