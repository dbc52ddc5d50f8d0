"""An estimator that stays as it is."""

from __future__ import annotations

from skparams._records import Count
from skparams.specs import Context, Member, Spec

SPECS: dict[str, Spec] = {}


def _columns_of_it(ctx: Context) -> Count:
    return ctx.after(ctx.params["estimator"], ctx.data).columns


SPECS["FrozenEstimator"] = Spec(
    {"estimator": "estimator"},
    members=lambda ctx: [Member("estimator", ctx.params["estimator"], ctx.data, fitted=True)],
    columns_out=_columns_of_it,
)
