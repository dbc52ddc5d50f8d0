"""Blocks of rows of a Dask array or frame, on the workers."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import numpy as np
from sklearn.utils import check_consistent_length

from skparams._blocks.rows import Block, Declared, Merge, RowBlocks, Work, merged, naming_block
from skparams._lazy import is_dask, kind_of, refuse_lazy
from skparams._runtime import one_thread


class DaskBlocks(RowBlocks):
    """The chunks of rows; columns that are in several chunks are joined."""

    def __init__(self, where: str, X: Any, y: Any, sample_weight: Any) -> None:
        self.feature_names = names_of(X)
        self._rows = rows = dask_rows(where, X)
        self.declared = Declared(where, int(rows.shape[1]), np.dtype(rows.dtype))
        self._clients = clients_of(X=rows, y=y, sample_weight=sample_weight)
        self._X = _delayed_blocks(rows)
        self._y = self._cut("y", y)
        self._weight = self._cut("sample_weight", sample_weight)

    def __len__(self) -> int:
        return len(self._X)

    def __getitem__(self, number: Any) -> Block:
        import dask

        number = range(len(self))[number]
        with naming_block(number), self._naming_lost():
            parts = dask.compute(self._X[number], self._y[number], self._weight[number])
            return self.declared.checked(number, *parts)

    def reduce(self, work: Work, merge: Merge, common: Any = None) -> Any:
        import dask

        one = dask.delayed(_on_worker, pure=False, traverse=False)
        join = dask.delayed(merged, pure=False, traverse=False)
        if common is not None:  # once for each worker
            common = dask.delayed(common, traverse=False)
        declared = dask.delayed(self.declared, traverse=False)
        parts = [
            one(work, declared, number, X, weight, common)
            for number, (X, weight) in enumerate(zip(self._X, self._weight, strict=True))
        ]
        while len(parts) > 1:
            pairs = zip(parts[::2], parts[1::2], strict=False)
            last = parts[-1:] if len(parts) % 2 else []
            parts = [join(merge, *pair) for pair in pairs] + last
        with self._naming_lost():
            return parts[0].compute()

    def _naming_lost(self) -> AbstractContextManager[None]:
        return naming_lost(self.declared.where, self._clients)

    def _cut(self, name: str, values: Any) -> list[Any]:
        """Values of each block: Dask's in blocks as those of X, others cut at these."""
        if values is None:
            return [None] * len(self)
        chunks = self._rows.chunks[0]
        if not is_dask(values):
            refuse_lazy(
                self.declared.where,
                f"Beside a Dask X, {name} is Dask's or in memory",
                **{name: values},
            )
            lengths = self._lengths(chunks)
            values = np.asarray(values)
            check_consistent_length(values, np.empty((sum(lengths), 0)))
            return np.split(values, np.cumsum(lengths)[:-1])
        values = _array(self.declared.where, name, values)
        if values.ndim > 1 and values.numblocks[1] > 1:
            values = values.rechunk({1: -1})
        if values.chunks[0] != chunks:
            if not (np.isnan(values.shape[0]) or np.isnan(self._rows.shape[0])):
                check_consistent_length(_Shape(self._rows), _Shape(values))
                values = values.rechunk({0: chunks})
            elif values.numblocks[0] != len(self):
                raise ValueError(
                    f"{self.declared.where}: {name} has {values.numblocks[0]} blocks of rows, but "
                    f"X has {len(self)}, and how many rows are in each is not known. Call "
                    "compute_chunk_sizes() of both."
                )
        return _delayed_blocks(values)

    def _lengths(self, chunks: tuple) -> list[int]:
        """How many rows each block has, computed where Dask does not know it."""
        if not np.isnan(chunks).any():
            return list(chunks)
        import dask

        n_rows = dask.delayed(_n_rows, pure=False)
        with self._naming_lost():
            return list(dask.compute(*[n_rows(block) for block in self._X]))


def clients_of(**arrays: Any) -> dict[str, list[Any]]:
    """The clients that hold results of each argument."""
    found: dict[str, list[Any]] = {}
    if "distributed" in sys.modules:
        for name, array in arrays.items():
            graph = dict(array.__dask_graph__()) if is_dask(array) else {}
            clients = (getattr(value, "client", None) for value in graph.values())
            found[name] = list({id(client): client for client in clients}.values())
    return found


@contextmanager
def naming_lost(where: str, clients: dict[str, list[Any]]) -> Iterator[None]:
    """RuntimeError that names the argument whose blocks are lost with a closed client.

    Dask names their keys only, or waits for them without an end.
    """
    _check_lost(where, clients)
    try:
        yield
    except Exception as error:
        _check_lost(where, clients, error)
        raise


def _check_lost(where: str, clients: dict[str, list[Any]], error: Exception | None = None) -> None:
    for name, holders in clients.items():
        if any(getattr(client, "status", "") == "closed" for client in holders):
            raise RuntimeError(
                f"{where}: {name} has results of a Dask client that is closed, and these are "
                f"lost. Keep the client open until the fit has ended, or make {name} anew."
            ) from error


class _Shape:
    """What scikit-learn compares lengths of, without computing it."""

    def __init__(self, array: Any) -> None:
        self.shape = (int(array.shape[0]),)


def _n_rows(block: Any) -> int:
    return block.shape[0]


def _on_worker(
    work: Work, declared: Declared, number: int, X: Any, weight: Any, common: Any
) -> Any:
    """The result of a block. Dask runs a block for each thread of a worker."""
    X, _, weight = declared.checked(number, X, None, weight)
    if not X.shape[0]:
        return None
    with naming_block(number), one_thread():
        return work(number, X, weight, common)


def names_of(X: Any) -> np.ndarray | None:
    """Names of the columns of a frame, as scikit-learn takes them."""
    if not hasattr(type(X), "columns") or not all(isinstance(name, str) for name in X.columns):
        return None
    return np.asarray(X.columns, dtype=object)


def dask_rows(where: str, X: Any) -> Any:
    """X as a Dask array of rows, each block of which has all columns."""
    X = _array(where, "X", X)
    if X.ndim != 2:
        raise ValueError(f"{where}: Expected 2D array, got {X.ndim}D array instead.")
    if np.isnan(X.shape[1]):
        raise ValueError(
            f"{where}: how many columns X has is not known. Call X.compute_chunk_sizes()."
        )
    if X.shape[1] == 0:
        raise ValueError(
            f"{where}: Found array with 0 feature(s) while a minimum of 1 is required."
        )
    return X if X.numblocks[1] == 1 else X.rechunk({1: -1})


def _array(where: str, name: str, values: Any) -> Any:
    """A collection of Dask's as its array."""
    cls = type(values)  # a delayed object has every attribute
    if hasattr(cls, "to_dask_array"):
        values = (_of_one_dtype(values) if values.ndim == 2 else values).to_dask_array()
    elif not (hasattr(cls, "numblocks") and hasattr(cls, "to_delayed")):
        raise TypeError(
            f"{where}: {name} is {kind_of(values)}, but must be a Dask array or frame. "
            "dask.array.from_delayed makes an array of delayed blocks."
        )
    return values


def _of_one_dtype(frame: Any) -> Any:
    """A frame of numbers in the dtype that scikit-learn finds for its columns.

    Blocks of columns of several dtypes, as bool beside float, would be of objects.
    """
    dtypes = list(frame.dtypes)
    # Nullable integers of pandas may have gaps, which are NaN.
    plain = [dtype if isinstance(dtype, np.dtype) else np.dtype(float) for dtype in dtypes]
    is_number = [getattr(dtype, "kind", "O") in "biuf" for dtype in dtypes]
    if (len(set(dtypes)) == 1 and dtypes == plain) or not all(is_number):
        return frame
    return frame.astype(np.result_type(*plain))


def _delayed_blocks(array: Any) -> list[Any]:
    """Each block of rows, to be computed."""
    return list(array.to_delayed().ravel())
