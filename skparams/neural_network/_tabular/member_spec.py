"""What inspection knows of a network of an ensemble."""

from __future__ import annotations

from collections.abc import Iterator

from skparams.specs import (
    Context,
    Cost,
    Layer,
    Size,
    Spec,
    common,
    networks,
    parameter,
    roles,
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
