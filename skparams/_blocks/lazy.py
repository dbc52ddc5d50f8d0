"""Methods of fitted models on Dask arrays: what each block gives, computed when it is needed."""

import copy
import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import numpy as np

from skparams._blocks.dask_rows import dask_rows, names_of
from skparams._blocks.rows import naming_block
from skparams._lazy import is_dask
from skparams._runtime import one_thread

Method = TypeVar("Method", bound=Callable[..., Any])


def lazy_rows(method: Method) -> Method:
    """Let a method with a result for each row return a Dask array for one."""

    @wraps(method)
    def wrapper(self: Any, X: Any, *args: Any, **kwargs: Any) -> Any:
        if is_dask(X):
            return map_rows(self, method.__name__, X, *args, **kwargs)
        return method(self, X, *args, **kwargs)

    return wrapper  # type: ignore[return-value]


def map_rows(model: Any, method: str, X: Any, *args: Any, **kwargs: Any) -> Any:
    """A Dask array of what a method returns for each block of X, none of which is computed here.

    A row of zeros shows its shape and dtype, and arguments that are not valid. Later changes of the
    model do not change the result.
    """
    import dask

    rows = dask_rows(f"{type(model).__name__}.{method}", X)
    row = np.zeros((1, rows.shape[1]), rows.dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = np.asarray(getattr(model, method)(_named(row, X), *args, **kwargs))
    nameless = copy.copy(model)
    vars(nameless).pop("feature_names_in_", None)  # which blocks do not have
    return rows.map_blocks(
        _rows_of_block,
        dask.delayed(nameless, traverse=False),
        method,
        args,
        kwargs,
        found[:0],
        dtype=found.dtype,
        chunks=(rows.chunks[0], *((n,) for n in found.shape[1:])),
        drop_axis=[1] if found.ndim == 1 else [],
        new_axis=list(range(2, found.ndim)),
        meta=found[:0],
    )


def _named(row: np.ndarray, X: Any) -> Any:
    """The row with the names of the columns of X, for comparison with those of fit."""
    if names_of(X) is None:
        return row
    import pandas as pd

    return pd.DataFrame(row, columns=list(X.columns))


def _rows_of_block(
    block: Any,
    model: Any,
    method: str,
    args: tuple,
    kwargs: dict[str, Any],
    empty: np.ndarray,
    block_id: tuple[int, ...] = (0,),
) -> np.ndarray:
    if not block.shape[0]:
        return empty
    with naming_block(block_id[0]), one_thread():
        return np.asarray(getattr(model, method)(block, *args, **kwargs))
