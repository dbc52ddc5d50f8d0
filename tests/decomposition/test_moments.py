"""Moments against a float64 SVD and slow sums: every layout, dtype, weight, offset and merge."""

from itertools import pairwise

import numba
import numpy as np
import pytest
import scipy.sparse as sp
from threadpoolctl import threadpool_limits

from skparams.decomposition._pca import moments as _moments
from skparams.decomposition._pca.moments import moments_of
from tests.sweep import sweep

LAYOUTS = {
    "C": np.ascontiguousarray,
    "F": np.asfortranarray,
    "strided": lambda X: np.repeat(X, 2, axis=1)[:, ::2],
    "reversed": lambda X: X[::-1].copy()[::-1],
    "read-only": lambda X: np.frombuffer(X.tobytes(), X.dtype).reshape(X.shape),
}
# narrow and wide, around the sizes of tiles and blocks
SHAPES = [(2, 1), (3, 7), (127, 2), (129, 9), (500, 31), (300, 96), (1100, 100)]


def slow(X, weight=None):
    """Mean and scatter, row by row, in the longest floats there are."""
    X = np.asarray(X).astype(np.longdouble)
    weight = np.ones(len(X)) if weight is None else weight
    mean = (X * weight[:, np.newaxis]).sum(axis=0) / weight.sum()
    scatter = np.zeros((X.shape[1], X.shape[1]), np.longdouble)
    for row, w in zip(X - mean, weight, strict=True):
        scatter += w * np.outer(row, row)
    return mean, scatter


def assert_close(found, expected, tol):
    mean, scatter = expected
    deviation = np.sqrt(np.diag(scatter) / found.n).max() + 1e-300
    np.testing.assert_allclose(found.shift - mean.astype(float) + found.offset, 0,
                               atol=max(tol * deviation, 1e-15 * np.abs(mean).max()))  # fmt: skip
    np.testing.assert_allclose(found.scatter, scatter.astype(float),
                               rtol=0, atol=tol * np.abs(scatter).max())  # fmt: skip


# By default each shape in one layout, and each layout in one shape.
PAIRS = [(layout, shape) for layout in LAYOUTS for shape in SHAPES]
FEW = [(layout, shape) for layout, shape in PAIRS if layout == "C" or shape == (129, 9)]


@pytest.mark.parametrize("dtype", sweep(["float64", "float32"], 1))
@pytest.mark.parametrize("pair", sweep(PAIRS, FEW), ids=str)
def test_layouts_and_weights(pair, dtype, correlated, rng):
    layout, shape = pair
    X = LAYOUTS[layout](correlated(*shape, offset=3.0, dtype=dtype))
    tol = 1e-12 if dtype == "float64" else 1e-6
    assert_close(moments_of(X), slow(X), tol)
    weight = rng.randint(0, 4, len(X)).astype(float)
    weight[0] = 1
    assert_close(moments_of(X, weight), slow(X, weight), tol)


@pytest.mark.parametrize("dtype", ["int64", "int8", "uint8", "bool", "float16", ">f8"])
def test_other_dtypes_are_converted_block_by_block(dtype, rng):
    X = rng.uniform(0, 50, (400, 6)).astype(dtype)
    assert_close(moments_of(X), slow(X), 1e-12)


@pytest.mark.parametrize(
    ("dtype", "offset", "bar"),
    [("float32", 0, 1e-6), ("float32", 1e3, 1e-6), ("float32", 1e5, 1e-6),
     ("float64", 0, 1e-12), ("float64", 1e5, 1e-12), ("float64", 1e8, 1e-12)],
)  # fmt: skip
@pytest.mark.parametrize("shape", [(3000, 12), (1500, 110)], ids=str)
def test_large_offsets_cost_no_digits(shape, dtype, offset, bar, correlated, spectrum):
    X = correlated(*shape, offset=offset, dtype=dtype)
    found = moments_of(X)
    values = np.linalg.eigvalsh(found.scatter / (found.n - 1))[::-1]
    expected = spectrum(X)
    assert np.abs(values - expected).max() < bar * expected[0]


def test_first_rows_that_are_exceptions_cost_no_digits(rng, spectrum):
    X = rng.standard_normal((20_000, 4)).astype(np.float32)
    X[:: len(X) // _moments.N_SHIFT_ROWS] += 3e3  # every row that the shift comes from
    found = moments_of(X)
    values = np.linalg.eigvalsh(found.scatter / (found.n - 1))[::-1]
    expected = spectrum(X)
    assert np.abs(values - expected).max() < 1e-6 * expected[0]
    assert (found.offset**2 < np.diag(found.scatter) / found.n).all()  # a second pass was made


@pytest.mark.exhaustive
def test_the_mean_of_four_million_float32_rows():
    X = np.full((4_000_000, 1), 1000.30, np.float32)
    X[::2] += np.float32(0.25)
    exact = (float(X[0, 0]) + float(X[1, 0])) / 2
    found = moments_of(X)
    assert abs(found.mean[0] / exact - 1) < 1e-6
    assert found.scatter[0, 0] / found.n == pytest.approx(0.125**2, rel=1e-3)


@pytest.mark.parametrize("value", [0.1, 1000.3, -7e8])
def test_a_constant_feature_has_no_variance(value, rng):
    X = rng.standard_normal((1000, 3))
    X[:, 1] = value
    found = moments_of(X)
    assert found.scatter[1, 1] == 0
    assert found.mean[1] == value


@pytest.mark.parametrize("container", [sp.csr_matrix, sp.csc_matrix, sp.csr_array, sp.csc_array])
@pytest.mark.parametrize("density", [0.02, 0.6])
@pytest.mark.parametrize("dtype", ["float64", "float32", "int64"])
def test_sparse_rows(container, density, dtype, rng):
    X = (rng.uniform(1, 5, (1500, 20)) * (rng.uniform(size=(1500, 20)) < density)).astype(dtype)
    weight = rng.randint(0, 3, 1500).astype(float)
    weight[:1100] = 0  # a whole block without weight
    assert_close(moments_of(container(X)), slow(X), 1e-12)
    assert_close(moments_of(container(X), weight), slow(X, weight), 1e-12)


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="about the threads of compiled code")
def test_results_do_not_depend_on_the_number_of_threads(rng):
    for shape in ((9000, 31), (5000, 100)):
        X = rng.standard_normal(shape)
        found = []
        for threads in (1, 2):
            with threadpool_limits(threads):
                found.append(moments_of(X))
        np.testing.assert_array_equal(found[0].scatter, found[1].scatter)
        np.testing.assert_array_equal(found[0].offset, found[1].offset)


@pytest.mark.parametrize("seed", range(8))
def test_merging_in_any_order(seed):
    rng = np.random.RandomState(seed)
    n, p = rng.randint(20, 400), rng.randint(1, 40)
    X = rng.standard_normal((n, p)) * rng.uniform(0.1, 3, p) + 10.0 ** rng.uniform(-2, 8)
    cuts = np.unique(np.r_[0, rng.randint(1, n, 6), n])
    parts = [moments_of(X[a:b]) for a, b in pairwise(cuts)]
    before = [part.scatter.copy() for part in parts]
    order = rng.permutation(len(parts))
    merged = parts[order[0]]
    for i in order[1:]:
        merged = merged.merged(parts[i])
    assert_close(merged, slow(X), 1e-11)
    for part, scatter in zip(parts, before, strict=True):
        np.testing.assert_array_equal(part.scatter, scatter)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("shape", [(300, 5), (300, 100)], ids=str)
def test_what_is_not_finite_is_seen_in_the_sums(wrong, shape, rng):
    for row in (0, 1, 150, 299):
        X = rng.standard_normal(shape)
        X[row, 3] = wrong
        assert not moments_of(X).finite
    assert moments_of(rng.standard_normal(shape)).finite
