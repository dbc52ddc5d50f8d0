"""What TableEncoder makes of numbers, of categories and of what is missing."""

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.utils.estimator_checks import parametrize_with_checks

from skparams.neural_network._encoder.encoder import InputCounts, TableEncoder

pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")


def squash(x):
    return x / np.sqrt(1 + (x / 3) ** 2)


def encoded(X, **hyperparameters):
    return TableEncoder(**hyperparameters).fit_transform(X)


# scikit-learn's older versions pass a generator on
_checks = parametrize_with_checks([TableEncoder(), TableEncoder(None)]).mark


@pytest.mark.parametrize(_checks.args[0], list(_checks.args[1]), **_checks.kwargs)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
def test_scikit_learns_checks(estimator, check):
    check(estimator)


def test_numbers_are_scaled_by_median_and_quartiles_and_squashed(rng):
    X = rng.standard_cauchy((101, 3)) * [1, 1e-6, 1e9]
    first, median, third = np.quantile(X, [0.25, 0.5, 0.75], axis=0)
    encoder = TableEncoder().fit(X)
    np.testing.assert_allclose(encoder.medians_, median, rtol=1e-12)
    np.testing.assert_allclose(encoder.scales_, third - first, rtol=1e-12)
    Z = encoder.transform(X)
    assert Z.dtype == np.float32
    np.testing.assert_allclose(Z, squash((X - median) / (third - first)), rtol=1e-6)
    assert np.abs(Z).max() <= 3


def test_columns_whose_quartiles_are_equal_are_divided_by_half_their_range():
    X = np.zeros((100, 1))
    X[0], X[1] = -2, 6
    np.testing.assert_allclose(encoded(X)[:2, 0], squash(np.array([-0.5, 1.5])), rtol=1e-6)


def test_a_constant_column_stays_zero_even_where_it_is_not_constant():
    encoder = TableEncoder().fit([[5.0, 1.0], [5.0, 2.0]])
    assert encoder.scales_[0] == 0
    assert encoder.transform([[7.0, 1.0], [-1e308, 1.0]])[:, 0].tolist() == [0, 0]


def test_missing_numbers_are_the_median_with_an_indicator():
    X = np.array([[1.0, 0.0], [np.nan, 1.0], [3.0, 2.0], [8.0, np.nan]])
    encoder = TableEncoder().fit(X[:3])
    assert encoder.has_missing_.tolist() == [True, False]
    Z = encoder.transform(X)
    assert Z.shape == (4, 3)
    assert Z[:, 2].tolist() == [-1, 1, -1, -1]
    assert Z[1, 0] == 0
    assert Z[3, 1] == 0  # missing where none was in fit
    alone = TableEncoder().fit([[np.nan, 1.0], [7.0, 2.0], [np.nan, 3.0]])
    assert alone.medians_.tolist() == [7, 2]


def test_a_column_of_missing_numbers_is_zero_with_its_indicator():
    encoder = TableEncoder().fit([[np.nan, 1.0], [np.nan, 2.0]])
    assert encoder.transform([[np.nan, 1.0], [4.0, 1.0]])[:, [0, 2]].tolist() == [[0, 1], [0, -1]]


@pytest.mark.parametrize(
    "values",
    [
        [1e300, -1e300, 1.7e308, -1.7e308, 0.0],
        [-1.7e308, -1.7e308, 1.7e308, 1.7e308],
        [5e-324, 0.0, 0.0, 1.7e308, -5e-324],
        [1e15, 1e15 + 1, 1e15 + 2, 1e15 + 3, 1e15 + 4],
        [2**62 + 2**10 * k for k in range(5)],
    ],
)
def test_extreme_numbers_neither_overflow_nor_lose_their_order(values):
    Z = encoded(np.array(values).reshape(-1, 1))[:, 0]
    assert np.isfinite(Z).all()
    assert np.abs(Z).max() <= 3
    ordered = Z[np.argsort(values)]
    assert (np.diff(ordered) >= 0).all()
    assert ordered[-1] > ordered[0]


def test_large_offsets_change_nothing():
    X = np.arange(9.0).reshape(-1, 1) ** 2
    np.testing.assert_array_equal(encoded(X + 1e15), encoded(X))


def test_categories_are_sorted_and_two_of_them_are_one_column():
    X = pd.DataFrame({"sex": ["male", "female", None], "port": ["S", "C", "Q"]})
    encoder = TableEncoder().fit(X)
    assert encoder.get_feature_names_out().tolist() == ["sex_male", "port_C", "port_Q", "port_S"]
    assert encoder.transform(X).tolist() == [[1, 0, 0, 1], [-1, 1, 0, 0], [0, 0, 1, 0]]
    unknown = pd.DataFrame({"sex": ["?", "male"], "port": [None, "T"]})
    assert encoder.transform(unknown).tolist() == [[0, 0, 0, 0], [1, 0, 0, 0]]


def test_a_single_category_has_a_column_only_beside_missing_values():
    X = pd.DataFrame({"a": ["x", "x", "x"], "b": ["x", None, "x"], "c": [None] * 3, "n": [1, 2, 3]})
    encoder = TableEncoder().fit(X)
    assert encoder.get_feature_names_out().tolist() == ["n", "b_x"]
    assert [each.tolist() for each in encoder.categories_] == [[], ["x"], []]
    later = pd.DataFrame({"a": ["y", None], "b": ["x", "y"], "c": ["z", 1], "n": [2, 2]})
    assert encoder.transform(later).tolist() == [[0, 1], [0, 0]]


def test_categories_that_no_row_has_get_no_column():
    X = pd.DataFrame({"a": pd.Categorical(["z", "x", None], categories=["z", "y", "x"])})
    encoder = TableEncoder().fit(X)
    assert encoder.categories_[0].tolist() == ["x", "z"]
    assert encoder.transform(X)[:, 0].tolist() == [1, -1, 0]


def test_columns_come_as_numbers_indicators_categories():
    X = pd.DataFrame({"sex": ["m", "f", "m"], "age": [1, None, 3], "old": [True, False, None]})
    encoder = TableEncoder().fit(X)
    names = ["age", "age_missing", "sex_m", "old_True"]
    assert encoder.get_feature_names_out().tolist() == names
    assert encoder.is_categorical_.tolist() == [True, False, True]
    assert encoder.n_inputs_ == 4
    assert encoder.count_inputs(X) == InputCounts(1, 1, (1, 1))
    frame = encoder.set_output(transform="pandas").transform(X)
    assert frame.columns.tolist() == names


def test_names_are_unique_where_columns_have_names_like_them():
    X = pd.DataFrame({"a_missing": [1, 2, 3], "a": [1, None, 2], "a_missing_": list("xyz")})
    names = TableEncoder().fit(X).get_feature_names_out().tolist()
    assert names[:3] == ["a_missing", "a", "a_missing_"]
    assert len(set(names)) == len(names) == 6
    names = TableEncoder().fit(X.assign(a_missing_=0)).get_feature_names_out().tolist()
    assert names == ["a_missing", "a", "a_missing_", "a_missing__"]


def test_names_without_names():
    X = np.array([[1, "a"], [None, "b"], [2, None]], dtype=object)
    encoder = TableEncoder([1]).fit(X)
    assert encoder.get_feature_names_out().tolist() == ["x0", "x0_missing", "x1_b"]
    given = encoder.get_feature_names_out(["age", "sex"])
    assert given.tolist() == ["age", "age_missing", "sex_b"]


@pytest.mark.parametrize("declared", [["b"], [1], [False, True, False]])
def test_declared_categories_and_no_others(declared):
    X = pd.DataFrame({"a": [1, 2, 4], "b": [7, 7, 9], "c": [True, False, True]})
    encoder = TableEncoder(declared).fit(X)
    assert encoder.get_feature_names_out().tolist() == ["a", "c", "b_9"]


def test_a_mask_may_change_after_fit():
    mask = np.array([True, False])
    encoder = TableEncoder(mask).fit([["a", 1.0], ["b", 2.0]])
    mask[:] = False
    assert encoder.is_categorical_.tolist() == [True, False]


def test_lists_keep_numbers_beside_strings():
    encoder = TableEncoder([0, 1]).fit([["a", 3], ["b", 4], ["c", 5.5]])
    assert encoder.categories_[1].tolist() == [3, 4, 5.5]


@pytest.mark.parametrize("zeros", [[0.0, -0.0], [-0.0, 0.0]])
@pytest.mark.parametrize("dtype", [float, np.float32, object])
def test_zeros_of_both_signs_are_one_category(zeros, dtype):
    X = np.array([*zeros, 0.5, np.nan, np.nan], dtype=dtype).reshape(-1, 1)
    encoder = TableEncoder([0]).fit(X)
    assert str(encoder.categories_[0]) == "[0.  0.5]"
    assert encoder.transform(X).ravel().tolist() == [-1, -1, 1, 0, 0]


def test_strings_of_numpy():
    for dtype in ("U3", np.dtypes.StringDType()):
        encoder = TableEncoder([0]).fit(np.array([["a"], ["bcd"], ["ef"]], dtype=dtype))
        assert encoder.categories_[0].tolist() == ["a", "bcd", "ef"]
        assert encoder.transform([["bcd"], [None]]).tolist() == [[0, 1, 0], [0, 0, 0]]


def test_values_that_are_equal_are_one_category():
    encoder = TableEncoder([0]).fit(np.array([[3], [-0.0], [0], [1]], dtype=object))
    assert encoder.categories_[0].dtype == np.int64
    assert encoder.get_feature_names_out().tolist() == ["x0_0", "x0_1", "x0_3"]
    same = [[3.0], [np.int8(3)], [np.float32(3)], [0.0], [-0.0], [True], ["3"], [2.5], [None]]
    found = [2, 2, 2, 0, 0, 1, None, None, None]
    expected = [[float(place == column) for column in range(3)] for place in found]
    assert encoder.transform(np.array(same, dtype=object)).tolist() == expected
    assert encoder.transform(np.array([[3], [0]], dtype=np.uint8)).tolist() == expected[::3][:2]


def test_booleans_are_no_strings():
    encoder = TableEncoder().fit(pd.DataFrame({"a": [True, False]}))
    assert encoder.categories_[0].dtype == bool
    X = np.array([[True], [np.True_], [1.0], ["True"], [0], [None], [pd.NA]], dtype=object)
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        assert encoder.transform(X).ravel().tolist() == [1, 1, 1, 0, -1, 0, 0]


def test_integers_beyond_floats_stay_different_categories():
    X = np.array([[2**60], [2**60 + 1], [2**60 + 2]])
    frames = [pl.DataFrame({"a": X[:, 0]}), pl.DataFrame({"a": [*X[:, 0].tolist(), None]})]
    frames += [pd.DataFrame({"a": pd.array(X[:, 0], dtype=dtype)}) for dtype in ("int64", "Int64")]
    for fitted in [X, X.astype(object), *frames]:
        np.testing.assert_array_equal(encoded(fitted, categorical_features=[0])[:3], np.eye(3))


@pytest.mark.parametrize("strings", [["a", "a\0", ""], ["a", "b" * 100_000, "c"]])
def test_strings_keep_their_end_and_long_ones_take_no_more_room(strings):
    X = np.array(strings, dtype=object).reshape(-1, 1)
    encoder = TableEncoder([0]).fit(X)
    assert encoder.categories_[0].tolist() == sorted(strings)
    assert encoder.categories_[0].nbytes < 2**20
    assert encoder.transform(X).sum() == 3
    assert TableEncoder([0]).fit(X[:1]).fit(np.array([["a"], ["b"]])).categories_[0].dtype == "U1"


@pytest.mark.parametrize("format", ["csr", "csc", "coo", "lil"])
@pytest.mark.parametrize("kind", [sp.csr_matrix, sp.csr_array])
def test_sparse_numbers_are_scaled_but_not_centered(rng, format, kind):
    dense = np.round(rng.standard_normal((40, 6)) * 4) * (rng.random_sample((40, 6)) < 0.6)
    dense[:, 0], dense[:, 1], dense[:, 2] = 0, 3, 0
    dense[5, 2] = -8
    X = kind(dense).asformat(format)
    first, third = np.quantile(dense, [0.25, 0.75], axis=0)
    scale = np.where(third > first, third - first, np.ptp(dense, axis=0) / 2)
    assert (scale[3:] > 0).all()
    encoder = TableEncoder().fit(X)
    np.testing.assert_allclose(encoder.scales_, scale)
    Z = encoder.transform(X)
    assert Z.format == "csr"
    assert Z.dtype == np.float32
    expected = squash(np.where(scale > 0, dense / np.where(scale > 0, scale, 1), 0))
    np.testing.assert_allclose(Z.toarray(), expected, rtol=1e-6)
    np.testing.assert_array_equal(encoder.transform(dense), Z.toarray())
    assert encoder.count_inputs(X) == InputCounts(6, 0, ())
    np.testing.assert_array_equal(X.toarray(), dense)


def test_stored_zeros_and_repeated_places_are_numbers_like_others():
    parts = np.array([1.0, 2.0, 0.0, 5.0]), np.array([0, 0, 0, 0]), np.array([0, 2, 3, 4, 4])
    X = sp.csr_matrix(parts, shape=(4, 1))
    assert TableEncoder().fit(X).scales_ == TableEncoder().fit(sp.csr_matrix(X.toarray())).scales_
    np.testing.assert_array_equal(
        encoded(X).toarray(), encoded(sp.csr_matrix(X.toarray())).toarray()
    )
    assert X.nnz == 4


@pytest.mark.parametrize(
    "X", [[[1.0, 0.0], [2.0, 5.0], [4.0, 7.0]], [[0.0, 0.0], [0.0, 5.0], [np.nan, 0.0]]]
)
def test_an_encoder_fitted_to_dense_numbers_takes_sparse_ones(X):
    X = np.array(X)
    encoder = TableEncoder().fit(X)
    np.testing.assert_array_equal(encoder.transform(sp.csr_matrix(X[:2])), encoder.transform(X[:2]))


def test_an_encoder_fitted_to_dense_categories_takes_sparse_numbers():
    X = np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 3.0]])
    encoder = TableEncoder([0]).fit(X)
    np.testing.assert_array_equal(encoder.transform(sp.csr_matrix(X)), encoder.transform(X))


@pytest.mark.parametrize(
    "variant",
    [
        np.asfortranarray,
        lambda X: X.astype(np.float16),
        lambda X: X.astype(">f8"),
        lambda X: X.astype(">i4"),
        lambda X: X.astype(np.longdouble),
        lambda X: X.astype(object),
        lambda X: X.astype(str),
        lambda X: np.repeat(X, 2, axis=1)[:, ::2],
        lambda X: X[::-1][::-1],
        lambda X: X.tolist(),
    ],
)
def test_arrays_of_any_kind(rng, variant):
    X = rng.randint(-50, 50, (30, 4)).astype(float)
    np.testing.assert_array_equal(encoded(variant(X)), encoded(X))


def test_arrays_are_read_only_and_stay_as_they_are(rng):
    X = rng.standard_normal((20, 3))
    X[3, 1] = np.nan
    before = X.copy()
    X.flags.writeable = False
    encoded(X)
    encoded(pd.DataFrame(X, copy=False))
    np.testing.assert_array_equal(X, before)


def test_many_rows_and_columns_are_encoded_in_parts(rng, monkeypatch):
    X = rng.standard_normal((50, 37))
    X[rng.random_sample(X.shape) < 0.02] = np.nan
    whole = encoded(X)
    monkeypatch.setattr("skparams.neural_network._encoder.numbers.SORTED", 150)
    monkeypatch.setattr("skparams.neural_network._encoder.numbers.TILE", (7, 5))
    np.testing.assert_array_equal(encoded(X), whole)
    n_indicators = np.isnan(X).any(axis=0).sum()
    assert 0 < n_indicators < 37
    assert TableEncoder().count_inputs(X) == InputCounts(37, n_indicators, ())
