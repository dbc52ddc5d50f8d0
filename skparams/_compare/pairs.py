"""The tests of all pairs of competitors, or of those with the baseline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from skparams._compare.record import Competitor, Pair
from skparams._compare.statistics import (
    corrected_t_test,
    holm,
    rope_probabilities,
    score_differences,
)
from skparams._records import Unknown


def pairs_of(
    competitors: Sequence[Competitor],
    baseline: str | None,
    ratio: float | Unknown,
    rope: float | None,
) -> tuple[Pair, ...]:
    """The pairs of competitors that have a score in each fold, the better one first.

    With a baseline, it is the second one of each.
    """
    pairs = [_pair(*each, ratio, rope) for each in _listed(competitors, baseline)]
    p_values = [1.0 if pair.p_value is None else pair.p_value for pair in pairs]
    return tuple(
        pair if pair.p_value is None else replace(pair, adjusted_p=float(p))
        for pair, p in zip(pairs, holm(p_values), strict=True)
    )


def _listed(
    competitors: Sequence[Competitor], baseline: str | None
) -> Iterator[tuple[Competitor, Competitor]]:
    """Yield the pairs to compare."""
    complete = [each for each in competitors if each.mean is not None]
    ranked = sorted(complete, key=lambda each: -(each.mean or 0.0))
    for first, second in combinations(ranked, 2):
        if baseline is None or second.name == baseline:
            yield first, second
        elif first.name == baseline:
            yield second, first


def _pair(
    first: Competitor, second: Competitor, ratio: float | Unknown, rope: float | None
) -> Pair:
    differences = score_differences(first.scores, second.scores)
    pair = Pair(first.name, second.name, float(differences.mean()))
    if not differences.any():
        pair = replace(pair, identical=True)
    if isinstance(ratio, Unknown):
        return pair if pair.identical else replace(pair, no_test=ratio.reason)
    test = corrected_t_test(differences, ratio)
    if isinstance(test, Unknown):
        return pair if pair.identical else replace(pair, no_test=test.reason)
    if rope is not None:
        found = rope_probabilities(differences, ratio, rope)
        pair = replace(pair, probabilities=None if isinstance(found, Unknown) else found)
    if test.identical:
        return pair
    low, high = test.interval
    return replace(pair, difference=test.mean, low=low, high=high, p_value=test.p_value)
