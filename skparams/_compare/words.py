"""What a comparison found, in one sentence that is true of what the tests say."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from skparams._report import UNKNOWN, clean_distinct, cut_distinct, few, plural, short

if TYPE_CHECKING:
    from skparams._compare.record import Comparison, Pair


def shown_names(comparison: Comparison, width: int) -> dict[str, str]:
    """Names that are safe to show, and no wider; those that differ still do."""
    names = [each.name for each in comparison.competitors]
    shown = cut_distinct([" ".join(name.split()) for name in clean_distinct(names)], width)
    return dict(zip(names, shown, strict=True))


def finding(comparison: Comparison) -> str:
    """The sentence that stands over the figure and on the page, without its full stop."""
    pairs = comparison.pairs
    if not pairs:
        n = sum(each.mean is not None for each in comparison.competitors)
        return "One competitor has a score in each fold" if n == 1 else _none(comparison)
    if all(pair.identical for pair in pairs):
        return "The scores are identical"
    if all(pair.adjusted_p is None for pair in pairs):
        return "No test tells the competitors apart"
    if comparison.baseline is not None:
        return _against(comparison.baseline, pairs)
    if len(pairs) == 1:
        return _of_two(pairs[0])
    return _of_all(comparison, pairs)


def _none(comparison: Comparison) -> str:
    return "No competitor has a score in each fold" if comparison.competitors else ""


def _of_two(pair: Pair) -> str:
    first, second = short(pair.first), short(pair.second)
    if not pair.told_apart:
        return f"{first} and {second} are not told apart"
    return f"{first} is {pair.finding} than {second}"


def _against(baseline: str, pairs: Sequence[Pair]) -> str:
    better = [short(pair.first) for pair in pairs if pair.finding == "better"]
    worse = [short(pair.first) for pair in pairs if pair.finding == "worse"]
    name = short(baseline)
    if not better and not worse:
        if len(pairs) == 1:
            return f"{short(pairs[0].first)} and {name} are not told apart"
        return f"None is told apart from {name}"
    found = []
    for names, word in ((better, "better"), (worse, "worse")):
        if len(names) == len(pairs) > 1:
            return f"Each other one is {word} than {name}"
        if names:
            found.append(f"{few(names)} {'is' if len(names) == 1 else 'are'} {word}")
    return f"{' and '.join(found)} than {name}"


def _of_all(comparison: Comparison, pairs: Sequence[Pair]) -> str:
    n_apart = sum(pair.told_apart for pair in pairs)
    if not n_apart:
        return "No pair is told apart"
    best = comparison.ranking[0].name
    won = sum(pair.told_apart and pair.first == best for pair in pairs)
    others = sum(best in (pair.first, pair.second) for pair in pairs)
    if won == others:
        failed = any(each.mean is None for each in comparison.competitors)
        return f"{short(best)} is better than each other one{' that did not fail' * failed}"
    if won:
        return f"{short(best)} is better than {won} of {others} others"
    return f"{n_apart} of {plural(len(pairs), 'pair is', 'pairs are')} told apart"


def decimals_of(stds: Iterable[float | None]) -> int:
    """Decimals with which the smaller half of the standard deviations have two digits."""
    known = sorted(std for std in stds if std)
    if not known:
        return 3
    return min(max(1 - math.floor(math.log10(known[(len(known) - 1) // 2])), 0), 6)


def score(value: float | None, decimals: int) -> str:
    """A score, or a difference of scores, as all others are written."""
    if value is None:
        return UNKNOWN
    if abs(value) >= 1e7 or not math.isfinite(value):
        return f"{value:.3g}"
    return f"{value:,.{decimals}f}"


def duration(seconds: float | None) -> str:
    """A time with two or three digits."""
    if seconds is None:
        return UNKNOWN
    if seconds < 1:
        return f"{_digits(1000 * seconds)} ms"
    return f"{_digits(seconds)} s" if seconds < 100 else f"{_digits(seconds / 60)} min"


def _digits(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
