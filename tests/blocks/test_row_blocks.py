"""Blocks of rows of Dask arrays and datasets in files."""

import threading

import dask
import dask.array as da
import dask.dataframe as dd
import h5py
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from skparams._blocks import map_rows, naming_block, row_blocks
from skparams._lazy import is_dask, is_lazy, is_stored, refuse_lazy
from skparams._runtime import n_threads
from skparams.decomposition import PCA
from tests.clusters import ComputedError, blocks_of, local_cluster, poisoned


@pytest.fixture
def dataset(tmp_path):
    """A function that writes an array into a file, as a dataset with chunks."""
    with h5py.File(tmp_path / "data.h5", "w") as file:
        yield lambda name, X, **options: file.create_dataset(name, data=X, **options)


def _name(number, X, weight, common):
    return str(number)


def _both(one, other):
    return f"({one} {other})"


def _rows_of(number, X, weight, common):
    return [(number, X.shape, None if weight is None else weight.tolist(), common)]


def _add(one, other):
    return one + other


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6, 7, 8, 13])
def test_the_tree_depends_on_the_number_of_blocks_alone(n, dataset, monkeypatch, rng):
    X = rng.standard_normal((3 * n, 2))
    monkeypatch.setattr("skparams._lazy.BLOCK_BYTES", 3 * 2 * 8)
    trees = {
        row_blocks("f", values).reduce(_name, _both)
        for values in (blocks_of(X, n), dataset("X", X), dataset("chunked", X, chunks=(3, 1)))
    }
    assert len(trees) == 1
    (tree,) = trees
    assert tree.replace("(", "").replace(")", "").split() == [str(i) for i in range(n)]
    depth = max(tree[:i].count("(") - tree[:i].count(")") for i in range(len(tree) + 1))
    assert depth == int(np.ceil(np.log2(n)))


def test_empty_blocks_do_not_count_and_columns_are_joined(rng):
    X = rng.standard_normal((10, 4))
    lazy = blocks_of(X, (0, 4, 0, 6)).rechunk({1: (3, 1)})
    found = row_blocks("f", lazy).reduce(_rows_of, _add, "common")
    assert found == [(1, (4, 4), None, "common"), (3, (6, 4), None, "common")]
    assert row_blocks("f", blocks_of(X[:0], (0, 0))).reduce(_rows_of, _add) is None


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("form", [np.asarray, sp.csr_matrix, sp.csr_array])
def test_y_and_weights_are_cut_as_x_is(known, form, rng):
    X, y, weight = rng.standard_normal((10, 2)), np.arange(10), np.arange(10.0)
    lazy = blocks_of(X, (4, 6))
    if not known:
        lazy._chunks = ((np.nan, np.nan), (2,))
    lazy = lazy.map_blocks(form)
    of_same_blocks = blocks_of(weight, (4, 6))
    for given in (weight, of_same_blocks, list(weight), pd.Series(weight, range(10)[::-1])):
        blocks = row_blocks("f", lazy, y, given)
        assert [len(block[1]) for block in blocks] == [4, 6]
        for start, (X_block, y_block, weight_block) in zip((0, 4), blocks, strict=True):
            rows = slice(start, start + len(y_block))
            dense = X_block.toarray() if sp.issparse(X_block) else X_block
            assert sp.issparse(X_block) == (form is not np.asarray)
            np.testing.assert_array_equal(dense, X[rows])
            np.testing.assert_array_equal(y_block, y[rows])
            np.testing.assert_array_equal(weight_block, weight[rows])
    if known:
        (block,) = list(row_blocks("f", lazy, blocks_of(y, (1, 9))))[1:]
        np.testing.assert_array_equal(block[1], y[4:])


def test_a_frame_has_names_and_may_have_blocks_of_unknown_lengths(rng):
    frame = pd.DataFrame(rng.standard_normal((30, 3)), columns=list("abc"))
    lazy = dd.from_pandas(frame, npartitions=3)
    lazy, kept = lazy[lazy.a > 0], frame[frame.a > 0]
    blocks = row_blocks("f", lazy, lazy["b"], kept["c"])
    assert list(blocks.feature_names) == list("abc")
    np.testing.assert_array_equal(np.vstack([X for X, _, _ in blocks]), kept)
    np.testing.assert_array_equal(np.concatenate([y for _, y, _ in blocks]), kept["b"])
    np.testing.assert_array_equal(np.concatenate([w for _, _, w in blocks]), kept["c"])


def test_a_frame_of_numbers_of_several_dtypes_is_one_of_numbers(rng):
    flag, number = rng.random(20) > 0.5, rng.standard_normal(20)
    for columns, dtype in (
        ({"a": flag, "b": number}, float),
        ({"a": flag, "b": number.astype(np.float32)}, np.float32),
        ({"a": flag, "b": np.arange(20)}, int),
        ({"a": pd.array([None, *range(19)], dtype="Int64"), "b": number}, float),
        ({"a": pd.array(number, dtype="Float64")}, float),
    ):
        frame = pd.DataFrame(columns)
        blocks = row_blocks("f", dd.from_pandas(frame, npartitions=3))
        assert blocks.dtype == dtype
        found = np.vstack([X for X, _, _ in blocks])
        np.testing.assert_array_equal(found, frame.astype(float).to_numpy())
    text = dd.from_pandas(pd.DataFrame({"a": number, "b": ["x"] * 20}), npartitions=3)
    with pytest.raises(
        ValueError, match=r"block .: f: X must have numbers, but has the dtype object"
    ):
        row_blocks("f", text).reduce(_rows_of, _add)


def test_each_block_must_be_what_the_whole_is_said_to_be(rng):
    def with_block(block, dtype=float):
        parts = [da.zeros((5, 3), dtype=dtype)] * 2
        wrong = da.from_delayed(dask.delayed(lambda: block)(), (5, 3), dtype)
        return da.concatenate([*parts, wrong])

    for block, message in (
        (np.zeros((5, 4)), r"block 2: f: X has the shape \(5, 4\) here"),
        (np.zeros((5, 3), np.float32), "block 2: f: X has the dtype float32 here"),
        (np.zeros((5, 3), "U1"), "block 2: f: X must have numbers, but has the dtype <U1"),
    ):
        blocks = row_blocks("f", with_block(block))
        with pytest.raises(ValueError, match=message):
            blocks.reduce(_rows_of, _add)
        with pytest.raises(ValueError, match=message):
            blocks[2]
    assert row_blocks("f", with_block(np.zeros((5, 3), int))).reduce(_rows_of, _add)


def test_arguments_that_do_not_fit_are_errors_before_a_block_is_computed(dataset, rng):
    X = poisoned((10, 3))
    for given, error, message in (
        ((X[:, 0],), ValueError, "f: Expected 2D array, got 1D array"),
        ((X[:, :0],), ValueError, "f: Found array with 0 feature"),
        ((dask.delayed(np.ones)((3, 2)),), TypeError, "f: X is a Dask Delayed"),
        ((X, np.ones(9)), ValueError, r"inconsistent numbers of samples: \[9, 10\]"),
        ((X, poisoned((9,))), ValueError, r"inconsistent numbers of samples: \[10, 9\]"),
        ((X, None, dask.delayed(3)), TypeError, "f: sample_weight is a Dask Delayed"),
        ((X, None, dataset("w", np.ones(10))), TypeError, "f: sample_weight is an h5py Dataset"),
        ((dataset("X", np.ones((3, 2))), X), TypeError, "f: y is a Dask Array"),
        ((dataset("y", np.ones(3)),), ValueError, "f: Expected 2D array, got 1D array"),
        ((dataset("Z", np.ones((3, 2))), np.ones(2)), ValueError, "inconsistent numbers"),
    ):
        with pytest.raises(error, match=message):
            row_blocks("f", *given)
    unknown = poisoned((10, 3), known=False)
    with pytest.raises(ValueError, match="f: y has 2 blocks of rows, but X has 4"):
        row_blocks("f", unknown, poisoned((10,), chunks=(5,)))


def test_a_block_works_alone_in_one_thread():
    def threads(number, X, weight, common):
        return {n_threads()}

    X = da.zeros((40, 2), chunks=(1, 2))
    with dask.config.set(scheduler="threads"):
        assert row_blocks("f", X).reduce(threads, set.union) == {1}


def test_an_error_names_its_block_once_and_keeps_its_type():
    with pytest.raises(ValueError, match=r"^block 3: no$"), naming_block(2), naming_block(3):
        raise ValueError("no")
    with pytest.raises(FileNotFoundError) as caught, naming_block(3):
        raise FileNotFoundError(2, "no", "file")
    assert caught.value.__notes__ == ["in block 3"]
    assert caught.value.filename == "file"


def test_a_closed_file_is_an_error_that_names_the_block(tmp_path):
    with h5py.File(tmp_path / "data.h5", "w") as file:
        blocks = row_blocks("f", file.create_dataset("X", data=np.ones((3, 2))))
    with pytest.raises((ValueError, RuntimeError)) as caught:  # h5py's versions
        blocks[0]
    assert "block 0" in "".join([str(caught.value), *getattr(caught.value, "__notes__", [])])


def test_results_of_a_closed_client_are_said_to_be_lost():
    with local_cluster(processes=False):
        X = da.ones((6, 2), chunks=(3, 2)).persist()
        blocks = row_blocks("f", X)
        assert len(blocks.reduce(_rows_of, _add)) == 2
    for compute in (lambda: blocks.reduce(_rows_of, _add), lambda: blocks[0]):
        with pytest.raises(RuntimeError, match="f: X has results of a Dask client that is closed"):
            compute()
    blocks = row_blocks("f", da.zeros((6, 2), chunks=(3, 2)), sample_weight=X[:, 0])
    with pytest.raises(RuntimeError, match="f: sample_weight has results of a Dask client that is"):
        blocks.reduce(_rows_of, _add)


def test_chunks_that_have_all_rows_are_not_read_at_once(dataset, monkeypatch, rng):
    X = rng.standard_normal((64, 4))
    monkeypatch.setattr("skparams._lazy.BLOCK_BYTES", 8 * X[0].nbytes)
    assert len(row_blocks("f", dataset("few", X, chunks=(32, 1)))) == 2
    blocks = row_blocks("f", dataset("all", X, chunks=(64, 1)))
    assert [len(rows) for rows, _, _ in blocks] == [8] * 8


def test_what_is_lazy_and_the_error(dataset, rng):
    X = rng.standard_normal((4, 2))
    for values in (X, sp.csr_matrix(X), pd.DataFrame(X), X.tolist(), None, 3, "text"):
        assert not is_lazy(values)
        refuse_lazy("f", X=values)
    lazy, stored = da.from_array(X), dataset("X", X)
    assert is_dask(lazy)
    assert is_dask(dd.from_pandas(pd.DataFrame(X), 1))
    assert not is_stored(lazy)
    assert is_stored(stored)
    assert not is_dask(stored)
    with pytest.raises(TypeError, match=r"f: y is a Dask Array.*y\.compute\(\).*MLPRegressor"):
        refuse_lazy("f", X=X, y=lazy)
    with pytest.raises(TypeError, match=r"f: X is a list with a Dask Array.*X\[i\]\.compute\(\)"):
        refuse_lazy("f", X=[lazy[0], lazy[1]])
    with pytest.raises(TypeError, match=r"f: X is an h5py Dataset.*X\[:\].*Do that\.$"):
        refuse_lazy("f", "Do that", X=stored)


def test_results_of_rows_are_lazy_and_those_of_the_model_at_the_call(rng):
    X = rng.standard_normal((20, 3))
    pca = PCA(2).fit(pd.DataFrame(X, columns=list("abc")))
    expected = pca.transform(pd.DataFrame(X, columns=list("abc")))
    frame = dd.from_pandas(pd.DataFrame(X, columns=list("abc")), npartitions=2)
    found = map_rows(pca, "transform", frame)
    threads = threading.active_count()
    with pytest.raises(ValueError, match="feature names"):
        map_rows(pca, "transform", frame.rename(columns={"a": "d"}))
    pca.fit(-X[:5])
    np.testing.assert_array_equal(found.compute(scheduler="synchronous"), expected)
    assert threading.active_count() == threads

    pca.fit(X)
    with pytest.raises(ValueError, match="X has 2 features, but PCA is expecting 3"):
        map_rows(pca, "transform", poisoned((6, 2)))
    found = map_rows(pca, "score_samples", blocks_of(X, (0, 5, 15)))
    assert (found.shape, found.dtype) == ((20,), float)
    np.testing.assert_allclose(found.compute(), pca.score_samples(X))
    with pytest.raises(ComputedError):
        map_rows(pca, "transform", poisoned((6, 3))).compute()
    X[7] = np.nan
    with pytest.raises(ValueError, match="block 2: Input X contains NaN"):
        map_rows(pca, "score_samples", blocks_of(X, (0, 5, 15))).compute(scheduler="synchronous")
