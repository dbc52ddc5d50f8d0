"""The exponent of a curve: time grows as size ** exponent over its upper half."""

from collections.abc import Hashable, Sequence

import numpy as np

from benchmarks._alternate import Run


def upper_half(sizes: Sequence[int]) -> Sequence[int]:
    """Return the larger half of the sizes, with the middle one."""
    return sizes[len(sizes) // 2 :]


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """Return the slope of log seconds on log size, by least squares."""
    if len(sizes) < 2:
        raise ValueError(f"an exponent needs at least two sizes, not {len(sizes)}")
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def exponents(runs: list[Run], side: Hashable, sizes: Sequence[int]) -> dict[str, float]:
    """Return the median and quartiles of the exponents of all passes through the upper half.

    The runs' sides are pairs of a side and a size. A round has two passes: the first runs of all
    sizes, and the second ones.
    """
    upper = upper_half(sizes)
    times = {(r.round, r.after, r.side[1]): r.seconds for r in runs if r.side[0] == side}
    passes = sorted({key[:2] for key in times})
    found = [exponent(upper, [times[*each, size] for size in upper]) for each in passes]
    lower, middle, higher = np.quantile(found, [0.25, 0.5, 0.75])
    return {"median": float(middle), "lower": float(lower), "upper": float(higher)}
