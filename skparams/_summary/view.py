"""The page of a summary: which sections and sentences, in which order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from skparams._records import Component, Finding, FittedAttribute, Node, Unknown
from skparams._report import (
    GUESS,
    ROLE_WORDS,
    UNKNOWN,
    Column,
    Page,
    Row,
    Section,
    about,
    chosen,
    clean,
    cut,
    draw_nodes,
    few,
    largest,
    layers,
    learned,
    left_out,
    memory_notes,
    names_on_page,
    number,
    plural,
    rate,
    shape,
    size,
    tables,
    value,
)
from skparams._summary.coefficients_view import sections as sections_of
from skparams._summary.finding_texts import TEXTS
from skparams.specs import MAX_ROWS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from skparams._summary.record import Summary


_MAX_OUTCOMES = 12
_LONGEST_FEATURE = 30
_MAX_STATS = 12
_MAX_ALIKE = 3  # findings of one code
_MIN_BYTES = 1000  # that are worth a word
_PRIVATE = re.compile(r"(^|__)_(?=[a-zA-Z]\w*$)")
_STATS = [
    Column("their values", least=16, code=True),
    Column("shape", drop=1, code=True),
    Column("min", right=True),
    Column("mean ± std", right=True),
    Column("max", right=True),
    Column("L2 norm", right=True, drop=2),
    Column("zeros", right=True, drop=3),
    Column("not finite", right=True),
]
_STATUS = {"unknown": "not known whether fitted"}
_MAX_GUESSES = 5
_MAX_COEFFICIENTS = 12


def page(summary: Summary) -> Page:
    """The page of a summary."""
    root = summary.root
    words = about(root, _STATUS.get(root.status, root.status), summary.n_samples)
    if not root.fitted:
        note = "nothing is learned yet; plan(estimator, X, y) tells what will be"
        return Page(words, chosen(root), [note])
    memory = memory_notes(summary.memory)
    sections = [
        *chosen(root),
        *_outcomes(root),
        learned(root, summary.depth, planned=False, notes=_notes(summary, memory)),
        *_stats(root),
        *layers(root),
        *sections_of(summary.coefficient_tables or (), _MAX_COEFFICIENTS),
        *tables("components", (node for node in root.walk() if node.leading), _leading),
        *_findings(summary),
    ]
    return Page(words, sections, memory)


def draw(summary: Summary, ax: Axes | None) -> Axes:
    """Draw where the parameters are, or with statistics, what their numbers are."""
    return draw_nodes(summary.root, ax, stats=_with_stats(summary.root))


def _outcomes(root: Node) -> Iterator[Section]:
    """Yield what fit itself chose."""
    outcomes = [
        (clean(_PRIVATE.sub(r"\1", each.path)), each)
        for node in root.walk()
        for each in node.outcomes
    ]
    columns = [Column("fit found", least=16, code=True), Column("", wraps="fold", code=True)]
    if outcomes:
        shown = outcomes[:_MAX_OUTCOMES]
        rows = [Row((name, clean(each.value))) for name, each in shown]
        notes = [f"{name}: {clean(each.words)}" for name, each in shown if each.words]
        yield Section(columns, [*rows, *left_out(len(outcomes) - len(shown), columns)], notes)


def _with_stats(root: Node) -> list[FittedAttribute]:
    """The parameters with statistics, named as on the page."""
    names = names_on_page(root)
    return [
        replace(row, path=names.get(row.path, row.path))
        for node in root.walk()
        for row in node.parameters
        if row.stats is not None and row.alias_of is None
    ]


def _stats(root: Node) -> Iterator[Section]:
    """Yield the statistics of arrays, of many the largest."""
    shown, left = largest(_with_stats(root), _MAX_STATS, lambda row: row.count)
    if shown:
        yield Section(_STATS, [*map(_values, shown), *left_out(len(left), _STATS)])


def _values(row: FittedAttribute) -> Row:
    stats = row.stats
    assert stats is not None
    cells = (
        clean(row.path),
        shape(row.shape),
        value(stats.min),
        f"{value(stats.mean)} ± {value(stats.std)}",
        value(stats.max),
        value(stats.norm),
        number(stats.zeros) if stats.zeros else "",
        number(stats.nonfinite) if stats.nonfinite else "",
    )
    return Row(cells, "accent" if stats.nonfinite else "")


def _leading(node: Node, title: str) -> Section:
    """The leading features of a decomposition."""
    assert node.leading is not None
    columns = [
        Column(title, code=True),
        Column("variance", right=True, drop=1),
        Column("leading features", least=12, wraps="cut"),
    ]
    rows = [Row(_component(node, each)) for each in node.leading.components]
    return Section(columns, [*rows, *left_out(node.leading.n_components - len(rows), columns)])


def _component(node: Node, component: Component) -> Sequence[str]:
    features = ", ".join(
        f"{cut(clean(name), _LONGEST_FEATURE)} {entry:.2f}" for name, entry in component.features
    )
    share = UNKNOWN if component.share is None else f"{100 * component.share:.1f} %"
    return f"{clean(node.class_name.lower())}{component.index}", share, features


def _findings(summary: Summary) -> Iterator[Section]:
    """Yield the codes and sentences, of many with one code the first."""
    names = names_on_page(summary.root)
    by_code: dict[str, list[Finding]] = {}
    for finding in summary.findings:
        by_code.setdefault(finding.code, []).append(finding)
    rows = []
    for code, found in by_code.items():
        most = _MAX_ALIKE if len(found) > _MAX_ALIKE + 1 else len(found)
        for finding in found[:most]:
            path = names.get(finding.path, finding.path)
            where = f"{path}: " if path else ""
            first = finding is found[0]
            rows.append(_finding(code, clean(where + finding.message), explained=first))
        if len(found) > most:
            rows.append(Row((clean(code), f"{len(found) - most:,} more of these"), "accent"))
    if rows:
        columns = [Column("", code=True), Column("", wraps="words")]
        text = TEXTS[next(iter(by_code))]
        note = f"what to do: {text.link or text.call}"
        yield Section(columns, rows, [note], "findings")


def _finding(code: str, message: str, explained: bool) -> Row:
    """A row with a link to what the finding means; without a site, HTML folds the text itself."""
    text = TEXTS[code]
    link = text.link
    if link or not explained:
        return Row((code, message), "accent", link=link or "")
    means = [Row((f"{label} {each}", ""), "dim") for label, each in text.labeled()]
    return Row((code, message), "accent", means, opened=False)


def _notes(summary: Summary, memory: Sequence[str]) -> list[str]:
    """The notes on what was learned; what ``memory`` says of all roles is not said again."""
    found = []
    totals = summary.totals
    kept = [(role, n) for role, n in summary.kept.items() if role in ROLE_WORDS and n >= _MIN_BYTES]
    if kept:
        sizes = [ROLE_WORDS[role] + ("" if memory else f" {size(n)}") for role, n in kept]
        slimmable = _slimmable(summary, [role for role, _ in kept])
        found.append(f"kept beside them: {', '.join(sizes)}{slimmable}")
    codes = {finding.code for finding in summary.findings}
    if "SKP006" not in codes:  # which says the same
        found += _retained(summary)
    if not isinstance(summary.effective, Unknown):
        n = summary.n_samples
        per_row = f": {rate(summary.effective / n)} a row" if isinstance(n, int) else ""
        found.append(f"{rate(summary.effective)} effective degrees of freedom{per_row}")
    found += _rows(summary)
    count, kind = totals.free, "free"
    if isinstance(count, Unknown):
        count, kind = totals.stored, "stored"
    if isinstance(count, int) and isinstance(summary.n_samples, int) and "SKP001" not in codes:
        guess = "" if totals.exact else GUESS
        found.append(f"{guess}{rate(count / summary.n_samples)} {kind} parameters a row")
    if isinstance(totals.stored, Unknown):
        found.append(f"unknown: {clean(totals.stored.reason)}")
    elif isinstance(totals.free, Unknown) and totals.exact:
        found.append(f"free is unknown: {clean(totals.free.reason)}")
    if summary.coefficient_tables is not None and isinstance(summary._coefficients, Unknown):
        found.append(f"coefficients: {clean(summary._coefficients.reason)}")
    return [*found, *_guesses(summary), *_probed(summary)]


def _rows(summary: Summary) -> Iterator[str]:
    """Yield what the rows of X were not used for."""
    n, effective = summary.n_rows, summary.effective
    why = effective.reason if isinstance(effective, Unknown) else ""
    if why.startswith("X has "):
        yield f"effective is unknown: {clean(why)}"
    if isinstance(summary.n_samples, Unknown):
        yield f"number of rows: {clean(summary.n_samples.reason)}"
    if why.startswith("X is "):
        yield f"{clean(why)}: findings that need its values are left out"
    elif isinstance(n, int) and n > MAX_ROWS:
        yield f"{MAX_ROWS:,} of the {n:,} rows of X, evenly spaced, were looked at for findings"


def _guesses(summary: Summary) -> Iterator[str]:
    """Yield which classes no Spec describes, and what the guesses go by."""
    guesses: dict[str, list[str]] = {}
    for node in summary.root.walk():
        for row in node.attributes:
            if row.guess is not None and row.shape != ():
                guesses.setdefault(f"{row.role} ({row.guess})", []).append(row.path)
    if summary.guessed:
        yield f"guessed: no Spec describes {clean(few(summary.guessed, _MAX_GUESSES))}"
    elif guesses:
        yield "guessed: no Spec describes some attributes"
    for why, paths in [*guesses.items()][:_MAX_GUESSES]:
        yield f"taken for {clean(why)}: {clean(few(paths, _MAX_GUESSES))}"
    if (left := len(guesses) - _MAX_GUESSES) > 0:
        yield f"{plural(left, 'more kind')} of guesses: see to_frame()"


def _slimmable(summary: Summary, roles: Sequence[str]) -> str:
    """What ``slim`` drops of what is kept, if anything is certain."""
    go = [ROLE_WORDS[role] for role in roles if role in ("state", "diagnostic")]
    if not go or summary.guessed:
        return ""
    return "; slim() drops " + ("it" if len(roles) == 1 else f"the {' and the '.join(go)}")


def _probed(summary: Summary) -> list[str]:
    """What ``probe`` saw of the guessed roles, and which of them it raised."""
    probed = summary.probed
    if probed is None:
        return []
    if probed.reason is not None:
        return [f"not probed: {clean(probed.reason)}"]
    rows = plural(probed.n_samples, "row")
    counted = [each.path for each in probed.roles if each.role == "parameter"]
    used = [each.path for each in probed.roles if each.role != "parameter"]
    words = [
        f"{what}: {clean(few(paths, _MAX_GUESSES))}"
        for what, paths in (
            ("counted too, as predictions use it", counted),
            ("predictions use it too", used),
            (f"not seen to be used on these {rows}", probed.unused),
        )
        if paths
    ]
    found = "; ".join(words) or "the guess stays"
    left = f"; {plural(probed.not_tried, 'attribute')} not tried" if probed.not_tried else ""
    return [f"probed by {clean(few(probed.methods))} on {rows}: {found}{left}"]


def _retained(summary: Summary) -> list[str]:
    rows = [
        row for node in summary.root.walk() for row in node.attributes if row.retained >= _MIN_BYTES
    ]
    rows.sort(key=lambda row: -row.retained)
    notes = [
        f"{clean(row.path)} keeps {size(row.retained)} alive beyond its own {size(row.bytes)}"
        for row in rows[:_MAX_ALIKE]
    ]
    if rest := rows[_MAX_ALIKE:]:
        held = sum(row.retained for row in rest)
        notes.append(f"{plural(len(rest), 'array')} more: {size(held)} kept alive")
    return notes
