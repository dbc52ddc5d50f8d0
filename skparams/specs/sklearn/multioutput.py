"""One estimator for each column of y."""

from __future__ import annotations

from collections.abc import Iterator

from skparams._records import add
from skparams.specs import Context, Member, Spec, members, roles

SPECS: dict[str, Spec] = {}
_DECIDES = {"estimator": ("estimators_",)}


def _each_target(ctx: Context) -> Iterator[Member]:
    data, n = members.one_target(ctx.data), ctx.data.n_outputs
    yield Member("estimators_", ctx.params["estimator"], data, n)


SPECS["_MultiOutputEstimator"] = Spec(
    {"estimators_": "estimator"}, decides=_DECIDES, members=_each_target
)


def _each_link(ctx: Context) -> Iterator[Member]:
    data = members.one_target(ctx.data)
    for i in range(ctx.data.n_outputs):
        longer = data.with_columns(add([data.columns, i]))
        yield Member(f"estimators_[{i}]", ctx.params["estimator"], longer)


SPECS["_BaseChain"] = Spec(
    {"estimators_": "estimator", **roles(structure="order_ chain_method_")},
    decides=_DECIDES,
    members=_each_link,
)
