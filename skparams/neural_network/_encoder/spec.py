"""What inspection knows of the encoder of a table."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from skparams.specs import (
    Context,
    Cost,
    Count,
    Size,
    Spec,
    Unknown,
    between,
    common,
    parameter,
    roles,
)

if TYPE_CHECKING:
    from skparams.neural_network._encoder.encoder import TableEncoder


class Encoded(NamedTuple):
    """How many numbers X has, and how many inputs a network has for X."""

    n_numbers: Count
    n_inputs: Count


def encoded(ctx: Context, Encoder: type[TableEncoder]) -> Encoded:
    """Count what an encoder makes of X.

    Some rows of X may have fewer categories and missing numbers than all of them.
    """
    X, declared = ctx.data.X, ctx.params["categorical_features"]
    if X is not None:
        counts = Encoder(declared, ctx.params["max_categories"]).count_inputs(X)
        has_all_rows = ctx.data.rows == _length(X) and not drops_rows(ctx)
        least = counts.total if has_all_rows else counts.n_numbers
        return Encoded(counts.n_numbers, between(least, counts.total))
    if declared is None:
        n_features = ctx.data.n_features
        return Encoded(n_features, between(n_features, 2 * n_features))
    unknown = Unknown("depends on the categories and the missing numbers in X")
    return Encoded(unknown, unknown)


def _length(X: Any) -> int:
    return X.shape[0] if hasattr(X, "shape") else len(X)


def drops_rows(ctx: Context) -> bool:
    """Whether fit may leave rows out because their weight is 0."""
    weights = ctx.params.get("class_weight")
    return ctx.data.weighted or (isinstance(weights, dict) and 0 in weights.values())


@cache
def encoder_spec(Encoder: type[TableEncoder]) -> Spec:
    """Return the Spec of ``TableEncoder``: categories are structure, medians and scales learned."""

    def sizes(ctx: Context) -> dict[str, Size]:
        return encoded(ctx, Encoder)._asdict()

    def cost(ctx: Context) -> Cost:
        n_numbers = common.if_known(lambda: encoded(ctx, Encoder).n_numbers)
        return Cost(training_bytes=0, predict_macs_per_sample=n_numbers, train_macs_per_epoch=0)

    return Spec(
        {
            **dict.fromkeys(("medians_", "scales_"), parameter("n_numbers")),
            **roles(structure="is_categorical_ has_missing_ categories_"),
        },
        sizes=sizes,
        columns_out="n_inputs",
        cost=cost,
        extras={"dtype": lambda ctx: "float64"},
    )
