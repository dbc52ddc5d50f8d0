"""Multi-layer perceptrons: what skl2onnx needs to know of their outputs, and their graphs."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skparams._onnx.activations import HIDDEN, OUTPUT, increasing
from skparams._onnx.errors import NotConvertible
from skparams._onnx.graph import Graph, input_dtype, output_type
from skparams.neural_network import EPSILON, normalization_of


def regressor_outputs(scope: Any, model: Any, inputs: Any, custom_parsers: Any = None) -> Any:
    """Declare the outputs: `variable`, and with the loss 'quantile' `quantiles`."""
    from skl2onnx import get_model_alias
    from skl2onnx.common.data_types import guess_tensor_type

    check_is_fitted(model)
    operator = scope.declare_local_operator(get_model_alias(type(model)), model)
    operator.inputs = inputs
    names = ["variable", "quantiles"] if hasattr(model, "quantiles_") else ["variable"]
    for name in names:
        variable = scope.declare_local_variable(name, guess_tensor_type(inputs[0].type))
        operator.outputs.append(variable)
    return operator.outputs


def regressor_shapes(operator: Any) -> None:
    """Set the types of the outputs, of which a meta-estimator takes the first only."""
    mlp, n_rows = operator.raw_operator, operator.inputs[0].get_first_dimension()
    check_is_fitted(mlp)
    network = mlp.members_[0] if hasattr(mlp, "members_") else mlp  # of a table, or one
    n_outputs = network.intercepts_[-1].size
    columns = [1, n_outputs] if hasattr(mlp, "quantiles_") else [n_outputs]
    for output, n_columns in zip(operator.outputs, columns, strict=False):
        output.set_type(output_type(operator)([n_rows, n_columns]))


def convert_regressor(scope: Any, operator: Any, container: Any) -> None:
    mlp, graph = operator.raw_operator, _graph(scope, operator, container)
    values = _output_values(graph, mlp)
    predicted = values
    if mlp.out_activation_ == "increasing":
        columns = np.arange(mlp.quantiles_.size)[np.newaxis]
        predicted = graph.add("Gather", values, mlp._predictions(columns)[0], axis=1)
    graph.output(0, predicted)
    if len(operator.outputs) > 1:
        order = np.argsort(np.argsort(mlp.quantiles_))  # the network has them by ascending levels
        graph.output(1, graph.add("Gather", values, order, axis=1))


def classifier_shapes(operator: Any) -> None:
    """Set the types of `label` and `probabilities`."""
    from skl2onnx.common.data_types import Int64TensorType, StringTensorType

    mlp, n_rows = operator.raw_operator, operator.inputs[0].get_first_dimension()
    check_is_fitted(mlp)
    labels, n_outputs = class_labels(mlp), mlp.intercepts_[-1].size
    of_labels = StringTensorType if labels.dtype.kind in "OU" else Int64TensorType
    operator.outputs[0].set_type(of_labels([n_rows, n_outputs] if _multilabel(mlp) else [n_rows]))
    operator.outputs[1].set_type(output_type(operator)([n_rows, max(n_outputs, 2)]))


def convert_classifier(scope: Any, operator: Any, container: Any) -> None:
    mlp, graph = operator.raw_operator, _graph(scope, operator, container)
    values, labels = _output_values(graph, mlp), class_labels(mlp)
    proba = values
    if mlp.intercepts_[-1].size == 1:
        proba = graph.add("Concat", graph.add("Sub", 1, values), values, axis=1)
    if mlp.out_activation_ == "softmax":
        number = graph.add("ArgMax", values, axis=1, keepdims=0)
    else:
        number = graph.cast(graph.add("Greater", values, 0.5), np.int64)
    if not _multilabel(mlp):
        if len(labels) == 1:  # of one class in training, nothing else is predicted
            labels = np.repeat(labels, 2)
        number = graph.add("Gather", labels, graph.add("Reshape", number, np.array([-1])))
    graph.output(0, number)
    graph.output(1, proba)


def class_labels(mlp: Any) -> np.ndarray:
    """The classes as ONNX has them: text, or int64, in which False and True are 0 and 1."""
    classes = np.asarray(mlp.classes_)
    values = classes.tolist()
    if all(isinstance(value, str) for value in values):
        return np.array(values, dtype=object)
    try:
        labels = classes.astype(np.int64)
    except (TypeError, ValueError, OverflowError):
        labels = np.zeros(0, np.int64)
    if labels.shape != classes.shape or not (labels == classes).all():
        raise NotConvertible(
            mlp,
            "its class labels must all be text or all be integers that fit in int64, "
            f"got {values[:10]!r}.",
        )
    return labels


def _multilabel(mlp: Any) -> bool:
    return mlp._label_binarizer.y_type_.startswith("multilabel")


def _graph(scope: Any, operator: Any, container: Any) -> Graph:
    """A graph that computes in the wider of the dtypes of the features and the weights."""
    mlp = operator.raw_operator
    dtype = np.result_type(input_dtype(operator), *mlp.coefs_, *mlp.intercepts_)
    return Graph(scope, operator, container, dtype)


def _output_values(graph: Graph, mlp: Any) -> str:
    """The values of the output layer, in the order of operations of `predict`."""
    A, n_hidden = graph.input(), len(mlp.coefs_) - 1
    for i, activation in enumerate(mlp._hidden_activations(n_hidden)):
        A = HIDDEN[activation](graph, _unit_inputs(graph, A, mlp, i, normalization_of(mlp)))
    Z = _unit_inputs(graph, A, mlp, n_hidden, None)
    if mlp.out_activation_ == "increasing":
        return increasing(graph, Z, mlp.intercepts_[-1].size)
    return OUTPUT[mlp.out_activation_](graph, Z)


def _unit_inputs(graph: Graph, A: str, mlp: Any, i: int, normalization: str | None) -> str:
    """What the activation of layer i gets, where A are the values of the layer before."""
    dtype = graph.dtype
    Z = graph.add("MatMul", A, mlp.coefs_[i].astype(dtype))
    if normalization == "batch":  # not a part of the bias, where large means would lose digits
        gains = mlp.gains_[i] / np.sqrt(mlp.running_variances_[i] + dtype.type(EPSILON))
        Z = graph.add("Sub", Z, mlp.running_means_[i].astype(dtype))
        Z = graph.add("Mul", Z, gains.astype(dtype))
    elif normalization == "layer":
        Z = graph.add("Sub", Z, graph.row_means(Z))
        variances = graph.row_means(graph.add("Mul", Z, Z))
        deviations = graph.add("Sqrt", graph.add("Add", variances, EPSILON))
        Z = graph.add("Mul", Z, graph.add("Div", mlp.gains_[i].astype(dtype), deviations))
    return graph.add("Add", Z, mlp.intercepts_[i].astype(dtype))
