"""What Specs of multi-layer perceptrons share: sizes, layers, units, multiply-adds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import ceil
from typing import Any

import numpy as np
from scipy.special import expit, softmax

from skparams._records import HiddenLayer, Layer, Network
from skparams.specs.context import Context
from skparams.specs.spec import Rule


def hidden_sizes(ctx: Context) -> list[int]:
    """Return the sizes of the hidden layers, given as a number or as several."""
    sizes = ctx.params["hidden_layer_sizes"]
    return [int(size) for size in (sizes if isinstance(sizes, Iterable) else [sizes])]


def n_matrices(ctx: Context) -> int:
    """Return the number of layers without the inputs."""
    return len(hidden_sizes(ctx)) + 1


def weights(outputs: str = "n_outputs") -> dict[str, Rule | str]:
    """Return the rules of weights and biases; ``outputs`` is the dim of the last layer."""

    def units(ctx: Context, i: int) -> str:
        return "n_features" if i == 0 else outputs if i == ctx.length else f"h{i}"

    return {
        "coefs_": Rule(
            "parameter",
            lambda ctx: (units(ctx, ctx.index), units(ctx, ctx.index + 1)),
            length=n_matrices,
        ),
        "intercepts_": Rule(
            "parameter", lambda ctx: (units(ctx, ctx.index + 1),), length=n_matrices
        ),
    }


def layers(ctx: Context, activations: Sequence[str]) -> tuple[Layer, ...]:
    """Return the layers of a network, given the activations of the hidden ones."""
    coefs, intercepts = ctx.values["coefs_"], ctx.values["intercepts_"]
    found = [Layer("input", coefs[0].shape[0], None, 0, 0)]
    for i, (into, biases) in enumerate(zip(coefs, intercepts, strict=True), start=1):
        last = i == len(coefs)
        name = "output" if last else f"hidden {i}"
        activation = ctx.values["out_activation_"] if last else activations[i - 1]
        found.append(Layer(name, into.shape[1], activation, into.shape[0], biases.size))
    return tuple(found)


def _tanh_slope(Z: np.ndarray) -> np.ndarray:
    tail = np.exp(-2 * np.abs(Z))
    return 4 * tail / (1 + tail) ** 2


# Slopes with all their digits where a unit saturates, which 1 - tanh(z)**2 does not have.
HIDDEN = {
    "identity": HiddenLayer(np.positive, np.ones_like, is_homogeneous=True),
    "logistic": HiddenLayer(expit, lambda Z: expit(Z) * expit(-Z)),
    "tanh": HiddenLayer(np.tanh, _tanh_slope),
    "relu": HiddenLayer(
        lambda Z: np.maximum(Z, 0), lambda Z: (Z > 0).astype(Z.dtype), is_homogeneous=True
    ),
}


def _sigmoid(Z: np.ndarray) -> np.ndarray:
    P = expit(Z)
    return np.hstack([1 - P, P]) if P.shape[1] == 1 else P


# By the output activation: what is predicted, and whether a shift of all outputs is lost in it.
_RETURNED: dict[str, tuple[Callable[[np.ndarray], np.ndarray], bool]] = {
    "identity": (np.asarray, False),
    "exp": (np.exp, False),
    "logistic": (_sigmoid, False),
    "softmax": (lambda Z: softmax(Z, axis=1), True),
}


def form(ctx: Context, hidden: Iterable[HiddenLayer]) -> Network:
    """Return what a network predicts, given its hidden layers."""
    returned, shifts = _RETURNED[ctx.values["out_activation_"]]
    method = "predict_proba" if hasattr(ctx.estimator, "predict_proba") else "predict"
    return Network(method, returned, shifts, *arrays(ctx), tuple(hidden))


def arrays(ctx: Context) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
    """Return the weights and the biases of the layers in float64."""
    coefs, intercepts = (
        tuple(np.asarray(array, dtype=np.float64) for array in ctx.values[name])
        for name in ("coefs_", "intercepts_")
    )
    return coefs, intercepts


def unit_findings(
    coefs: Sequence[np.ndarray],
    constants: Iterable[Mapping[str, np.ndarray]],
    values: Iterable[np.ndarray | None],
) -> Iterator[tuple[str, str]]:
    """Yield a finding for each hidden layer with units that predictions would not miss.

    ``constants`` has for each hidden layer the units that are constant, by the reason; ``values``
    those of its units for each row, where units that are always zero are dead, None elsewhere.
    """
    constant = []
    for i, (reasons, behind) in enumerate(zip(constants, coefs[1:], strict=True), start=1):
        units = np.zeros(len(behind), dtype=bool)
        for reason, found in reasons.items():
            yield from _found(i, found & ~units, f"are constant: {reason}")
            units = units | found
        unread = ~behind.any(axis=1)
        yield from _found(i, unread & ~units, "add nothing: all weights out of them are zero")
        constant.append(units)
    for i, (rows, units) in enumerate(zip(values, constant, strict=False), start=1):
        if rows is not None:
            what = f"are dead: they are zero for each of the {rows.shape[0]:,} rows"
            yield from _found(i, ~units & ~rows.any(axis=0), what)


def without_weights(into: np.ndarray) -> dict[str, np.ndarray]:
    """Return the units of a layer that no weight reaches, by the reason why they are constant."""
    return {"all weights into them are zero": np.logical_not(into.any(axis=0))}


def _found(layer: int, units: np.ndarray, what: str) -> Iterator[tuple[str, str]]:
    if n := int(np.count_nonzero(units)):
        yield "SKP003", f"{n:,} of {len(units):,} units of hidden {layer} {what}"


def forward(sizes: Sequence[int]) -> int:
    """Count the multiply-adds of a sample on its way forwards."""
    return sum(a * b for a, b in pairwise(sizes))


def forward_and_back(sizes: Sequence[int]) -> int:
    """Count those of a sample in training.

    Backwards a sample takes them twice, for the gradient and for the layer below; but no layer is
    below the first.
    """
    return 3 * forward(sizes) - sizes[0] * sizes[1]


def n_split_off(ctx: Context) -> int:
    """Count the rows that early stopping sets aside."""
    stops_early = ctx.params["early_stopping"] and ctx.params["solver"] != "lbfgs"
    return ceil(ctx.params["validation_fraction"] * ctx.data.n_samples) if stops_early else 0


def rows_of_batch(params: Mapping[str, Any], n_training: int) -> int:
    """Count the rows of a batch."""
    size = params["batch_size"]
    return min(200 if size == "auto" else int(size), n_training)
