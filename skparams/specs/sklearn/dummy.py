"""Models that do not look at X."""

from __future__ import annotations

from collections.abc import Iterator

from skparams._records import Unknown
from skparams.specs import Context, Part, Rule, Spec, common, parameter, roles

SPECS: dict[str, Spec] = {}


def _classes(i: int, n: int) -> tuple[str, ...]:
    """Name the number of classes; columns of y have their own."""
    return ("n_classes",) if n == 1 else (f"n_classes[{i}]",)


def _priors(ctx: Context) -> Iterator[Part]:
    n = 1 if isinstance(ctx.data.targets, Unknown) else ctx.data.n_outputs
    for i in range(n):
        free = ctx.data.n_classes - 1 if n == 1 else None
        yield Part("" if n == 1 else f"[{i}]", dims=_classes(i, n), free=free)


SPECS["DummyClassifier"] = Spec(
    {
        "class_prior_": Rule(
            "parameter",
            lambda ctx: _classes(ctx.index, ctx.length),
            free=common.simplex,
            when=lambda ctx: ctx.params["strategy"] not in ("uniform", "constant"),
            otherwise="structure",
            before=_priors,
        ),
        **roles(structure="sparse_output_ _strategy"),
    },
    decides={"strategy": ("class_prior_",)},
)
SPECS["DummyRegressor"] = Spec(
    {
        "constant_": parameter(
            "1",
            "n_outputs",
            when=lambda ctx: ctx.params["strategy"] != "constant",
            otherwise="structure",
        )
    },
    decides={"strategy": ("constant_",)},
)
