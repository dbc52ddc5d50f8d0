"""One estimator for each column of y."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from skparams._records import NotKnown
from skparams.specs import Context, Member, Spec, members, roles

SPECS: dict[str, Spec] = {}
_DECIDES = {"estimator": ("estimators_",)}


def _each_target(ctx: Context) -> Iterator[Member]:
    yield Member(
        "estimators_", ctx.params["estimator"], members.one_target(ctx.data), ctx.data.n_outputs
    )


SPECS["_MultiOutputEstimator"] = Spec(
    {"estimators_": "estimator"}, decides=_DECIDES, members=_each_target
)


def _each_link(ctx: Context) -> Iterator[Member]:
    for i in range(ctx.data.n_outputs):
        try:
            longer = replace(
                members.one_target(ctx.data), columns=ctx.data.n_features + i, head=None
            )
        except NotKnown:
            longer = members.one_target(ctx.data)
        yield Member(f"estimators_[{i}]", ctx.params["estimator"], longer)


SPECS["_BaseChain"] = Spec(
    {"estimators_": "estimator", **roles(structure="order_ chain_method_")},
    decides=_DECIDES,
    members=_each_link,
)
