"""TableEncoder gives what an oracle gives, in whatever container the values come."""

import numpy as np
import pytest

from skparams.neural_network._encoder.encoder import TableEncoder
from tests.neural_network.tabular import random_tables as tables

pd = pytest.importorskip("pandas")

SEEDS = range(25)
# What scikit-learn warns of where an array follows a frame, or a frame an array.
unnamed = pytest.mark.filterwarnings("ignore:X (does not have valid|has) feature names")


@pytest.mark.parametrize("seed", SEEDS)
def test_pandas_polars_and_objects_are_encoded_as_by_the_oracle(seed):
    rng = np.random.default_rng(seed)
    kinds, columns = tables.random_columns(rng)
    is_categorical = np.array([kind in ("str", "bool") for kind in kinds])
    expected = tables.encode(is_categorical, columns, columns)
    for X, categorical in [
        (tables.as_pandas(kinds, columns, rng), is_categorical),
        (tables.as_polars(kinds, columns, rng), is_categorical),
        (tables.as_objects(columns), is_categorical),
    ]:
        encoder = TableEncoder(categorical)
        Z = encoder.fit_transform(X)
        np.testing.assert_allclose(Z, expected, rtol=1e-6, atol=1e-6)
        assert np.isfinite(Z).all()
        assert encoder.n_inputs_ == encoder.count_inputs(X).total == Z.shape[1]
        assert len(encoder.get_feature_names_out()) == Z.shape[1]
        np.testing.assert_array_equal(encoder.transform(X), Z)


@pytest.mark.parametrize("seed", SEEDS)
def test_dtypes_of_frames_tell_what_is_categorical(seed):
    rng = np.random.default_rng(seed)
    kinds, columns = tables.random_columns(rng)
    known = [any(value is not None for value in values) for values in columns]
    kinds = [kind for kind, keep in zip(kinds, known, strict=True) if keep]
    columns = [values for values, keep in zip(columns, known, strict=True) if keep]
    if not kinds:
        kinds, columns = ["int"], [[1, 2]]
    is_categorical = [kind in ("str", "bool") for kind in kinds]
    for read in (tables.as_pandas, tables.as_polars):
        encoder = TableEncoder().fit(read(kinds, columns, rng))
        assert encoder.is_categorical_.tolist() == is_categorical


@unnamed
@pytest.mark.parametrize("seed", SEEDS)
def test_other_rows_in_another_container(seed):
    """Unknown and missing values among them, and rows in another order."""
    rng = np.random.default_rng(seed)
    kinds, columns = tables.random_columns(rng)
    n_rows = len(columns[0])
    fitted = rng.permutation(n_rows)[: n_rows // 2 + 1]
    some = [[values[i] for i in fitted] for values in columns]
    is_categorical = rng.random(len(kinds)) < 0.3
    is_categorical |= [kind in ("str", "bool") for kind in kinds]
    expected = tables.encode(is_categorical, some, columns)
    containers = [
        lambda values: tables.as_pandas(kinds, values, rng),
        lambda values: tables.as_polars(kinds, values, rng),
        tables.as_objects,
    ]
    fit_to, *others = rng.permutation(3)
    encoder = TableEncoder(is_categorical).fit(containers[fit_to](some))
    for other in others:
        Z = encoder.transform(containers[other](columns))
        np.testing.assert_allclose(Z, expected, rtol=1e-6, atol=1e-6)
        order = rng.permutation(n_rows)
        permuted = [[values[i] for i in order] for values in columns]
        np.testing.assert_array_equal(encoder.transform(containers[other](permuted)), Z[order])


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rows_does_not_matter_in_fit(seed):
    rng = np.random.default_rng(seed)
    kinds, columns = tables.random_columns(rng)
    X = tables.as_pandas(kinds, columns, rng)
    a, b = TableEncoder().fit(X), TableEncoder().fit(X.sample(frac=1, random_state=seed))
    np.testing.assert_array_equal(a.transform(X), b.transform(X))


@pytest.mark.parametrize("dtype", ["str", "string", "category", object])
def test_strings_of_pandas_of_each_version(dtype):
    X = pd.DataFrame({"a": pd.Series(["x", "y", "x", "z"], dtype=dtype)})
    encoder = TableEncoder().fit(X)
    assert encoder.categories_[0].dtype == "U1"
    assert encoder.transform(X).argmax(axis=1).tolist() == [0, 1, 0, 2]


@pytest.mark.parametrize("values", [["b", "a", "c"], [True, False, True], [3, 1.5, 2]])
def test_objects_may_be_missing_in_any_way(values):
    X = pd.DataFrame({"a": pd.Series([*values, None, np.nan, float("nan"), pd.NA], dtype=object)})
    encoder = TableEncoder().fit(X)
    assert encoder.is_categorical_[0] == (values[1] != 1.5)
    Z, known = encoder.transform(X), encoder.transform(X[:3])
    np.testing.assert_array_equal(Z[:3], known)
    missing = [[0, 1]] if values[1] == 1.5 else np.zeros((1, known.shape[1]))
    np.testing.assert_array_equal(Z[3:], np.repeat(missing, 4, axis=0))


def test_objects_without_any_value_take_what_comes_later():
    encoder = TableEncoder().fit(pd.DataFrame({"a": [None, None], "b": [1, 2]}, dtype=object))
    for later in (["x", 1], [1.5, 2.5]):
        assert encoder.transform(pd.DataFrame({"a": later, "b": [1, 1]})).shape == (2, 1)


def test_sparse_columns_of_pandas_are_read_as_numbers():
    X = pd.DataFrame({"a": [0.0, 0.0, 1.0, 5.0], "b": [1, 2, 3, 4]})
    sparse = X.assign(a=pd.arrays.SparseArray(X["a"]))
    np.testing.assert_array_equal(
        TableEncoder().fit_transform(sparse), TableEncoder().fit_transform(X)
    )
