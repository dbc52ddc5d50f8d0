"""An estimator that stays as it is."""

from __future__ import annotations

from skparams.specs import Member, Spec

SPECS: dict[str, Spec] = {}


SPECS["FrozenEstimator"] = Spec(
    {"estimator": "estimator"},
    members=lambda ctx: [Member("estimator", ctx.params["estimator"], ctx.data, fitted=True)],
    columns_out=lambda ctx: ctx.after(ctx.params["estimator"], ctx.data).columns,
)
