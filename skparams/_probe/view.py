"""The page of a Probe."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from skparams._probe.targets import without_indices
from skparams._report import Column, Page, Row, Section, clean, few, left_out, number, plural

if TYPE_CHECKING:
    from skparams._probe.record import Probe, ProbedAttribute

    Attributes = Sequence[ProbedAttribute]


_MAX_LINES = 40
_MAX_FOLDED = 300
_MAX_ERROR = 90


def page(probe: Probe) -> Page:
    """The page: which attributes are used, which are not, and of which nothing is known."""
    n_rows = plural(probe.n_samples, "row")
    if probe.n_samples_used < probe.n_samples:
        n_rows = f"{number(probe.n_samples_used)} of {n_rows}"
    about = [clean(probe.class_name), "probed", clean(", ".join(probe.methods)), n_rows]
    sections = [
        _section("used", probe.used, Column("shown by", least=16, wraps="cut"), _shown_by),
        _section("no change seen", probe.unused, Column(""), lambda alike: ""),
        _section("not tried", probe.not_tried, Column("why", wraps="words"), _reasons),
    ]
    return Page(about, [section for section in sections if section.rows], _notes(probe))


def _section(
    heading: str, attributes: Attributes, last: Column, text_of: Callable[[Attributes], str]
) -> Section:
    """A table of attributes, of many the first; those that differ in an index only share a row."""
    columns = [Column(heading, least=18, code=True), Column("role", least=9), last]
    groups: dict[tuple[str, str], list[ProbedAttribute]] = {}
    for each in attributes:
        groups.setdefault((without_indices(each.path), each.role), []).append(each)
    rows = []
    for (path, role), alike in groups.items():
        name = f"{path} × {len(alike):,}" if len(alike) > 1 else alike[0].path
        rows.append(Row([clean(name), role, clean(text_of(alike))]))
    if len(rows) > _MAX_LINES:
        rows, rest = rows[: _MAX_LINES - 1], rows[_MAX_LINES - 1 :]
        below = [*rest[:_MAX_FOLDED], *left_out(len(rest[_MAX_FOLDED:]), columns)]
        rows += left_out(len(rest), columns, rows=below, opened=False)
    return Section(columns, rows)


def _shown_by(alike: Attributes) -> str:
    """The methods that any of the attributes changed, and the kinds of errors."""
    methods = ", ".join(dict.fromkeys(name for each in alike for name in each.methods))
    errors = dict.fromkeys(each.reason.partition(":")[0] for each in alike if each.reason)
    return f"{methods}: {few(errors)}" if errors else methods


def _reasons(alike: Attributes) -> str:
    return few(dict.fromkeys(each.reason or "" for each in alike))


def _notes(probe: Probe) -> list[str]:
    notes = []
    if probe.used:
        notes.append("used is proof: another value changed what is returned, or raised")
    if probe.unused:
        notes.append(
            "no change seen is evidence only, for these rows, these methods and what was tried"
        )
    if probe.nondeterministic:
        notes.append(
            f"nondeterministic, so compared at one seed: {', '.join(probe.nondeterministic)}"
        )
    for name, error in probe.failed:
        short = error if len(error) <= _MAX_ERROR else f"{error[: _MAX_ERROR - 1]}…"
        notes.append(f"{name} is left out: {clean(short)}")
    if not probe.restored:
        notes.append("with all changes undone, the methods return something else than before")
    if probe.surprising:
        names = clean(few([each.path for each in probe.surprising]))
        notes.append(f"used, though their roles say otherwise: {names}")
    if probe.guessed:
        notes.append(f"roles are guessed: no Spec describes {clean(few(probe.guessed, 5))}")
    return notes
