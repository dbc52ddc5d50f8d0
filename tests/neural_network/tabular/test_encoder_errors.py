"""Errors of TableEncoder: each names the column, what is wrong with it, and what to do."""

import datetime
import time

import numpy as np
import pytest
import scipy.sparse as sp

from skparams.neural_network._encoder.encoder import TableEncoder

pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")

DAY = datetime.date(2020, 1, 2)
UNSUPPORTED = {
    "dtype datetime64": pd.DataFrame({"n": [1], "when": pd.to_datetime(["2020-01-01"])}),
    "dtype datetime64[us, UTC]": pd.DataFrame(
        {"when": pd.Series(["2020-01-01"], dtype="datetime64[us, UTC]")}
    ),
    "dtype timedelta64": pd.DataFrame({"when": pd.to_timedelta([1], unit="D")}),
    "dtype complex128": pd.DataFrame({"when": [1j]}),
    "values of type Period": pd.DataFrame({"when": pd.period_range("2020", "2022", freq="Y")}),
    "values of type Interval": pd.DataFrame({"when": pd.cut(np.arange(9), 3)}),
    "values of type date": pd.DataFrame({"when": [None, DAY]}),
    "values of type list": pd.DataFrame({"when": [[1], [2]]}),
    "values of type bytes": pd.DataFrame({"when": [b"1", b"2"]}),
    "values of types int and str": pd.DataFrame({"when": [1, "a", None]}, dtype=object),
    "values of types bool and str": pl.DataFrame(
        {"when": pl.Series([True, "True"], dtype=pl.Object)}
    ),
    "dtype Date": pl.DataFrame({"when": [DAY]}),
    "dtype Duration": pl.DataFrame({"when": [datetime.timedelta(1)]}),
    "dtype List": pl.DataFrame({"when": [[1]]}),
    "dtype Binary": pl.DataFrame({"when": [b"1"]}),
}


@pytest.mark.parametrize("what", UNSUPPORTED)
def test_columns_that_are_neither_numbers_nor_strings(what):
    X = UNSUPPORTED[what]
    with pytest.raises(TypeError) as raised:
        TableEncoder().fit(X)
    assert f"X has {what}" in str(raised.value)
    assert "column 'when'" in str(raised.value)
    assert "Convert it to numbers" in str(raised.value) or "Make all of them" in str(raised.value)


@pytest.mark.parametrize("declared", [None, ["when"]])
def test_dates_are_refused_whatever_they_are_declared_as(declared):
    for X in (UNSUPPORTED["dtype datetime64"], UNSUPPORTED["dtype Date"]):
        if isinstance(X, pl.DataFrame) and declared:
            declared = [0]  # older versions of scikit-learn know no names of polars
        with pytest.raises(TypeError, match=r"in column 'when', but only numbers"):
            TableEncoder(declared).fit(X)


@pytest.mark.parametrize("dtype", ["M8[D]", "m8[D]", "S3"])
def test_arrays_of_dates_or_bytes(dtype):
    with pytest.raises(TypeError, match=r"X has dtype .*, but only numbers"):
        TableEncoder().fit(np.array([["1"]]).astype(int).astype(dtype))


INFINITE = r"Input X contains infinity or a value too large for dtype\('float64'\), in column "


def test_infinity_in_fit_and_transform(rng):
    X = pd.DataFrame({"n": [1.0, 2.0, 3.0], "fare": [1.0, 2.0, 5.0]})
    encoder = TableEncoder().fit(X)
    for infinity in (np.inf, -np.inf):
        X.loc[1, "fare"] = infinity
        for method in (TableEncoder().fit, encoder.transform):
            with pytest.raises(ValueError, match=INFINITE + "'fare'"):
                method(X)
    with pytest.raises(ValueError, match=INFINITE + "1"):
        TableEncoder().fit(X.to_numpy())
    with pytest.raises(ValueError, match=INFINITE + "'fare'"):
        TableEncoder(["fare"]).fit(X)
    encoder = TableEncoder([0]).fit(np.array([[1.0], [2.0]]))
    with pytest.raises(ValueError, match=INFINITE + "0"):
        encoder.transform([[np.inf]])


@pytest.mark.parametrize("values", [[np.nan, 1], [np.inf, 1]])
def test_sparse_numbers_must_be_finite(values):
    X = sp.csr_matrix(np.array([[0, 1], values]).T)
    wrong = r"contains NaN, in column 1\..*X\.toarray" if np.isnan(values[0]) else INFINITE + "1"
    encoder = TableEncoder().fit(sp.csr_matrix(np.eye(2)))
    for method in (TableEncoder().fit, encoder.transform):
        with pytest.raises(ValueError, match=wrong):
            method(X)


def test_sparse_columns_are_no_categories():
    X = sp.csr_matrix(np.eye(2))
    for method in (TableEncoder([1]).fit, TableEncoder([1]).count_inputs):
        with pytest.raises(ValueError, match=r"categorical_features=\[1\] lists columns of X, wh"):
            method(X)
    TableEncoder([False, False]).fit(X)


@pytest.mark.parametrize("n", [256, 100_000])
def test_too_many_categories_are_found_soon(n, monkeypatch):
    X = pd.DataFrame({"n": np.arange(n), "id": np.arange(n).astype(str)})
    monkeypatch.setattr("skparams.neural_network._encoder.numbers.find_scales", None)
    start = time.process_time()
    for container in (X, pl.DataFrame({name: X[name].tolist() for name in X})):
        with pytest.raises(
            ValueError,
            match=rf"X has {n} categories in column 'id', more than max_categories=255. Raise max_",
        ):
            TableEncoder().fit(container)
    assert time.process_time() - start < 5
    for column in (X["id"].astype("category"), X["n"].astype(float)):
        with pytest.raises(ValueError, match=f"X has {n} categories in column 0"):
            TableEncoder([0]).fit(column.to_numpy().reshape(-1, 1))


def test_max_categories_may_be_raised():
    X = pd.DataFrame({"id": np.arange(300).astype(str)})
    assert TableEncoder(max_categories=300).fit(X).n_inputs_ == 300


@pytest.mark.parametrize(
    ("declared", "wrong"),
    [
        (["z"], r"item value 'z' which is not a valid feature name"),
        ([2], r"integer indices must be in \[0, n_features - 1\]"),
        ([-1], r"integer indices must be in \[0, n_features - 1\]"),
        ([1.5], r"must be an array-like of bool, int or str, got: float64"),
        ([True], r"boolean mask must have shape \(n_features,\), got: \(1,\)"),
        ([[True], [False]], r"boolean mask must have shape \(n_features,\), got: \(2, 1\)"),
        (np.array(["a", 1], dtype=object), r"bool, int or str, got: int, str"),
    ],
)
def test_declared_categories_are_checked_as_by_histogram_boosting(declared, wrong):
    with pytest.raises(ValueError, match=wrong):
        TableEncoder(declared).fit(pd.DataFrame({"a": [1, 2], "b": [3, 4]}))


def test_names_need_a_frame():
    with pytest.raises(ValueError, match="fitted on data without feature names"):
        TableEncoder(["a"]).fit(np.ones((2, 2)))


def test_strings_that_are_not_declared_as_categories():
    for X, column in [
        (pd.DataFrame({"n": [1, 2], "sex": ["m", "f"]}), "'sex'"),
        (pl.DataFrame({"n": [1, 2], "sex": ["m", "f"]}), "'sex'"),
        (np.array([[1, "m"], [2, "f"]], dtype=object), "1"),
        ([["1", "m"], ["2", "f"]], "1"),
    ]:
        with pytest.raises(ValueError, match=f"could not convert .* in column {column}.*list it"):
            TableEncoder(None).fit(X)


def test_strings_among_numbers_in_transform():
    encoder = TableEncoder().fit(pd.DataFrame({"n": [1, 2]}))
    with pytest.raises(ValueError, match=r"could not convert .*'many'.* in column 'n'"):
        encoder.transform(pd.DataFrame({"n": ["1", "many"]}))


def test_numbers_that_no_dtype_holds():
    X = np.array([[10**400], [1]], dtype=object)
    with pytest.raises(ValueError, match="int too large to convert to float, in column 0"):
        TableEncoder().fit(X)
    for values in ([10**400, 1], [-1, 2**63 + 1], [0.5, 2**60 + 1]):
        X = np.array(values, dtype=object).reshape(-1, 1)
        with pytest.raises(ValueError, match="categories in column 0 that no dtype of NumPy"):
            TableEncoder([0]).fit(X)


@pytest.mark.parametrize("shape", [(0, 2), (2, 0)])
def test_empty_frames(shape):
    wrong = "0 sample" if shape[0] == 0 else "0 feature"
    for X in (pd.DataFrame(np.empty(shape)), pl.DataFrame(np.empty(shape)), np.empty(shape)):
        if X.shape == shape:  # a frame of polars without columns has no rows
            with pytest.raises(ValueError, match=f"Found array with {wrong}"):
                TableEncoder().fit(X)


def test_other_columns_than_in_fit():
    X = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    encoder = TableEncoder().fit(X)
    with pytest.raises(ValueError, match="must be in the same order"):
        encoder.transform(X[["b", "a"]])
    with pytest.raises(ValueError, match="unseen at fit time:\n- c"):
        encoder.transform(X.rename(columns={"b": "c"}))
    with pytest.raises(ValueError, match="X has 3 features, but TableEncoder is expecting 2"):
        TableEncoder().fit(np.ones((2, 2))).transform(np.ones((2, 3)))


def test_a_failed_fit_changes_nothing():
    encoder = TableEncoder().fit(pd.DataFrame({"a": [1, 2]}))
    before = vars(encoder).copy()
    with pytest.raises(ValueError, match="infinity"):
        encoder.fit(pd.DataFrame({"b": ["x", "y"], "c": [1, np.inf]}))
    assert vars(encoder) == before


def test_names_of_columns_are_escaped():
    with pytest.raises(ValueError, match=r"in column 'a\\x1b\[31m'"):
        TableEncoder().fit(pd.DataFrame({"a\x1b[31m": [np.inf]}))
