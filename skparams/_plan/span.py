"""One record for several of which one will be: the candidates of a search, both ends of bounds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any, NamedTuple

from skparams._records import Cost, Count, FittedAttribute, Node, span


class Planned(NamedTuple):
    """What an estimator will learn, and what that will cost."""

    node: Node
    cost: Cost


def spanning(one: Planned, other: Planned) -> Planned:
    """Return what lies around two plans of one path: where they differ, from smaller to larger.

    Arrays and estimators that only one of them has are from none to all of it.
    """
    return Planned(_node(one.node, other.node), _counts(one.cost, other.cost))


def _node(one: Node, other: Node) -> Node:
    rows = _pairs(one.attributes, other.attributes)
    children = _pairs(one.children, other.children)
    return replace(
        one,
        class_name=_either(one.class_name, other.class_name),
        guessed=one.guessed or other.guessed,
        n_features=_same(one.n_features, other.n_features),
        n_classes=_same(one.n_classes, other.n_classes),
        attributes=tuple(_row(*pair) if len(pair) == 2 else _absent(pair[0]) for pair in rows),
        layers=one.layers if one.layers == other.layers else (),
        totals=_counts(one.totals, other.totals),
        children=tuple(
            _node(*pair) if len(pair) == 2 else replace(pair[0], times=span([0, pair[0].times]))
            for pair in children
        ),
        times=span([one.times, other.times]),
    )


def _either(one: str, other: str) -> str:
    names = one.split(" or ")
    return " or ".join(names if other in names else [*names, other])


def _same(one: int | None, other: int | None) -> int | None:
    return one if one == other else None


def _pairs(ones: Iterable[Any], others: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Return records with the same path together, and the others alone."""
    found: dict[str, tuple[Any, ...]] = {one.path: (one,) for one in ones}
    for other in others:
        found[other.path] = (*found.get(other.path, ()), other)
    return list(found.values())


def _row(one: FittedAttribute, other: FittedAttribute) -> FittedAttribute:
    if one == other:
        return one
    shape: tuple[Count, ...] | None = None
    if one.shape is not None and other.shape is not None and len(one.shape) == len(other.shape):
        shape = tuple(span(axes) for axes in zip(one.shape, other.shape, strict=True))
    return replace(
        one,
        shape=shape,
        dims=one.dims if one.dims == other.dims else None,
        dtype=one.dtype if one.dtype == other.dtype else None,
        count=span([one.count, other.count]),
        free=span([_free(one), _free(other)]),
        bytes=span([one.bytes, other.bytes]),
    )


def _free(row: FittedAttribute) -> Count:
    assert row.free is not None  # of a parameter
    return row.free


def _absent(row: FittedAttribute) -> FittedAttribute:
    """Return the record of an array that may be there or not."""
    return replace(
        row, count=span([0, row.count]), free=span([0, _free(row)]), bytes=span([0, row.bytes])
    )


def _counts(one: Any, other: Any) -> Any:
    """Return the bounds around each count of two records of counts."""
    names = [each.name for each in fields(one)]
    pairs = [[getattr(one, name), getattr(other, name)] for name in names]
    return type(one)(*(None if None in pair else span(pair) for pair in pairs))
