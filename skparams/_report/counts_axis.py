"""An axis of counts, as figures that have the number of parameters below share it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from skparams._report.words import amount, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Up to this ratio of the largest count to the smallest, few or no powers of ten with their 2 and 5
# folds are between them.
_NEAR = 4
_WIDE = 10
_MAX_DECADES = 6  # that have a tick


def scale_counts(ax: Axes, counts: np.ndarray) -> None:
    """Make the x axis logarithmic, from 0 on if there is one, with a few ticks that differ."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator, NullLocator

    low, high = float(counts.min()), float(counts.max())
    whole = bool((counts == np.round(counts)).all())
    locator: Any = MaxNLocator(4, integer=whole)
    if low == high:
        locator = FixedLocator([low])
        ax.set_xlim(low - 1, low + 1)
    elif low > 0:
        ax.set_xscale("log")
        if high >= _NEAR * low:
            folds = (1, 2, 5) if high < _WIDE * low else (1, 3) if high < 1000 * low else (1,)
            locator = LogLocator(subs=folds, numticks=_MAX_DECADES)
    elif high >= _WIDE:
        ax.set_xscale("symlog", linthresh=1)
        n_decades = math.ceil(math.log10(high)) + 1
        powers = 10.0 ** np.arange(0, n_decades, math.ceil(n_decades / _MAX_DECADES))
        locator = FixedLocator([0, *powers])
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_minor_locator(NullLocator())
    close = high - low < high / _WIDE
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: _tick(x, exact=close)))


def _tick(x: float, exact: bool) -> str:
    if abs(x - round(x)) > 1e-9 * abs(x):
        return f"{x:.4g}"
    return number(round(x)) if exact else amount(round(x)).replace(".0 ", " ")
