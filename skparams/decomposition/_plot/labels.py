"""Labels beside their points that overlap neither one another nor what must stay seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from skparams._report import LIGHT
from skparams.decomposition._plot.display import FONT, halo

# Where a label is tried: distances in points, and turns from its own direction in degrees.
DISTANCES = (3.0, 10.0, 18.0, 26.0, 36.0)
TURNS = (0, 25, -25, 50, -50, 80, -80, 120, -120, 180)
# By how many points a text is moved off another.
SHIFTS = tuple(np.arange(0.0, 150.0, 3.0))
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
    ax: Any, labels: Sequence[Label], seen: np.ndarray | None = None, *, most: int | None = None
) -> dict[int, Any]:
    """Draw those labels that there is room for, the first ones first; return artists by position.

    Labels stay in the axes, off one another, off the texts that are in the axes already and off
    the points in data coordinates that have to stay ``seen``. Lines that lead to labels cross
    none.
    """
    ax.figure.figure.draw_without_rendering()  # the layout, on which the room depends
    frame = ax.get_window_extent()
    boxes = [text.get_window_extent().extents for text in ax.texts]
    points = np.empty((0, 2)) if seen is None else ax.transData.transform(seen)
    room = _Room(ax.figure.dpi / 72, frame.min, frame.max, boxes, points)
    drawn: dict[int, Any] = {}
    for i, label in enumerate(labels):
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
            zorder=5,
        )
        box = artist.get_window_extent()
        anchor = ax.transData.transform((label.x, label.y))
        found = room.take(anchor, np.array([box.width, box.height]) / 2, label.angle)
        if found is None:
            artist.remove()
            continue
        center, end = found
        artist.set_position(tuple((center - anchor) / room.pixels))
        drawn[i] = halo(artist)
        if end is not None:
            x, y = ax.transData.inverted().transform(end)
            ax.plot([label.x, x], [label.y, y], color=LIGHT.quiet, lw=0.5, zorder=1)
    return drawn


def move_apart(ax: Any, texts: Sequence[Any], angles: Sequence[float]) -> None:
    """Move texts off those before them, no further than it takes, at best in their directions.

    They stay in the axes. A thin line leads below the texts from one to where it was, unless it
    still covers that. One for which there is no room stays where it is.
    """
    ax.figure.figure.draw_without_rendering()
    frame = ax.get_window_extent()
    room = _Room(ax.figure.dpi / 72, frame.min, frame.max, [], np.empty((0, 2)))
    for text, angle in zip(texts, angles, strict=True):
        box, at = text.get_window_extent(), text.get_position()
        half = np.array([box.width, box.height]) / 2
        anchor = ax.transData.transform(at)
        found = room.take(anchor, half, angle, over=True)
        if found is None:
            continue
        center = found[0]
        text.set_position(ax.transData.inverted().transform(center))
        if (np.abs(center - anchor) > half).any():
            end = np.clip(anchor, center - half, center + half)
            x, y = ax.transData.inverted().transform(end)
            ax.plot([at[0], x], [at[1], y], color=text.get_color(), lw=0.8, zorder=3)


@dataclass
class _Room:
    """What is taken of the axes, in pixels."""

    pixels: float  # of a point
    low: np.ndarray
    high: np.ndarray
    boxes: list[np.ndarray]
    points: np.ndarray

    def take(
        self, anchor: np.ndarray, half: np.ndarray, angle: float, *, over: bool = False
    ) -> tuple[np.ndarray, np.ndarray | None] | None:
        """Take the nearest free place; return its center and where a line to it ends.

        A place is beside the anchor or, with ``over``, at best over it: then no line is looked at.
        """
        half = half + MARGIN * self.pixels
        for distance in SHIFTS if over else DISTANCES:
            for turn in TURNS:
                turned = angle + np.radians(turn)
                toward = np.array([np.cos(turned), np.sin(turned)])
                reach = 0.0 if over else _reach(half, toward)
                center = anchor + toward * (distance * self.pixels + reach)
                low, high = center - half, center + half
                if (low < self.low).any() or (high > self.high).any():
                    continue
                line = np.empty((0, 2))
                if distance >= LED and not over:
                    line = np.linspace(anchor, np.clip(anchor, low, high), 10)
                if self._is_free(low, high, line):
                    self.boxes.append(np.concatenate([low, high]))
                    self.points = np.vstack([self.points, line])
                    return center, line[-1] if len(line) else None
        return None

    def _is_free(self, low: np.ndarray, high: np.ndarray, line: np.ndarray) -> bool:
        boxes = np.array(self.boxes).reshape(-1, 4)
        if ((boxes[:, :2] < high) & (boxes[:, 2:] > low)).all(axis=1).any():
            return False
        if ((self.points > low) & (self.points < high)).all(axis=1).any():
            return False
        crossed = (line[:, np.newaxis] > boxes[:, :2]) & (line[:, np.newaxis] < boxes[:, 2:])
        return not crossed.all(axis=2).any()


def _reach(half: np.ndarray, toward: np.ndarray) -> float:
    """Return how far a box reaches from its center in a direction."""
    with np.errstate(divide="ignore"):
        return float((half / np.abs(toward)).min())


def along(tips: np.ndarray, n_points: int = 50) -> np.ndarray:
    """Return points along arrows from the origin, which labels have to stay off."""
    steps = np.linspace(0.1, 1.0, n_points)
    return (tips[:, np.newaxis] * steps[:, np.newaxis]).reshape(-1, 2)
