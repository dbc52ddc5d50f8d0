"""Data that is not in memory, given to methods of the networks."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from types import SimpleNamespace
from typing import Any, TypeVar

import numpy as np
from sklearn.base import is_classifier

from skparams._blocks import clients_of, naming_lost, row_blocks
from skparams._lazy import is_dask, is_stored, refuse_lazy
from skparams.neural_network._out_of_core.reading import BlockReader

Method = TypeVar("Method", bound=Callable[..., Any])


def in_memory(values: Any) -> Any:
    """Values of Dask's or of a file as an array, and others as they are."""
    if is_dask(values):
        return values.compute()
    return values[()] if is_stored(values) else values


def lazy_reader(mlp: Any, X: Any, y: Any, sample_weight: Any) -> tuple[BlockReader, Any]:
    """The blocks of rows of X with their targets, and all labels of a classifier's targets."""
    where = f"{type(mlp).__name__}.fit"
    if y is None:
        raise ValueError(f"{where} requires y to be passed, but the target y is None.")
    blocks = row_blocks(where, X, y, sample_weight)
    reader = BlockReader(where, blocks, names=blocks.feature_names)
    with naming_lost(where, clients_of(y=y)):
        return reader, _labels(y) if is_classifier(mlp) else None


def _labels(y: Any) -> np.ndarray | None:
    """The values of a column, sorted; None for several columns."""
    if is_dask(y):
        import dask.array as da

        y = y.to_dask_array() if hasattr(y, "to_dask_array") else y
        y = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
        labels = np.asarray(da.unique(y)) if y.ndim == 1 else None
    else:
        y = np.asarray(in_memory(y))
        y = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
        labels = np.unique(y) if y.ndim == 1 else None
    if labels is not None and labels.dtype.kind == "f":
        labels = labels[~np.isnan(labels)]  # the block that has it is an error
    return labels


def lazy_score(score: Method) -> Method:
    """Let a mixin's score take a Dask X, of which only predictions are computed."""

    @wraps(score)
    def wrapper(self: Any, X: Any, y: Any, sample_weight: Any = None) -> float:
        if not is_dask(X):
            where = f"{type(self).__name__}.score"
            refuse_lazy(where, "Or make X one too", y=y, sample_weight=sample_weight)
            return score(self, X, y, sample_weight)
        predictions = np.asarray(self.predict(X))
        predicted = SimpleNamespace(predict=lambda X: predictions)
        return score(predicted, None, in_memory(y), in_memory(sample_weight))

    return wrapper  # type: ignore[return-value]
