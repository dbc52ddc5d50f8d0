"""The blocks of data that is not in memory."""

from typing import Any

from skparams._blocks.dask_rows import DaskBlocks
from skparams._blocks.rows import RowBlocks
from skparams._blocks.stored_rows import StoredBlocks
from skparams._lazy import is_dask, refuse_lazy


def row_blocks(where: str, X: Any, y: Any = None, sample_weight: Any = None) -> RowBlocks:
    """Blocks of X with y and weights cut as X is; errors name what was called, ``where``.

    y and weights are of the kind of X, or in memory.
    """
    if is_dask(X):
        return DaskBlocks(where, X, y, sample_weight)
    hint = "Beside a dataset in a file they are datasets too, or arrays in memory"
    for name, value in (("y", y), ("sample_weight", sample_weight)):
        if is_dask(value):
            refuse_lazy(where, hint, **{name: value})
    return StoredBlocks(where, X, y, sample_weight)
