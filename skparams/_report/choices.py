"""What was chosen: the hyperparameters worth showing, as a tree of their estimators."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from skparams._escape import clean
from skparams._records import Hyperparameter, Node
from skparams._report.page import Column, Row, Section, left_out
from skparams._report.trees import public_name
from skparams._report.words import UNKNOWN, few

_MAX_CHOICES = 40
_MAX_AT_DEFAULT = 3  # of one estimator's that decide something
_MAX_HIDDEN = 300
_COLUMNS = [
    Column("you chose", least=16, code=True),
    Column("", least=12, wraps="fold", code=True),
    Column("default", least=8, drop=2, wraps="fold", code=True),
]


def chosen(root: Node) -> list[Section]:
    """The table of hyperparameters, if the estimator has any.

    Worth showing are those that are not at their default, and those that decide what is learned,
    unless they are switches that nobody turned, as ``fit_intercept=True``, or an estimator has
    many of them at their defaults, as a tree has. The others stand in a row that opens.
    """
    shown: list[tuple[list[str], Row]] = []
    hidden: list[Row] = []
    n_deciding = 0
    for section, rows in _hyperparameters(root, ""):
        deciding = [row for row in rows if _decides_at_default(row)]
        for row in rows:
            local = row.path.removeprefix(f"{section}__")
            if len(shown) < _MAX_CHOICES and (
                row.changed or (row in deciding and len(deciding) <= _MAX_AT_DEFAULT)
            ):
                shown.append(([section] * bool(section) + local.split("__"), _row(row)))
            else:
                n_deciding += row in deciding
                hidden.append(Row((clean(local), clean(row.value), "", ""), "dim"))
    more = [_hidden(hidden, n_deciding, len(shown))] if hidden else []
    columns = [*_COLUMNS, *_decides([row for _, row in shown])]
    return [Section(columns, [*_tree(shown), *more])] if shown or more else []


def _decides(shown: Sequence[Row]) -> list[Column]:
    """The last column, if any of the rows has something in it; few give way to the defaults."""
    n = sum(row.cells[-1] != UNKNOWN for row in shown)
    drop = int(3 * n < len(shown))
    return [Column("decides", least=12, drop=drop, wraps="cut", code=True)] if n else []


def _row(row: Hyperparameter) -> Row:
    name = clean(row.path.rpartition("__")[2])
    default = "required" if row.default is None else clean(row.default)
    decides = (
        clean(few([_relative_name(row, public_name(path)) for path in row.decides])) or UNKNOWN
    )
    return Row((name, clean(row.value), default, decides), "accent" if row.changed else "dim")


def _hidden(hidden: Sequence[Row], n_deciding: int, n_shown: int) -> Row:
    """The row that opens to what is not worth showing."""
    full = n_shown == _MAX_CHOICES
    at_default = "at its default" if len(hidden) == 1 else "at their defaults"
    words = f"{len(hidden):,} {'more ' if n_shown else ''}{'' if full else at_default}"
    if n_deciding and not full:
        words += f", {n_deciding:,} of which decide{'s' * (n_deciding == 1)} sizes"
    below = [*hidden[:_MAX_HIDDEN], *left_out(len(hidden[_MAX_HIDDEN:]), _COLUMNS)]
    return Row((words.rstrip(), "", "", ""), "dim", below, opened=False)


def _tree(found: Sequence[tuple[list[str], Row]]) -> list[Row]:
    """Rows below their estimators, each of which stands once."""
    rows = [row for rest, row in found if len(rest) == 1]
    groups: dict[str, list[tuple[list[str], Row]]] = {}
    for (first, *rest), row in found:
        if rest:
            groups.setdefault(first, []).append((rest, row))
    return rows + [Row((clean(name), "", "", ""), "", _tree(each)) for name, each in groups.items()]


def _decides_at_default(row: Hyperparameter) -> bool:
    return bool(row.decides) and not row.changed and row.value not in ("True", "False")


def _hyperparameters(node: Node, section: str) -> Iterator[tuple[str, list[Hyperparameter]]]:
    """Yield those of one estimator after the other, with the attribute that it was read off.

    That is empty where paths are as ``set_params`` takes them, and ``best_estimator_`` in a search.
    """
    if node.path and node.name.endswith("_"):  # an attribute, not an argument
        section = node.path
    for _, rows in groupby(node.hyperparameters, key=lambda row: row.path.rpartition("__")[0]):
        yield section, list(rows)
    for child in node.children:
        yield from _hyperparameters(child, section)


def _relative_name(row: Hyperparameter, name: str) -> str:
    """The name of an attribute beside a hyperparameter, with its step if that is another one."""
    step = row.path.rpartition("__")[0]
    if name.startswith(f"{step}__"):
        return name.removeprefix(f"{step}__")
    around = step.rpartition("__")[0]
    return name.removeprefix(f"{around}__").replace("__", ".") if step else name
