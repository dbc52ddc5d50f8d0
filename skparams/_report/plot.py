"""Where the parameters of an estimator are, as a figure, through matplotlib."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from skparams._escape import clean
from skparams._records import Bounds, FittedAttribute, Node, Unknown
from skparams._report.bars import MAX_BARS, Bar, name_bars
from skparams._report.blocks import Block, blocks_of, first_split_level
from skparams._report.figure import (
    FONT,
    lay_out,
    name_rows,
    new_axes,
    points,
    points_wide,
    rows_that_fit,
    set_title,
    short,
    wrapped,
)
from skparams._report.layout import cut, width_of
from skparams._report.lines import largest
from skparams._report.palette import LIGHT
from skparams._report.words import GUESS, few, number, plural, value

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_REST = "… the rest"
_MIN_NAME_WIDTH = 12  # points: no name is narrower
_WIDE_RANGE = 100  # between the largest and the smallest array, from where a line hides the latter
_DECADES = 3  # that are shown then; what is smaller stands at 0


def draw_nodes(
    root: Node, ax: Axes | None, *, planned: bool = False, stats: Sequence[FittedAttribute] = ()
) -> Axes:
    """Draw where the parameters are, or of arrays with statistics, what their numbers are."""
    blocks = [] if stats else blocks_of(root)
    if not stats and not blocks:
        raise ValueError(f"plot: {clean(root.class_name)} has nothing to draw: {_why(root)}.")
    if ax is None:
        ax = new_axes()
    if stats:
        _draw_ranges(ax, stats)
    elif any(block.level for block in blocks):
        _draw_icicle(ax, blocks, _title(root, blocks, planned))
    else:
        _draw_bars(ax, blocks, _title(root, blocks, planned))
    return ax


def _why(root: Node) -> str:
    if isinstance(root.totals.stored, Unknown):
        return clean(root.totals.stored.reason)
    return "it has no fitted parameters"


def _draw_icicle(ax: Axes, blocks: list[Block], title: str) -> None:
    """Draw each level as a row of blocks that are as wide as their counts."""
    # matplotlib knows floats only, and counts may be longer than 64 bits.
    total = float(sum(block.count for block in blocks if block.level == 0))
    n_levels = 1 + max(block.level for block in blocks)
    ax.set(xlim=(0, total), ylim=(n_levels, 0), xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    lay_out(ax)
    set_title(ax, title)
    room = points_wide(ax)
    unnamed = []
    for block in blocks:
        ax.barh(
            block.level + 0.5,
            float(block.count),
            left=float(block.start),
            height=0.94,
            color=LIGHT.areas[block.branch % len(LIGHT.areas)],
            edgecolor=LIGHT.paper,
            linewidth=1,
        )
        label = _label(block, room * block.count / total)
        if label:
            ax.text(
                block.start + block.count / 2,
                block.level + 0.5,
                label,
                ha="center",
                va="center",
                fontsize=FONT,
                color=LIGHT.ink,
                clip_on=True,
            )
        elif block.level == 0:
            unnamed.append(f"{short(block.name)} {number(block.count)}")
    if unnamed:
        ax.set_xlabel(wrapped(ax, f"too narrow to name: {few(unnamed)}"), fontsize=FONT)


def _label(block: Block, room: float) -> str:
    """A name with its count below, the name alone, or nothing, as there is room."""
    if room < _MIN_NAME_WIDTH:
        return ""
    name, count = short(block.name), number(block.count)
    if max(map(points, (name, count))) <= room - 4:
        return f"{name}\n{count}"
    cells = width_of(name)  # fewer than letters, where there are combining ones
    while cells > 6 and (wide := points(name)) > room - 4:
        cells = max(6, min(cells - 1, int(cells * (room - 4) / wide)))
        name = cut(name, cells)
    return name if points(name) <= room - 4 else ""


def _draw_bars(ax: Axes, blocks: list[Block], title: str) -> None:
    """Draw a bar for each array, named beside it."""
    blocks = sorted(blocks, key=_is_rest)
    shown, rest = largest(blocks, min(MAX_BARS, rows_that_fit(ax)), lambda block: block.count)
    shown = list(shown)
    if rest:
        left = [each for each in [*shown, *rest] if each in rest or _is_rest(each)]
        shown = [each for each in shown if each not in left]
        shown.append(Block(_REST, 0, sum(each.count for each in left), 0, 0))
    name_bars(ax, [Bar(each.name, float(each.count), number(each.count)) for each in shown], title)


def _is_rest(block: Block) -> bool:
    return block.name.startswith("… ")


def _title(root: Node, blocks: list[Block], planned: bool) -> str:
    """Say which estimator or array has the most."""
    among = first_split_level(blocks)
    named = [block for block in among if not _is_rest(block)]
    first = max(named or among, key=lambda block: block.count)
    total = sum(block.count for block in blocks if block.level == 0)
    name, stored = short(first.name), root.totals.stored
    known = " that are known" if isinstance(stored, Unknown) else ""
    verb = "will hold" if planned else "holds"
    guess = "" if root.totals.guessed is None else GUESS
    parameters = f"{guess}{plural(total, 'parameter')}{known}"
    if isinstance(stored, Bounds) and first.count == total:
        return f"{name} will hold all parameters: at most {number(total)}"
    if isinstance(stored, Bounds):
        return (
            f"{name} may hold the most: {number(first.count)} of at most {number(total)} parameters"
        )
    if first.count == total:
        return f"{name} {verb} all {parameters}"
    share = 100 * first.count / total
    return f"{name} {verb} {share:.0f} % of the {parameters}"


def _draw_ranges(ax: Axes, rows: Sequence[FittedAttribute]) -> None:
    """Draw for each array a line from min to max, thick within one deviation from the mean."""
    reach = []
    furthest = max(rows, key=_reach)
    rows, rest = largest(rows, min(MAX_BARS, rows_that_fit(ax)), lambda row: row.count)
    if furthest in rest:  # which the title is about
        rows = [*rows[:-1], furthest]
    for i, row in enumerate(rows):
        stats = row.stats
        if stats is None or stats.min is None or stats.max is None or stats.mean is None:
            ax.text(0, i, "no number is finite", va="center", fontsize=FONT)
            continue
        std = stats.std or 0.0
        ax.plot([stats.min, stats.max], [i, i], color=LIGHT.above, linewidth=1.2)
        inner = max(stats.mean - std, stats.min), min(stats.mean + std, stats.max)
        ax.plot(inner, [i, i], color=LIGHT.above, linewidth=6, alpha=0.45, solid_capstyle="butt")
        ax.plot(stats.mean, i, "o", color=LIGHT.below, markersize=4.5)
        reach.append(_reach(row))
    sizes = [far for far in reach if far > 0]
    if sizes and max(sizes) > _WIDE_RANGE * min(sizes):
        least = max(min(sizes), max(sizes) / 10**_DECADES)
        # A whole decade, as a tick between it and 0 would touch the one at 0.
        ax.set_xscale("symlog", linthresh=10.0 ** math.ceil(math.log10(least)))
        ax.xaxis.get_major_locator().set_params(numticks=5)  # type: ignore[call-arg]
    names = [short(row.path) for row in rows]
    name_rows(ax, names)
    ax.tick_params(axis="y", length=0)
    ax.tick_params(axis="x", labelsize=FONT)
    ax.spines[["top", "right", "left"]].set_visible(False)
    below = "line: min to max; band: mean ± std; dot: mean"
    if rest:
        below += f"; {plural(len(rest), 'array')} left out"
    label = ax.set_xlabel(wrapped(ax, below, names), fontsize=FONT, loc="right")
    label.set_multialignment("right")
    title = "No parameter is finite"
    if reach:
        stats = furthest.stats
        assert stats is not None
        ends = f"{value(stats.min)} to {value(stats.max)}"
        title = f"{short(furthest.path)} reaches furthest: {ends}"
    set_title(ax, title, names)


def _reach(row: FittedAttribute) -> float:
    """The largest absolute value of an array."""
    stats = row.stats
    if stats is None or stats.min is None or stats.max is None:
        return -1.0
    return max(abs(stats.min), abs(stats.max))
