"""Which settings are within a tolerance of the best, beside exact fractions."""

from fractions import Fraction
from statistics import mean, stdev

import numpy as np
import pytest

from skparams._choose.scores import check_tolerance, scores_of


def results_of(splits, name="score", **more):
    """What a search keeps of scores by split and setting."""
    splits = np.asarray(splits, dtype=float)
    found = {"params": [{"a": i} for i in range(splits.shape[1])]}
    found |= {f"split{k}_test_{name}": row for k, row in enumerate(splits)}
    return {**found, f"mean_test_{name}": splits.mean(axis=0), **more}


def within(results, tolerance, scoring=None):
    scores = scores_of("test", results, scoring)
    return scores.within(scores.lowest("test", tolerance)).nonzero()[0].tolist()


def test_one_standard_error_is_of_the_best(rng):
    n_partly = 0
    for _ in range(200):
        n_splits, n_settings = rng.randint(2, 8), rng.randint(1, 9)
        splits = rng.standard_normal((n_splits, n_settings))
        means = [mean(column) for column in splits.T.tolist()]
        best = means.index(max(means))
        error = stdev(splits[:, best].tolist()) / n_splits**0.5
        expected = [i for i, each in enumerate(means) if each >= means[best] - error]
        assert within(results_of(splits), "1se") == expected
        n_partly += 1 < len(expected) < n_settings
    assert n_partly > 50


def test_decimals_at_the_edge_are_within():
    for best in range(1, 101):
        others = range(best + 1)
        results = results_of([[other / 100 for other in others]])
        for tolerance in range(4):
            expected = [other for other in others if best - other <= tolerance]
            assert within(results, tolerance / 100) == expected
        for other in others:
            share = Fraction(best - other, best) * 100
            if share.denominator == 1:
                assert within(results, f"{share} %") == list(range(other, best + 1))


def test_the_order_of_splits_does_not_matter(rng):
    for _ in range(50):
        column = rng.uniform(size=7)
        splits = np.column_stack([rng.permutation(column) for _ in range(5)])
        assert within(results_of(splits), 0) == [0, 1, 2, 3, 4]


def test_shares_of_negative_scores():
    results = results_of([[-100.0, -101.0, -103.0]])
    assert within(results, "1%") == [0, 1]
    assert within(results, "2.5%") == [0, 1]
    assert within(results, 3) == [0, 1, 2]


@pytest.mark.parametrize(
    ("means", "tolerance", "warns"),
    [
        ([0.5, 0.9], 2, True),
        ([0.5, 0.9], 1, True),
        ([-0.2, -0.1], 1.5, True),
        ([0.5, 0.9], "100%", False),
        ([0.5, 0.9], 0.5, False),
        ([-0.9, 0.9], 1, False),
        ([-1.5, -1.2], 2, False),
        ([0.9], 2, False),
        ([0.9, np.nan], 2, False),
    ],
)
def test_a_tolerance_that_looks_like_percent(means, tolerance, warns):
    results = results_of([means, means])
    if not warns:
        within(results, tolerance)
        return
    with pytest.warns(UserWarning, match=rf'^test: tolerance={tolerance} .* "{tolerance}%"'):
        assert within(results, tolerance) == [0, 1]


def test_settings_without_a_finite_score_are_left_out():
    splits = [[0.9, np.nan, -np.inf, np.inf, 0.8], [0.7, 0.9, 0.5, 0.5, 0.8]]
    assert within(results_of(splits), "1se") == [0, 4]


def test_only_the_last_iteration_is_compared():
    splits = [[0.9, 0.9, 0.5, 0.45], [0.9, 0.9, 0.4, 0.45]]
    assert within(results_of(splits, iter=[0, 0, 1, 1]), "1se") == [2, 3]


def test_splits_are_in_any_number_and_of_one_metric():
    splits = np.random.RandomState(0).uniform(size=(12, 3))
    results = {**results_of(splits, "a"), **results_of(1 - splits, "a_b")}
    np.testing.assert_array_equal(scores_of("test", results, "a").splits, splits)
    np.testing.assert_array_equal(scores_of("test", results, "a_b").splits, 1 - splits)


@pytest.mark.parametrize(
    "tolerance",
    [-0.1, np.nan, np.inf, True, None, "1", "se", "-2%", "2 percent", "%", "1e2%", [0.1]],
    ids=str,
)
def test_no_tolerance(tolerance):
    with pytest.raises(ValueError, match=r"^test: tolerance must be"):
        check_tolerance("test", tolerance)


@pytest.mark.parametrize(
    "tolerance", ["1se", 0, 0.5, np.float32(0.5), "2%", " .5 % ", "2.%", 10**6], ids=str
)
def test_tolerances(tolerance):
    check_tolerance("test", tolerance)


@pytest.mark.parametrize(
    ("results", "scoring", "message"),
    [
        ({"params": []}, None, "must have test scores such as mean_test_score, got the keys"),
        ({"mean_test_score": [1.0]}, None, "must have the settings as params, got the keys mean"),
        (results_of([[np.nan, np.nan]]), None, "must have a finite score"),
        (results_of(np.zeros((2, 0))), None, "must have a finite score"),
        (results_of([[1.0]]), "accuracy", "one of 'score', got 'accuracy'. Leave scoring out"),
        ({**results_of([[1]], "a"), **results_of([[1]], "b")}, None, "several: 'a', 'b'"),
        ({**results_of([[1]], "a"), **results_of([[1]], "b")}, "c", "of 'a', 'b', got 'c'"),
    ],
)
def test_results_without_scores(results, scoring, message):
    with pytest.raises(ValueError, match=f"^test: .*{message}"):
        scores_of("test", results, scoring)


@pytest.mark.parametrize("results", [None, [1], 3])
def test_no_results(results):
    with pytest.raises(TypeError, match=r"^test: cv_results_ must be a dict"):
        scores_of("test", results, None)


@pytest.mark.parametrize("splits", [[[0.5, 0.6]], np.zeros((0, 2))], ids=["one", "none"])
def test_a_single_split_has_no_standard_error(splits):
    results = {**results_of([[0.5, 0.6]]), **results_of([[0.5, 0.6]])}
    if not len(splits):
        del results["split0_test_score"]
    assert within(results, 0.2) == [0, 1]
    assert within(results, "1%") == [1]
    with pytest.raises(ValueError, match=r"at least 2 splits, got .*Set tolerance to a float"):
        within(results, "1se")
