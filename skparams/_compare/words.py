"""What a comparison found, in one sentence that is true of what the tests say."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from skparams._report import UNKNOWN, clean_distinct, cut_distinct, few

if TYPE_CHECKING:
    from skparams._compare.record import Comparison, Pair


# A difference is significant at this level of the adjusted p-value.
LEVEL = 0.05
# A standard deviation that is so much smaller than the largest one is that of rounding.
_ROUNDING = 1e-6


def shown_names(comparison: Comparison, width: int) -> dict[str, str]:
    """Names that are safe to show, and no wider; those that differ still do."""
    names = [each.name for each in comparison.competitors]
    shown = cut_distinct([" ".join(name.split()) for name in clean_distinct(names)], width)
    return dict(zip(names, shown, strict=True))


def finding(comparison: Comparison, names: Mapping[str, str]) -> str:
    """The sentence that stands over the figure and on the page, with names as they are shown."""
    pairs = comparison.pairs
    if not pairs:
        n = sum(each.mean is not None for each in comparison.competitors)
        if n > 1 and comparison.baseline is not None:
            return f"{names[comparison.baseline]} failed, and is the baseline"
        return f"{'One' if n else 'No'} competitor has a score in each fold"
    if all(pair.identical for pair in pairs):
        return "The scores are identical"
    if all(pair.adjusted_p is None for pair in pairs):
        return "These folds allow no test"
    if len(pairs) == 1:
        return _of_two(pairs[0], names)
    if comparison.baseline is not None:
        return _against(names[comparison.baseline], pairs, names)
    return _of_all(comparison, pairs, names)


def _of_two(pair: Pair, names: Mapping[str, str]) -> str:
    first, second = names[pair.first], names[pair.second]
    if not pair.significant:
        return f"{first} and {second} do not differ significantly"
    return f"{first} is {pair.finding} than {second}"


def _against(baseline: str, pairs: Sequence[Pair], names: Mapping[str, str]) -> str:
    found = []
    for word in ("better", "worse"):
        of_word = [names[pair.first] for pair in pairs if pair.finding == word]
        if len(of_word) == len(pairs):
            return f"Each other one is {word} than {baseline}"
        if of_word:
            found.append(f"{few(of_word)} {'is' if len(of_word) == 1 else 'are'} {word}")
    if not found:
        return f"None differs significantly from {baseline}"
    return f"{' and '.join(found)} than {baseline}"


def _of_all(comparison: Comparison, pairs: Sequence[Pair], names: Mapping[str, str]) -> str:
    n_significant = sum(pair.significant for pair in pairs)
    if not n_significant:
        return "No difference is significant"
    best = comparison.ranking[0].name
    worse = [names[pair.second] for pair in pairs if pair.significant and pair.first == best]
    if len(worse) == sum(best in (pair.first, pair.second) for pair in pairs):
        failed = any(each.mean is None for each in comparison.competitors)
        return f"{names[best]} is better than each other one{' that did not fail' * failed}"
    if worse:
        return f"{names[best]} is better than {few(worse)}"
    return f"{n_significant} of {len(pairs)} differences are significant"


def decimals_of(stds: Iterable[float | None]) -> int:
    """Decimals with which the smaller half of the standard deviations have two digits."""
    positive = sorted(std for std in stds if std)
    if not positive:
        return 3
    known = [std for std in positive if std > _ROUNDING * positive[-1]]
    return min(max(1 - math.floor(math.log10(known[(len(known) - 1) // 2])), 0), 6)


def score(value: float | None, decimals: int) -> str:
    """A score, or a difference of scores, as all others are written."""
    if value is None:
        return UNKNOWN
    if abs(value) >= 1e7 or not math.isfinite(value):
        return f"{value:.3g}"
    return f"{round(value, decimals) + 0.0:,.{decimals}f}"  # no -0.000


def duration(seconds: float | None) -> str:
    """A time with two or three digits."""
    if seconds is None:
        return UNKNOWN
    if seconds < 1:
        return f"{_digits(1000 * seconds)} ms"
    return f"{_digits(seconds)} s" if seconds < 100 else f"{_digits(seconds / 60)} min"


def _digits(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def p_value(p: float) -> str:
    """A p-value with two digits, or as many as it takes to tell on which side of 5 % it is."""
    if p < 0.001:
        return "< 0.001"
    if p >= 0.1:
        return f"{p:.2f}"
    texts = (f"{p:.{digits}g}" for digits in range(2, 17))
    return next(text for text in texts if (float(text) <= LEVEL) == (p <= LEVEL))
