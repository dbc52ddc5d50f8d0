"""Rows on the plane of two components: groups or values as colors, ellipses, names."""

from typing import Any

import numpy as np
from scipy.special import fdtri
from sklearn.utils import check_consistent_length, column_or_1d

from skparams._lazy import refuse_lazy
from skparams._report import LIGHT
from skparams.decomposition._plot.display import FEW_ROWS, PlaneDisplay, font_of, outline_text
from skparams.decomposition._plot.labels import NEAR, Label, move_apart, place

MARKERS = ("o", "s", "^", "D", "v", "P", "X")
# More different numbers are values, with a color bar; as many texts are too many.
MAX_GROUPS = 12
# Rows whose names are placed, at most.
MAX_NAMED_ROWS = 60
# Share of new rows of a normal group that are within its ellipse.
ELLIPSE_LEVEL = 0.95
# Around the origin, where arrows meet, there are no names of groups: the height of the axes times.
HUB = 0.22


class RowsDisplay(PlaneDisplay):
    """A display of rows on two components."""

    coordinates: Any
    y: Any
    y_name: Any
    row_names: Any
    points_: Any
    groups_: Any
    ellipses_: Any
    colorbar_: Any

    def _draw_rows(self, ellipses: bool) -> None:
        """Draw the rows, and what their colors are."""
        size = float(np.clip(4000 / max(1, len(self.coordinates)), 4, 20))
        style: dict[str, Any] = {"s": size, "lw": 0, "zorder": 1}
        self.groups_, self.ellipses_, self.colorbar_ = [], [], None
        if self.y is None:
            style["color"] = LIGHT.above
            self.points_ = [self.ax_.scatter(*self.coordinates.T, alpha=0.5, **style)]
        elif are_values(self.y):
            self._draw_values(style)
        else:
            self._draw_groups(style, ellipses)

    def _draw_values(self, style: dict[str, Any]) -> None:
        style |= {"c": self.y, "cmap": "viridis", "alpha": 0.85}
        self.points_ = [self.ax_.scatter(*self.coordinates.T, **style)]
        name = "y" if self.y_name is None else self.y_name
        beside = self.ax_.inset_axes((1.02, 0, 0.03, 1))  # as high as the axes, at any aspect
        self.colorbar_ = bar = self.figure_.colorbar(self.points_[0], cax=beside)
        bar.outline.set_visible(False)
        bar.solids.set_alpha(1)
        bar.ax.tick_params(labelsize=font_of(self.ax_) - 1)
        bar.set_label(self._text(name), fontsize=font_of(self.ax_))

    def _draw_groups(self, style: dict[str, Any], ellipses: bool) -> None:
        self.points_ = []
        groups = np.unique(self.y)
        names = self._texts(groups, weight="bold")
        name_style: dict[str, Any] = {
            "fontsize": font_of(self.ax_) + 3,
            "fontweight": "bold",
            "zorder": 4,
        }
        for i, (group, name) in enumerate(zip(groups, names, strict=True)):
            rows = self.coordinates[self.y == group]
            color = style["color"] = name_style["color"] = LIGHT.groups[i % len(LIGHT.groups)]
            marker = MARKERS[(i + i // len(MARKERS)) % len(MARKERS)]
            self.points_.append(self.ax_.scatter(*rows.T, marker=marker, alpha=0.45, **style))
            if ellipses and (points := ellipse_around(rows)) is not None:
                self.ellipses_ += self.ax_.plot(*points.T, color=color, lw=1.2, zorder=2)
            middle = np.median(rows, axis=0)
            text = self.ax_.text(*middle, name, ha="center", va="center", **name_style)
            self.groups_.append(outline_text(text, 4))  # arrows meet where many groups are

    def _reached(self) -> np.ndarray:
        """Points that the axes have to contain: rows and ellipses."""
        ellipses = [np.column_stack(line.get_data()) for line in self.ellipses_]
        return np.vstack([self.coordinates, *ellipses])

    def _about_rows(self, ellipses: bool) -> list[str]:
        """Notes about ellipses."""
        if not ellipses:
            return []
        text = f"colored ellipses: {100 * ELLIPSE_LEVEL:g} % of the rows of a normal group"
        missing = len(self.groups_) - len(self.ellipses_)
        few = "1 group has" if missing == 1 else f"{missing} groups have"
        return [f"{text}; {few} too few rows for one" if missing else text]

    def _move_groups_apart(self, arrows: np.ndarray, reserve: str) -> None:
        """Move names of groups outwards, so that they overlap neither one another nor arrows.

        If there is no room beside the arrows, they keep out of the hub, where the arrows meet.
        """
        if not self.groups_:
            return
        at = np.array([text.get_position() for text in self.groups_])
        angles = np.arctan2(*(at - at.mean(axis=0)).T[::-1])
        radius = HUB * np.ptp(self.ax_.get_ylim())
        hub = arrows[np.hypot(*arrows.T) < radius]
        move_apart(self.ax_, self.groups_, angles, [arrows, hub], reserve)

    def _name_rows(
        self,
        order: np.ndarray,
        max_labels: int | None,
        visible: np.ndarray,
        names: Any,
        color: str,
    ) -> list[Any]:
        """Name rows in order, as far as there is room."""
        order = order[:MAX_NAMED_ROWS]
        points = self._named_points()[order]
        labels = [
            Label(point[0], point[1], name, np.arctan2(point[1], point[0]))
            for point, name in zip(points, self._texts(names[i] for i in order), strict=True)
        ]
        found = place(self.ax_, labels, visible, max_labels, distances=NEAR, color=color)
        return list(found.values())

    def _named_points(self) -> np.ndarray:
        return self.coordinates


def checked_y(y: Any, X: Any, ellipses: bool, what: str) -> tuple[Any, Any]:
    """Colors of rows as an array, and their name."""
    if y is None:
        if ellipses:
            raise ValueError(f"{what}: ellipses=True needs y, the groups, got None.")
        return None, None
    refuse_lazy(what, FEW_ROWS, y=y)
    name = getattr(y, "name", None)
    y = column_or_1d(y)
    check_consistent_length(X, y)
    _check_colors(y, what)
    if ellipses and are_values(y):
        raise ValueError(
            f"{what}: ellipses=True needs groups in y, at most {MAX_GROUPS} different values, got "
            f"{len(np.unique(y))}."
        )
    return y, name


def checked_names(row_names: Any, X: Any, what: str) -> np.ndarray | None:
    """Names of rows as an array."""
    if row_names is None:
        return None
    refuse_lazy(what, FEW_ROWS, row_names=row_names)
    names = np.asarray(row_names, dtype=object)
    if names.shape != (X.shape[0],):
        raise ValueError(
            f"{what}: row_names must have one name for each of the {X.shape[0]} rows, got shape "
            f"{names.shape}."
        )
    return names


def are_values(y: np.ndarray) -> bool:
    """Whether y has many different numbers, which are no groups."""
    return y.dtype.kind in "iuf" and len(np.unique(y)) > MAX_GROUPS


def _check_colors(y: np.ndarray, what: str) -> None:
    """Raise an error if groups have no order, are missing, or are too many."""
    try:
        groups = np.unique(y)
    except TypeError as error:  # None, and text beside numbers, have no order
        kinds = sorted({type(group).__name__ for group in y})
        raise ValueError(
            f"{what}: y must have values of one type, none missing, got {' and '.join(kinds)}."
        ) from error
    if (groups != groups).any():  # NaN
        raise ValueError(f"{what}: y must have no missing values, got {groups[-1]}.")
    if groups.dtype.kind == "f" and not np.isfinite(groups).all():
        raise ValueError(f"{what}: y must be finite, got {groups[~np.isfinite(groups)][0]}.")
    if not are_values(y) and len(groups) > MAX_GROUPS:
        raise ValueError(
            f"{what}: y must be numbers, or have at most {MAX_GROUPS} different values, the "
            f"groups, got {len(groups)}."
        )


def plane_limit(n: float, level: float, *, new: bool = True) -> float | None:
    """Limit of T² of rows in a plane, None where it is undefined.

    That of new rows is by the F distribution, that of the training rows by the beta distribution.
    """
    if n < 4:
        return None
    if new:
        return float(2 * (n * n - 1) / (n * (n - 2)) * fdtri(2, n - 2, level))
    # The quantile of a beta variable with parameters 1 and (n - 3) / 2.
    return float((n - 1) ** 2 / n * (1 - (1 - level) ** (2 / (n - 3))))


def ellipse_around(rows: np.ndarray, level: float = ELLIPSE_LEVEL) -> np.ndarray | None:
    """Points of the ellipse that new rows of a normal group are within, None for too few rows."""
    limit = plane_limit(len(rows), level)
    if limit is None:
        return None
    values, axes = np.linalg.eigh(np.cov(rows.T))
    if values[0] <= 1e-12 * values[1]:
        return None
    return rows.mean(axis=0) + (circle() * np.sqrt(limit * values)) @ axes.T


def circle(n_points: int = 181) -> np.ndarray:
    """Points of the unit circle."""
    turn = np.linspace(0, 2 * np.pi, n_points)
    return np.column_stack([np.cos(turn), np.sin(turn)])
