"""What inspection knows of ensembles of networks for tables, of their members and their encoder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from scipy.sparse import issparse
from sklearn.base import is_regressor

from skparams.neural_network._tabular import budget
from skparams.neural_network._tabular.cost import Shape, epoch_macs, training_bytes
from skparams.neural_network._tabular.encoder import TableEncoder
from skparams.neural_network._tabular.member import TabularNetwork
from skparams.specs import (
    Context,
    Cost,
    Count,
    Input,
    Layer,
    Member,
    NotKnown,
    Rule,
    Size,
    Spec,
    Unknown,
    between,
    common,
    low_high,
    networks,
    parameter,
    roles,
    span,
)

if TYPE_CHECKING:
    from skparams.neural_network._tabular.base import BaseTabularMLP

_OOF_SCORE = (
    "of single members, on rows that chose their epochs and the calibration: slightly optimistic "
    "for a member, pessimistic for the average"
)


# From a context, how many outputs a member has.
_NOutputs = Callable[[Context], int]


class _Encoded(NamedTuple):
    """How many numbers X has, and how many inputs a network has for X."""

    n_numbers: Count
    n_inputs: Count


def _encoded(ctx: Context) -> _Encoded:
    """Count what the encoder makes of X.

    Some rows of X may have fewer categories and missing numbers than all of them.
    """
    X, declared = ctx.data.X, ctx.params["categorical_features"]
    if X is not None:
        counts = TableEncoder(declared, ctx.params["max_categories"]).count_inputs(X)
        has_all_rows = ctx.data.rows == _length(X) and not _drops_rows(ctx)
        least = counts.total if has_all_rows else counts.n_numbers
        return _Encoded(counts.n_numbers, between(least, counts.total))
    if declared is None:
        n_features = ctx.data.n_features
        return _Encoded(n_features, between(n_features, 2 * n_features))
    unknown = Unknown("depends on the categories and the missing numbers in X")
    return _Encoded(unknown, unknown)


def _length(X: Any) -> int:
    return X.shape[0] if hasattr(X, "shape") else len(X)


def _drops_rows(ctx: Context) -> bool:
    """Whether fit may leave rows out because their weight is 0."""
    weights = ctx.params.get("class_weight")
    return ctx.data.weighted or (isinstance(weights, dict) and 0 in weights.values())


def _n_rows(ctx: Context) -> tuple[int, ...]:
    """The number of rows that are trained on, or the smallest and the largest one."""
    n_samples = ctx.data.n_samples
    return (1, n_samples) if _drops_rows(ctx) else (n_samples,)


def encoder_spec() -> Spec:
    """Return the Spec of ``TableEncoder``: categories are structure, medians and scales learned."""
    return _ENCODER


def _encoder_sizes(ctx: Context) -> dict[str, Size]:
    return _encoded(ctx)._asdict()


def _encoder_cost(ctx: Context) -> Cost:
    n_numbers = common.if_known(lambda: _encoded(ctx).n_numbers)
    return Cost(training_bytes=0, predict_macs_per_sample=n_numbers, train_macs_per_epoch=0)


_ENCODER = Spec(
    {
        "medians_": parameter("n_numbers"),
        "scales_": parameter("n_numbers"),
        **roles(structure="is_categorical_ has_missing_ categories_"),
    },
    sizes=_encoder_sizes,
    columns_out="n_inputs",
    cost=_encoder_cost,
    extras={"dtype": lambda ctx: "float64"},
)


def network_spec() -> Spec:
    """Return the Spec of ``TabularNetwork``, whose features are the inputs that are encoded."""
    return _NETWORK


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


_NETWORK = Spec(
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


def ensemble_spec(model: BaseTabularMLP) -> Spec:
    """Return the Spec of ``TabularMLPClassifier`` or ``TabularMLPRegressor``."""
    if not is_regressor(model):
        return _ensemble_spec(model._activation, is_classifier=True, has_quantiles=False)
    is_fitted = hasattr(model, "members_")
    has_quantiles = hasattr(model, "quantiles_") if is_fitted else _is(model.loss, "quantile")
    return _ensemble_spec(model._activation, is_classifier=False, has_quantiles=has_quantiles)


def _is(value: Any, word: str) -> bool:
    """Whether a hyperparameter, which may be anything before fit, is a word."""
    return isinstance(value, str) and value == word


@cache
def _ensemble_spec(activation: str, *, is_classifier: bool, has_quantiles: bool) -> Spec:
    decided = ("members_", "quantile_offsets_") if has_quantiles else ("members_",)
    decides = {
        "n_members": ("members_",),
        "hidden_layer_sizes": ("members_",),
        "categorical_features": ("encoder_", "members_"),
    }
    if has_quantiles:
        decides |= dict.fromkeys(("loss", "quantile"), decided)
    n_outputs = common.BINARY["n_outputs"] if is_classifier else _n_quantiles
    if not (is_classifier or has_quantiles):
        n_outputs = _n_targets
    learned: dict[str, Rule] = {}
    if is_classifier:
        learned["temperature_"] = parameter()
    else:
        learned = dict.fromkeys(("target_mean_", "target_scale_"), parameter("n_outputs"))
        learned["target_range_"] = parameter("2", "n_outputs")
    if has_quantiles:
        learned["quantile_offsets_"] = parameter("n_quantiles")
    return Spec(
        {
            "encoder_": "estimator",
            "members_": "estimator",
            **learned,
            **roles(
                structure="quantiles_",
                output="oof_decision_function_ oof_prediction_",
                diagnostic="n_iter_ oof_score_",
                state="_optimizer_state _training _gradients _resume",
            ),
        },
        decides=decides,
        sizes={"n_quantiles": _n_quantiles},
        members=partial(_members, activation=activation, n_outputs=n_outputs),
        cost=partial(_cost, n_outputs=n_outputs),
        extras={
            "inputs": _inputs_of_members,
            "outcomes": lambda ctx: {"oof_score_": _OOF_SCORE},
            "dtype": lambda ctx: "float64",
        },
    )


def _n_targets(ctx: Context) -> int:
    return ctx.data.n_outputs


def _n_quantiles(ctx: Context) -> int:
    if ctx.data.n_outputs > 1:
        raise NotKnown(f"fit refuses {ctx.data.n_outputs} targets with loss='quantile'")
    quantile: Any = ctx.params["quantile"]
    return len(quantile) if hasattr(quantile, "__len__") else 1


def _hidden_sizes(ctx: Context, n_inputs: Count) -> tuple[int, ...]:
    """The sizes of hidden layers. Raises NotKnown where they depend on what is not known."""
    if not _is(ctx.params["hidden_layer_sizes"], "auto"):
        sizes = tuple(networks.hidden_sizes(ctx))
        if min(sizes, default=0) < 1:
            raise NotKnown(f"fit refuses hidden_layer_sizes={ctx.params['hidden_layer_sizes']!r}")
        return sizes
    if isinstance(n_inputs, Unknown):  # at most as many as categories may be, in all columns
        n_inputs = between(1, ctx.data.n_features * max(2, ctx.params["max_categories"]))
    pairs = product(_n_rows(ctx), low_high(n_inputs))
    found = {budget.hidden_layer_sizes(*pair) for pair in pairs}
    if len(found) > 1:
        raise NotKnown("hidden_layer_sizes='auto' depends on rows and inputs that fit counts")
    return found.pop()


def _members(ctx: Context, *, activation: str, n_outputs: _NOutputs) -> Iterator[Member]:
    params, data = ctx.params, ctx.data
    encoder = TableEncoder(params["categorical_features"], params["max_categories"])
    yield Member("encoder_", encoder, replace(data, weighted=_drops_rows(ctx)))
    n_inputs = common.if_known(lambda: _encoded(ctx).n_inputs)
    network = TabularNetwork(_hidden_sizes(ctx, n_inputs), activation)
    inputs = replace(data.with_columns(n_inputs), targets=n_outputs(ctx), dtype="float32")
    yield Member("members_", network, inputs, params["n_members"])


def _inputs_of_members(ctx: Context) -> dict[str, Input]:
    encoded = Input(ctx.estimator.get_feature_names_out, "the inputs that are encoded")
    return {f"members_[{i}]": encoded for i in range(len(ctx.values["members_"]))}


def _cost(ctx: Context, *, n_outputs: _NOutputs) -> Cost:
    """What it costs to train all members, which are there at once, and to average them."""

    def at_ends(count: Callable[[Shape], int]) -> Count:
        n_inputs = _encoded(ctx).n_inputs
        if isinstance(n_inputs, Unknown):
            return n_inputs
        hidden, n_members = _hidden_sizes(ctx, n_inputs), ctx.params["n_members"]
        return span(
            count(Shape(n, n_members, [width, *hidden, n_outputs(ctx)]))
            for n, width in product(_n_rows(ctx), low_high(n_inputs))
        )

    is_sparse = issparse(ctx.data.X)
    n_bytes = partial(training_bytes, is_sparse=is_sparse)
    return Cost(
        training_bytes=common.if_known(lambda: at_ends(n_bytes)),
        predict_macs_per_sample=0,
        train_macs_per_epoch=common.if_known(lambda: at_ends(epoch_macs)),
    )
