"""How a capacity curve is drawn, through matplotlib."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from skparams._capacity.marks import Measure, best_of, measure_of, message, setting_names
from skparams._records import Unknown, low_high
from skparams._report import (
    LIGHT,
    clean,
    name_lines,
    new_axes,
    plural,
    scale_counts,
    set_title,
    short,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from skparams._capacity.record import CapacityCurve

FONT = 9.0
# From where the largest value is so many times the smallest, their axis is logarithmic.
WIDE_VALUES = 20
# Training losses may be 0 but for rounding: that far below all validation losses the axis ends.
BELOW = 30
RING = 9.0  # points
# So many settings at most are named at an axis.
MAX_NAMES = 6
LABELS = {
    "stored": "learned parameters",
    "free": "free parameters",
    "nonzero": "nonzero parameters",
    "effective": "effective degrees of freedom",
}
STYLES = ("errorbar", "fill_between", None)
TYPES = {"test": ("test",), "train": ("train",), "both": ("train", "test")}
NAMES = {"train": "train", "test": "validation"}
COLORS = {"train": LIGHT.above, "test": LIGHT.below}


class Drawn(NamedTuple):
    """What was drawn."""

    ax: Any
    lines: list[Any]
    bands: list[Any] | None
    bars: list[Any] | None
    threshold: Any


def draw(
    curve: CapacityCurve,
    ax: Axes | None = None,
    *,
    metric: str = "score",
    negate_score: bool = False,
    score_name: str | None = None,
    score_type: str = "both",
    std_display_style: str | None = "fill_between",
    line_kw: Mapping[str, Any] | None = None,
    fill_between_kw: Mapping[str, Any] | None = None,
    errorbar_kw: Mapping[str, Any] | None = None,
) -> Drawn:
    """Draw the scores or the losses, with the arguments of `CapacityCurveDisplay.plot`."""
    check_style(metric, score_type, std_display_style)
    measure = measure_of(curve, metric)
    name = clean(measure.name)
    if negate_score and metric == "score":
        name = name.removeprefix("negative ")
        measure = Measure(name, -measure.train, -measure.test, -1)
    ax = new_axes() if ax is None else ax
    places, x = _places(curve)
    shown = {kind: getattr(measure, kind)[places] for kind in TYPES[score_type]}
    drawn = Drawn(
        ax,
        [_line(ax, x, kind, values, line_kw) for kind, values in shown.items()],
        [_area(ax, x, kind, values, fill_between_kw) for kind, values in shown.items()]
        if std_display_style == "fill_between"
        else None,
        [_bars(ax, x, kind, values, errorbar_kw) for kind, values in shown.items()]
        if std_display_style == "errorbar"
        else None,
        _scale_sizes(ax, curve, x),
    )
    _scale_values(ax, [_band(values) for values in shown.values()])
    best = best_of(measure.scores, curve.sizes)
    if best in places and "test" in shown:
        at = x[list(places).index(best)], measure.test[best].mean()
        ring: dict[str, Any] = {"mfc": "none", "mec": COLORS["test"], "mew": 1.4, "ms": RING}
        ax.plot(*at, "o", zorder=3, **ring)
    ax.set_ylabel(short(name if score_name is None else score_name), fontsize=FONT)
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelsize=FONT)
    room = name_lines(ax, drawn.lines, gap=RING)
    ax.figure.figure.draw_without_rendering()  # names have made the axes narrower
    set_title(ax, message(curve, measure).replace("$", r"\$"), right=room)
    return drawn


def _line(ax: Axes, x: np.ndarray, kind: str, values: np.ndarray, own: Any) -> Any:
    style = {"color": COLORS[kind], "linewidth": 1.4, "marker": "o", "markersize": 3}
    return ax.plot(x, _band(values)[0], **_style(style | {"label": NAMES[kind]}, own))[0]


def _area(ax: Axes, x: np.ndarray, kind: str, values: np.ndarray, own: Any) -> Any:
    _, low, high = _band(values)
    style = {"color": COLORS[kind], "alpha": 0.15, "linewidth": 0}
    return ax.fill_between(x, low, high, **_style(style, own))


def _bars(ax: Axes, x: np.ndarray, kind: str, values: np.ndarray, own: Any) -> Any:
    mean, low, high = _band(values)
    style = {"color": COLORS[kind], "fmt": "none", "elinewidth": 1}
    return ax.errorbar(x, mean, [mean - low, high - mean], **_style(style, own))


def _style(style: Mapping[str, Any], own: Mapping[str, Any] | None) -> dict[str, Any]:
    """Arguments for matplotlib, of which the caller's own may have short names, as "lw"."""
    from matplotlib.cbook import normalize_kwargs
    from matplotlib.lines import Line2D

    return {**style, **normalize_kwargs(dict(own or {}), Line2D)}


def _scale_sizes(ax: Axes, curve: CapacityCurve, x: np.ndarray) -> Any:
    """Set the axis of sizes, and draw where the parameters are as many as the training rows."""
    if not _by_count(curve):
        _name_settings(ax, curve)
        return None
    scale_counts(ax, x)
    area = _draw_threshold(ax, curve, x)
    below = LABELS[curve.counted]
    if n_left_out := len(curve.param_range) - len(x):
        below += f"\n{plural(n_left_out, 'setting')} of unknown size left out"
    if area is not None:
        below += "\ndotted: " + ("rows" if curve.n_outputs == 1 else "rows × outputs")
    ax.set_xlabel(below, fontsize=FONT)
    return area


def check_style(metric: str, score_type: str, std_display_style: str | None) -> None:
    """Raise ValueError for an argument of `plot` that is not valid."""
    for name, value, allowed in (
        ("metric", metric, ("score", "loss")),
        ("score_type", score_type, tuple(TYPES)),
        ("std_display_style", std_display_style, STYLES),
    ):
        if value not in allowed:
            words = ", ".join(map(repr, allowed))
            raise ValueError(f"plot: {name} must be one of {words}, got {value!r}.")


def _by_count(curve: CapacityCurve) -> bool:
    """Whether counts tell settings apart."""
    known = curve.sizes[np.isfinite(curve.sizes)]
    return bool(known.size and (np.ptp(known) or len(curve.sizes) == 1))


def _places(curve: CapacityCurve) -> tuple[np.ndarray, np.ndarray]:
    """The settings that are drawn, from left to right, and where on the axis."""
    if not _by_count(curve):
        return np.arange(len(curve.sizes)), np.arange(len(curve.sizes), dtype=float)
    order = np.argsort(curve.sizes, kind="stable")
    order = order[np.isfinite(curve.sizes[order])]
    return order, curve.sizes[order]


@np.errstate(all="ignore")  # values may be infinite
def _band(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The means, and one standard deviation below and above, as far as any fold reaches."""
    mean, std = values.mean(axis=1), values.std(axis=1)
    low, high = np.maximum(mean - std, values.min(axis=1)), mean + std
    return mean, np.minimum(low, mean), np.maximum(np.minimum(high, values.max(axis=1)), mean)


def _name_settings(ax: Axes, curve: CapacityCurve) -> None:
    names = [short(name) for name in setting_names(curve)]
    step = -(-len(names) // MAX_NAMES)
    ax.set_xticks(range(0, len(names), step), names[::step])
    ax.set_xlabel(short(curve.param_name), fontsize=FONT)


def _draw_threshold(ax: Axes, curve: CapacityCurve, x: np.ndarray) -> Any:
    """A line, or an area where folds have different numbers of rows, if the counts come near."""
    if isinstance(curve.threshold, Unknown) or curve.counted == "effective":
        return None
    low, high = low_high(curve.threshold)
    if not x.min() < high or not low < x.max():
        return None
    style: dict[str, Any] = {"color": LIGHT.quiet, "ls": (0, (1, 2)), "lw": 1, "zorder": 0}
    return ax.axvspan(low, high, alpha=0.6, **style)


def _scale_values(ax: Axes, bands: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> None:
    """A logarithmic axis for values that differ in magnitude."""
    from matplotlib.ticker import LogLocator, NullFormatter

    means = [mean for mean, _, _ in bands]
    found = np.concatenate(means)
    found, last = found[np.isfinite(found)], means[-1][np.isfinite(means[-1])]
    if not last.size:
        return
    size = np.abs(found)
    if found.min() < 0:
        typical = max(float(np.median(size)), np.finfo(float).tiny)
        if size.max() > WIDE_VALUES * typical:
            ax.set_yscale("symlog", linthresh=10.0 ** np.ceil(np.log10(typical)))
            ax.yaxis.set_major_formatter("{x:g}")
    elif last.min() > 0 and found.max() > WIDE_VALUES * found.min():
        ax.set_yscale("log")
        bottom = max(found.min(), last.min() / BELOW)
        top = max(float(high[np.isfinite(high)].max(initial=0)) for _, _, high in bands)
        ax.set_ylim(bottom / 1.5, 1.5 * top)
        few = top < 100 * bottom  # powers of ten alone are too few
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if few else (1,)))
        ax.yaxis.set_major_formatter("{x:g}")
        ax.yaxis.set_minor_formatter(NullFormatter())
