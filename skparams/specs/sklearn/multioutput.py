"""One estimator for each column of y."""

from __future__ import annotations

from collections.abc import Iterator

from skparams._records import add
from skparams.specs import (
    CoefficientTable,
    Context,
    Input,
    Member,
    Spec,
    members,
    roles,
    stacked,
)

SPECS: dict[str, Spec] = {}
_DECIDES = {"estimator": ("estimators_",)}


def _each_target(ctx: Context) -> Iterator[Member]:
    data, n = members.one_target(ctx.data), ctx.data.n_outputs
    yield Member("estimators_", ctx.params["estimator"], data, n)


def _targets(tables: list[CoefficientTable]) -> tuple[str, ...]:
    """Name columns by their target, those of a classifier by the class too."""
    return tuple(
        f"y{i}" if column == table.attribute else f"y{i}: {column}"
        for i, table in enumerate(tables)
        for column in table.columns
    )


SPECS["_MultiOutputEstimator"] = Spec(
    {"estimators_": "estimator"},
    decides=_DECIDES,
    members=_each_target,
    extras={"coefficients": lambda ctx: stacked(ctx, _targets)},
)


def _each_link(ctx: Context) -> Iterator[Member]:
    data = members.one_target(ctx.data)
    for i in range(ctx.data.n_outputs):
        longer = data.with_columns(add([data.columns, i]))
        yield Member(f"estimators_[{i}]", ctx.params["estimator"], longer)


def _behind_others(ctx: Context) -> dict[str, Input]:
    """What each link gets: the columns of X, and the targets before it."""
    before = [f"y{target}" for target in ctx.values.get("order_", ())]
    return {
        f"estimators_[{i}]": Input(
            lambda names, i=i: None if names is None else [*names, *before[:i]]  # type: ignore[misc]
        )
        for i in range(len(before))
    }


SPECS["_BaseChain"] = Spec(
    {"estimators_": "estimator", **roles(structure="order_ chain_method_")},
    decides=_DECIDES,
    members=_each_link,
    extras={"inputs": _behind_others},
)
