"""What Specs of several families share: numbers of outputs, multiply-adds, lists of targets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from skparams._records import Cost, Count, DataShape, NotKnown, Unknown
from skparams.specs.spec import Params, Part, Rule

__all__ = [
    "BINARY",
    "MULTILABEL",
    "ONE",
    "if_known",
    "itemsize",
    "orthonormal_columns",
    "row_of",
    "targets_last",
    "without_free",
]


def _of_classifier(data: DataShape, params: Params) -> int:
    """Count the scores that a classifier computes: one where there are two classes."""
    return 1 if data.n_classes <= 2 else data.n_classes


def _of_labels(data: DataShape, params: Params) -> int:
    """Count them where each column of y may be a label of its own."""
    if isinstance(data.targets, int) and data.targets > 1:
        return data.n_outputs
    return _of_classifier(data, params)


BINARY = {"n_outputs": _of_classifier}
MULTILABEL = {"n_outputs": _of_labels}
ONE = {"n_outputs": lambda data, params: 1}


def if_known(count: Callable[[], Count]) -> Count:
    """Return a count, Unknown where it needs what is not known of the data."""
    try:
        return count()
    except NotKnown as error:
        return Unknown(str(error))


def row_of(
    multiply_adds: Callable[[DataShape, Params], Count],
) -> Callable[[DataShape, Params, int], Cost]:
    """Return a Spec's cost, of which only that of predicting one row is known."""

    def cost(data: DataShape, params: Params, n_parameters: int) -> Cost:
        return Cost(predict_macs_per_sample=if_known(lambda: multiply_adds(data, params)))

    return cost


def itemsize(data: DataShape) -> int:
    return 4 if data.dtype == "float32" else 8


def orthonormal_columns(shape: tuple[int, ...], params: Mapping[str, Any]) -> int:
    """Count what is free in orthonormal columns: their lengths and angles are fixed."""
    n, k = shape
    return n * k - k * (k + 1) // 2


def without_free(shape: tuple[int, ...], params: Mapping[str, Any]) -> int:
    """Count nothing: all follows from other parameters or from constants."""
    return 0


def targets_last(*dims: str) -> Rule:
    """Return the rule of an array whose last axis, the targets, is missing where y has one axis.

    Other rules leave leading names out.
    """

    def parts(value: Any) -> Iterator[Part]:
        yield Part("", value, dims[: np.ndim(value)])

    return Rule("parameter", dims, parts=parts)
