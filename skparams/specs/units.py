"""Units of a network that predictions would not miss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.sparse import issparse

from skparams.specs.context import Context

_ROWS = 1024  # that are passed on at a time


def odd_units(ctx: Context) -> Iterator[tuple[str, str]]:
    """Yield a finding for each hidden layer with units that predictions would not miss.

    Units that no weight reaches or leaves; with X, also rectified units that are zero for each row.
    """
    coefs = ctx.values["coefs_"]
    for i, (before, behind) in enumerate(pairwise(coefs), start=1):
        constant = ~before.any(axis=0)
        unread = ~behind.any(axis=1)
        yield from _found(i, constant, "are constant: all weights into them are zero")
        yield from _found(i, unread & ~constant, "add nothing: all weights out of them are zero")
    if ctx.X is not None and ctx.params["activation"] == "relu":
        yield from _dead_units(ctx.values, ctx.X)


def _dead_units(values: Mapping[str, Any], X: Any) -> Iterator[tuple[str, str]]:
    """Yield a finding for each hidden layer with units that are zero for each row of X."""
    X = X.tocsr() if issparse(X) else np.asarray(X)
    weights, biases = values["coefs_"][:-1], values["intercepts_"][:-1]
    dead = [w.any(axis=0) for w in weights]  # constant ones are found without X
    for start in range(0, X.shape[0], _ROWS):
        rows = X[start : start + _ROWS]
        for i, (w, bias) in enumerate(zip(weights, biases, strict=True)):
            with np.errstate(all="ignore"):  # of weights that are not finite, SKP002 tells
                rows = np.maximum(rows @ w + bias, 0)
            dead[i] &= ~rows.any(axis=0)
    for i, units in enumerate(dead, start=1):
        yield from _found(i, units, "are dead: they are zero for each row of X")


def _found(layer: int, units: np.ndarray, what: str) -> Iterator[tuple[str, str]]:
    if n := int(np.count_nonzero(units)):
        yield "SKP003", f"{n:,} of {len(units):,} units of hidden {layer} {what}"
