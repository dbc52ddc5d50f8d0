"""scikit-learn's scalers and its imputer as ONNX nodes, in place of skl2onnx's.

Those round means to float32 for features in float32, at a mean of 1e5 by 4e-3, and fill missing
values by an operator that onnxruntime does not have in float64.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler

from skparams._onnx.errors import NotConvertible
from skparams._onnx.graph import Graph, dtype_of, input_dtype, source_dtype

Step = tuple[str, Any]


def _standard(scaler: Any) -> Iterator[Step]:
    if scaler.with_mean:
        yield "Sub", scaler.mean_
    if scaler.with_std:
        yield "Div", scaler.scale_


def _robust(scaler: Any) -> Iterator[Step]:
    if scaler.with_centering:
        yield "Sub", scaler.center_
    if scaler.with_scaling:
        yield "Div", scaler.scale_


def _min_max(scaler: Any) -> Iterator[Step]:
    yield "Mul", scaler.scale_
    yield "Add", scaler.min_
    if scaler.clip:
        yield from _clip(*scaler.feature_range)


def _max_abs(scaler: Any) -> Iterator[Step]:
    yield "Div", scaler.scale_
    if getattr(scaler, "clip", False):  # from scikit-learn 1.8 on
        yield from _clip(-1, 1)


def _clip(low: float, high: float) -> Iterator[Step]:
    yield "Max", np.float64(low)
    yield "Min", np.float64(high)


_STEPS: dict[type, Callable[[Any], Iterator[Step]]] = {
    StandardScaler: _standard,
    RobustScaler: _robust,
    MinMaxScaler: _min_max,
    MaxAbsScaler: _max_abs,
}


def convert_scaler(scope: Any, operator: Any, container: Any) -> None:
    """Round after each step as scikit-learn does, which computes in float64 but for one class."""
    scaler, dtype = operator.raw_operator, input_dtype(operator)
    graph = Graph(scope, operator, container, dtype)
    in_own_dtype = (
        type(scaler) is StandardScaler
        and source_dtype(operator) == np.float32
        and _standardizes_in_own_dtype()
    )
    values = graph.input()
    for op, constant in _STEPS[type(scaler)](scaler):
        if dtype == np.float64 or in_own_dtype:
            values = graph.add(op, values, np.asarray(constant, dtype))
        else:
            wide = graph.add(op, graph.cast(values, np.float64), np.asarray(constant, np.float64))
            values = graph.cast(wide, dtype)
    graph.output(0, values)


@cache
def _standardizes_in_own_dtype() -> bool:
    """Whether StandardScaler rounds its mean to the dtype of X, as from scikit-learn 1.9 on."""
    scaler = StandardScaler().fit([[1e8 + 1], [1e8 + 3]])
    return bool(scaler.transform(np.array([[1e8]], np.float32))[0, 0] == 0)


def convert_imputer(scope: Any, operator: Any, container: Any) -> None:
    """Fill floating-point numbers; skl2onnx fills integers and text."""
    from skl2onnx.common._registration import get_converter

    imputer, missing = operator.raw_operator, operator.raw_operator.missing_values
    if imputer.add_indicator or not all(value == value for value in imputer.statistics_):
        raise NotConvertible(
            imputer, "with add_indicator=True, or features without any value, columns change."
        )
    if any(dtype_of(each) not in (np.float32, np.float64) for each in operator.inputs):
        get_converter(operator.type)(scope, operator, container)
        return
    graph = Graph(scope, operator, container, input_dtype(operator))
    X = graph.input()
    is_missing = graph.add("IsNaN", X) if missing != missing else graph.add("Equal", X, missing)
    graph.output(0, graph.add("Where", is_missing, imputer.statistics_.astype(graph.dtype), X))


CONVERTERS = {**dict.fromkeys(_STEPS, convert_scaler), SimpleImputer: convert_imputer}
