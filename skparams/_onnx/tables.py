"""Networks for tables: the encoder, the members and their average as ONNX nodes.

All is computed and rounded in the order of their own `predict`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skparams._onnx.activations import HIDDEN, increasing
from skparams._onnx.errors import NotConvertible
from skparams._onnx.graph import Graph, dtype_of, output_type
from skparams._onnx.network import class_labels
from skparams.neural_network import MAX_SCALED, median_column

_DOUBLE = np.dtype(np.float64)


def table_classifier_shapes(operator: Any) -> None:
    """Set the types of `label` and `probabilities`."""
    from skl2onnx.common.data_types import Int64TensorType, StringTensorType

    model, n_rows = operator.raw_operator, operator.inputs[0].get_first_dimension()
    check_is_fitted(model)
    labels = class_labels(model)
    of_labels = StringTensorType if labels.dtype.kind == "O" else Int64TensorType
    operator.outputs[0].set_type(of_labels([n_rows]))
    operator.outputs[1].set_type(output_type(operator)([n_rows, len(labels)]))


def convert_table_classifier(scope: Any, operator: Any, container: Any) -> None:
    graph, model = Graph(scope, operator, container, _DOUBLE), operator.raw_operator
    Z = graph.add("Div", _mean_decision(graph, model), model.temperature_)
    if len(model.classes_) == 2:
        number = graph.cast(graph.add("Greater", Z, 0), np.int64)
        pair = graph.add("Concat", graph.add("Neg", Z), Z, axis=1)
        proba = graph.add("Sigmoid", pair)
    else:
        number = graph.add("ArgMax", Z, axis=1, keepdims=0)
        proba = graph.add("Softmax", Z, axis=1)
    number = graph.add("Reshape", number, np.array([-1]))
    graph.output(0, graph.add("Gather", class_labels(model), number))
    graph.output(1, proba)


def convert_table_regressor(scope: Any, operator: Any, container: Any) -> None:
    graph, model = Graph(scope, operator, container, _DOUBLE), operator.raw_operator
    Z = _mean_decision(graph, model)
    has_quantiles = hasattr(model, "quantiles_")
    if has_quantiles and model.quantiles_.size > 1:
        Z = increasing(graph, Z, model.quantiles_.size)
        Z = graph.add("Gather", Z, np.argsort(np.argsort(model.quantiles_)), axis=1)
    y = graph.add("Add", graph.add("Mul", Z, model.target_scale_), model.target_mean_)
    if has_quantiles:
        y = _with_offsets(graph, y, model)
    low, high = model.target_range_
    y = graph.add("Min", graph.add("Max", y, low), high)
    if has_quantiles:
        median = np.array([median_column(model.quantiles_)])
        graph.output(0, graph.add("Gather", y, median, axis=1))
    else:
        graph.output(0, y)
    if len(operator.outputs) > 1:
        graph.output(1, y)


def _with_offsets(graph: Graph, y: str, model: Any) -> str:
    """Add the offsets of quantiles, and move outwards those that cross, from the median on."""
    levels = model.quantiles_
    moved = graph.add("Add", y, model.quantile_offsets_)
    order = np.argsort(levels).tolist()
    columns = [graph.add("Gather", moved, np.array([place]), axis=1) for place in order]
    n_below, n_to_median = int(np.sum(levels < 0.5)), int(np.sum(levels <= 0.5))
    last, rising = columns[max(n_to_median - 1, 0)], dict(enumerate(columns))
    for k in range(n_to_median, len(columns)):
        last = rising[k] = graph.add("Max", last, columns[k])
    last = columns[min(n_below, len(columns) - 1)]
    for k in reversed(range(n_below)):
        last = rising[k] = graph.add("Min", last, columns[k])
    return graph.add("Concat", *(rising[k] for k in np.argsort(order)), axis=1)


def _mean_decision(graph: Graph, model: Any) -> str:
    """The mean over members of what their last layer computes, in float64."""
    inputs = graph.cast(_encoded(graph, model), np.float32)
    decisions = [_decision(graph, inputs, member) for member in model.members_]
    total = reduce(lambda first, second: graph.add("Add", first, second), decisions)
    return graph.add("Div", total, len(decisions))


def _decision(graph: Graph, A: str, member: Any) -> str:
    """The decision of a member: products in float64, which are rounded to float32."""
    single = graph.in_dtype(np.float32)
    coefs = [member.input_scale_[:, np.newaxis] * member.coefs_[0], *member.coefs_[1:]]
    for i, (coef, intercept) in enumerate(zip(coefs, member.intercepts_, strict=True)):
        if i > 0:
            A = HIDDEN[member.activation](single, A)
        Z = graph.add("MatMul", graph.cast(A, np.float64), coef.astype(np.float64))
        A = graph.cast(graph.add("Add", Z, intercept.astype(np.float64)), np.float32)
    return graph.cast(A, np.float64)


def _encoded(graph: Graph, model: Any) -> str:
    """What the encoder makes of the features, in float64."""
    encoder, is_categorical = model.encoder_, model.encoder_.is_categorical_
    parts: list[str] = []
    if not is_categorical.all():
        X = _numbers(graph, model, np.flatnonzero(~is_categorical))
        parts += _encoded_numbers(graph, X, encoder)
    places = np.flatnonzero(is_categorical).tolist()
    for place, categories in zip(places, encoder.categories_, strict=True):
        if categories.size:
            parts.append(_encoded_categories(graph, model, place, categories))
    return graph.add("Concat", *parts, axis=1)


def _encoded_numbers(graph: Graph, X: str, encoder: Any) -> Iterator[str]:
    """Numbers in interquartile ranges from the median, squashed; then what tells missing ones."""
    is_constant = encoder.scales_ == 0
    missing = graph.add("IsNaN", X)
    x = graph.add("Div", graph.add("Sub", X, encoder.medians_), encoder.scales_ + is_constant)
    x = graph.add("Min", graph.add("Max", x, -MAX_SCALED), MAX_SCALED)
    third = graph.add("Div", x, 3)
    root = graph.add("Sqrt", graph.add("Add", graph.add("Mul", third, third), 1))
    unknown = graph.add("Or", missing, is_constant)
    yield graph.add("Where", unknown, 0, graph.add("Div", x, root))
    if encoder.has_missing_.any():
        flags = graph.add("Gather", missing, np.flatnonzero(encoder.has_missing_), axis=1)
        yield graph.add("Where", flags, 1, -1)


def _encoded_categories(graph: Graph, model: Any, place: int, categories: np.ndarray) -> str:
    """A column for each category, or for two of them one that is -1 and 1."""
    if categories.dtype.kind in "OU":
        codes, values = _codes(graph, model, place, categories), np.arange(categories.size)
    else:
        codes, values = _numbers(graph, model, np.array([place])), categories
    is_value = graph.add("Equal", codes, values[np.newaxis].astype(np.float64))
    columns = graph.cast(is_value, np.float64)
    if categories.size == 2:
        return graph.add("MatMul", columns, np.array([[-1.0], [1.0]]))
    return columns


def _codes(graph: Graph, model: Any, place: int, categories: np.ndarray) -> str:
    """The places of strings among the categories, -1 if they are none of them."""
    ((variable, inside),) = graph.columns([place])
    if dtype_of(variable) is not None:
        raise NotConvertible(model, f"it has strings in column {place}, where X has numbers.")
    strings = graph.add("Gather", variable.full_name, np.array(inside), axis=1)
    codes = graph.add(
        "LabelEncoder", strings, domain="ai.onnx.ml", keys_strings=categories.tolist(),
        values_int64s=list(range(categories.size)), default_int64=-1,
    )  # fmt: skip
    return graph.cast(codes, np.float64)


def _numbers(graph: Graph, model: Any, places: np.ndarray) -> str:
    """Columns of the features as numbers in float64."""
    parts = []
    for variable, inside in graph.columns(places.tolist()):
        if dtype_of(variable) is None:
            raise NotConvertible(
                model, "it has numbers in columns where X has text. Convert these columns of X."
            )
        values = graph.cast(variable.full_name, np.float64)
        parts.append(graph.add("Gather", values, np.array(inside), axis=1))
    return parts[0] if len(parts) == 1 else graph.add("Concat", *parts, axis=1)
