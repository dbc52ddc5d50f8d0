"""Principal component analysis as ONNX nodes."""

from __future__ import annotations

from typing import Any

import numpy as np

from skparams._onnx.errors import NotConvertible
from skparams._onnx.graph import Graph, input_dtype, output_type


def check_pca(pca: Any) -> None:
    """Raise an error if a PCA is not fitted or fills missing values."""
    pca._check_fitted()
    if pca._fills:
        raise NotConvertible(
            pca,
            f"with missing={pca.missing!r}, transform computes the expected values of each row's "
            "own missing features. Impute them by a step before, and set missing=None.",
        )


def pca_shapes(operator: Any) -> None:
    """Set the type of the scores."""
    pca = operator.raw_operator
    check_pca(pca)
    n_rows = operator.inputs[0].get_first_dimension()
    operator.outputs[0].set_type(output_type(operator)([n_rows, len(pca.components_)]))


def convert_pca(scope: Any, operator: Any, container: Any) -> None:
    """Subtract the mean in float64 before the product, as transform does."""
    pca, dtype = operator.raw_operator, input_dtype(operator)
    graph = Graph(scope, operator, container, dtype)
    centered = graph.add("Sub", graph.input(np.float64), pca.mean_.astype(np.float64))
    if dtype != np.float64:
        centered = graph.cast(centered, dtype)
    axes = (pca.components_ / pca._units()).T.astype(dtype)
    scores = graph.add("MatMul", centered, axes)
    if pca.whiten:
        scores = graph.add("Div", scores, pca._whitener().astype(dtype))
    graph.output(0, scores)
