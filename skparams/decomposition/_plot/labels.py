"""Labels beside points and arrows that overlap neither one another nor the arrows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from skparams._report import LIGHT
from skparams.decomposition._plot.display import annotate, note, short

# Positions that are tried: distances in points, and turns from the label's direction in degrees.
DISTANCES = (3.0, 10.0, 18.0, 26.0, 36.0)
LABEL_ANGLES = (0, 25, -25, 50, -50, 80, -80, 120, -120, 180)
# Distances in points by which a text is moved off another.
SHIFTS = tuple(np.arange(0.0, 150.0, 3.0))
# From this distance a thin line leads to the point.
LEADER_LINE_DISTANCE = 10.0
MARGIN = 1.5  # points around each label
# Arrows are thinner if there are more than this; those without a name are pale.
MANY_ARROWS = 40
UNLABELED_ALPHA = 0.3


class Label(NamedTuple):
    """A text at a point, and the best direction to place it in, in radians."""

    x: float
    y: float
    text: str
    angle: float


def place(
    ax: Any,
    labels: Sequence[Label],
    visible: np.ndarray,
    max_labels: int | None,
    *,
    with_note: bool = False,
) -> dict[int, Any]:
    """Draw the labels that there is room for, in order; return the artists by position.

    Labels stay in the axes and do not overlap one another, other texts, or the points in data
    coordinates that have to stay ``visible``. Lines that lead to labels do not cross labels.
    """
    room = _room_in(ax, ax.texts, visible, with_note)
    drawn: dict[int, Any] = {}
    for i, label in enumerate(labels):
        if len(drawn) == max_labels:
            break
        style: dict[str, Any] = {"ha": "center", "annotation_clip": False, "zorder": 5}
        artist = annotate(ax, label.text, (label.x, label.y), (0, 0), **style)
        box = artist.get_window_extent()
        anchor = ax.transData.transform((label.x, label.y))
        found = room.take(anchor, np.array([box.width, box.height]) / 2, label.angle)
        if found is None:
            artist.remove()
            continue
        center, end = found
        artist.set_position(tuple((center - anchor) / room.pixels))
        drawn[i] = artist
        if end is not None:
            x, y = ax.transData.inverted().transform(end)
            ax.plot([label.x, x], [label.y, y], color=LIGHT.quiet, lw=0.5, zorder=1)
    return drawn


def move_apart(ax: Any, texts: Sequence[Any], angles: Sequence[float]) -> None:
    """Move texts so that they do not overlap, as little as possible, and within the axes.

    A thin line leads from a text to its old position unless the text covers this. A text for which
    there is no room stays.
    """
    room = _room_in(ax, [], np.empty((0, 2)), with_note=True)
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
    """Occupied parts of the axes, in pixels."""

    pixels: float  # of a point
    low: np.ndarray
    high: np.ndarray
    boxes: list[np.ndarray]
    points: np.ndarray

    def take(
        self, anchor: np.ndarray, half: np.ndarray, angle: float, *, over: bool = False
    ) -> tuple[np.ndarray, np.ndarray | None] | None:
        """Occupy the nearest free place beside the anchor, or on it with ``over``.

        Returns the center of the place and the end of the line that leads to it, if there is one.
        """
        half = half + MARGIN * self.pixels
        for distance in SHIFTS if over else DISTANCES:
            for turn in LABEL_ANGLES:
                turned = angle + np.radians(turn)
                toward = np.array([np.cos(turned), np.sin(turned)])
                reach = 0.0 if over else _reach(half, toward)
                center = anchor + toward * (distance * self.pixels + reach)
                low, high = center - half, center + half
                if (low < self.low).any() or (high > self.high).any():
                    continue
                line = np.empty((0, 2))
                if distance >= LEADER_LINE_DISTANCE and not over:
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


def _room_in(ax: Any, texts: Sequence[Any], visible: np.ndarray, with_note: bool) -> _Room:
    """The room beside texts and points, in the layout with or without a note below the axes."""
    label = ax.get_xlabel()
    if with_note:
        note(ax, " ")
    ax.figure.figure.draw_without_rendering()
    ax.set_xlabel(label)
    frame = ax.get_window_extent()
    boxes = [text.get_window_extent().extents for text in texts]
    return _Room(ax.figure.dpi / 72, frame.min, frame.max, boxes, ax.transData.transform(visible))


def _reach(half: np.ndarray, toward: np.ndarray) -> float:
    """Distance from the center of a box to its edge in a direction."""
    with np.errstate(divide="ignore"):
        return float((half / np.abs(toward)).min())


def along(tips: np.ndarray, n_points: int = 50) -> np.ndarray:
    """Points along arrows from the origin, which labels must not cover."""
    steps = np.linspace(0.1, 1.0, n_points)
    return (tips[:, np.newaxis] * steps[:, np.newaxis]).reshape(-1, 2)


def draw_arrows(ax: Any, tips: np.ndarray) -> Any:
    """Draw arrows from the origin."""
    units = {"angles": "xy", "scale_units": "xy", "scale": 1, "zorder": 3}
    heads = {"headwidth": 4.5, "headlength": 6, "headaxislength": 5.5}
    width = 0.004 if len(tips) <= MANY_ARROWS else 0.003
    return ax.quiver(*np.zeros_like(tips).T, *tips.T, width=width, **units, **heads)


def label_arrows(
    arrows: Any, tips: np.ndarray, names: Any, max_labels: int | None, color: str
) -> list[Any]:
    """Name the longest arrows, as far as there is room, and draw the others pale."""
    ax, lengths = arrows.axes, np.hypot(*tips.T)
    labels = {
        int(j): Label(tips[j, 0], tips[j, 1], short(names[j]), np.arctan2(tips[j, 1], tips[j, 0]))
        for j in np.argsort(-lengths, kind="stable")
        if lengths[j] > 0
    }
    drawn = place(ax, list(labels.values()), along(tips), max_labels, with_note=True)
    named = {list(labels)[i] for i in drawn}
    alphas = [1.0 if j in named else UNLABELED_ALPHA for j in range(len(names))]
    arrows.set_color([(color, alpha) for alpha in alphas])
    if len(named) < len(names):
        left = len(names) - len(named)
        note(ax, f"pale: {left} of {len(names)} features, without a name")
    return list(drawn.values())
