"""The order of samples in which a multi-layer perceptron goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from skparams._keep.checks.values import indices, instance
from skparams._keep.kinds import integer

_KEY = 624  # numbers in the state of a Mersenne twister, which NumPy reads without a check


def _check_order(estimator: Any) -> None:
    order = vars(estimator).get("_order")
    if order is None:
        return
    instance(order, "_order", "builtins.dict")
    n_samples = integer(order, "n_samples", 1, 2**48)
    if order["rows"] is not None:
        rows = indices(order["rows"], "rows", 0, n_samples, (n_samples,))
        if np.bincount(rows).max() > 1:
            raise ValueError("rows of _order must have each number once")
    start = instance(order["start"], "start", "builtins.dict")
    if start.get("bit_generator") == "MT19937":
        integer(start["state"], "pos", 0, _KEY)


NETWORKS: dict[str, Callable[[Any], None]] = {"skparams.neural_network.BaseMLP": _check_order}
