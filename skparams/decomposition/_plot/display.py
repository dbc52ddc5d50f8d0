"""What the displays share: the explanation that they draw, axes, and the names on them."""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np

from skparams._lazy import refuse_lazy
from skparams._report import LIGHT, clean
from skparams.decomposition._explain import Explanation, RotatedPCA, check_count, explain, index_of
from skparams.decomposition._plot.fonts import Glyphs
from skparams.decomposition._plot.names import cut_names

FONT, TITLE_FONT = 9.0, 11.0
# Axes of this width, in inches with their margins, have texts of that size; narrower ones have
# smaller texts, at least by this factor.
FULL_WIDTH, MIN_SCALE = 5.0, 0.75
# Breaks a line that was too long.
SOFT_BREAK = " \n"
# How often texts are broken anew for the axes that these leave.
MAX_FITS = 4
# Cells of a name, by default and at least.
LABEL_LENGTH, MIN_LABEL_LENGTH = 24, 4
# What to do with rows that are not in memory.
FEW_ROWS = "A figure of some thousand of the rows shows as much"


class Display:
    """A figure of a PCA: made by ``from_estimator``, drawn by ``plot`` into ``ax_``."""

    ax_: Any
    figure_: Any
    warnings_: list[Any]

    @classmethod
    def _explain(
        cls, estimator: Any, X: Any, *, rotated: bool = False, needs_rows: bool = True
    ) -> Explanation:
        """Explain an estimator, or take an explanation as it is; tables are arrays."""
        what = f"{cls.__name__}.from_estimator"
        refuse_lazy(what, FEW_ROWS, X=X)
        found = estimator if isinstance(estimator, Explanation) else explain(estimator, X)
        rows = found.X if X is None or found is not estimator else found._reach(X)
        found = replace(found, X=rows, as_frame=False)
        if isinstance(found.pca, RotatedPCA) and not rotated:
            raise TypeError(f"{what}: estimator must be a PCA, got a RotatedPCA; its pca_ is one.")
        if needs_rows:
            refuse_lazy(what, FEW_ROWS, X=found.X)
        if needs_rows and found.X is None:
            raise ValueError(f"{what}: X must be given, as rows are drawn, got None.")
        return found

    def _start(self, ax: Any, size: tuple[float, float], label_length: Any = LABEL_LENGTH) -> Any:
        """The axes to draw in: those given, or those of a new figure."""
        check_label_length(label_length, type(self).__name__)
        self._label_length, self._glyphs = int(label_length), Glyphs()
        self._own_axes: list[Any] = []
        if ax is None:
            try:
                from matplotlib import pyplot
            except ImportError as error:
                raise ImportError(
                    f"{type(self).__name__}.plot needs matplotlib. Install it with pip install "
                    '"skparams[plot]".'
                ) from error
            ax = pyplot.subplots(figsize=size, layout="constrained")[1]
        self.ax_, self.figure_ = ax, ax.figure
        return ax

    def _style(self, title: str, *, spines: tuple[str, ...] = ("left", "bottom")) -> None:
        """Set the title and fonts, and hide the other spines."""
        ax, size = self.ax_, font_of(self.ax_)
        self._title_text = ax.set_title(title, fontsize=size * TITLE_FONT / FONT, loc="left")
        ax.tick_params(labelsize=size)
        for side, spine in ax.spines.items():
            spine.set_visible(side in spines)
        for axis in (ax.xaxis, ax.yaxis):
            axis.label.set_size(size)

    def _finish(self) -> Self:
        """The display, after one warning of all characters that the font does not have."""
        self._fit()
        self._glyphs.warn(f"{type(self).__name__}.plot")
        return self

    def _fit(self) -> None:
        """Break the title and the labels of the axes into lines that are not cut."""
        ax, figure = self.ax_, self.ax_.figure.figure
        alone = set(figure.axes) == {ax, *self._own_axes}
        title = self._title_text
        labels = [axes.yaxis.label for axes in (ax, *self._own_axes)]
        for _ in range(MAX_FITS):
            figure.draw_without_rendering()
            before = [text.get_text() for text in (title, ax.xaxis.label, *labels)]
            frame, page = ax.get_window_extent(), figure.bbox
            # A title begins at the axes, and further left if it is long; a label is below the
            # middle of the axes, or of the figure if it is long.
            break_lines(title, 0.97 * page.width if alone else 1.1 * frame.width)
            left = page.x1 - frame.x0 - title.get_window_extent().width
            if alone:
                title.set_x(min(0.0, left - 0.02 * page.width) / frame.width)
            break_lines(ax.xaxis.label, 0.97 * page.width if alone else 1.1 * frame.width)
            half, middle = ax.xaxis.label.get_window_extent().width / 2, frame.x0 + frame.width / 2
            if alone and not half < middle < page.x1 - half:
                ax.xaxis.label.set_x((page.width / 2 - frame.x0) / frame.width)
            for label in labels:
                room = max(frame.height, 0.6 * page.height)
                break_lines(label, 0.98 * room, vertical=True)
            if before == [text.get_text() for text in (title, ax.xaxis.label, *labels)]:
                return
        figure.draw_without_rendering()

    def _draw_warnings(self, texts: Sequence[str]) -> None:
        """Write sentences below the labels of the axes, in the color of warnings."""
        self._fit()
        self.warnings_ = []
        if not texts:
            return
        ax, page = self.ax_, self.ax_.figure.figure.bbox
        frame, size = ax.get_window_extent(), font_of(ax)
        below = -1.3 * size * len(ax.get_xlabel().split("\n")) - 22
        style: dict[str, Any] = {"color": LIGHT.below, "fontsize": size, "va": "top", "ha": "left"}
        style |= {"xycoords": "axes fraction", "textcoords": "offset points"}
        left = (0.02 * page.width - frame.x0) / frame.width  # that of the figure
        text = ax.annotate("\n".join(texts), (left, 0), (0, below), annotation_clip=False, **style)
        break_lines(text, 0.96 * page.width)
        self.warnings_.append(text)

    def _texts(self, names: Iterable[Any], *, weight: str = "normal") -> list[str]:
        """Names that fit and that the font draws, without characters that start a formula.

        Names that differ still differ.
        """
        cleaned = [self._glyphs.drawable(clean(str(name)), weight) for name in names]
        return [name.replace("$", r"\$") for name in cut_names(cleaned, self._label_length)]

    def _text(self, name: Any) -> str:
        """One name."""
        return self._texts([name])[0]


class PlaneDisplay(Display):
    """A display whose axes are two components."""

    component_names: Any
    ratios: Any

    def _start_plane(self, ax: Any, size: tuple[float, float], label_length: Any) -> Any:
        """Axes that cross at zero."""
        ax = self._start(ax, size, label_length)
        ax.axhline(0, color=LIGHT.quiet, lw=0.5, zorder=0)
        ax.axvline(0, color=LIGHT.quiet, lw=0.5, zorder=0)
        return ax

    def _name_axes(self, title: str, *, spines: tuple[str, ...] = ("left", "bottom")) -> None:
        """Name the components, and say how much of the variance they explain."""
        labels = [
            f"{name} ({percent(ratio)} of the variance)"
            for name, ratio in zip(self._texts(self.component_names), self.ratios, strict=True)
        ]
        self.ax_.set(xlabel=labels[0], ylabel=labels[1])
        self._style(title, spines=spines)

    def _share(self) -> str:
        """The share of the variance that both components explain."""
        return f"{percent(float(np.sum(self.ratios)))} of the variance"


def component_pair(names: Any, components: Any, what: str) -> list[int]:
    """Positions of two different components."""
    if not isinstance(components, list | tuple) or len(components) != 2:
        raise ValueError(f"{what}: components must be a pair, got {components!r}.")
    pair = [index_of(component, names, what, "component") for component in components]
    if pair[0] == pair[1]:
        raise ValueError(f"{what}: components must be different, got {components!r}.")
    return pair


def check_max_labels(value: Any, what: str) -> None:
    """Raise an error unless the value is a maximum number of labels, or None."""
    check_count(value, f"{what}: max_labels", minimum=0, or_none=True)


def check_label_length(value: Any, what: str) -> None:
    """Raise an error unless the value is a length that names can be cut to."""
    check_count(value, f"{what}: label_length", minimum=MIN_LABEL_LENGTH)


def counted(n: int, total: int, noun: str, one: str, many: str) -> str:
    """A count and its verb: "1 of 178 rows is", "2 of 178 rows are", "1 of 1 row is"."""
    return f"{n:,} of {total:,} {noun}{'' if total == 1 else 's'} {one if n == 1 else many}"


def warnings_of(result: Any) -> tuple[str, ...]:
    """What a result warns of; one that does not know warns of nothing."""
    return tuple(text.strip() for text in getattr(result, "warnings", ()))


def height_of(texts: Sequence[str]) -> float:
    """About how many inches sentences below the axes take."""
    return 0.17 * sum(1 + len(text) // 80 for text in texts)


def percent(ratio: float) -> str:
    """A ratio in percent, such as 12 % or 1.2 %."""
    return f"{100 * ratio:.{0 if ratio >= 0.0995 or ratio == 0 else 1}f} %"


def font_of(ax: Any) -> float:
    """Size of texts in points, which follows the width of the axes."""
    cell = ax.get_subplotspec()
    place = ax.get_position(original=True) if cell is None else cell.get_position(ax.figure)
    margins = ax.figure.figure.subplotpars
    share = place.width / (margins.right - margins.left)
    width = ax.figure.bbox.width / ax.figure.dpi * share
    return FONT * float(np.clip(width / FULL_WIDTH, MIN_SCALE, 1.0))


def outline_text(text: Any, width: float = 2.5) -> Any:
    """Outline a text in the background color, so that it is readable on lines and points."""
    from matplotlib.patheffects import withStroke

    text.set_path_effects([withStroke(linewidth=width, foreground=LIGHT.paper)])
    return text


def annotate(ax: Any, text: str, at: Any, offset: tuple[float, float], **style: Any) -> Any:
    """Add an outlined text at an offset, in points, from a point."""
    style = {"fontsize": font_of(ax) - 1, "color": LIGHT.ink, "va": "center"} | style
    return outline_text(ax.annotate(text, at, offset, textcoords="offset points", **style))


def note(ax: Any, text: str) -> None:
    """Add a line below the label of the x axis."""
    if text:
        label = ax.get_xlabel()
        ax.set_xlabel(f"{label}\n{text}" if label else text, fontsize=font_of(ax))


def break_lines(text: Any, room: float, *, vertical: bool = False) -> None:
    """Break a text into lines that take at most so many pixels, between words."""
    lines = []
    for line in joined_lines(text.get_text()).split("\n"):
        text.set_text(line)
        box = text.get_window_extent()
        length = box.height if vertical else box.width
        if length > room > 0:
            width = max(8, int(0.97 * len(line) * room / length))
            line = SOFT_BREAK.join(textwrap.wrap(line, width))
        lines.append(line)
    text.set_text("\n".join(lines))


def joined_lines(text: str) -> str:
    """A text before its lines were broken."""
    return text.replace(SOFT_BREAK, " ")
