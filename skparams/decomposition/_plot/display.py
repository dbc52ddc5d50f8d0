"""What the displays share: the model and its rows, axes, and the names on them."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skparams._report import LIGHT, clean, cut
from skparams.decomposition._explain.explain import explain
from skparams.decomposition._explain.features import FeatureTables
from skparams.decomposition._explain.rotation import RotatedPCA

FONT, TITLE_FONT = 9.0, 11.0
LONGEST_NAME = 24


def model_of(estimator: Any, X: Any, what: str, *, rotated: bool = False) -> tuple[Any, Any]:
    """Return a fitted PCA and its rows: those given, or found in a pipeline or a search."""
    if not isinstance(estimator, FeatureTables):
        if X is None:
            raise ValueError(f"{what}: X must be given where estimator has the PCA inside it.")
        found = explain(estimator, X)
        pca, X = found.pca, found.X
    else:
        check_is_fitted(estimator)
        pca = estimator
    if isinstance(pca, RotatedPCA) and not rotated:
        raise TypeError(f"{what}: estimator must be a PCA, got a RotatedPCA; its pca_ is one.")
    return pca, X


def component_index(names: Any, component: Any, what: str) -> int:
    """Return which component a name or a position means."""
    k = len(names)
    whole = isinstance(component, int | np.integer) and not isinstance(component, bool | np.bool_)
    if whole and -k <= component < k:
        return int(component) % k
    if isinstance(component, str) and component in names:
        return list(names).index(component)
    raise ValueError(
        f"{what}: component must be one of the {k} components, by name or by position, got "
        f"{component!r}."
    )


def pair_of(names: Any, components: Any, what: str) -> tuple[int, int]:
    """Return two different components."""
    if not isinstance(components, list | tuple) or len(components) != 2:
        raise ValueError(f"{what}: components must be a pair, got {components!r}.")
    first, second = (component_index(names, component, what) for component in components)
    if first == second:
        raise ValueError(f"{what}: components must be different, got {components!r}.")
    return first, second


def check_count(value: Any, what: str, *, least: int = 1, or_none: bool = False) -> None:
    """Refuse what is no number of things that are drawn, before work starts."""
    if or_none and value is None:
        return
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or value < least:
        other = " or None" if or_none else ""
        raise ValueError(f"{what} must be an int of at least {least}{other}, got {value!r}.")


def axes_of(ax: Any, size: tuple[float, float], what: str) -> Any:
    """Return the caller's axes, or those of a new figure."""
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError(
            f'{what}.plot needs matplotlib. Install it with pip install "skparams[plot]".'
        ) from error
    return pyplot.subplots(figsize=size, layout="constrained")[1]


def short(name: Any) -> str:
    """Return a name that fits, with nothing in it that would be typeset as a formula."""
    return cut(clean(str(name)), LONGEST_NAME).replace("$", r"\$")


def percent(share: float) -> str:
    """Return a share as people write it."""
    return f"{100 * share:.{0 if share >= 0.0995 or share == 0 else 1}f} %"


def axis_label(name: Any, ratio: float) -> str:
    return f"{short(name)} ({percent(ratio)} of the variance)"


def finish(ax: Any, title: str, *, spines: tuple[str, ...] = ("left", "bottom")) -> None:
    """Set the title, and leave the lines around the axes that help to read numbers."""
    ax.set_title(title, fontsize=TITLE_FONT, loc="left")
    ax.tick_params(labelsize=FONT)
    for side, spine in ax.spines.items():
        spine.set_visible(side in spines)
    for axis in (ax.xaxis, ax.yaxis):
        axis.label.set_size(FONT)


def halo(text: Any, width: float = 2.5) -> Any:
    """Give a text an edge of paper, so that it is readable on lines and points."""
    from matplotlib.patheffects import withStroke

    text.set_path_effects([withStroke(linewidth=width, foreground=LIGHT.paper)])
    return text


def note(ax: Any, text: str) -> None:
    """Add a line below the label of the x axis."""
    label = ax.get_xlabel()
    ax.set_xlabel(f"{label}\n{text}" if label else text, fontsize=FONT)
