"""Whether iterations to a tolerance stopped before they reached it.

Reaching ``max_iter`` shows it only where fit stops as soon as a tolerance is reached. It is how fit
ends where ``max_iter`` is the number of steps, as in histogram gradient boosting, LDA or TSNE.
"""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np

from skparams.specs.context import Context


def iterations(ctx: Context) -> str | None:
    """Compare the iterations of each fit, of which there may be several, with the limit."""
    limit = ctx.params.get("max_iter")
    n_iter: Any = ctx.values.get("n_iter_")
    used = [n for n in np.ravel(n_iter) if n is not None]
    if limit is None or limit < 0 or not used:
        return None
    return at_limit(sum(bool(n >= limit) for n in used), len(used), limit)


def at_limit(reached: int, n: int, limit: int, name: str = "max_iter") -> str | None:
    if not reached:
        return None
    who = "uses" if n == 1 else f"{reached:,} of {n:,} fits use"
    plural = "" if limit == 1 else "s"
    return f"{who} all of {name}={limit:,} iteration{plural}: may not have converged"


def with_tolerance(ctx: Context) -> str | None:
    """Do so unless the tolerance is switched off."""
    tol = ctx.params.get("tol")
    return None if tol is None or tol == -inf else iterations(ctx)
