"""Folds: balanced in size and by class, without a class of one sample, none of them empty."""

import numpy as np
import pytest

from skparams.neural_network._tabular.folds import assign_folds


def check_folds(codes, n_samples, n_folds, folds):
    """All that the docstring states."""
    assert folds.shape == (n_samples,)
    assert folds.dtype == np.intp
    in_folds = folds >= 0
    n_used = min(in_folds.sum(), n_folds)
    assert folds.max() + 1 == n_used
    sizes = np.bincount(folds[in_folds], minlength=n_used)
    if n_used:
        assert sizes.min() > 0
        assert np.ptp(sizes) <= 1
    if codes is None:
        assert in_folds.all()
        return
    n_of_class = np.bincount(codes)
    assert np.array_equal(in_folds, n_of_class[codes] > 1)
    counts = np.zeros((n_of_class.size, n_folds), int)
    np.add.at(counts, (codes[in_folds], folds[in_folds]), 1)
    assert np.ptp(counts, axis=1).max() <= 1
    # Each class has a sample that is not in the fold, whatever the fold.
    assert (counts < n_of_class[:, None])[n_of_class > 0].all()


def random_codes(rng):
    n_samples, n_classes = rng.randint(2, 80), rng.randint(1, 30)
    shares = rng.dirichlet(np.full(n_classes, rng.choice([0.1, 1.0, 10.0])))
    return rng.choice(n_classes, n_samples, p=shares)  # some classes have one sample or none


def test_any_settings(rng):
    for seed in range(400):
        codes = random_codes(rng)
        n_folds = int(rng.randint(2, 12))
        check_folds(codes, codes.size, n_folds, assign_folds(codes, codes.size, n_folds, seed))


def test_regression(rng):
    for seed in range(100):
        n_folds = int(rng.randint(2, 12))
        n_samples = n_folds + int(rng.randint(0, 60))
        check_folds(None, n_samples, n_folds, assign_folds(None, n_samples, n_folds, seed))


def test_classes_of_one_sample_leave_fewer_folds():
    folds = assign_folds(np.array([0, 1, 1, 2, 3, 4]), 6, 5, 0)
    assert sorted(folds) == [-1, -1, -1, -1, 0, 1]
    assert [i % (folds.max() + 1) for i in range(5)] == [0, 1, 0, 1, 0]


def test_without_a_class_of_two_samples_there_is_no_fold():
    assert assign_folds(np.arange(6), 6, 5, 0).tolist() == [-1] * 6


@pytest.mark.parametrize("codes", [None, np.repeat([0, 1, 2], 40)])
def test_samples_are_shuffled(codes):
    folds = [assign_folds(codes, 120, 5, seed) for seed in (0, 0, 1)]
    assert np.array_equal(folds[0], folds[1])
    assert not np.array_equal(folds[0], folds[2])
    # As many neighbors share a fold as if folds were drawn: 24 of 119, with a deviation of 4.4.
    assert 8 < np.sum(folds[0][1:] == folds[0][:-1]) < 40


def test_each_sample_is_in_each_fold_equally_often():
    codes = np.array([0] * 7 + [1] * 3)
    folds = np.array([assign_folds(codes, 10, 5, seed) for seed in range(1000)])
    counts = np.array([np.bincount(column, minlength=5) for column in folds.T])
    # Dealt in turn, the second class has no sample in the folds 0 and 1.
    expected = np.repeat([[2, 2, 1, 1, 1], [0, 0, 1, 1, 1]], [7, 3], axis=0)
    expected = 1000 * expected / expected.sum(axis=1, keepdims=True)
    assert np.abs(counts - expected).max() < 5 * np.sqrt(expected.max())


def test_random_state_continues():
    state = np.random.RandomState(0)
    first, second = (assign_folds(None, 50, 5, state) for _ in range(2))
    assert np.array_equal(first, assign_folds(None, 50, 5, 0))
    assert not np.array_equal(first, second)


@pytest.mark.exhaustive
def test_many_samples_and_classes(rng):
    codes = rng.randint(0, 1000, 10**6)
    check_folds(codes, codes.size, 5, assign_folds(codes, codes.size, 5, 0))
