"""Offsets of quantiles: order statistics of residuals, and the coverage that follows from them."""

import math
from fractions import Fraction

import numpy as np
import pytest

from skparams.neural_network._tabular.conformal import apply_offsets, quantile_offsets
from tests.sweep import sweep

LEVELS = np.array([0.05, 0.1, 0.5, 0.9, 0.95])


def weighted_upper(residuals, level, weight):
    """The weighted order statistic from its definition, in exact arithmetic."""
    weight = [Fraction(float(w)) for w in weight]
    needed = level * (sum(weight) + sum(weight) / len(weight))
    for residual in np.sort(residuals):
        below = sum(w for r, w in zip(residuals, weight, strict=True) if r <= residual)
        if below >= needed:
            return residual
    return math.inf


class TestOffsets:
    @pytest.mark.parametrize("n", [1, 2, 8, 9, 18, 19, 20, 99, 100, 1000])
    def test_are_order_statistics(self, n, rng):
        y, quantiles = rng.standard_normal(n), rng.standard_normal((n, 99))
        residuals = np.sort(y[:, None] - quantiles, axis=0)
        # As fractions: in floating point 100 * 0.29 is below 29, and 100 * 0.07 above 7.
        for j, offset in enumerate(quantile_offsets(quantiles, y, np.arange(1, 100) / 100)):
            exact = (n + 1) * Fraction(j + 1, 100)
            if j < 49:
                rank, missing = math.floor(exact), -math.inf
            elif j > 49:
                rank, missing = math.ceil(exact), math.inf
            else:
                assert offset == np.median(residuals[:, j])
                continue
            assert offset == (residuals[rank - 1, j] if 1 <= rank <= n else missing)

    def test_ties(self):
        y = np.array([1.0, 1, 1, 2, 2, 2, 2, 2, 3])
        offsets = quantile_offsets(np.zeros((9, 4)), y, [0.1, 0.3, 0.5, 0.9])
        assert offsets.tolist() == [1, 1, 2, 3]

    def test_signs_mirror(self, rng):
        y, quantiles = rng.standard_normal(50), rng.standard_normal((50, 5))
        mirrored = quantile_offsets(-quantiles[:, ::-1], -y, LEVELS)
        assert np.array_equal(quantile_offsets(quantiles, y, LEVELS), -mirrored[::-1])

    def test_columns_are_those_of_the_levels(self, rng):
        y, quantiles = rng.standard_normal(50), rng.standard_normal((50, 5))
        order = [3, 0, 4, 2, 1]
        shuffled = quantile_offsets(quantiles[:, order], y, LEVELS[order])
        assert np.array_equal(shuffled, quantile_offsets(quantiles, y, LEVELS)[order])

    @pytest.mark.parametrize("weight", [None, np.ones(30)])
    def test_samples_with_nan_are_left_out(self, weight, rng):
        y, quantiles = rng.standard_normal(30), rng.standard_normal((30, 5))
        expected = quantile_offsets(quantiles[8:], y[8:], LEVELS)
        quantiles[:5, 2], y[5:8] = np.nan, np.nan
        assert np.array_equal(quantile_offsets(quantiles, y[:, None], LEVELS, weight), expected)

    def test_no_sample(self):
        offsets = quantile_offsets(np.full((3, 5), np.nan), np.zeros(3), LEVELS)
        assert offsets.tolist() == [-np.inf, -np.inf, 0, np.inf, np.inf]

    def test_float32_is_subtracted_in_float64(self):
        quantiles, y = np.full((9, 1), 0.1, np.float32), np.full(9, 1e-9)
        offset = quantile_offsets(quantiles, y, [0.9])
        assert offset.dtype == np.float64
        assert offset[0] == 1e-9 - np.float64(np.float32(0.1))


class TestWeights:
    @pytest.mark.parametrize("value", [0.1, 1, 7.3])
    @pytest.mark.parametrize("n", [9, 99, 1000])
    def test_equal_ones_are_none(self, value, n, rng):
        y, quantiles = rng.standard_normal(n), rng.standard_normal((n, 99))
        levels = np.arange(1, 100) / 100
        weighted = quantile_offsets(quantiles, y, levels, np.full(n, value))
        assert np.array_equal(weighted, quantile_offsets(quantiles, y, levels))

    def test_equal_ones_are_none_where_their_sum_is_rounded(self, rng):
        n = 10**5 - 1
        y, quantiles = rng.standard_normal(n), np.zeros((n, 5))
        weighted = quantile_offsets(quantiles, y, LEVELS, np.full(n, 0.1))
        assert np.array_equal(weighted, quantile_offsets(quantiles, y, LEVELS))

    @pytest.mark.parametrize("seed", sweep(range(20), 3))
    def test_definition(self, seed):
        rng = np.random.RandomState(seed)
        n = int(rng.randint(1, 60))
        y, quantiles = rng.standard_normal(n), np.zeros((n, 5))
        weight = rng.exponential(size=n) if seed % 2 else rng.randint(1, 4, n)
        lower, _, median, _, upper = quantile_offsets(quantiles, y, LEVELS, weight)
        assert upper == weighted_upper(y, Fraction(19, 20), weight)
        assert lower == -weighted_upper(-y, Fraction(19, 20), weight)
        half = Fraction(1, 2)
        middle = weighted_upper(y, half, weight), -weighted_upper(-y, half, weight)
        assert median == sum(middle) / 2

    def test_zeros_are_left_out(self, rng):
        y, quantiles = rng.standard_normal(40), rng.standard_normal((40, 5))
        weight = rng.exponential(size=40)
        weight[::3] = 0
        kept = weight > 0
        expected = quantile_offsets(quantiles[kept], y[kept], LEVELS, weight[kept])
        assert np.array_equal(quantile_offsets(quantiles, y, LEVELS, weight), expected)

    def test_only_ratios_matter(self, rng):
        y, quantiles = rng.standard_normal(500), rng.standard_normal((500, 5))
        weight = rng.randint(1, 5, 500)
        expected = quantile_offsets(quantiles, y, LEVELS, weight)
        assert np.array_equal(quantile_offsets(quantiles, y, LEVELS, 0.1 * weight), expected)


class TestCrossing:
    @pytest.mark.parametrize("levels", [LEVELS, LEVELS[[0, 1, 3, 4]], LEVELS[:2], LEVELS[3:]])
    def test_quantiles_only_move_outwards(self, levels, rng):
        order = rng.permutation(levels.size)
        quantiles = rng.standard_normal((200, levels.size))
        offsets = rng.standard_normal(levels.size)
        found = apply_offsets(quantiles[:, order], offsets[order], levels[order])
        found = found[:, np.argsort(order)]
        moved = quantiles + offsets
        assert (np.diff(found, axis=1) >= 0).all()
        assert (found >= moved)[:, levels >= 0.5].all()
        assert (found <= moved)[:, levels <= 0.5].all()
        # No further than needed: each value is one of the row.
        assert (found[:, :, None] == moved[:, None, :]).any(axis=2).all()
        in_order = (np.diff(moved, axis=1) >= 0).all(axis=1)
        assert np.array_equal(found[in_order], moved[in_order])

    def test_nearest_columns_exchange(self):
        found = apply_offsets(np.array([[0.0, 2.0, 1.0, 3.0]]), np.zeros(4), [0.1, 0.4, 0.6, 0.9])
        assert found.tolist() == [[0, 1, 2, 3]]

    def test_runs_start_at_the_median(self):
        found = apply_offsets(
            np.array([[3.0, 1.0, 2.0], [1.0, 2.0, 0.0]]), np.zeros(3), LEVELS[1:4]
        )
        assert found.tolist() == [[1, 1, 2], [1, 2, 2]]

    def test_infinite_offsets_are_kept(self):
        offsets = np.array([-np.inf, 0, 0, 0, np.inf])
        found = apply_offsets(np.zeros((2, 5), np.float32), offsets, LEVELS)
        assert found.dtype == np.float32
        assert np.array_equal(found, np.tile(offsets, (2, 1)))

    def test_coverage_of_no_level_falls(self, rng):
        """Of sorted rows it does: then the quantile of level 0.9 falls where it crosses."""
        y, levels = rng.standard_normal(4000), np.array([0.1, 0.9, 0.95])
        quantiles = np.column_stack([np.full(4000, -1.3), rng.choice([0.8, 2.5], 4000)])
        quantiles = np.column_stack([quantiles, np.full(4000, 1.7)])

        def reached(quantiles):
            return (y[:, None] <= quantiles).mean(axis=0)

        offsets = quantile_offsets(quantiles, y, levels)
        moved = quantiles + offsets
        found = reached(apply_offsets(quantiles, offsets, levels))
        assert (found[1:] >= reached(moved)[1:]).all()
        assert found[0] <= reached(moved)[0]
        assert reached(np.sort(moved, axis=1))[1] < 0.88 < 0.9 <= found[1]


def heteroscedastic(n, rng):
    """Targets, and quantiles of a model that ignores the spread and is biased."""
    x = rng.uniform(0, 3, n)
    y = np.sin(2 * x) + (0.1 + x) * rng.standard_t(5, n)
    return np.add.outer(0.8 * np.sin(2 * x) + 0.3, 0.2 * (LEVELS - 0.5)), y


def coverages(n, n_repetitions, rng, *, calibrated=True):
    """Coverage of the intervals of 90 % and 80 % of new samples, in each repetition."""
    found = np.empty((n_repetitions, 2))
    for repetition in found:
        offsets = quantile_offsets(*heteroscedastic(n, rng), LEVELS)
        new, y = heteroscedastic(200, rng)
        low, wide_low, _, wide_high, high = apply_offsets(new, offsets * calibrated, LEVELS).T
        repetition[:] = [
            ((a <= y) & (y <= b)).mean() for a, b in [(low, high), (wide_low, wide_high)]
        ]
    return found


class TestCoverage:
    @pytest.mark.parametrize(
        ("n", "n_repetitions"),
        [
            (59, 300),
            *(pytest.param(n, 3000, marks=pytest.mark.exhaustive) for n in (19, 40, 200)),
        ],
    )
    def test_is_at_least_nominal(self, n, n_repetitions, rng):
        found = coverages(n, n_repetitions, rng)
        error = found.std(axis=0) / np.sqrt(n_repetitions)
        assert (found.mean(axis=0) > [0.9, 0.8] - 4 * error).all()
        # With distinct residuals it is above by at most 2 / (n + 1), that of two tails.
        assert (found.mean(axis=0) < np.array([0.9, 0.8]) + 2 / (n + 1) + 4 * error).all()

    def test_is_missed_without_offsets(self, rng):
        assert (coverages(59, 50, rng, calibrated=False).mean(axis=0) < 0.3).all()

    def test_of_the_tails_is_exact(self, rng):
        """With n + 1 a multiple of 20, each offset is exceeded as often as its level states."""
        y = rng.standard_normal((4000, 20))
        offsets = np.array([quantile_offsets(np.zeros((19, 5)), row[1:], LEVELS) for row in y])
        share = (y[:, :1] <= offsets).mean(axis=0)
        assert (np.abs(share - LEVELS) < 4 * np.sqrt(LEVELS * (1 - LEVELS) / 4000)).all()
