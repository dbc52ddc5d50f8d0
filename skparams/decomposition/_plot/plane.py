"""Two components as axes, with features as arrows: what the circle and the biplot share."""

from __future__ import annotations

from typing import Any

import numpy as np

from skparams._report import LIGHT
from skparams.decomposition._plot.display import Display, finish, note, percent, short
from skparams.decomposition._plot.labels import Label, along, place

# Arrows are thinner if there are more; those without a name are pale.
MANY = 40
PALE = 0.3


class PlaneDisplay(Display):
    """A display whose axes are two components."""

    component_names: Any
    ratios: Any

    def _start_plane(self, ax: Any, size: tuple[float, float]) -> Any:
        """Axes that cross at zero."""
        ax = self._start(ax, size)
        ax.axhline(0, color=LIGHT.quiet, lw=0.5, zorder=0)
        ax.axvline(0, color=LIGHT.quiet, lw=0.5, zorder=0)
        return ax

    def _name_axes(self, title: str, *, spines: tuple[str, ...] = ("left", "bottom")) -> None:
        """Name the components, and say how much of the variance they explain."""
        labels = [
            f"{short(name)} ({percent(ratio)} of the variance)"
            for name, ratio in zip(self.component_names, self.ratios, strict=True)
        ]
        self.ax_.set(xlabel=labels[0], ylabel=labels[1])
        total = percent(float(np.sum(self.ratios)))
        finish(self.ax_, f"{title}, {total} of the variance", spines=spines)


def draw_arrows(ax: Any, tips: np.ndarray) -> Any:
    """Draw arrows from the origin."""
    units = {"angles": "xy", "scale_units": "xy", "scale": 1, "zorder": 3}
    heads = {"headwidth": 4.5, "headlength": 6, "headaxislength": 5.5}
    width = 0.004 if len(tips) <= MANY else 0.003
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
    label = ax.get_xlabel()
    note(ax, " ")  # the layout leaves room for a note
    drawn = place(ax, list(labels.values()), along(tips), max_labels)
    ax.set_xlabel(label)
    named = {list(labels)[i] for i in drawn}
    alphas = [1.0 if j in named else PALE for j in range(len(names))]
    arrows.set_color([(color, alpha) for alpha in alphas])
    if len(named) < len(names):
        left = len(names) - len(named)
        note(ax, f"pale: {left} of {len(names)} features, without a name")
    return list(drawn.values())
