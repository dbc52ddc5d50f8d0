"""The figure of an Identifiability: its singular values and where they are cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from skparams._records import Unknown
from skparams._report import LIGHT, new_axes, number, set_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from skparams._identify.record import Identifiability


def draw(found: Identifiability, ax: Axes | None) -> Axes:
    """Draw the singular values in descending order, those that count and the others."""
    if isinstance(found.rank, Unknown) or not found.singular_values or found.tolerance is None:
        raise ValueError("plot: there are no singular values to draw, the rank is not known or 0.")
    ax = new_axes() if ax is None else ax
    values = np.array(found.singular_values)
    # Zeros are drawn where rounding would put them.
    values = np.maximum(values, (found.rounding or 0.0) / 10)
    places = np.arange(1, len(values) + 1)
    style: Any = {"marker": "o", "markersize": 3, "linestyle": "none"}
    ax.plot(places[: found.rank], values[: found.rank], color=LIGHT.above, **style)
    ax.plot(places[found.rank :], values[found.rank :], color=LIGHT.below, **style)
    ax.axhline(found.tolerance, color=LIGHT.quiet, linewidth=1)
    ax.annotate(
        "tolerance",
        (1, found.tolerance),
        xycoords=("axes fraction", "data"),
        xytext=(-2, 3),
        textcoords="offset points",
        ha="right",
        fontsize=8,
        color=LIGHT.quiet,
    )
    ax.set_yscale("log")
    ax.xaxis.get_major_locator().set_params(integer=True)  # type: ignore[call-arg]
    ax.set_xlabel("direction")
    ax.set_ylabel("singular value")
    ax.spines[["top", "right"]].set_visible(False)
    seen = f"{number(found.rank)} of {number(found.n_params)} directions change a prediction"
    set_title(ax, seen + (", but the cut is uncertain" if found.uncertain else ""))
    return ax
