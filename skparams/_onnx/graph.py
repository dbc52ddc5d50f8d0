"""One estimator's part of an ONNX graph, built in the dtype that its predictions have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

# As skl2onnx names the types of tensors; int8 and smaller numbers are exact in float32.
_DTYPES = {
    "FloatTensorType": np.float32,
    "DoubleTensorType": np.float64,
    "Int64TensorType": np.int64,
    "Int32TensorType": np.int32,
    "Int8TensorType": np.int8,
    "UInt8TensorType": np.uint8,
    "BooleanTensorType": np.bool_,
}


class Graph:
    """Nodes of one estimator, added to skl2onnx's container.

    Arguments of `add` are names of tensors, arrays, or numbers in `dtype`.
    """

    def __init__(self, scope: Any, operator: Any, container: Any, dtype: np.dtype) -> None:
        self._scope, self._operator, self._container = scope, operator, container
        self.dtype = np.dtype(dtype)

    def in_dtype(self, dtype: Any) -> Graph:
        """The same graph, whose numbers are of another dtype."""
        return Graph(self._scope, self._operator, self._container, dtype)

    def add(self, op: str, *arguments: Any, domain: str = "", **attributes: Any) -> str:
        """Add a node, and return the name of its output."""
        name = self._scope.get_unique_variable_name(op.lower())
        inputs = [each if isinstance(each, str) else self.constant(each) for each in arguments]
        node = self._scope.get_unique_operator_name(op)
        self._container.add_node(op, inputs, name, op_domain=domain, name=node, **attributes)
        return name

    def constant(self, value: Any) -> str:
        """Add an array, or a number in the graph's dtype, as a constant."""
        from onnx import TensorProto
        from onnx.numpy_helper import from_array

        array = value if isinstance(value, np.ndarray) else np.asarray(value, self.dtype)
        name = self._scope.get_unique_variable_name("constant")
        if array.dtype.kind == "O":
            texts = [text.encode() for text in array]
            self._container.add_initializer(name, TensorProto.STRING, array.shape, texts)
        else:
            self._container.add_initializer(name, None, None, from_array(array))
        return name

    def cast(self, name: str, dtype: Any) -> str:
        from onnx.helper import np_dtype_to_tensor_dtype

        return self.add("Cast", name, to=np_dtype_to_tensor_dtype(np.dtype(dtype)))

    def row_means(self, name: str) -> str:
        if self._container.target_opset_any_domain("") < 18:
            return self.add("ReduceMean", name, axes=[1])
        return self.add("ReduceMean", name, np.array([1]))

    def input(self, dtype: Any = None) -> str:
        """The features, as one tensor of a dtype, by default the graph's."""
        dtype = self.dtype if dtype is None else np.dtype(dtype)
        columns = [
            each.full_name if dtype_of(each) == dtype else self.cast(each.full_name, dtype)
            for each in self._operator.inputs
        ]
        return columns[0] if len(columns) == 1 else self.add("Concat", *columns, axis=1)

    def columns(self, places: list[int]) -> Iterator[tuple[Any, list[int]]]:
        """Yield the inputs with some columns of the features, and which of theirs these are."""
        start = 0
        for each in self._operator.inputs:
            stop = start + each.type.shape[1]
            inside = [place - start for place in places if start <= place < stop]
            if inside:
                yield each, inside
            start = stop

    def output(self, number: int, name: str) -> None:
        """Make a tensor one of the estimator's outputs, in the type that was declared."""
        output = self._operator.outputs[number]
        declared = dtype_of(output)
        if declared is not None and declared.kind == "f" and declared != self.dtype:
            name = self.cast(name, declared)
        self._container.add_node("Identity", name, output.full_name, op_domain="")


def dtype_of(variable: Any) -> np.dtype | None:
    """The dtype of a tensor of skl2onnx; None of text."""
    for cls in type(variable.type).__mro__:
        if cls.__name__ in _DTYPES:
            return np.dtype(_DTYPES[cls.__name__])
    return None


def input_dtype(operator: Any) -> np.dtype:
    """What scikit-learn would convert the features to: float32 if that has all, else float64."""
    return _common_dtype(operator, [dtype_of(each) for each in operator.inputs])


def source_dtype(operator: Any) -> np.dtype:
    """The same, where skl2onnx has merged columns: of the columns, before they were cast."""
    return _common_dtype(operator, [d for each in operator.inputs for d in _sources(each)])


def _sources(variable: Any) -> Iterator[np.dtype | None]:
    makers = [op for op in variable.operators_outputs_ if op.type == "SklearnConcat"]
    if not makers:
        yield dtype_of(variable)
    for maker in makers:
        for each in maker.inputs:
            yield from _sources(each)


def _common_dtype(operator: Any, dtypes: list[np.dtype | None]) -> np.dtype:
    known = [dtype for dtype in dtypes if dtype is not None]
    if len(known) < len(dtypes):
        raise TypeError("its features must be numbers, but the graph passes it text.")
    is_single = np.result_type(*known) == np.float32
    return np.dtype(np.float32 if is_single else np.float64)


def output_type(operator: Any) -> Any:
    """The type of floating-point outputs, by skl2onnx's convention: double if an input is."""
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType

    doubles = any(dtype_of(each) == np.float64 for each in operator.inputs)
    return DoubleTensorType if doubles else FloatTensorType
