"""The training samples as the kernels take them: as they are, or copied some rows at a time."""

from typing import Any

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
        size = (8 + itemsize) * self.n_samples + itemsize * Y.size
        if Y.dtype != self._dtype:
            size += Y.nbytes
        if self._arrays is None:  # taken out, and then converted
            copied = [X.data, X.indices] if sp.issparse(X) else [X]
            size += sum(array.nbytes + array.size * itemsize for array in copied)
        return max(n_bytes, MIN_COPIED) * self.n_samples // size

    def take(self, rows: np.ndarray | slice) -> tuple[tuple, np.ndarray]:
        """The first fields of the kernels' Samples, and the numbers that the rows have in its X."""
        dtype, arrays = self._dtype, self._arrays
        Y = np.ascontiguousarray(self._Y[rows], dtype)
        weight = np.ones(len(Y)) if self._weight is None else self._weight[rows]
        if arrays is None:
            X = self._X[rows]
            X = X.tocsr().astype(dtype) if sp.issparse(X) else np.ascontiguousarray(X, dtype)
            arrays, rows = _kernel_arrays(X), slice(0, len(Y))
        numbers = np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows
        targets = _read_only(Y), _read_only(np.ascontiguousarray(weight, dtype))
        return (*arrays, *targets), numbers


def _fits(X: Any, dtype: np.dtype) -> bool:
    """Whether the kernels take X or its transpose as it is."""
    if not sp.issparse(X):
        return X.dtype == dtype and X.flags.forc and X.flags.aligned
    arrays, dtypes = (X.data, X.indices, X.indptr), (dtype, np.int32, np.int32)
    return X.format == "csr" and all(
        array.dtype == kind and array.flags.c_contiguous and array.flags.aligned
        for array, kind in zip(arrays, dtypes, strict=True)
    )


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
