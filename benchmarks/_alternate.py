"""Alternating runs: every side after the other and after itself, in one process.

NumPy and SciPy keep separate BLAS pools whose threads spin on for milliseconds after a call, so
what ran before changes what is measured. A round is A A B B: the first run of a side comes after
the other side ("other"), the second after itself ("self").
"""

import gc
import time
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from statistics import median

import numpy as np

CONTEXTS = ("other", "self")


@dataclass(frozen=True)
class Run:
    """One timed run."""

    round: int
    side: Hashable
    after: str
    seconds: float


def alternate(
    sides: dict[Hashable, Callable[[], float]],
    *,
    seconds: float,
    least: int = 3,
    most: int = 9,
    keep: Callable[[list[Run]], Iterable[Hashable]] | None = None,
) -> list[Run]:
    """Run the sides in rounds until the time is up.

    Parameters
    ----------
    sides : dict of name to callable
        Each callable does the work once and returns the seconds it took, so that it can leave
        its own preparation out. Call each once before, to have everything warm.
    seconds : float
        Time after which no further round begins.
    least, most : int
        How many rounds there are at least and at most.
    keep : callable, optional
        Given the first round's runs, says which sides go on: a side that only has to be shown to
        be slow needs no more.

    Returns
    -------
    runs : list of Run
    """
    runs: list[Run] = []
    until = time.perf_counter() + seconds
    # A lone side always comes after itself; the caller then has no "other" to compare.
    for number in range(most):
        if number >= least and time.perf_counter() > until:
            break
        for name, side in sides.items():
            for after in CONTEXTS:
                gc.collect()
                runs.append(Run(number, name, after, side()))
        if number == 0 and keep is not None:
            kept = set(keep(runs))
            sides = {name: side for name, side in sides.items() if name in kept}
    return runs


def typical(runs: list[Run], side: Hashable, after: str | None = None) -> float:
    """Return the median time of a side, in one context or in both."""
    return median(r.seconds for r in runs if r.side == side and after in (None, r.after))


def compare(pairs: Iterable[tuple[float, float]]) -> dict[str, float]:
    """Return the median and quartiles of the ratios of pairs of times, and the median times."""
    pairs = list(pairs)
    lower, middle, upper = np.quantile([slow / fast for slow, fast in pairs], [0.25, 0.5, 0.75])
    return {
        "median": float(middle),
        "lower": float(lower),
        "upper": float(upper),
        "slow_s": median(slow for slow, _ in pairs),
        "fast_s": median(fast for _, fast in pairs),
    }


def ratio(runs: list[Run], slow: Hashable, fast: Hashable, after: str) -> dict[str, float]:
    """Compare the times of two sides in the rounds that both have."""
    times = {(r.side, r.round): r.seconds for r in runs if r.after == after}
    shared = {n for side, n in times if side == slow} & {n for side, n in times if side == fast}
    return compare((times[slow, n], times[fast, n]) for n in sorted(shared))
