"""Numbers: median and spread of each column, and the inputs of a network that they become.

An input is x / sqrt(1 + (x / 3)²) for the number x in interquartile ranges from the median, so that
outliers stay within ±3. All is computed in float64. A scale of 0 stands for a constant column,
which becomes 0, because a network learns nothing about how other values of it matter.
"""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import scipy.sparse as sp

from skparams.neural_network._encoder.values import infinite

# Numbers that are sorted at a time, 32 MiB, and rows and columns that are encoded at a time: these
# stay in the cache, in arrays of either order.
SORTED = 2**22
TILE = 4096, 256
# Larger numbers are cut to this, before a square overflows: the result is 3 to the last bit anyway.
MAX_SCALED = 1e100

Label = Callable[[int], str]
# Gives the number of each column that has some rank among its known ones.
Ranked = Callable[[np.ndarray], np.ndarray]


def find_scales(numbers: np.ndarray, label: Label) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Medians, scales, and which columns have missing numbers."""
    n_rows, n_columns = numbers.shape
    medians, scales = np.zeros(n_columns), np.zeros(n_columns)
    has_missing = np.zeros(n_columns, dtype=bool)
    step = max(1, SORTED // n_rows)
    for start in range(0, n_columns, step):
        part = slice(start, start + step)
        ordered = np.array(numbers[:, part].T, dtype=np.float64, order="C")
        ordered.sort(axis=1)  # NaN comes last
        n_known = n_rows - np.isnan(ordered).sum(axis=1)
        has_missing[part] = n_known < n_rows
        ends = ordered[:, 0], _of_rank(ordered, np.maximum(n_known - 1, 0))
        for j in np.flatnonzero(np.isinf(ends).any(axis=0))[:1]:
            raise infinite(label(start + int(j)))
        medians[part], scales[part] = _median_and_scale(partial(_of_rank, ordered), n_known)
    return medians, scales, has_missing


def _of_rank(ordered: np.ndarray, rank: np.ndarray) -> np.ndarray:
    return ordered[np.arange(len(ordered)), rank]


def find_sparse_scales(X: sp.csr_matrix) -> np.ndarray:
    """Scales of sparse columns, from all their numbers, of which most are 0."""
    by_column = X.tocsc()
    data, counts = by_column.data, np.diff(by_column.indptr)
    columns = np.repeat(np.arange(X.shape[1]), counts)
    data = data[np.lexsort((data, columns))]
    ends = by_column.indptr[1:]
    n_negative = np.bincount(columns[data < 0], minlength=X.shape[1])
    n_positive = np.bincount(columns[data > 0], minlength=X.shape[1])
    first_positive = X.shape[0] - n_positive

    def ranked(rank: np.ndarray) -> np.ndarray:
        below, above = rank < n_negative, rank >= first_positive
        place = np.where(below, by_column.indptr[:-1] + rank, ends + rank - X.shape[0])
        numbers = np.zeros(X.shape[1])
        numbers[below | above] = data[place[below | above]]
        return numbers

    return _median_and_scale(ranked, np.full(X.shape[1], X.shape[0]))[1]


def _median_and_scale(ranked: Ranked, n_known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Median, and interquartile range, or half the range where that is 0."""
    last = np.maximum(n_known - 1, 0)
    low, high = ranked(np.zeros_like(last)), ranked(last)
    first, median, third = (_quantile(ranked, share, last) for share in (0.25, 0.5, 0.75))
    with np.errstate(over="ignore"):
        scale = third - first
    scale = np.where(scale > 0, scale, high / 2 - low / 2)
    known = n_known > 0
    return np.where(known, median, 0), np.where(known, np.minimum(scale, np.finfo(float).max), 0)


def _quantile(ranked: Ranked, share: float, last: np.ndarray) -> np.ndarray:
    """NumPy's default quantile, by which no difference of finite numbers overflows."""
    place = share * last
    rank = place.astype(np.intp)
    below, above = ranked(rank), ranked(np.minimum(rank + 1, last))
    half_step = (above / 2 - below / 2) * (place - rank)
    return below + half_step + half_step


def any_missing(numbers: np.ndarray) -> np.ndarray:
    """Which columns have missing numbers."""
    has_missing = np.zeros(numbers.shape[1], dtype=bool)
    for rows, columns in _tiles(numbers):
        has_missing[columns] |= np.isnan(numbers[rows, columns]).any(axis=0)
    return has_missing


def encode(
    numbers: np.ndarray,
    medians: np.ndarray,
    scales: np.ndarray,
    has_missing: np.ndarray,
    out: np.ndarray,
    label: Label,
) -> None:
    """Write the inputs for the numbers into `out`, and then +1 or -1 for missing or known.

    Like a category of two values: of mean square 1, however many are missing, as no other coding
    is. So the first layer, whose weights start alike for all inputs, sees it as well as others.
    """
    first = numbers.shape[1] + np.append(0, np.cumsum(has_missing))
    for rows, columns in _tiles(numbers):
        x = numbers[rows, columns].astype(np.float64)
        for j in np.flatnonzero(np.isinf(x).any(axis=0))[:1]:
            raise infinite(label(columns.start + int(j)))
        missing = np.isnan(x)
        constant = scales[columns] == 0
        with np.errstate(over="ignore"):
            x -= medians[columns]
            x /= np.where(constant, 1, scales[columns])
        _squash(x)
        x[missing | constant] = 0
        out[rows, columns] = x
        flags = missing[:, has_missing[columns]]
        indicators = slice(first[columns.start], first[columns.start] + flags.shape[1])
        out[rows, indicators] = np.where(flags, 1, -1)


def encode_sparse(X: sp.csr_matrix, scales: np.ndarray) -> sp.csr_matrix:
    """The inputs for sparse numbers, whose medians are taken as 0, as a CSR matrix of float32."""
    with np.errstate(over="ignore"):
        data = X.data / np.where(scales > 0, scales, np.inf)[X.indices]
    _squash(data)
    return type(X)((data.astype(np.float32), X.indices, X.indptr), shape=X.shape)


def _tiles(numbers: np.ndarray) -> Iterator[tuple[slice, slice]]:
    """Slices of rows and of columns, which cover an array."""
    for start in range(0, numbers.shape[0], TILE[0]):
        for first in range(0, numbers.shape[1], TILE[1]):
            last = min(first + TILE[1], numbers.shape[1])
            yield slice(start, start + TILE[0]), slice(first, last)


def _squash(x: np.ndarray) -> None:
    """Replace x by x / sqrt(1 + (x / 3)²)."""
    np.clip(x, -MAX_SCALED, MAX_SCALED, out=x)
    root = x / 3
    root *= root
    root += 1
    x /= np.sqrt(root, out=root)
