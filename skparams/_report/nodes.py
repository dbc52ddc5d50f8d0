"""What the pages and frames of a summary and of a plan have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import compress
from typing import Any

from skparams._escape import clean
from skparams._records import Bounds, Count, FittedAttribute, Layer, Node, Unknown
from skparams._report.base import Frame
from skparams._report.lines import alike, layers_of, run_name
from skparams._report.page import Column, Row, Section, left_out
from skparams._report.trees import boosted, trees_in
from skparams._report.words import number, plural, shape, tree_size

_MAX_TABLES = 3
_MAX_LAYERS = 12
_COUNTS = ("count", "free", "bytes")
_LAYERS = [
    Column("neurons", right=True),
    Column("activation", drop=6),
    Column("normalization", drop=7),
    Column("weights", right=True, drop=3),
    Column("biases", right=True, drop=5),
    Column("gains", right=True, drop=2),
    Column("moments", right=True, drop=1),
    Column("connections", right=True, drop=4),
    Column("parameters", right=True),
]
_OPTIONAL = {"normalization", "gains", "moments"}  # shown where some layer has them


def about(root: Node, state: str, n_samples: Count | None) -> list[str]:
    """What a page is about, in a few words each, the class first."""
    words = [clean(root.class_name), state]
    data = [] if root.n_features is None else [plural(root.n_features, "feature")]
    if root.n_classes is not None:
        data.append(plural(root.n_classes, "class", "classes"))
    if data and state != "not fitted":
        words.append(" → ".join(data))
    trees = trees_in([root])
    if trees and trees.n == 1 and not boosted(root):
        words.append(tree_size(trees))
    if isinstance(n_samples, int):
        words.append(plural(n_samples, "row"))
    return words


def guessed_classes(root: Node) -> tuple[str, ...]:
    """The names of the classes that no Spec describes."""
    return tuple(dict.fromkeys(node.class_name for node in root.walk() if node.guessed))


def tables(
    what: str, nodes: Iterable[Node], table: Callable[[Node, str], Section]
) -> Iterator[Section]:
    """Yield a table for each of the first nodes; the last one says how many more there are."""
    found = list(nodes)
    for i, node in enumerate(found[:_MAX_TABLES]):
        section = table(node, f"{what} of {clean(node.name)}" if node.path else what)
        left = len(found) - _MAX_TABLES
        last = i == _MAX_TABLES - 1 and left
        yield replace(section, notes=[f"{what} of {left:,} more are not shown"] if last else [])


def layers(root: Node) -> Iterator[Section]:
    """Yield the tables of networks' layers."""
    yield from tables("layers", _networks(root), _layers)


def _networks(node: Node) -> Iterator[Node]:
    """Yield networks; of members of an ensemble with the same layers one, with a name for all."""
    if layers_of(node):
        yield node
    for run in alike(node.children, layers_of):
        if len(run) > 1 and layers_of(run[0]):
            yield replace(run[0], name=run_name(run))
        else:
            for each in run:
                yield from _networks(each)


def _layers(node: Node, title: str) -> Section:
    shown = [_is_shown(column, node.layers) for column in _LAYERS]
    columns = [Column(title), *compress(_LAYERS, shown)]
    rows = [Row((layer.name, *compress(_cells(layer), shown))) for layer in node.layers]
    if len(rows) > _MAX_LAYERS:
        rows[_MAX_LAYERS - 4 : -3] = left_out(len(rows) - _MAX_LAYERS + 1, columns)
    return Section(columns, rows)


def _is_shown(column: Column, layers: Sequence[Layer]) -> bool:
    name = column.heading
    return name not in _OPTIONAL or any(getattr(layer, name) for layer in layers)


def _cells(layer: Layer) -> Sequence[str]:
    """The texts of all columns of numbers and words."""
    normalization = (layer.gains, layer.moments)
    sums = (layer.connections, layer.parameters)
    return (
        number(layer.neurons),
        clean(layer.activation or ""),
        clean(layer.normalization or ""),
        f"{layer.inputs:,} × {layer.neurons:,}" if layer.inputs else "",
        number(layer.biases) if layer.inputs else "",
        *(number(n) if n else "" for n in normalization),
        *(number(n) if layer.inputs else "" for n in sums),
    )


def frame_of(root: Node, *, planned: bool) -> Frame:
    """A frame's columns and rows: one a fitted attribute, with bounds before fit."""
    rows = [(row, node) for node in root.walk() for row in node.attributes]
    columns = dict.fromkeys(("path", "estimator", "role", "shape", "dims", "dtype"), "object")
    columns |= {"times": "Int64"} if planned else {}
    for name in _COUNTS:
        columns |= dict.fromkeys(
            (name, f"{name}_low", f"{name}_high") if planned else (name,), "Int64"
        )
    columns |= {"retained": "Int64", "alias_of": "object", "guess": "object", "reason": "object"}
    if any(row.stats for row, _ in rows):
        columns |= dict.fromkeys(("min", "max", "mean", "std", "norm"), "float64")
        columns |= {"zeros": "Int64", "nonfinite": "Int64"}
    return columns, (_frame_row(row, node, columns) for row, node in rows)


def _frame_row(row: FittedAttribute, node: Node, columns: Iterable[str]) -> dict[str, Any]:
    counts = {name: getattr(row, name) for name in _COUNTS}
    cells = {
        "estimator": node.class_name,
        "times": node.times,
        "shape": None if row.shape is None else shape(row.shape) or "()",
        "dims": None if row.dims is None else " × ".join(row.dims),
        "reason": next((n.reason for n in counts.values() if isinstance(n, Unknown)), None),
        **counts,
    }
    for name, count in counts.items():
        for end in ("low", "high"):
            cells[f"{name}_{end}"] = getattr(count, end, count)
    for name in columns:
        if name not in cells:
            cells[name] = getattr(row if hasattr(row, name) else row.stats, name, None)
    return {name: _exact(cells[name]) for name in columns}


def _exact(value: Any) -> Any:
    return None if isinstance(value, Bounds | Unknown) else value
