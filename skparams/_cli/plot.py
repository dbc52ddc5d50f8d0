"""The picture: how the loss fell, and the weights of each layer."""

import io
import warnings
from dataclasses import dataclass

import numpy as np

from skparams._cli.data import Data
from skparams._cli.errors import printable
from skparams._report import LIGHT, Theme

_MOST_NAMES = 12  # rows that can be labelled legibly
_MOST_TILES = 24
_LONGEST_NAME = 18


def picture(network, data: Data, theme: Theme = LIGHT) -> bytes:
    """Return the figure of a fitted network as a PNG."""
    # Not pyplot, whose global state and choice of a window system are the user's.
    from matplotlib import rc_context
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.figure import Figure

    inks = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")
    style = dict.fromkeys(inks, theme.ink) | {"font.size": 11, "figure.titlesize": 12}
    style["axes.facecolor"] = theme.paper
    colours = LinearSegmentedColormap.from_list("", [theme.below, theme.paper, theme.above])
    with rc_context(style), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing", category=UserWarning)
        panels = [_panel(network, data, layer) for layer in range(len(network.coefs_))]
        heights = [2.4, *(1.0 if len(panel.image) == 1 else 2.3 for panel in panels)]
        figure = Figure((5, 0.3 + sum(heights)), layout="constrained", facecolor=theme.paper)
        # A title over the whole width: one over the axes is cut off where names are long.
        parts = list(figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False).flat)
        for part in parts:
            part.set_facecolor(theme.paper)
        _draw_loss(parts[0], network.loss_curve_, theme)
        for part, panel in zip(parts[1:], panels, strict=True):
            _draw_weights(part, panel, colours)
        parts[-1].supxlabel("weights: blue above zero, orange below", fontsize=10)
        content = io.BytesIO()
        figure.savefig(content, format="png", dpi=160)
    return content.getvalue()


def _draw_loss(part, curve: list[float], theme: Theme) -> None:
    """Draw the loss by epoch, its ends labelled at the line."""
    from matplotlib.ticker import LogLocator, NullFormatter

    ax = part.subplots()
    epochs = np.arange(1, len(curve) + 1)
    ax.plot(epochs, curve, color=theme.above, linewidth=2)
    ax.plot(epochs[-1], curve[-1], "o", color=theme.above, markersize=5)
    if min(curve) > 0 and max(curve) > 20 * min(curve):
        ax.set_yscale("log")
        # Powers of ten alone are too few within two decades.
        near = max(curve) < 100 * min(curve)
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if near else (1,)))
        ax.yaxis.set_major_formatter("{x:g}")
        ax.yaxis.set_minor_formatter(NullFormatter())
    part.suptitle(f"The loss went from {curve[0]:.2g} to {curve[-1]:.2g} in {len(curve)} epochs")
    ax.set_xlabel("epoch")
    ax.set_ylabel("loss")
    ax.spines[["top", "right"]].set_visible(False)


@dataclass(frozen=True)
class Panel:
    """One layer's weights as an image, and what to write beside it."""

    image: np.ndarray
    title: str
    names: list[str] | None = None  # of the image's rows
    below: str = ""
    square: bool = False


def _draw_weights(part, panel: Panel, colours) -> None:
    """Draw one layer's weights on a scale of its own, as pale as the paper near zero."""
    ax = part.subplots()
    size = np.nanmax(np.abs(panel.image)) or 1.0
    ax.imshow(
        panel.image,
        cmap=colours,
        vmin=-size,
        vmax=size,
        aspect="equal" if panel.square else "auto",
        interpolation="nearest",
    )
    part.suptitle(panel.title)
    ax.set_xlabel(panel.below)
    ax.set_xticks([])
    ax.set_yticks([])
    if panel.names:
        ax.set_yticks(range(len(panel.names)), panel.names, fontsize=10)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)


def _panel(network, data: Data, layer: int) -> Panel:
    """Return what to show of a layer."""
    if layer > 0:
        return _later_layer(network, data, layer)
    if data.image_shape:
        return _tiles(network.coefs_[0], data.image_shape)
    return _first_layer(network)


def _first_layer(network) -> Panel:
    """Return the features of the largest weights, by name."""
    weights = network.coefs_[0]
    rows = np.argsort(-np.abs(weights).mean(axis=1))[:_MOST_NAMES]
    names = [_short(network.feature_names_in_[i]) for i in rows]
    left = len(weights) - len(rows)
    return Panel(
        _grouped(weights[rows]),
        f"The first layer leans most on {names[0]}",
        names,
        f"{weights.shape[1]} hidden units" + (f"; {left} weaker inputs not shown" if left else ""),
    )


def _later_layer(network, data: Data, layer: int) -> Panel:
    """Return what each unit of a layer, or each class, takes from the units before it."""
    weights = network.coefs_[layer]
    before, units = weights.shape
    names, title = None, f"Hidden layer {layer + 1}: {units} units"
    if layer == len(network.coefs_) - 1:
        title = (
            "What each class takes from them" if units > 1 else "What the output takes from them"
        )
        if data.classes is not None and units == len(data.classes) <= _MOST_NAMES:
            names = [_short(name) for name in data.classes]
    return Panel(_grouped(weights.T), title, names, f"{before} hidden units")


def _tiles(weights: np.ndarray, shape: tuple[int, int]) -> Panel:
    """Return the strongest units' weights as small images, with a gap between them."""
    units = np.argsort(-np.linalg.norm(weights, axis=0))[:_MOST_TILES]
    across = min(8, len(units))
    down = -(-len(units) // across)
    height, width = shape[0] + 1, shape[1] + 1
    image = np.full((down * height - 1, across * width - 1), np.nan)
    for place, unit in enumerate(units):
        top, left = place // across * height, place % across * width
        image[top : top + shape[0], left : left + shape[1]] = weights[:, unit].reshape(shape)
    title = f"The pixels that {len(units)} of {weights.shape[1]} hidden units look at"
    return Panel(image, title, square=True)


def _grouped(rows: np.ndarray) -> np.ndarray:
    """Return the same rows, the columns grouped by the row in which they are largest."""
    size = np.abs(rows)
    return rows[:, np.lexsort((-size.max(axis=0), size.argmax(axis=0)))]


def _short(name: object) -> str:
    """Return a name that fits, with nothing in it that would be typeset as a formula."""
    text = printable(name)
    if len(text) > _LONGEST_NAME:
        text = f"{text[:9]}…{text[9 - _LONGEST_NAME + 1 :]}"  # a category stands at the end
    return text.replace("$", r"\$")
