"""Networks: multi-layer perceptrons and Boltzmann machines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from math import ceil
from typing import Any

import numpy as np
from scipy.sparse import issparse

from skparams._records import Cost, Count, Layer, Unknown, multiply
from skparams.specs import (
    Context,
    Rule,
    Size,
    Spec,
    common,
    convergence,
    parameter,
    roles,
)

SPECS: dict[str, Spec] = {}


def _units(ctx: Context, i: int) -> str:
    """Name the number of units in layer i, where n matrices connect n + 1 layers."""
    return "n_features" if i == 0 else "n_outputs" if i == ctx.length else f"h{i}"


def _hidden(ctx: Context) -> list[int]:
    """Return the sizes of the hidden layers, given as a number or as several."""
    sizes = ctx.params["hidden_layer_sizes"]
    return [int(size) for size in (sizes if isinstance(sizes, Iterable) else [sizes])]


def _n_matrices(ctx: Context) -> int:
    return len(_hidden(ctx)) + 1


def _layers(ctx: Context) -> tuple[Layer, ...]:
    coefs, intercepts = ctx.values["coefs_"], ctx.values["intercepts_"]
    layers = [Layer("input", coefs[0].shape[0], None, 0, 0)]
    for i, (weights, biases) in enumerate(zip(coefs, intercepts, strict=True), start=1):
        last = i == len(coefs)
        name = "output" if last else f"hidden {i}"
        activation = ctx.values["out_activation_"] if last else str(ctx.params["activation"])
        layers.append(Layer(name, weights.shape[1], activation, weights.shape[0], biases.size))
    return tuple(layers)


def _odd_units(ctx: Context) -> Iterator[tuple[str, str]]:
    """Yield a finding for each hidden layer with units that predictions would not miss.

    Units that no weight reaches or leaves; with X, also rectified units that are zero for each row.
    """
    coefs = ctx.values["coefs_"]
    for i, (before, behind) in enumerate(pairwise(coefs), start=1):
        constant = ~before.any(axis=0)
        unread = ~behind.any(axis=1)
        yield from _found(i, constant, "are constant: all weights into them are zero")
        yield from _found(i, unread & ~constant, "add nothing: all weights out of them are zero")
    if ctx.X is not None and ctx.params["activation"] == "relu":
        yield from _dead_units(ctx.values, ctx.X)


def _dead_units(values: Mapping[str, Any], X: Any) -> Iterator[tuple[str, str]]:
    """Yield a finding for each hidden layer with units that are zero for each row of X."""
    rows = X if issparse(X) else np.asarray(X)
    what = f"are dead: they are zero for each of the {rows.shape[0]:,} rows"
    layers = zip(values["coefs_"][:-1], values["intercepts_"][:-1], strict=True)
    for i, (weights, bias) in enumerate(layers, start=1):
        with np.errstate(all="ignore"):  # of weights that are not finite, SKP002 tells
            rows = np.maximum(rows @ weights + bias, 0)
        # Constant ones are found without X.
        yield from _found(i, weights.any(axis=0) & ~rows.any(axis=0), what)


def _found(layer: int, units: np.ndarray, what: str) -> Iterator[tuple[str, str]]:
    if n := int(np.count_nonzero(units)):
        yield "SKP003", f"{n:,} of {len(units):,} units of hidden {layer} {what}"


def _forward(layers: list[int]) -> int:
    """Count the multiply-adds of a sample on its way forwards."""
    return sum(a * b for a, b in pairwise(layers))


def _n_validation(ctx: Context) -> int:
    stops_early = ctx.params["early_stopping"] and ctx.params["solver"] != "lbfgs"
    return ceil(ctx.params["validation_fraction"] * ctx.data.n_samples) if stops_early else 0


def _epoch(ctx: Context, layers: list[int]) -> int:
    """Count those of an epoch, or of one evaluation of the loss by lbfgs.

    Backwards a sample takes them twice, for the gradient and for the layer below; but no layer is
    below the first. Validation samples go forwards only.
    """
    n_validation, forward = _n_validation(ctx), _forward(layers)
    there_and_back = 3 * forward - layers[0] * layers[1]
    return (ctx.data.n_samples - n_validation) * there_and_back + n_validation * forward


def _training(ctx: Context, layers: list[int]) -> Count:
    """Count the bytes at work beside the data.

    They are the parameters, their gradient, the solver's state, with early stopping the best
    parameters so far, and for each sample of a batch the activation and the derivative of each unit
    but the inputs. What lbfgs takes is SciPy's, and not known here.
    """
    moments = {"sgd": 1, "adam": 2}.get(ctx.params["solver"])
    if moments is None:
        return Unknown("depends on SciPy's lbfgs")
    copies = 2 + moments + bool(ctx.params["early_stopping"])
    size = ctx.params["batch_size"]
    n_training = ctx.data.n_samples - _n_validation(ctx)
    batch = min(200 if size == "auto" else int(size), n_training)
    n_parameters = _forward(layers) + sum(layers[1:])
    return multiply(common.itemsize(ctx), copies * n_parameters + 2 * batch * sum(layers[1:]))


def _perceptron(outputs: Callable[[Context], int]) -> Spec:
    def sizes(ctx: Context) -> dict[str, Size]:
        hidden = {f"h{i}": size for i, size in enumerate(_hidden(ctx), start=1)}
        return {**hidden, "n_outputs": outputs}

    def cost(ctx: Context) -> Cost:
        def layers() -> list[int]:
            return [ctx.data.n_features, *_hidden(ctx), outputs(ctx)]

        return Cost(
            predict_macs_per_sample=common.if_known(lambda: _forward(layers())),
            train_macs_per_epoch=common.if_known(lambda: _epoch(ctx, layers())),
            training_bytes=common.if_known(lambda: _training(ctx, layers())),
        )

    return Spec(
        _PERCEPTRON,
        decides={"hidden_layer_sizes": ("coefs_", "intercepts_")},
        sizes=sizes,
        cost=cost,
        float32=True,
        extras={
            "layers": _layers,
            "units": _interchangeable,
            "findings": _odd_units,
            "convergence": _convergence,
        },
    )


def _interchangeable(ctx: Context) -> dict[str, tuple[str, ...]]:
    """Hidden layers whose units may be permuted; with an odd activation also flipped in sign."""
    odd = ctx.params["activation"] in ("identity", "tanh")
    turning = ("coefs_", "intercepts_") if odd else ()
    return {f"h{i}": turning for i in range(1, len(ctx.values["coefs_"]))}


def _convergence(ctx: Context) -> str | None:
    """Whether fit stopped at ``max_iter``, and not because the loss ceased to improve."""
    if ctx.params["solver"] == "lbfgs":
        return convergence.iterations(ctx)
    limit = ctx.params["max_iter"]
    stopped = ctx.values.get("_no_improvement_count", 0) > ctx.params["n_iter_no_change"]
    return convergence.at_limit(int(ctx.values["n_iter_"] == limit and not stopped), 1, limit)


_PERCEPTRON: dict[str, Rule | str] = {
    "coefs_": Rule(
        "parameter",
        lambda ctx: (_units(ctx, ctx.index), _units(ctx, ctx.index + 1)),
        length=_n_matrices,
    ),
    "intercepts_": Rule("parameter", lambda ctx: (_units(ctx, ctx.index + 1),), length=_n_matrices),
    **roles(
        structure="loss n_layers_ n_outputs_ out_activation_ quantiles_ _label_binarizer "
        "_coef_indptr _intercept_indptr",
        diagnostic="loss_ history_ loss_curve_ best_loss_ validation_scores_ "
        "best_validation_score_",
        state="t_ _optimizer _order _no_improvement_count _best_coefs _best_intercepts "
        "_random_state",
    ),
}
SPECS["MLPClassifier"] = _perceptron(common.MULTILABEL["n_outputs"])
SPECS["MLPRegressor"] = _perceptron(lambda ctx: ctx.data.n_outputs)


def _contrastive(ctx: Context) -> Cost:
    """Count those of an epoch: two passes over the samples, three over as many fantasies."""

    def forward() -> int:
        return ctx.data.n_features * ctx.params["n_components"]

    def epoch() -> int:
        batch = ctx.params["batch_size"]
        fantasies = batch * -(-ctx.data.n_samples // batch)
        return forward() * (2 * ctx.data.n_samples + 3 * fantasies)

    once, per_epoch = common.if_known(forward), common.if_known(epoch)
    return Cost(predict_macs_per_sample=once, train_macs_per_epoch=per_epoch)


SPECS["BernoulliRBM"] = Spec(
    {
        "components_": parameter("n_components", "n_features"),
        "intercept_hidden_": parameter("n_components"),
        "intercept_visible_": parameter("n_features"),
        **roles(state="h_samples_", random="random_state_", structure="_n_features_out"),
    },
    columns_out="n_components",
    cost=_contrastive,
    float32=True,
    extras={"units": common.interchangeable("n_components")},
)
