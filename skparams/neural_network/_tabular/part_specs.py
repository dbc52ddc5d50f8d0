"""What inspection knows of the encoder of a table, and of a network of an ensemble."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from skparams.specs import (
    Context,
    Cost,
    Count,
    Layer,
    Size,
    Spec,
    Unknown,
    between,
    common,
    networks,
    parameter,
    roles,
)

if TYPE_CHECKING:
    from skparams.neural_network._tabular.encoder import TableEncoder


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


def _layers(ctx: Context) -> tuple[Layer, ...]:
    n_inputs, n_hidden = len(ctx.values["coefs_"][0]), len(ctx.values["coefs_"]) - 1
    inputs, *rest = networks.layers(ctx, [str(ctx.params["activation"])] * n_hidden)
    return (inputs, Layer("input scale", n_inputs, None, 1, 0), *rest)


def _interchangeable(ctx: Context) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Hidden layers, whose units may be permuted; neither activation is odd."""
    return {f"h{i}": () for i in range(1, len(ctx.values["coefs_"]))}


def _unit_findings(ctx: Context) -> Iterator[tuple[str, str]]:
    coefs = ctx.values["coefs_"]
    return networks.unit_findings(coefs, map(networks.without_weights, coefs[:-1]), ())


def _hidden_units(ctx: Context) -> dict[str, Size]:
    return {f"h{i}": n for i, n in enumerate(networks.hidden_sizes(ctx), start=1)}


def _network_cost(ctx: Context) -> Cost:
    """What a member costs to predict; the ensemble counts the training of all members."""

    def macs() -> int:
        layers = [ctx.data.n_features, *networks.hidden_sizes(ctx), ctx.data.n_outputs]
        return networks.forward(layers)

    once = common.if_known(macs)
    return Cost(training_bytes=0, predict_macs_per_sample=once, train_macs_per_epoch=0)


# Of TabularNetwork, whose features are the encoded inputs.
NETWORK = Spec(
    {
        "input_scale_": parameter("n_features"),
        **networks.weights(),
        **roles(structure="out_activation_", diagnostic="best_iter_ history_"),
    },
    decides={"hidden_layer_sizes": ("coefs_", "intercepts_")},
    sizes=_hidden_units,
    cost=_network_cost,
    extras={
        "layers": _layers,
        "units": _interchangeable,
        "findings": _unit_findings,
        "dtype": lambda ctx: "float32",
    },
)
