"""What inspection knows of ``MLPClassifier`` and ``MLPRegressor``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import is_regressor

from skparams.neural_network.activations import ACTIVATIONS, elements, slopes_of, values_of
from skparams.neural_network.network import (
    EPSILON,
    NORMALIZATIONS,
    hidden_values,
    normalization_of,
)
from skparams.specs import (
    BlockWork,
    Context,
    Cost,
    Form,
    HiddenLayer,
    Layer,
    Network,
    Rule,
    Spec,
    Unknown,
    add,
    between,
    common,
    multiply,
    networks,
    roles,
    spec_named,
)

if TYPE_CHECKING:
    from skparams.neural_network.base import BaseMLP

_NO_VALIDATION_ROWS = Unknown("depends on the number of rows of X_val")
_NORMALIZED = {"gains": "gains_", "means": "running_means_", "variances": "running_variances_"}
# Multiply-adds of normalization for a unit and a sample: in predictions, and in training. Forwards,
# a mean, a variance and the scaling take one each; the running moments save two of them. Backwards,
# the gradient of the gain takes one, and that of the input two, with sums over the layer four.
_NORMALIZING = {None: (0, 0), "batch": (1, 6), "layer": (3, 8)}


def network_spec(mlp: BaseMLP) -> Spec:
    """Return scikit-learn's Spec with what our networks have beyond its own."""
    name = "MLPRegressor" if is_regressor(mlp) else "MLPClassifier"
    has_quantiles = name == "MLPRegressor" and _is(mlp.loss, "quantile")
    fitted = hasattr(mlp, "coefs_")
    normalization = normalization_of(mlp) if fitted else _chosen_normalization(vars(mlp))
    return _spec(name, normalization, has_quantiles)


@cache
def _spec(name: str, normalization: str | None, has_quantiles: bool) -> Spec:
    theirs = spec_named(f"sklearn.neural_network.{name}")
    outputs = "n_quantiles" if has_quantiles else "n_outputs"
    weights = networks.weights(outputs)
    moments = dict.fromkeys(("running_means_", "running_variances_"), _of_units(_has_moments, 0))
    ours: dict[str, Rule | str] = {
        **weights,
        "gains_": _of_units(_is_normalized),
        **moments,
        # `_resume` is of checkpoints, the two before of all estimators that callbacks get.
        **roles(diagnostic="history_", state="_optimizer_state _training _gradients _resume"),
    }
    decided = [*weights]
    if normalization:
        decided += ["gains_", *(moments if normalization == "batch" else ())]
    decides = {"hidden_layer_sizes": tuple(decided)}
    if normalization:
        decides["normalization"] = tuple(decided[2:])
    if has_quantiles:
        decides["quantile"] = tuple(weights)

    def sizes(ctx: Context) -> Mapping[str, Any]:
        return {**theirs.sizes(ctx), "n_quantiles": _n_quantiles}  # type: ignore[operator]

    def cost(ctx: Context) -> Cost:
        def all_sizes() -> list[int]:
            n_outputs = sizes(ctx)[outputs]
            return [ctx.data.n_features, *networks.hidden_sizes(ctx), n_outputs(ctx)]

        return Cost(
            predict_macs_per_sample=common.if_known(lambda: _predict_macs(ctx, all_sizes())),
            train_macs_per_epoch=common.if_known(lambda: _epoch_macs(ctx, all_sizes())),
            training_bytes=common.if_known(lambda: _training_bytes(ctx, all_sizes())),
        )

    def work(ctx: Context) -> BlockWork | Unknown:
        if ctx.params["solver"] == "lbfgs":
            return Unknown("solver='lbfgs' needs all rows in memory")
        n_outputs = sizes(ctx)[outputs]
        return _block_work(
            ctx, lambda: [ctx.data.n_features, *networks.hidden_sizes(ctx), n_outputs(ctx)]
        )

    return replace(
        theirs,
        attributes={**ours, **{key: r for key, r in theirs.rules.items() if key not in ours}},
        decides=decides,
        sizes=sizes,
        cost=cost,
        extras={
            **theirs.extras,
            "layers": _layers,
            "form": _form,
            "units": _interchangeable,
            "findings": _unit_findings,
            "dtype": _dtype,
            "blocks": work,
        },
    )


def _is(value: Any, word: str) -> bool:
    """Whether a hyperparameter, which may be anything before fit, is a word."""
    return isinstance(value, str) and value == word


def _chosen_normalization(params: Mapping[str, Any]) -> str | None:
    value = params.get("normalization")
    return value if isinstance(value, str) and value in NORMALIZATIONS else None


def _normalization(ctx: Context) -> str | None:
    """The normalization that the network was fitted with, or before fit the one that is chosen."""
    if "coefs_" not in ctx.values:
        return _chosen_normalization(ctx.params)
    if "running_means_" in ctx.values:
        return "batch"
    return "layer" if "gains_" in ctx.values else None


def _is_normalized(ctx: Context) -> bool:
    return _normalization(ctx) is not None


def _has_moments(ctx: Context) -> bool:
    return _normalization(ctx) == "batch"


def _of_units(when: Any, free: int | None = None) -> Rule:
    """The rule of a list with a number for each hidden unit."""
    return Rule(
        "parameter",
        lambda ctx: (f"h{ctx.index + 1}",),
        free,
        when,
        length=lambda ctx: networks.n_matrices(ctx) - 1,
    )


def _n_quantiles(ctx: Context) -> int:
    if ctx.data.n_outputs > 1:
        raise ValueError(f"loss='quantile' takes one target, got {ctx.data.n_outputs}")
    return int(np.size(ctx.params["quantile"]))


def _dtype(ctx: Context) -> str | None:
    dtype = ctx.params["dtype"]
    return ctx.data.dtype if dtype is None else str(dtype)


def _activations(ctx: Context, n_hidden: int) -> list[str]:
    """The activation of each hidden layer."""
    activation: Any = ctx.params["activation"]
    if isinstance(activation, str):
        return [activation] * n_hidden
    names = elements(activation)
    if names is None or len(names) != n_hidden:
        raise ValueError(f"activation={activation!r} must have one for each of {n_hidden} layers.")
    return [str(name) for name in names]


def _layers(ctx: Context) -> tuple[Layer, ...]:
    n_hidden, normalization = len(ctx.values["coefs_"]) - 1, _normalization(ctx)
    first, *hidden, last = networks.layers(ctx, _activations(ctx, n_hidden))
    if normalization:
        n_moments = 2 if normalization == "batch" else 0
        hidden = [
            replace(
                layer,
                normalization=normalization,
                gains=layer.neurons,
                moments=n_moments * layer.neurons,
            )
            for layer in hidden
        ]
    return (first, *hidden, last)


def _form(ctx: Context) -> Form:
    """Return what the network predicts: of several quantiles, all of them."""
    hidden = _hidden_layers(ctx)
    if ctx.values["out_activation_"] != "increasing":
        return networks.form(ctx, hidden)
    order = np.argsort(np.argsort(ctx.values["quantiles_"]))

    def returned(Z: np.ndarray) -> np.ndarray:
        return values_of("increasing", Z)[:, order]

    return Network("predict_quantiles", returned, False, *networks.arrays(ctx), tuple(hidden))


def _hidden_layers(ctx: Context) -> Iterator[HiddenLayer]:
    """Yield the hidden layers with their normalization."""
    n_hidden = len(ctx.values["coefs_"]) - 1
    for i, name in enumerate(_activations(ctx, n_hidden)):
        own = HiddenLayer(
            partial(values_of, name), partial(slopes_of, name), is_homogeneous=name == "leaky_relu"
        )
        numbers: dict[str, Any] = {
            key: np.asarray(ctx.values[attribute][i], dtype=np.float64)
            for key, attribute in _NORMALIZED.items()
            if attribute in ctx.values
        }
        layer = networks.HIDDEN.get(name, own)
        yield replace(layer, normalization=_normalization(ctx), epsilon=EPSILON, **numbers)


def _interchangeable(ctx: Context) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Hidden layers whose units may be permuted, and what may be flipped in sign with a unit."""
    n_hidden = len(ctx.values["coefs_"]) - 1
    return {
        f"h{i + 1}": tuple(_flips(i, activation, _normalization(ctx)))
        for i, activation in enumerate(_activations(ctx, n_hidden))
    }


def _flips(i: int, activation: str, normalization: str | None) -> Iterator[tuple[str, ...]]:
    """Yield what may change its sign together, for a unit of hidden layer i.

    Behind an odd activation, it is what decides the unit's sign and the weights out of it. Batch
    normalization also hides the sign of the weights into it from the gain.
    """
    into, shift, out, gain = f"coefs_[{i}]", f"intercepts_[{i}]", f"coefs_[{i + 1}]", f"gains_[{i}]"
    if ACTIVATIONS[activation].is_odd:
        yield shift, out, gain if normalization else into
    if normalization == "batch":
        yield into, f"running_means_[{i}]", gain


def _unit_findings(ctx: Context) -> Iterator[tuple[str, str]]:
    """Yield findings of constant and unread units and, with X, of rectified units that are dead."""
    coefs, X = ctx.values["coefs_"], ctx.X
    if X is not None and not issparse(X):
        X = np.asarray(X)
        X = X if X.dtype == np.float32 else X.astype(np.float64)
    return networks.unit_findings(
        coefs,
        (_constant_units(ctx, i) for i in range(len(coefs) - 1)),
        () if X is None else _rectified(X, ctx, len(coefs) - 1),
    )


def _constant_units(ctx: Context, i: int) -> dict[str, np.ndarray]:
    """The units of hidden layer i that are constant, by the reason.

    Layer normalization subtracts from a unit without weights the mean of the others.
    """
    normalization = _normalization(ctx)
    found = networks.without_weights(ctx.values["coefs_"][i]) if normalization != "layer" else {}
    if normalization:
        found["their gain is zero"] = ctx.values["gains_"][i] == 0
    return found


def _rectified(X: Any, ctx: Context, n_hidden: int) -> Iterator[np.ndarray | None]:
    """Yield the values of each hidden layer with relu for the rows of X, None for others."""
    layers = hidden_values(X, ctx.estimator)
    for activation in _activations(ctx, n_hidden):
        with np.errstate(all="ignore"):  # of weights that are not finite, SKP002 tells
            values = next(layers)
        yield values if activation == "relu" else None


def _n_hidden_units(sizes: list[int]) -> int:
    return sum(sizes[1:-1])


def _predict_macs(ctx: Context, sizes: list[int]) -> int:
    per_unit, _ = _NORMALIZING[_normalization(ctx)]
    return networks.forward(sizes) + per_unit * _n_hidden_units(sizes)


def _takes_validation(ctx: Context) -> bool:
    """Whether fit requests `X_val` as metadata."""
    request: Any = getattr(ctx.params.get("_metadata_request"), "fit", None)
    value = getattr(request, "requests", {}).get("X_val")
    return value is True or (isinstance(value, str) and value.isidentifier())


def _epoch_macs(ctx: Context, sizes: list[int]) -> int | Unknown:
    """Count the multiply-adds of an epoch, or of one evaluation of the loss by lbfgs.

    Validation samples go forwards only.
    """
    if _takes_validation(ctx):
        return _NO_VALIDATION_ROWS
    n_validation = networks.n_split_off(ctx)
    _, per_unit = _NORMALIZING[_normalization(ctx)]
    training = networks.forward_and_back(sizes) + per_unit * _n_hidden_units(sizes)
    n_training = ctx.data.n_samples - n_validation
    return n_training * training + n_validation * _predict_macs(ctx, sizes)


def _training_bytes(ctx: Context, sizes: list[int]) -> Any:
    """Count the bytes at work beside the data.

    They are the parameters, their gradient, the solver's state, with early stopping the best
    parameters so far, and for each sample of a batch the inputs and some numbers of each unit.
    Validation has a gradient and a batch of its own. The squares of all weights are there for a
    moment, in float64. What lbfgs takes is SciPy's, and not known.
    """
    moments = {"sgd": 1, "adam": 2, "adamw": 2}.get(ctx.params["solver"])
    if moments is None:
        return Unknown("depends on SciPy's lbfgs")
    normalization = _normalization(ctx)
    n_trained, n_parameters = _n_numbers(ctx, sizes)
    if _takes_validation(ctx):  # in a batch of its own
        return _NO_VALIDATION_ROWS
    n_validation = networks.n_split_off(ctx)
    n_training = ctx.data.n_samples - n_validation
    batches = [networks.rows_of_batch(ctx.params, n_training)]
    if n_validation:
        batches.append(min(batches[0], n_validation))
    n_best = bool(ctx.params["early_stopping"])
    n_numbers = (1 + n_best) * n_parameters + (moments + len(batches)) * n_trained
    n_arrays = 2 + _needs_slopes(ctx, len(sizes) - 2) + 2 * bool(normalization)
    for n_rows in batches:
        n_rows += normalization == "batch"  # a last row may join a batch
        n_numbers += n_rows * (sizes[0] + n_arrays * sum(sizes[1:]))
    n_bytes = multiply(common.itemsize(_dtype(ctx)), n_numbers)
    return add([n_bytes, 8 * networks.forward(sizes)])


def _n_numbers(ctx: Context, sizes: list[int]) -> tuple[int, int]:
    """Count the numbers that have a gradient, and all that are learned."""
    normalization, n_hidden = _normalization(ctx), _n_hidden_units(sizes)
    n_trained = networks.forward(sizes) + sum(sizes[1:]) + n_hidden * bool(normalization)
    return n_trained, n_trained + 2 * n_hidden * (normalization == "batch")


def _block_work(ctx: Context, sizes: Callable[[], list[int]]) -> BlockWork:
    """Return what training on blocks holds, and what workers send that average their parameters."""
    number = common.itemsize(_dtype(ctx))
    # One checks the rows, one takes those for validation, and one has the loss by running moments.
    n_more = 1 + bool(ctx.params["early_stopping"]) + (_normalization(ctx) == "batch")

    def held() -> Any:
        n_validation = multiply(networks.n_split_off(ctx), ctx.data.n_features, number)
        return add([_training_bytes(ctx, sizes()), n_validation])

    return BlockWork(
        n_held=2,
        held="parameters, gradient, the optimizer's state and a batch"
        + (", and the rows for validation" if ctx.params["early_stopping"] else ""),
        held_bytes=common.if_known(held),
        sender="a worker",
        sent="parameters, in a round of averaging, and gets as many",
        sent_bytes=common.if_known(lambda: multiply(_n_numbers(ctx, sizes())[1], number)),
        n_passes=common.if_known(lambda: between(n_more + 1, n_more + ctx.params["max_iter"])),
    )


def _needs_slopes(ctx: Context, n_hidden: int) -> bool:
    """Whether training stores the derivatives of hidden units, which scikit-learn's need not."""
    is_special = any(ACTIVATIONS[name].is_special for name in _activations(ctx, n_hidden))
    return is_special or _is_normalized(ctx) or bool(np.any(ctx.params["dropout"]))
