"""What an example of X tells about the inputs of a graph."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import scipy.sparse as sp

from skparams._lazy import refuse_lazy
from skparams._walk import METHODS, method_of, n_rows

# As skl2onnx names their tensors.
_TENSORS = {
    "float32": "FloatTensorType",
    "float64": "DoubleTensorType",
    "int64": "Int64TensorType",
    "int32": "Int32TensorType",
    "int8": "Int8TensorType",
    "uint8": "UInt8TensorType",
    "bool": "BooleanTensorType",
    "text": "StringTensorType",
}


def check_X(estimator: Any, X: Any) -> Any:
    """Return the first row of X, on which the estimator's own method raises no error."""
    if sp.issparse(X):
        raise TypeError(
            f"to_onnx: X must be dense, as the inputs of an ONNX graph are, got a "
            f"{type(X).__name__}. A dense row is enough: X[:1].toarray()."
        )
    refuse_lazy("to_onnx", "One row is enough", X=X)
    if n_rows("to_onnx", X) == 0:
        raise ValueError("to_onnx: X must have at least one row, got none.")
    if not _is_frame(X):
        X = np.asarray(X)
        if X.ndim != 2:
            raise ValueError(f"to_onnx: X must have two dimensions, got {X.ndim}.")
    row = X[:1]
    name = next((name for name in METHODS if method_of(estimator, name)), None)
    if name is not None:
        with warnings.catch_warnings(action="ignore"):  # of names, for an array without any
            getattr(estimator, name)(row)
    return row


def _is_frame(X: Any) -> bool:
    return hasattr(X, "columns") and hasattr(X, "dtypes")


def initial_types(row: Any) -> list[tuple[str, Any]]:
    """The inputs as skl2onnx names them: X, or one for each column of a DataFrame."""
    if not _is_frame(row):
        return [("X", _tensor_type(row, "X"))]
    return [(str(name), _tensor_type(np.asarray(row[[name]]), name)) for name in row.columns]


def _tensor_type(values: np.ndarray, name: Any) -> Any:
    """skl2onnx's type of a tensor with any number of rows."""
    from skl2onnx.common import data_types

    kind = values.dtype.name
    if values.dtype.kind in "OTU":
        kind = "text" if all(isinstance(value, str) for value in values.flat) else "object"
    if kind not in _TENSORS:
        raise TypeError(
            f"to_onnx: {name!r} has the dtype {values.dtype}, which no input has here. Allowed are "
            f"{', '.join(_TENSORS)}. Convert X, or pass a DataFrame whose columns have these."
        )
    return getattr(data_types, _TENSORS[kind])([None, values.shape[1]])
