"""The corrected t test, Holm's method and the region of practical equivalence, beside slow ones."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from skparams._compare.statistics import (
    corrected_t_test,
    holm,
    rope_probabilities,
    score_differences,
)
from skparams._records import Unknown

SEEDS = range(20)


def _draw(seed):
    """Random differences, ratio of test to training rows, and region of equivalence."""
    rng = np.random.default_rng(seed)
    scale = 10.0 ** rng.uniform(-250, 250)
    n = int(rng.choice([2, 3, 5, 10, 50, 100]))
    differences = scale * (rng.normal(size=n) * rng.choice([1e-6, 0.1, 1]) + rng.normal())
    return differences, float(rng.choice([1 / 9, 1 / 4, 1, 9])), scale * float(rng.uniform(0, 1))


def _slow_t_test(differences, ratio):
    """Mean, error, p-value and interval by the published formula, in Python's own numbers."""
    n = len(differences)
    mean = math.fsum(differences) / n
    variance = math.fsum((d - mean) ** 2 for d in differences) / (n - 1)
    error = math.sqrt((1 / n + ratio) * variance)
    half = stats.t.ppf(0.975, n - 1) * error
    p_value = 2 * stats.t.sf(abs(mean) / error, n - 1)
    return mean, error, p_value, (mean - half, mean + half)


@pytest.mark.parametrize("seed", SEEDS)
def test_corrected_t_test_beside_the_formula(seed):
    differences, ratio, _ = _draw(seed)
    scale = np.abs(differences).max()
    mean, error, p_value, interval = _slow_t_test(differences / scale, ratio)
    test = corrected_t_test(differences, ratio)
    assert not test.identical
    assert test.df == len(differences) - 1
    assert test.mean / scale == pytest.approx(mean, rel=1e-12, abs=1e-14)
    assert test.std_error / scale == pytest.approx(error, rel=1e-9)
    assert test.p_value == pytest.approx(p_value, rel=1e-7)
    assert np.array(test.interval) / scale == pytest.approx(interval, rel=1e-9, abs=1e-14)


def test_without_overlap_it_is_the_paired_t_test():
    first, second = np.random.default_rng(0).normal(size=(2, 12))
    test = corrected_t_test(first - second, 1e-300)
    want = stats.ttest_rel(first, second)
    assert test.p_value == pytest.approx(want.pvalue)
    assert test.interval == pytest.approx(tuple(want.confidence_interval(0.95)))


@pytest.mark.parametrize("seed", SEEDS)
def test_properties_of_the_t_test(seed):
    differences, ratio, _ = _draw(seed)
    test, swapped = corrected_t_test(differences, ratio), corrected_t_test(-differences, ratio)
    assert (swapped.mean, swapped.p_value) == (-test.mean, test.p_value)
    assert swapped.interval == (-test.interval[1], -test.interval[0])
    assert (test.interval[0] <= 0 <= test.interval[1]) == (test.p_value >= 0.05)
    assert corrected_t_test(8 * differences, ratio).p_value == test.p_value
    more_overlap = corrected_t_test(differences, 2 * ratio)
    assert more_overlap.std_error > test.std_error
    assert more_overlap.p_value > test.p_value or test.p_value < 1e-300


@pytest.mark.parametrize("seed", SEEDS)
def test_rope_probabilities_beside_the_distribution(seed):
    differences, ratio, rope = _draw(seed)
    scale = np.abs(differences).max()
    mean, error, _, _ = _slow_t_test(differences / scale, ratio)
    rho = ratio / (1 + ratio)  # n_test / (n_train + n_test)
    assert rho / (1 - rho) == pytest.approx(ratio)
    posterior = stats.t(len(differences) - 1, loc=mean, scale=error)
    ends = (-rope / scale, rope / scale)
    below, equivalent, above = rope_probabilities(differences, ratio, rope)
    assert below + equivalent + above == pytest.approx(1)
    assert equivalent == pytest.approx(posterior.cdf(ends[1]) - posterior.cdf(ends[0]), abs=1e-9)
    assert below == pytest.approx(posterior.cdf(ends[0]), abs=1e-9)
    assert rope_probabilities(-differences, ratio, rope) == pytest.approx(
        (above, equivalent, below), abs=1e-12
    )


def test_rope_of_zero_is_the_one_sided_p_value():
    differences = np.random.default_rng(3).normal(size=10) + 0.3
    worse, equivalent, better = rope_probabilities(differences, 0.25, 0)
    assert equivalent == 0
    assert 2 * min(worse, better) == pytest.approx(corrected_t_test(differences, 0.25).p_value)


def test_small_rope_probabilities_keep_their_digits():
    differences = np.random.default_rng(3).normal(size=30) + 1000
    mean, error, _, _ = _slow_t_test(differences, 0.25)
    _, equivalent, better = rope_probabilities(differences, 0.25, 1)
    tails = stats.t.sf((mean - 1) / error, 29), stats.t.sf((mean + 1) / error, 29)
    assert equivalent == pytest.approx(tails[0] - tails[1], rel=1e-6)
    assert 0 < equivalent < 1e-30
    assert better == 1


@pytest.mark.parametrize("size", [1e-300, 1e-9, 1.0, 1e9])
def test_equal_scores_are_identical_and_not_significant(size):
    scores = size * np.random.default_rng(0).normal(size=10)
    in_another_order = scores * (1 + np.random.default_rng(1).normal(size=10) * 1e-15)
    for other in (scores, in_another_order):
        differences = score_differences(scores, other)
        test = corrected_t_test(differences, 0.25)
        assert test.identical
        assert (test.mean, test.std_error, test.p_value) == (0, 0, 1)
        assert rope_probabilities(differences, 0.25, 0.0) == (0, 1, 0)


def test_a_score_near_zero_in_one_split_is_rounded_as_the_others():
    first = np.array([0.5, 0.6, 0.0, 0.4])
    assert (score_differences(first, first + 1e-17 * np.array([1, 0, -1, 2])) == 0).all()


def test_a_diverged_split_hides_no_difference_of_the_others():
    first = np.array([-1e20, 0.5, 0.6, 0.7])
    second = np.array([-1e20, 0.4, 0.6, 0.8])
    assert score_differences(first, second) == pytest.approx(first - second)


@pytest.mark.parametrize("size", [1e-300, 1e-9, 1.0, 1e9])
@pytest.mark.parametrize("share", [1e-8, 1e-3, 1.0, 1e3])
def test_the_same_difference_in_every_split_has_no_test(size, share):
    first = size * np.random.default_rng(0).uniform(0.1, 1, size=10)
    differences = score_differences(first + size * share, first)
    for result in (corrected_t_test(differences, 0.25), rope_probabilities(differences, 0.25, 0)):
        assert isinstance(result, Unknown)
        assert "same in each fold" in result.reason


@pytest.mark.parametrize("seed", SEEDS)
def test_real_differences_are_kept(seed):
    rng = np.random.default_rng(seed)
    size = 10.0 ** rng.uniform(-200, 200)
    first, second = size * rng.uniform(0.5, 1, size=(2, 10))
    second = first + (second - first) * 10.0 ** rng.uniform(-7, 0)
    assert (score_differences(first, second) == first - second).all()


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_scores_that_are_not_finite_have_no_test(bad):
    first, second = np.array([0.5, bad, 0.7, bad]), np.array([0.4, bad, 0.5, 0.3])
    differences = score_differences(first, second)
    for result in (corrected_t_test(differences, 0.25), rope_probabilities(differences, 0.25, 1)):
        assert isinstance(result, Unknown)
        assert result.reason == "scores are not finite in 2 of 4 folds"


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_splits_have_no_test(n):
    result = corrected_t_test(score_differences(np.ones(n), np.zeros(n)), 0.25)
    assert result == Unknown(f"needs two folds, got {n}")


def test_bad_arguments():
    with pytest.raises(ValueError, match="got shapes"):
        score_differences([1, 2], [1, 2, 3])
    for ratio in (0, -1, math.nan, math.inf):
        with pytest.raises(ValueError, match="test_train_ratio must be"):
            corrected_t_test([1.0, 2.0], ratio)
    for rope in (-0.1, math.nan, math.inf):
        with pytest.raises(ValueError, match="rope must be"):
            rope_probabilities([1.0, 2.0], 0.25, rope)
    for p_values in ([0.1, math.nan], [1.1], [-0.1], [[0.1]]):
        with pytest.raises(ValueError, match="p_values must be"):
            holm(p_values)


def _slow_holm(p_values):
    """Smallest level at which Holm's steps reject each hypothesis, tried on all levels of note."""
    n = len(p_values)
    levels = sorted({min(1.0, p * k) for p in p_values for k in range(1, n + 1)})
    adjusted = [1.0] * n
    for level in reversed(levels):
        for step, i in enumerate(sorted(range(n), key=lambda i: p_values[i])):
            if min(1.0, p_values[i] * (n - step)) > level:
                break
            adjusted[i] = level
    return adjusted


@pytest.mark.parametrize("seed", SEEDS)
def test_holm_beside_its_steps(seed):
    rng = np.random.default_rng(seed)
    p_values = rng.uniform(0, rng.choice([0.05, 1.0]), size=rng.integers(1, 12))
    if seed % 2:
        p_values = np.round(p_values, 1)  # ties
    adjusted = holm(p_values)
    assert adjusted == pytest.approx(_slow_holm(p_values.tolist()))
    assert (adjusted >= p_values).all()
    assert (adjusted <= np.minimum(1, len(p_values) * p_values)).all()  # Bonferroni's


def test_holm_by_hand():
    assert holm([0.01, 0.02, 0.03, 0.04, 0.05]) == pytest.approx([0.05, 0.08, 0.09, 0.09, 0.09])
    assert holm([]).shape == (0,)


@pytest.mark.exhaustive
def test_values_that_scikit_learn_publishes():
    """Its example "Statistical comparison of models using grid search", to three digits."""
    from sklearn.datasets import make_moons
    from sklearn.model_selection import GridSearchCV, RepeatedStratifiedKFold
    from sklearn.svm import SVC

    from skparams._compare import folds

    X, y = make_moons(noise=0.352, random_state=1, n_samples=100)
    grid = [{"kernel": ["rbf"]}, {"kernel": ["linear"]}, {"kernel": ["poly"], "degree": [3, 2]}]
    cv = RepeatedStratifiedKFold(n_splits=10, n_repeats=10, random_state=0)
    search = GridSearchCV(SVC(random_state=0), grid, scoring="roc_auc", cv=cv).fit(X, y)
    results = search.cv_results_
    scores = np.array([results[f"split{j}_test_score"] for j in range(100)]).T
    ratio = folds.test_train_ratio(cv, list(cv.split(X, y)))
    pairs = [score_differences(a, b) for a, b in itertools.combinations(scores, 2)]
    tests = [corrected_t_test(pair, ratio) for pair in pairs]
    t = [round(test.mean / test.std_error, 3) for test in tests]
    assert t == [0.750, 1.657, 4.565, 1.111, 4.276, 3.851]
    assert round(tests[0].p_value / 2, 3) == 0.227  # one-sided
    rope = [tuple(round(p, 3) for p in rope_probabilities(pair, ratio, 0.01)) for pair in pairs]
    assert rope == [
        *((0.068, 0.432, 0.500), (0.018, 0.100, 0.882), (0.000, 0.000, 1.000)),
        *((0.063, 0.187, 0.750), (0.000, 0.000, 1.000), (0.000, 0.000, 1.000)),
    ]
