"""Exact mean and scatter of rows, mergeable: what a fit on all of them would have."""

import itertools
from collections.abc import Iterator
from functools import reduce
from types import ModuleType
from typing import Any, NamedTuple, Self

import numpy as np
import scipy.sparse as sp

from skparams._runtime import in_threads, load_kernels, n_threads

# The rows are split into parts, of at least so many elements and of so many times as many rows as
# there are features, so that each pays for its scatter, and at most so many. Results depend on
# them, and so they do not depend on how many threads there are.
PART_SIZE = 2**17
PART_ROWS = 8
N_PARTS = 8
# Multiply-adds of a kernel call at most, between which an interrupt is seen: 5 to 10 ms at the
# rates in docs/benchmarks/pca.md, and less than 50 on a core that is five times as slow.
CALL = 2**28
# What it takes to write a number into a block, in multiply-adds.
WRITING = 16
# Multiply-adds from which on a part is worth another thread, which takes some of its features.
SHARE = 2**23
# Rows that are converted at a time, a multiple of the kernels' block; more of them where there are
# fewer features than pay for a call.
PIECE = 1024
NARROW = 80
# Rows, spread over all, whose mean is the shift; a power of two.
N_SHIFT_ROWS = 16
# Standard deviations that a mean may be from its shift; farther away the sums lose digits.
FAR = 8.0
# Bytes of a line of the cache.
LINE = 64
# The share of stored numbers from which on sparse rows are summed as dense ones.
DENSE = 0.1

EPS = float(np.finfo(np.float64).eps)


class Moments(NamedTuple):
    """Weight, mean and scatter of rows, in float64.

    The mean is ``shift + offset``, as one large number has no digits left for the small difference
    between two means.
    """

    n: float  # sum of the weights
    shift: np.ndarray
    offset: np.ndarray
    scatter: np.ndarray  # weighted sum of the outer products of the centered rows
    sound: bool = False  # whether they are known to be finite
    eps: float = EPS  # of the dtype in which products were summed

    @property
    def mean(self) -> np.ndarray:
        return self.shift + self.offset

    @property
    def finite(self) -> bool:
        """Whether all rows were; one that is not leaves NaN or infinity on the diagonal."""
        if self.sound:
            return True
        return bool(np.isfinite(self.offset).all() and np.isfinite(self.scatter.diagonal()).all())

    def scaled_to(self, n: float) -> Self:
        """Moments of the same rows, whose weights sum to n."""
        return self._replace(n=n, scatter=self.scatter * (n / self.n) if self.n else self.scatter)

    def merged(self, other: Self) -> Self:
        """Moments of both sets of rows (Chan, Golub and LeVeque, 1979)."""
        n = self.n + other.n
        difference = (other.shift - self.shift) + (other.offset - self.offset)
        weight = self.n * other.n / n
        scatter, finite = np.empty(self.scatter.shape), True
        both = _read_only(self.scatter), _read_only(other.scatter)
        for start, stop in _row_pieces(len(difference)):
            finite &= _kernels().merge(*both, difference, weight, start, stop, scatter)
        offset = self.offset + difference * (other.n / n)
        return type(self)(n, self.shift, offset, scatter, finite, max(self.eps, other.eps))


def moments_of(
    X: Any, weight: np.ndarray | None = None, dtype: Any = None, shift: np.ndarray | None = None
) -> Moments:
    """Moments of the rows of an array of any real dtype and layout, or of a CSR or CSC matrix.

    Products of a block are summed in ``dtype``, by default that of X if it is float32, else
    float64; blocks are summed in float64. ``shift`` is a row near the mean, if one is known. The
    moments are not finite if X is not, or if squares overflow.
    """
    with np.errstate(invalid="ignore", over="ignore"):  # the sums show what is not finite
        if sp.issparse(X):
            return _sparse_moments(X, weight)
        dtype = np.dtype(dtype or (np.float32 if X.dtype == np.float32 else np.float64))
        shift = typical_row(X, weight, dtype) if shift is None else shift.astype(dtype, copy=False)
        found = _about(X, weight, shift, dtype)
        if not found.sound and _is_far(found):  # a second pass, as the shift is of odd rows
            found = _about(X, weight, found.mean.astype(dtype), dtype)
        return found


def typical_row(X: np.ndarray, weight: np.ndarray | None, dtype: np.dtype) -> np.ndarray:
    """Mean of some rows, rounded to dtype; exactly c if a feature is c in all of them."""
    # Rows without a weight are left out: they may hold codes for missing values.
    length = X.shape[0] if weight is None else int(np.count_nonzero(weight))
    n = 1 << (min(N_SHIFT_ROWS, length).bit_length() - 1)
    spread = slice(None, length // n * n, length // n)
    rows = X[spread if weight is None else np.flatnonzero(weight)[spread]].astype(np.float64)
    while len(rows) > 1:  # by halves, as c + c is exact
        rows = 0.5 * rows[::2] + 0.5 * rows[1::2]
    return rows[0].astype(dtype)


def _is_far(moments: Moments) -> bool:
    """Whether a mean is so far from the shift that the scatter lost digits."""
    variance = moments.scatter.diagonal() / moments.n
    return moments.finite and bool((moments.offset**2 > FAR**2 * variance).any())


def _about(X: np.ndarray, weight: np.ndarray | None, shift: np.ndarray, dtype: Any) -> Moments:
    """Moments by products about a shift; if they are sound, the mean is near it."""
    root = np.empty(0, dtype) if weight is None else np.sqrt(weight).astype(dtype)
    n = float(X.shape[0] if weight is None else weight.sum())
    sums, scatter, sound = _sums(X, root, shift, n)
    eps = float(np.finfo(dtype).eps)
    return Moments(n, shift.astype(np.float64, copy=False), sums / n, scatter, sound, eps)


def _row_pieces(p: int) -> Iterator[tuple[int, int]]:
    """Rows of a scatter that a kernel call takes."""
    step = max(1, CALL // WRITING // p)
    return ((start, min(start + step, p)) for start in range(0, p, step))


def _bounds(X: np.ndarray, block: int, n_parts: int) -> list[int]:
    """First rows of the parts, which are whole blocks, and the end of the last part."""
    n_blocks = -(-X.shape[0] // block)
    return [min(i * n_blocks // n_parts * block, X.shape[0]) for i in range(n_parts + 1)]


def _ranges(low: int, high: int, n: int, tile: int) -> list[tuple[int, int]]:
    """Ranges of features whose tiles with the features up to them are about as many."""
    squares = (low**2 + (high**2 - low**2) * i / n for i in range(1, n))
    bounds = [low, *(int(square**0.5) // tile * tile for square in squares), high]
    return [pair for pair in itertools.pairwise(bounds) if pair[0] < pair[1]]


def _sums(
    X: np.ndarray, root: np.ndarray, shift: np.ndarray, n: float
) -> tuple[np.ndarray, np.ndarray, bool]:
    """Sums about the shift, scatter about the mean, and whether both are known to be sound.

    Where there are fewer parts than threads, these share the features of a part.
    """
    kernels = _kernels()
    (length, p), dtype = X.shape, shift.dtype
    q = -(-p // kernels.TILE) * kernels.TILE
    max_parts = max(1, min(N_PARTS, X.size // PART_SIZE, length // (PART_ROWS * p)))
    n_parts = 1 << (max_parts.bit_length() - 1)  # so that threads share evenly
    bounds = _bounds(X, kernels.BLOCK, n_parts)
    sums, scatter = np.zeros((n_parts, p)), np.zeros((n_parts, q, q))
    shift, root = _read_only(shift), _read_only(root)
    work = length * p**2 // (2 * n_parts)
    threads = n_threads() if n_parts > 1 or work >= 2 * SHARE else 1
    ranges = _ranges(0, q, min(-(-threads // n_parts), 1 + work // SHARE), kernels.TILE)

    def add(share: int) -> Iterator[None]:
        part, (low, high) = share // len(ranges), ranges[share % len(ranges)]
        block = _on_lines(high, kernels.BLOCK + kernels.SPARE * (8 // dtype.itemsize), dtype)
        cost = (high**2 - low**2) // 2 + WRITING * high  # of a row
        step = max(1, CALL // (kernels.BLOCK * cost)) * kernels.BLOCK
        calls = _ranges(low, high, -(-kernels.BLOCK * cost // CALL), kernels.TILE)
        for rows, by_feature, first, start, stop in _pieces(
            X, dtype, bounds[part], bounds[part + 1]
        ):
            roots = root[first:] if root.size else root
            for begin in range(start, stop, step):
                end, filled = min(begin + step, stop), 0
                for columns in calls:  # of one block, if there are several
                    kernels.add_rows(
                        rows, by_feature, begin, end, shift, roots, filled, *columns, block,
                        sums[part], scatter[part],
                    )  # fmt: skip
                    filled = columns[1]
                    yield

    in_threads(add, n_parts * len(ranges), threads)
    for part in range(1, n_parts):
        sums[0] += sums[part]
        scatter[0] += scatter[part]
    centered, sound = np.empty((p, p)), True
    for start, stop in _row_pieces(p):
        sound &= kernels.center(scatter[0], sums[0], n, FAR, start, stop, centered)
    return sums[0], centered, sound


def _on_lines(n_features: int, n_rows: int, dtype: np.dtype) -> np.ndarray:
    """Zeros that begin where a line of the cache does, as each feature does if the first one does.

    Products of vectors that lie across two lines take a quarter longer. Where memory comes from the
    operating system, as most of it does in Dask's workers, an array begins 16 bytes after a line.
    """
    zeros = np.zeros(n_features * n_rows + LINE // dtype.itemsize, dtype)
    first = -zeros.ctypes.data % LINE // dtype.itemsize
    return zeros[first : first + n_features * n_rows].reshape(n_features, n_rows)


def _kernels() -> ModuleType:
    return load_kernels("skparams.decomposition._pca.kernels", "PCA")


def _pieces(X: np.ndarray, dtype: np.dtype, start: int, stop: int) -> Any:
    """Yield an array for the kernel, whether its rows are features, its first row in X, and its
    rows to take; other layouts and dtypes, for which numba would compile again, are copied."""
    for whole, by_feature in ((X, False), (X.T, True)):
        if X.dtype == dtype and whole.flags.c_contiguous:
            yield _read_only(whole), by_feature, 0, start, stop
            return
    n_rows = PIECE * max(1, NARROW // X.shape[1])
    for first in range(start, stop, n_rows):
        rows = np.ascontiguousarray(X[first : min(first + n_rows, stop)], dtype)
        yield _read_only(rows), False, first, 0, len(rows)


def _read_only(array: np.ndarray) -> np.ndarray:
    view = array.view(np.ndarray)
    view.flags.writeable = False
    return view


def _sparse_moments(X: Any, weight: np.ndarray | None) -> Moments:
    """Moments of sparse rows, centered without making them dense unless much is stored."""
    n_rows, p = X.shape
    if X.nnz > DENSE * n_rows * p:
        return _dense_blocks(X.tocsr(), weight)
    X, shift = shifted(X, weight)
    weighted = X if weight is None else sp.diags_array(weight.astype(np.float64)) @ X
    n = float(n_rows if weight is None else weight.sum())
    offset = np.asarray(weighted.sum(axis=0)).ravel() / n
    scatter = (X.T @ weighted).toarray()
    for start, stop in _row_pieces(p):
        scatter[start:stop] -= np.multiply.outer(offset[start:stop], n * offset)
    return Moments(n, shift, offset, scatter)


def shifted(X: Any, weight: np.ndarray | None) -> tuple[Any, np.ndarray]:
    """A float64 CSR or CSC matrix, less the first value of each feature that all rows store.

    Other features have zeros, so that their deviations are not small beside their means. What is
    stored is copied only if it changes.
    """
    X = X if X.format in ("csr", "csc") else X.tocsr()
    if not X.has_canonical_format:
        X = X.copy()
        X.sum_duplicates()
    counted = X if weight is None or (weight > 0).all() else X[weight > 0]
    full = _n_stored(counted) == counted.shape[0]
    shift = np.where(full, counted[[0]].toarray().ravel(), 0.0).astype(np.float64)
    data = X.data.astype(np.float64, copy=full.any())
    if full.any():
        with np.errstate(invalid="ignore", over="ignore"):
            data -= shift[X.indices] if X.format == "csr" else shift.repeat(np.diff(X.indptr))
    matrix = sp.csr_array if X.format == "csr" else sp.csc_array
    return matrix((data, X.indices, X.indptr), X.shape), shift


def _n_stored(X: Any) -> np.ndarray:
    """How many numbers a CSR or CSC matrix stores of each feature."""
    if X.format == "csc":
        return np.diff(X.indptr)
    # In pieces, because each is copied as int64.
    step = max(X.shape[1], 2**13)
    pieces = (X.indices[i : i + step] for i in range(0, X.nnz, step))
    counts = (np.bincount(piece, minlength=X.shape[1]) for piece in pieces)
    return sum(counts, np.zeros(X.shape[1], np.int64))


def _dense_blocks(X: Any, weight: np.ndarray | None) -> Moments:
    """Moments of sparse rows, made dense block by block."""
    pieces = [slice(start, start + PIECE) for start in range(0, X.shape[0], PIECE)]
    parts = (
        moments_of(X[rows].toarray(), None if weight is None else weight[rows], np.float64)
        for rows in pieces
        if weight is None or weight[rows].any()
    )
    return reduce(Moments.merged, parts)
