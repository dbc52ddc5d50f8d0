"""Arrays of any size as blocks that stay in the processor's cache, and sums without overflow.

NumPy computes the sums rather than BLAS, whose threads would split them in other places: results
do not depend on the number of threads.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

BLOCK = 1 << 16  # numbers: half a megabyte of float64
# Sums of squares beyond these powers of two may have overflowed or underflowed in float64.
_SMALLEST, _LARGEST = 2.0**-900, 2.0**900


def blocks(*arrays: np.ndarray) -> Iterator[tuple[np.ndarray, ...]]:
    """Yield flat pieces of arrays of one shape, in the order of memory: views where possible."""
    if len(arrays) == 1 and arrays[0].size <= BLOCK:  # nditer takes 3 µs to set up
        if arrays[0].size:
            yield (arrays[0].ravel(order="K"),)
    elif arrays[0].size:
        pieces = np.nditer(
            arrays,
            ["external_loop", "buffered"],
            [["readonly"]] * len(arrays),
            order="K",
            buffersize=BLOCK,
        )
        for piece in pieces:
            yield piece if isinstance(piece, tuple) else (piece,)


def buffer(array: np.ndarray, dtype: Any) -> np.ndarray:
    """Return room for the largest block of an array, as another dtype."""
    return np.empty(min(array.size, BLOCK), dtype)


def dot(a: np.ndarray, b: np.ndarray) -> Any:
    """Return the sum of products; of complex numbers, of both of their parts."""
    if a.dtype.kind == "c":
        return dot(a.real, b.real) + dot(a.imag, b.imag)
    return np.einsum("i,i->", a, b)


def in_range(square: Any) -> bool:
    """Whether a sum of squares has neither overflowed nor lost digits by underflow."""
    return bool(_SMALLEST < square < _LARGEST)


def exponent_of(largest: Any) -> int:
    """Return the power of two to divide by, so that the largest number becomes about 1."""
    return int(np.frexp(largest)[1])


def scaled(numbers: np.ndarray, exponent: int) -> np.ndarray:
    """Return the numbers times a power of two, without rounding."""
    if numbers.dtype.kind == "c":
        return np.ldexp(numbers.real, exponent) + 1j * np.ldexp(numbers.imag, exponent)
    return np.ldexp(numbers, exponent)
