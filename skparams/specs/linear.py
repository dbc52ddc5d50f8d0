"""The Spec of a linear model: coefficients for each output and feature, and intercepts.

``n_outputs`` is the number of targets; of a classifier the number of classes, or 1 for two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from skparams._records import Bounds, Cost, DataShape
from skparams.specs.common import if_known
from skparams.specs.context import Context
from skparams.specs.convergence import iterations
from skparams.specs.spec import Free, Rule, Size, Spec, parameter


def linear(
    attributes: Mapping[str, Rule | str] | None = None,
    *,
    sizes: Mapping[str, Size] | None = None,
    free: Free = None,
    free_intercept: Free = None,
    decides: Mapping[str, tuple[str, ...]] | None = None,
    float32: bool = False,
    epochs: bool = False,
    convergence: Callable[[Context], str | None] | None = iterations,
    effective: Callable[[Context], float] | None = None,
) -> Spec:
    """Return a Spec; ``attributes`` are those beside coefficients and intercepts."""
    rules: dict[str, Rule | str] = {
        "coef_": parameter("n_outputs", "n_features", free=free),
        "intercept_": parameter(
            "n_outputs", when="fit_intercept", free=free_intercept, otherwise="structure"
        ),
        **(attributes or {}),
    }

    extras = {"convergence": convergence, "effective": effective}
    return Spec(
        rules,
        decides=decides or {},
        sizes=sizes or {},
        cost=linear_cost(sizes["n_outputs"] if sizes else None, epochs=epochs),
        float32=float32,
        extras={name: extra for name, extra in extras.items() if extra is not None},
    )


def linear_cost(n_outputs: Any = None, *, epochs: bool = False) -> Callable[[Context], Cost]:
    """Return the cost of a linear model; one trained in ``epochs`` has that of an epoch too."""

    def macs(ctx: Context) -> int:
        n = ctx.data.n_outputs if n_outputs is None else n_outputs
        return ctx.data.n_features * (n(ctx) if callable(n) else n)

    def cost(ctx: Context) -> Cost:
        once = if_known(lambda: macs(ctx))
        if not epochs:
            return Cost(predict_macs_per_sample=once)
        epoch = if_known(lambda: _epoch_macs(ctx.data, macs(ctx)))
        return Cost(predict_macs_per_sample=once, train_macs_per_epoch=epoch)

    return cost


def _epoch_macs(data: DataShape, macs: int) -> Bounds:
    """Bounds of an epoch's multiply-adds: samples with zero loss need no update."""
    return Bounds(data.n_samples * macs, 2 * data.n_samples * macs)
