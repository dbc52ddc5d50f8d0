"""A fingerprint of the training rows, by which they are known again."""

import zlib
from typing import Any

import numpy as np
import scipy.sparse as sp

# Rounding of the numbers of a row, so that rows which a step before the PCA computes anew, and to
# other last digits, have the same fingerprint.
STEPS = 2.0**12


def fingerprint_of(X: Any, weight: Any, start: int = 0, before: int | None = 0) -> int | None:
    """A checksum of the rows at the positions 0, 1, 2, 4, 8, … of all rows, None if unknown.

    ``start`` rows came before, with the checksum ``before``: that of all rows does not depend on
    the batches they come in. Rows with weights are not known again, as their weights are not kept.
    """
    if weight is not None or before is None:
        return None
    stop = start + X.shape[0]
    if start and (stop - 1).bit_length() == (start - 1).bit_length():
        return before  # no power of 2 is among the positions
    powers = [1 << j for j in range((stop - 1).bit_length())]
    chosen = [i - start for i in (0, *powers) if i >= start]
    rows = X[chosen].toarray() if sp.issparse(X) else X[chosen]
    rows = np.nan_to_num(np.asarray(rows, np.float64), nan=0.5)
    with np.errstate(all="ignore"):  # rows of zeros, and squares that overflow
        norms = np.abs(rows).sum(axis=1)
        projections = rows @ np.cos(np.arange(1.0, rows.shape[1] + 1) ** 2) / norms
        found = np.stack([projections, np.log2(norms)], axis=1)
    steps = np.rint(STEPS * np.nan_to_num(found, posinf=0.0, neginf=0.0))
    return zlib.crc32(steps.astype("<i8").tobytes(), before)
