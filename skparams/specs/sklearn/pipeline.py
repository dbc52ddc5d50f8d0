"""Pipelines, which keep fitted steps in a constructor argument, and unions of transformers."""

from __future__ import annotations

from skparams._records import add
from skparams.specs import Member, Spec, members

SPECS: dict[str, Spec] = {}


SPECS["Pipeline"] = Spec(
    {"steps": "estimator"},
    route="chained",
    members=members.one_after_another,
    columns_out=members.columns_behind,
)


SPECS["FeatureUnion"] = Spec(
    {"transformer_list": "estimator", "_transformers_feature_names_out": "structure"},
    route="parallel",
    members=lambda ctx: [
        Member(name, transformer, ctx.data)
        for name, transformer in ctx.params["transformer_list"]
        if not members.dropped(transformer)
    ],
    columns_out=lambda ctx: add(
        ctx.after(transformer, ctx.data).columns
        for _, transformer in ctx.params["transformer_list"]
    ),
)
