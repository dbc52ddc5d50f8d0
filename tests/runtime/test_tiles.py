"""Products in tiles: what NumPy computes, and the same bits in any tile."""

import itertools

import numba
import numpy as np
import pytest

from skparams._runtime.tiles import _multiply_in_tiles, multiply

each_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64])
compiled = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="about the compiled product")


@numba.njit
def multiply_compiled(a, a0, a_row, a_step, b, b0, b_row, c, c0, c_row, m, n, n_sum, init, relu):
    multiply(a, a0, a_row, a_step, b, b0, b_row, c, c0, c_row, m, n, n_sum, init, 1, relu)


def product(A, B, init, *, relu=False, turned=False, spare=2):
    """The product by the kernel, whose output must not write beside its place."""
    (m, n_sum), n, T = A.shape, B.shape[1], A.dtype
    a = np.concatenate([np.full(3, np.nan), (A.T if turned else A).ravel()]).astype(T)
    strides = (1, m) if turned else (n_sum, 1)
    b = np.pad(B, ((0, 0), (0, spare)), constant_values=np.nan).astype(T).ravel()
    b = np.append(b, np.full(2, np.nan, T))
    start = np.concatenate([[np.nan], init, np.full(40, np.nan)]).astype(T)
    c = np.full((m + 2, n + 3), 7, T)
    sizes = m, n, n_sum
    places = b, 0, n + spare, c.reshape(-1), n + 5, n + 3
    multiply_compiled(a, 3, *strides, *places, *sizes, start, relu)
    found = c[1:-1, 2:-1].copy()
    c[1:-1, 2:-1] = 7
    assert (c == 7).all()
    return found


SHAPES = [(1, 1, 1), (8, 16, 1), (9, 1, 33), (7, 5, 31), (6, 3, 2), (13, 40, 48), (23, 7, 50)]
SHAPES += [(29, 37, 1), (3, 80, 1), (1, 12, 75), (1, 9, 140)]  # a column and a row


@each_dtype
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("shape", SHAPES + [None] * 20)
def test_product(shape, turned, dtype, rng):
    m, n_sum, n = rng.randint(1, 60, 3) if shape is None else shape
    A, B, init = (rng.standard_normal(s).astype(dtype) for s in ((m, n_sum), (n_sum, n), n))
    exact = A.astype(np.longdouble) @ B.astype(np.longdouble) + init
    bound = (np.abs(A) @ np.abs(B) + np.abs(init)) * (n_sum + 1) * np.finfo(dtype).eps
    for relu, spare in itertools.product((False, True), (0, 2)):
        found = product(A, B, init, relu=relu, turned=turned, spare=spare)
        assert (np.abs(found - (np.maximum(exact, 0) if relu else exact)) <= bound).all()


@compiled
@each_dtype
def test_a_number_does_not_depend_on_the_tile_that_it_is_in(dtype, rng):
    A, B = rng.standard_normal((61, 37)).astype(dtype), rng.standard_normal((37, 83)).astype(dtype)
    init = rng.standard_normal(83).astype(dtype)
    whole = product(A, B, init)
    np.testing.assert_array_equal(product(A, B, init, turned=True), whole)
    for _ in range(20):
        rows, columns = (np.sort(rng.choice(n, rng.randint(1, n), False)) for n in whole.shape)
        part = product(A[rows], B[:, columns], init[columns])
        np.testing.assert_array_equal(part, whole[np.ix_(rows, columns)])


@compiled
@each_dtype
@pytest.mark.parametrize("n_sum", [1, 7, 16, 50])
def test_a_number_of_a_column_does_not_depend_on_the_others(n_sum, dtype, rng):
    A, B = rng.standard_normal((61, n_sum)).astype(dtype), rng.standard_normal((n_sum, 1))
    B, init = B.astype(dtype), np.ones(1, dtype)
    whole = product(A, B, init, spare=0)
    for m in (1, 2, 5, 13):
        np.testing.assert_array_equal(product(A[:m], B, init, spare=0), whole[:m])
    column = A @ B + init
    np.testing.assert_allclose(whole, column, rtol=20 * np.finfo(dtype).eps * n_sum, atol=1e-5)


@each_dtype
def test_what_is_not_finite_is_seen_where_it_is(dtype, rng):
    A, B = rng.standard_normal((9, 4)).astype(dtype), rng.standard_normal((4, 35)).astype(dtype)
    A[3, 1], A[6, 0], B[2, 33] = np.nan, np.inf, np.nan
    with np.errstate(invalid="ignore"):
        expected = A @ B
        found, positive = (product(A, B, np.zeros(35, dtype), relu=relu) for relu in (False, True))
        column = product(A, B[:, 33:34].copy(), np.zeros(1, dtype), spare=0)
    np.testing.assert_array_equal(np.isnan(column), np.isnan(expected[:, 33:34]))
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    np.testing.assert_array_equal(np.isnan(positive), np.isnan(expected))
    np.testing.assert_array_equal(np.isposinf(found), np.isposinf(expected))


@compiled
@pytest.mark.parametrize("number", [numba.float32, numba.float64])
def test_panels_have_names_of_their_own(number):
    """Of kernels in several files, linked by name, one would call the panels of another."""
    array, n = numba.types.Array(number, 1, "C"), numba.int64
    arguments = array, n, n, n, array, n, n, array, n, n, n, n, n, array, n, numba.boolean
    cells = _multiply_in_tiles(*arguments).__closure__
    functions = [getattr(cell.cell_contents, "py_func", None) for cell in cells]
    names = [function.__qualname__ for function in functions if function is not None]
    assert len(names) == len(set(names)) == 3
