"""What all figures share: new axes, named rows, titles and texts that fit."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from skparams._escape import clean
from skparams._report.layout import cut

if TYPE_CHECKING:
    from matplotlib.axes import Axes


FONT = 9.0
_LONGEST_NAME = 24
_MIN_ROWS = 4
_ROW_HEIGHT, _AROUND = 13, 75  # points, of a named row and of all above and below the rows


def new_axes() -> Axes:
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError(
            'plot: needs matplotlib. Install it with pip install "skparams[plot]".'
        ) from error
    return pyplot.subplots(figsize=(6, 3.2), layout="constrained")[1]


def name_rows(ax: Axes, names: Sequence[str]) -> None:
    """Name the rows at the left, the first one on top; few of them stay as thin as many."""
    ax.set_yticks(range(len(names)), names, fontsize=FONT)
    ax.set_ylim(max(len(names), _MIN_ROWS) - 0.4, -0.6)


def rows_that_fit(ax: Axes) -> int:
    """How many named rows there is room for."""
    room = ax.get_window_extent().height * 72 / ax.figure.dpi
    place, figure = ax.get_subplotspec(), ax.figure
    if place and figure.get_layout_engine():
        room = figure.bbox.height * 72 / figure.dpi / place.get_gridspec().nrows - _AROUND
    return max(_MIN_ROWS, int(room / _ROW_HEIGHT))


def set_title(ax: Axes, title: str, names: Sequence[str] = (), right: float = 0) -> None:
    """Set the title at the left of the names of the rows, as far as there is room.

    It may be wider than the axes by ``right`` points, as where lines have names.
    """
    text = ax.set_title(wrapped(ax, title, names, 11, right), fontsize=11, loc="left")
    figure = ax.figure
    if names:
        from matplotlib.transforms import ScaledTranslation

        back = _widest(names)
        if not figure.get_layout_engine():
            back = min(back, ax.get_window_extent().x0 * 72 / figure.dpi)
        move = ScaledTranslation(-back / 72, 0, figure.dpi_scale_trans)
        text.set_transform(text.get_transform() + move)


def _widest(names: Sequence[str]) -> float:
    return max(map(points, names)) + 4


def short(name: str) -> str:
    """A name that fits, with nothing in it that would be typeset as a formula."""
    return cut(clean(name), _LONGEST_NAME).replace("$", r"\$")


def wrapped(
    ax: Axes, text: str, names: Sequence[str] = (), size: float = FONT, right: float = 0
) -> str:
    """Break a text into lines that are no wider than the axes with the names of the rows."""
    lines, room = [""], points_wide(ax) + right
    place, figure = ax.get_subplotspec(), ax.figure
    if names and place and figure.get_layout_engine():
        room = figure.bbox.width * 72 / figure.dpi / place.get_gridspec().ncols - 2 * FONT
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".lstrip()
        if lines[-1] and points(longer, size) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)


def lay_out(ax: Axes) -> None:
    """Let the figure's layout place the axes, so that texts are broken for their final width."""
    figure = ax.figure.figure
    if figure.get_layout_engine():
        figure.draw_without_rendering()


def points_wide(ax: Axes) -> float:
    return float(ax.get_window_extent().width * 72 / ax.figure.dpi)


@lru_cache(maxsize=1000)
def points(text: str, size: float = FONT) -> float:
    """How wide a text will be, in points, whatever it is drawn with later."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    path = TextPath((0, 0), text or " ", size=size, prop=FontProperties())
    # Curves stay within their points; exact extents of 20 letters take 17 ms, these 3 µs.
    return float(np.ptp(path.vertices[:, 0])) if len(path.vertices) else 0.0


def name_lines(ax: Axes, lines: Sequence[Any], gap: float = 5) -> float:
    """Name lines at their ends, without overlaps, and within the axes where a line leaves them.

    Returns how many points the longest name takes.
    """
    ends = []
    bottom, top = sorted(ax.get_ylim())
    for line in lines:
        y = np.asarray(line.get_ydata(), dtype=float)
        known = np.flatnonzero(np.isfinite(y))
        if known.size:
            last = min(max(y[known[-1]], bottom), top)
            ends.append((line, line.get_xdata()[known[-1]], last))
    place = ax.transData.transform
    ax.figure.figure.draw_without_rendering()
    box = ax.get_window_extent()
    step = 1.25 * FONT * ax.figure.dpi / 72
    order = sorted(ends, key=lambda end: place((end[1], end[2]))[1])
    heights = [place((x, y))[1] for _, x, y in order]
    spread = apart(np.clip(heights, box.y0 + step / 2, box.y1), step)
    for (line, x, y), before, after in zip(order, heights, spread, strict=True):
        ax.annotate(
            line.get_label(),
            (x, y),
            (gap, (after - before) * 72 / ax.figure.dpi),
            textcoords="offset points",
            color=line.get_color(),
            fontsize=FONT,
            va="center",
            annotation_clip=False,
        )
    return max((points(line.get_label()) for line, *_ in ends), default=0.0)


def apart(heights: Sequence[float] | np.ndarray, step: float) -> np.ndarray:
    """Heights in rising order, moved as little as needed to be a step apart."""
    from scipy.optimize import isotonic_regression  # takes half a second to import

    steps = step * np.arange(len(heights))
    return isotonic_regression(heights - steps).x + steps
