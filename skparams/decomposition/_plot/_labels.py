"""Labels beside their points that overlap neither one another nor what must stay seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from skparams.decomposition._plot._display import FONT
from skparams.rendering._palette import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Where a label is tried: distances in points, and turns from its own direction in degrees.
DISTANCES = (3.0, 10.0, 20.0, 32.0)
TURNS = (0, 25, -25, 50, -50, 80, -80, 120, -120, 180)
# From this distance on a thin line leads to the point.
LED = 10.0
MARGIN = 1.5  # points around each label


class Label(NamedTuple):
    """A text at a point, and in which direction it is best placed, in radians."""

    x: float
    y: float
    text: str
    angle: float


def place(
    ax: Axes, labels: Sequence[Label], seen: np.ndarray | None = None, *, most: int | None = None
) -> list[Any]:
    """Draw those labels that there is room for, the first ones first, and return their artists.

    Labels stay in the axes, off one another, off the texts that are in the axes already and off
    the points in data coordinates that have to stay ``seen``.
    """
    ax.figure.figure.draw_without_rendering()  # the layout, on which the room depends
    pixels = ax.figure.dpi / 72
    frame = ax.get_window_extent()
    taken = [np.asarray(text.get_window_extent().extents) for text in ax.texts]
    points = np.empty((0, 2)) if seen is None else ax.transData.transform(seen)
    drawn: list[Any] = []
    for label in labels:
        if len(drawn) == most:
            break
        artist = ax.annotate(
            label.text,
            (label.x, label.y),
            (0, 0),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=FONT - 1,
            color=LIGHT.ink,
            annotation_clip=False,
        )
        box = artist.get_window_extent()
        half = np.array([box.width, box.height]) / 2 + MARGIN * pixels
        anchor = ax.transData.transform((label.x, label.y))
        found = _free(anchor, half, label.angle, pixels, frame, taken, points)
        if found is None:
            artist.remove()
            continue
        center, distance = found
        artist.set_position(tuple((center - anchor) / pixels))
        taken.append(np.concatenate([center - half, center + half]))
        drawn.append(artist)
        if distance >= LED:
            _lead(ax, label, center, half)
    return drawn


def _free(
    anchor: np.ndarray,
    half: np.ndarray,
    angle: float,
    pixels: float,
    frame: Any,
    taken: Sequence[np.ndarray],
    points: np.ndarray,
) -> tuple[np.ndarray, float] | None:
    """Return the center of the nearest place that is free, and how far it is."""
    boxes = np.array(taken).reshape(-1, 4)
    for distance in DISTANCES:
        for turn in TURNS:
            toward = np.array([np.cos(angle + np.radians(turn)), np.sin(angle + np.radians(turn))])
            center = anchor + toward * (distance * pixels + _reach(half, toward))
            low, high = center - half, center + half
            inside = (low >= frame.min).all() and (high <= frame.max).all()
            if not inside or ((boxes[:, :2] < high) & (boxes[:, 2:] > low)).all(axis=1).any():
                continue
            if not ((points > low) & (points < high)).all(axis=1).any():
                return center, distance
    return None


def _reach(half: np.ndarray, toward: np.ndarray) -> float:
    """Return how far a box reaches from its center in a direction."""
    with np.errstate(divide="ignore"):
        return float((half / np.abs(toward)).min())


def _lead(ax: Axes, label: Label, center: np.ndarray, half: np.ndarray) -> None:
    point = ax.transData.transform((label.x, label.y))
    end = ax.transData.inverted().transform(np.clip(point, center - half, center + half))
    ax.plot([label.x, end[0]], [label.y, end[1]], color=LIGHT.quiet, linewidth=0.5, zorder=1)


def along(tips: np.ndarray, n_points: int = 12) -> np.ndarray:
    """Return points along arrows from the origin, which labels have to stay off."""
    steps = np.linspace(0.1, 0.99, n_points)
    return (tips[:, np.newaxis] * steps[:, np.newaxis]).reshape(-1, 2)
