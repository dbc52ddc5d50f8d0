"""Isotonic regression."""

from __future__ import annotations

from typing import Any

import numpy as np

from skparams._records import between
from skparams.specs import Context, Rule, Spec, parameter

SPECS: dict[str, Spec] = {}


def _interpolation(ctx: Context) -> Any:
    """Return the function that interpolates between an isotonic regression's thresholds."""
    from scipy.interpolate import interp1d

    x, y = ctx.values["X_thresholds_"], ctx.values["y_thresholds_"]
    if len(y) == 1:
        return lambda T: y.repeat(T.shape)
    return interp1d(x, y, kind="linear", bounds_error=ctx.params["out_of_bounds"] == "raise")


# Predictions interpolate between the thresholds: one for each row at most.
SPECS["IsotonicRegression"] = Spec(
    {
        "X_thresholds_": parameter("n_thresholds"),
        "y_thresholds_": parameter("n_thresholds"),
        "X_min_": Rule("derived", derive=lambda ctx: np.min(ctx.values["X_thresholds_"])),
        "X_max_": Rule("derived", derive=lambda ctx: np.max(ctx.values["X_thresholds_"])),
        "f_": Rule("derived", derive=_interpolation),
        "increasing_": "tuned",
    },
    sizes={"n_thresholds": lambda ctx: between(1, ctx.data.n_samples)},
    columns_out="1",
    float32=True,
)
