"""The figure: how the loss fell, and the weights of each layer."""

import io
import warnings
from dataclasses import dataclass

import numpy as np

from skparams._cli.tables import Dataset
from skparams._report import Theme, clean

_MAX_LABELS = 12  # more rows cannot be labeled legibly
_MAX_TILES = 24
_MAX_NAME_LENGTH = 18


def draw(network, data: Dataset, theme: Theme) -> bytes:
    """Draw a fitted network and return the figure as a PNG."""
    # Not pyplot, whose global state and choice of a window system are the user's.
    from matplotlib import rc_context
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.figure import Figure

    inks = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")
    style = dict.fromkeys(inks, theme.ink) | {"font.size": 11, "figure.titlesize": 12}
    style["axes.facecolor"] = theme.paper
    colors = LinearSegmentedColormap.from_list("", [theme.below, theme.paper, theme.above])
    with rc_context(style), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing", category=UserWarning)
        panels = _panels(network, data)
        heights = [2.4, *(1.0 if len(panel.image) == 1 else 2.3 for panel in panels)]
        figure = Figure((5, 0.3 + sum(heights)), layout="constrained", facecolor=theme.paper)
        # Titles belong to subfigures: a title of an axes is cut off where labels are long.
        parts = list(figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False).flat)
        for part in parts:
            part.set_facecolor(theme.paper)
        _draw_loss(parts[0], network.loss_curve_, theme)
        for part, panel in zip(parts[1:], panels, strict=True):
            _draw_weights(part, panel, colors)
        parts[-1].supxlabel("weights: blue above zero, orange below", fontsize=10)
        content = io.BytesIO()
        figure.savefig(content, format="png", dpi=160)
    return content.getvalue()


def _draw_loss(part, loss_curve: list[float], theme: Theme) -> None:
    """Draw the loss of each epoch, and put first and last loss into the title."""
    from matplotlib.ticker import LogLocator, NullFormatter

    ax = part.subplots()
    n_epochs, low, high = len(loss_curve), min(loss_curve), max(loss_curve)
    ax.plot(range(1, n_epochs + 1), loss_curve, color=theme.above, linewidth=2)
    ax.plot(n_epochs, loss_curve[-1], "o", color=theme.above, markersize=5)
    if 0 < low < high / 20:
        ax.set_yscale("log")
        # Powers of ten alone are too few labels within two decades.
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < 100 * low else (1,)))
        ax.yaxis.set_major_formatter("{x:g}")
        ax.yaxis.set_minor_formatter(NullFormatter())
    first, last = loss_curve[0], loss_curve[-1]
    part.suptitle(f"The loss went from {first:.2g} to {last:.2g} in {n_epochs} epochs")
    ax.set(xlabel="epoch", ylabel="loss")
    ax.spines[["top", "right"]].set_visible(False)


@dataclass(frozen=True)
class Panel:
    """The weights of one layer as an image, with its texts."""

    image: np.ndarray
    title: str
    labels: list[str] | None = None  # of the rows of the image
    xlabel: str = ""


def _draw_weights(part, panel: Panel, colors) -> None:
    """Draw the weights of one layer, the color of the paper standing for zero."""
    ax = part.subplots()
    limit = np.nanmax(np.abs(panel.image)) or 1.0
    options = {"vmin": -limit, "vmax": limit, "interpolation": "nearest"}
    ax.imshow(panel.image, cmap=colors, aspect="auto" if panel.xlabel else "equal", **options)
    part.suptitle(panel.title)
    ax.set(xlabel=panel.xlabel, xticks=[], yticks=[])
    if panel.labels:
        ax.set_yticks(range(len(panel.labels)), panel.labels, fontsize=10)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)


def _panels(network, data: Dataset) -> list[Panel]:
    if data.image_shape:
        first = _tiles(network.coefs_[0], data.image_shape)
    else:
        first = _first_layer(network.coefs_[0], network.feature_names_in_)
    return [first, *(_later_layer(network, data, i) for i in range(1, len(network.coefs_)))]


def _first_layer(weights: np.ndarray, feature_names: np.ndarray) -> Panel:
    """Show the features with the largest mean absolute weight."""
    rows = np.argsort(-np.abs(weights).mean(axis=1))[:_MAX_LABELS]
    labels = [_short(name) for name in feature_names[rows]]
    xlabel = f"{weights.shape[1]} hidden units; {len(rows)} of {len(weights)} inputs shown"
    title = "Inputs with the largest weights in the first layer"
    return Panel(_grouped(weights[rows]), title, labels, xlabel)


def _later_layer(network, data: Dataset, layer: int) -> Panel:
    """Show the weights into each unit of a hidden layer or into each output."""
    weights = network.coefs_[layer]
    n_inputs, n_units = weights.shape
    labels, title = None, f"Weights into the {n_units} units of hidden layer {layer + 1}"
    if layer == len(network.coefs_) - 1:
        title = f"Weights into {'each class' if n_units > 1 else 'the output'}"
        if data.classes is not None and n_units == len(data.classes) <= _MAX_LABELS:
            labels = [_short(name) for name in data.classes]
    return Panel(_grouped(weights.T), title, labels, f"{n_inputs} hidden units")


def _tiles(weights: np.ndarray, shape: tuple[int, int]) -> Panel:
    """Show the weights of the strongest units as small images with gaps between them."""
    units = np.argsort(-np.linalg.norm(weights, axis=0))[:_MAX_TILES]
    n_columns = min(8, len(units))
    n_rows = -(-len(units) // n_columns)
    tiles = np.full((n_rows * n_columns, shape[0] + 1, shape[1] + 1), np.nan)
    tiles[: len(units), :-1, :-1] = weights[:, units].T.reshape(-1, *shape)
    image = np.block([list(row) for row in np.split(tiles, n_rows)])[:-1, :-1]
    return Panel(image, f"Weights of the pixels in {len(units)} of {weights.shape[1]} hidden units")


def _grouped(rows: np.ndarray) -> np.ndarray:
    """Sort the columns by the row in which each is largest."""
    size = np.abs(rows)
    return rows[:, np.lexsort((-size.max(axis=0), size.argmax(axis=0)))]


def _short(name: str) -> str:
    """Shorten a name in its middle, as a category is at its end, and escape formulas."""
    text = clean(name)
    if len(text) > _MAX_NAME_LENGTH:
        text = f"{text[:9]}…{text[10 - _MAX_NAME_LENGTH :]}"
    return text.replace("$", r"\$")
