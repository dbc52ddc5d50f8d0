"""The training samples, and the order in which epochs take them.

Kernels take samples as they are, or copied some rows at a time.
"""

import copy
from contextlib import suppress
from typing import Any, TypedDict

import numpy as np
import scipy.sparse as sp

# Bytes that copies of rows may take at a time, at least.
MIN_COPIED = 2**16


class TrainingSamples:
    """X, targets and weights of any dtype and layout; ``weight`` is None for weights of 1.

    A kernel is compiled for one type of each array. X is passed as it is if X or its transpose has
    this type. Else its rows are copied, as targets and weights always are, but not all at once.
    """

    def __init__(self, X: Any, Y: np.ndarray, weight: np.ndarray | None, dtype: np.dtype):
        self.n_samples = X.shape[0]
        self._X, self._Y, self._weight, self._dtype = X, Y, weight, dtype
        self._arrays = _kernel_arrays(X) if _fits(X, dtype) else None
        weights_sum = self.n_samples if weight is None else weight.sum(dtype=np.float64)
        self.total_weight = float(weights_sum)

    def rows_within(self, n_bytes: int) -> int:
        """Number of rows of which the copies take about so many bytes."""
        X, Y, itemsize = self._X, self._Y, self._dtype.itemsize
        size = itemsize * (self.n_samples + Y.size) + (0 if _is_plain(Y, self._dtype) else Y.nbytes)
        if self._arrays is None:  # the rows as they are in X, and as the kernels take them
            copied = [X.data, X.indices] if sp.issparse(X) else [X]
            size += 2 * sum(array.nbytes for array in copied)
            size += (X.dtype != self._dtype) * copied[0].size * itemsize
        return max(n_bytes, MIN_COPIED) * self.n_samples // size

    def reserve(self, n_rows: int) -> None:
        """Make room for the targets and weights of so many rows."""
        self._targets = np.empty((n_rows, self._Y.shape[1]), self._dtype)
        self._weights = np.ones(n_rows, self._dtype)

    def take(self, rows: np.ndarray | slice) -> tuple[tuple, np.ndarray]:
        """The first fields of the kernels' Samples, and the numbers that the rows have in its X.

        The next call overwrites the targets and weights.
        """
        n = rows.stop - rows.start if isinstance(rows, slice) else len(rows)
        Y, weight, arrays = self._targets[:n], self._weights[:n], self._arrays
        _copy_rows(self._Y, rows, Y)
        if self._weight is not None:
            _copy_rows(self._weight, rows, weight)
        if arrays is None:
            X, rows = self._X[rows], slice(0, n)
            if sp.issparse(X):
                arrays = _kernel_arrays(X.tocsr().astype(self._dtype, copy=False))
            else:
                arrays = _kernel_arrays(np.ascontiguousarray(X, self._dtype))
        numbers = np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows
        return (*arrays, Y, weight), numbers


def _copy_rows(array: np.ndarray, rows: np.ndarray | slice, out: np.ndarray) -> None:
    if isinstance(rows, np.ndarray) and _is_plain(array, out.dtype):
        array.take(rows, axis=0, out=out, mode="clip")  # other modes make a copy of `out`
    else:
        out[...] = array[rows]


def _is_plain(array: np.ndarray, dtype: Any) -> bool:
    return array.dtype == dtype and array.flags.c_contiguous and array.flags.aligned


def _fits(X: Any, dtype: np.dtype) -> bool:
    """Whether the kernels take X or its transpose as it is."""
    if not sp.issparse(X):
        return _is_plain(X, dtype) or _is_plain(X.T, dtype)
    arrays = zip((X.data, X.indices, X.indptr), (dtype, np.int32, np.int32), strict=True)
    return X.format == "csr" and all(_is_plain(*pair) for pair in arrays)


def _kernel_arrays(X: Any) -> tuple:
    """A dense array, whether its rows are features, and those of a CSR matrix; one has no size."""
    dense, by_feature = np.empty((0, 0), X.dtype), False
    csr = np.empty(0, X.dtype), np.empty(0, np.int32), np.empty(0, np.int32)
    if sp.issparse(X):
        csr = X.data, *(array.astype(np.int32, copy=False) for array in (X.indices, X.indptr))
    else:
        by_feature = not X.flags.c_contiguous
        dense = X.T if by_feature else X
    return _read_only(dense), by_feature, *map(_read_only, csr)


def _read_only(array: np.ndarray) -> np.ndarray:
    """A view that is not writable, because a kernel would be compiled again for the other kind."""
    view = array.view(np.ndarray)
    view.flags.writeable = False
    return view


class RowOrder(TypedDict):
    """Numbers of the samples, which each epoch shuffles further; a plain dict as `Optimizer` is.

    A pickle leaves out the rows. It keeps the state of the generator before the first shuffle, and
    how many shuffles followed, to repeat them.
    """

    start: dict[str, Any]
    n_samples: int
    n_shuffles: int
    rows: np.ndarray | None


class EpochRows:
    """Which samples each epoch takes: all, in an order that is shuffled further if there is one."""

    def __init__(self, n_samples: int, order: RowOrder | None) -> None:
        self.n_samples, self.order = n_samples, order

    def next_order(self, random_state: np.random.RandomState) -> Any:
        """What `Batches.train_epoch` takes as the order of the next epoch."""
        return None if self.order is None else shuffled(self.order, random_state)


def unshuffled(n_samples: int, random_state: np.random.RandomState) -> RowOrder:
    """The order before the first epoch."""
    # To copy the generator itself takes a sixth of a small fit.
    start: Any = random_state.get_state(legacy=False)
    return RowOrder(start=start, n_samples=n_samples, n_shuffles=0, rows=np.arange(n_samples))


def continued(order: RowOrder, random_state: np.random.RandomState) -> RowOrder:
    """A copy to shuffle further; unshuffled after loading, if others drew numbers as well."""
    rows, n_samples = order["rows"], order["n_samples"]
    if rows is None:
        generator, rows = copy.deepcopy(random_state), np.arange(n_samples)
        following = generator.bytes(16)
        with suppress(ValueError):  # another kind of generator
            generator.set_state(order["start"])
        for _ in range(order["n_shuffles"]):
            generator.shuffle(rows)
        if generator.bytes(16) != following:
            return unshuffled(n_samples, random_state)
    return {**order, "rows": rows.copy()}


def checked_rows(rows: Any, n_samples: int) -> np.ndarray:
    """A copy of an order; ValueError if it is none, as kernels do not check indices."""
    rows = np.array(rows)
    if rows.shape == (n_samples,) and rows.dtype.kind in "ui":
        rows = rows.astype(np.int64, copy=False)
        # Numbers below zero are the largest as unsigned ones.
        if rows.view(np.uint64).max() < n_samples and np.bincount(rows).max() == 1:
            return rows
    raise ValueError(f"The order of {n_samples} samples must have the number of each once.")


def shuffled(order: RowOrder, random_state: np.random.RandomState) -> np.ndarray:
    """The numbers, shuffled in place."""
    rows: Any = order["rows"]
    random_state.shuffle(rows)
    order["n_shuffles"] += 1
    return rows
