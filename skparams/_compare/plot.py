"""The figure of a comparison: the scores of each competitor over the folds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from skparams._compare.words import finding, shown_names
from skparams._report import LIGHT, name_rows, new_axes, plural, rows_that_fit, set_title, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from skparams._compare.record import Comparison

FONT = 9.0
_MAX_ROWS = 60
_WIDEST_NAME = 24
_INCHES_A_ROW, _INCHES_AROUND = 0.2, 1.1


def draw(comparison: Comparison, ax: Axes | None) -> Axes:
    """Draw a row of points for each competitor, the highest mean on top."""
    ranked = [each for each in comparison.ranking if each.mean is not None]
    if not ranked:
        raise ValueError("plot: no competitor has a score in each fold.")
    if ax is None:
        ax = new_axes()
        rows = min(len(ranked), _MAX_ROWS)
        figure = ax.figure.figure
        height = _INCHES_AROUND + _INCHES_A_ROW * rows
        figure.set_figheight(max(figure.get_figheight(), height))
    shown = ranked[: rows_that_fit(ax)]
    # Points are apart in height only so far that each is seen.
    apart = 0.5 * (np.argsort(np.argsort(_spread_out(comparison.n_folds))) + 0.5)
    apart = apart / comparison.n_folds - 0.25
    for i, each in enumerate(shown):
        ax.plot(each.scores, i + apart, "o", color=LIGHT.above, alpha=0.45, ms=3.5, mec="none")
        mean = each.mean or 0.0
        ax.plot([mean, mean], [i - 0.36, i + 0.36], color=LIGHT.below, lw=2)
    texts = shown_names(comparison, _WIDEST_NAME)
    texts = {name: text.replace("$", r"\$") for name, text in texts.items()}  # no formula
    names = [texts[each.name] for each in shown]
    name_rows(ax, names)
    ax.tick_params(axis="y", length=0)
    ax.tick_params(axis="x", labelsize=FONT)
    ax.spines[["top", "right", "left"]].set_visible(False)
    below = f"{short(comparison.scoring)}; point: a fold; line: mean"
    if left := len(ranked) - len(shown):
        below += f"; {plural(left, 'competitor')} left out"
    if failed := len(comparison.competitors) - len(ranked):
        below += f"; {failed} failed"
    ax.set_xlabel(below, fontsize=FONT)
    set_title(ax, finding(comparison, texts), names)
    return ax


def _spread_out(n: int) -> np.ndarray:
    """Numbers of which any that follow each other are far apart."""
    return np.arange(n) * 0.6180339887 % 1
