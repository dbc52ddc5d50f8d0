"""What probing found, as a report and as a DataFrame."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, fields
from typing import TYPE_CHECKING

from skparams.inspection._probe_record import Probe, Probed
from skparams.rendering._layout import Column
from skparams.rendering._report import Report, Section
from skparams.rendering._terminal import Row
from skparams.rendering._words import clean, few, number, plural

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["report_of", "to_frame"]

_LONGEST_ERROR = 90
_INDEX = re.compile(r"\[\d+(?:, \d+)*\]")


def report_of(probe: Probe, most: int) -> Report:
    """Return what is shown: what is used, what is not, what is not known, at most so many lines."""
    return Report(_about(probe), list(_sections(probe, most)), _notes(probe))


def _about(probe: Probe) -> list[str]:
    rows = plural(probe.n_rows, "row")
    if probe.n_rows < probe.n_samples:
        rows = f"{number(probe.n_rows)} of {plural(probe.n_samples, 'row')}"
    return [clean(probe.class_name), "probed", clean(", ".join(probe.methods)), rows]


def _sections(probe: Probe, most: int) -> Iterator[Section]:
    path, role = Column("", least=18, code=True), Column("role", least=9)
    if probe.used:
        shown_by = Column("shown by", least=16, wraps="cut")
        rows = _lines(probe.used, most, _shown_by)
        yield Section([_named(path, "used"), role, shown_by], rows)
    if probe.unused:
        rows = _lines(probe.unused, most, lambda alike: "")
        yield Section(
            [_named(path, "no change seen"), role], [((p, r), s) for (p, r, _), s in rows]
        )
    if probe.not_tried:
        rows = _lines(probe.not_tried, most, _why)
        why = Column("why", least=16, wraps="fold")
        yield Section([_named(path, "not tried"), role, why], rows)


def _named(column: Column, heading: str) -> Column:
    return Column(heading, least=column.least, code=column.code)


def _lines(rows: Sequence[Probed], most: int, say: Callable[[Sequence[Probed]], str]) -> list[Row]:
    """Return the cells of rows; those that differ in an index only stand in one line."""
    lines: list[Row] = []
    groups: dict[tuple[str, str], list[Probed]] = {}
    for row in rows:
        groups.setdefault((_INDEX.sub("[…]", row.path), row.role), []).append(row)
    for (path, role), alike in groups.items():
        if len(alike) == 1:
            path = alike[0].path
        lines.append(((_many(clean(path), len(alike)), role, say(alike)), ""))
    if len(lines) > most:
        left = len(lines) - most + 1
        lines[most - 1 :] = [((f"… {left:,} more", "", ""), "dim")]
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


def to_frame(probe: Probe) -> pd.DataFrame:
    """Return the rows as a DataFrame."""
    try:
        import pandas as pd
    except ImportError as error:
        raise ImportError(
            'to_frame: needs pandas. Install it with pip install "skparams[frame]".'
        ) from error
    names = [field.name for field in fields(Probed)]
    rows = [asdict(row) | {"methods": ", ".join(row.methods)} for row in probe.rows]
    return pd.DataFrame(rows, columns=names, dtype=object)
