"""What the displays share: the explanation that they draw, axes, and the names on them."""

from dataclasses import replace
from typing import Any

import numpy as np

from skparams._report import LIGHT, clean, cut
from skparams.decomposition._explain import Explanation, RotatedPCA, check_count, explain, index_of

FONT, TITLE_FONT = 9.0, 11.0
MAX_NAME_LENGTH = 24


class Display:
    """A figure of a PCA: made by ``from_estimator``, drawn by ``plot`` into ``ax_``."""

    ax_: Any
    figure_: Any

    @classmethod
    def _explain(
        cls, estimator: Any, X: Any, *, rotated: bool = False, needs_rows: bool = True
    ) -> Explanation:
        """Explain an estimator, or take an explanation as it is; tables are arrays."""
        what = f"{cls.__name__}.from_estimator"
        found = estimator if isinstance(estimator, Explanation) else explain(estimator, X)
        rows = found.X if X is None or found is not estimator else found._reach(X)
        found = replace(found, X=rows, as_frame=False)
        if isinstance(found.pca, RotatedPCA) and not rotated:
            raise TypeError(f"{what}: estimator must be a PCA, got a RotatedPCA; its pca_ is one.")
        if needs_rows and found.X is None:
            raise ValueError(f"{what}: X must be given, as rows are drawn, got None.")
        return found

    def _start(self, ax: Any, size: tuple[float, float]) -> Any:
        """The axes to draw in: those given, or those of a new figure."""
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
        style_axes(self.ax_, f"{title}, {total} of the variance", spines=spines)


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


def short(name: Any) -> str:
    """A name that fits, without characters that start a formula."""
    return cut(clean(str(name)), MAX_NAME_LENGTH).replace("$", r"\$")


def percent(ratio: float) -> str:
    """A ratio in percent, such as 12 % or 1.2 %."""
    return f"{100 * ratio:.{0 if ratio >= 0.0995 or ratio == 0 else 1}f} %"


def style_axes(ax: Any, title: str, *, spines: tuple[str, ...] = ("left", "bottom")) -> None:
    """Set the title and fonts, and hide the other spines."""
    ax.set_title(title, fontsize=TITLE_FONT, loc="left")
    ax.tick_params(labelsize=FONT)
    for side, spine in ax.spines.items():
        spine.set_visible(side in spines)
    for axis in (ax.xaxis, ax.yaxis):
        axis.label.set_size(FONT)


def outline_text(text: Any, width: float = 2.5) -> Any:
    """Outline a text in the background color, so that it is readable on lines and points."""
    from matplotlib.patheffects import withStroke

    text.set_path_effects([withStroke(linewidth=width, foreground=LIGHT.paper)])
    return text


def annotate(ax: Any, text: str, at: Any, offset: tuple[float, float], **style: Any) -> Any:
    """Add an outlined text at an offset, in points, from a point."""
    style = {"fontsize": FONT - 1, "color": LIGHT.ink, "va": "center"} | style
    return outline_text(ax.annotate(text, at, offset, textcoords="offset points", **style))


def note(ax: Any, text: str) -> None:
    """Add a line below the label of the x axis."""
    label = ax.get_xlabel()
    ax.set_xlabel(f"{label}\n{text}" if label else text, fontsize=FONT)
