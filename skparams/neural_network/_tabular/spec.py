"""What inspection knows of ensembles of networks for tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import is_regressor

from skparams.neural_network._encoder import TableEncoder, drops_rows, encoded
from skparams.neural_network._tabular import budget
from skparams.neural_network._tabular.cost import Shape, epoch_macs, training_bytes
from skparams.neural_network._tabular.member import TabularNetwork
from skparams.specs import (
    Context,
    Cost,
    Input,
    Member,
    NotKnown,
    Rule,
    Spec,
    Unknown,
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
    "of single members, on rows that chose their epochs{}: slightly optimistic for a member, "
    "pessimistic for the average"
)


# From a context, how many outputs a member has.
_NOutputs = Callable[[Context], int]


def ensemble_spec(model: BaseTabularMLP) -> Spec:
    """Return the Spec of ``TabularMLPClassifier`` or ``TabularMLPRegressor``."""
    if is_regressor(model):
        return _regressor_spec(model._activation, _has_quantiles(vars(model), vars(model)))
    return _classifier_spec(model._activation)


@cache
def _classifier_spec(activation: str) -> Spec:
    learned = {"temperature_": parameter()}
    chosen = " and the temperature"
    return _ensemble_spec(activation, learned, common.BINARY["n_outputs"], chosen)


@cache
def _regressor_spec(activation: str, has_quantiles: bool) -> Spec:
    learned = {
        **dict.fromkeys(("target_mean_", "target_scale_"), parameter("n_outputs")),
        "target_range_": parameter("2", "n_outputs"),
        "quantile_offsets_": parameter(
            "n_quantiles", when=lambda ctx: _has_quantiles(ctx.params, ctx.values)
        ),
    }
    spec = _ensemble_spec(activation, learned, _n_regressor_outputs)
    if not has_quantiles:
        return spec
    decided = dict.fromkeys(("loss", "quantile"), ("members_", "quantile_offsets_"))
    return replace(spec, decides={**spec.decides, **decided})


def _has_quantiles(params: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Whether a regressor was fitted with the loss 'quantile', or before fit will be."""
    return "quantiles_" in values if "members_" in values else _is(params.get("loss"), "quantile")


def _is(value: Any, word: str) -> bool:
    """Whether a hyperparameter, which may be anything before fit, is a word."""
    return isinstance(value, str) and value == word


def _n_quantiles(ctx: Context) -> int:
    if ctx.data.n_outputs > 1:
        raise NotKnown(f"fit refuses {ctx.data.n_outputs} targets with loss='quantile'")
    return int(np.size(ctx.params["quantile"]))


def _n_regressor_outputs(ctx: Context) -> int:
    """Count the outputs of a member."""
    has_quantiles = _has_quantiles(ctx.params, ctx.values)
    return _n_quantiles(ctx) if has_quantiles else ctx.data.n_outputs


def _ensemble_spec(
    activation: str, learned: Mapping[str, Rule], n_outputs: _NOutputs, chosen: str = ""
) -> Spec:
    """The Spec of an ensemble; ``chosen`` says what else held-out rows choose beside epochs."""
    return Spec(
        {
            "encoder_": "estimator",
            "members_": "estimator",
            **learned,
            **roles(
                structure="quantiles_",
                output="oof_decision_function_ oof_prediction_",
                diagnostic="n_iter_ oof_score_",
            ),
        },
        decides={
            **dict.fromkeys(("n_members", "hidden_layer_sizes"), ("members_",)),
            "categorical_features": ("encoder_", "members_"),
        },
        sizes={"n_quantiles": _n_quantiles},
        members=partial(_members, activation=activation, n_outputs=n_outputs),
        cost=partial(_cost, n_outputs=n_outputs),
        extras={
            "inputs": _inputs_of_members,
            "outcomes": lambda ctx: {"oof_score_": _OOF_SCORE.format(chosen)},
            "limits": common.at_most("n_members", "rows"),
            "dtype": lambda ctx: "float64",
        },
    )


def _n_rows(ctx: Context) -> tuple[int, ...]:
    """The number of rows that are trained on, or the smallest and the largest one."""
    n_samples = ctx.data.n_samples
    least = min(n_samples, max(2, _n_members(ctx)))
    return (least, n_samples) if drops_rows(ctx) else (n_samples,)


def _hidden_sizes(ctx: Context) -> tuple[int, ...]:
    """The sizes of hidden layers. Raises NotKnown where they depend on what is not known."""
    if not _is(ctx.params["hidden_layer_sizes"], "auto"):
        sizes = tuple(networks.hidden_sizes(ctx))
        if min(sizes, default=0) < 1:
            raise NotKnown(f"fit refuses hidden_layer_sizes={ctx.params['hidden_layer_sizes']!r}")
        return sizes
    found = {budget.hidden_layer_sizes(n_samples) for n_samples in _n_rows(ctx)}
    if len(found) > 1:
        raise NotKnown("hidden_layer_sizes='auto' depends on how many rows have a positive weight")
    return found.pop()


def _members(ctx: Context, *, activation: str, n_outputs: _NOutputs) -> Iterator[Member]:
    params, data = ctx.params, ctx.data
    encoder = TableEncoder(params["categorical_features"], params["max_categories"])
    yield Member("encoder_", encoder, replace(data, weighted=drops_rows(ctx)))
    n_inputs = common.if_known(lambda: encoded(ctx, TableEncoder).n_inputs)
    network = TabularNetwork(_hidden_sizes(ctx), activation)
    inputs = replace(data.with_columns(n_inputs), targets=n_outputs(ctx), dtype="float32")
    yield Member("members_", network, inputs, _n_members(ctx))


def _n_members(ctx: Context) -> int:
    n_members = ctx.params["n_members"]
    if not 1 <= int(n_members) == n_members:
        raise NotKnown(f"fit refuses n_members={n_members!r}")
    return int(n_members)


def _inputs_of_members(ctx: Context) -> dict[str, Input]:
    inputs = Input(ctx.estimator.get_feature_names_out, "the encoded inputs")
    return {f"members_[{i}]": inputs for i in range(len(ctx.values["members_"]))}


def _cost(ctx: Context, *, n_outputs: _NOutputs) -> Cost:
    """What it costs to train all members, which are there at once; to average them is nothing."""
    try:
        shapes = _shapes(ctx, n_outputs)
    except NotKnown as error:
        unknown = Unknown(str(error))
        return Cost(training_bytes=unknown, predict_macs_per_sample=0, train_macs_per_epoch=unknown)
    is_sparse = issparse(ctx.data.X)
    return Cost(
        training_bytes=span(training_bytes(each, is_sparse=is_sparse) for each in shapes),
        predict_macs_per_sample=0,
        train_macs_per_epoch=span(map(epoch_macs, shapes)),
    )


def _shapes(ctx: Context, n_outputs: _NOutputs) -> list[Shape]:
    """The smallest and the largest shape of training. Raises NotKnown where it is not known."""
    n_inputs = encoded(ctx, TableEncoder).n_inputs
    if isinstance(n_inputs, Unknown):
        raise NotKnown(n_inputs.reason)
    hidden = _hidden_sizes(ctx)
    return [
        Shape(n_rows, _n_members(ctx), [width, *hidden, n_outputs(ctx)])
        for n_rows, width in product(_n_rows(ctx), low_high(n_inputs))
    ]
