"""The difference of two arrays, against NumPy's own answer for each number."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import LinearRegression, Ridge

from skparams import assert_same_model, diff
from skparams._diff.arrays import Tolerance, change_of
from skparams._diff.record import Change

DTYPES = ["float64", "float32", "float16", "complex128", "complex64", "int64", "uint8", "bool"]


def obvious(before, after, tolerance=None):
    """The same with whole arrays, in long doubles and one call for each number."""
    rtol, atol = tolerance or (0, 0)
    wide = np.clongdouble if np.iscomplexobj(before) or np.iscomplexobj(after) else np.longdouble
    before, after = before.ravel().astype(wide), after.ravel().astype(wide)
    finite = np.isfinite(before) & np.isfinite(after)
    equal = (before == after) | (np.isnan(before) & np.isnan(after))
    nonfinite = int(np.sum(~finite & ~equal))
    one, two = before[finite], after[finite]
    changed = np.abs(two - one) > atol + rtol * np.abs(two)
    if not (rtol or atol):
        for side in ("real", "imag"):
            changed |= np.signbit(getattr(one, side)) != np.signbit(getattr(two, side))
    n_changed = int(np.sum(changed))
    norms = [np.sqrt(np.sum(np.abs(each) ** 2)) for each in (two - one, one, two)]
    product = np.sum((one * two.conj()).real)
    return Change(
        before.size,
        n_changed + nonfinite,
        nonfinite,
        float(np.max(np.abs(two - one), initial=0)),
        *map(float, norms),
        float(product / norms[1] / norms[2]) if norms[1] and norms[2] else None,
    )


def assert_close(found, expected, rtol=1e-9):
    assert (found.n, found.n_changed, found.nonfinite) == (
        expected.n,
        expected.n_changed,
        expected.nonfinite,
    )
    for name in ("largest", "distance", "norm_before", "norm_after"):
        assert getattr(found, name) == pytest.approx(getattr(expected, name), rel=rtol, abs=1e-300)
    if expected.cosine is None:
        assert found.cosine is None
    else:
        assert found.cosine == pytest.approx(expected.cosine, abs=rtol)


@pytest.mark.parametrize("seed", range(30))
def test_numbers_are_those_of_numpy(seed):
    rng = np.random.RandomState(seed)
    one, two = rng.choice(DTYPES, 2)
    shape = [(), (0,), (7,), (5, 4), (3, 2, 6), (70_000,), (300, 301)][rng.randint(7)]
    before = np.asarray(3 * rng.standard_normal(shape) * 10.0 ** rng.randint(-2, 2)).astype(one)
    after = np.asarray(before.real + 2.0 * (rng.uniform(size=shape) < 0.3)).astype(two)
    if before.ndim == 2:
        after = np.asfortranarray(after)
        before = np.repeat(before, 2, axis=1)[:, ::2]
    for array in (before, after):
        if array.dtype.kind in "fc" and array.ndim:
            array[rng.uniform(size=shape) < 0.1] = rng.choice([np.nan, np.inf, -np.inf])
    assert_close(change_of(before, after), obvious(before, after))
    tolerance = Tolerance(0.1, 0.01)
    assert_close(change_of(before, after, tolerance), obvious(before, after, tolerance))


@pytest.mark.parametrize("scale", [1e-320, 1e-200, 1e200, 1e307])
def test_extreme_numbers_neither_overflow_nor_vanish(rng, scale):
    before = rng.uniform(-1, 1, 50) * scale
    after = before * rng.uniform(0.5, 1.5, 50)
    found, expected = change_of(before, after), obvious(before, after)
    assert found.distance == pytest.approx(expected.distance, rel=1e-6)
    assert found.cosine == pytest.approx(expected.cosine, rel=1e-6)
    assert found.relative == pytest.approx(expected.distance / expected.norm_before, rel=1e-6)


def test_large_integers_that_differ():
    before = np.array([2**60, 2**60])
    assert change_of(before, before + [0, 1]).n_changed == 1
    assert change_of(before.astype(np.uint64), before + [0, 1]).n_changed == 1


@pytest.mark.parametrize("make", [sparse.csr_matrix, sparse.csc_array, sparse.coo_array, np.array])
def test_sparse_matrices_are_compared_with_the_zeros_that_they_leave_out(rng, make):
    before, after = np.where(rng.uniform(size=(2, 8, 9)) < 0.3, rng.standard_normal((2, 8, 9)), 0)
    after[0], before[0, :3] = before[0], np.nan
    assert_close(change_of(sparse.csr_array(before), make(after)), obvious(before, after))
    assert_close(change_of(make(before), sparse.csr_array(after)), obvious(before, after))


def test_sparse_arrays_of_one_axis_are_compared():
    one, two = (sparse.coo_array(np.array([1.0, 0.0, last])) for last in (2.0, 3.0))
    found = change_of(one, two)
    assert (found.n, found.n_changed, found.largest) == (3, 1, 1.0)


def test_an_unsorted_sparse_matrix_is_left_as_it_is():
    one, two = (
        sparse.csr_array((np.array(values), np.array(columns), np.array([0, 2])), shape=(1, 4))
        for values, columns in (([1.0, 2.0], [3, 1]), ([2.0, 1.0], [1, 3]))
    )
    assert change_of(one, two).n_changed == 0
    assert one.indices.tolist() == [3, 1]


def test_a_sparse_matrix_with_duplicates_is_left_as_it_is():
    rows, columns = np.array([0, 0, 1]), np.array([1, 1, 0])
    matrix = sparse.coo_matrix((np.ones(3), (rows, columns)), shape=(2, 2))
    assert change_of(matrix, np.array([[0.0, 2.0], [1.0, 0.0]])).n_changed == 0
    assert matrix.nnz == 3


@pytest.mark.parametrize(
    ("before", "after", "n_changed"),
    [
        (np.array(["a", "bc"]), np.array(["a", "bd"]), 1),
        (np.array(["a"], "U9"), np.array(["a"]), 0),
        (np.array([b"a", b"b"]), np.array([b"a", b"b"]), 0),
        (np.array(["a", "b"]), np.array([1.0, 2.0]), 2),
        (np.array(["NaT", "2020-01-01"], "M8[D]"), np.array(["NaT", "2020-01-02"], "M8[D]"), 1),
        (
            np.array([(1, np.nan), (2, 3)], "i4,f8"),
            np.array([(1, np.nan), (2, 4)], "i4,f8"),
            1,
        ),
    ],
)
def test_what_is_no_number_is_the_same_or_not(before, after, n_changed):
    found = change_of(before, after)
    assert (found.n_changed, found.distance) == (n_changed, None)


def test_a_change_of_several_is_that_of_all_their_numbers(rng):
    pairs = [(rng.standard_normal(n), rng.standard_normal(n)) for n in (3, 40, 1)]
    found = Change.merged(change_of(*pair) for pair in pairs)
    whole = [np.concatenate(side) for side in zip(*pairs, strict=True)]
    assert_close(found, obvious(*whole))
    assert Change.merged([]) == Change(0, 0)


def test_relative_is_not_known_where_there_was_nothing():
    assert change_of(np.zeros(3), np.zeros(3)).relative == 0
    assert change_of(np.zeros(3), np.ones(3)).relative is None


def test_read_only_memory_is_enough(rng, tmp_path):
    path = tmp_path / "numbers.npy"
    np.save(path, rng.standard_normal((100, 7)))
    mapped = np.load(path, mmap_mode="r")
    assert change_of(mapped, np.load(path)).n_changed == 0


def test_masks_are_compared_and_what_both_mask_is_not():
    before = np.ma.array([1.0, 2.0, 3.0, 4.0], mask=[0, 0, 1, 1])
    after = np.ma.array([1.0, 2.5, 9.0, 4.0], mask=[0, 0, 1, 0])
    found = change_of(before, after)
    assert (found.n, found.n_changed, found.largest) == (4, 2, 0.5)
    assert change_of(after, before).n_changed == 2
    assert change_of(before, after, Tolerance(atol=1.0)).n_changed == 1
    assert change_of(before, before.data).n_changed == 2
    assert change_of(np.ma.array([1.0, 2.0]), np.array([1.0, 2.0])).n_changed == 0
    everything = np.ma.masked_all((2, 3))
    assert change_of(everything, everything + 1).n_changed == 0
    names = np.ma.array(["a", "b"], mask=[0, 1])
    assert change_of(names, np.ma.array(["a", "c"], mask=[0, 0])).n_changed == 1


def test_models_whose_arrays_differ_in_masks_differ(rng):
    X = rng.standard_normal((20, 3))
    one, two = LinearRegression().fit(X, X[:, 0]), LinearRegression().fit(X, X[:, 0])
    one.coef_ = np.ma.array(one.coef_, mask=[1, 0, 0])
    two.coef_ = np.ma.array(two.coef_, mask=[0, 1, 0])
    assert diff(one, two).root.parameters[0].change.n_changed == 2
    with pytest.raises(AssertionError):
        assert_same_model(one, two)
    assert not diff(Ridge(alpha=one.coef_), Ridge(alpha=two.coef_)).is_empty
