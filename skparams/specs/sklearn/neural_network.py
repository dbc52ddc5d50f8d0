"""Networks: multi-layer perceptrons and Boltzmann machines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from scipy.sparse import issparse

from skparams._records import Cost, Count, Layer, Network, NotKnown, Unknown, multiply
from skparams.specs import (
    Context,
    Size,
    Spec,
    common,
    convergence,
    networks,
    parameter,
    roles,
)

SPECS: dict[str, Spec] = {}


def _layers(ctx: Context) -> tuple[Layer, ...]:
    return networks.layers(ctx, [str(ctx.params["activation"])] * len(ctx.values["coefs_"]))


def _form(ctx: Context) -> Network:
    n_hidden = len(ctx.values["coefs_"]) - 1
    return networks.form(ctx, [networks.HIDDEN[str(ctx.params["activation"])]] * n_hidden)


def _unit_findings(ctx: Context) -> Iterator[tuple[str, str]]:
    """Yield findings of units without weights and, with X, of rectified units that are dead."""
    coefs = ctx.values["coefs_"]
    dies = ctx.X is not None and ctx.params["activation"] == "relu"
    return networks.unit_findings(
        coefs,
        map(networks.without_weights, coefs[:-1]),
        _rectified(ctx) if dies else (),
    )


def _rectified(ctx: Context) -> Iterator[np.ndarray]:
    """Yield the values of each layer of rectified units for the rows of X."""
    rows: Any = ctx.X if issparse(ctx.X) else np.asarray(ctx.X)
    for into, bias in zip(ctx.values["coefs_"][:-1], ctx.values["intercepts_"][:-1], strict=True):
        with np.errstate(all="ignore"):  # of weights that are not finite, SKP002 tells
            rows = np.maximum(rows @ into + bias, 0)
        yield rows


def _epoch(ctx: Context, sizes: list[int]) -> int:
    """Count the multiply-adds of an epoch, or of one evaluation of the loss by lbfgs.

    Validation samples go forwards only.
    """
    n_validation = networks.n_split_off(ctx)
    n_training = ctx.data.n_samples - n_validation
    return n_training * networks.forward_and_back(sizes) + n_validation * networks.forward(sizes)


def _training(ctx: Context, sizes: list[int]) -> Count:
    """Count the bytes at work beside the data.

    They are the parameters, their gradient, the solver's state, with early stopping the best
    parameters so far, and for each sample of a batch the activation and the derivative of each unit
    but the inputs. What lbfgs takes is SciPy's, and not known here.
    """
    moments = {"sgd": 1, "adam": 2}.get(ctx.params["solver"])
    if moments is None:
        return Unknown("depends on SciPy's lbfgs")
    copies = 2 + moments + bool(ctx.params["early_stopping"])
    batch = networks.rows_of_batch(ctx.params, ctx.data.n_samples - networks.n_split_off(ctx))
    n_parameters = networks.forward(sizes) + sum(sizes[1:])
    n_bytes = common.itemsize(ctx.data.dtype)
    return multiply(n_bytes, copies * n_parameters + 2 * batch * sum(sizes[1:]))


def _perceptron(outputs: Callable[[Context], int]) -> Spec:
    def sizes(ctx: Context) -> dict[str, Size]:
        widths = networks.hidden_sizes(ctx)
        if min(widths, default=1) < 1:
            raise NotKnown(f"fit refuses a hidden layer of {min(widths)} neurons")
        hidden = {f"h{i}": size for i, size in enumerate(widths, start=1)}
        return {**hidden, "n_outputs": outputs}

    def cost(ctx: Context) -> Cost:
        def layers() -> list[int]:
            return [ctx.data.n_features, *networks.hidden_sizes(ctx), outputs(ctx)]

        return Cost(
            predict_macs_per_sample=common.if_known(lambda: networks.forward(layers())),
            train_macs_per_epoch=common.if_known(lambda: _epoch(ctx, layers())),
            training_bytes=common.if_known(lambda: _training(ctx, layers())),
        )

    return Spec(
        {**networks.weights(), **_ROLES},
        decides={"hidden_layer_sizes": ("coefs_", "intercepts_")},
        sizes=sizes,
        cost=cost,
        float32=True,
        extras={
            "layers": _layers,
            "form": _form,
            "units": _interchangeable,
            "findings": _unit_findings,
            "convergence": _convergence,
        },
    )


def _interchangeable(ctx: Context) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Hidden layers whose units may be permuted; with an odd activation also flipped in sign."""
    is_odd = ctx.params["activation"] in ("identity", "tanh")
    return {
        f"h{i}": ((f"coefs_[{i - 1}]", f"intercepts_[{i - 1}]", f"coefs_[{i}]"),) * is_odd
        for i in range(1, len(ctx.values["coefs_"]))
    }


def _convergence(ctx: Context) -> str | None:
    """Whether fit stopped at ``max_iter``, and not because the loss ceased to improve."""
    if ctx.params["solver"] == "lbfgs":
        return convergence.iterations(ctx)
    limit = ctx.params["max_iter"]
    stopped = ctx.values.get("_no_improvement_count", 0) > ctx.params["n_iter_no_change"]
    return convergence.at_limit(int(ctx.values["n_iter_"] == limit and not stopped), 1, limit)


_ROLES = roles(
    structure="loss n_layers_ n_outputs_ out_activation_ quantiles_ _label_binarizer _coef_indptr "
    "_intercept_indptr",
    diagnostic="loss_ loss_curve_ best_loss_ validation_scores_ best_validation_score_",
    state="t_ _optimizer _order _no_improvement_count _best_coefs _best_intercepts _random_state",
)
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
