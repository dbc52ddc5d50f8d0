"""Compiled loops of the moments: a block of rows, its products, the triangle."""

import numpy as np

from skparams._runtime.decorators import helper, kernel, sums

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
# Features of a panel, whose part of a block stays in cache while all others pass by.
PANEL = 48


@helper
def _padded(m):
    return (m + STEP - 1) // STEP * STEP


@sums
def _fill(X, by_feature, start, m, shift, root_weight, first, block):
    """Write features of m shifted rows from the first on, times the roots of their weights."""
    T = block.dtype.type
    p = shift.size
    if by_feature:
        for j in range(p):
            s, x, feature = T(shift[j]), X[first + j], block[j]
            for i in range(m):
                feature[i] = T(x[start + i]) - s
    else:
        fours = m // 4 * 4  # four rows at a time, which is what one line of the cache takes
        for i in range(0, fours, 4):
            x0, x1, x2, x3 = X[start + i], X[start + i + 1], X[start + i + 2], X[start + i + 3]
            for j in range(p):
                s, feature, k = shift[j], block[j], first + j
                feature[i] = T(x0[k]) - s
                feature[i + 1] = T(x1[k]) - s
                feature[i + 2] = T(x2[k]) - s
                feature[i + 3] = T(x3[k]) - s
        for i in range(fours, m):
            for j in range(p):
                block[j, i] = T(X[start + i, first + j]) - shift[j]
    if root_weight.size:
        for j in range(p):
            for i in range(m):
                block[j, i] *= root_weight[start + i]
    for j in range(p):
        for i in range(m, _padded(m)):
            block[j, i] = T(0)


@sums
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


@sums
def _add_products(block, m, low, high, scatter):
    """Add the products over m rows of features low to high and those up to them, tile by tile."""
    zero = block.dtype.type(0)
    for first in range(low, high, PANEL):
        last = min(first + PANEL, high)
        for ja in range(0, last, TILE):
            a0, a1, a2 = block[ja], block[ja + 1], block[ja + 2]
            s0, s1, s2 = scatter[ja], scatter[ja + 1], scatter[ja + 2]
            for jb in range(max(ja, first), last, TILE):
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
                s0[jb] += c00
                s0[jb + 1] += c01
                s0[jb + 2] += c02
                s1[jb] += c10
                s1[jb + 1] += c11
                s1[jb + 2] += c12
                s2[jb] += c20
                s2[jb + 1] += c21
                s2[jb + 2] += c22


@kernel
def add_rows(
    X, by_feature, start, stop, shift, root_weight, filled, low, high, block, sums, scatter
):
    """Add the sums of features low to high of rows start to stop, and their products.

    The products are those with the features up to each, about the shift. X has a row for each
    feature if ``by_feature``. ``root_weight`` is empty if all weights are 1. ``block`` is scratch
    of shape (q, BLOCK + SPARE), in which the first ``filled`` features are these rows' already, and
    ``scatter`` has shape (q, q), where q is p rounded up to a multiple of TILE, as is ``low``.
    """
    for begin in range(start, stop, BLOCK):
        m, p = min(BLOCK, stop - begin), min(high, shift.size)
        _fill(X, by_feature, begin, m, shift[filled:p], root_weight, filled, block[filled:p])
        _add_sums(block[low:p], begin, m, root_weight, sums[low:p])
        _add_products(block, _padded(m), low, high, scatter)


@kernel
def center(scatter, sums, n, far, start, stop, out):
    """Write rows of the scatter about the mean, and the columns that mirror them.

    Return whether the variances are finite and no mean is far away: more than ``far`` standard
    deviations from its shift.
    """
    sound = True
    for i in range(start, stop):
        mean = sums[i] / n
        for j in range(i, sums.size):
            out[i, j] = out[j, i] = scatter[i, j] - mean * sums[j]
        squares = out[i, i]
        sound &= squares < np.inf and mean * sums[i] <= far * far * squares
    return sound


@kernel
def merge(a, b, difference, weight, start, stop, out):
    """Write rows of a + b + weight * outer(difference, difference); return whether finite."""
    finite = True
    for i in range(start, stop):
        weighted = difference[i] * weight
        for j in range(difference.size):
            out[i, j] = a[i, j] + b[i, j] + weighted * difference[j]
        finite &= out[i, i] < np.inf
    return finite
