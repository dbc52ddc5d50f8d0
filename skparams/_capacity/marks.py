"""Which settings of a capacity curve stand out, and what the curve says in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from skparams._records import Bounds, Count, Unknown, low_high
from skparams._report import UNKNOWN, clean, number, value
from skparams.specs import short_repr

if TYPE_CHECKING:
    from skparams._capacity.record import CapacityCurve

# Scores and losses may be infinite, hence `errstate` below. A peak is near the threshold if it is
# at most so many times as far.
NEAR = 2
# Share of the range of training scores within which rows are fitted almost as well as by any.
FITTED = 0.1


def mean_size(counts: Sequence[Count]) -> float:
    """The mean of counts, NaN if one is not known."""
    if any(isinstance(count, Unknown) for count in counts) or not counts:
        return np.nan
    return float(np.mean([low_high(count) for count in counts]))  # type: ignore[arg-type]


def count_text(count: Count | float) -> str:
    """A count, which is no whole number if it is effective."""
    if isinstance(count, Unknown):
        return UNKNOWN
    low, high = count if isinstance(count, Bounds) else (count, count)
    ends = [number(n) if isinstance(n, int) else value(n) for n in (low, high)]
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)


def setting_names(curve: CapacityCurve) -> list[str]:
    """The values of the hyperparameter as text, with as many digits as tell them apart."""
    names = [clean(short_repr(value)) for value in curve.param_range]
    floats = [isinstance(value, float) for value in curve.param_range]
    short = [
        f"{value:.4g}" if is_float and len(name) > 8 else name
        for value, name, is_float in zip(curve.param_range, names, floats, strict=True)
    ]
    return short if len(set(short)) == len(set(names)) else names


@np.errstate(all="ignore")
def best_of(scores: np.ndarray, sizes: np.ndarray) -> int | None:
    """The row with the highest mean, of equals the smallest one; None if no mean is known."""
    means = scores.mean(axis=1)
    if not np.isfinite(means).any():
        return None
    first = np.flatnonzero(means == means[np.isfinite(means)].max())
    known = first[np.isfinite(sizes[first])]
    return int(known[np.argmin(sizes[known])]) if len(known) else int(first[0])


@np.errstate(all="ignore")
def standard_error(scores: np.ndarray) -> float:
    """The standard error of the mean over folds; NaN for one fold."""
    return float(scores.std(ddof=1) / len(scores) ** 0.5) if len(scores) > 1 else np.nan


@np.errstate(all="ignore")
def simplest_of(scores: np.ndarray, sizes: np.ndarray) -> int | None:
    """The smallest row whose mean is within one standard error of the best, of equals the best."""
    best = best_of(scores, sizes)
    if best is None or scores.shape[1] < 2:
        return None
    means = scores.mean(axis=1)
    good = (means >= means[best] - standard_error(scores[best])) & np.isfinite(sizes)
    places = np.flatnonzero(good)
    if not len(places):
        return None
    return int(min(places, key=lambda i: (sizes[i], -means[i])))


class Measure(NamedTuple):
    """Scores or losses: what they are called, and on which rows."""

    name: str
    train: np.ndarray
    test: np.ndarray
    sign: int

    @property
    def scores(self) -> np.ndarray:
        """The validation values with a sign so that greater is better."""
        return self.sign * self.test


def measure_of(curve: CapacityCurve, metric: str) -> Measure:
    """The scores or the losses of a curve. Raises ValueError if it has none."""
    if metric == "score":
        return Measure(curve.score_name, curve.train_scores, curve.test_scores, 1)
    if isinstance(curve.loss_name, Unknown):
        raise ValueError(f"plot: the curve has no loss: {clean(curve.loss_name.reason)}.")
    return Measure(curve.loss_name, curve.train_losses, curve.test_losses, -1)


def message(curve: CapacityCurve, measure: Measure) -> str:
    """What the curve says, in one sentence."""
    name, sizes = clean(measure.name), curve.sizes
    best = best_of(measure.scores, sizes)
    known = np.isfinite(sizes)
    if best is None:
        return f"No setting has a validation {name}"
    if not known.any():
        reasons = [count.reason for count in curve.n_params if isinstance(count, Unknown)]
        return f"The number of parameters is not known: {clean(reasons[0])}"
    words, superlative = parameters(curve, best), "best" if measure.sign > 0 else "lowest"
    if known.all() and len(sizes) > 1 and np.ptp(sizes) == 0:
        value_of_best = f"{clean(curve.param_name)}={setting_names(curve)[best]}"
        return f"Each setting has {words}; {value_of_best} has the {superlative} {name}"
    if not known[best]:
        return f"Validation {name} is {superlative} where the number of parameters is not known"
    peak = peak_of(curve, measure)
    if peak is not None:
        near = "the number of rows" if curve.n_outputs == 1 else "rows\xa0×\xa0outputs"
        verb = "is worst" if measure.sign > 0 else "peaks"
        at = f"{parameters(curve, peak)}, near {near}; {superlative} at "
        return f"Validation {name} {verb} at {at}{count_text(curve.n_params[best])}"
    start = f"Validation {name} is {superlative} at {words}"
    if known.sum() < 2:
        return start
    most, fewest = np.nanmax(sizes), np.nanmin(sizes)
    if sizes[best] == most:
        return f"{start}, the most"
    if overfits(measure, best, int(np.nanargmax(sizes))):
        return f"{start}; more overfit"
    return f"{start}, the fewest" if sizes[best] == fewest else start


def parameters(curve: CapacityCurve, i: int) -> str:
    """The number of parameters of a setting, with the noun."""
    count = curve.n_params[i]
    if curve.counted == "effective":
        return f"{count_text(count)} effective degrees of freedom"
    return "1 parameter" if count == 1 else f"{count_text(count)} parameters"


@np.errstate(all="ignore")
def overfits(measure: Measure, best: int, largest: int) -> bool:
    """Whether the largest setting fits the training rows better and new rows worse."""
    train, test = measure.sign * measure.train.mean(axis=1), measure.scores.mean(axis=1)
    error = standard_error(measure.scores[best])
    return bool(train[largest] > train[best] and test[largest] < test[best] - error)


@np.errstate(all="ignore")
def peak_of(curve: CapacityCurve, measure: Measure) -> int | None:
    """The setting at which double descent peaks.

    It is the worst one, near the threshold, fits the training rows almost as well as any, and each
    fold has better settings with fewer and with more parameters.
    """
    sizes, threshold, scores = curve.sizes, curve.threshold, measure.scores
    places = np.flatnonzero(np.isfinite(sizes) & np.isfinite(scores).all(axis=1))
    if isinstance(threshold, Unknown) or scores.shape[1] < 2 or len(places) < 3:
        return None
    low, high = low_high(threshold)
    means, train = scores.mean(axis=1), measure.sign * measure.train.mean(axis=1)
    worst = places[np.argmin(means[places])]
    left, right = places[sizes[places] < sizes[worst]], places[sizes[places] > sizes[worst]]
    if not len(left) or not len(right) or not low / NEAR <= sizes[worst] <= high * NEAR:
        return None
    if train[places].max() - train[worst] > FITTED * np.ptp(train[places]):
        return None
    sides = [side[np.argmax(means[side])] for side in (left, right)]
    return int(worst) if (scores[sides] > scores[worst]).all() else None
