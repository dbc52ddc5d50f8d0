"""What a summary shows beside its tree, whatever it is shown in: which rows, in which words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from skparams._records import (
    Candidate,
    Finding,
    FittedAttribute,
    Hyperparameter,
    Layer,
    Node,
    RefinedRole,
    Unknown,
)
from skparams._report import UNKNOWN, amount, clean, cut, few, plural, rate, size
from skparams._summary.lines import largest, layers, weight
from skparams._summary.record import Summary

__all__ = [
    "Choice",
    "candidates",
    "chosen",
    "decompositions",
    "findings",
    "header",
    "leading_rows",
    "networks",
    "notes",
    "outcomes",
    "shown_layers",
    "with_stats",
]

_MOST_CHOICES = 40
_MOST_AT_DEFAULT = 3  # of one estimator's that decide something
_MOST_OUTCOMES = 12
_MOST_NETWORKS = 3
_MOST_LAYERS = 12
_LONGEST_FEATURE = 30
_MOST_STATS = 12
_MOST_CANDIDATES = 12
_MOST_ALIKE = 3  # findings of one code
_LEAST_BYTES = 1000  # that are worth a word
_KEPT = {
    "state": "training state",
    "data": "training rows",
    "diagnostic": "diagnostics",
    "output": "results for the training rows",
}
# In which words it is said that a role is another than was guessed.
_BY_PROBE: tuple[tuple[str, Callable[[RefinedRole], bool]], ...] = (
    ("counted too, as predictions use it", lambda each: each.role == "parameter"),
    ("not counted, as no change was seen", lambda each: each.verdict == "unused"),
    ("not counted, as it is training rows", lambda each: each.role == "data"),
    ("predictions use it too", lambda each: each.role == "structure"),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A hyperparameter that is shown, in text that is safe on a terminal.

    ``section`` is the fitted estimator that it was read off, as a search's ``best_estimator_``,
    and empty where the path is one that ``set_params`` takes.
    """

    section: str
    path: str
    value: str
    default: str
    decides: str
    changed: bool


def header(summary: Summary) -> list[str]:
    """Return what a summary is about, in a few words each, the class first."""
    root = summary.root
    state = "before fit" if summary.planned else "fitted" if root.fitted else "not fitted"
    words = [clean(root.class_name), state]
    data = [] if root.n_features is None else [plural(root.n_features, "feature")]
    if root.n_classes is not None:
        data.append(plural(root.n_classes, "class", "classes"))
    if data and (root.fitted or summary.planned):
        words.append(" → ".join(data))
    if summary.n_samples is not None:
        words.append(plural(summary.n_samples, "row"))
    return words


def chosen(summary: Summary) -> tuple[list[Choice], list[str], str]:
    """Return the hyperparameters worth showing, the others, and a sentence about those.

    Worth showing are those that are not at their default, and those that decide what is learned,
    unless they are switches that nobody turned, as ``fit_intercept=True``, or an estimator has
    many of them at their defaults, as a tree has.
    """
    shown: list[Choice] = []
    hidden: list[str] = []
    n_deciding = 0
    for section, rows in _hyperparameters(summary.root, ""):
        deciding = [row for row in rows if _decides_at_default(row)]
        for row in rows:
            kept = row.changed or (row in deciding and len(deciding) <= _MOST_AT_DEFAULT)
            if kept and len(shown) < _MOST_CHOICES:
                shown.append(_choice(section, row))
            else:
                n_deciding += row in deciding
                hidden.append(f"{_below(section, row.path)}={clean(row.value)}")
    said = ""
    if hidden:
        full = len(shown) == _MOST_CHOICES
        said = f"{len(hidden):,} {'more ' if shown else ''}{'' if full else 'at their defaults'}"
        if n_deciding and not full:
            said += f", {n_deciding:,} of which decide{'s' * (n_deciding == 1)} sizes"
    return shown, hidden, said.rstrip()


def _decides_at_default(row: Hyperparameter) -> bool:
    return bool(row.decides) and not row.changed and row.value not in ("True", "False")


def _choice(section: str, row: Hyperparameter) -> Choice:
    return Choice(
        section=clean(section),
        path=_below(section, row.path),
        value=clean(row.value),
        default="required" if row.default is None else clean(row.default),
        decides=clean(few([_seen_from(row, name) for name in row.decides])) or UNKNOWN,
        changed=row.changed,
    )


def _below(section: str, path: str) -> str:
    return clean(path.removeprefix(f"{section}__"))


def _hyperparameters(node: Node, section: str) -> Iterator[tuple[str, list[Hyperparameter]]]:
    """Yield those of one estimator after the other."""
    if node.path and node.name.endswith("_"):  # an attribute, not an argument
        section = node.path
    for _, rows in groupby(node.hyperparameters, key=lambda row: row.path.rpartition("__")[0]):
        yield section, list(rows)
    for child in node.children:
        yield from _hyperparameters(child, section)


def _seen_from(row: Hyperparameter, name: str) -> str:
    """Return how an attribute is named beside a hyperparameter: another step's with the step."""
    step = row.path.rpartition("__")[0]
    if name.startswith(f"{step}__"):
        return name.removeprefix(f"{step}__")
    around = step.rpartition("__")[0]
    return name.removeprefix(f"{around}__").replace("__", ".") if step else name


def notes(summary: Summary) -> list[str]:
    """Return what is to be said below the tables, in short sentences."""
    if summary.planned:
        return [*_unknown_until_fit(summary), *_cost(summary), *_guessed(summary)]
    if not summary.root.fitted:
        return ["nothing is learned yet; plan(estimator, X, y) tells what will be"]
    found = []
    totals = summary.totals
    kept = [(role, n) for role, n in summary.kept.items() if role in _KEPT and n >= _LEAST_BYTES]
    if kept:
        parts = ", ".join(f"{_KEPT[role]} {size(n)}" for role, n in kept)
        slimmable = _slimmable(summary, [role for role, _ in kept])
        found.append(f"kept beside them: {parts}{slimmable}")
    codes = {finding.code for finding in summary.findings}
    if "SKP006" not in codes:  # which says the same
        found += _retained(summary)
    if summary.effective is not None:
        found.append(f"effective {rate(summary.effective)}{_per_row(summary, summary.effective)}")
    count, kind = totals.free, "free"
    if isinstance(count, Unknown):
        count, kind = totals.stored, "stored"
    if isinstance(count, int) and summary.n_samples is not None and "SKP001" not in codes:
        found.append(f"{rate(count / summary.n_samples)} {kind} parameters a row")
    if isinstance(totals.stored, Unknown):
        found.append(f"unknown: {clean(totals.stored.reason)}")
    elif isinstance(totals.free, Unknown) and not summary.guessed:
        found.append(f"free is unknown: {clean(totals.free.reason)}")
    return found + _guessed(summary)


def _slimmable(summary: Summary, roles: Sequence[str]) -> str:
    """Return what ``slim`` does about what is kept, where it is sure to do something."""
    go = [_KEPT[role] for role in roles if role in ("state", "diagnostic")]
    if not go or summary.guessed:
        return ""
    return "; slim() drops " + ("it" if len(roles) == 1 else f"the {' and the '.join(go)}")


def _per_row(summary: Summary, count: float) -> str:
    if summary.n_samples is None:
        return " parameters"
    return f" parameters: {rate(count / summary.n_samples)} a row"


def _guessed(summary: Summary) -> list[str]:
    if not summary.guessed:
        return []
    names = clean(few(summary.guessed, 5))
    if summary.planned:
        return [f"no Spec describes {names}"]
    said = f"guessed: no Spec describes {names}, so arrays of floats are counted"
    return [said, *_probed(summary)]


def _probed(summary: Summary) -> list[str]:
    """Return what probe saw of what was guessed, and which roles are others by it."""
    probed = summary.probed
    if probed is None:
        return []
    if probed.reason is not None:
        return [f"not probed: {clean(probed.reason)}"]
    said = []
    for words, is_said in _BY_PROBE:
        paths = [each.path for each in probed.roles if is_said(each)]
        if paths:
            said.append(f"{words}: {clean(few(paths, 5))}")
    found = "; ".join(said) or "the guess stays"
    rows = plural(probed.n_samples, "row")
    left = f"; {plural(probed.not_tried, 'attribute')} not tried" if probed.not_tried else ""
    return [f"probed by {clean(few(probed.methods))} on {rows}: {found}{left}"]


def _retained(summary: Summary) -> list[str]:
    rows = [
        row
        for node in summary.root.walk()
        for row in node.attributes
        if row.retained >= _LEAST_BYTES
    ]
    rows.sort(key=lambda row: -row.retained)
    said = [
        f"{clean(row.path)} keeps {size(row.retained)} alive beyond its own {size(row.bytes)}"
        for row in rows[:_MOST_ALIKE]
    ]
    if rest := rows[_MOST_ALIKE:]:
        held = sum(row.retained for row in rest)
        said.append(f"{plural(len(rest), 'array')} more: {size(held)} kept alive")
    return said


def _unknown_until_fit(summary: Summary) -> list[str]:
    """Return the reasons of what is unknown, and where each comes up first."""
    first: dict[str, str] = {}
    for node in summary.root.walk():
        own = [(row.count, row.path) for row in node.parameters]
        if not node.children:
            own.append((node.totals.stored, node.path))
        for count, path in own:
            if isinstance(count, Unknown):
                first.setdefault(count.reason, path)
    if isinstance(summary.totals.stored, Unknown) and not first:
        first[summary.totals.stored.reason] = ""
    said = [
        f"known after fit: {clean(reason)}" + (f" ({clean(path)})" if path else "")
        for reason, path in first.items()
        if not any(reason.endswith(f": {cause}") for cause in first)  # a consequence of it
    ]
    if len(said) > _MOST_ALIKE:
        said[_MOST_ALIKE:] = [f"known after fit: {plural(len(said) - _MOST_ALIKE, 'reason')} more"]
    return said


def _cost(summary: Summary) -> list[str]:
    cost = summary.cost
    if cost is None:
        return []
    parts = [
        (cost.parameter_bytes, "{} of weights", size),
        (cost.training_bytes, "{} while training", size),
        (cost.predict_macs_per_sample, "{} multiply-adds a row", amount),
        (
            cost.train_macs_per_epoch,
            "{} multiply-adds an epoch"
            if isinstance(cost.predict_macs_per_sample, Unknown)
            else "{} an epoch",
            amount,
        ),
    ]
    said = [
        words.format(say(count)) for count, words, say in parts if not isinstance(count, Unknown)
    ]
    return [f"cost: {', '.join(said)}"] if said else []


def findings(summary: Summary) -> list[tuple[str, str]]:
    """Return the codes and sentences to show; of many with one code, the first."""
    by_code: dict[str, list[Finding]] = {}
    for finding in summary.findings:
        by_code.setdefault(finding.code, []).append(finding)
    shown = []
    for code, found in by_code.items():
        most = _MOST_ALIKE if len(found) > _MOST_ALIKE + 1 else len(found)
        for finding in found[:most]:
            where = f"{finding.path}: " if finding.path else ""
            shown.append((clean(code), clean(where + finding.message)))
        if len(found) > most:
            shown.append((clean(code), f"{len(found) - most:,} more of these"))
    return shown


def candidates(summary: Summary) -> tuple[list[str], list[tuple[list[str], Candidate | int]]]:
    """Return the table of a search's candidates, its hyperparameters as columns.

    Returns
    -------
    names : list of str
        The headings.
    rows : list of (list of str, Candidate)
        The values in that order, and the record. Of many candidates, the smallest and the
        largest; between them stands how many are left out, with no values.
    """
    names = list(dict.fromkeys(name for each in summary.candidates for name, _ in each.params))
    shown: list[Candidate | int] = list(summary.candidates)
    if len(shown) > _MOST_CANDIDATES:
        ordered = sorted(summary.candidates, key=lambda each: weight(each.totals.stored))
        shown = [*ordered[:2], len(ordered) - 4, *ordered[-2:]]
    rows: list[tuple[list[str], Candidate | int]] = []
    for each in shown:
        held = {} if isinstance(each, int) else dict(each.params)
        rows.append(([clean(held.get(name, "")) for name in names], each))
    return [clean(name) for name in names], rows


def outcomes(summary: Summary) -> tuple[list[tuple[str, str]], int]:
    """Return what fit itself chose, by path, and how much of it is left out."""
    found = [
        (clean(outcome.path), clean(outcome.value))
        for node in summary.root.walk()
        for outcome in node.outcomes
    ]
    return found[:_MOST_OUTCOMES], len(found[_MOST_OUTCOMES:])


def networks(summary: Summary) -> tuple[list[Node], int]:
    """Return the first estimators that have layers to show, and how many more have."""
    nodes = (node for node in summary.root.walk() if layers(node))
    return list(islice(nodes, _MOST_NETWORKS)), sum(1 for _ in nodes)


def shown_layers(layers: Sequence[Layer]) -> list[Layer | None]:
    """Return the layers of a network, and None for those in the middle of a deep one."""
    if len(layers) <= _MOST_LAYERS:
        return list(layers)
    return [*layers[: _MOST_LAYERS - 4], None, *layers[-3:]]


def decompositions(summary: Summary) -> tuple[list[Node], int]:
    """Return the first estimators that have components to show, and how many more have."""
    nodes = (node for node in summary.root.walk() if node.leading is not None)
    return list(islice(nodes, _MOST_NETWORKS)), sum(1 for _ in nodes)


def leading_rows(node: Node) -> tuple[list[tuple[str, str, str]], int]:
    """Return names, shares and leading features of components, and how many are left out."""
    if node.leading is None:
        return [], 0
    prefix = clean(node.class_name.lower())
    rows = [
        (
            f"{prefix}{each.index}",
            UNKNOWN if each.share is None else f"{100 * each.share:.1f} %",
            ", ".join(
                f"{cut(clean(name), _LONGEST_FEATURE)} {entry:.2f}" for name, entry in each.features
            ),
        )
        for each in node.leading.components
    ]
    return rows, node.leading.n_components - len(rows)


def with_stats(summary: Summary) -> tuple[list[FittedAttribute], int]:
    """Return the arrays whose statistics are shown, of many the largest, and how many are left."""
    rows = [
        row
        for node in summary.root.walk()
        for row in node.parameters
        if row.stats is not None and row.alias_of is None
    ]
    shown, left = largest(rows, _MOST_STATS, lambda row: row.count)
    return list(shown), len(left)
