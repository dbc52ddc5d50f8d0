"""What the pictures share: their size, their colors, and a row of dots for each work."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import matplotlib
from matplotlib.lines import Line2D
from PIL import Image

from skparams._report.palette import LIGHT

WIDTH = 3.5  # inches: 350 pixels at the smallest size that a page shows it at
OURS, PEER, QUIET, INK = LIGHT.above, LIGHT.below, LIGHT.quiet, LIGHT.ink
_STYLE = {
    "font.size": 7.5,
    "axes.titlesize": 8.5,
    "axes.titlelocation": "left",
    "axes.edgecolor": QUIET,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titleweight": "bold",
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "figure.facecolor": LIGHT.paper,
    "lines.markersize": 4,
    "lines.linewidth": 1.2,
}


@contextmanager
def picture(path: Path, height: float, title: str, *, quick: bool = False, **grid) -> Iterator:
    """Yield the axes of a figure with a title, and save it with few colors."""
    matplotlib.use("Agg")
    from matplotlib import pyplot

    with pyplot.rc_context(_STYLE):
        figure, axes = pyplot.subplots(figsize=(WIDTH, height), layout="constrained", **grid)
        figure.suptitle(title, x=0.02, ha="left", weight="bold", fontsize=8.5)
        if quick:
            figure.supxlabel("Quick run: not for quoting.", color=PEER, fontsize=7)
        yield axes
        figure.savefig(path, dpi=200)
        pyplot.close(figure)
    Image.open(path).convert("RGB").quantize(64).save(path, optimize=True)


class Dot(NamedTuple):
    """A value in a row, with its quartiles or interval."""

    row: str
    group: str
    value: float
    lower: float
    upper: float


def ratio_dot(row: str, group: str, ratio: dict) -> Dot:
    """Return the dot of a ratio, as `compare` returns it."""
    return Dot(row, group, ratio["median"], ratio["lower"], ratio["upper"])


def dots(ax, found: Iterable[Dot], colors: dict[str, str], *, write: str = "{:.1f}") -> None:
    """Draw a line of dots for each row, the first one on top, each dot with its value."""
    found = list(found)
    rows = list(dict.fromkeys(dot.row for dot in found))
    groups = list(colors)
    step = 0.7 / len(groups)
    for dot in found:
        y = rows.index(dot.row) + step * (groups.index(dot.group) - (len(groups) - 1) / 2)
        color = colors[dot.group]
        ax.plot([dot.lower, dot.upper], [y, y], color=color)
        ax.plot(dot.value, y, "o", color=color)
        ax.annotate(
            write.format(dot.value),
            (max(dot.upper, dot.value), y),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            color=color,
            fontsize=6.5,
        )
    ax.set_yticks(range(len(rows)), rows)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)


def key(on, colors: dict[str, str], *, loc: str = "lower right", **options) -> None:
    """Name the groups in their colors, on axes or a figure."""
    handles = [
        Line2D([], [], marker="o", ls="", color=color, label=name) for name, color in colors.items()
    ]
    on.legend(
        handles=handles, labelcolor=list(colors.values()), frameon=False, handlelength=0.6,
        loc=loc, fontsize=7, **options,
    )  # fmt: skip


def power_ticks(ax, values: Sequence[float]) -> None:
    """Label a logarithmic axis at these values."""
    ax.set_xscale("log")
    ax.set_xticks(values, [f"{value:g}" for value in values])
    ax.minorticks_off()
