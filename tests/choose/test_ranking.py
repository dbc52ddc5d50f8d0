"""The fewest parameters and the Pareto front, beside trying all counts that bounds allow."""

import math
from itertools import product

import numpy as np
import pytest

from skparams._choose.ranking import fewest, pareto_front
from skparams._records import Bounds, Unknown


def random_counts(rng, n_known):
    """Counts of some settings, of which some are bounds, and their scores with ties."""
    n = rng.randint(1, 6)
    counts = {}
    for i in sorted(rng.choice(8, n, replace=False).tolist()):
        low = int(rng.randint(0, 5))
        high = low + int(rng.randint(0, 3))
        counts[i] = low if rng.uniform() < n_known or low == high else Bounds(low, high)
    return counts, rng.randint(0, 4, 8) / 4


def all_counts(counts):
    """Each dict of numbers that the counts may be."""
    ranges = [
        range(count.low, count.high + 1) if isinstance(count, Bounds) else [count]
        for count in counts.values()
    ]
    for numbers in product(*ranges):
        yield dict(zip(counts, numbers, strict=True))


def slow_fewest(numbers, means):
    return sorted(numbers, key=lambda i: (numbers[i], -means[i], i))[0]


def slow_front(numbers, means):
    def surpasses(j, i):
        no_worse = means[j] >= means[i] and numbers[j] <= numbers[i]
        return no_worse and (means[j] > means[i] or numbers[j] < numbers[i])

    return {i: not any(surpasses(j, i) for j in numbers) for i in numbers}


@pytest.mark.parametrize("n_known", [1.0, 0.5, 0.0])
def test_fewest_is_decided_exactly_when_all_counts_agree(rng, n_known):
    n_decided = 0
    for _ in range(300):
        counts, means = random_counts(rng, n_known)
        found = {slow_fewest(numbers, means) for numbers in all_counts(counts)}
        i, decided = fewest(counts, means)
        n_decided += decided
        assert decided == (len(found) == 1)
        assert i in found if decided else isinstance(counts[i], Bounds)
    assert n_decided == 300 if n_known == 1 else 20 < n_decided < 300


@pytest.mark.parametrize("n_known", [0.5, 0.0])
def test_counting_one_after_another_ends_at_the_fewest(rng, n_known):
    for _ in range(200):
        counts, means = random_counts(rng, n_known)
        truth = list(all_counts(counts))
        truth = truth[rng.randint(len(truth))]
        if rng.uniform() < 0.3:
            counts[next(iter(counts))] = Unknown("no reason")
        counted = []
        while not (found := fewest(counts, means))[1]:
            counted.append(found[0])
            counts[found[0]] = truth[found[0]]
        assert found[0] == slow_fewest(truth, means)
        assert len(counted) == len(set(counted))


@pytest.mark.parametrize("n_known", [1.0, 0.5, 0.0])
def test_the_front_is_known_exactly_where_all_counts_agree(rng, n_known):
    n_unknown = 0
    for _ in range(300):
        counts, means = random_counts(rng, n_known)
        fronts = [slow_front(numbers, means) for numbers in all_counts(counts)]
        found = pareto_front(counts, means)
        for i in counts:
            values = {front[i] for front in fronts}
            assert found[i] is (values.pop() if len(values) == 1 else None)
            n_unknown += found[i] is None
    assert (n_unknown == 0) == (n_known == 1)


def test_what_is_unknown_may_be_anything():
    means = np.array([0.9, 0.8, 0.7])
    counts = {0: 5, 1: Unknown("guessed"), 2: 3}
    assert fewest(counts, means) == (1, False)
    assert pareto_front(counts, means) == {0: True, 1: None, 2: None}
    assert fewest({1: Unknown("guessed")}, means) == (1, True)


def test_counts_that_are_too_long_for_numpy():
    means = np.array([0.5, 0.5, 0.6])
    counts = {0: 10**30 + 1, 1: 10**30, 2: 10**30 + 2}
    assert fewest(counts, means) == (1, True)
    assert pareto_front(counts, means) == {0: False, 1: True, 2: True}
    assert math.isfinite(float(counts[0]))
