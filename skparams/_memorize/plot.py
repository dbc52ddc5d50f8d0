"""The figure of a memorization: each row's score without it and with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from skparams._memorize.view import BOUNDED, THRESHOLD, name_of
from skparams._report import LIGHT, few, lay_out, new_axes, plural, points, set_title, value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from skparams._memorize.record import Memorization

FONT = 9.0
N_CELLS = 200  # points at about one place are one, larger
MAX_NAMED, MAX_LISTED = 5, 3  # points that have a name, and rows in a name
GAP = 4.0  # points, between a point and its name


def draw(found: Memorization, ax: Axes | None) -> Axes:
    """Draw each row as a point; on the line, a score is the same with and without the row."""
    ax = new_axes() if ax is None else ax
    known = np.flatnonzero(np.isfinite(found.values))
    x, y, label = _shown(found)
    x, y = x[known], y[known]
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
    lay_out(ax)
    set_title(ax, _title(found))
    _name_strong(found, ax)
    return ax


def _shown(found: Memorization) -> tuple[np.ndarray, np.ndarray, str]:
    """What is drawn of each row, without it and with it, and what that is."""
    if found.score == "squared_error":
        x, y = np.sqrt(-found.out_scores), np.sqrt(-found.in_scores)
        return x, y, "root mean squared error"
    return found.out_scores, found.in_scores, name_of(found.score)


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
    """Name the strongest rows at their points, those whose names would overlap in one name."""
    x, y, _ = _shown(found)
    ax.figure.figure.draw_without_rendering()  # the layout moves the axes
    pixels = ax.transData.transform(np.column_stack([x, y]))
    rows_at: dict[tuple[float, ...], list[int]] = {}
    for row in found.order[: int(_strong(found).sum())].tolist():
        rows_at.setdefault(tuple(np.round(pixels[row])), []).append(row)
    errors = found.score == "squared_error"  # of which less is better
    names = [_Name(ax, rows, pixels, above=errors) for rows in list(rows_at.values())[:MAX_NAMED]]
    for each in _without_overlaps(names):
        row, (left, bottom, right, top) = each.rows[0], each.box
        corner = right if each.to_left else left, bottom if errors else top
        ax.annotate(
            each.text,
            (x[row], y[row]),
            (np.array(corner) - pixels[row]) * 72 / ax.figure.dpi,
            textcoords="offset points",
            ha="right" if each.to_left else "left",
            va="bottom" if errors else "top",
            color=LIGHT.below,
            fontsize=FONT,
        )


@dataclass
class _Name:
    """The name of some rows, above or below the first one, where no point is."""

    ax: Axes
    rows: list[int]
    pixels: np.ndarray  # of all rows
    above: bool

    @property
    def text(self) -> str:
        return f"{'row' if len(self.rows) == 1 else 'rows'} {few(map(str, self.rows), MAX_LISTED)}"

    @property
    def width(self) -> float:
        return points(self.text, FONT) * self.ax.figure.dpi / 72

    @property
    def to_left(self) -> bool:
        """Whether it would leave the axes at the right."""
        return self.pixels[self.rows[0], 0] + self.width > self.ax.get_window_extent().x1

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, bottom, right and top, as near to the point as there is room."""
        point, sign = 72 / self.ax.figure.dpi, 1 if self.above else -1
        x, y = self.pixels[self.rows[0]]
        left, height = x - self.to_left * self.width, 1.3 * FONT / point
        across = (self.pixels[:, 0] > left - GAP) & (self.pixels[:, 0] < left + self.width + GAP)
        # How far the points beside it are, on the side of the name.
        away = np.sort(sign * (self.pixels[across, 1] - y))
        start = GAP / point
        for each in away[away >= 0]:
            if each > start + height:
                break
            start = each + GAP / point
        inside = self.ax.get_window_extent()
        room = (inside.y1 - y if self.above else y - inside.y0) - height
        ends = y + sign * min(start, max(room, 0)), y + sign * (min(start, max(room, 0)) + height)
        return left, min(ends), left + self.width, max(ends)

    def overlaps(self, other: _Name) -> bool:
        """Whether the two would be printed over each other."""
        (left, bottom, right, top), (x0, y0, x1, y1) = self.box, other.box
        return bool(left < x1 and x0 < right and bottom < y1 and y0 < top)


def _without_overlaps(names: list[_Name]) -> list[_Name]:
    """Merge names until none overlaps another."""
    for i, first in enumerate(names):
        for second in names[i + 1 :]:
            if first.overlaps(second):
                rest = [each for each in names if each is not first and each is not second]
                return _without_overlaps([replace(first, rows=first.rows + second.rows), *rest])
    return names


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
