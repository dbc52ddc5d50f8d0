"""What a fitted PCA makes of rows that are not in memory."""

import copy
from typing import Any

import numpy as np

from skparams._blocks import map_rows, naming_block, row_blocks
from skparams._compat import transform_output
from skparams._lazy import is_dask, kind_of, refuse_lazy

# What only a stream needs, as it goes on; the other attributes are computed from it.
OF_STREAM = ("scatter_", "_shift", "_offset", "_eps", "_weight", "_n_positive_weights")


def by_rows(model: Any, method: str, X: Any) -> Any:
    """What a method returns for rows that are not in memory: a Dask array, or, of a file, an array.

    None of Dask's blocks is computed here. Those of a file are read one by one.
    """
    name = f"{type(model).__name__}.{method}"
    if method == "inverse_transform" and not is_dask(X):  # the result may be as large as the file
        refuse_lazy(name, "Call it with slices of rows, or with dask.array.from_array(X)", X=X)
    model = copy.copy(model)
    for attribute in OF_STREAM:
        vars(model).pop(attribute, None)  # workers do not need it, and a scatter is large
    if is_dask(X):
        return map_rows(model, method, X)
    blocks, parts = row_blocks(name, X), []
    for number in range(len(blocks)):
        rows, _, _ = blocks[number]
        with naming_block(number):
            parts.append(getattr(model, method)(rows))
        del rows  # before the next block is read
    return np.concatenate(parts)


def refuse_frames(model: Any, X: Any) -> None:
    """TypeError if ``set_output`` wants a frame of what stays a Dask array."""
    container = transform_output(model)
    if is_dask(X) and container != "default":
        raise TypeError(
            f"{type(model).__name__}: set_output(transform={container!r}) would load the result "
            f"for {kind_of(X)}, which is a Dask array. Call set_output(transform='default'), and "
            "make a frame with dask.dataframe.from_dask_array, or of what compute() returns."
        )
