"""Statistics in one pass over blocks, against exact sums."""

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import sparse

from skparams._summary.stats import count_nonfinite, may_be_nonfinite, measure


def exact(values):
    """Mean, standard deviation and norm, rounded once at the end."""
    numbers = [Fraction(float(value)) for value in np.asarray(values).ravel()]
    mean = sum(numbers) / len(numbers)
    variance = sum((number - mean) ** 2 for number in numbers) / len(numbers)
    return float(mean), root(variance), root(sum(number**2 for number in numbers))


def root(value):
    """Square root of a fraction of any size: one whose square a float could not hold."""
    shift = value.denominator.bit_length() - value.numerator.bit_length()
    shift += shift % 2
    return math.ldexp(math.sqrt(value * Fraction(2) ** shift), -shift // 2)


def check(array, rtol=1e-13):
    """Compare with the exact figures, of the numbers that are finite."""
    array = np.asarray(array)
    finite = array[np.isfinite(array)]
    found = measure(array)
    mean, std, norm = exact(finite)
    assert (found.min, found.max) == (finite.min(), finite.max())
    assert found.zeros == np.count_nonzero(finite == 0)
    assert found.nonfinite == array.size - finite.size
    scale = float(np.abs(finite).max())
    assert found.mean == pytest.approx(mean, rel=rtol, abs=1e-15 * scale)
    assert found.std == pytest.approx(std, rel=rtol, abs=0)
    assert found.norm == pytest.approx(norm, rel=rtol, abs=0)


@pytest.fixture
def small_blocks(monkeypatch):
    """Blocks of 64 numbers, so that short arrays have many."""
    monkeypatch.setattr("skparams._walk.sums.BLOCK", 64)
    monkeypatch.setattr("skparams._summary.stats.BLOCK", 64)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", ">f4", "i1", "i8", "u8", "?"])
@pytest.mark.parametrize("n", [1, 2, 63, 64, 65, 1000])
def test_all_kinds_of_numbers(small_blocks, rng, dtype, n):
    check((rng.standard_normal(n) * 5).astype(dtype) if dtype != "u8" else rng.randint(0, 9, n))


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("offset", [0.0, 1.0, -1e4, 1e8])
@pytest.mark.parametrize("noise", [1.0, 1e-3])
def test_large_offsets_cost_no_digits(small_blocks, rng, dtype, offset, noise):
    values = (offset + noise * rng.standard_normal(3000)).astype(dtype)
    if np.ptp(values) == 0:
        assert measure(values).std == 0
    else:
        # The numbers themselves have 16 digits: their deviations have fewer.
        check(values, rtol=1e-12)


def test_offsets_that_change_from_block_to_block(small_blocks, rng):
    levels = np.repeat(10.0 ** rng.uniform(-3, 9, 50) * rng.choice([-1, 1], 50), 64)
    for values in (levels + rng.standard_normal(levels.size), np.sort(levels), np.arange(5000.0)):
        check(values)


@pytest.mark.parametrize("exponent", [-1070, -1000, -600, -480, 480, 600, 1015])
def test_squares_neither_overflow_nor_underflow(small_blocks, rng, exponent):
    # Subnormal numbers have few digits: as many as mean and standard deviation then have.
    values = np.ldexp(rng.standard_normal(200), exponent)
    check(values, rtol=1e-13 if exponent > -1000 else 0.1)
    assert math.isfinite(measure(values).norm)


def test_known_figures():
    found = measure(np.array([1e200, -1e200, 3e200]))
    assert (found.mean, found.norm) == (pytest.approx(1e200), pytest.approx(math.sqrt(11) * 1e200))
    found = measure(np.array([3.0, -0.0, 4.0, np.nan, np.inf, -np.inf], np.float32))
    assert (found.min, found.max, found.norm, found.zeros, found.nonfinite) == (0, 4, 5, 1, 3)


@pytest.mark.parametrize("where", ["first block", "one block", "scattered", "all but one"])
def test_numbers_that_are_not_finite_are_left_out_and_counted(small_blocks, rng, where):
    values = rng.standard_normal(1000)
    chosen = {
        "first block": slice(0, 64),
        "one block": slice(128, 192),
        "scattered": rng.permutation(1000)[:100],
        "all but one": slice(1, None),
    }[where]
    values[chosen] = rng.choice([np.nan, np.inf, -np.inf], values[chosen].size)
    check(values)
    nan, infinite = count_nonfinite(values)
    assert (nan, infinite) == (np.isnan(values).sum(), np.isinf(values).sum())


def test_nothing_finite_and_nothing_at_all():
    for values, nonfinite in (([np.nan, np.inf], 2), ([], 0)):
        found = measure(np.array(values))
        assert (found.min, found.max, found.mean, found.std, found.norm) == (None,) * 5
        assert (found.zeros, found.nonfinite) == (0, nonfinite)


def test_sums_that_overflow_are_not_taken_for_infinite_numbers():
    assert count_nonfinite(np.full(100, 1e308)) == (0, 0)
    assert count_nonfinite(np.full(100, 6e4, np.float16)) == (0, 0)
    assert count_nonfinite(np.array([np.inf, -np.inf, np.nan, 1.0])) == (1, 2)
    assert count_nonfinite(np.array([1, 2])) == (0, 0)


def test_a_sum_says_which_arrays_need_a_look(small_blocks, rng):
    long, zeros = rng.standard_normal((3, 200)), sparse.csr_array(np.zeros((3, 3)))
    fine = [long, zeros, np.array([1, 2]), np.array(["a"]), np.array([])]
    assert not any(may_be_nonfinite(fine))
    for bad in (np.nan, np.inf, -np.inf):
        for at in ((0, 0), (1, 100), (2, 199)):
            broken = long.copy()
            broken[at] = bad
            assert may_be_nonfinite([long, broken, broken[:, ::2], sparse.coo_array(broken)]) == [
                False, True, at[1] % 2 == 0, True,
            ]  # fmt: skip
    assert may_be_nonfinite([np.full(3, 1e308)]) == [True]  # the sum overflows, no number does


def layouts(rng):
    base = rng.standard_normal((12, 20, 10)).astype(np.float32)
    record = np.zeros(500, [("a", "i4"), ("b", "f8")])
    record["b"] = rng.standard_normal(500)
    return {
        "Fortran": np.asfortranarray(base),
        "transposed": base.transpose(1, 0, 2),
        "strided": base[::2, ::-1, 1::3],
        "columns": base.reshape(-1, 2)[:, 1],
        "broadcast": np.broadcast_to(base[0], (5, 20, 10)),
        "field": record["b"],
        "0-d": np.array(2.5),
    }


@pytest.mark.parametrize("name", layouts(np.random.RandomState(0)))
def test_layouts(small_blocks, rng, name):
    array = layouts(rng)[name]
    before = array.copy()
    check(array)
    np.testing.assert_array_equal(array, before)


def test_complex_numbers_by_their_absolute_values(small_blocks, rng):
    values = (rng.standard_normal(300) + 1j * rng.standard_normal(300)).astype(np.complex64)
    values[7] = 0
    found, sizes = measure(values), np.abs(values.astype(complex))
    assert found.norm == pytest.approx(np.linalg.norm(sizes))
    assert (found.min, found.max) == (0, pytest.approx(sizes.max()))
    assert (found.mean, found.zeros) == (pytest.approx(sizes.mean()), 1)
    assert measure(np.array([complex(np.nan, 1), 1])).nonfinite == 1
    assert count_nonfinite(np.array([complex(0, np.inf), 1])) == (0, 1)


def test_longdouble_keeps_its_digits():
    if np.finfo(np.longdouble).eps == np.finfo(float).eps:
        pytest.skip("longdouble is float64 here")
    values = np.longdouble(1) + np.arange(100) * np.finfo(np.longdouble).eps
    exactly = np.finfo(np.longdouble).eps * np.arange(100).std()
    assert measure(values).std == pytest.approx(float(exactly), rel=1e-2)


@pytest.mark.parametrize(
    "array",
    [
        np.array([None, 1.0], object),
        np.zeros(3, [("a", "f8")]),
        np.array(["a"]),
        np.array(["2020-01-01"], "M8[D]"),
    ],
    ids=["object", "record", "text", "date"],
)
def test_what_holds_no_numbers_has_no_statistics(array):
    assert measure(array) is None
    assert count_nonfinite(array) == (0, 0)


@pytest.mark.parametrize("format", ["csr", "csc", "bsr", "coo", "dia", "lil", "dok"])
def test_sparse_zeros_count(small_blocks, rng, format):
    dense = rng.standard_normal((40, 30)) * (rng.uniform(size=(40, 30)) < 0.1) + np.eye(40, 30, -35)
    matrix = sparse.csr_array(dense).asformat(format)
    found, expected = measure(matrix), measure(dense)
    assert (found.zeros, found.min, found.max) == (expected.zeros, expected.min, expected.max)
    assert [found.mean, found.std, found.norm] == pytest.approx(
        [expected.mean, expected.std, expected.norm], rel=1e-12
    )


def test_sparse_edges():
    assert measure(sparse.csr_array((3, 4))).zeros == 12
    assert measure(sparse.csr_array((0, 4))).mean is None
    twice = sparse.coo_array(([1.0, 2.0], ([0, 0], [0, 0])), shape=(1, 2))
    assert (measure(twice).max, measure(twice).zeros) == (3.0, 1)
    assert twice.data.tolist() == [1.0, 2.0]


def test_memory_maps_are_read_in_pieces(tmp_path, rng):
    values = rng.standard_normal((200, 50))
    path = tmp_path / "values.npy"
    np.save(path, values)
    mapped = np.load(path, mmap_mode="r")
    assert measure(mapped) == measure(values)
    assert measure(mapped.T) == measure(values)


def test_no_copy_of_the_array(rng):
    import tracemalloc

    values = rng.standard_normal(2_000_000)
    for array in (values, values[::2], values.reshape(1000, -1).T):
        tracemalloc.start()
        measure(array)
        count_nonfinite(array)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < array.nbytes / 4
