"""Activation functions as ONNX nodes.

onnxruntime's CPU has Erf, Softplus, Elu and their kin in float32 only, so these are made of Exp,
Log, Max and Where, which it has in float64 too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from math import sqrt

import numpy as np

from skparams._onnx.graph import Graph
from skparams.neural_network import LEAK, SELU_ALPHA, SELU_SCALE

# An input that is multiplied by a gate is not below this, where the product is 0: runtimes whose
# gate ends at 1e-8 would return large numbers.
_FAR = -100.0
# The normal distribution function left of 0 is exp(-z * z / 2) P(-z) / Q(-z), by Hart et al.,
# Computer Approximations, 1968, no. 5666: highest powers first. Its absolute error is 1e-15.
_P = (
    *(3.52624965998911e-02, 0.700383064443688, 6.37396220353165, 33.912866078383),
    *(112.079291497871, 221.213596169931, 220.206867912376),
)
_Q = (
    *(8.83883476483184e-02, 1.75566716318264, 16.064177579207, 86.7807322029461),
    *(296.564248779674, 637.333633378831, 793.826512519948, 440.413735824752),
)


def _leaky_relu(graph: Graph, Z: str) -> str:
    return graph.add("Max", Z, graph.add("Mul", Z, LEAK))


def _selu(graph: Graph, Z: str) -> str:
    negative = graph.add("Sub", graph.add("Exp", graph.add("Min", Z, 0)), 1)
    negative = graph.add("Mul", negative, SELU_ALPHA)
    values = graph.add("Where", graph.add("Greater", Z, 0), Z, negative)
    return graph.add("Mul", values, SELU_SCALE)


def _gated(graph: Graph, Z: str, gate: str) -> str:
    return graph.add("Mul", graph.add("Max", Z, _FAR), gate)


def _gelu(graph: Graph, Z: str) -> str:
    if graph.dtype == np.float64:
        return _gated(graph, Z, _normal_distribution(graph, Z))
    erf = graph.add("Erf", graph.add("Mul", Z, 1 / sqrt(2)))
    return _gated(graph, Z, graph.add("Mul", graph.add("Add", erf, 1), 0.5))


def _normal_distribution(graph: Graph, Z: str) -> str:
    far = graph.add("Min", graph.add("Abs", Z), -_FAR)
    density = graph.add("Exp", graph.add("Mul", graph.add("Mul", far, far), -0.5))

    def polynomial(coefficients: tuple[float, ...]) -> str:
        first, *others = coefficients
        return reduce(
            lambda value, each: graph.add("Add", graph.add("Mul", value, far), each),
            others,
            graph.constant(first),
        )

    tail = graph.add("Mul", density, graph.add("Div", polynomial(_P), polynomial(_Q)))
    return graph.add("Where", graph.add("Greater", Z, 0), graph.add("Sub", 1, tail), tail)


def _silu(graph: Graph, Z: str) -> str:
    return _gated(graph, Z, graph.add("Sigmoid", Z))


def _mish(graph: Graph, Z: str) -> str:
    U = graph.add("Exp", graph.add("Min", Z, 20))  # above that the gate is 1
    U = graph.add("Mul", U, graph.add("Add", U, 2))
    return _gated(graph, Z, graph.add("Div", U, graph.add("Add", U, 2)))


def _softplus(graph: Graph, Z: str) -> str:
    small = graph.add("Exp", graph.add("Neg", graph.add("Abs", Z)))
    return graph.add("Add", graph.add("Max", Z, 0), graph.add("Log", graph.add("Add", small, 1)))


def increasing(graph: Graph, Z: str, n_outputs: int) -> str:
    """The first column, and what softplus of each further one adds to the column before."""
    is_first = np.arange(n_outputs)[np.newaxis] == 0
    steps = graph.add("Where", is_first, Z, _softplus(graph, Z))
    return graph.add("CumSum", steps, np.array(1))


HIDDEN: dict[str, Callable[[Graph, str], str]] = {
    "identity": lambda graph, Z: Z,
    "logistic": lambda graph, Z: graph.add("Sigmoid", Z),
    "tanh": lambda graph, Z: graph.add("Tanh", Z),
    "relu": lambda graph, Z: graph.add("Relu", Z),
    "leaky_relu": _leaky_relu,
    "selu": _selu,
    "gelu": _gelu,
    "silu": _silu,
    "mish": _mish,
}
OUTPUT: dict[str, Callable[[Graph, str], str]] = {
    "identity": HIDDEN["identity"],
    "logistic": HIDDEN["logistic"],
    "exp": lambda graph, Z: graph.add("Exp", Z),
    "softmax": lambda graph, Z: graph.add("Softmax", Z, axis=1),
}
