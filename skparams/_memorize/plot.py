"""The figure of a memorization: each row's score without it and with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from skparams._memorize.view import BOUNDED, THRESHOLD, name_of
from skparams._report import LIGHT, few, new_axes, plural, set_title, value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from skparams._memorize.record import Memorization

FONT = 9.0
N_CELLS = 200  # points at about one place are one, larger
MAX_NAMED = 5


def draw(found: Memorization, ax: Axes | None) -> Axes:
    """Draw each row as a point; on the line, a score is the same with and without the row."""
    ax = new_axes() if ax is None else ax
    known = np.flatnonzero(np.isfinite(found.values))
    x, y, label = found.out_scores[known], found.in_scores[known], name_of(found.score)
    if found.score == "squared_error":
        x, y, label = np.sqrt(-x), np.sqrt(-y), "root mean squared error"
    strong = _strong(found)[known]
    low, high = float(min(x.min(), y.min())), float(max(x.max(), y.max()))
    width = (high - low) or 1.0
    ends = low - 0.04 * width, high + 0.04 * width
    ax.plot(ends, ends, color=LIGHT.quiet, lw=0.8, zorder=1)
    for rows, color in ((~strong, LIGHT.above), (strong, LIGHT.below)):
        places, sizes = _merged(x[rows], y[rows], low, width)
        ax.scatter(*places, s=9 * sizes, color=color, alpha=0.5, lw=0, rasterized=True)
    ax.set(xlim=ends, ylim=ends)
    ax.set_xlabel(f"{label}, fits without the row", fontsize=FONT)
    ax.set_ylabel("fits with the row", fontsize=FONT)
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelsize=FONT)
    _name_strong(found, ax)
    set_title(ax, _title(found))
    return ax


def _strong(found: Memorization) -> np.ndarray:
    """The rows that are marked: those above the threshold, or the first few."""
    if found.score in BOUNDED:
        return found.values > THRESHOLD
    strong = np.zeros(len(found.values), dtype=bool)
    strong[found.order[:MAX_NAMED]] = True
    return strong & (found.values > 0)


def _merged(
    x: np.ndarray, y: np.ndarray, low: float, width: float
) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray]:
    """Points, those at about one place as one, and how large each is: up to 9 times the area."""
    cells = np.round((np.column_stack([x, y]) - low) / width * N_CELLS)
    _, first, counts = np.unique(cells, axis=0, return_index=True, return_counts=True)
    return (x[first], y[first]), np.minimum(np.sqrt(counts), 9)


def _name_strong(found: Memorization, ax: Axes) -> None:
    """Name the first rows in the corner where hardly a point is."""
    rows = found.order[: int(_strong(found).sum())]
    if not len(rows):
        return
    names = few(map(str, rows), MAX_NAMED - 1)
    text = f"{'row' if len(rows) == 1 else 'rows'} {names}"
    errors = found.score == "squared_error"  # of which less is better
    place = {"x": 0.02, "y": 0.97, "ha": "left", "va": "top"}
    if not errors:
        place = {"x": 0.98, "y": 0.05, "ha": "right", "va": "bottom"}
    ax.text(s=text, **place, transform=ax.transAxes, color=LIGHT.below, fontsize=FONT)  # type: ignore[arg-type]


def _title(found: Memorization) -> str:
    known = np.isfinite(found.values)
    if found.score in BOUNDED:
        n = int((found.values > THRESHOLD).sum())
        return f"{n:,} of {plural(int(known.sum()), 'row')} are mostly right only if trained on"
    inside, outside = found.in_scores[known].mean(), found.out_scores[known].mean()
    if found.score == "squared_error":
        errors = value(np.sqrt(abs(inside))), value(np.sqrt(abs(outside)))
        return "A row's error is {} if trained on, {} if not".format(*errors)
    return f"Trained on, a row scores {value(inside - outside)} more on average"
