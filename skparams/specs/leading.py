"""The components of a decomposition, each by the features with the largest entries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from skparams._records import Component, Leading
from skparams.specs.context import Context

_MAX_COMPONENTS = 8
_MAX_FEATURES = 3


def leading_features(ctx: Context) -> Leading | None:
    """Return the first components with their leading features, None where there are none."""
    values = ctx.values
    components = values.get("components_")
    if not isinstance(components, np.ndarray) or components.ndim != 2 or not components.size:
        return None
    k, p = components.shape
    names = values.get("feature_names_in_")
    if names is None or len(names) != p:
        names = [f"x{j}" for j in range(p)]
    shares = _shares(values, k)
    return Leading(
        k,
        tuple(
            Component(i, shares[i], _largest(components[i], names))
            for i in range(min(k, _MAX_COMPONENTS))
        ),
    )


def _largest(entries: np.ndarray, names: Any) -> tuple[tuple[str, float], ...]:
    order = np.argsort(-np.abs(entries), kind="stable")[:_MAX_FEATURES]
    return tuple((str(names[j]), float(entries[j])) for j in order if entries[j] != 0)


def _shares(values: Mapping[str, Any], k: int) -> list[float | None]:
    """Return the shares of the variance, where they are kept or follow from what is."""
    ratios, variances = (values.get(f"explained_variance{end}") for end in ("_ratio_", "_"))
    total = values.get("_total_variance")
    if ratios is None and variances is not None and total:
        ratios = np.asarray(variances) / total
    if ratios is None or np.shape(ratios) != (k,):
        return [None] * k
    return [float(ratio) for ratio in ratios]
