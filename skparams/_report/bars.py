"""Named bars with their values beside them, the longest on top, through matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from skparams._report.figure import (
    FONT,
    name_rows,
    new_axes,
    rows_that_fit,
    set_title,
    short,
    wrapped,
)
from skparams._report.palette import LIGHT
from skparams._report.words import plural, value

if TYPE_CHECKING:
    from matplotlib.axes import Axes


MAX_BARS = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar, or where there is no length a word in its place."""

    name: str
    length: float | None
    label: str = ""


def longest(bars: Sequence[Bar]) -> float:
    """The length of the longest bar, 0 if there is none."""
    return max((bar.length or 0.0 for bar in bars), default=0.0)


def draw_bars(
    bars: Sequence[Bar], ax: Axes | None, *, title: str, below: str, nothing: str
) -> Axes:
    """Draw bars, the longest of them if there are many; ``{first}`` in the title is the longest.

    ``nothing`` is the error if there are none.
    """
    if not bars:
        raise ValueError(f"plot: {nothing}.")
    if ax is None:
        ax = new_axes()
    ordered = sorted(bars, key=lambda bar: (bar.length is None, -(bar.length or 0.0)))
    most = min(MAX_BARS, rows_that_fit(ax))
    bars, rest = ordered[:most], ordered[most:]
    below += f"; {plural(len(rest), 'parameter')} left out" if rest else ""
    name_bars(ax, bars, title.format(first=short(bars[0].name)), below)
    return ax


def name_bars(ax: Axes, bars: Sequence[Bar], title: str, below: str = "") -> None:
    """Draw bars with their names at the left and their labels at the right."""
    widest = longest(bars) or 1.0
    for i, bar in enumerate(bars):
        length = bar.length or 0.0
        ax.barh(i, length, height=0.7, color=LIGHT.above)
        label = bar.label or value(bar.length)
        ax.text(length + widest / 60, i, label, va="center", fontsize=FONT, color=LIGHT.ink)
    ax.set(xlim=(0, 1.25 * widest), xticks=[])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    names = [short(bar.name) for bar in bars]
    name_rows(ax, names)
    ax.set_xlabel(wrapped(ax, below, names), fontsize=FONT, loc="right")
    set_title(ax, title, names)
