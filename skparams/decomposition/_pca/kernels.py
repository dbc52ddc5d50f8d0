"""Compiled loops of the moments of narrow data: a block of rows, its products, the triangle."""

import numpy as np
from numba import njit

# Rows of a block: few enough that it stays in cache and float32 sums keep their digits, and as
# many as make adding up a tile's lanes cheap. With the spare columns the features do not all fall
# on the same lines of the cache, as they would where their distance is a power of two.
BLOCK = 256
SPARE = 8
# The loop over the rows of a tile ends at a multiple of this, behind zeros.
STEP = 16
# Features are taken three by three: nine sums and six operands fit the sixteen vector registers
# of AVX2, where a tile of four by four spills and takes up to twice as long.
TILE = 3

# Kernels release the GIL and divide as NumPy does, without exceptions. Wrappers for callers that
# there are not, C and for helpers Python, would take an eighth of the time of compilation.
OPTIONS = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
compiled = njit(**OPTIONS)
helper = njit(**OPTIONS, no_cpython_wrapper=True)
# Sums over rows may also be reordered, so that they vectorize; NaN and infinity are still seen.
summing = njit(**OPTIONS, no_cpython_wrapper=True, fastmath={"contract", "arcp", "nsz", "reassoc"})


@helper
def _padded(m):
    return (m + STEP - 1) // STEP * STEP


@summing
def _fill(X, by_feature, start, m, shift, root_weight, block):
    """Write m shifted rows, times the roots of their weights, into the block by feature."""
    T = block.dtype.type
    p = shift.size
    if by_feature:
        for j in range(p):
            s = T(shift[j])
            for i in range(m):
                block[j, i] = T(X[j, start + i]) - s
    else:
        fours = m // 4 * 4  # four rows at a time, which is what one line of the cache takes
        for i in range(0, fours, 4):
            x0, x1, x2, x3 = X[start + i], X[start + i + 1], X[start + i + 2], X[start + i + 3]
            for j in range(p):
                s, feature = shift[j], block[j]
                feature[i] = T(x0[j]) - s
                feature[i + 1] = T(x1[j]) - s
                feature[i + 2] = T(x2[j]) - s
                feature[i + 3] = T(x3[j]) - s
        for i in range(fours, m):
            for j in range(p):
                block[j, i] = T(X[start + i, j]) - shift[j]
    if root_weight.size:
        for j in range(p):
            for i in range(m):
                block[j, i] *= root_weight[start + i]
    for j in range(p):
        for i in range(m, _padded(m)):
            block[j, i] = T(0)


@summing
def _add_sums(block, start, m, root_weight, sums):
    """Add the weighted sum of each feature of a block that roots of weights multiply already."""
    for j in range(sums.size):
        row, total = block[j], block.dtype.type(0)
        if root_weight.size:
            for i in range(m):
                total += row[i] * root_weight[start + i]
        else:
            for i in range(m):
                total += row[i]
        sums[j] += total


@summing
def _add_products(block, m, scatter):
    """Add the products of features over m rows to the tiles on and above the diagonal."""
    zero = block.dtype.type(0)
    for ja in range(0, scatter.shape[0], TILE):
        a0, a1, a2 = block[ja], block[ja + 1], block[ja + 2]
        for jb in range(ja, scatter.shape[0], TILE):
            b0, b1, b2 = block[jb], block[jb + 1], block[jb + 2]
            c00 = c01 = c02 = c10 = c11 = c12 = c20 = c21 = c22 = zero
            for i in range(m):
                x0, x1, x2 = a0[i], a1[i], a2[i]
                y0, y1, y2 = b0[i], b1[i], b2[i]
                c00 += x0 * y0
                c01 += x0 * y1
                c02 += x0 * y2
                c10 += x1 * y0
                c11 += x1 * y1
                c12 += x1 * y2
                c20 += x2 * y0
                c21 += x2 * y1
                c22 += x2 * y2
            scatter[ja, jb] += c00
            scatter[ja, jb + 1] += c01
            scatter[ja, jb + 2] += c02
            scatter[ja + 1, jb] += c10
            scatter[ja + 1, jb + 1] += c11
            scatter[ja + 1, jb + 2] += c12
            scatter[ja + 2, jb] += c20
            scatter[ja + 2, jb + 1] += c21
            scatter[ja + 2, jb + 2] += c22


@compiled
def add_rows(X, by_feature, start, stop, shift, root_weight, block, sums, scatter):
    """Add the sums and products of rows start to stop, both about the shift.

    X has a row for each feature if ``by_feature``. ``root_weight`` is empty if all weights are 1.
    ``block`` is scratch of shape (q, BLOCK + SPARE) and ``scatter`` of shape (q, q), where q is p
    rounded up to a multiple of TILE; only tiles on and above the diagonal are added to.
    """
    for begin in range(start, stop, BLOCK):
        m = min(BLOCK, stop - begin)
        _fill(X, by_feature, begin, m, shift, root_weight, block)
        _add_sums(block, begin, m, root_weight, sums)
        _add_products(block, _padded(m), scatter)


@compiled
def center(scatter, sums, n, far, out):
    """Write the scatter about the mean; return whether it is finite and no mean is far away.

    A mean is far from its shift if the distance is more than ``far`` standard deviations.
    """
    sound = True
    for i in range(sums.size):
        mean = sums[i] / n
        for j in range(i, sums.size):
            out[i, j] = out[j, i] = scatter[i, j] - mean * sums[j]
        squares = out[i, i]
        sound &= squares < np.inf and mean * sums[i] <= far * far * squares
    return sound


@compiled
def merge(a, b, difference, weight, out):
    """Write a + b + weight * outer(difference, difference); return whether it is finite."""
    finite = True
    for i in range(difference.size):
        weighted = difference[i] * weight
        for j in range(difference.size):
            out[i, j] = a[i, j] + b[i, j] + weighted * difference[j]
        finite &= out[i, i] < np.inf
    return finite
