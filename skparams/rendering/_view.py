"""What a summary shows, whatever it is shown in: which rows, in which words and units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from skparams.inspection._record import (
    FittedAttribute,
    Hyperparameter,
    Layer,
    Node,
    Summary,
    Totals,
)

__all__ = [
    "Choice",
    "chosen",
    "clean",
    "collapsed",
    "flow",
    "header",
    "notes",
    "number",
    "shape",
    "shortened",
    "shown_layers",
    "size",
]

UNKNOWN = "–"
_MOST_ROWS = 12  # of one estimator's arrays
_MOST_SIBLINGS = 3  # of one class
_KEPT = {
    "state": "training state",
    "data": "training rows",
    "diagnostic": "diagnostics",
    "output": "results for the training rows",
}


@dataclass(frozen=True)
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
    """Return what a summary is about, in a few words each.

    Parameters
    ----------
    summary : Summary
        Any.

    Returns
    -------
    list of str
        The class first.
    """
    root = summary.root
    words = [root.class_name, "fitted" if root.fitted else "not fitted"]
    if root.fitted and root.n_features is not None:
        data = _plural(root.n_features, "feature")
        if root.n_classes is not None:
            data += f" → {_plural(root.n_classes, 'class', 'classes')}"
        words.append(data)
    if summary.n_samples is not None:
        words.append(_plural(summary.n_samples, "row"))
    return words


def chosen(summary: Summary) -> tuple[list[Choice], int]:
    """Return the hyperparameters worth showing, and how many are not.

    Parameters
    ----------
    summary : Summary
        Any.

    Returns
    -------
    shown : list of Choice
        Those that are not at their default, and those that decide what is learned.
    n_hidden : int
        Number of the others.
    """
    shown: list[Choice] = []
    n_hidden = 0
    for section, row in _hyperparameters(summary.root, ""):
        if row.changed or row.decides:
            start = row.path.rpartition("__")[0] + "__"
            choice = Choice(
                section=clean(section),
                path=clean(row.path.removeprefix(f"{section}__")),
                value=clean(row.value),
                default="required" if row.default is None else clean(row.default),
                decides=clean(", ".join(name.removeprefix(start) for name in row.decides))
                or UNKNOWN,
                changed=row.changed,
            )
            shown.append(choice)
        else:
            n_hidden += 1
    return shown, n_hidden


def _hyperparameters(node: Node, section: str) -> Iterator[tuple[str, Hyperparameter]]:
    if node.path and node.name.endswith("_"):  # an attribute, not an argument
        section = node.path
    for row in node.hyperparameters:
        yield section, row
    for child in node.children:
        yield from _hyperparameters(child, section)


def collapsed(children: Sequence[Node]) -> Iterator[tuple[Node, int]]:
    """Yield children, a long run of siblings of one class as one of them.

    Parameters
    ----------
    children : sequence of Node
        Of one estimator.

    Yields
    ------
    node : Node
        A child, or one with the name of a run and its totals.
    n : int
        Number of children it stands for.
    """
    for _, run in groupby(children, key=lambda node: (node.class_name, _stem(node.name))):
        siblings = list(run)
        if len(siblings) <= _MOST_SIBLINGS:
            yield from ((node, 1) for node in siblings)
            continue
        first, last = siblings[0], siblings[-1]
        name = f"{first.name} … {last.name}"
        if first.name.endswith("]") and last.name.endswith("]"):
            name = f"{first.name[:-1]} … {last.name[last.name.rindex('[') + 1 :]}"
        totals = _sum(node.totals for node in siblings)
        yield (
            replace(first, name=name, attributes=(), layers=(), children=(), totals=totals),
            len(siblings),
        )


def shortened(
    rows: Sequence[FittedAttribute],
) -> tuple[Sequence[FittedAttribute], Totals | None, int]:
    """Return the first rows, and the sum and the number of the rest if there are many.

    Parameters
    ----------
    rows : sequence of FittedAttribute
        Of one estimator.

    Returns
    -------
    rows : sequence of FittedAttribute
        At most a screen's worth.
    rest : Totals or None
        Of those left out.
    n_rest : int
        Their number.
    """
    if len(rows) <= _MOST_ROWS:
        return rows, None, 0
    shown, rest = rows[: _MOST_ROWS - 2], rows[_MOST_ROWS - 2 :]
    own = (Totals(r.count, r.free, r.bytes, r.reason) for r in rest if r.alias_of is None)
    return shown, _sum(own), len(rest)


def shown_layers(layers: Sequence[Layer]) -> list[Layer | None]:
    """Return the layers of a network, and None for those in the middle of a deep one.

    Parameters
    ----------
    layers : sequence of Layer
        Input layer first.

    Returns
    -------
    list of Layer or None
        At most a screen's worth.
    """
    if len(layers) <= _MOST_ROWS:
        return list(layers)
    return [*layers[: _MOST_ROWS - 4], None, *layers[-3:]]


def notes(summary: Summary) -> list[str]:
    """Return what is to be said below the tables.

    Parameters
    ----------
    summary : Summary
        Any.

    Returns
    -------
    list of str
        Short sentences.
    """
    if not summary.root.fitted:
        return ["nothing is learned yet, and how much will be is not known: not fitted"]
    found = []
    totals = summary.totals
    kept = [(role, n) for role, n in summary.kept.items() if role in _KEPT]
    if kept:
        parts = ", ".join(f"{_KEPT[role]} {size(n)}" for role, n in kept)
        found.append(f"kept beside them: {parts}")
    if summary.n_samples is not None and totals.stored is not None:
        kind = "stored" if totals.free is None else "free"
        count = totals.stored if totals.free is None else totals.free
        found.append(f"{count / summary.n_samples:.3g} {kind} parameters a row")
    if totals.stored is None:
        found.append(f"unknown: {clean(totals.reason or '')}")
    if summary.guessed:
        names = clean(", ".join(summary.guessed))
        found.append(f"guessed: no Spec describes {names}, so arrays of floats are counted")
    return found


def flow(layers: Sequence[Layer]) -> str:
    """Return the numbers of neurons, layer by layer.

    Parameters
    ----------
    layers : sequence of Layer
        Of one network, perhaps none.

    Returns
    -------
    str
        ``"20 → 64 → 10"``; the middle of a deep one is left out.
    """
    units = [f"{layer.neurons:,}" for layer in layers]
    if len(units) > 6:
        units[3:-2] = ["…"]
    return " → ".join(units)


def shape(row: FittedAttribute) -> str:
    """Return an array's shape as Python writes it, and nothing for a number.

    Parameters
    ----------
    row : FittedAttribute
        Any.

    Returns
    -------
    str
        As in NumPy.
    """
    return str(row.shape) if row.shape else ""


def number(value: int | None) -> str:
    """Return a count with its thousands apart.

    Parameters
    ----------
    value : int or None
        None is unknown.

    Returns
    -------
    str
        A dash for an unknown one.
    """
    return UNKNOWN if value is None else f"{value:,}"


def size(value: int | None) -> str:
    """Return a number of bytes in SI units.

    Parameters
    ----------
    value : int or None
        None is unknown.

    Returns
    -------
    str
        With one decimal from 1 kB on.
    """
    if value is None:
        return UNKNOWN
    if value < 1000:
        return f"{value} B"
    scaled = float(value)
    units = ["kB", "MB", "GB", "TB"]
    scaled /= 1000
    while scaled >= 999.95 and len(units) > 1:
        scaled /= 1000
        units.pop(0)
    return f"{scaled:,.1f} {units[0]}"


def clean(text: str) -> str:
    """Return text without characters that move the cursor, ring a bell or switch colours.

    Parameters
    ----------
    text : str
        Perhaps a user's.

    Returns
    -------
    str
        Such characters are written as Python escapes them.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _plural(n: int, one: str, many: str | None = None) -> str:
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def _stem(name: str) -> str:
    """Return what siblings of one list have in common; a named step is on its own."""
    return name.partition("[")[0] if name.endswith("]") else name


def _sum(parts: Iterable[Totals]) -> Totals:
    parts = list(parts)
    unknown = next((part.reason for part in parts if part.stored is None), None)
    if unknown:
        return Totals(None, None, None, unknown)
    frees = [part.free for part in parts]
    unsure = next((part.reason for part in parts if part.free is None), None)
    return Totals(
        sum(part.stored or 0 for part in parts),
        None if None in frees else sum(free or 0 for free in frees),
        sum(part.bytes or 0 for part in parts),
        unsure,
    )
