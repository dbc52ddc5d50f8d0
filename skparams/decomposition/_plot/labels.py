"""Labels beside points and arrows that overlap neither one another nor the arrows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from skparams._report import LIGHT
from skparams.decomposition._plot.display import annotate, break_lines, note

# Positions that are tried: distances in points, and turns from the label's direction in degrees.
NEAR = (3.0, 8.0)
DISTANCES = (3.0, 10.0, 18.0, 26.0, 36.0)
FAR = (*DISTANCES, 48.0, 62.0, 78.0)
LABEL_ANGLES = (0, 25, -25, 50, -50, 80, -80, 100, -100, 120, -120, 140, -140, 160, -160, 180)
# Distances in points by which a text is moved off another.
SHIFTS = tuple(np.arange(0.0, 240.0, 4.0))
MAX_SHIFT = 60.0  # off arrows
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
    reserve: str = "",
    distances: Sequence[float] = DISTANCES,
    **style: Any,
) -> dict[int, Any]:
    """Draw the labels that there is room for, in order; return the artists by position.

    Labels stay in the axes and do not overlap one another, other texts, or the points in data
    coordinates that have to stay ``visible``. Lines that lead to labels do not cross labels. Below
    the axes there is room for a note as long as ``reserve``.
    """
    room = _room_in(ax, ax.texts, visible, reserve)
    drawn: dict[int, Any] = {}
    style = {"ha": "center", "annotation_clip": False, "zorder": 5} | style
    for i, label in enumerate(labels):
        if len(drawn) == max_labels:
            break
        artist = annotate(ax, label.text, (label.x, label.y), (0, 0), **style)
        box = artist.get_window_extent()
        anchor = ax.transData.transform((label.x, label.y))
        half = np.array([box.width, box.height]) / 2
        found = room.take(anchor, half, label.angle, distances)
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


def move_apart(
    ax: Any,
    texts: Sequence[Any],
    angles: Sequence[float],
    visible: Sequence[np.ndarray],
    reserve: str,
) -> None:
    """Move texts so that they do not overlap, as little as possible, and within the axes.

    They do not cover points in data coordinates that have to stay ``visible``: if there is no room
    near, only those of the last set. A thin line leads from a text to its old position unless the
    text covers this. A text for which there is no room stays.
    """
    room = _room_in(ax, [], visible[0], reserve)
    sets = [ax.transData.transform(points) for points in visible]
    shifts = [[s for s in SHIFTS if s <= MAX_SHIFT], SHIFTS]
    for text, angle in zip(texts, angles, strict=True):
        box, at = text.get_window_extent(), text.get_position()
        half = np.array([box.width, box.height]) / 2
        anchor = ax.transData.transform(at)
        for points, distances in zip(sets, shifts, strict=True):
            room.points = points
            found = room.take(anchor, half, angle, distances, over=True)
            if found is not None:
                break
        else:
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
        self,
        anchor: np.ndarray,
        half: np.ndarray,
        angle: float,
        distances: Sequence[float],
        *,
        over: bool = False,
    ) -> tuple[np.ndarray, np.ndarray | None] | None:
        """Occupy the nearest free place beside the anchor, or on it with ``over``.

        Returns the center of the place and the end of the line that leads to it, if there is one.
        """
        half = half + MARGIN * self.pixels
        pixels = self.pixels * np.array(distances)
        near = np.abs(self.points - anchor) <= pixels[-1] + 2 * half
        points, boxes = self.points[near.all(axis=1)], np.array(self.boxes).reshape(-1, 4)
        turned = angle + np.radians(LABEL_ANGLES)
        toward = np.column_stack([np.cos(turned), np.sin(turned)])
        reach = 0.0 if over else _reach(half, toward)[:, np.newaxis]
        for distance in pixels:
            centers = anchor + toward * (distance + reach)
            leads = distance >= LEADER_LINE_DISTANCE * self.pixels and not over
            for center in centers[self._are_free(centers, half, points, boxes)]:
                line = np.empty((0, 2))
                if leads:
                    line = np.linspace(anchor, np.clip(anchor, center - half, center + half), 10)
                    if _are_in(line, boxes[:, :2], boxes[:, 2:]).any():
                        continue
                self.boxes.append(np.concatenate([center - half, center + half]))
                self.points = np.vstack([self.points, line])
                return center, line[-1] if leads else None
        return None

    def _are_free(
        self, centers: np.ndarray, half: np.ndarray, points: np.ndarray, boxes: np.ndarray
    ) -> np.ndarray:
        """Which places, given by their centers, are in the axes and not occupied."""
        low, high = centers - half, centers + half
        free = (low >= self.low).all(axis=1) & (high <= self.high).all(axis=1)
        above, below = boxes[:, :2] < high[:, np.newaxis], boxes[:, 2:] > low[:, np.newaxis]
        free &= ~(above & below).all(axis=2).any(axis=1)
        free &= ~_are_in(points, low, high).any(axis=0)
        return free


def _are_in(points: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Which points (rows) are in which boxes (columns)."""
    x, y = points[:, :1], points[:, 1:]
    inside: np.ndarray = (x > low[:, 0]) & (x < high[:, 0])
    return inside & (y > low[:, 1]) & (y < high[:, 1])


def _room_in(ax: Any, texts: Sequence[Any], visible: np.ndarray, reserve: str) -> _Room:
    """The room beside texts and points, in the layout that a note below the axes leaves."""
    label = ax.get_xlabel()
    if reserve:
        note(ax, reserve)
        break_lines(ax.xaxis.label, ax.get_window_extent().width)
    ax.figure.figure.draw_without_rendering()
    ax.set_xlabel(label)
    frame = ax.get_window_extent()
    boxes = [text.get_window_extent().extents for text in texts]
    return _Room(ax.figure.dpi / 72, frame.min, frame.max, boxes, ax.transData.transform(visible))


def _reach(half: np.ndarray, toward: np.ndarray) -> np.ndarray:
    """Distances from the center of a box to its edge in directions."""
    with np.errstate(divide="ignore"):
        return (half / np.abs(toward)).min(axis=1)


def along(tips: np.ndarray, n_points: int = 40) -> np.ndarray:
    """Points along arrows from the origin, which labels must not cover."""
    steps = np.linspace(0.0, 1.0, n_points)
    return (tips[:, np.newaxis] * steps[:, np.newaxis]).reshape(-1, 2)


def draw_arrows(ax: Any, tips: np.ndarray) -> Any:
    """Draw arrows from the origin."""
    units = {"angles": "xy", "scale_units": "xy", "scale": 1, "zorder": 3}
    heads = {"headwidth": 4.5, "headlength": 6, "headaxislength": 5.5}
    width = 0.004 if len(tips) <= MANY_ARROWS else 0.003
    return ax.quiver(*np.zeros_like(tips).T, *tips.T, width=width, **units, **heads)


def best_features(lengths: np.ndarray, n_features: int) -> np.ndarray:
    """Positions of the features with the longest arrows, the longest first."""
    return np.argsort(-lengths, kind="stable")[:n_features]


def label_arrows(
    arrows: Any,
    tips: np.ndarray,
    names: Sequence[str],
    max_labels: int | None,
    reserve: str,
    color: str,
) -> tuple[list[Any], str]:
    """Name arrows in order, as far as there is room, and draw the others pale.

    Returns the names, and a note if there are others.
    """
    ax = arrows.axes
    seen = [int(j) for j in np.flatnonzero(np.hypot(*tips.T) > 0)]
    labels = [
        Label(tips[j, 0], tips[j, 1], names[j], np.arctan2(tips[j, 1], tips[j, 0])) for j in seen
    ]
    drawn = place(ax, labels, along(tips), max_labels, reserve=reserve)
    named = {seen[i] for i in drawn}
    arrows.set_color([(color, 1.0 if j in named else UNLABELED_ALPHA) for j in range(len(names))])
    pale = len(names) - len(named)
    return list(drawn.values()), _about_pale(pale) if pale else ""


def _about_pale(n: int) -> str:
    return f"pale: {n} without a name"


def about_left_out(n: int) -> str:
    """A note about features without an arrow."""
    return f"{n:,} more feature{'s are' if n != 1 else ' is'} represented less well and not drawn"


def free_place(
    ax: Any,
    text: str,
    at: float,
    heights: np.ndarray,
    texts: Sequence[Any],
    points: np.ndarray,
    **style: Any,
) -> tuple[Any, float]:
    """Add a text beside a vertical line, in the axes, where it covers as little as possible.

    It does not cover other ``texts``, and as few of the ``points``, in pixels, as there is room
    for. It is broken at commas where it is too long. Returns it, and its top in data coordinates.
    """
    frame, pixels = ax.get_window_extent(), ax.figure.dpi / 72
    boxes = np.array([each.get_window_extent().extents for each in texts]).reshape(-1, 4)
    x, artist = ax.transData.transform((at, 0))[0], annotate(ax, text, (at, 0), (0, 0), **style)
    parts, found = text.split(", "), (np.inf, frame.x0, frame.y1, text)
    for n_parts in range(len(parts), 0, -1):
        broken = [", ".join(parts[i : i + n_parts]) for i in range(0, len(parts), n_parts)]
        artist.set_text(",\n".join(broken))
        box = artist.get_window_extent()
        tops = frame.y0 + frame.height * np.repeat(heights, 3)
        # Right, left, and where there is room on neither side, from the left of the axes.
        sides = [x + 4 * pixels, x - 4 * pixels - box.width, frame.x0 + 2 * pixels]
        lefts = np.tile(sides, len(heights))
        low = np.column_stack([lefts, tops - box.height])
        high = np.column_stack([lefts + box.width, tops])
        covered = _are_in(points, low, high).sum(axis=0).astype(float)
        covered[2::3] += 0.9 * len(points)
        for over in boxes:
            covered += len(points) * ((low < over[2:]) & (high > over[:2])).all(axis=1)
        covered[(low < frame.min).any(axis=1) | (high > frame.max).any(axis=1)] = np.inf
        best = int(covered.argmin())
        if covered[best] < found[0]:
            found = covered[best], *low[best][:1], high[best, 1], artist.get_text()
        if found[0] == 0:
            break
    top = float(ax.transData.inverted().transform(found[1:3])[1])
    artist.set_text(found[3])
    artist.set_position(((found[1] - x) / pixels, 0))
    artist.xy = (at, top)
    return artist, top
