"""What probing found, whatever it is shown in: which rows, in which words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from skparams._report import Column, Page, Row, Section, clean, few, left_out, number, plural

if TYPE_CHECKING:
    from skparams._probe.record import Probe, Probed

__all__ = ["page"]

_MOST_LINES = 40
_MOST_FOLDED = 300
_LONGEST_ERROR = 90
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
    on = plural(probe.n_rows, "row")
    if probe.n_rows < probe.n_samples:
        on = f"{number(probe.n_rows)} of {plural(probe.n_samples, 'row')}"
    return [clean(probe.class_name), "probed", clean(", ".join(probe.methods)), on]


def _section(
    heading: str,
    found: Sequence[Probed],
    last: Column | None = None,
    say: Callable[[Sequence[Probed]], str] | None = None,
) -> Iterator[Section]:
    """Yield a table with ``last`` as its third column, of many rows the first."""
    columns = [Column(heading, least=18, code=True), Column("role", least=9)]
    columns += [last] if last else []
    rows = _lines(found, say)
    if len(rows) > _MOST_LINES:
        rows, rest = rows[: _MOST_LINES - 1], rows[_MOST_LINES - 1 :]
        below = [*rest[:_MOST_FOLDED], *left_out(len(rest[_MOST_FOLDED:]), columns)]
        rows += left_out(len(rest), columns, rows=below, opened=False)
    if rows:
        yield Section(columns, rows)


def _lines(found: Sequence[Probed], say: Callable[[Sequence[Probed]], str] | None) -> list[Row]:
    """Return the cells of rows; those that differ in an index only stand in one line."""
    groups: dict[tuple[str, str], list[Probed]] = {}
    for row in found:
        groups.setdefault((_INDEX.sub("[…]", row.path), row.role), []).append(row)
    lines: list[Row] = []
    for (path, role), alike in groups.items():
        name = clean(path if len(alike) > 1 else alike[0].path)
        cells = [_many(name, len(alike)), role]
        lines.append(Row([*cells, say(alike)] if say else cells))
    return lines


def _many(path: str, n: int) -> str:
    return path if n == 1 else f"{path} × {n:,}"


def _shown_by(alike: Sequence[Probed]) -> str:
    """Return the methods that any of them changed, and what kinds of errors there were."""
    methods = ", ".join(dict.fromkeys(name for row in alike for name in row.methods))
    errors = dict.fromkeys(row.reason.partition(":")[0] for row in alike if row.reason)
    return clean(f"{methods}: {few(errors)}" if errors else methods)


def _why(alike: Sequence[Probed]) -> str:
    return clean(few(dict.fromkeys(row.reason or "" for row in alike)))


def _notes(probe: Probe) -> list[str]:
    said = []
    if probe.used:
        said.append("used is proof: another value changed what is returned, or raised")
    if probe.unused:
        said.append(
            "no change seen is evidence only, for these rows, these methods and what was tried"
        )
    if probe.left_out:
        said.append(f"the time was up: {plural(len(probe.left_out), 'attribute')} left out")
    if probe.random:
        names = ", ".join(probe.random)
        said.append(f"not deterministic: {names} differ from call to call, compared at one seed")
    if probe.unstable:
        said.append(f"left out: {', '.join(probe.unstable)} differ at one seed too")
    for name, error in probe.failed:
        short = error if len(error) <= _LONGEST_ERROR else f"{error[: _LONGEST_ERROR - 1]}…"
        said.append(f"left out: {clean(name)} raises {clean(short)}")
    if not probe.restored:
        said.append("with all changes taken back, the methods return something else than before")
    if probe.surprising:
        names = clean(few([row.path for row in probe.surprising]))
        said.append(f"used, though their roles say otherwise: {names}")
    if probe.guessed:
        said.append(f"roles are guessed: no Spec describes {clean(few(probe.guessed, 5))}")
    return said
