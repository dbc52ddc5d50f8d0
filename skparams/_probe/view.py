"""What is shown of a Probe: which attributes, in which words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from skparams._report import Column, Page, Row, Section, clean, few, left_out, number, plural

if TYPE_CHECKING:
    from skparams._probe.record import Probe, ProbedAttribute

    Found = Sequence[ProbedAttribute]

__all__ = ["page"]

_MAX_LINES = 40
_MAX_FOLDED = 300
_MAX_ERROR = 90
_INDEX = re.compile(r"\[\d+(?:, \d+)*\]")


def page(probe: Probe) -> Page:
    """Return what is shown: what is used, what is not, and what is not known."""
    sections = [
        *_section("used", probe.used, Column("shown by", least=16, wraps="cut"), _shown_by),
        *_section("no change seen", probe.unused),
        *_section("not tried", probe.not_tried, Column("why", wraps="words"), _why),
    ]
    return Page(_about(probe), sections, _notes(probe))


def _about(probe: Probe) -> list[str]:
    on = plural(probe.n_samples, "row")
    if probe.n_samples_used < probe.n_samples:
        on = f"{number(probe.n_samples_used)} of {on}"
    return [clean(probe.class_name), "probed", clean(", ".join(probe.methods)), on]


def _section(
    heading: str,
    found: Found,
    last: Column | None = None,
    say: Callable[[Found], str] | None = None,
) -> Iterator[Section]:
    """Yield a table with ``last`` as its third column, of many rows the first."""
    columns = [Column(heading, least=18, code=True), Column("role", least=9)]
    columns += [last] if last else []
    rows = _lines(found, say)
    if len(rows) > _MAX_LINES:
        rows, rest = rows[: _MAX_LINES - 1], rows[_MAX_LINES - 1 :]
        below = [*rest[:_MAX_FOLDED], *left_out(len(rest[_MAX_FOLDED:]), columns)]
        rows += left_out(len(rest), columns, rows=below, opened=False)
    if rows:
        yield Section(columns, rows)


def _lines(found: Found, say: Callable[[Found], str] | None) -> list[Row]:
    """Return the lines of a table; attributes that differ in an index only share one."""
    groups: dict[tuple[str, str], list[ProbedAttribute]] = {}
    for each in found:
        groups.setdefault((_INDEX.sub("[…]", each.path), each.role), []).append(each)
    lines: list[Row] = []
    for (path, role), alike in groups.items():
        many = len(alike) > 1
        cells = [clean(f"{path} × {len(alike):,}" if many else alike[0].path), role]
        lines.append(Row([*cells, say(alike)] if say else cells))
    return lines


def _shown_by(alike: Found) -> str:
    """Return the methods that any of them changed, and what kinds of errors there were."""
    methods = ", ".join(dict.fromkeys(name for each in alike for name in each.methods))
    errors = dict.fromkeys(each.reason.partition(":")[0] for each in alike if each.reason)
    return clean(f"{methods}: {few(errors)}" if errors else methods)


def _why(alike: Found) -> str:
    return clean(few(dict.fromkeys(each.reason or "" for each in alike)))


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
        notes.append("with all changes taken back, the methods return something else than before")
    if probe.surprising:
        names = clean(few([each.path for each in probe.surprising]))
        notes.append(f"used, though their roles say otherwise: {names}")
    if probe.guessed:
        notes.append(f"roles are guessed: no Spec describes {clean(few(probe.guessed, 5))}")
    return notes
